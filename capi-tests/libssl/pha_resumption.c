// Post-handshake authentication on a resumed connection, and what the tickets after it carry.
#include "pha.h"

static SSL_SESSION *latest;

static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

static SSL *resume(SSL_CTX *ctx) {
    SSL *ssl = dial(ctx);
    if (latest)
        say("set_session: %d", SSL_set_session(ssl, latest));
    return ssl;
}

static void client(void) {
    SSL_CTX *ctx = new_pha_client();
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(ctx, keep);
    use_cert(ctx, "client");
    for (int i = 0; i < 4; i++) {
        CASE("connection %d", i);
        SSL *ssl = resume(ctx);
        converse(ssl);
        say("resumed: %d", SSL_session_reused(ssl));
        if (i == 3)
            SSL_certs_clear(ssl);
        if (i != 2)
            obey(ssl, "answer");
        get(ssl);
        hang_up(ssl);
    }
    SSL_SESSION_free(latest);
    SSL_CTX_free(ctx);
}

static void server(void) {
    SSL_CTX *ctx = new_pha_server(0);
    for (int i = 0; i < 4; i++) {
        CASE("connection %d", i);
        SSL *ssl = answer(ctx);
        converse(ssl);
        say("resumed: %d", SSL_session_reused(ssl));
        say_peer(ssl);
        if (i != 2)
            ask(ssl, "who are you?");
        put(ssl, "bye");
        hang_up(ssl);
    }
    SSL_CTX_free(ctx);
}

SIDES(server, client)
