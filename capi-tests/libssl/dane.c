// DANE (RFC 6698): records that are right and wrong, of every usage, selector and matching type; what is refused when it
// is added; what has matched.
#include "common.h"

static SSL_CTX *ctx, *server_ctx;

static size_t data_of(const char *cert, int selector, int matching, unsigned char *out) {
    X509 *x = load_cert(cert);
    unsigned char *der = NULL;
    int len = selector ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der) : i2d_X509(x, &der);
    unsigned size = (unsigned)len;
    if (matching)
        EVP_Digest(der, (size_t)len, out, &size, matching == 1 ? EVP_sha256() : EVP_sha512(), NULL);
    else
        memcpy(out, der, size);
    OPENSSL_free(der);
    X509_free(x);
    return size;
}

static int add(SSL *ssl, const char *cert, int usage, int selector, int matching) {
    unsigned char data[4096];
    size_t len = data_of(cert, selector, matching, data);
    int ret = SSL_dane_tlsa_add(ssl, (uint8_t)usage, (uint8_t)selector, (uint8_t)matching, data, len);
    if (ret != 1)
        say("  add %s %d %d %d: %d", cert, usage, selector, matching, ret), say_queue();
    return ret;
}

static int looking_on(int ok, X509_STORE_CTX *store) {
    say("  depth %d: ok %d, error %d", X509_STORE_CTX_get_error_depth(store), ok, X509_STORE_CTX_get_error(store));
    return ok;
}

static void say_match(SSL *ssl) {
    X509 *cert = NULL;
    EVP_PKEY *key = NULL;
    uint8_t usage = 99, selector = 99, matching = 99;
    const unsigned char *data = NULL;
    size_t len = 0;
    int depth = SSL_get0_dane_authority(ssl, &cert, &key);
    say("  match at %d by %s, key %d", depth, subject_of(cert), key != NULL);
    depth = SSL_get0_dane_tlsa(ssl, &usage, &selector, &matching, &data, &len);
    say("  record at %d: %d %d %d, %zu bytes %d", depth, usage, selector, matching, len, data != NULL);
    say("  again: %d %d", SSL_get0_dane_authority(ssl, NULL, NULL), SSL_get0_dane_tlsa(ssl, NULL, NULL, NULL, NULL, NULL));
}

static void shake_by(SSL *client, const char *what) {
    say("-- %s", what);
    SSL *server = SSL_new(server_ctx);
    join(client, server, 0);
    shake_both(client, server);
    say("  result %ld %s, peer name %s, server %s", SSL_get_verify_result(client), verify_name(SSL_get_verify_result(client)),
        SSL_get0_peername(client) ? SSL_get0_peername(client) : "none", SSL_get_servername(server, TLSEXT_NAMETYPE_host_name));
    say_match(client);
    say_chain("  verified", SSL_get0_verified_chain(client));
    SSL_free(server);
}

static SSL *fresh(const char *domain, int trusting, unsigned long flags) {
    SSL *client = SSL_new(ctx);
    SSL_set_verify(client, SSL_VERIFY_PEER, looking_on);
    if (!trusting)
        SSL_set0_verify_cert_store(client, X509_STORE_new());
    SSL_dane_set_flags(client, flags);
    int ret = SSL_dane_enable(client, domain);
    if (ret != 1)
        say("enable %s: %d", domain ? domain : "NULL", ret), say_queue();
    return client;
}

static void records(int version) {
    ctx = new_client(version), server_ctx = new_server(version);
    MUST(SSL_CTX_dane_enable(ctx) == 1);
    for (int trusting = 0; trusting < 2; trusting++)
        for (int usage = 0; usage < 4; usage++)
            for (int selector = 0; selector < 2; selector++)
                for (int matching = 0; matching < 3; matching++) {
                    CASE("%s: trusting %d, record %d %d %d", version_name(version), trusting, usage, selector, matching);
                    static const char *certs[] = {"server", "root", "other"};
                    for (int i = 0; i < COUNT(certs); i++) {
                        SSL *client = fresh("localhost", trusting, 0);
                        add(client, certs[i], usage, selector, matching);
                        shake_by(client, certs[i]);
                        SSL_free(client);
                    }
                }
    CASE("%s: several records", version_name(version));
    SSL *client = fresh("localhost", 0, 0);
    add(client, "other", 3, 1, 1), add(client, "root", 2, 0, 2), add(client, "server", 1, 0, 0), add(client, "root", 2, 0, 1);
    add(client, "root", 0, 1, 1), add(client, "server", 3, 0, 1), add(client, "server", 3, 0, 2), add(client, "server", 3, 1, 0);
    shake_by(client, "all kinds");
    SSL_clear(client);
    say("cleared:"), say_match(client);
    SSL_set_connect_state(client);
    shake_by(client, "again");
    SSL *copy = SSL_dup(client);
    say("copied: %d", copy != NULL);
    SSL_free(copy);
    SSL_free(client);

    CASE("%s: names", version_name(version));
    static const struct {
        const char *domain;
        unsigned long flags;
    } names[] = {{"wrong.example", 0}, {"wrong.example", DANE_FLAG_NO_DANE_EE_NAMECHECKS}};
    for (int i = 0; i < COUNT(names); i++)
        for (int usage = 2; usage < 4; usage++) {
            client = fresh(names[i].domain, 0, names[i].flags);
            add(client, usage == 2 ? "root" : "server", usage, 0, 1);
            shake_by(client, names[i].domain);
            SSL_free(client);
        }
    CASE("%s: no records", version_name(version));
    client = fresh("localhost", 1, 0);
    shake_by(client, "none");
    SSL_free(client);
    CASE("%s: nobody is verified", version_name(version));
    client = fresh("localhost", 0, 0);
    SSL_set_verify(client, SSL_VERIFY_NONE, NULL);
    add(client, "other", 3, 1, 1);
    shake_by(client, "a record that does not match");
    SSL_free(client);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void say_add(SSL *ssl, int usage, int selector, int matching, const void *data, size_t len) {
    int ret = SSL_dane_tlsa_add(ssl, (uint8_t)usage, (uint8_t)selector, (uint8_t)matching, data, len);
    say("add %d %d %d, %zu bytes: %d", usage, selector, matching, len, ret);
    // What libcrypto has to say about broken DER is its own business.
    unsigned long code, last = 0;
    while ((code = ERR_get_error()) != 0)
        last = code;
    say("  %s", last ? ERR_reason_error_string(last) : "no error");
}

static void refused(void) {
    CASE("what is refused");
    ctx = new_client(T13);
    unsigned char data[64] = {0};
    SSL *ssl = SSL_new(ctx);
    say("enable: %d", SSL_dane_enable(ssl, "localhost")), say_queue();
    say_add(ssl, 3, 1, 1, data, 32);
    SSL_free(ssl);
    say("context: %d %d", SSL_CTX_dane_enable(ctx), SSL_CTX_dane_enable(ctx));
    ssl = SSL_new(ctx);
    say_add(ssl, 3, 1, 1, data, 32);
    say("enable nothing: %d", SSL_dane_enable(ssl, "")), say_queue();
    char longest[300];
    memset(longest, 'a', sizeof longest), longest[299] = 0;
    say("enable too much: %d", SSL_dane_enable(ssl, longest)), say_queue();
    say("enable: %d", SSL_dane_enable(ssl, "localhost")), say_queue();
    say("enable: %d", SSL_dane_enable(ssl, "localhost")), say_queue();
    say("name: %s", SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
    for (int usage = 3; usage < 5; usage++)
        for (int selector = 1; selector < 3; selector++)
            for (int matching = 0; matching < 4; matching++) {
                say_add(ssl, usage, selector, matching, data, 32);
                say_add(ssl, usage, selector, matching, data, 64);
                say_add(ssl, usage, selector, matching, data, 0);
                say_add(ssl, usage, selector, matching, NULL, 32);
            }
    say_add(ssl, 3, 0, 0, data, 64), say_add(ssl, 2, 0, 0, data, 64), say_add(ssl, 2, 1, 0, data, 64);
    say_add(ssl, 3, 1, 1, data, (size_t)-1);
    say("types: %d", SSL_CTX_dane_mtype_set(ctx, EVP_sha256(), 0, 1)), say_queue();
    say("types: %d", SSL_CTX_dane_mtype_set(ctx, EVP_sha384(), 7, 9)), say_queue();
    unsigned char longer[48] = {0};
    say_add(ssl, 3, 1, 7, longer, 48), say_add(ssl, 3, 1, 6, longer, 48), say_add(ssl, 3, 1, 8, longer, 48);
    say("types: %d", SSL_CTX_dane_mtype_set(ctx, NULL, 1, 1)), say_queue();
    say_add(ssl, 3, 1, 1, data, 32);
    say("flags: %lu", SSL_dane_set_flags(ssl, 1));
    say("flags: %lu", SSL_dane_set_flags(ssl, 6));
    say("flags: %lu", SSL_dane_clear_flags(ssl, 2));
    say("flags: %lu", SSL_dane_set_flags(ssl, 0));
    say("flags: %lu", SSL_CTX_dane_set_flags(ctx, 1));
    say("flags: %lu", SSL_CTX_dane_set_flags(ctx, 4));
    say("flags: %lu", SSL_CTX_dane_clear_flags(ctx, 1));
    SSL *later = SSL_new(ctx);
    say("flags of a new one: %lu, dane %d", SSL_dane_set_flags(later, 0), (uintptr_t)SSL_get0_dane(later) > 4096);
    SSL_free(later), SSL_free(ssl), SSL_CTX_free(ctx);
}

static void body(void) {
    for EACH_VERSION (version)
        records(version);
    refused();
}

SINGLE(body)
