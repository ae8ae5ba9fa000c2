// SSL_CTX_set_msg_callback: every message in order, who sent it, its version and type, and what it came in: the header
// of the record and its version, and under TLS 1.3 the content type within. Also after the handshake. How many messages
// there are in a record is the library's business; records of data are counted.
#include "common.h"

static struct {
    int header, header_version, inner, inner_version;
} last[2];
static int data[2], versions = 1;

static void on_record(int sent, int version, int type, const unsigned char *bytes, size_t length) {
    if (type == SSL3_RT_INNER_CONTENT_TYPE) {
        last[sent].inner = bytes[0], last[sent].inner_version = version;
        data[sent] += bytes[0] == SSL3_RT_APPLICATION_DATA && last[sent].header == SSL3_RT_APPLICATION_DATA && length == 1;
        return;
    }
    MUST(length == SSL3_RT_HEADER_LENGTH && version == (bytes[1] << 8 | bytes[2]));
    last[sent].header = bytes[0], last[sent].header_version = version;
    last[sent].inner = last[sent].inner_version = 0;
    if (bytes[0] == SSL3_RT_CHANGE_CIPHER_SPEC && !sent)
        say("  gets a record, type %d, version %x", bytes[0], version);
}

static void on_message(int sent, int version, int type, const void *bytes, size_t length, SSL *ssl, void *argument) {
    if (type == SSL3_RT_HEADER || type == SSL3_RT_INNER_CONTENT_TYPE) {
        on_record(sent, version, type, bytes, length);
        return;
    }
    const unsigned char *message = bytes;
    int whole = type != SSL3_RT_HANDSHAKE || (length >= 4 && length == 4u + (message[1] << 16 | message[2] << 8 | message[3]));
    say("%s %s %s, type %d, message %d, whole %d", (const char *)argument, SSL_is_server(ssl) ? "server" : "client",
        sent ? "sends" : "gets", type, message[0], whole);
    say("  in a record, type %d, version %x, within %d, version %x", last[sent].header, last[sent].header_version,
        last[sent].inner, last[sent].inner_version);
    // An alert before the hello may carry any version, and what follows a HelloRetryRequest.
    if (!versions)
        return;
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
    memset(last, 0, sizeof last), memset(data, 0, sizeof data);
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
    say("records of data: %d sent, %d received", data[1], data[0]);
    ERR_clear_error();
    SSL_shutdown(client), SSL_shutdown(server), SSL_shutdown(client);
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

// The server asks for a second hello, and then for a certificate that the client does not have. Which of the client's
// messages it reads before it refuses is not told.
static void refuse(int version) {
    CASE("%s: refused, the client's view", version_name(version));
    versions = 0;
    memset(last, 0, sizeof last);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_info_callback(ctx, NULL), SSL_CTX_set_info_callback(server_ctx, NULL);
    SSL_CTX_set1_groups_list(ctx, "X25519:P-256"), SSL_CTX_set1_groups_list(server_ctx, "P-256");
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    watch(client);
    join(client, server, 0);
    MUST(shake_both(client, server) != 1);
    char byte;
    say("read: %d", SSL_read(client, &byte, 1));
    versions = 1;
    ERR_clear_error();
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

// The callback is set on a connection that stands.
static void late(int version) {
    CASE("%s: after the handshake", version_name(version));
    memset(last, 0, sizeof last), memset(data, 0, sizeof data);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_info_callback(ctx, NULL), SSL_CTX_set_info_callback(server_ctx, NULL);
    SSL_CTX_set_num_tickets(server_ctx, 0);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    MUST(shake_both(client, server) == 1);
    watch(client);
    char byte;
    SSL_write(client, "x", 1), SSL_read(server, &byte, 1);
    SSL_set_msg_callback(client, NULL);
    SSL_write(client, "x", 1), SSL_read(server, &byte, 1);
    watch(client);
    SSL_shutdown(client);
    say("records of data: %d sent, %d received", data[1], data[0]);
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version) {
        for (int certificate = 0; certificate < 2; certificate++)
            for (int watched = 0; watched < 2; watched++)
                run(version, certificate, watched);
        refuse(version);
        late(version);
    }
}

SINGLE(body)
