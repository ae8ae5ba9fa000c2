// SSL_CERT_FLAG_TLS_STRICT: a certificate that the peer's request rules out is not sent, and one that its hello rules
// out not used. Suite B: what goes over the wire is of its suites, curves and algorithms, and both chains are checked.
#include "pha.h"


static STACK_OF(X509_NAME) *names_of(const char *cert) {
    STACK_OF(X509_NAME) *names = sk_X509_NAME_new_null();
    X509 *x = load_cert(cert);
    sk_X509_NAME_push(names, X509_NAME_dup(X509_get_subject_name(x)));
    X509_free(x);
    return names;
}

static int checked;

static int look(SSL *ssl, void *argument) {
    const char *cert = argument;
    X509 *x = load_cert(cert);
    EVP_PKEY *key = load_key(cert);
    say("  %s's check of %s: %x", SSL_is_server(ssl) ? "server" : "client", cert, SSL_check_chain(ssl, x, key, NULL));
    X509_free(x), EVP_PKEY_free(key);
    return 1;
}

static void say_used(SSL *client, SSL *server) {
    say("client presented %s", subject_of(SSL_get_certificate(client)));
    say_peer(server), say_peer(client);
    say("%s", SSL_get_cipher(server));
}

typedef struct {
    const char *client, *ca, *sigalgs;
    int chained; // the chain is set, not found
} Wish;

// Suite B has a suite for each of its curves.
static void suite_for(SSL_CTX *ctx, unsigned flags) {
    if (flags & SSL_CERT_FLAG_SUITEB_128_LOS)
        SSL_CTX_set_cipher_list(ctx, flags & SSL_CERT_FLAG_SUITEB_128_LOS_ONLY ? "ECDHE-ECDSA-AES128-GCM-SHA256"
                                                                              : "ECDHE-ECDSA-AES256-GCM-SHA384");
}

static void client_side(int version, unsigned flags, Wish wish) {
    CASE("%s: flags %x, client %s%s, CA %s, algorithms %s", version_name(version), flags, wish.client,
         wish.chained ? " with its chain" : "", wish.ca ? wish.ca : "any", wish.sigalgs ? wish.sigalgs : "all");
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    if (wish.chained)
        use_cert(ctx, wish.client);
    else {
        MUST(SSL_CTX_use_certificate_file(ctx, path2(wish.client, ".pem"), SSL_FILETYPE_PEM) == 1);
        MUST(SSL_CTX_use_PrivateKey_file(ctx, path2(wish.client, ".key"), SSL_FILETYPE_PEM) == 1);
    }
    SSL_CTX_set_cert_flags(ctx, flags);
    suite_for(ctx, flags);
    if (checked)
        SSL_CTX_set_cert_cb(ctx, look, (void *)wish.client);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    if (wish.ca)
        SSL_CTX_set_client_CA_list(server_ctx, names_of(wish.ca));
    if (wish.sigalgs)
        MUST(SSL_CTX_set1_client_sigalgs_list(server_ctx, wish.sigalgs));
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    if (shake_both(client, server))
        say_used(client, server);
    SSL_free(client), SSL_free(server), SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void later(unsigned flags, const char *cert, const char *ca) {
    CASE("after the handshake: flags %x, client %s, CA %s", flags, cert, ca);
    SSL_CTX *ctx = new_pha_client(), *server_ctx = new_pha_server(0);
    use_cert(ctx, cert);
    SSL_CTX_set_cert_flags(ctx, flags);
    SSL_CTX_set_client_CA_list(server_ctx, names_of(ca));
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    shake_both(client, server);
    say("ask: %d", SSL_verify_client_post_handshake(server));
    SSL_do_handshake(server);
    SSL_read(client, (char[1]){0}, 1);
    SSL_read(server, (char[1]){0}, 1);
    say_peer(server);
    SSL_free(client), SSL_free(server), SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

// A server's certificate against what the client has said.
static void server_side(int version, unsigned flags, const char *cert, const char *sigalgs, const char *groups) {
    CASE("%s: flags %x, server %s, client's algorithms %s, groups %s", version_name(version), flags, cert, sigalgs, groups);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_context(TLS_server_method(), version);
    use_cert(server_ctx, cert);
    SSL_CTX_set_cert_flags(server_ctx, flags);
    suite_for(server_ctx, flags);
    if (checked)
        SSL_CTX_set_cert_cb(server_ctx, look, (void *)cert);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
    MUST(SSL_CTX_set1_sigalgs_list(ctx, sigalgs));
    MUST(SSL_CTX_set1_groups_list(ctx, groups));
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    if (shake_both(client, server))
        say_used(client, server);
    SSL_free(client), SSL_free(server), SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void strict(void) {
    static const Wish wishes[] = {
        {.client = "client"},
        {.client = "client", .ca = "root"},
        {.client = "client", .ca = "other"},
        {.client = "rsa", .ca = "other"},
        {.client = "ed25519", .ca = "other"},
        {.client = "ed25519", .ca = "root"},
        {.client = "chain", .ca = "root"},
        {.client = "chain", .ca = "root", .chained = 1},
        {.client = "chain", .ca = "other", .chained = 1},
        {.client = "p384", .sigalgs = "ECDSA+SHA384"},
        {.client = "p384", .sigalgs = "ECDSA+SHA384:ECDSA+SHA256"},
        {.client = "rsa", .sigalgs = "RSA-PSS+SHA256"},
    };
    for (checked = 0; checked < 2; checked++)
        for EACH_VERSION (version)
            for (int i = 0; i < COUNT(wishes); i++)
                for (unsigned flags = 0; flags < 2; flags++)
                    client_side(version, flags, wishes[i]);
    for (unsigned flags = 0; flags < 2; flags++)
        later(flags, "client", "root"), later(flags, "client", "other");
    static const char *servers[] = {"server", "server-rsa"};
    for (checked = 0; checked < 2; checked++)
        for EACH_VERSION (version)
            for (int i = 0; i < COUNT(servers); i++)
                for (unsigned flags = 0; flags < 2; flags++) {
                    server_side(version, flags, servers[i], "ECDSA+SHA256:RSA-PSS+SHA256", "P-256:X25519");
                    server_side(version, flags, servers[i], "RSA-PSS+SHA256:RSA+SHA256", "P-256:X25519");
                    server_side(version, flags, servers[i], "RSA-PSS+SHA256:RSA+SHA384:ed25519", "P-256:X25519");
                    server_side(version, flags, servers[i], "ECDSA+SHA256:RSA-PSS+SHA256", "X25519:P-384");
                }
}

static void suite_b(void) {
    static const unsigned levels[] = {SSL_CERT_FLAG_SUITEB_128_LOS_ONLY, SSL_CERT_FLAG_SUITEB_192_LOS,
                                      SSL_CERT_FLAG_SUITEB_128_LOS};
    // With keys of other kinds the original breaks its handshakes off and leaves an error of libcrypto's.
    static const Wish wishes[] = {{.client = "client"}, {.client = "p384"}, {.client = "chain", .chained = 1}};
    checked = 0;
    for EACH_VERSION (version)
        for (int level = 0; level < COUNT(levels); level++)
            for (int i = 0; i < COUNT(wishes); i++)
                client_side(version, levels[level], wishes[i]);
    for EACH_VERSION (version)
        for (int level = 0; level < COUNT(levels); level++) {
            server_side(version, levels[level], "server", "ECDSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA256", "X25519:P-256:P-384");
            server_side(version, levels[level], "server", "ECDSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA256", "X25519");
            server_side(version, levels[level], "server-rsa", "ECDSA+SHA256:RSA-PSS+SHA256", "X25519:P-256:P-384");
        }
}

static void body(void) {
    strict();
    suite_b();
}

SINGLE(body)
