// What both sides have in common, and what a server prefers of it: suites that they share, signature algorithms that they
// share, ChaCha20 for clients that want it, security levels.
#include "common.h"

static int once(SSL *ssl, void *argument UNUSED) {
    char buffer[2048];
    char *shared = SSL_get_shared_ciphers(ssl, buffer, sizeof buffer);
    say("  shared: %s", shared ? shared : "none");
    shared = SSL_get_shared_ciphers(ssl, buffer, 40);
    say("  in 40 bytes: %s", shared ? shared : "none");
    say("  in 1: %d", SSL_get_shared_ciphers(ssl, buffer, 1) != NULL);
    int sign, hash, both, count = SSL_get_shared_sigalgs(ssl, 0, NULL, NULL, NULL, NULL, NULL);
    say("  %d shared algorithms", count);
    for (int i = 0; i <= count; i++) {
        unsigned char rsig = 0, rhash = 0;
        int ret = SSL_get_shared_sigalgs(ssl, i, &sign, &hash, &both, &rsig, &rhash);
        if (ret && i < count)
            say("    %s %s %s %02x%02x", OBJ_nid2sn(sign), OBJ_nid2sn(hash), OBJ_nid2sn(both), rhash, rsig);
        else
            say("    %d", ret);
    }
    count = SSL_get_sigalgs(ssl, 0, NULL, NULL, NULL, NULL, NULL);
    say("  %d algorithms of the client", count);
    return 1;
}

static int show;

static void run(int version, const char *theirs, const char *ours, const char *algorithms, const char *own, long options,
                int level) {
    CASE("%s: client %s by %s, server %s by %s, options %lx, level %d", version_name(version), theirs, algorithms, ours,
         own ? own : "all", options, level);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    if (version == T12) {
        MUST(SSL_CTX_set_cipher_list(ctx, theirs));
        MUST(SSL_CTX_set_cipher_list(server_ctx, ours));
    } else {
        MUST(SSL_CTX_set_ciphersuites(ctx, theirs));
        MUST(SSL_CTX_set_ciphersuites(server_ctx, ours));
    }
    MUST(SSL_CTX_set1_sigalgs_list(ctx, algorithms));
    MUST(SSL_CTX_set1_groups_list(ctx, "P-256:P-384"));
    if (own)
        MUST(SSL_CTX_set1_sigalgs_list(server_ctx, own));
    SSL_CTX_set_options(server_ctx, (uint64_t)options);
    if (level >= 0)
        SSL_CTX_set_security_level(server_ctx, level);
    if (show)
        SSL_CTX_set_cert_cb(server_ctx, once, NULL);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    if (shake_both(client, server)) {
        say("%s", SSL_get_cipher(client));
        if (show && version == T12)
            once(server, NULL);
    }
    SSL_free(client), SSL_free(server), SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

#define A128 "ECDHE-ECDSA-AES128-GCM-SHA256"
#define A256 "ECDHE-ECDSA-AES256-GCM-SHA384"
#define CHACHA "ECDHE-ECDSA-CHACHA20-POLY1305"
#define B128 "TLS_AES_128_GCM_SHA256"
#define B256 "TLS_AES_256_GCM_SHA384"
#define BCHACHA "TLS_CHACHA20_POLY1305_SHA256"

// A client at a high level, which leaves what is not verified aside.
static void demanding(int version, int level, const char *cert) {
    CASE("%s: a client at level %d, server %s", version_name(version), level, cert);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_context(TLS_server_method(), version);
    use_cert(server_ctx, cert);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_security_level(ctx, level);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    if (shake_both(client, server))
        say("%s", SSL_get_cipher(client));
    SSL_free(client), SSL_free(server), SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    static const char *algorithms = "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA384";
    show = 1;
    run(T12, A128 ":" A256, A256 ":" CHACHA ":" A128, algorithms, NULL, 0, -1);
    run(T12, A128 ":" A256, A256 ":" A128, algorithms, "ECDSA+SHA384:RSA+SHA256:ECDSA+SHA256", 0, -1);
    run(T12, A128 ":" A256, A256 ":" A128, algorithms, "ECDSA+SHA384:RSA+SHA256:ECDSA+SHA256",
        SSL_OP_CIPHER_SERVER_PREFERENCE, -1);
    run(T13, B128 ":" B256, B256 ":" B128, algorithms, NULL, 0, -1);
    run(T13, B128 ":" B256, B256 ":" B128, algorithms, "ECDSA+SHA384:RSA+SHA256:ECDSA+SHA256", 0, -1);
    show = 0;
    static const long options[] = {0, SSL_OP_PRIORITIZE_CHACHA, SSL_OP_CIPHER_SERVER_PREFERENCE,
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA};
    for (int o = 0; o < COUNT(options); o++) {
        run(T12, CHACHA ":" A256 ":" A128, A128 ":" A256 ":" CHACHA, algorithms, NULL, options[o], -1);
        run(T12, A256 ":" CHACHA ":" A128, A128 ":" A256 ":" CHACHA, algorithms, NULL, options[o], -1);
        run(T12, CHACHA ":" A256, A128 ":" A256, algorithms, NULL, options[o], -1);
        run(T13, BCHACHA ":" B256 ":" B128, B128 ":" B256 ":" BCHACHA, algorithms, NULL, options[o], -1);
        run(T13, B256 ":" BCHACHA ":" B128, B128 ":" B256 ":" BCHACHA, algorithms, NULL, options[o], -1);
    }
    // The server's certificate, on P-256, does for level 3.
    for (int level = 0; level < 4; level++) {
        run(T12, A128 ":" A256, A128 ":" A256, algorithms, NULL, 0, level);
        run(T13, B128 ":" B256, B128 ":" B256, algorithms, NULL, 0, level);
    }
    static const char *certs[] = {"server", "p384"};
    for EACH_VERSION (version)
        for (int level = 2; level < 5; level++)
            for (int c = 0; c < COUNT(certs); c++)
                demanding(version, level, certs[c]);
}

SINGLE(body)
