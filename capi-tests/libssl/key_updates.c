// KeyUpdates in a row with nothing between them: each is taken, those that ask are answered, and data still arrives.
#include "common.h"

static void exchange(SSL *from, SSL *to, const char *what) {
    char byte = 0;
    say("%s: wrote %d, read %d, the byte %d", what, SSL_write(from, "x", 1), SSL_read(to, &byte, 1), byte == 'x');
    say_queue();
}

static void run(int count, int kind, int client_asks) {
    CASE("%d, %s, by the %s", count, kind == SSL_KEY_UPDATE_REQUESTED ? "asking" : "not asking", client_asks ? "client" : "server");
    SSL_CTX *client_ctx = new_client(T13), *server_ctx = new_server(T13);
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    MUST(shake_both(client, server));
    exchange(server, client, "before");
    SSL *from = client_asks ? client : server, *to = client_asks ? server : client;
    int done = 0;
    for (int i = 0; i < count; i++)
        done += SSL_key_update(from, kind) == 1 && SSL_do_handshake(from) == 1;
    say("sent: %d", done);
    exchange(from, to, "behind them");
    exchange(to, from, "and back");
    say("pending: %d %d", SSL_get_key_update_type(client), SSL_get_key_update_type(server));
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(client_ctx);
    SSL_CTX_free(server_ctx);
}

static void body(void) {
    static const int counts[] = {1, 33, 500};
    for (int i = 0; i < COUNT(counts); i++)
        for (int asks = 0; asks < 2; asks++) {
            run(counts[i], SSL_KEY_UPDATE_NOT_REQUESTED, asks);
            run(counts[i], SSL_KEY_UPDATE_REQUESTED, asks);
        }
}

SINGLE(body)
