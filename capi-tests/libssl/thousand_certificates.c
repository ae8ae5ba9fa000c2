// Long certificate messages: what the limit of SSL_CTX_set_max_cert_list does, on both sides.
#include "common.h"

static int fails(SSL *client, SSL *server) {
    for (int turn = 0; turn < 10; turn++) {
        int ret = SSL_do_handshake(turn % 2 ? server : client);
        if (ret != 1 && SSL_get_error(turn % 2 ? server : client, ret) == SSL_ERROR_SSL)
            return 0;
    }
    return 1;
}

static void run(int version, int server_sends, int count, long limit) {
    CASE("%s: the %s sends %d more, limit %ld", version_name(version), server_sends ? "server" : "client", count, limit);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_info_callback(ctx, NULL), SSL_CTX_set_info_callback(server_ctx, NULL);
    use_cert(ctx, "client");
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX *sender = server_sends ? server_ctx : ctx, *receiver = server_sends ? ctx : server_ctx;
    X509 *filler = load_cert("rsa");
    for (int i = 0; i < count; i++)
        MUST(SSL_CTX_add1_chain_cert(sender, filler));
    X509_free(filler);
    if (limit)
        say("limit before: %ld", SSL_CTX_set_max_cert_list(receiver, limit));
    say("limit: %ld", SSL_CTX_get_max_cert_list(receiver));
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 1 << 20);
    // At a thousand the messages have no sense any more: which one is refused, and why, may differ.
    int done = count < 1000 ? shake_both(client, server) : fails(client, server);
    say("done %d, chain of %d", done, sk_X509_num(SSL_get_peer_cert_chain(server_sends ? client : server)));
    ERR_clear_error();
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version)
        for (int server_sends = 0; server_sends < 2; server_sends++) {
            run(version, server_sends, 10, 0);
            run(version, server_sends, 80, 0);
            run(version, server_sends, 1000, 0);
            run(version, server_sends, 10, 2000);
        }
}

SINGLE(body)
