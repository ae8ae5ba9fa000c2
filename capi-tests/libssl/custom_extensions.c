// Extensions of the program's own in the ClientHello: what is added, freed and read, in which order, and what fails.
#include "common.h"

#define HELLO SSL_EXT_CLIENT_HELLO

static int add_answer = 1, parse_answer = 1;

static int add(SSL *ssl, unsigned type, unsigned context, const unsigned char **out, size_t *length, X509 *x, size_t index,
               int *alert, void *argument) {
    say("  add %u: server %d, context %x, certificate %d %zu, %s", type, SSL_is_server(ssl), context, x != NULL, index,
        (const char *)argument);
    if (type == 0xff02)
        return 0;
    if (add_answer < 0)
        *alert = SSL_AD_ACCESS_DENIED;
    size_t size = type == 0xff03 ? 20000 : strlen(argument);
    unsigned char *bytes = calloc(1, size);
    memcpy(bytes, argument, strlen(argument));
    *out = bytes, *length = size;
    if (add_answer < 0)
        free(bytes);
    return add_answer;
}

static void release(SSL *ssl, unsigned type, unsigned context, const unsigned char *out, void *argument) {
    say("  free %u: server %d, context %x, %s, %s", type, SSL_is_server(ssl), context, (const char *)argument,
        out && *out ? "bytes" : "none");
    free((void *)out);
}

static int parse(SSL *ssl, unsigned type, unsigned context, const unsigned char *in, size_t length, X509 *x, size_t index,
                 int *alert, void *argument) {
    say("  parse %u: server %d, context %x, %zu bytes, certificate %d %zu, %s, %s", type, SSL_is_server(ssl), context,
        length, x != NULL, index, (const char *)argument, length && *in == 'w' ? "the bytes" : "none");
    if (parse_answer <= 0)
        *alert = SSL_AD_BAD_CERTIFICATE;
    return parse_answer;
}

static int name(SSL *ssl, int *alert UNUSED, void *argument UNUSED) {
    say("  server name: %s", SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
    return SSL_TLSEXT_ERR_OK;
}

static int hello(SSL *ssl, int *alert UNUSED, void *argument UNUSED) {
    const unsigned char *out;
    size_t length;
    say("  hello: ff03 %d, ff02 %d", SSL_client_hello_get0_ext(ssl, 0xff03, &out, &length),
        SSL_client_hello_get0_ext(ssl, 0xff02, &out, &length));
    return SSL_CLIENT_HELLO_SUCCESS;
}

static int both(SSL_CTX *ctx, unsigned type, unsigned context) {
    return SSL_CTX_add_custom_ext(ctx, type, context, add, release, "what is added", parse, "to be read");
}

static void run(int version, int server_version, int wrong) {
    CASE("%s, server %s, wrong %d", version_name(version), version_name(server_version), wrong);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(server_version);
    SSL_CTX_set_min_proto_version(ctx, T12);
    SSL_CTX *ctxs[] = {ctx, server_ctx};
    add_answer = wrong == 1 ? -1 : 1, parse_answer = wrong == 2 ? 0 : 1;
    for (int i = 0; i < 2; i++) {
        say("renegotiation_info: %d", both(ctxs[i], 0xff01, HELLO));
        say("add: %d", both(ctxs[i], 0xff02, HELLO));
        say("long: %d", both(ctxs[i], 0xff03, HELLO));
        say("TLS 1.3: %d", both(ctxs[i], 0xff04, HELLO | SSL_EXT_TLS1_3_ONLY));
        say("TLS 1.2: %d", both(ctxs[i], 0xff05, HELLO | SSL_EXT_TLS1_2_AND_BELOW_ONLY));
        say("empty: %d", SSL_CTX_add_custom_ext(ctxs[i], 0xff06, HELLO | SSL_EXT_TLS_ONLY, NULL, NULL, NULL, parse, "empty"));
        if (wrong == 3)
            say("DTLS: %d", both(ctxs[i], 0xff07, HELLO | SSL_EXT_DTLS_ONLY));
    }
    SSL_CTX_set_tlsext_servername_callback(server_ctx, name);
    SSL_CTX_set_client_hello_cb(server_ctx, hello, NULL);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    use_cert(ctx, "client");
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    SSL_set_tlsext_host_name(client, "localhost");
    join(client, server, 100000);
    say("done %d", shake_both(client, server));
    X509 *peer = SSL_get1_peer_certificate(server);
    say("certificate: %d, verified %ld", peer != NULL, SSL_get_verify_result(server));
    X509_free(peer);
    ERR_clear_error();
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    CASE("what may be added");
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    static const unsigned types[] = {0, 16, 51, 0xfe00, 0xfe00, 0x10000, 0xffffffff};
    for (int i = 0; i < COUNT(types); i++)
        say("%x: %d, there %d", types[i], both(ctx, types[i], HELLO), SSL_CTX_has_client_custom_ext(ctx, types[i]));
    say("free alone: %d", SSL_CTX_add_custom_ext(ctx, 0xfe01, HELLO, NULL, release, NULL, NULL, NULL));
    say("nothing: %d", SSL_CTX_add_custom_ext(ctx, 0xfe02, HELLO, NULL, NULL, NULL, NULL, NULL));
    say_queue();
    SSL_CTX_free(ctx);
    for EACH_VERSION (version)
        for (int wrong = 0; wrong < 4; wrong++)
            run(version, version, wrong);
    run(T13, T12, 0);
}

SINGLE(body)
