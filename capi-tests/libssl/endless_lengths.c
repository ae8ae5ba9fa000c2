// Lengths of -1 as size_t: what only uses a part of a buffer does, the rest fails.
#include "common.h"

static void body(void) {
    SSL_CTX *client_ctx = new_client(T13), *server_ctx = new_server(T13);
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    shake_both(client, server);
    static char text[1 << 15];
    size_t done = 0;
    say("write: %d", SSL_write(client, "hello", 5));
    int ret = SSL_read_ex(server, text, (size_t)-1, &done);
    say("read_ex of -1: %d, %zu", ret, done);
    say("write: %d", SSL_write(client, "again", 5));
    ret = SSL_peek_ex(server, text, (size_t)-1, &done);
    say("peek_ex of -1: %d, %zu", ret, done);
    say("read of -1: %d", SSL_read(server, text, -1));
    ERR_clear_error();
    say("write of -1: %d", SSL_write(client, text, -1));
    ERR_clear_error();
    say("read: %d", SSL_read(server, text, sizeof text));
    SSL_SESSION *session = SSL_SESSION_new();
    say("master key: %d", SSL_SESSION_set1_master_key(session, (unsigned char *)text, (size_t)-1));
    say("alpn: %d", SSL_SESSION_set1_alpn_selected(session, (unsigned char *)text, (size_t)-1));
    SSL_SESSION_free(session);
    ERR_clear_error();
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(client_ctx), SSL_CTX_free(server_ctx);
}

SINGLE(body)
