// What is known of the suites that Standin serves, the lists of them that a connection has, and compression, of which
// there is none.
#include "common.h"

static const char *served[] = {"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256",
                               "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
                               "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
                               "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"};
#define TLS12_SUITES                                                                                                  \
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:"                        \
    "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"

static void describe(const SSL_CIPHER *suite) {
    int alg_bits = 0;
    const unsigned char code[] = {(unsigned char)(SSL_CIPHER_get_protocol_id(suite) >> 8),
                                  (unsigned char)SSL_CIPHER_get_protocol_id(suite)};
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);
    say("%s: %s, %s, id %x %x, bits %d", SSL_CIPHER_get_name(suite), SSL_CIPHER_standard_name(suite),
        SSL_CIPHER_get_version(suite), SSL_CIPHER_get_id(suite), SSL_CIPHER_get_protocol_id(suite),
        SSL_CIPHER_get_bits(suite, &alg_bits));
    say("  %d, cipher %s, digest %s, key exchange %s, authentication %s, AEAD %d, hash %s, by code %d", alg_bits,
        OBJ_nid2sn(SSL_CIPHER_get_cipher_nid(suite)), OBJ_nid2sn(SSL_CIPHER_get_digest_nid(suite)),
        OBJ_nid2sn(SSL_CIPHER_get_kx_nid(suite)), OBJ_nid2sn(SSL_CIPHER_get_auth_nid(suite)), SSL_CIPHER_is_aead(suite),
        OBJ_nid2sn(EVP_MD_get_type(SSL_CIPHER_get_handshake_digest(suite))), SSL_CIPHER_find(ssl, code) == suite);
    char line[128], *made = SSL_CIPHER_description(suite, NULL, 0);
    say("  %s", SSL_CIPHER_description(suite, line, sizeof line));
    say("  made the same: %d, too short: %d", strcmp(line, made) == 0, SSL_CIPHER_description(suite, line, 20) == NULL);
    say("  known by its standard name as %s", OPENSSL_cipher_name(SSL_CIPHER_standard_name(suite)));
    OPENSSL_free(made);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

static void say_list(const char *what, const STACK_OF(SSL_CIPHER) *list) {
    say("%s: %d", what, list ? sk_SSL_CIPHER_num(list) : -1);
    for (int i = 0; list && i < sk_SSL_CIPHER_num(list); i++)
        say("  %s", SSL_CIPHER_get_name(sk_SSL_CIPHER_value(list, i)));
}

static SSL_CTX *limited(SSL_CTX *ctx) {
    MUST(SSL_CTX_set_cipher_list(ctx, TLS12_SUITES));
    return ctx;
}

static void lists(int version) {
    CASE("lists, %s", version_name(version));
    SSL_CTX *ctx = limited(new_client(version)), *server_ctx = limited(new_server(version));
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    say_list("set", SSL_get_ciphers(client));
    STACK_OF(SSL_CIPHER) *supported = SSL_get1_supported_ciphers(client);
    say_list("supported", supported);
    sk_SSL_CIPHER_free(supported);
    SSL_set_security_level(client, 4);
    supported = SSL_get1_supported_ciphers(client);
    say_list("supported at level 4", supported);
    sk_SSL_CIPHER_free(supported);
    SSL_set_security_level(client, 1);
    for (int i = -1; i < 11; i++)
        say("at %d: %s", i, SSL_get_cipher_list(client, i) ? SSL_get_cipher_list(client, i) : "none");
    join(client, server, 0);
    MUST(shake_both(client, server) == 1);
    say_list("client's, at the client", SSL_get_client_ciphers(client));
    say_list("client's, at the server", SSL_get_client_ciphers(server));
    char line[1024];
    say("shared: %s", SSL_get_shared_ciphers(server, line, sizeof line));
    say("at the client: %d", SSL_get_shared_ciphers(client, line, sizeof line) != NULL);
    say("pending: %s", SSL_get_pending_cipher(client) ? SSL_CIPHER_get_name(SSL_get_pending_cipher(client)) : "none");
    STACK_OF(SSL_CIPHER) *suites = NULL, *signals = NULL;
    say("from bytes: %d", SSL_bytes_to_cipher_list(server, (const unsigned char *)"\x13\x01\xc0\x2b\x99\x99", 6, 0, &suites, &signals));
    say_list("suites", suites);
    say_list("signals", signals);
    sk_SSL_CIPHER_free(suites);
    sk_SSL_CIPHER_free(signals);
    say("from three: %d", SSL_bytes_to_cipher_list(server, (const unsigned char *)"\x13\x01\xc0", 3, 0, NULL, NULL));
    say_queue();
    say("compression: %s %s", SSL_COMP_get_name(SSL_get_current_compression(client)) ? "some" : "none",
        SSL_COMP_get_name(SSL_get_current_expansion(client)) ? "some" : "none");
    say("next protocol:");
    const unsigned char *protocol = (const unsigned char *)"x";
    unsigned int len = 1;
    SSL_get0_next_proto_negotiated(client, &protocol, &len);
    say("  %d %u", protocol == NULL, len);
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(ctx);
    SSL_CTX_free(server_ctx);
}

static void body(void) {
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    MUST(SSL_CTX_set_cipher_list(ctx, TLS12_SUITES));
    STACK_OF(SSL_CIPHER) *all = SSL_CTX_get_ciphers(ctx);
    for (int i = 0; i < COUNT(served); i++)
        for (int j = 0; j < sk_SSL_CIPHER_num(all); j++)
            if (strcmp(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(all, j)), served[i]) == 0)
                describe(sk_SSL_CIPHER_value(all, j));
    say("no suite: %s, %s", SSL_CIPHER_get_name(NULL), SSL_CIPHER_standard_name(NULL));
    say("an unknown name: %s", OPENSSL_cipher_name("TLS_NONSENSE"));
    say("default suites: %s", OSSL_default_ciphersuites());
    say("default list: %s", OSSL_default_cipher_list());
    SSL_CTX_free(ctx);
    lists(T12);
    lists(T13);
    CASE("compression");
    say("methods: %d", SSL_COMP_get_compression_methods() != NULL && sk_SSL_COMP_num(SSL_COMP_get_compression_methods()) > 0);
}

SINGLE(body)
