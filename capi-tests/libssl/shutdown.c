// SSL_shutdown: its sequences, the flags, quiet shutdown, reading and writing after it, truncation.
#include "common.h"

static SSL_CTX *ctx, *server_ctx;
static SSL *client, *server;

static void start(const char *name, int version) {
    CASE("%s: %s", version_name(version), name);
    ctx = new_client(version), server_ctx = new_server(version);
    client = SSL_new(ctx), server = SSL_new(server_ctx);
    join(client, server, 0);
    MUST(shake_both(client, server) == 1);
}

static void end(void) {
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void down(const char *who, SSL *ssl) {
    int ret = SSL_shutdown(ssl);
    say("%s shutdown: %d %s, flags %d", who, ret, error_name(SSL_get_error(ssl, ret)), SSL_get_shutdown(ssl));
    say_queue();
}

static void take(const char *who, SSL *ssl) {
    char text[16];
    int ret = SSL_read(ssl, text, sizeof text);
    say("%s read: %d %s, flags %d", who, ret, error_name(SSL_get_error(ssl, ret)), SSL_get_shutdown(ssl));
    say_queue();
}

static void give(const char *who, SSL *ssl) {
    int ret = SSL_write(ssl, "data", 4);
    say("%s write: %d %s, flags %d", who, ret, error_name(SSL_get_error(ssl, ret)), SSL_get_shutdown(ssl));
    say_queue();
}

static void body(void) {
    for EACH_VERSION (version) {
        start("both, in turn", version);
        down("client", client);
        take("server", server);
        down("server", server);
        down("client", client);
        down("client", client);
        down("server", server);
        end();

        start("at once", version);
        down("client", client), down("server", server);
        down("client", client), down("server", server);
        end();

        start("writing after it", version);
        down("client", client);
        give("client", client);
        give("server", server);
        take("client", client);
        take("server", server);
        give("server", server);
        down("server", server);
        take("client", client);
        down("client", client);
        end();

        start("data in flight", version);
        give("server", server);
        down("client", client);
        down("client", client);
        take("client", client);
        end();

        start("quiet", version);
        SSL_set_quiet_shutdown(client, 1);
        down("client", client);
        take("server", server);
        say("quiet: %d %d", SSL_get_quiet_shutdown(client), SSL_CTX_get_quiet_shutdown(ctx));
        end();

        start("flags set by hand", version);
        SSL_set_shutdown(client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        down("client", client);
        take("client", client);
        give("client", client);
        take("server", server);
        end();

        start("truncated", version);
        BIO_shutdown_wr(SSL_get_wbio(client));
        take("server", server);
        take("server", server);
        give("server", server);
        down("server", server);
        end();

        start("truncated, SSL_OP_IGNORE_UNEXPECTED_EOF", version);
        SSL_set_options(server, SSL_OP_IGNORE_UNEXPECTED_EOF);
        BIO_shutdown_wr(SSL_get_wbio(client));
        take("server", server);
        down("server", server);
        end();

        CASE("%s: before the handshake", version_name(version));
        ctx = new_client(version), server_ctx = new_server(version);
        client = SSL_new(ctx), server = SSL_new(server_ctx);
        down("client", client);
        join(client, server, 0);
        down("client", client);
        SSL_do_handshake(client);
        down("client", client);
        end();
    }
}

SINGLE(body)
