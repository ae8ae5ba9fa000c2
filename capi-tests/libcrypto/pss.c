// RSASSA-PSS with salts and masks of all kinds: signed and verified, in certificates, by keys that are bound to them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

static const char *path(const char *name, const char *kind) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s.%s", getenv("CERTS"), name, kind);
    return path;
}

static EVP_PKEY *load_key(const char *name) {
    FILE *f = fopen(path(name, "key"), "r");
    EVP_PKEY *key = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;
    if (!key)
        printf("no key %s\n", name), exit(1);
    fclose(f);
    return key;
}

static X509 *load(const char *name) {
    FILE *f = fopen(path(name, "pem"), "r");
    X509 *x = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
    if (!x)
        printf("no certificate %s\n", name), exit(1);
    fclose(f);
    return x;
}

static void last_error(void) {
    unsigned long code = ERR_peek_last_error();
    printf(" (%d %s)\n", ERR_GET_LIB(code), code ? ERR_reason_error_string(code) : "no error");
    ERR_clear_error();
}

static const EVP_MD *digest(int at) {
    switch (at) {
    case 0:
        return EVP_sha1();
    case 1:
        return EVP_sha256();
    case 2:
        return EVP_sha384();
    default:
        return EVP_sha512();
    }
}

static const int salts[] = {-4, -3, -2, -1, 0, 1, 20, 32, 64, 100, 158, 159, 190, 191, 222, 223, 234, 235, 236, 100000};
#define COUNT(list) ((int)(sizeof(list) / sizeof(list)[0]))
#define UNSET 7777

// Begun to sign or to verify, with what is asked for; NULL when that is refused.
static EVP_MD_CTX *begin(EVP_PKEY *key, int verify, int md, int mask, int salt, int print) {
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *how;
    int begun = verify ? EVP_DigestVerifyInit(ctx, &how, digest(md), NULL, key) : EVP_DigestSignInit(ctx, &how, digest(md), NULL, key);
    int padding = -9, set = -9, masked = -9;
    if (begun > 0) {
        padding = EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING);
        set = salt == UNSET ? 1 : EVP_PKEY_CTX_set_rsa_pss_saltlen(how, salt);
        masked = mask < 0 ? 1 : EVP_PKEY_CTX_set_rsa_mgf1_md(how, digest(mask));
    }
    if (print)
        printf("  %s digest %d, mask %d, salt %d: %d %d %d %d", verify ? "verify" : "sign", md, mask, salt, begun, padding, set, masked);
    if (begun > 0 && padding > 0 && set > 0 && masked > 0)
        return ctx;
    if (print)
        last_error();
    ERR_clear_error();
    EVP_MD_CTX_free(ctx);
    return NULL;
}

static void sign(EVP_PKEY *key, int md, int mask, int salt) {
    unsigned char signature[1024];
    size_t len = sizeof signature;
    EVP_MD_CTX *ctx = begin(key, 0, md, mask, salt, 1);
    if (!ctx)
        return;
    int made = EVP_DigestSign(ctx, signature, &len, (const unsigned char *)"message", 7);
    printf(", signed %d, %d", made, made > 0 ? (int)len : 0);
    last_error();
    EVP_MD_CTX_free(ctx);
    if (made <= 0)
        return;
    // As each length of salt: only the right one and the found one hold.
    printf("   ");
    for (int i = 0; i < COUNT(salts) + 1; i++) {
        int as = i < COUNT(salts) ? salts[i] : UNSET;
        if (!(ctx = begin(key, 1, md, mask, as, 0))) {
            printf(" %d:-", as);
            continue;
        }
        printf(" %d:%d", as, EVP_DigestVerify(ctx, signature, len, (const unsigned char *)"message", 7));
        EVP_MD_CTX_free(ctx);
        ERR_clear_error();
    }
    for (int other = 0; other < 4; other++)
        if ((ctx = begin(key, 1, md, other, RSA_PSS_SALTLEN_AUTO, 0))) {
            printf(" mask %d:%d", other, EVP_DigestVerify(ctx, signature, len, (const unsigned char *)"message", 7));
            EVP_MD_CTX_free(ctx);
        }
    signature[len / 2] ^= 1;
    if ((ctx = begin(key, 1, md, mask, UNSET, 0))) {
        printf(" changed:%d", EVP_DigestVerify(ctx, signature, len, (const unsigned char *)"message", 7));
        EVP_MD_CTX_free(ctx);
    }
    printf("\n");
    ERR_clear_error();
}

// Digests that the program has made, by EVP_PKEY_sign.
static void sign_digest(EVP_PKEY *key, int salt) {
    unsigned char value[32], signature[1024];
    size_t len = sizeof signature;
    memset(value, 3, sizeof value);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    printf("  digest, salt %d: %d", salt, EVP_PKEY_sign_init(ctx));
    printf(" %d", EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()));
    printf(" %d", EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING));
    printf(" %d", EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()));
    printf(" %d", EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()));
    printf(" %d", EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt));
    int made = EVP_PKEY_sign(ctx, signature, &len, value, sizeof value);
    printf(", signed %d\n", made);
    EVP_PKEY_CTX_free(ctx);
    for (int other = -2; made > 0 && other < 4; other++) {
        ctx = EVP_PKEY_CTX_new(key, NULL);
        EVP_PKEY_verify_init(ctx);
        EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256());
        EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, other < 0 ? other : 10 * other);
        printf("    as %d: %d\n", other < 0 ? other : 10 * other, EVP_PKEY_verify(ctx, signature, len, value, sizeof value));
        EVP_PKEY_CTX_free(ctx);
    }
    ERR_clear_error();
}

static void words(EVP_PKEY *key) {
    static const char *const pairs[][2] = {
        {"rsa_pss_saltlen", "20"}, {"rsa_padding_mode", "pss"}, {"rsa_pss_saltlen", "digest"},
        {"rsa_pss_saltlen", "max"}, {"rsa_pss_saltlen", "auto"}, {"rsa_pss_saltlen", "12"}, {"rsa_mgf1_md", "SHA256"},
        {"rsa_mgf1_md", "nonsense"}, {"digest", "SHA256"}, {"digest", "nonsense"}, {"rsa_keygen_bits", "2048"}, {"unknown", "x"}};
    for (int verify = 0; verify < 2; verify++) {
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
        printf("  begun %d\n", verify ? EVP_PKEY_verify_init(ctx) : EVP_PKEY_sign_init(ctx));
        for (int i = 0; i < COUNT(pairs); i++) {
            printf("  %s %s: %d", pairs[i][0], pairs[i][1], EVP_PKEY_CTX_ctrl_str(ctx, pairs[i][0], pairs[i][1]));
            last_error();
        }
        EVP_PKEY_CTX_free(ctx);
    }
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    printf("  not begun: %d", EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING));
    last_error();
    printf("  not begun: %d", EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, 20));
    last_error();
    EVP_PKEY_CTX_free(ctx);
}

static void certificate(const char *name, const char *root) {
    X509 *x = load(name), *above = load(root);
    int md = -1, key = -1, bits = -1;
    unsigned flags = 0;
    int known = X509_get_signature_info(x, &md, &key, &bits, &flags);
    printf("%s: %d, %d %d %d %x, self-signed %d\n", name, known, md, key, bits, flags,
           (X509_get_extension_flags(x) & EXFLAG_SS) != 0);
    printf("  verified %d, by another's key %d\n", X509_verify(x, X509_get0_pubkey(above)), X509_verify(above, X509_get0_pubkey(x)));
    for (int level = 0; level < 4; level++) {
        X509_STORE *store = X509_STORE_new();
        X509_STORE_CTX *ctx = X509_STORE_CTX_new();
        X509_STORE_add_cert(store, above);
        X509_STORE_CTX_init(ctx, store, x, NULL);
        X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(ctx), level);
        X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_CHECK_SS_SIGNATURE);
        int answer = X509_verify_cert(ctx);
        printf("  level %d: %d, %d\n", level, answer, X509_STORE_CTX_get_error(ctx));
        X509_STORE_CTX_free(ctx);
        X509_STORE_free(store);
    }
    // A signature that is another's.
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    der[len - 9] ^= 1;
    const unsigned char *p = der;
    X509 *wrong = d2i_X509(NULL, &p, len);
    printf("  changed: %d\n", X509_verify(wrong, X509_get0_pubkey(above)));
    X509_free(wrong);
    OPENSSL_free(der);
    X509_free(above);
    X509_free(x);
    ERR_clear_error();
}

int main(void) {
    static const char *const roots[][2] = {{"pss-max", "pss-max"}, {"pss-20", "pss-max"}, {"pss-0", "pss-max"},
                                           {"pss-usual", "pss-max"}, {"pss-mask", "pss-max"}, {"pss-bound", "pss-bound"}};
    for (int i = 0; i < COUNT(roots); i++)
        certificate(roots[i][0], roots[i][1]);
    static const char *const names[] = {"rsa", "pss-bound"};
    for (int at = 0; at < COUNT(names); at++) {
        EVP_PKEY *key = load_key(names[at]);
        printf("%s\n", names[at]);
        for (int md = 0; md < 4; md++)
            for (int mask = -1; mask < 4; mask++) {
                sign(key, md, mask, UNSET);
                for (int i = 0; i < COUNT(salts); i++)
                    if (mask < 2 || i % 4 == 0)
                        sign(key, md, mask, salts[i]);
            }
        static const int some[] = {-3, -2, -1, 0, 20, 32, 222, 223};
        for (int i = 0; i < COUNT(some); i++)
            sign_digest(key, some[i]);
        words(key);
        EVP_PKEY_free(key);
    }
    return 0;
}
