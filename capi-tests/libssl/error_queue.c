// Errors that are in the thread's queue already: a handshake clears them, so that what another
// connection left is not taken for its own; reading and writing do not.
#include "common.h"

static void leave_error(void) { ERR_raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH); }

static void body(void) {
    for EACH_VERSION (version) {
        CASE("%s", version_name(version));
        SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        join(client, server, 0);
        leave_error();
        say_result(client, "connect", SSL_do_handshake(client));
        leave_error();
        say_result(server, "accept", SSL_do_handshake(server));
        leave_error();
        int done = shake_both(client, server);
        say("done %d", done);
        say_queue();
        char text[8];
        leave_error();
        say_result(server, "nothing to read", SSL_read(server, text, sizeof text));
        leave_error();
        say_result(client, "write", SSL_write(client, "ping", 4));
        leave_error();
        say_result(server, "read", SSL_read(server, text, sizeof text));
        leave_error();
        say_result(server, "handshake after the handshake", SSL_do_handshake(server));
        leave_error();
        say_result(server, "shutdown", SSL_shutdown(server));
        say_result(client, "read the end", SSL_read(client, text, sizeof text));
        SSL_free(client), SSL_free(server);
        SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
    }
}

SINGLE(body)
