// Several certificates in one SSL_CTX: slots by kind of key, which one is current, chains and how
// they are built.
#include "common.h"

static void say_current(SSL_CTX *c, SSL *s) {
    STACK_OF(X509) *chain = NULL;
    if (s) {
        SSL_get0_chain_certs(s, &chain);
        say("SSL: %s, key %d, chain of %d", subject_of(SSL_get_certificate(s)), SSL_get_privatekey(s) != NULL, chain ? sk_X509_num(chain) : -1);
    } else {
        SSL_CTX_get0_chain_certs(c, &chain);
        say("SSL_CTX: %s, key %d, chain of %d", subject_of(SSL_CTX_get0_certificate(c)), SSL_CTX_get0_privatekey(c) != NULL,
            chain ? sk_X509_num(chain) : -1);
    }
    say_queue();
}

static void say_ret(const char *what, long ret) {
    say("%s: %ld", what, ret);
    say_queue();
}
#define SHOW(call) say_ret(#call, (long)(call))

static void slots(void) {
    CASE("slots");
    SSL_CTX *c = SSL_CTX_new(TLS_method());
    static const char *names[] = {"rsa", "client", "ed25519", "second"};
    for (int i = 0; i < COUNT(names); i++) {
        X509 *cert = load_cert(names[i]);
        EVP_PKEY *key = load_key(names[i]);
        say("%s", names[i]);
        SHOW(SSL_CTX_use_certificate(c, cert));
        say_current(c, NULL);
        SHOW(SSL_CTX_check_private_key(c));
        SHOW(SSL_CTX_use_PrivateKey(c, key));
        say_current(c, NULL);
        SHOW(SSL_CTX_check_private_key(c));
        X509_free(cert);
        EVP_PKEY_free(key);
    }
    for (int op = SSL_CERT_SET_FIRST; op <= 4; op++) {
        say("set current %d", op);
        SHOW(SSL_CTX_set_current_cert(c, op));
        say_current(c, NULL);
        SHOW(SSL_CTX_set_current_cert(c, op));
        say_current(c, NULL);
    }
    X509 *cert = load_cert("rsa");
    SHOW(SSL_CTX_select_current_cert(c, cert));
    say_current(c, NULL);
    X509_free(cert);
    cert = load_cert("stranger");
    SHOW(SSL_CTX_select_current_cert(c, cert));
    SHOW(SSL_CTX_select_current_cert(c, NULL));
    say_current(c, NULL);
    X509_free(cert);
    EVP_PKEY *key = load_key("stranger");
    SHOW(SSL_CTX_use_PrivateKey(c, key));
    say_current(c, NULL);
    EVP_PKEY_free(key);
    SSL *s = SSL_new(c);
    say_current(c, s);
    SSL_certs_clear(s);
    say_current(c, s);
    say_current(c, NULL);
    SSL_free(s);
    SSL_CTX_free(c);
}

static void all_at_once(void) {
    CASE("SSL_CTX_use_cert_and_key");
    SSL_CTX *c = SSL_CTX_new(TLS_method());
    X509 *cert = load_cert("chain"), *rsa = load_cert("rsa");
    EVP_PKEY *key = load_key("chain"), *other = load_key("client"), *rsa_key = load_key("rsa");
    STACK_OF(X509) *chain = load_chain("intermediates");
    SHOW(SSL_CTX_use_cert_and_key(c, cert, other, chain, 0));
    SHOW(SSL_CTX_use_cert_and_key(c, cert, rsa_key, chain, 0));
    say_current(c, NULL);
    SHOW(SSL_CTX_use_cert_and_key(c, cert, key, chain, 0));
    say_current(c, NULL);
    SHOW(SSL_CTX_use_cert_and_key(c, cert, key, NULL, 0));
    SHOW(SSL_CTX_use_cert_and_key(c, cert, key, NULL, 1));
    say_current(c, NULL);
    SHOW(SSL_CTX_use_cert_and_key(c, rsa, NULL, NULL, 0));
    say_current(c, NULL);
    SHOW(SSL_CTX_check_private_key(c));
    X509_free(cert);
    X509_free(rsa);
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
    EVP_PKEY_free(rsa_key);
    drop_chain(chain);
    SSL_CTX_free(c);
}

static void chains(void) {
    CASE("chains");
    SSL_CTX *c = SSL_CTX_new(TLS_method());
    STACK_OF(X509) *chain = load_chain("intermediates"), *got = NULL;
    X509 *lower = load_cert("lower");
    SHOW(SSL_CTX_set1_chain(c, chain));
    say_current(c, NULL);
    SHOW(SSL_CTX_build_cert_chain(c, 0));
    use_cert(c, "chain");
    say_current(c, NULL);
    SHOW(SSL_CTX_clear_chain_certs(c));
    say_current(c, NULL);
    SHOW(SSL_CTX_add1_chain_cert(c, lower));
    SHOW(SSL_CTX_add0_chain_cert(c, X509_dup(lower)));
    say_current(c, NULL);
    SHOW(SSL_CTX_set1_chain(c, chain));
    say_current(c, NULL);
    SHOW(SSL_CTX_add_extra_chain_cert(c, X509_dup(lower)));
    SHOW(SSL_CTX_get_extra_chain_certs(c, &got));
    SHOW(sk_X509_num(got));
    SHOW(SSL_CTX_clear_extra_chain_certs(c));
    SHOW(SSL_CTX_get_extra_chain_certs(c, &got));
    SHOW(sk_X509_num(got));
    SHOW(SSL_CTX_get_extra_chain_certs_only(c, &got));
    SHOW(got != NULL);
    static const int flags[] = {
        0, SSL_BUILD_CHAIN_FLAG_UNTRUSTED, SSL_BUILD_CHAIN_FLAG_NO_ROOT, SSL_BUILD_CHAIN_FLAG_CHECK,
        SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR, SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR | SSL_BUILD_CHAIN_FLAG_CLEAR_ERROR,
        SSL_BUILD_CHAIN_FLAG_UNTRUSTED | SSL_BUILD_CHAIN_FLAG_NO_ROOT,
        SSL_BUILD_CHAIN_FLAG_CHECK | SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR};
    for (int trusted = 0; trusted < 2; trusted++) {
        for (int i = 0; i < COUNT(flags); i++) {
            say("build with %x, root %d", flags[i], trusted);
            SHOW(SSL_CTX_set1_chain(c, chain));
            SHOW(SSL_CTX_build_cert_chain(c, flags[i]));
            say_current(c, NULL);
        }
        MUST(SSL_CTX_load_verify_locations(c, path("root.pem"), NULL));
    }
    SSL *s = SSL_new(c);
    SHOW(SSL_set1_chain(s, NULL));
    say_current(c, s);
    SHOW(SSL_build_cert_chain(s, 0));
    SHOW(SSL_add1_chain_cert(s, lower));
    say_current(c, s);
    say_current(c, NULL);
    SSL_free(s);
    X509_free(lower);
    drop_chain(chain);
    SSL_CTX_free(c);
}

static void stores(void) {
    CASE("stores");
    SSL_CTX *c = SSL_CTX_new(TLS_method());
    X509_STORE *store = X509_STORE_new(), *got = store;
    SHOW(SSL_CTX_get0_verify_cert_store(c, &got));
    SHOW(got != NULL);
    SHOW(SSL_CTX_set1_verify_cert_store(c, store));
    SHOW(SSL_CTX_get0_verify_cert_store(c, &got));
    SHOW(got == store);
    SHOW(SSL_CTX_set1_chain_cert_store(c, store));
    SHOW(SSL_CTX_get0_chain_cert_store(c, &got));
    SHOW(got == store);
    SSL *s = SSL_new(c);
    SHOW(SSL_get0_chain_cert_store(s, &got));
    SHOW(got == store);
    SHOW(SSL_set0_chain_cert_store(s, NULL));
    SHOW(SSL_get0_chain_cert_store(s, &got));
    SHOW(got != NULL);
    SSL_CTX_set1_cert_store(c, store);
    SHOW(SSL_CTX_get_cert_store(c) == store);
    SSL_CTX_set_cert_store(c, store);
    SHOW(SSL_CTX_get_cert_store(c) == store);
    SSL_free(s);
    SSL_CTX_free(c);
}

static void security(void) {
    CASE("security level");
    for (int level = 0; level <= 5; level++) {
        static const char *names[] = {"rsa", "client", "p384", "ed25519"};
        for (int i = 0; i < COUNT(names); i++) {
            SSL_CTX *c = SSL_CTX_new(TLS_method());
            SSL_CTX_set_security_level(c, level);
            X509 *cert = load_cert(names[i]);
            say("level %d, %s", level, names[i]);
            SHOW(SSL_CTX_use_certificate(c, cert));
            SHOW(SSL_CTX_add1_chain_cert(c, cert));
            X509_free(cert);
            SSL_CTX_free(c);
        }
    }
}

static void body(void) {
    slots();
    all_at_once();
    chains();
    stores();
    security();
}

SINGLE(body)
