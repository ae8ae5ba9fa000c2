// GNUTLS_AUTO_REAUTH: gnutls_record_recv answers by itself.
#include "common.h"

static void server(void) {
    gnutls_certificate_credentials_t cred = credentials("server", "root.pem");
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, T13);
    say_handshake(session);
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    for (int round = 0; round < 2; round++) {
        say_result("reauth", gnutls_reauth(session, 0));
        say_peer(session);
        put(session, "known");
    }
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

static void client(void) {
    char line[64];
    gnutls_certificate_credentials_t cred = credentials("client", "root.pem");
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH | GNUTLS_AUTO_REAUTH, T13);
    say_handshake(session);
    for (int call = 0; call < 4; call++)
        say_result("recv", gnutls_record_recv(session, line, sizeof line));
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

SIDES(server, client)
