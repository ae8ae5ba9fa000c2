// A client that reads on before it answers, a second request, and one that never answers.
#include "common.h"

static void server(void) {
    gnutls_certificate_credentials_t cred = credentials("server", "root.pem");
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, T13);
    say_handshake(session);
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
    gnutls_record_set_timeout(session, 200);
    say_result("reauth", gnutls_reauth(session, 0));
    put(session, "while you think");
    gnutls_record_set_timeout(session, 0);
    say_result("reauth", gnutls_reauth(session, 0));
    say_peer(session);
    put(session, "done");
    get(session);
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

static void client(void) {
    gnutls_certificate_credentials_t cred = credentials("client", "root.pem");
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, T13);
    say_handshake(session);
    get(session);
    get(session);
    say_result("reauth", gnutls_reauth(session, 0));
    say_result("again", gnutls_reauth(session, 0));
    get(session);
    put(session, "thanks");
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

SIDES(server, client)
