// SSL_CTX_set_msg_callback: every message in order, who sent it, its version and type; also after the
// handshake. Headers of records, which the original shows too, are left out.
#include "common.h"

static void on_message(int sent, int version, int type, const void *bytes, size_t length, SSL *ssl, void *argument) {
    if (type == SSL3_RT_HEADER || type == SSL3_RT_INNER_CONTENT_TYPE)
        return;
    const unsigned char *message = bytes;
    int whole = type != SSL3_RT_HANDSHAKE || (length >= 4 && length == 4u + (message[1] << 16 | message[2] << 8 | message[3]));
    say("%s %s %s, type %d, message %d, whole %d", (const char *)argument, SSL_is_server(ssl) ? "server" : "client",
        sent ? "sends" : "gets", type, message[0], whole);
    // An alert before the hello may carry any version.
    if (type != SSL3_RT_HANDSHAKE || message[0] != SSL3_MT_CLIENT_HELLO)
        say("  %s", version_name(version));
}

static void watch(SSL *ssl) {
    SSL_set_msg_callback(ssl, on_message);
    SSL_set_msg_callback_arg(ssl, "the");
}

static void run(int version, int certificate, int watched) {
    CASE("%s: %s certificate, the %s's view", version_name(version), certificate ? "a" : "no", watched ? "server" : "client");
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_info_callback(ctx, NULL), SSL_CTX_set_info_callback(server_ctx, NULL);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_post_handshake_auth(ctx, 1);
    SSL_CTX_set_num_tickets(server_ctx, 1);
    if (certificate)
        use_cert(ctx, "client");
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    watch(watched ? server : client);
    join(client, server, 0);
    MUST(shake_both(client, server) == 1);
    char byte;
    SSL_read(client, &byte, 1);
    if (version == T13) {
        say("after the handshake");
        say("key update: %d", SSL_key_update(server, SSL_KEY_UPDATE_REQUESTED));
        SSL_write(server, "x", 1);
        SSL_read(client, &byte, 1);
        SSL_write(client, "x", 1);
        SSL_read(server, &byte, 1);
        say("ask: %d", SSL_verify_client_post_handshake(server));
        SSL_do_handshake(server);
        SSL_read(client, &byte, 1);
        SSL_read(server, &byte, 1);
        SSL_read(client, &byte, 1);
    }
    ERR_clear_error();
    SSL_shutdown(client), SSL_shutdown(server), SSL_shutdown(client);
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version)
        for (int certificate = 0; certificate < 2; certificate++)
            for (int watched = 0; watched < 2; watched++)
                run(version, certificate, watched);
}

SINGLE(body)
