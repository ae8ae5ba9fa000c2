// Verification depth, set in the SSL_CTX and in the SSL.
#include "common.h"

static void run(int version, int depth, int in_ssl) {
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    use_cert(ctx, "chain");
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    if (depth >= 0 && !in_ssl)
        SSL_CTX_set_verify_depth(server_ctx, depth);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    if (depth >= 0 && in_ssl)
        SSL_set_verify_depth(server, depth);
    CASE("%s: depth %d %s; reads %d %d", version_name(version), depth, in_ssl ? "in the SSL" : "in the SSL_CTX",
         SSL_CTX_get_verify_depth(server_ctx), SSL_get_verify_depth(server));
    join(client, server, 0);
    int done = shake_both(client, server);
    say("done %d, verify result %ld", done, SSL_get_verify_result(server));
    say_queue();
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(ctx);
    SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version)
        for (int depth = -1; depth < 5; depth++)
            for (int in_ssl = 0; in_ssl < 2; in_ssl++)
                run(version, depth, in_ssl);
}

SINGLE(body)
