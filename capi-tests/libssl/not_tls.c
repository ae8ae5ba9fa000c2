// Something else than TLS on a port of TLS's: what is said about it, and what is sent, which must be nothing where the
// program means to answer in plain text itself.
#include "common.h"

static const char *kinds[] = {"GET / HTTP/1.0\r\n\r\n", "POST /x HTTP/1.1\r\n\r\n", "HEAD / HTTP/1.1\r\n\r\n", "PUT /x HTTP/1.1\r\n",
                              "CONNECT host:443 HTTP/1.1\r\n\r\n", "OPTIONS / HTTP/1.1\r\n", "DELETE / HTTP/1.1\r\n",
                              "HTTP/1.1 400 Bad Request\r\n\r\n", "EHLO there\r\n", "220 mail.example ESMTP\r\n", "SSH-2.0-x\r\n",
                              "GET", "GETX", "CONN", "CONNE", "POST ", "\x15\x03\x01", "\x16\x02\x00\x00\x05xxxxx",
                              "\x16\x04\x00\x00\x05xxxxx", "\x7fzzzzzzzzzzzz"};

static void info(const SSL *ssl UNUSED, int where, int value) {
    if (where & SSL_CB_ALERT)
        say("  alert %s: %s", where & SSL_CB_READ ? "received" : "sent", SSL_alert_desc_string_long(value));
    else if (where & SSL_CB_EXIT)
        say("  exit %d", value);
}

static void first(int version, int server, const char *what, size_t len, size_t step) {
    CASE("%s, %s: \"%.5s\" in steps of %zu", version_name(version), server ? "server" : "client", what, step);
    SSL_CTX *ctx = server ? new_server(version) : new_client(version);
    SSL_CTX_set_info_callback(ctx, info);
    SSL *ssl = SSL_new(ctx);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl, in, out);
    server ? SSL_set_accept_state(ssl) : SSL_set_connect_state(ssl);
    if (!server) {
        say_result(ssl, "connect", SSL_do_handshake(ssl));
        (void)BIO_reset(out);
    }
    for (size_t at = 0; at < len; at += step) {
        BIO_write(in, what + at, (int)(len - at < step ? len - at : step));
        int ret = SSL_do_handshake(ssl);
        if (SSL_get_error(ssl, ret) != SSL_ERROR_WANT_READ || at + step >= len) {
            say_result(ssl, "handshake", ret);
            break;
        }
    }
    say("sent %d, state %s, shutdown %d", (int)BIO_pending(out), SSL_state_string_long(ssl), SSL_get_shutdown(ssl));
    say_result(ssl, "again", SSL_do_handshake(ssl));
    say_result(ssl, "read", SSL_read(ssl, (char[1]){0}, 1));
    say_result(ssl, "shutdown", SSL_shutdown(ssl));
    say("sent %d", (int)BIO_pending(out));
    SSL_free(ssl), SSL_CTX_free(ctx);
}

// The same after the first record: that is no plain text any more, but a broken record.
static void later(int version) {
    CASE("%s: after the handshake", version_name(version));
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    shake_both(client, server);
    SSL_read(client, (char[1]){0}, 1);
    BIO_write(SSL_get_rbio(client), "GET / HTTP/1.0\r\n\r\n", 18);
    say_result(server, "read", SSL_read(server, (char[1]){0}, 1));
    say_result(client, "read", SSL_read(client, (char[1]){0}, 1));
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version)
        for (int server = 0; server < 2; server++)
            for (int i = 0; i < COUNT(kinds); i++) {
                size_t len = strncmp(kinds[i] + 1, "\x02", 1) == 0 || strncmp(kinds[i] + 1, "\x04", 1) == 0
                                 ? 10
                                 : strlen(kinds[i]);
                first(version, server, kinds[i], len, 100);
                first(version, server, kinds[i], len, 1);
            }
    for EACH_VERSION (version)
        later(version);
}

SINGLE(body)
