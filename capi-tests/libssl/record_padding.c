// Records of TLS 1.3 padded to blocks, and by callback: how long they are on the wire, and what the callback is asked.
#include "common.h"

static int seen;

static void on_header(int sent, int version UNUSED, int type, const void *bytes, size_t length UNUSED, SSL *ssl UNUSED,
                      void *argument UNUSED) {
    const unsigned char *header = bytes;
    if (seen && sent && type == SSL3_RT_HEADER)
        say("  a record of %d", header[3] << 8 | header[4]);
}

static size_t wanted;

// Handshake messages that come before the data are asked about by the original alone.
static size_t on_padding(SSL *ssl, int type, size_t length, void *argument) {
    if (type != SSL3_RT_APPLICATION_DATA)
        return 0;
    say("  asked: server %d, length %zu, %s", SSL_is_server(ssl), length, argument ? (const char *)argument : "no argument");
    return wanted;
}

static void send_bytes(SSL *from, SSL *to, int size) {
    static char out[40000], in[40000];
    memset(out, 'x', sizeof out);
    say(" %d bytes", size);
    int got = 0, sent = SSL_write(from, out, size);
    for (int now; got < size && (now = SSL_read(to, in + got, sizeof in - got)) > 0;)
        got += now;
    say("  sent %d, got %d, equal %d", sent, got, got == size && memcmp(in, out, size) == 0);
}

static void send_sizes(SSL *from, SSL *to) {
    static const int sizes[] = {1, 62, 63, 64, 99, 100, 500, 511, 512, 16383, 16384, 20000};
    for (int i = 0; i < COUNT(sizes); i++)
        send_bytes(from, to, sizes[i]);
}

static void run(int version, int in_context) {
    CASE("%s: set on the %s", version_name(version), in_context ? "SSL_CTX" : "SSL");
    seen = 0;
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_info_callback(ctx, NULL), SSL_CTX_set_info_callback(server_ctx, NULL);
    // The lengths of all suites are equal under TLS 1.3, and under TLS 1.2 of these.
    SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM");
    say("block: %d", in_context ? SSL_CTX_set_block_padding(ctx, 64) : 1);
    SSL_CTX_set_record_padding_callback_arg(server_ctx, "of the SSL_CTX");
    SSL_CTX_set_record_padding_callback(server_ctx, on_padding);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    say("argument: %s", (char *)SSL_get_record_padding_callback_arg(server));
    SSL_set_msg_callback(client, on_header), SSL_set_msg_callback(server, on_header);
    join(client, server, 100000);
    MUST(shake_both(client, server) == 1);
    char byte;
    SSL_read(client, &byte, 1);
    seen = 1;
    if (!in_context) {
        static const size_t blocks[] = {0, 1, 2, 64, 100, 512, 16384, 16385, 1000000};
        for (int i = 0; i < COUNT(blocks); i++) {
            say("block %zu: %d", blocks[i], SSL_set_block_padding(client, blocks[i]));
            send_sizes(client, server);
        }
        SSL_set_max_send_fragment(client, 512);
        say("block 64, fragment 512: %d", SSL_set_block_padding(client, 64));
    }
    send_sizes(client, server);
    static const size_t answers[] = {0, 1, 100, 16384, 1000000};
    for (int i = 0; i < COUNT(answers); i++) {
        say("callback's answer %zu", answers[i]);
        wanted = answers[i];
        send_sizes(server, client);
    }
    say("callback: %d", SSL_set_record_padding_callback(client, on_padding));
    SSL_set_record_padding_callback_arg(client, NULL);
    wanted = 7;
    send_sizes(client, server);
    say("none: %d", SSL_set_record_padding_callback(client, NULL));
    send_sizes(client, server);
    ERR_clear_error();
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    CASE("values");
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);
    say("argument: %d %d", SSL_CTX_get_record_padding_callback_arg(ctx) == NULL, SSL_get_record_padding_callback_arg(ssl) == NULL);
    SSL_CTX_set_record_padding_callback_arg(ctx, ctx);
    say("argument: %d", SSL_CTX_get_record_padding_callback_arg(ctx) == ctx);
    SSL_CTX_set_record_padding_callback_arg(ctx, NULL);
    say("limits: %d %d %d", SSL_CTX_set_block_padding(ctx, 16384), SSL_CTX_set_block_padding(ctx, 16385), SSL_set_block_padding(ssl, 0));
    SSL_set_record_padding_callback_arg(ssl, ssl);
    say("argument: %d", SSL_get_record_padding_callback_arg(ssl) == ssl);
    SSL_free(ssl), SSL_CTX_free(ctx);
    for EACH_VERSION (version)
        for (int in_context = 0; in_context < 2; in_context++)
            run(version, in_context);
}

SINGLE(body)
