// Protocol versions: what is set, what is negotiated, what a mismatch says on both sides.
#include "common.h"

static const struct {
    int client_min, client_max, server_min, server_max;
} cases[] = {
    {0, 0, 0, 0},         {T12, T12, 0, 0},     {0, 0, T12, T12},       {T13, 0, 0, 0},
    {T13, T13, T12, T12}, {T12, T12, T13, T13}, {T12, T13, T12, T13},   {0, T12, T13, 0},
};

static void body(void) {
    for (int i = 0; i < COUNT(cases); i++) {
        CASE("client %s to %s, server %s to %s", version_name(cases[i].client_min), version_name(cases[i].client_max),
             version_name(cases[i].server_min), version_name(cases[i].server_max));
        SSL_CTX *ctx = new_client(0), *server_ctx = new_server(0);
        say("set: %d %d %d %d", SSL_CTX_set_min_proto_version(ctx, cases[i].client_min),
            SSL_CTX_set_max_proto_version(ctx, cases[i].client_max),
            SSL_CTX_set_min_proto_version(server_ctx, cases[i].server_min),
            SSL_CTX_set_max_proto_version(server_ctx, cases[i].server_max));
        say("get: %x %x", (int)SSL_CTX_get_min_proto_version(ctx), (int)SSL_CTX_get_max_proto_version(ctx));
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        join(client, server, 0);
        int done = shake_both(client, server);
        say("done %d", done);
        if (done)
            say("%s %x %s, client %d", SSL_get_version(client), SSL_version(server), SSL_get_version(server),
                SSL_is_server(client));
        SSL_free(client), SSL_free(server);
        SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
    }
    CASE("by options");
    static const uint64_t options[] = {SSL_OP_NO_TLSv1_3, SSL_OP_NO_TLSv1_2};
    for (int i = 0; i < COUNT(options); i++) {
        SSL_CTX *ctx = new_client(0), *server_ctx = new_server(0);
        SSL_CTX_set_min_proto_version(ctx, T12);
        SSL_CTX_set_options(ctx, options[i]);
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        join(client, server, 0);
        int done = shake_both(client, server);
        say("done %d %s", done, done ? SSL_get_version(client) : "");
        SSL_free(client), SSL_free(server);
        SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
    }
    CASE("by options, none left");
    SSL_CTX *none = new_client(0);
    SSL_CTX_set_info_callback(none, NULL);
    SSL_CTX_set_options(none, SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3);
    SSL_CTX_set_min_proto_version(none, T12);
    SSL *ssl = SSL_new(none);
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    say_result(ssl, "connect", SSL_connect(ssl));
    SSL_free(ssl);
    SSL_CTX_free(none);
    CASE("values that make no sense");
    SSL_CTX *ctx = new_client(0);
    say("%d %d %d", SSL_CTX_set_min_proto_version(ctx, 1), SSL_CTX_set_max_proto_version(ctx, 0x305),
        SSL_CTX_set_min_proto_version(ctx, 0x301));
    SSL_CTX_free(ctx);
}

SINGLE(body)
