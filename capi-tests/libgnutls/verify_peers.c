// A client verifies its server in every way, against good and bad chains and names.
#include "common.h"

static int of_session(gnutls_session_t session) {
    unsigned status = 77;
    int result = gnutls_certificate_verify_peers3(session, "localhost", &status);
    say("  within: %d %s, %#x", result, name_of(result), status);
    return status ? GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR : 0;
}

static void attempt(const char *version, const char *server, const char *host, int how) {
    gnutls_certificate_credentials_t cred = credentials(is_server ? server : NULL, is_server ? NULL : "root.pem");
    gnutls_session_t session = connected(cred, 0, version);
    if (!is_server && how == 1)
        gnutls_session_set_verify_cert(session, host, 0);
    if (!is_server && how == 2)
        gnutls_session_set_verify_function(session, of_session);
    int result = say_handshake(session);
    if (!is_server) {
        unsigned status = 77;
        say("verify_cert_status: %#x", gnutls_session_get_verify_cert_status(session));
        int verified = gnutls_certificate_verify_peers3(session, host, &status);
        say("verify_peers3: %d %s, %#x", verified, name_of(verified), status);
        gnutls_typed_vdata_st data[] = {{GNUTLS_DT_DNS_HOSTNAME, (unsigned char *)host, 0},
                                        {GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT, 0}};
        verified = gnutls_certificate_verify_peers(session, data, 2, &status);
        say("for the wrong purpose: %d %s, %#x", verified, name_of(verified), status);
        say("times: %d %d", gnutls_certificate_activation_time_peers(session) > 0, gnutls_certificate_expiration_time_peers(session) > 0);
    }
    if (result == 0) {
        if (is_server)
            get(session);
        else
            put(session, "hello");
    } else if (result != GNUTLS_E_FATAL_ALERT_RECEIVED) {
        say_result("alert", gnutls_alert_send_appropriate(session, result));
    } else {
        say("alert: %s", gnutls_alert_get_name(gnutls_alert_get(session)));
    }
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

static void both(void) {
    static const char *servers[] = {"server", "server-rsa", "server-other", "server-expired", "client"};
    static const char *hosts[] = {"localhost", "elsewhere"};
    for (int v = 0; v < 2; v++)
        for (int how = 0; how < 3; how++)
            for (int s = 0; s < COUNT(servers); s++)
                for (int h = 0; h < COUNT(hosts); h++) {
                    CASE("%s, %d, %s as %s", v ? "TLS 1.3" : "TLS 1.2", how, servers[s], hosts[h]);
                    attempt(v ? T13 : T12, servers[s], hosts[h], how);
                }
}

SIDES(both, both)
