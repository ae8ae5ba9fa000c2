// Messages after the handshake that arrive in the same bytes as data: what they say is known when the data is returned.
#include "pha.h"

static int on_new(SSL *ssl UNUSED, SSL_SESSION *session UNUSED) {
    say("  a new session");
    return 0;
}

static void read_all(SSL *ssl, const char *who) {
    char text[64];
    for (int ret; (ret = SSL_read(ssl, text, sizeof text)) > 0;)
        say("%s reads %.*s", who, ret, text);
    say("%s reads no more: %s", who, error_name(SSL_get_error(ssl, 0)));
    ERR_clear_error();
}

static void body(void) {
    SSL_CTX *ctx = new_pha_client(), *server_ctx = new_pha_server(0);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, on_new);
    SSL_CTX_set_read_ahead(ctx, 1), SSL_CTX_set_read_ahead(server_ctx, 1);

    for (int end = 0; end < 2; end++) {
        CASE("tickets and data%s", end ? ", and the end" : "");
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        join(client, server, 65536);
        MUST(shake_both(client, server) == 1);
        MUST(SSL_write(server, "data", 4) == 4);
        if (end)
            SSL_shutdown(server);
        read_all(client, "client");
        SSL_free(client), SSL_free(server);
    }

    CASE("tickets and the end");
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 65536);
    MUST(shake_both(client, server) == 1);
    SSL_shutdown(server);
    read_all(client, "client");
    SSL_free(client), SSL_free(server);

    CASE("tickets that wait while the client closes");
    client = SSL_new(ctx), server = SSL_new(server_ctx);
    join(client, server, 65536);
    MUST(shake_both(client, server) == 1);
    SSL_shutdown(server);
    say("shutdown: %d", SSL_shutdown(client));
    say("shutdown: %d", SSL_shutdown(client));
    SSL_free(client), SSL_free(server);

    static const char *answers[] = {"client", NULL, "second", NULL};
    client = SSL_new(ctx), server = SSL_new(server_ctx);
    join(client, server, 65536);
    MUST(shake_both(client, server) == 1);
    for (int i = 0; i < COUNT(answers); i++) {
        CASE("an answer and data: %s", answers[i] ? answers[i] : "no certificate");
        SSL_certs_clear(client);
        if (answers[i])
            ssl_use_cert(client, answers[i]);
        MUST(SSL_verify_client_post_handshake(server) == 1);
        MUST(SSL_do_handshake(server) == 1);
        MUST(SSL_write(server, "who?", 4) == 4);
        char text[64];
        say("client reads %d", SSL_read(client, text, sizeof text));
        MUST(SSL_write(client, "me", 2) == 2);
        say("server reads %d", SSL_read(server, text, sizeof text));
        say_peer(server);
    }
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

SINGLE(body)
