// What the callback returned stays installed in the SSL: SSL_clear does not take it away, SSL_free
// does. "0" installs nothing, so that the next handshake asks again.
#include "common.h"

static int asked, give;

static int choose(SSL *ssl UNUSED, X509 **cert, EVP_PKEY **key) {
    asked++;
    if (!give)
        return 0;
    *cert = load_cert("client");
    *key = load_key("client");
    return 1;
}

static void one(SSL *ssl, const char *what) {
    CASE("%s", what);
    converse(ssl);
    say("asked %d times, own certificate: %s", asked, subject_of(SSL_get_certificate(ssl)));
}

// Ends the connection but keeps the SSL, cleared and on a fresh connection.
static void again(SSL *ssl) {
    int fd = SSL_get_fd(ssl);
    SSL_shutdown(ssl);
    drain(fd);
    say("clear: %d", SSL_clear(ssl));
    ERR_clear_error();
    say("after clear: own certificate %s, key %s", subject_of(SSL_get_certificate(ssl)),
        SSL_get_privatekey(ssl) ? "set" : "none");
    MUST(SSL_set_fd(ssl, dial_fd()));
    SSL_set_connect_state(ssl);
}

static void client(void) {
    for EACH_VERSION (version) {
        SSL_CTX *ctx = new_client(version);
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
        SSL_CTX_set_client_cert_cb(ctx, choose);
        asked = 0, give = 0;
        SSL *ssl = dial(ctx);
        one(ssl, "first, the callback gives none");
        again(ssl);
        give = 1;
        one(ssl, "after SSL_clear, the callback gives one");
        again(ssl);
        one(ssl, "after SSL_clear, the certificate is still there");
        again(ssl);
        give = 0;
        one(ssl, "once more, though the callback would give none");
        hang_up(ssl);
        say("in the SSL_CTX: %s", subject_of(SSL_CTX_get0_certificate(ctx)));
        ssl = dial(ctx);
        one(ssl, "a new SSL asks again");
        hang_up(ssl);
        SSL_CTX_free(ctx);
    }
}

static void server(void) {
    for EACH_VERSION (version) {
        SSL_CTX *ctx = new_server(version);
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
        for (int i = 0; i < 5; i++) {
            CASE("%s, connection %d", version_name(version), i);
            SSL *ssl = answer(ctx);
            converse(ssl);
            say_peer(ssl);
            hang_up(ssl);
        }
        SSL_CTX_free(ctx);
    }
}

SIDES(server, client)
