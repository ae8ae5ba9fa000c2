// IGNORE, REQUEST and REQUIRE in the handshake, in both versions, with who is known after it.
#include "common.h"

static void attempt(const char *version, gnutls_certificate_request_t request, const char *name) {
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : name, "root.pem");
    gnutls_session_t session = connected(cred, 0, version);
    if (is_server)
        gnutls_certificate_server_set_request(session, request);
    int result = say_handshake(session);
    if (result < 0) {
        // Which alert it is differs in TLS 1.2: the original has decode_error for a certificate that is missing.
        if (result != GNUTLS_E_FATAL_ALERT_RECEIVED)
            say_result("alert", gnutls_alert_send_appropriate(session, result));
    } else {
        char *desc = gnutls_session_get_desc(session);
        say("%s", desc);
        gnutls_free(desc);
        say("kx %d, types %d %d %d", gnutls_kx_get(session), gnutls_auth_get_type(session),
            gnutls_auth_client_get_type(session), gnutls_auth_server_get_type(session));
        say_peer(session);
        say("ours: %s", subject_of(gnutls_certificate_get_ours(session)));
        if (is_server)
            put(session, "hello");
        else if (get(session) == GNUTLS_E_FATAL_ALERT_RECEIVED)
            say("alert: %s", gnutls_alert_get_name(gnutls_alert_get(session)));
    }
    if (!is_server)
        say("requested: %u", gnutls_certificate_client_get_request_status(session));
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

static void both(void) {
    static const char *versions[] = {T12, T13};
    static const char *names[] = {NULL, "client", "rsa", "p384", "ed25519", "stranger"};
    for (int v = 0; v < 2; v++)
        for (int request = GNUTLS_CERT_IGNORE; request <= GNUTLS_CERT_REQUIRE; request++)
            for (int i = 0; i < COUNT(names); i++) {
                CASE("%s, %d, %s", v ? "TLS 1.3" : "TLS 1.2", request, names[i] ? names[i] : "no certificate");
                attempt(versions[v], (gnutls_certificate_request_t)request, names[i]);
            }
}

SIDES(both, both)
