// What strangers send before anything is authenticated, and what it costs: a client that is sent messages out of order,
// a server that is sent a ClientHello full of small things. The other side is a memory BIO.
#include "common.h"
#include <malloc.h>

static void wrap(BIO *to, int type, const unsigned char *bytes, size_t len) {
    while (len) {
        size_t part = len > 16384 ? 16384 : len;
        unsigned char header[5] = {(unsigned char)type, 3, 3, (unsigned char)(part >> 8), (unsigned char)part};
        BIO_write(to, header, 5);
        BIO_write(to, bytes, (int)part);
        bytes += part, len -= part;
    }
}

static void message(BIO *to, int type, size_t len) {
    unsigned char *bytes = calloc(1, len + 4);
    bytes[0] = (unsigned char)type;
    bytes[1] = (unsigned char)(len >> 16), bytes[2] = (unsigned char)(len >> 8), bytes[3] = (unsigned char)len;
    wrap(to, 22, bytes, len + 4);
    free(bytes);
}

static size_t in_use(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static int step(SSL *ssl, const char *what) {
    int ret = SSL_do_handshake(ssl);
    int error = SSL_get_error(ssl, ret);
    say("%s: %d %s", what, ret, error_name(error));
    say_queue();
    return error;
}

static SSL *client_of(SSL_CTX *ctx, BIO **in, BIO **out) {
    SSL *ssl = SSL_new(ctx);
    *in = BIO_new(BIO_s_mem());
    *out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(*in, -1);
    SSL_set_bio(ssl, *in, *out);
    SSL_set_connect_state(ssl);
    SSL_do_handshake(ssl);
    return ssl;
}

// CertificateRequest with nothing before it, and then whatever comes to mind.
static void request_first(SSL_CTX *ctx) {
    BIO *in, *out;
    SSL *ssl = client_of(ctx, &in, &out);
    static const unsigned char request[] = {13, 0, 0, 8, 1, 64, 0, 2, 4, 3, 0, 0};
    size_t before = in_use();
    wrap(in, 22, request, sizeof request);
    int error = SSL_get_error(ssl, SSL_do_handshake(ssl));
    for (int i = 0; i < 500 && error == SSL_ERROR_WANT_READ; i++) {
        message(in, 11, 60000);
        error = SSL_get_error(ssl, SSL_do_handshake(ssl));
    }
    say("a request first: %s", error_name(error));
    say_queue();
    say("memory stays: %d", in_use() < before + 1000000);
    SSL_free(ssl);
}

// A real flight of TLS 1.2 up to the request; then other messages instead of ServerHelloDone.
static void after_request(SSL_CTX *ctx, SSL_CTX *server_ctx, int type, size_t len, int times) {
    BIO *in, *out, *sin = BIO_new(BIO_s_mem()), *sout = BIO_new(BIO_s_mem());
    SSL *client = client_of(ctx, &in, &out), *server = SSL_new(server_ctx);
    SSL_set_bio(server, sin, sout);
    SSL_set_accept_state(server);
    unsigned char bytes[65536], flight[65536];
    int n;
    while ((n = BIO_read(out, bytes, sizeof bytes)) > 0)
        BIO_write(sin, bytes, n);
    SSL_do_handshake(server);
    // The messages of the flight without their records, and without the last one.
    size_t whole = 0;
    n = BIO_read(sout, bytes, sizeof bytes);
    for (int at = 0; at + 5 <= n;) {
        int record = bytes[at + 3] << 8 | bytes[at + 4];
        memcpy(flight + whole, bytes + at + 5, (size_t)record);
        whole += (size_t)record, at += 5 + record;
    }
    MUST(flight[whole - 4] == 14);
    wrap(in, 22, flight, whole - 4);
    MUST(SSL_get_error(client, SSL_do_handshake(client)) == SSL_ERROR_WANT_READ);
    size_t before = in_use();
    int error = SSL_ERROR_WANT_READ;
    for (int i = 0; i < times && error == SSL_ERROR_WANT_READ; i++) {
        message(in, type, len);
        error = SSL_get_error(client, SSL_do_handshake(client));
    }
    say("after the request, type %d: %s", type, error_name(error));
    say_queue();
    say("memory stays: %d", in_use() < before + 1000000);
    SSL_free(client);
    SSL_free(server);
}

// A message behind ServerHello in its record: the keys change there.
static void behind_server_hello(SSL_CTX *ctx, SSL_CTX *server_ctx) {
    BIO *in, *out, *sin = BIO_new(BIO_s_mem()), *sout = BIO_new(BIO_s_mem());
    SSL *client = client_of(ctx, &in, &out), *server = SSL_new(server_ctx);
    SSL_set_bio(server, sin, sout);
    SSL_set_accept_state(server);
    unsigned char bytes[65536];
    int n;
    while ((n = BIO_read(out, bytes, sizeof bytes)) > 0)
        BIO_write(sin, bytes, n);
    SSL_do_handshake(server);
    n = BIO_read(sout, bytes, sizeof bytes);
    int record = bytes[3] << 8 | bytes[4];
    unsigned char hello[2048];
    MUST(record + 8 < (int)sizeof hello);
    memcpy(hello, bytes + 5, (size_t)record);
    static const unsigned char extensions[] = {8, 0, 0, 2, 0, 0};
    memcpy(hello + record, extensions, sizeof extensions);
    wrap(in, 22, hello, (size_t)record + sizeof extensions);
    BIO_write(in, bytes + 5 + record, n - 5 - record);
    step(client, "a message behind ServerHello");
    SSL_free(client);
    SSL_free(server);
}

// A ClientHello whose `kind` is a list of as many things as fit.
static void large_hello(SSL_CTX *ctx, const char *what, int kind, const unsigned char *unit, size_t unit_len) {
    static unsigned char hello[70000];
    size_t at = 4, list = 61000 / unit_len * unit_len;
    memset(hello, 0, sizeof hello);
    hello[0] = 1;
    hello[at++] = 3, hello[at++] = 3;
    memset(hello + at, 7, 32), at += 32;
    hello[at++] = 0;
    hello[at++] = 0, hello[at++] = 2, hello[at++] = 0xc0, hello[at++] = 0x2b;
    hello[at++] = 1, hello[at++] = 0;
    size_t extensions = at;
    at += 2;
    static const unsigned char groups[] = {0, 10, 0, 4, 0, 2, 0, 23}, schemes[] = {0, 13, 0, 4, 0, 2, 4, 3};
    memcpy(hello + at, groups, sizeof groups), at += sizeof groups;
    memcpy(hello + at, schemes, sizeof schemes), at += sizeof schemes;
    if (kind >= 0) {
        hello[at++] = (unsigned char)(kind >> 8), hello[at++] = (unsigned char)kind;
        hello[at++] = (unsigned char)((list + 2) >> 8), hello[at++] = (unsigned char)(list + 2);
        hello[at++] = (unsigned char)(list >> 8), hello[at++] = (unsigned char)list;
        for (size_t i = 0; i < list; i += unit_len)
            memcpy(hello + at + i, unit, unit_len);
        at += list;
    } else {
        for (unsigned type = 0x4000; at < 61000; type++) {
            hello[at++] = (unsigned char)(type >> 8), hello[at++] = (unsigned char)type;
            at += 2;
        }
    }
    size_t len = at - extensions - 2;
    hello[extensions] = (unsigned char)(len >> 8), hello[extensions + 1] = (unsigned char)len;
    hello[1] = (unsigned char)((at - 4) >> 16), hello[2] = (unsigned char)((at - 4) >> 8), hello[3] = (unsigned char)(at - 4);
    SSL *ssl = SSL_new(ctx);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(in, -1);
    SSL_set_bio(ssl, in, out);
    SSL_set_accept_state(ssl);
    wrap(in, 22, hello, at);
    size_t before = in_use();
    say("%s: %s", what, error_name(SSL_get_error(ssl, SSL_do_handshake(ssl))));
    say_queue();
    
    // The message twice, and buffers.
    say("memory for it is bounded: %d", (long)(in_use() - before) < 300000);
    SSL_free(ssl);
}

static void body(void) {
    SSL_CTX *client12 = new_client(T12), *server12 = new_server(T12), *client13 = new_client(T13), *server13 = new_server(T13);
    SSL_CTX_set_verify(server12, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_info_callback(client12, NULL);
    CASE("TLS 1.2 client");
    request_first(client12);
    after_request(client12, server12, 11, 60000, 500);
    after_request(client12, server12, 13, 8, 500);
    after_request(client12, server12, 14, 1, 1);
    after_request(client12, server12, 99, 60000, 500);
    CASE("TLS 1.3 client");
    behind_server_hello(client13, server13);
    CASE("server");
    large_hello(server12, "ALPN of one byte each", 16, (const unsigned char *)"\1a", 2);
    large_hello(server12, "authorities of one byte each", 47, (const unsigned char *)"\0\1a", 3);
    large_hello(server12, "empty extensions", -1, NULL, 1);
    SSL_CTX_free(client12);
    SSL_CTX_free(server12);
    SSL_CTX_free(client13);
    SSL_CTX_free(server13);
}

SINGLE(body)
