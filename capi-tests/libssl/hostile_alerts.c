// What a peer is told that says what it must not, before anything is encrypted and where encryption has just begun: the
// alert and the reason. The other side is a memory BIO.
#include "common.h"

static unsigned char buffer[200000];
static size_t used;

static void byte(int value) { buffer[used++] = (unsigned char)value; }
static void pair(int value) { byte(value >> 8), byte(value & 255); }
static void bytes(const char *hex) {
    for (; *hex; hex += 2) {
        unsigned value;
        sscanf(hex, "%2x", &value);
        byte((int)value);
    }
}

// Records of `part` bytes at most around what is in the buffer from `from` on, written to `to`.
static void records(BIO *to, int type, int version, size_t part) {
    for (size_t at = 0; at < used || (at == 0 && !used); at += part) {
        size_t len = used - at < part ? used - at : part;
        unsigned char header[5] = {(unsigned char)type, (unsigned char)(version >> 8), (unsigned char)version,
                                   (unsigned char)(len >> 8), (unsigned char)len};
        BIO_write(to, header, 5);
        if (len)
            BIO_write(to, buffer + at, (int)len);
        if (!used)
            break;
    }
}

struct hello {
    int legacy, tls13, groups, share;
    const char *schemes, *suites; // hex
    size_t padding;
};

static const struct hello usual = {0x0303, 1, 1, 1, "04030804", "1301c02b", 0};

static void hello(struct hello h) {
    used = 0;
    byte(1), byte(0), pair(0);
    pair(h.legacy);
    for (int i = 0; i < 32; i++)
        byte(7);
    byte(0);
    pair((int)strlen(h.suites) / 2), bytes(h.suites);
    byte(1), byte(0);
    size_t extensions = used;
    pair(0);
    if (h.tls13)
        bytes("002b0003020304");
    if (h.groups)
        bytes("000a00060004001d0017");
    if (h.schemes)
        pair(13), pair((int)strlen(h.schemes) / 2 + 2), pair((int)strlen(h.schemes) / 2), bytes(h.schemes);
    if (h.share)
        bytes("003300260024001d0020" "0900000000000000000000000000000000000000000000000000000000000000");
    if (h.padding) {
        pair(21), pair((int)h.padding);
        memset(buffer + used, 0, h.padding), used += h.padding;
    }
    size_t len = used - extensions - 2;
    buffer[extensions] = (unsigned char)(len >> 8), buffer[extensions + 1] = (unsigned char)len;
    buffer[1] = (unsigned char)((used - 4) >> 16), buffer[2] = (unsigned char)((used - 4) >> 8), buffer[3] = (unsigned char)(used - 4);
}

static SSL *server_of(SSL_CTX *ctx, BIO **in) {
    SSL *ssl = SSL_new(ctx);
    BIO *out = BIO_new(BIO_s_mem());
    *in = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(*in, -1);
    SSL_set_bio(ssl, *in, out);
    SSL_set_accept_state(ssl);
    return ssl;
}

static void end(SSL *ssl) {
    int ret = SSL_do_handshake(ssl);
    say("%d %s", ret, error_name(SSL_get_error(ssl, ret)));
    say_queue();
    SSL_free(ssl);
}

// One record alone.
static void record(SSL_CTX *ctx, const char *what, int type, int version, const char *body) {
    BIO *in;
    SSL *ssl = server_of(ctx, &in);
    CASE("%s", what);
    used = 0, bytes(body);
    records(in, type, version, 1 << 14);
    end(ssl);
}

static void greet(SSL_CTX *ctx, const char *what, struct hello h, int version, size_t part) {
    BIO *in;
    SSL *ssl = server_of(ctx, &in);
    CASE("%s", what);
    hello(h);
    records(in, 22, version, part);
    end(ssl);
}

// A good hello, and then something.
static void then(SSL_CTX *ctx, const char *what, struct hello h, int type, int version, const char *body) {
    BIO *in;
    SSL *ssl = server_of(ctx, &in);
    CASE("%s", what);
    hello(h);
    records(in, 22, 0x0301, 1 << 14);
    int ret = SSL_do_handshake(ssl);
    say("hello: %d %s", ret, error_name(SSL_get_error(ssl, ret)));
    say_queue();
    used = 0, bytes(body);
    records(in, type, version, 1 << 14);
    end(ssl);
}

// ... and something else.
static void then_both(SSL_CTX *ctx, const char *what, struct hello h, int type, const char *body, int then_type,
                      const char *then_body) {
    BIO *in;
    SSL *ssl = server_of(ctx, &in);
    CASE("%s", what);
    hello(h);
    records(in, 22, 0x0301, 1 << 14);
    int ret = SSL_do_handshake(ssl);
    say("hello: %d %s", ret, error_name(SSL_get_error(ssl, ret)));
    say_queue();
    used = 0, bytes(body);
    records(in, type, 0x0303, 1 << 14);
    used = 0, bytes(then_body);
    records(in, then_type, 0x0303, 1 << 14);
    end(ssl);
}

static void server(int version) {
    SSL_CTX *ctx = new_server(version);
    say("--- a server of %s", version_name(version));
    struct hello h = usual;
    if (version == T12)
        h.tls13 = 0;
    record(ctx, "an empty alert", 21, 0x0303, "");
    record(ctx, "half an alert", 21, 0x0303, "02");
    record(ctx, "an alert and a half", 21, 0x0303, "022802");
    record(ctx, "a fatal alert", 21, 0x0303, "0228");
    record(ctx, "a warning", 21, 0x0303, "015a");
    record(ctx, "data", 23, 0x0303, "00");
    record(ctx, "empty data", 23, 0x0303, "");
    record(ctx, "an empty handshake record", 22, 0x0303, "");
    record(ctx, "ChangeCipherSpec", 20, 0x0303, "01");
    record(ctx, "a Finished", 22, 0x0303, "14000000");
    record(ctx, "ServerHello", 22, 0x0303, "02000000");
    record(ctx, "type 0", 0, 0x0303, "00");
    record(ctx, "type 99", 99, 0x0303, "00");
    greet(ctx, "as it should be", h, 0x0301, 1 << 14);
    greet(ctx, "byte by byte", h, 0x0301, 1);
    struct hello odd = h;
    odd.legacy = 0x0200;
    greet(ctx, "legacy_version 2.0", odd, 0x0301, 1 << 14);
    odd.legacy = 0x0300;
    greet(ctx, "legacy_version 3.0", odd, 0x0301, 1 << 14);
    odd.legacy = 0x0301;
    greet(ctx, "legacy_version 3.1", odd, 0x0301, 1 << 14);
    odd.legacy = 0x0304;
    greet(ctx, "legacy_version 3.4", odd, 0x0301, 1 << 14);
    odd.legacy = 0x0400;
    greet(ctx, "legacy_version 4.0", odd, 0x0301, 1 << 14);
    odd = h, odd.groups = 0;
    greet(ctx, "no groups", odd, 0x0301, 1 << 14);
    odd = h, odd.groups = 0, odd.share = 0;
    greet(ctx, "no groups, no key share", odd, 0x0301, 1 << 14);
    odd = h, odd.schemes = "0804";
    greet(ctx, "no scheme in common", odd, 0x0301, 1 << 14);
    odd.schemes = NULL;
    greet(ctx, "no schemes", odd, 0x0301, 1 << 14);
    odd = h, odd.suites = "c02f1304";
    greet(ctx, "no suite in common", odd, 0x0301, 1 << 14);
    odd = h, odd.padding = 40000;
    greet(ctx, "a hello of 40,000 bytes", odd, 0x0301, 1 << 14);
    CASE("a hello above the limit");
    BIO *in;
    SSL *ssl = server_of(ctx, &in);
    hello(h);
    buffer[1] = 3, buffer[2] = 0, buffer[3] = 0;
    records(in, 22, 0x0301, 1 << 14);
    end(ssl);
    CASE("a record above the limit");
    ssl = server_of(ctx, &in);
    unsigned char header[] = {22, 3, 1, 0x48, 1};
    BIO_write(in, header, sizeof header);
    end(ssl);
    // A record header alone, and a hello of this length in one record, or with something in the middle of it.
    static const int lengths[] = {0x4000, 0x4001, 0x4100, 0x4101, 0x4800};
    for (int i = 0; i < COUNT(lengths); i++) {
        CASE("a record of %#x in the clear", (unsigned)lengths[i]);
        ssl = server_of(ctx, &in);
        odd = h;
        hello(odd);
        odd.padding = (size_t)lengths[i] - used - 4;
        hello(odd);
        records(in, 22, 0x0301, 1 << 15);
        end(ssl);
    }
    static const struct { const char *what; int type; const char *body; } amid[] = {
        {"a warning", 21, "015a"}, {"close_notify", 21, "0100"}, {"a fatal alert", 21, "0228"}, {"nothing", 22, ""},
        {"ChangeCipherSpec", 20, "01"}, {"data", 23, "00"},
    };
    for (int i = 0; i < COUNT(amid); i++) {
        CASE("%s amid the hello", amid[i].what);
        ssl = server_of(ctx, &in);
        hello(h);
        size_t whole = used, half = whole / 2;
        unsigned char kept[2048];
        memcpy(kept, buffer, whole);
        used = half, records(in, 22, 0x0301, 1 << 14);
        used = 0, bytes(amid[i].body), records(in, amid[i].type, 0x0301, 1 << 14);
        memcpy(buffer, kept + half, whole - half), used = whole - half, records(in, 22, 0x0301, 1 << 14);
        end(ssl);
    }
    // The keys change behind a hello of TLS 1.3.
    if (version != T12) {
        CASE("bytes behind the hello");
        ssl = server_of(ctx, &in);
        hello(h);
        bytes("01");
        records(in, 22, 0x0301, 1 << 14);
        end(ssl);
    }

    then(ctx, "then a Finished in the clear", h, 22, 0x0303, "1400000c000000000000000000000000");
    then(ctx, "then an empty handshake record", h, 22, 0x0303, "");
    then(ctx, "then an alert in the clear", h, 21, 0x0303, "0228");
    then(ctx, "then close_notify in the clear", h, 21, 0x0303, "0100");
    then(ctx, "then an empty alert", h, 21, 0x0303, "");
    then(ctx, "then sealed data that is not", h, 23, 0x0303, "00000000000000000000000000000000000000000000000000000000000000000000000000000000");
    then(ctx, "then too little data", h, 23, 0x0303, "00");
    then(ctx, "then no data", h, 23, 0x0303, "");
    then(ctx, "then ChangeCipherSpec of 2", h, 20, 0x0303, "02");
    then(ctx, "then ChangeCipherSpec of two bytes", h, 20, 0x0303, "0101");
    then(ctx, "then an empty ChangeCipherSpec", h, 20, 0x0303, "");
    then(ctx, "then ChangeCipherSpec twice in a record", h, 20, 0x0303, "0101");
    then_both(ctx, "then two ChangeCipherSpecs", h, 20, "01", 20, "01");
    then_both(ctx, "then two warnings", h, 21, "015a", 21, "015a");
    then_both(ctx, "then ChangeCipherSpec and a warning", h, 20, "01", 21, "015a");
    then(ctx, "then type 0", h, 0, 0x0303, "00");
    then(ctx, "then a record of version 4", h, 23, 0x0403, "00000000000000000000000000000000000000000000000000000000000000000000000000000000");
    SSL_CTX_free(ctx);
}

static void body(void) {
    server(T12);
    server(T13);
    server(0);
}

SINGLE(body)
