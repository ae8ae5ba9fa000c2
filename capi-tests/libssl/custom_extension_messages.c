// Extensions of the program's own in all messages that have any: who is asked when, what is answered, and what fails.
#include "common.h"

#define HELLO SSL_EXT_CLIENT_HELLO
#define EVERYWHERE                                                                                                    \
    (HELLO | SSL_EXT_TLS1_2_SERVER_HELLO | SSL_EXT_TLS1_3_SERVER_HELLO | SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS |         \
     SSL_EXT_TLS1_3_CERTIFICATE | SSL_EXT_TLS1_3_CERTIFICATE_REQUEST)

// In which message a callback refuses.
static int add_fails, parse_fails;

static int add(SSL *ssl, unsigned type, unsigned context, const unsigned char **out, size_t *length, X509 *x, size_t index,
               int *alert, void *argument) {
    const char *side = SSL_is_server(ssl) ? "server" : "client";
    say("  add %x: %s, context %x, %s %zu, %s", type, side, context, x ? subject_of(x) : "-", index, (char *)argument);
    if (type == 0xff02 && context != HELLO && context != SSL_EXT_TLS1_3_CERTIFICATE_REQUEST)
        return 0;
    if (add_fails == (int)context) {
        *alert = SSL_AD_ACCESS_DENIED;
        return -1;
    }
    unsigned char *bytes = malloc(100);
    int size = sprintf((char *)bytes, "%x of %s in %x, %zu", type, side, context, index);
    if (type == 0xff03) // longer than a record
        bytes = realloc(bytes, size = 20000), memset(bytes, 'x', size);
    *out = bytes, *length = size;
    return 1;
}

static void release(SSL *ssl, unsigned type, unsigned context, const unsigned char *out, void *argument) {
    say("  free %x: server %d, context %x, %s, %s", type, SSL_is_server(ssl), context, (char *)argument,
        out && *out ? "bytes" : "none");
    free((void *)out);
}

static int parse(SSL *ssl, unsigned type, unsigned context, const unsigned char *in, size_t length, X509 *x, size_t index,
                 int *alert, void *argument) {
    say("  parse %x: %s, context %x, %zu bytes \"%.*s\", %s %zu, %s", type, SSL_is_server(ssl) ? "server" : "client",
        context, length, length < 100 ? (int)length : 1, (const char *)in, x ? subject_of(x) : "-", index,
        (char *)argument);
    if (parse_fails != (int)context)
        return 1;
    *alert = SSL_AD_BAD_CERTIFICATE_STATUS_RESPONSE;
    return 0;
}

static int both(SSL_CTX *ctx, unsigned type, unsigned context) {
    return SSL_CTX_add_custom_ext(ctx, type, context, add, release, "added", parse, "read");
}

static int verified(int ok, X509_STORE_CTX *store) {
    say("  verify: %d at %d", ok, X509_STORE_CTX_get_error_depth(store));
    return ok;
}

static int choose(SSL *ssl UNUSED, void *argument) {
    say("  certificate of the %s", (char *)argument);
    return 1;
}

static SSL_SESSION *latest;

static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

static void meet(SSL_CTX *ctx, SSL_CTX *server_ctx, SSL_SESSION *session) {
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    SSL_set_tlsext_host_name(client, "localhost");
    if (session)
        SSL_set_session(client, session);
    join(client, server, 200000);
    int done = shake_both(client, server);
    say("done %d, resumed %d %d", done, SSL_session_reused(client), SSL_session_reused(server));
    if (done) {
        char data[10];
        X509 *peer = SSL_get1_peer_certificate(server);
        say("certificate: %s, verified %ld", peer ? subject_of(peer) : "none", SSL_get_verify_result(server));
        X509_free(peer);
        say("written %d", SSL_write(server, "hello", 5));
        say("read %d", SSL_read(client, data, sizeof data));
        say("written %d", SSL_write(client, "hello", 5));
        say("read %d", SSL_read(server, data, sizeof data));
    }
    ERR_clear_error();
    SSL_free(client), SSL_free(server);
}

static SSL_CTX *a_client(int version, const char *certificate) {
    SSL_CTX *ctx = new_client(version);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(ctx, keep);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, verified);
    SSL_CTX_set_cert_cb(ctx, choose, "client");
    if (certificate)
        use_cert(ctx, certificate);
    return ctx;
}

static SSL_CTX *a_server(int version, int asks) {
    SSL_CTX *ctx = new_server(version);
    SSL_CTX_set_verify(ctx, asks ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, verified);
    SSL_CTX_set_cert_cb(ctx, choose, "server");
    SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"x", 1);
    return ctx;
}

static void everywhere(int version, const char *certificate, int asks, int again) {
    CASE("%s: everywhere, client's certificate %s, asked for %d, again %d", version_name(version),
         certificate ? certificate : "none", asks, again);
    SSL_CTX *ctx = a_client(version, certificate), *server_ctx = a_server(version, asks);
    SSL_CTX *ctxs[] = {ctx, server_ctx};
    for (int i = 0; i < 2; i++) {
        say("all: %d", both(ctxs[i], 0xff01 - 1, EVERYWHERE));
        say("not answered: %d", both(ctxs[i], 0xff02, EVERYWHERE));
        say("not when resumed: %d", both(ctxs[i], 0xff04, EVERYWHERE | SSL_EXT_IGNORE_ON_RESUMPTION));
        say("TLS 1.2 only: %d", both(ctxs[i], 0xff05, EVERYWHERE | SSL_EXT_TLS1_2_AND_BELOW_ONLY));
        say("TLS 1.3 only: %d", both(ctxs[i], 0xff06, EVERYWHERE | SSL_EXT_TLS1_3_ONLY));
        say("parse only: %d", SSL_CTX_add_custom_ext(ctxs[i], 0xff07, EVERYWHERE, NULL, NULL, NULL, parse, "read"));
        say("add only: %d", SSL_CTX_add_custom_ext(ctxs[i], 0xff08, EVERYWHERE, add, release, "added", NULL, NULL));
        say("long: %d", both(ctxs[i], 0xff03, EVERYWHERE & ~(HELLO | SSL_EXT_TLS1_3_SERVER_HELLO)));
        say("request: %d", both(ctxs[i], 0xff09, SSL_EXT_TLS1_3_CERTIFICATE_REQUEST | SSL_EXT_TLS1_3_CERTIFICATE));
    }
    if (again)
        SSL_CTX_set1_groups_list(server_ctx, "P-384");
    meet(ctx, server_ctx, NULL);
    if (latest)
        meet(ctx, server_ctx, latest);
    SSL_SESSION_free(latest);
    latest = NULL;
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void refused(int version, const char *what, int adds, int parses, unsigned client_context, unsigned server_context) {
    CASE("%s: %s", version_name(version), what);
    SSL_CTX *ctx = a_client(version, "chain"), *server_ctx = a_server(version, 1);
    add_fails = adds, parse_fails = parses;
    // What a server has sent before it fails is read by the original's client.
    if (adds)
        say("client: %d", SSL_CTX_add_custom_ext(ctx, 0xff10, client_context, add, release, "added", NULL, NULL));
    else if (client_context)
        say("client: %d", both(ctx, 0xff10, client_context));
    if (server_context)
        say("server: %d", both(server_ctx, 0xff10, server_context));
    meet(ctx, server_ctx, NULL);
    SSL_SESSION_free(latest);
    latest = NULL;
    add_fails = parse_fails = 0;
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

// A client's certificate, whose extension the server has asked for.
static void certificate_of_client(const char *certificate, int adds, int parses, unsigned server_context) {
    CASE("client's certificate %s: adding fails %x, reading %x, server's context %x", certificate, adds, parses,
         server_context);
    SSL_CTX *ctx = a_client(T13, certificate), *server_ctx = a_server(T13, 1);
    add_fails = adds, parse_fails = parses;
    say("client: %d", both(ctx, 0xff11, SSL_EXT_TLS1_3_CERTIFICATE_REQUEST | SSL_EXT_TLS1_3_CERTIFICATE));
    say("server: %d", both(server_ctx, 0xff11, server_context));
    meet(ctx, server_ctx, NULL);
    SSL_SESSION_free(latest);
    latest = NULL;
    add_fails = parse_fails = 0;
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static int old_add(SSL *ssl, unsigned type, const unsigned char **out, size_t *length, int *alert, void *argument) {
    say("  old add %x: server %d, %s", type, SSL_is_server(ssl), (char *)argument);
    if (add_fails) {
        *alert = SSL_AD_ACCESS_DENIED;
        return -1;
    }
    *out = (const unsigned char *)argument, *length = strlen(argument);
    return type == 0xff22 && SSL_is_server(ssl) ? 0 : 1;
}

static void old_free(SSL *ssl, unsigned type, const unsigned char *out, void *argument) {
    say("  old free %x: server %d, %d, %s", type, SSL_is_server(ssl), out != NULL, (char *)argument);
}

static int old_parse(SSL *ssl, unsigned type, const unsigned char *in, size_t length, int *alert, void *argument) {
    say("  old parse %x: server %d, \"%.*s\", %s", type, SSL_is_server(ssl), (int)length, (const char *)in,
        (char *)argument);
    *alert = SSL_AD_BAD_CERTIFICATE_STATUS_RESPONSE;
    return !parse_fails;
}

static void old(int version, int wrong) {
    CASE("%s: the older functions, wrong %d", version_name(version), wrong);
    SSL_CTX *ctx = a_client(version, NULL), *server_ctx = a_server(version, 0);
    add_fails = wrong == 1, parse_fails = wrong == 2;
    SSL_CTX *ctxs[] = {ctx, server_ctx};
    for (int i = 0; i < 2; i++) {
        for (unsigned type = 0xff20; type < 0xff23; type++) {
            say("client's: %d", SSL_CTX_add_client_custom_ext(ctxs[i], type, old_add, old_free, "c", old_parse, "pc"));
            say("server's: %d", SSL_CTX_add_server_custom_ext(ctxs[i], type, old_add, old_free, "s", old_parse, "ps"));
            say("there %d", SSL_CTX_has_client_custom_ext(ctxs[i], type));
        }
        say("twice: %d", SSL_CTX_add_client_custom_ext(ctxs[i], 0xff20, old_add, old_free, "c", old_parse, "pc"));
        say("for both: %d", both(ctxs[i], 0xff20, HELLO));
        say("bare: %d", SSL_CTX_add_client_custom_ext(ctxs[i], 0xff23, NULL, old_free, "c", NULL, NULL));
        say("bare: %d", SSL_CTX_add_server_custom_ext(ctxs[i], 0xff23, NULL, NULL, "c", NULL, NULL));
        say("server's only: %d", SSL_CTX_add_server_custom_ext(ctxs[i], 0xff24, NULL, NULL, NULL, NULL, NULL));
        say("there %d", SSL_CTX_has_client_custom_ext(ctxs[i], 0xff24));
        say("known: %d", SSL_CTX_add_server_custom_ext(ctxs[i], 16, NULL, NULL, NULL, NULL, NULL));
        say("too big: %d", SSL_CTX_add_client_custom_ext(ctxs[i], 0x10000, NULL, NULL, NULL, NULL, NULL));
    }
    meet(ctx, server_ctx, NULL);
    if (latest)
        meet(ctx, server_ctx, latest);
    SSL_SESSION_free(latest);
    latest = NULL;
    add_fails = parse_fails = 0;
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version) {
        for (int asks = 0; asks < 2; asks++)
            for (int again = 0; again < 2; again++)
                everywhere(version, asks ? "chain" : NULL, asks, again);
        everywhere(version, NULL, 1, 0);
        for (int wrong = 0; wrong < 3; wrong++)
            old(version, wrong);
    }
    static const struct {
        const char *name;
        unsigned context;
    } places[] = {
        {"ServerHello", SSL_EXT_TLS1_3_SERVER_HELLO},
        {"EncryptedExtensions", SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS},
        {"Certificate", SSL_EXT_TLS1_3_CERTIFICATE},
        {"CertificateRequest", SSL_EXT_TLS1_3_CERTIFICATE_REQUEST},
        {"ServerHello of TLS 1.2", SSL_EXT_TLS1_2_SERVER_HELLO},
    };
    for (int chain = 0; chain < 2; chain++) {
        const char *certificate = chain ? "chain" : "client";
        const unsigned request = SSL_EXT_TLS1_3_CERTIFICATE_REQUEST, answer = SSL_EXT_TLS1_3_CERTIFICATE;
        certificate_of_client(certificate, 0, 0, request | answer);
        certificate_of_client(certificate, answer, 0, request | answer);
        certificate_of_client(certificate, 0, answer, request | answer);
        certificate_of_client(certificate, 0, 0, request);
        certificate_of_client(certificate, 0, 0, answer);
        certificate_of_client(certificate, 0, 0, request | answer | SSL_EXT_IGNORE_ON_RESUMPTION);
        certificate_of_client(certificate, 0, 0, request | answer | SSL_EXT_TLS1_2_AND_BELOW_ONLY);
    }
    for (int i = 0; i < COUNT(places); i++) {
        unsigned context = places[i].context;
        int version = context == SSL_EXT_TLS1_2_SERVER_HELLO ? T12 : T13;
        char what[100];
        sprintf(what, "added to %s fails", places[i].name);
        refused(version, what, context, 0, EVERYWHERE, EVERYWHERE);
        sprintf(what, "reading %s fails", places[i].name);
        refused(version, what, 0, context, EVERYWHERE, EVERYWHERE);
        sprintf(what, "%s alone is where the client has it", places[i].name);
        refused(version, what, 0, 0, context, EVERYWHERE);
        sprintf(what, "the client does not have %s", places[i].name);
        refused(version, what, 0, 0, EVERYWHERE & ~context, EVERYWHERE);
        sprintf(what, "the server does not have %s", places[i].name);
        refused(version, what, 0, 0, EVERYWHERE, EVERYWHERE & ~context);
        sprintf(what, "the server has %s alone", places[i].name);
        refused(version, what, 0, 0, EVERYWHERE, context);
        sprintf(what, "the server has %s, the client nothing", places[i].name);
        refused(version, what, 0, 0, 0, EVERYWHERE);
    }
}

SINGLE(body)
