// What a server and a client make of bytes that are no TLS, or bad TLS. Where programs look at the
// reason it is compared, elsewhere only that it fails and stays failed.
// One process; the hostile side is a memory BIO.
#include "common.h"

typedef struct {
    const char *name;
    const unsigned char *bytes;
    size_t length;
    int exactly;
} Input;

#define LOOSELY(name, text) {name, (const unsigned char *)text, sizeof text - 1, 0}
#define EXACTLY(name, text) {name, (const unsigned char *)text, sizeof text - 1, 1}

static unsigned char oversized[5 + 17000] = {22, 3, 1, 0x42, 0x68};
static unsigned char many_warnings[7 * 10];

static const Input inputs[] = {
    EXACTLY("HTTP GET", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    EXACTLY("HTTP CONNECT", "CONNECT localhost:443 HTTP/1.1\r\n\r\n"),
    EXACTLY("HTTP PUT", "PUT /thing HTTP/1.1\r\n\r\n"),
    EXACTLY("HTTP HEAD", "HEAD / HTTP/1.1\r\n\r\n"),
    EXACTLY("HTTP POST", "POST / HTTP/1.1\r\n\r\n"),
    EXACTLY("HTTP answer", "HTTP/1.1 400 Bad Request\r\n\r\n"),
    EXACTLY("SSH", "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
    EXACTLY("zeros", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
    LOOSELY("ones", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
    LOOSELY("handshake of another major version", "\x16\x05\x01\x00\x05\x01\x00\x00\x01\x00"),
    LOOSELY("handshake of version 0", "\x16\x00\x00\x00\x05\x01\x00\x00\x01\x00"),
    LOOSELY("unknown record type", "\x63\x03\x01\x00\x05hello"),
    EXACTLY("application data first", "\x17\x03\x03\x00\x05hello"),
    EXACTLY("ChangeCipherSpec first", "\x14\x03\x03\x00\x01\x01"),
    LOOSELY("empty handshake record", "\x16\x03\x01\x00\x00"),
    LOOSELY("empty application data", "\x17\x03\x03\x00\x00"),
    EXACTLY("fatal alert", "\x15\x03\x01\x00\x02\x02\x28"),
    EXACTLY("close_notify", "\x15\x03\x01\x00\x02\x01\x00"),
    EXACTLY("warning", "\x15\x03\x01\x00\x02\x01\x70"),
    LOOSELY("alert of one byte", "\x15\x03\x01\x00\x01\x02"),
    LOOSELY("alert of three bytes", "\x15\x03\x01\x00\x03\x02\x28\x00"),
    LOOSELY("alert of unknown level", "\x15\x03\x01\x00\x02\x07\x28"),
    LOOSELY("heartbeat", "\x18\x03\x03\x00\x03\x01\x40\x00"),
    LOOSELY("Finished first", "\x16\x03\x01\x00\x10\x14\x00\x00\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
    LOOSELY("HelloRequest", "\x16\x03\x01\x00\x04\x00\x00\x00\x00"),
    LOOSELY("unknown handshake message", "\x16\x03\x01\x00\x05\x63\x00\x00\x01\x00"),
    LOOSELY("empty ClientHello", "\x16\x03\x01\x00\x04\x01\x00\x00\x00"),
    LOOSELY("cut ClientHello", "\x16\x03\x01\x00\x08\x01\x00\x00\x04\x03\x03\x00\x00"),
    LOOSELY("ClientHello of 16 MiB", "\x16\x03\x01\x00\x06\x01\xff\xff\xff\x03\x03"),
    LOOSELY("empty ServerHello", "\x16\x03\x03\x00\x04\x02\x00\x00\x00"),
    LOOSELY("cut ServerHello", "\x16\x03\x03\x00\x08\x02\x00\x00\x04\x03\x03\x00\x00"),
    LOOSELY("Certificate first", "\x16\x03\x03\x00\x07\x0b\x00\x00\x03\x00\x00\x00"),
    LOOSELY("SSLv2 ClientHello", "\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10\x01\x00\x80\x03\x00"),
    {"oversized record", oversized, sizeof oversized, 0},
    {"ten warnings", many_warnings, sizeof many_warnings, 0},
    EXACTLY("a byte", "\x16"),
    EXACTLY("half a header", "\x16\x03\x01"),
    EXACTLY("header alone", "\x16\x03\x01\x00\x20"),
    EXACTLY("nothing", ""),
};

// Feeds `input`, then the end of the transport.
static void feed(SSL_CTX *ctx, int server, const Input *input, int chunk) {
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(in, -1);
    SSL *ssl = SSL_new(ctx);
    SSL_set_bio(ssl, in, out);
    server ? SSL_set_accept_state(ssl) : SSL_set_connect_state(ssl);
    int ret = SSL_do_handshake(ssl);
    size_t step = chunk ? (size_t)chunk : input->length;
    for (size_t at = 0; at < input->length && SSL_get_error(ssl, ret) == SSL_ERROR_WANT_READ; at += step) {
        BIO_write(in, input->bytes + at, (int)(input->length - at < step ? input->length - at : step));
        ret = SSL_do_handshake(ssl);
    }
    if (SSL_get_error(ssl, ret) == SSL_ERROR_WANT_READ) {
        if (input->exactly)
            say("waits for more");
        BIO_set_mem_eof_return(in, 0);
        ret = SSL_do_handshake(ssl);
    }
    if (input->exactly)
        say_result(ssl, server ? "accept" : "connect", ret);
    else
        say("%s", SSL_get_error(ssl, ret) == SSL_ERROR_SSL ? "fails" : "goes on");
    ERR_clear_error();
    unsigned char sent[64];
    ret = SSL_do_handshake(ssl);
    say("again: %d", ret > 0);
    ERR_clear_error();
    ret = SSL_read(ssl, sent, sizeof sent);
    say("read: %d", ret > 0);
    ERR_clear_error();
    ret = SSL_shutdown(ssl);
    say("shutdown: %d", ret > 0);
    ERR_clear_error();
    SSL_free(ssl);
}

static void body(void) {
    for (int i = 0; i < 10; i++)
        memcpy(many_warnings + 7 * i, "\x15\x03\x01\x00\x02\x01\x70", 7);
    for EACH_VERSION (version)
        for (int server = 0; server < 2; server++) {
            SSL_CTX *ctx = server ? new_server(version) : new_client(version);
            SSL_CTX_set_info_callback(ctx, NULL);
            for (int i = 0; i < COUNT(inputs); i++) {
                CASE("%s: %s gets %s", version_name(version), server ? "server" : "client", inputs[i].name);
                feed(ctx, server, &inputs[i], 0);
            }
            CASE("%s: %s gets HTTP byte by byte", version_name(version), server ? "server" : "client");
            feed(ctx, server, &inputs[0], 1);
            SSL_CTX_free(ctx);
        }
}

SINGLE(body)
