// SSL_CTX_use_serverinfo: what is taken, kept with which certificate, and sent to whom.
#include "common.h"

#include <openssl/pem.h>

#define FIRST SSL_SERVERINFOV1
#define SECOND SSL_SERVERINFOV2
#define OLD (SSL_EXT_TLS1_2_AND_BELOW_ONLY | SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO | SSL_EXT_IGNORE_ON_RESUMPTION)

static unsigned char bytes[70000];
static size_t length;

static void number(unsigned value, int width) {
    while (width--)
        bytes[length++] = value >> 8 * width;
}

static void one(int version, unsigned context, unsigned type, const char *text) {
    if (version == SECOND)
        number(context, 4);
    number(type, 2);
    number(strlen(text), 2);
    memcpy(bytes + length, text, strlen(text));
    length += strlen(text);
}

static void say_last(int result) {
    unsigned long error = ERR_peek_last_error();
    say("  %d, last error %s", result, error ? ERR_reason_error_string(error) : "none");
    ERR_clear_error();
}

static int parse(SSL *ssl UNUSED, unsigned type, unsigned context, const unsigned char *in, size_t size, X509 *x, size_t index,
                 int *alert UNUSED, void *argument UNUSED) {
    say("  parse %x: context %x, \"%.*s\", %s %zu", type, context, (int)size, (const char *)in, x ? subject_of(x) : "-",
        index);
    return 1;
}

static int add(SSL *ssl UNUSED, unsigned type, unsigned context, const unsigned char **out, size_t *size, X509 *x UNUSED,
               size_t index UNUSED, int *alert UNUSED, void *argument) {
    say("  add %x: context %x", type, context);
    *out = argument, *size = argument ? strlen(argument) : 0;
    return context == SSL_EXT_CLIENT_HELLO;
}

static SSL_SESSION *latest;

static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

static void meet(SSL_CTX *server_ctx, int version, const char *suite, char *asks) {
    SSL_CTX *ctx = new_client(version);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(ctx, keep);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
    if (suite)
        SSL_CTX_set1_sigalgs_list(ctx, suite);
    const unsigned everywhere = SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO | SSL_EXT_TLS1_3_SERVER_HELLO |
                                SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS | SSL_EXT_TLS1_3_CERTIFICATE |
                                SSL_EXT_TLS1_3_CERTIFICATE_REQUEST;
    for (unsigned type = 0xff00; type < 0xff06; type++)
        SSL_CTX_add_custom_ext(ctx, type, everywhere, add, NULL, asks, parse, NULL);
    for (int again = 0; again < 2; again++) {
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        if (latest)
            SSL_set_session(client, latest);
        join(client, server, 200000);
        int done = shake_both(client, server);
        say("%s: done %d, resumed %d", version_name(version), done, SSL_session_reused(client));
        SSL_write(server, "hello", 5);
        SSL_read(client, (char[5]){0}, 5);
        ERR_clear_error();
        SSL_free(client), SSL_free(server);
    }
    SSL_SESSION_free(latest);
    latest = NULL;
    SSL_CTX_free(ctx);
}

static void take(SSL_CTX *ctx, int version) {
    say_last(SSL_CTX_use_serverinfo_ex(ctx, version, bytes, length));
    length = 0;
}

static void what_is_taken(void) {
    CASE("what is taken");
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    one(FIRST, 0, 0xff00, "before a certificate");
    say_last(SSL_CTX_use_serverinfo(ctx, bytes, length));
    for (size_t size = 0; size <= length; size++)
        say_last(SSL_CTX_use_serverinfo_ex(ctx, FIRST, bytes, size));
    for (int version = 0; version < 4; version++)
        say_last(SSL_CTX_use_serverinfo_ex(ctx, version, bytes, length));
    say_last(SSL_CTX_use_serverinfo(NULL, bytes, length));
    say_last(SSL_CTX_use_serverinfo(ctx, NULL, length));
    say_last(SSL_CTX_use_serverinfo_ex(ctx, SECOND, NULL, 0));
    length = 0;
    say("two of the first kind");
    one(FIRST, 0, 0xff01, "first"), one(FIRST, 0, 0xff02, "second");
    take(ctx, FIRST);
    say("two of the second");
    one(SECOND, OLD, 0xff03, "first"), one(SECOND, SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_CERTIFICATE, 0xff04, "second");
    for (size_t size = 1; size < length; size++)
        say_last(SSL_CTX_use_serverinfo_ex(ctx, SECOND, bytes, size));
    take(ctx, SECOND);
    say("what is dealt with, and what is there");
    one(SECOND, OLD, 16, "first");
    take(ctx, SECOND);
    one(SECOND, SSL_EXT_CLIENT_HELLO, 0xff03, "again");
    take(ctx, SECOND);
    SSL_CTX_free(ctx);
}

static void who_is_told(int request) {
    CASE("who is told, asked with %s", request ? "bytes" : "nothing");
    char *asks = request ? "please" : NULL;
    SSL_CTX *ctx = new_server(0);
    SSL_CTX_set_cert_store(ctx, X509_STORE_new());
    one(SECOND, OLD, 0xff00, "old of the first"), one(SECOND, SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_CERTIFICATE, 0xff01, "with the certificate");
    one(SECOND, SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS | SSL_EXT_TLS1_2_SERVER_HELLO, 0xff02, "encrypted");
    one(SECOND, SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS | SSL_EXT_IGNORE_ON_RESUMPTION, 0xff03, "not again");
    take(ctx, SECOND);
    meet(ctx, T12, NULL, asks);
    meet(ctx, T13, NULL, asks);
    SSL_CTX_free(ctx);
}

static void of_which_certificate(void) {
    CASE("of which certificate");
    SSL_CTX *ctx = new_server(0);
    one(SECOND, OLD, 0xff00, "first, old"), one(SECOND, SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_CERTIFICATE, 0xff01, "first, new");
    take(ctx, SECOND);
    use_cert(ctx, "rsa");
    one(SECOND, OLD, 0xff04, "second, old"), one(SECOND, SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_CERTIFICATE, 0xff05, "second, new");
    take(ctx, SECOND);
    static const char *const schemes[] = {"ECDSA+SHA256", "RSA-PSS+SHA256"};
    for (int i = 0; i < 2; i++)
        for EACH_VERSION (version)
            meet(ctx, version, schemes[i], NULL);
    SSL_CTX_free(ctx);
}

static void file(const char *name, int version, int good, const char *more) {
    CASE("a file of %s, version %d, good %d, %s", name, version, good, more ? more : "nothing else");
    char where[] = "/tmp/standin-serverinfo-XXXXXX";
    FILE *out = fdopen(mkstemp(where), "w");
    if (name) {
        one(version, SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_CERTIFICATE | SSL_EXT_TLS1_2_SERVER_HELLO, 0xff00, "from a file, and it is longer than a line of PEM may be");
        PEM_write(out, name, "", bytes, good ? length : length - 1);
        length = 0;
    }
    if (more) {
        fprintf(out, "between\n");
        one(version, OLD, 0xff01, more);
        PEM_write(out, name, "", bytes, length);
        length = 0;
    }
    fclose(out);
    SSL_CTX *ctx = new_server(0);
    int taken = SSL_CTX_use_serverinfo_file(ctx, where);
    say_last(taken);
    SSL_CTX *told = new_server(0);
    SSL *ssl = SSL_new(told);
    SSL_CONF_CTX *conf = SSL_CONF_CTX_new();
    SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_CERTIFICATE);
    say_last(SSL_CONF_cmd(conf, "ServerInfoFile", where));
    SSL_CONF_CTX_set_ssl(conf, ssl);
    say_last(SSL_CONF_cmd(conf, "ServerInfoFile", where));
    SSL_CONF_CTX_set_ssl_ctx(conf, told);
    say_last(SSL_CONF_cmd(conf, "ServerInfoFile", where));
    unlink(where);
    if (taken == 1)
        meet(told, T13, NULL, NULL);
    SSL_CONF_CTX_free(conf);
    SSL_free(ssl);
    SSL_CTX_free(told);
    if (taken == 1)
        for EACH_VERSION (version)
            meet(ctx, version, NULL, NULL);
    SSL_CTX_free(ctx);
}

static void body(void) {
    what_is_taken();
    for (int request = 0; request < 2; request++)
        who_is_told(request);
    of_which_certificate();
    file("SERVERINFO FOR me", FIRST, 1, NULL);
    file("SERVERINFOV2 FOR me", SECOND, 1, NULL);
    file("SERVERINFO FOR me", FIRST, 1, "second");
    file("SERVERINFOV2 FOR me", SECOND, 1, "second");
    file("SERVERINFO FOR me", FIRST, 0, NULL);
    file("SERVERINFOV2 FOR me", SECOND, 0, NULL);
    file("SERVERINFO FOR me", SECOND, 1, NULL);
    file("SERVER", FIRST, 1, NULL);
    file("SERVERINFOV2 OF", SECOND, 1, NULL);
    file("SERVERINFORMATION FOR me", SECOND, 1, NULL);
    CASE("no file");
    SSL_CTX *ctx = new_server(0);
    say_last(SSL_CTX_use_serverinfo_file(ctx, "/nowhere"));
    say_last(SSL_CTX_use_serverinfo_file(ctx, "/dev/null"));
    say_last(SSL_CTX_use_serverinfo_file(ctx, NULL));
    say_last(SSL_CTX_use_serverinfo_file(NULL, "/dev/null"));
    SSL_CTX_free(ctx);
}

SINGLE(body)
