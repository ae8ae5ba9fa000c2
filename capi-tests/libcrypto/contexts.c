// Library contexts of a program's own: which providers are loaded, and what is found with none but "null".
#include <stdio.h>
#include <stdlib.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

static void queue(void) {
    unsigned long code, last = 0;
    while ((code = ERR_get_error()) != 0)
        last = code;
    printf("  last of the queue: %s\n", last ? ERR_reason_error_string(last) : "none");
}

static BIO *open(const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("CERTS"), name);
    return BIO_new_file(path, "r");
}

static void fetch(OSSL_LIB_CTX *ctx) {
    EVP_MD *digest = EVP_MD_fetch(ctx, "SHA256", NULL);
    printf(" digest %d\n", digest != NULL), queue();
    EVP_MD_free(digest);
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(ctx, "AES-128-CBC", NULL);
    printf(" cipher %d\n", cipher != NULL), queue();
    EVP_CIPHER_free(cipher);
    EVP_MAC *mac = EVP_MAC_fetch(ctx, "HMAC", NULL);
    printf(" mac %d\n", mac != NULL), queue();
    EVP_MAC_free(mac);
    EVP_PKEY_CTX *key = EVP_PKEY_CTX_new_from_name(ctx, "EC", NULL);
    printf(" kind of key %d\n", key != NULL && EVP_PKEY_keygen_init(key) == 1);
    ERR_clear_error();
    EVP_PKEY_CTX_free(key);
}

static void read_there(OSSL_LIB_CTX *ctx) {
    static const char *names[] = {"client", "rsa", "ed25519"};
    for (int i = 0; i < 3; i++) {
        char file[64];
        snprintf(file, sizeof file, "%s.key", names[i]);
        BIO *in = open(file);
        EVP_PKEY *key = PEM_read_bio_PrivateKey_ex(in, NULL, NULL, NULL, ctx, NULL);
        // With nothing loaded the original still reads keys of the older kinds, which can then do nothing.
        if (OSSL_PROVIDER_available(ctx, "default") || i == 2)
            printf(" %s: key %d\n", names[i], key != NULL);
        ERR_clear_error();
        BIO_free(in);
        snprintf(file, sizeof file, "%s.pem", names[i]);
        in = open(file);
        X509 *x = X509_new_ex(ctx, NULL);
        X509 *read = PEM_read_bio_X509(in, &x, NULL, NULL);
        EVP_PKEY *public = read ? X509_get_pubkey(read) : NULL;
        printf(" certificate %d, its key %d, is it the key's %d\n", read != NULL, public != NULL,
               key && public && EVP_PKEY_eq(key, public));
        ERR_clear_error();
        EVP_PKEY_free(public);
        EVP_PKEY_free(key);
        X509_free(x);
        BIO_free(in);
    }
}

static int each(OSSL_PROVIDER *provider, void *count) {
    printf("  provider %s\n", OSSL_PROVIDER_get0_name(provider));
    return ++*(int *)count > 0;
}

static void look(OSSL_LIB_CTX *ctx, const char *what) {
    printf("== %s: default %d, null %d\n", what, OSSL_PROVIDER_available(ctx, "default"), OSSL_PROVIDER_available(ctx, "null"));
    fetch(ctx);
    read_there(ctx);
    int count = 0;
    OSSL_PROVIDER_do_all(ctx, each, &count);
    printf(" %d of them\n", count);
}

static void connections(OSSL_LIB_CTX *ctx, const char *what) {
    SSL_CTX *tls = SSL_CTX_new_ex(ctx, NULL, TLS_method());
    printf("%s: SSL_CTX %d\n", what, tls != NULL), queue();
    SSL_CTX_free(tls);
}

static void digests(void) {
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    printf("digest here: %d\n", EVP_DigestInit_ex(ctx, EVP_sha256(), NULL)), queue();
    unsigned char out[EVP_MAX_MD_SIZE];
    printf("at once: %d\n", EVP_Digest("abc", 3, out, NULL, EVP_sha256(), NULL)), queue();
    EVP_MD_CTX_free(ctx);
}

int main(void) {
    OSSL_LIB_CTX *plain = OSSL_LIB_CTX_new(), *none = OSSL_LIB_CTX_new(), *both = OSSL_LIB_CTX_new();
    look(plain, "nothing said");
    OSSL_PROVIDER *one = OSSL_PROVIDER_load(none, "null");
    look(none, "null");
    OSSL_PROVIDER *again = OSSL_PROVIDER_load(none, "null");
    printf("again: %d\n", one == again);
    OSSL_PROVIDER *first = OSSL_PROVIDER_load(both, "null"), *second = OSSL_PROVIDER_load(both, "default");
    look(both, "null and default");
    printf("given back: %d\n", OSSL_PROVIDER_unload(second));
    look(both, "default given back");
    connections(plain, "nothing said");
    connections(both, "without default");
    printf("given back: %d %d %d\n", OSSL_PROVIDER_unload(first), OSSL_PROVIDER_unload(one), OSSL_PROVIDER_unload(again));
    look(none, "null given back");
    OSSL_LIB_CTX_free(both);
    both = OSSL_LIB_CTX_new();
    first = OSSL_PROVIDER_try_load(both, "null", 1);
    look(both, "null beside what is there");
    OSSL_PROVIDER_unload(first);
    printf("unknown: %d\n", OSSL_PROVIDER_load(both, "no such provider") != NULL);
    ERR_clear_error();

    digests();
    OSSL_LIB_CTX *before = OSSL_LIB_CTX_set0_default(none);
    digests();
    look(NULL, "the thread's");
    printf("set back: %d\n", OSSL_LIB_CTX_set0_default(before) == none);
    printf("asked: %d\n", OSSL_LIB_CTX_set0_default(NULL) == before);
    digests();
    one = OSSL_PROVIDER_load(NULL, "null");
    look(NULL, "the process's");
    look(plain, "nothing said, still");
    digests();
    connections(NULL, "the process's"), connections(plain, "nothing said");
    OSSL_PROVIDER_unload(one);
    OSSL_LIB_CTX_free(plain), OSSL_LIB_CTX_free(none), OSSL_LIB_CTX_free(both);
    return 0;
}
