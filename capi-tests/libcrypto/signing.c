// Keys of every kind sign with every digest; keys of RSASSA-PSS that are bound to one, made, written and read again.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define COUNT(list) ((int)(sizeof(list) / sizeof(list)[0]))
static const char *digests[] = {"SHA1", "SHA224", "SHA256", "SHA384", "SHA512"};

static EVP_PKEY *new_key(int type, int curve, const char *digest, const char *mask, int salt) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *make = EVP_PKEY_CTX_new_id(type, NULL);
    int begun = EVP_PKEY_keygen_init(make), set = 1;
    if (curve)
        set &= EVP_PKEY_CTX_set_ec_paramgen_curve_nid(make, curve);
    if (digest)
        set &= EVP_PKEY_CTX_set_rsa_pss_keygen_md(make, EVP_get_digestbyname(digest));
    if (mask)
        set &= EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(make, EVP_get_digestbyname(mask));
    if (salt)
        set &= EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(make, salt);
    int made = EVP_PKEY_keygen(make, &key);
    printf("made: %d %d %d\n", begun, set, made);
    EVP_PKEY_CTX_free(make);
    return key;
}

static void sign(EVP_PKEY *key, const char *digest) {
    unsigned char signature[600], other[] = "another message", message[] = "the message";
    size_t len = sizeof signature;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *how = NULL;
    const EVP_MD *md = digest ? EVP_get_digestbyname(digest) : NULL;
    int begun = EVP_DigestSignInit(ctx, &how, md, NULL, key);
    if (begun == 1 && EVP_PKEY_is_a(key, "RSA-PSS"))
        EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST);
    int done = begun == 1 ? EVP_DigestSign(ctx, signature, &len, message, sizeof message) : 0;
    printf(" %s: %d %d", digest ? digest : "none", begun, done);
    ERR_clear_error();
    if (done == 1) {
        EVP_MD_CTX_reset(ctx);
        begun = EVP_DigestVerifyInit(ctx, NULL, md, NULL, key);
        printf(", right %d", EVP_DigestVerify(ctx, signature, len, message, sizeof message));
        EVP_MD_CTX_reset(ctx);
        EVP_DigestVerifyInit(ctx, NULL, md, NULL, key);
        printf(", other %d", EVP_DigestVerify(ctx, signature, len, other, sizeof other) == 1);
        signature[len / 2] ^= 1;
        EVP_MD_CTX_reset(ctx);
        EVP_DigestVerifyInit(ctx, NULL, md, NULL, key);
        printf(", broken %d", EVP_DigestVerify(ctx, signature, len, message, sizeof message) == 1);
    }
    printf("\n");
    ERR_clear_error();
    EVP_MD_CTX_free(ctx);
}

static void issue(EVP_PKEY *key, const char *digest) {
    X509 *x = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), 0), X509_gmtime_adj(X509_getm_notAfter(x), 100);
    X509_set_pubkey(x, key);
    int done = X509_sign(x, key, digest ? EVP_get_digestbyname(digest) : NULL) > 0;
    printf(" certificate by %s: %d", digest ? digest : "none", done);
    ERR_clear_error();
    if (done) {
        char name[80];
        OBJ_obj2txt(name, sizeof name, OBJ_nid2obj(X509_get_signature_nid(x)), 0);
        printf(" %s, right %d", name, X509_verify(x, key));
    }
    printf("\n");
    X509_free(x);
    ERR_clear_error();
}

static void describe(EVP_PKEY *key) {
    int digest = -7, how = EVP_PKEY_get_default_digest_nid(key, &digest);
    printf(" %s, %d bits, %d strong, %d long, default %d %s, signs %d\n", EVP_PKEY_get0_type_name(key), EVP_PKEY_get_bits(key),
           EVP_PKEY_get_security_bits(key), EVP_PKEY_get_size(key), how, OBJ_nid2sn(digest), EVP_PKEY_can_sign(key));
    BIO *out = BIO_new(BIO_s_mem());
    EVP_PKEY_print_public(out, key, 0, NULL);
    char line[200];
    while (BIO_gets(out, line, sizeof line) > 0)
        if (line[0] != ' ' || line[2] != ' ')
            printf("  %s", line);
    BIO_free(out);
}

// Written and read again it is the same.
static EVP_PKEY *again(EVP_PKEY *key) {
    BIO *out = BIO_new(BIO_s_mem());
    int private = PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL), public = PEM_write_bio_PUBKEY(out, key);
    EVP_PKEY *read = PEM_read_bio_PrivateKey(out, NULL, NULL, NULL), *half = PEM_read_bio_PUBKEY(out, NULL, NULL, NULL);
    printf(" written %d %d, read %d %d, equal %d %d\n", private, public, read != NULL, half != NULL, EVP_PKEY_eq(key, read),
           EVP_PKEY_eq(key, half));
    describe(half);
    EVP_PKEY_free(half);
    BIO_free(out);
    return read;
}

static void all(const char *name, EVP_PKEY *key, int kinds) {
    printf("== %s\n", name);
    describe(key);
    for (int i = 0; i < kinds; i++) {
        sign(key, digests[i]);
        issue(key, digests[i]);
    }
    sign(key, NULL);
    issue(key, NULL);
}

int main(void) {
    static const int curves[] = {NID_X9_62_prime256v1, NID_secp384r1, NID_secp521r1, NID_secp256k1};
    for (int i = 0; i < COUNT(curves); i++) {
        EVP_PKEY *key = new_key(EVP_PKEY_EC, curves[i], NULL, NULL, 0);
        all(OBJ_nid2sn(curves[i]), key, COUNT(digests));
        EVP_PKEY_free(key);
    }
    static const struct {
        const char *name, *digest, *mask;
        int salt;
    } bound[] = {{"not bound", NULL, NULL, 0},           {"SHA256", "SHA256", "SHA256", 32},  {"SHA384", "SHA384", "SHA384", 48},
                 {"SHA512", "SHA512", "SHA512", 64},     {"less salt", "SHA256", "SHA256", 20}};
    for (int i = 0; i < COUNT(bound); i++) {
        EVP_PKEY *key = new_key(EVP_PKEY_RSA_PSS, 0, bound[i].digest, bound[i].mask, bound[i].salt);
        printf("== RSASSA-PSS, %s\n", bound[i].name);
        EVP_PKEY *read = again(key);
        for (int at = 2; at < COUNT(digests); at++)
            sign(read, digests[at]), issue(key, digests[at]);
        EVP_PKEY_free(read);
        EVP_PKEY_free(key);
    }
    printf("== others\n");
    EVP_PKEY_free(new_key(EVP_PKEY_RSA, 0, "SHA256", NULL, 0));
    EVP_PKEY *key = new_key(EVP_PKEY_ED25519, 0, NULL, NULL, 0);
    all("Ed25519", key, 0);
    EVP_PKEY_free(key);
    return 0;
}
