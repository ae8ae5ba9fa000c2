// The callback comes after the server has been verified, and not at all when it is refused.
#include "common.h"

static const struct {
    const char *server, *host;
    int mode, override;
} cases[] = {
    {"server", "localhost", SSL_VERIFY_PEER, 0},          {"server-other", "localhost", SSL_VERIFY_PEER, 0},
    {"server-expired", "localhost", SSL_VERIFY_PEER, 0},  {"server", "example.org", SSL_VERIFY_PEER, 0},
    {"server-other", "localhost", SSL_VERIFY_NONE, 0},    {"server-expired", "localhost", SSL_VERIFY_NONE, 0},
    {"server-expired", "localhost", SSL_VERIFY_PEER, 1},
};

static int choose(SSL *ssl, X509 **cert, EVP_PKEY **key) {
    say("certificate callback");
    say_peer(ssl);
    *cert = load_cert("client");
    *key = load_key("client");
    return 1;
}

static int override(int ok, X509_STORE_CTX *store) {
    say("verify callback: %d, error %d at depth %d", ok, X509_STORE_CTX_get_error(store),
        X509_STORE_CTX_get_error_depth(store));
    return 1;
}

static void client(void) {
    for EACH_VERSION (version)
        for (int i = 0; i < COUNT(cases); i++) {
            CASE("%s: %s as %s, mode %d, override %d", version_name(version), cases[i].server, cases[i].host,
                 cases[i].mode, cases[i].override);
            SSL_CTX *ctx = new_client(version);
            SSL_CTX_set_verify(ctx, cases[i].mode, cases[i].override ? override : NULL);
            SSL_CTX_set_client_cert_cb(ctx, choose);
            SSL *ssl = dial(ctx);
            MUST(SSL_set1_host(ssl, cases[i].host));
            converse(ssl);
            say_peer(ssl);
            say("own certificate: %s", subject_of(SSL_get_certificate(ssl)));
            hang_up(ssl);
            SSL_CTX_free(ctx);
        }
}

static void server(void) {
    for EACH_VERSION (version)
        for (int i = 0; i < COUNT(cases); i++) {
            CASE("%s: %s, case %d", version_name(version), cases[i].server, i);
            SSL_CTX *ctx = new_server(version);
            use_cert(ctx, cases[i].server);
            SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
            SSL *ssl = answer(ctx);
            converse(ssl);
            say_peer(ssl);
            hang_up(ssl);
            SSL_CTX_free(ctx);
        }
}

SIDES(server, client)
