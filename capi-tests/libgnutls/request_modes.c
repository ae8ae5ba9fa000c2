// A server that ignores, requests or requires a client's certificate; a client with a good one, none, or one that has
// expired; both protocols.
#include "common.h"

static const int modes[] = {GNUTLS_CERT_IGNORE, GNUTLS_CERT_REQUEST, GNUTLS_CERT_REQUIRE};
static const char *const clients[] = {NULL, "client", "expired"};
static const char *const versions[] = {T12, T13};

static int on_verify(gnutls_session_t session) {
    unsigned status = 0;
    int ret = gnutls_certificate_verify_peers2(session, &status);
    say("  verify callback: %s, status %u", error_name(ret), status);
    return ret < 0 || status ? -1 : 0;
}

static void server(void) {
    for (int v = 0; v < 2; v++)
        for (int m = 0; m < 3; m++)
            for (int c = 0; c < 3; c++) {
                CASE("%s, mode %d, client %s", versions[v], modes[m], clients[c] ? clients[c] : "none");
                gnutls_certificate_credentials_t cred = credentials("server");
                gnutls_certificate_set_verify_function(cred, on_verify);
                gnutls_session_t session = new_session(GNUTLS_SERVER, versions[v], cred);
                gnutls_certificate_server_set_request(session, modes[m]);
                attach(session, answer_fd());
                int ret = shake(session);
                if (ret == 0) {
                    say_peer(session);
                    if (put(session, "hello") > 0)
                        get(session);
                } else {
                    say_result("alert", gnutls_alert_send_appropriate(session, ret));
                }
                hang_up(session);
                gnutls_certificate_free_credentials(cred);
            }
}

static void client(void) {
    for (int v = 0; v < 2; v++)
        for (int m = 0; m < 3; m++)
            for (int c = 0; c < 3; c++) {
                CASE("%s, mode %d, client %s", versions[v], modes[m], clients[c] ? clients[c] : "none");
                gnutls_certificate_credentials_t cred = credentials(clients[c]);
                gnutls_session_t session = new_session(GNUTLS_CLIENT, versions[v], cred);
                MUST(gnutls_server_name_set(session, GNUTLS_NAME_DNS, "localhost", 9));
                gnutls_session_set_verify_cert(session, "localhost", 0);
                attach(session, dial_fd());
                if (shake(session) == 0) {
                    say("asked: %u, verified: %u", gnutls_certificate_client_get_request_status(session),
                        gnutls_session_get_verify_cert_status(session));
                    say_peer(session);
                    if (get(session) > 0)
                        put(session, "thanks");
                    else
                        say("alert: %s", gnutls_alert_get_name(gnutls_alert_get(session)));
                } else {
                    say("alert: %s", gnutls_alert_get_name(gnutls_alert_get(session)));
                }
                hang_up(session);
                gnutls_certificate_free_credentials(cred);
            }
}

SIDES(server, client)
