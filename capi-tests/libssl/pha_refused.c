// Where post-handshake authentication cannot be asked for: no offer from the client, TLS 1.2, the
// client's side, during the handshake, after SSL_shutdown, without SSL_VERIFY_PEER, twice.
#include "pha.h"

enum { NO_OFFER, TLS12, NO_VERIFY, TWICE, OFFER_IN_SSL, OFFER_WITHDRAWN, LAST };
static const char *names[] = {"no offer",      "TLS 1.2", "no SSL_VERIFY_PEER", "asked twice", "offered by the SSL only",
                              "withdrawn by the SSL"};

static void client(void) {
    for (int i = 0; i < LAST; i++) {
        CASE("%s", names[i]);
        SSL_CTX *ctx = new_client(i == TLS12 ? T12 : T13);
        SSL_CTX_set_post_handshake_auth(ctx, i != NO_OFFER && i != OFFER_IN_SSL);
        use_cert(ctx, "client");
        SSL *ssl = dial(ctx);
        if (i == OFFER_IN_SSL)
            SSL_set_post_handshake_auth(ssl, 1);
        if (i == OFFER_WITHDRAWN)
            SSL_set_post_handshake_auth(ssl, 0);
        say("before the handshake: %d", SSL_verify_client_post_handshake(ssl));
        say_queue();
        converse(ssl);
        say("as the client: %d", SSL_verify_client_post_handshake(ssl));
        say_queue();
        obey(ssl, "answer");
        hang_up(ssl);
        SSL_CTX_free(ctx);
    }
}

static void server(void) {
    for (int i = 0; i < LAST; i++) {
        CASE("%s", names[i]);
        SSL_CTX *ctx = i == TLS12 ? new_server(T12) : new_pha_server(0);
        if (i == NO_VERIFY)
            SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
        SSL *ssl = answer(ctx);
        say("before the handshake: %d", SSL_verify_client_post_handshake(ssl));
        say_queue();
        converse(ssl);
        int ret = SSL_verify_client_post_handshake(ssl);
        say("ask: %d", ret);
        say_queue();
        if (i == TWICE) {
            say("ask again before the handshake call: %d", SSL_verify_client_post_handshake(ssl));
            say_queue();
        }
        say_result(ssl, "handshake", SSL_do_handshake(ssl));
        if (i == TWICE) {
            say("ask again while one is outstanding: %d", SSL_verify_client_post_handshake(ssl));
            say_queue();
        }
        put(ssl, "line");
        get(ssl);
        say_peer(ssl);
        hang_up(ssl);
        SSL_CTX_free(ctx);
    }
}

SIDES(server, client)
