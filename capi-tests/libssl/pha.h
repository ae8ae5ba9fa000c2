// Post-handshake authentication: what its programs share.
#ifndef STANDIN_TESTS_PHA_H
#define STANDIN_TESTS_PHA_H
#include "common.h"

// A TLS 1.3 server that asks for the client's certificate after the handshake only.
static SSL_CTX *new_pha_server(int more) {
    SSL_CTX *ctx = new_server(T13);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE | more, NULL);
    return ctx;
}

// A TLS 1.3 client that offers to be asked later.
static SSL_CTX *new_pha_client(void) {
    SSL_CTX *ctx = new_client(T13);
    SSL_CTX_set_post_handshake_auth(ctx, 1);
    return ctx;
}

// Server: asks, sends a line, reads the client's. The certificate arrives with what the client
// sends next.
static int ask(SSL *ssl, const char *line) {
    int ret = SSL_verify_client_post_handshake(ssl);
    say("verify_client_post_handshake: %d", ret);
    say_queue();
    if (ret != 1)
        return 0;
    say_result(ssl, "handshake", SSL_do_handshake(ssl));
    put(ssl, line);
    ret = get(ssl);
    say_peer(ssl);
    return ret > 0;
}

// Client: reads a line, which brings the request with it, and answers with one.
static int obey(SSL *ssl, const char *line) {
    int ret = get(ssl);
    if (ret > 0)
        put(ssl, line);
    return ret > 0;
}
#endif
