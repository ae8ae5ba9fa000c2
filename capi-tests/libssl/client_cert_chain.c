// How a client with a chain of three comes to send it whole: extra chain certificates,
// intermediates in the trusted store, a chain file, a chain of its own.
#include "common.h"

enum { NOTHING, EXTRA, STORE, STORE_NO_AUTO, FILE_, ADD1, SET1, SSL_CHAIN, CALLBACK_EXTRA, CALLBACK_STORE, CLEARED, LAST };
static const char *names[] = {"the certificate alone", "SSL_CTX_add_extra_chain_cert", "intermediates in the store",
                              "the same, SSL_MODE_NO_AUTO_CHAIN", "certificate chain file",
                              "SSL_CTX_add1_chain_cert", "SSL_CTX_set1_chain", "SSL_add1_chain_cert",
                              "callback and extra chain", "callback and store", "SSL_CTX_clear_extra_chain_certs"};

static int choose(SSL *ssl UNUSED, X509 **cert, EVP_PKEY **key) {
    *cert = load_cert("chained");
    *key = load_key("chained");
    return 1;
}

static void set_up(SSL_CTX *ctx, int how) {
    if (how == CALLBACK_EXTRA || how == CALLBACK_STORE)
        SSL_CTX_set_client_cert_cb(ctx, choose);
    else if (how == FILE_)
        use_cert(ctx, "chain");
    else
        use_cert(ctx, "chained");
    if (how == EXTRA || how == CALLBACK_EXTRA || how == CLEARED) {
        MUST(SSL_CTX_add_extra_chain_cert(ctx, load_cert("lower")));
        MUST(SSL_CTX_add_extra_chain_cert(ctx, load_cert("upper")));
    }
    if (how == CLEARED)
        MUST(SSL_CTX_clear_extra_chain_certs(ctx));
    if (how == STORE || how == STORE_NO_AUTO || how == CALLBACK_STORE)
        MUST(SSL_CTX_load_verify_locations(ctx, path("intermediates.pem"), NULL));
    if (how == STORE_NO_AUTO)
        SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
    STACK_OF(X509) *chain = load_chain("intermediates");
    if (how == ADD1)
        for (int i = 0; i < sk_X509_num(chain); i++)
            MUST(SSL_CTX_add1_chain_cert(ctx, sk_X509_value(chain, i)));
    if (how == SET1)
        MUST(SSL_CTX_set1_chain(ctx, chain));
    drop_chain(chain);
}

static void client(void) {
    for EACH_VERSION (version)
        for (int how = 0; how < LAST; how++) {
            CASE("%s: %s", version_name(version), names[how]);
            SSL_CTX *ctx = new_client(version);
            set_up(ctx, how);
            STACK_OF(X509) *chain = NULL;
            SSL_CTX_get_extra_chain_certs(ctx, &chain);
            say_chain("extra chain", chain);
            SSL_CTX_get_extra_chain_certs_only(ctx, &chain);
            say_chain("extra chain only", chain);
            SSL_CTX_get0_chain_certs(ctx, &chain);
            say_chain("own chain", chain);
            SSL *ssl = dial(ctx);
            if (how == SSL_CHAIN) {
                STACK_OF(X509) *more = load_chain("intermediates");
                for (int i = 0; i < sk_X509_num(more); i++)
                    MUST(SSL_add1_chain_cert(ssl, sk_X509_value(more, i)));
                drop_chain(more);
                SSL_get0_chain_certs(ssl, &chain);
                say_chain("own chain of the SSL", chain);
            }
            converse(ssl);
            hang_up(ssl);
            SSL_CTX_free(ctx);
        }
}

static void server(void) {
    for EACH_VERSION (version)
        for (int how = 0; how < LAST; how++) {
            CASE("%s: %s", version_name(version), names[how]);
            SSL_CTX *ctx = new_server(version);
            SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
            SSL *ssl = answer(ctx);
            converse(ssl);
            say_peer(ssl);
            say_chain("sent, without the leaf", SSL_get_peer_cert_chain(ssl));
            say_chain("verified", SSL_get0_verified_chain(ssl));
            hang_up(ssl);
            SSL_CTX_free(ctx);
        }
}

SIDES(server, client)
