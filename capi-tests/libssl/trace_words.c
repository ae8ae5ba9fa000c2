// SSL_trace: records, alerts and handshake messages in words, each message also cut short at every byte, and a number of
// them changed; and what a connection shows of itself.
#include "common.h"

static BIO *out;
static SSL *subject;

static void trace(int sent, int kind, const unsigned char *bytes, size_t len) {
    SSL_trace(sent, T12, kind, bytes, len, subject, out);
    (void)BIO_flush(out);
}

// A handshake message, whole and cut short; the header says what is there.
static void message(const char *what, int type, const unsigned char *body, size_t len, int cuts) {
    unsigned char bytes[4096] = {(unsigned char)type};
    MUST(len + 4 < sizeof bytes);
    memcpy(bytes + 4, body, len);
    for (size_t n = cuts ? 0 : len; n <= len; n++) {
        bytes[2] = (unsigned char)(n >> 8);
        bytes[3] = (unsigned char)n;
        say("-- %s, %zu of %zu", what, n, len);
        trace(n % 2, SSL3_RT_HANDSHAKE, bytes, n + 4);
    }
    if (!len)
        return;
    say("-- %s, announced longer", what);
    bytes[3]++;
    trace(0, SSL3_RT_HANDSHAKE, bytes, len + 4);
    bytes[3]--;
    say("-- %s, and a byte more", what);
    trace(0, SSL3_RT_HANDSHAKE, bytes, len + 5);
}

#define MESSAGE(type, text) message(#type, type, (const unsigned char *)(text), sizeof(text) - 1, 1)
#define RANDOM "\x01\x02\x03\x04" "0123456789012345678901234567"

static void hello(int type, const char *what, const void *extension, size_t len) {
    unsigned char body[512];
    size_t at = 0;
    memcpy(body, "\x03\x03" RANDOM "\x02" "ab", 37);
    at = 37;
    memcpy(body + at, type == 1 ? "\0\4\x13\2\0\xff\1\0" : "\x13\2\0", type == 1 ? 8 : 3);
    at += type == 1 ? 8 : 3;
    body[at++] = (unsigned char)(len >> 8);
    body[at++] = (unsigned char)len;
    memcpy(body + at, extension, len);
    message(what, type, body, at + len, 0);
}
#define HELLO(type, extension) hello(type, #extension, extension, sizeof(extension) - 1)

static void records(void) {
    CASE("records");
    trace(1, SSL3_RT_HEADER, (const unsigned char *)"\x16\3\1\1\x24", 5);
    trace(0, SSL3_RT_HEADER, (const unsigned char *)"\x63\x09\1\1\x24", 5);
    trace(0, SSL3_RT_HEADER, (const unsigned char *)"\x16\3", 2);
    trace(1, SSL3_RT_HEADER, (const unsigned char *)"", 0);
    for (int type = 18; type < 26; type++)
        trace(0, SSL3_RT_INNER_CONTENT_TYPE, (const unsigned char[]){(unsigned char)type}, 1);
    trace(0, SSL3_RT_CHANGE_CIPHER_SPEC, (const unsigned char *)"\1", 1);
    trace(0, SSL3_RT_CHANGE_CIPHER_SPEC, (const unsigned char *)"\1\2", 2);
    trace(0, SSL3_RT_APPLICATION_DATA, (const unsigned char *)"data", 4);
    for (int alert = 0; alert < 256; alert++)
        trace(0, SSL3_RT_ALERT, (const unsigned char[]){(unsigned char)(alert % 4), (unsigned char)alert}, 2);
    trace(0, SSL3_RT_ALERT, (const unsigned char *)"\1\0\0", 3);
}

// Numbers, each in a message of its own.
static void numbers(void) {
    CASE("numbers");
    static const int types[] = {0, 3, 5, 6, 7, 9, 10, 21, 22, 23, 25, 67, 99, 254};
    for (int i = 0; i < COUNT(types); i++)
        message("a type", types[i], (const unsigned char *)"abcdefghijklmnopqrstuvwxyz", 26, 0);
    for (int code = 0; code < 70; code++) {
        unsigned char extension[] = {0, (unsigned char)code, 0, 2, 0, 0};
        hello(1, "an extension", extension, 6);
        unsigned char groups[] = {0, 10, 0, 4, 0, 2, (unsigned char)(code / 35), (unsigned char)(code % 35)};
        hello(1, "a group", groups, 8);
        unsigned char schemes[] = {0, 13, 0, 4, 0, 2, (unsigned char)(code / 8), (unsigned char)(code % 8)};
        hello(1, "a scheme", schemes, 8);
        unsigned char request[] = {1, (unsigned char)code, 0, 2, 4, 3, 0, 0};
        message("a certificate's type", 13, request, 8, 0);
        unsigned char server[] = "\x03\x03" RANDOM "\0\xc0 \0";
        server[36] = (unsigned char)code;
        message("a suite", 2, server, 38, 0);
    }
}

static void messages(void) {
    CASE("messages");
    MESSAGE(0, "");
    MESSAGE(1, "\x03\x03" RANDOM "\x02" "ab" "\0\4\x13\2\0\xff\2\0\1" "\0\x0c\0\0\0\x04\0\2\0\0\0\x17\0\0");
    MESSAGE(1, "\x03\x01" RANDOM "\0\0\2\x13\1\1\0");
    MESSAGE(2, "\x03\x03" RANDOM "\x01s\x13\2\0\0\6\0\x2b\0\2\3\4");
    MESSAGE(2, "\x03\x03" RANDOM "\0\xc0\x2b\0");
    MESSAGE(4, "\0\0\x1c\x20\0\4abcd");
    MESSAGE(4, "");
    MESSAGE(8, "\0\x09\0\x10\0\5\0\3\2h2");
    MESSAGE(8, "\0\0");
    MESSAGE(11, "\0\0\6\0\0\3abc");
    MESSAGE(11, "\0\0\0");
    MESSAGE(13, "\2\1\x40\0\4\4\3\x08\4\0\x0f\0\x0d\x30\x0b\x31\x09\x30\x07\6\3U\4\3\x0c\0");
    MESSAGE(13, "\2\1\x40\0\4\4\3\x08\4\0\2\0\0");
    MESSAGE(14, "");
    MESSAGE(15, "\4\3\0\3abc");
    MESSAGE(20, "verify data!");
    MESSAGE(22, "\1\0\0\3abc");
    MESSAGE(24, "\1");
    MESSAGE(24, "\0");
    MESSAGE(24, "\7");
}

static void extensions(void) {
    CASE("extensions");
    for (int type = 1; type < 3; type++) {
        HELLO(type, "\0\0\0\x08\0\6\0\0\3abc");
        HELLO(type, "\0\1\0\1\2");
        HELLO(type, "\0\1\0\1\0");
        HELLO(type, "\0\1\0\1\5");
        HELLO(type, "\0\1\0\0");
        HELLO(type, "\0\5\0\5\1\0\0\0\0");
        HELLO(type, "\0\x0a\0\x0a\0\x08\0\x1d\x11\xec\0\x17\1\0");
        HELLO(type, "\0\x0a\0\5\0\3\0\x1d\0");
        HELLO(type, "\0\x0b\0\4\3\0\1\2");
        HELLO(type, "\0\x0b\0\3\2\7\0");
        HELLO(type, "\0\x0b\0\3\3\7\0");
        HELLO(type, "\0\x0d\0\6\0\4\4\3\x08\4");
        HELLO(type, "\0\x10\0\x0e\0\x0c\2h2\x08http/1.1");
        HELLO(type, "\0\x10\0\5\0\4\2h2");
        HELLO(type, "\0\x15\0\x14" "12345678901234567890");
        HELLO(type, "\0\x16\0\0");
        HELLO(type, "\0\x17\0\0");
        HELLO(type, "\0\x23\0\3abc");
        HELLO(type, "\0\x23\0\0");
        HELLO(type, "\0\x29\0\2\0\1");
        HELLO(type, "\0\x2a\0\0");
        HELLO(type, "\0\x2b\0\3\2\3\4");
        HELLO(type, "\0\x2b\0\2\3\4");
        HELLO(type, "\0\x2b\0\3\3\3\4");
        HELLO(type, "\0\x2d\0\3\2\0\1");
        HELLO(type, "\0\x2d\0\2\1\7");
        HELLO(type, "\0\x2d\0\2\2\1");
        HELLO(type, "\0\x33\0\x0e\0\x0c\0\x1d\0\2ab\0\x17\0\2cd");
        HELLO(type, "\0\x33\0\6\0\x1d\0\2ab");
        HELLO(type, "\0\x33\0\2\0\x17");
        HELLO(type, "\0\x33\0\2\0\0");
        HELLO(type, "\0\x33\0\5\0\3\0\x1d\0");
        HELLO(type, "\xff\1\0\1\0");
        HELLO(type, "\xff\1\0\5\4abcd");
        HELLO(type, "\xff\1\0\4\3abc");
        HELLO(type, "\xff\1\0\0");
        HELLO(type, "\0\x17\0\1");
        HELLO(type, "\0\x17\0");
        HELLO(type, "\0\x17\0\0\0\x16\0\0");
    }
}

static void certificates(int is_13) {
    CASE("certificates%s", is_13 ? ", TLS 1.3" : "");
    X509 *cert = load_cert("server");
    unsigned char body[4096], *at = body + (is_13 ? 7 : 6);
    int len = i2d_X509(cert, &at);
    X509_free(cert);
    memset(body, 0, 7);
    unsigned char *head = body + is_13;
    head[1] = (unsigned char)((len + 3 + 2 * is_13) >> 8);
    head[2] = (unsigned char)(len + 3 + 2 * is_13);
    head[4] = (unsigned char)(len >> 8);
    head[5] = (unsigned char)len;
    at[0] = at[1] = 0;
    message("certificate", 11, body, (size_t)(len + 6 + 3 * is_13), 0);
}

// What both sides of a connection write, without what is random or the library's choice.
static void live(int version) {
    CASE("%s", version_name(version));
    SSL_CTX *client_ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_info_callback(client_ctx, NULL);
    SSL_CTX_set_info_callback(server_ctx, NULL);
    SSL_CTX_set_session_cache_mode(server_ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(server_ctx, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(server_ctx, 0);
    MUST(SSL_CTX_set1_groups_list(client_ctx, "P-256") && SSL_CTX_set_cipher_list(client_ctx, "ECDHE-ECDSA-AES128-GCM-SHA256"));
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    BIO *heard = BIO_new(BIO_s_mem());
    SSL_set_msg_callback(server, SSL_trace);
    SSL_set_msg_callback_arg(server, heard);
    join(client, server, 0);
    MUST(shake_both(client, server));
    char line[4096];
    static const char *shown[] = {"Sent Record", "Received Record", "KeyExchangeAlgorithm", "named_curve", "verify_data (len=",
                                  "CertificateVerify", "Certificate,", "Finished", "server_version", "ASN.1Cert", "cipher_suite "};
    while (BIO_gets(heard, line, sizeof line) > 0) {
        char *hex = strstr(line, "): ");
        line[hex ? hex + 2 - line : (long)strcspn(line, "\n")] = 0;
        char *length = strstr(line, "Verify, Length");
        if (length)
            length[6] = 0;
        for (int i = 0; i < COUNT(shown) && version == T12; i++)
            if (strstr(line, shown[i]) && !strstr(line, "Record"))
                say("%s", line);
    }
    subject = server;
    certificates(version == T13);
    if (version == T12) {
        MESSAGE(12, "\3\0\x1d\2ab\x08\4\0\2cd");
        MESSAGE(16, "\2ab");
    } else {
        MESSAGE(13, "\1x\0\x08\0\x0d\0\4\0\2\4\3");
        MESSAGE(13, "\0\0\0");
        MESSAGE(4, "\0\0\x1c\x20\0\0\0\7\2ab\0\4abcd\0\x08\0\x2a\0\4\0\0\x40\0");
        MESSAGE(11, "\1x\0\0\x08\0\0\3abc\0\0");
        MESSAGE(11, "\0\0\0\0");
    }
    subject = NULL;
    BIO_free(heard);
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(client_ctx);
    SSL_CTX_free(server_ctx);
}

static void all(void) {
    out = BIO_new_fp(stdout, BIO_NOCLOSE);
    SSL_CTX *ctx = new_client(0);
    subject = SSL_new(ctx);
    SSL_set_connect_state(subject);
    records();
    numbers();
    messages();
    extensions();
    SSL_free(subject);
    SSL_CTX_free(ctx);
    live(T12);
    live(T13);
    BIO_free(out);
}

SINGLE(all)
