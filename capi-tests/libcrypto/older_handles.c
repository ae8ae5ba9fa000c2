// EC_KEY, RSA and EVP_PKEY that share one key; methods that sign as token libraries have them; what programs hang on objects.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#define MUST(x) \
    do { \
        if (!(x)) { \
            printf("%s failed\n", #x); \
            exit(1); \
        } \
    } while (0)

static const unsigned char digest[64] = {1, 2, 3};

static void check(const char *what, EVP_PKEY *key, EC_KEY *ec) {
    unsigned char signature[200];
    unsigned len = sizeof signature;
    printf("%s: kind %d, bits %d, private %d, same %d", what, EVP_PKEY_get_id(key), EVP_PKEY_get_bits(key),
           i2d_PrivateKey(key, NULL) > 0, EVP_PKEY_get0_EC_KEY(key) == ec);
    ERR_clear_error();
    int made = ECDSA_sign(0, digest, 32, signature, &len, ec);
    printf(", signed %d, verified %d", made, made == 1 ? ECDSA_verify(0, digest, 32, signature, len, ec) : 0);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    size_t size = sizeof signature;
    int begun = EVP_PKEY_sign_init(ctx);
    made = begun > 0 ? EVP_PKEY_sign(ctx, signature, &size, digest, 32) : -9;
    printf(", begun %d, signed %d, verified %d\n", begun > 0, made > 0, made > 0 ? ECDSA_verify(0, digest, 32, signature, (int)size, ec) : 0);
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
}

static void shared_curves(void) {
    EVP_PKEY *key = EVP_PKEY_new();
    EC_KEY *ec = EC_KEY_new_by_curve_name(NID_secp384r1);
    printf("assigned: %d\n", EVP_PKEY_assign_EC_KEY(key, ec));
    printf("before: kind %d, same %d\n", EVP_PKEY_get_id(key), EVP_PKEY_get0_EC_KEY(key) == ec);
    MUST(EC_KEY_generate_key(ec));
    check("generated later", key, ec);
    EC_KEY *again = EVP_PKEY_get1_EC_KEY(key);
    printf("the same again: %d\n", again == ec);
    EC_KEY_free(again);
    EVP_PKEY_free(key);

    key = EVP_PKEY_new();
    ec = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    MUST(EC_KEY_generate_key(ec));
    printf("set: %d\n", EVP_PKEY_set1_EC_KEY(key, ec));
    check("set", key, ec);
    // The public half of the same key, and of another.
    EC_KEY *other = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    MUST(EC_KEY_generate_key(other));
    EC_KEY *half = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    printf("a half: %d\n", EC_KEY_set_public_key(half, EC_KEY_get0_public_key(ec)));
    printf("own half: %d\n", EC_KEY_set_public_key(ec, EC_KEY_get0_public_key(half)));
    check("with its own half", key, ec);
    printf("another's half: %d\n", EC_KEY_set_public_key(other, EC_KEY_get0_public_key(half)));
    EC_KEY_free(half);
    unsigned char signature[200];
    unsigned len = sizeof signature;
    int made = ECDSA_sign(0, digest, 32, signature, &len, other);
    printf("another's half: signed %d, verified %d\n", made, ECDSA_verify(0, digest, 32, signature, (int)len, other));
    EC_KEY_free(other);
    printf("replaced: %d\n", EVP_PKEY_set1_EC_KEY(key, ec));
    EC_KEY_free(ec);
    check("alone", key, (EC_KEY *)EVP_PKEY_get0_EC_KEY(key));
    EVP_PKEY_free(key);
    ERR_clear_error();
}

static void shared_rsa(void) {
    EVP_PKEY *key = EVP_PKEY_new();
    RSA *rsa = RSA_new();
    BIGNUM *exponent = BN_new();
    BN_set_word(exponent, 65537);
    printf("assigned: %d\n", EVP_PKEY_assign_RSA(key, rsa));
    MUST(RSA_generate_key_ex(rsa, 2048, exponent, NULL));
    BN_free(exponent);
    RSA *again = EVP_PKEY_get1_RSA(key);
    printf("kind %d, bits %d, same %d %d, private %d\n", EVP_PKEY_get_id(key), EVP_PKEY_get_bits(key), EVP_PKEY_get0_RSA(key) == rsa,
           again == rsa, i2d_PrivateKey(key, NULL) > 0);
    RSA_free(again);
    EVP_PKEY_free(key);
}

// Digests of all lengths.
static void lengths(void) {
    static const int curves[] = {NID_X9_62_prime256v1, NID_secp384r1, NID_secp521r1};
    for (int c = 0; c < 3; c++) {
        EC_KEY *ec = EC_KEY_new_by_curve_name(curves[c]);
        MUST(EC_KEY_generate_key(ec));
        printf("curve %d:", curves[c]);
        for (int len = 0; len <= 64; len++) {
            unsigned char signature[200];
            unsigned size = sizeof signature;
            int made = ECDSA_sign(0, digest, len, signature, &size, ec);
            printf(" %d%d%d", made, ECDSA_verify(0, digest, len, signature, (int)size, ec),
                   ECDSA_verify(0, digest + 1, len, signature, (int)size, ec));
        }
        unsigned char wrong[] = {0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00};
        printf("; %d %d %d\n", ECDSA_verify(0, digest, 32, wrong, sizeof wrong, ec), ECDSA_verify(0, digest, 32, wrong, 3, ec),
               ECDSA_verify(0, digest, 32, wrong, 0, ec));
        EVP_PKEY *key = EVP_PKEY_new();
        EVP_PKEY_assign_EC_KEY(key, ec);
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key);
        printf("%d", EVP_DigestVerify(ctx, wrong, sizeof wrong, digest, 3));
        EVP_MD_CTX_reset(ctx);
        EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key);
        printf(" %d\n", EVP_DigestVerify(ctx, wrong, 5, digest, 3));
        EVP_MD_CTX_free(ctx);
        EVP_PKEY_free(key);
        ERR_clear_error();
    }
}

// A token: the private half is in here alone.
static EC_KEY *token;
static int token_index, asked;

static ECDSA_SIG *token_sign(const unsigned char *dgst, int len, const BIGNUM *kinv, const BIGNUM *r, EC_KEY *ec) {
    (void)kinv, (void)r;
    asked++;
    if (EC_KEY_get_ex_data(ec, token_index) != (void *)"token")
        return NULL;
    return ECDSA_do_sign(dgst, len, token);
}

static void show(const char *what, int made, const unsigned char *signature, int len) {
    printf("  %s: %d, asked %d, verified %d\n", what, made, asked, made > 0 ? ECDSA_verify(0, digest, 32, signature, len, token) : 0);
    asked = 0;
    ERR_clear_error();
}

// The default's `sign` stays, `sign_sig` is the program's: as libp11 has it.
static void by_token(int with_sign) {
    int (*sign)(int, const unsigned char *, int, unsigned char *, unsigned *, const BIGNUM *, const BIGNUM *, EC_KEY *) = NULL;
    EC_KEY_METHOD *method = EC_KEY_METHOD_new(with_sign ? EC_KEY_OpenSSL() : NULL);
    if (with_sign)
        EC_KEY_METHOD_get_sign(method, &sign, NULL, NULL);
    EC_KEY_METHOD_set_sign(method, sign, NULL, token_sign);
    printf("method, sign %d\n", with_sign);
    token = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    MUST(EC_KEY_generate_key(token));
    EC_KEY *ec = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    EC_KEY_set_public_key(ec, EC_KEY_get0_public_key(token));
    printf("  hung on: %d\n", EC_KEY_set_ex_data(ec, token_index, (void *)"token"));
    EVP_PKEY *key = EVP_PKEY_new();
    printf("  method: %d", EC_KEY_set_method(ec, method));
    printf(", put in: %d\n", EVP_PKEY_set1_EC_KEY(key, ec));
    unsigned char signature[200];
    unsigned len = sizeof signature;
    int made = ECDSA_sign(0, digest, 32, signature, &len, ec);
    show("ECDSA_sign", made, signature, (int)len);
    ECDSA_SIG *numbers = ECDSA_do_sign(digest, 32, ec);
    unsigned char *at = signature;
    int size = numbers ? i2d_ECDSA_SIG(numbers, &at) : 0;
    ECDSA_SIG_free(numbers);
    show("ECDSA_do_sign", size > 0, signature, size);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    size_t room = sizeof signature;
    made = EVP_PKEY_sign_init(ctx) > 0 && EVP_PKEY_sign(ctx, signature, &room, digest, 32) > 0;
    show("EVP_PKEY_sign", made, signature, (int)room);
    EVP_PKEY_CTX_free(ctx);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    room = sizeof signature;
    made = EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key) > 0 && EVP_DigestSign(md, signature, &room, digest, 5) > 0;
    printf("  EVP_DigestSign: %d, asked %d\n", made, asked);
    asked = 0;
    EVP_MD_CTX_free(md);
    ERR_clear_error();
    EVP_PKEY_free(key);
    EC_KEY_free(ec);
    EC_KEY_free(token);
    EC_KEY_METHOD_free(method);
}

// How many objects are made inside is each library's own affair.
static int quiet;

static void on_new(void *object, void *value, CRYPTO_EX_DATA *data, int index, long number, void *name) {
    if (!quiet)
        printf("  new %s, object %d, value %d, number %ld\n", (const char *)name, object != NULL, value != NULL, number);
    CRYPTO_set_ex_data(data, index, name);
}

static void on_free(void *object, void *value, CRYPTO_EX_DATA *data, int index, long number, void *name) {
    (void)data, (void)index;
    if (!quiet)
        printf("  free %s, object %d, same %d, number %ld\n", (const char *)name, object != NULL, value == name, number);
}

static void hung(void) {
    static const struct {
        int class_index;
        const char *name;
    } kinds[] = {{CRYPTO_EX_INDEX_X509, "X509"}, {CRYPTO_EX_INDEX_X509_STORE, "X509_STORE"},
                 {CRYPTO_EX_INDEX_X509_STORE_CTX, "X509_STORE_CTX"}, {CRYPTO_EX_INDEX_EVP_PKEY, "EVP_PKEY"},
                 {CRYPTO_EX_INDEX_BIO, "BIO"}, {CRYPTO_EX_INDEX_RSA, "RSA"}, {CRYPTO_EX_INDEX_EC_KEY, "EC_KEY"}};
    int at[7];
    for (int i = 0; i < 7; i++)
        at[i] = CRYPTO_get_ex_new_index(kinds[i].class_index, i, (void *)kinds[i].name, on_new, NULL, on_free);
    printf("hung on\n");
    X509 *x = X509_new();
    printf("%s\n", (char *)X509_get_ex_data(x, at[0]));
    X509_STORE *store = X509_STORE_new();
    printf("%s\n", (char *)X509_STORE_get_ex_data(store, at[1]));
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    X509_STORE_CTX_init(ctx, store, x, NULL);
    printf("%s\n", (char *)X509_STORE_CTX_get_ex_data(ctx, at[2]));
    X509_STORE_CTX_cleanup(ctx);
    EVP_PKEY *key = EVP_PKEY_new();
    printf("%s\n", (char *)EVP_PKEY_get_ex_data(key, at[3]));
    BIO *bio = BIO_new(BIO_s_mem());
    printf("%s\n", (char *)BIO_get_ex_data(bio, at[4]));
    RSA *rsa = RSA_new();
    printf("%s\n", (char *)RSA_get_ex_data(rsa, at[5]));
    printf("set %d", RSA_set_ex_data(rsa, at[5], x));
    printf(", got %d\n", RSA_get_ex_data(rsa, at[5]) == x);
    RSA_set_ex_data(rsa, at[5], (void *)kinds[5].name);
    EC_KEY *ec = EC_KEY_new();
    printf("%s\n", (char *)EC_KEY_get_ex_data(ec, at[6]));
    X509_free(x);
    X509_STORE_free(store);
    EVP_PKEY_free(key);
    BIO_free(bio);
    RSA_free(rsa);
    EC_KEY_free(ec);
    // Read from a file.
    quiet = 1;
    X509_STORE_CTX_free(ctx);
    char path[4096];
    snprintf(path, sizeof path, "%s/server.pem", getenv("CERTS"));
    FILE *f = fopen(path, "r");
    x = PEM_read_X509(f, NULL, NULL, NULL);
    fclose(f);
    printf("%s\n", (char *)X509_get_ex_data(x, at[0]));
    X509 *copy = X509_dup(x);
    printf("%s\n", (char *)X509_get_ex_data(copy, at[0]));
    X509_free(copy);
    X509_free(x);
    for (int i = 0; i < 7; i++)
        printf("%d", CRYPTO_free_ex_index(kinds[i].class_index, at[i]));
    printf("\n");
}

int main(void) {
    shared_curves();
    shared_rsa();
    lengths();
    token_index = EC_KEY_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    by_token(1);
    by_token(0);
    hung();
    return 0;
}
