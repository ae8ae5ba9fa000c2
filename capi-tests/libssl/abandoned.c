// SSLs that are freed in the middle: at every step of the handshake, while the callback has put the
// choice off, with a post-handshake request outstanding, with data unread and unwritten.
#include "common.h"

static int choose(SSL *ssl UNUSED, X509 **cert UNUSED, EVP_PKEY **key UNUSED) { return -1; }

static void run(int version, int steps, int suspends, int frees_ctx_first) {
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER | (suspends ? 0 : SSL_VERIFY_POST_HANDSHAKE), NULL);
    SSL_CTX_set_post_handshake_auth(ctx, 1);
    SSL_CTX_set_client_cert_cb(ctx, choose);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    if (frees_ctx_first)
        SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
    for (int i = 0; i < steps; i++) {
        SSL_do_handshake(i % 2 ? server : client);
        ERR_clear_error();
    }
    if (steps > 5 && !suspends) {
        SSL_verify_client_post_handshake(server);
        SSL_do_handshake(server);
        SSL_write(server, "unread", 6);
        if (steps > 6)
            say("read while the choice is open: %d", SSL_read(client, (char[8]){0}, 8));
        ERR_clear_error();
    }
    say("%s: abandoned after %d steps: %d %d", version_name(version), steps, SSL_is_init_finished(client),
        SSL_is_init_finished(server));
    SSL_free(client), SSL_free(server);
    if (!frees_ctx_first)
        SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version)
        for (int steps = 0; steps < 8; steps++) {
            run(version, steps, 1, 0);
            run(version, steps, 0, 1);
        }
}

SINGLE(body)
