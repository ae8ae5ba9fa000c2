// REQUEST and REQUIRE, with and without a certificate, trusted or not, judged by each kind of verify function.
#include "common.h"

static int judged(gnutls_session_t session) {
    unsigned status = 77;
    int result = gnutls_certificate_verify_peers2(session, &status);
    say("  asked to judge: %d %s, status %#x", result, name_of(result), status);
    return status != 0;
}

enum how { NOBODY, OF_CREDENTIALS, OF_SESSION, BY_TRUST_LIST };
static const char *how_names[] = {"nobody judges", "the credentials' function", "the session's function", "the trust list"};

static void server_case(gnutls_certificate_request_t request, enum how how) {
    gnutls_certificate_credentials_t cred = credentials("server", "root.pem");
    if (how == OF_CREDENTIALS)
        gnutls_certificate_set_verify_function(cred, judged);
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, T13);
    if (how == OF_SESSION)
        gnutls_session_set_verify_function(session, judged);
    if (how == BY_TRUST_LIST)
        gnutls_session_set_verify_cert(session, NULL, 0);
    say_handshake(session);
    gnutls_certificate_server_set_request(session, request);
    int result = (int)say_result("reauth", gnutls_reauth(session, 0));
    say("verify_cert_status: %#x", gnutls_session_get_verify_cert_status(session));
    if (result == 0) {
        say_peer(session);
        put(session, "done");
    } else {
        say_result("alert", gnutls_alert_send_appropriate(session, result));
    }
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

static void client_case(const char *name) {
    gnutls_certificate_credentials_t cred = credentials(name, "root.pem");
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, T13);
    say_handshake(session);
    get(session);
    say_result("reauth", gnutls_reauth(session, 0));
    if (get(session) == GNUTLS_E_FATAL_ALERT_RECEIVED)
        say("alert: %s", gnutls_alert_get_name(gnutls_alert_get(session)));
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

static void both(void) {
    static const char *names[] = {NULL, "client", "stranger", "expired"};
    for (int request = GNUTLS_CERT_REQUEST; request <= GNUTLS_CERT_REQUIRE; request++)
        for (int how = NOBODY; how <= BY_TRUST_LIST; how++)
            for (int i = 0; i < COUNT(names); i++) {
                CASE("%s, %s, %s", request == GNUTLS_CERT_REQUEST ? "request" : "require", how_names[how],
                     names[i] ? names[i] : "no certificate");
                is_server ? server_case((gnutls_certificate_request_t)request, (enum how)how) : client_case(names[i]);
            }
}

SIDES(both, both)
