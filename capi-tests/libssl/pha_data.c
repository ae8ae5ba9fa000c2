// Application data and key updates around a post-handshake request: nothing is lost or reordered.
#include "pha.h"

static void update_key(SSL *ssl, int type) {
    int ret = SSL_key_update(ssl, type);
    say("key_update: %d, type %d", ret, SSL_get_key_update_type(ssl));
    say_queue();
    say_result(ssl, "handshake", SSL_do_handshake(ssl));
    say("type %d", SSL_get_key_update_type(ssl));
}

static void client(void) {
    SSL_CTX *ctx = new_pha_client();
    use_cert(ctx, "client");
    SSL *ssl = dial(ctx);
    converse(ssl);
    CASE("data before, between and after");
    put(ssl, "already on its way");
    obey(ssl, "answer");
    get(ssl);
    put(ssl, "more");
    CASE("the server updates its key first");
    obey(ssl, "answer");
    CASE("the client updates its key between request and answer");
    get(ssl);
    update_key(ssl, SSL_KEY_UPDATE_NOT_REQUESTED);
    put(ssl, "answer under the new key");
    CASE("the client updates its key first");
    update_key(ssl, SSL_KEY_UPDATE_REQUESTED);
    put(ssl, "updated");
    get(ssl);
    obey(ssl, "answer");
    CASE("both have updated");
    obey(ssl, "answer");
    hang_up(ssl);
    SSL_CTX_free(ctx);
}

static void server(void) {
    SSL_CTX *ctx = new_pha_server(0);
    SSL *ssl = answer(ctx);
    converse(ssl);
    CASE("data before, between and after");
    say("ask: %d", SSL_verify_client_post_handshake(ssl));
    say_result(ssl, "handshake", SSL_do_handshake(ssl));
    put(ssl, "request sent");
    get(ssl);
    say_peer(ssl);
    get(ssl);
    say_peer(ssl);
    put(ssl, "seen");
    get(ssl);
    CASE("the server updates its key first");
    update_key(ssl, SSL_KEY_UPDATE_REQUESTED);
    ask(ssl, "again");
    CASE("the client updates its key between request and answer");
    ask(ssl, "again");
    CASE("the client updates its key first");
    get(ssl);
    // Writing answers the update. (The original forgets a request that is made before that.)
    put(ssl, "updated too");
    ask(ssl, "again");
    CASE("both have updated");
    update_key(ssl, SSL_KEY_UPDATE_NOT_REQUESTED);
    ask(ssl, "last");
    hang_up(ssl);
    SSL_CTX_free(ctx);
}

SIDES(server, client)
