// A client that reads on before it answers, and one that answers twice.
#include "common.h"

static void server(void) {
    gnutls_certificate_credentials_t cred = credentials("server", "root.pem");
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, T13);
    say_handshake(session);
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
    int fd = gnutls_transport_get_int(session);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    say_result("reauth", gnutls_reauth(session, 0));
    put(session, "while you think");
    fcntl(fd, F_SETFL, 0);
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
