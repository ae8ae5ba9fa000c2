// RSA keys whose work is done by a method of the program's, as those on tokens: which of its functions are called, with what.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define MUST(x) ((x) ? (void)0 : (printf("failed: %s\n", #x), exit(1)))

static void queue(void) {
    unsigned long code;
    while ((code = ERR_get_error()) != 0) {
        if (ERR_GET_LIB(code) == ERR_LIB_USER)
            printf("  queue: the program's own, %d\n", ERR_GET_REASON(code));
        else
            printf("  queue: %s: %s\n", ERR_lib_error_string(code), ERR_reason_error_string(code));
    }
}

static EVP_PKEY *load_key(const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.key", getenv("CERTS"), name);
    BIO *bio = BIO_new_file(path, "r");
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    MUST(key);
    return key;
}

// The key that is "on the token".
static EVP_PKEY *real;
static int fails, with_index;

static RSA *real_rsa(void) {
    return (RSA *)EVP_PKEY_get0_RSA(real);
}

static void called(const char *what, const RSA *rsa, int len, int padding) {
    printf("  %s: %d bytes, padding %d, key \"%s\"\n", what, len, padding, (char *)RSA_get_ex_data(rsa, with_index));
}

static int failed(void) {
    ERR_raise(ERR_LIB_USER, 77);
    return fails;
}

static int pub_enc(int len, const unsigned char *from, unsigned char *to, RSA *rsa, int padding) {
    called("pub_enc", rsa, len, padding);
    return fails < 1 ? failed() : RSA_public_encrypt(len, from, to, real_rsa(), padding);
}

static int pub_dec(int len, const unsigned char *from, unsigned char *to, RSA *rsa, int padding) {
    called("pub_dec", rsa, len, padding);
    return fails < 1 ? failed() : RSA_public_decrypt(len, from, to, real_rsa(), padding);
}

static int priv_enc(int len, const unsigned char *from, unsigned char *to, RSA *rsa, int padding) {
    called("priv_enc", rsa, len, padding);
    return fails < 1 ? failed() : RSA_private_encrypt(len, from, to, real_rsa(), padding);
}

static int priv_dec(int len, const unsigned char *from, unsigned char *to, RSA *rsa, int padding) {
    called("priv_dec", rsa, len, padding);
    return fails < 1 ? failed() : RSA_private_decrypt(len, from, to, real_rsa(), padding);
}

static int init(RSA *rsa) {
    printf("  init, size %d, flags of the method %x\n", RSA_get0_n(rsa) ? RSA_size(rsa) : 0, RSA_flags(rsa));
    return fails < 1 ? fails : 1;
}

static int finish(RSA *rsa) {
    printf("  finish, size %d, key \"%s\"\n", RSA_get0_n(rsa) ? RSA_size(rsa) : 0, (char *)RSA_get_ex_data(rsa, with_index));
    return 1;
}

static int sign(int kind, const unsigned char *m, unsigned m_length, unsigned char *out, unsigned *len, const RSA *rsa) {
    (void)m;
    printf("  sign: kind %d\n", kind);
    called("sign", rsa, (int)m_length, 0);
    return fails < 1 ? failed() : RSA_sign(kind, m, m_length, out, len, real_rsa());
}

static int verify(int kind, const unsigned char *m, unsigned m_length, const unsigned char *sig, unsigned len, const RSA *rsa) {
    printf("  verify: kind %d, signature of %u\n", kind, len);
    called("verify", rsa, (int)m_length, 0);
    return fails < 1 ? failed() : RSA_verify(kind, m, m_length, sig, len, real_rsa());
}

static RSA *on_token(const RSA_METHOD *method, const char *name) {
    RSA *rsa = RSA_new();
    MUST(rsa);
    MUST(RSA_set_ex_data(rsa, with_index, (void *)name));
    MUST(RSA_set0_key(rsa, BN_dup(RSA_get0_n(real_rsa())), BN_dup(RSA_get0_e(real_rsa())), NULL));
    MUST(RSA_set_method(rsa, method));
    return rsa;
}

static EVP_PKEY *pkey_of(RSA *rsa) {
    EVP_PKEY *key = EVP_PKEY_new();
    MUST(EVP_PKEY_assign_RSA(key, rsa));
    return key;
}

static RSA_METHOD *whole_method(void) {
    RSA_METHOD *method = RSA_meth_new("token", RSA_METHOD_FLAG_NO_CHECK);
    MUST(RSA_meth_set_pub_enc(method, pub_enc) && RSA_meth_set_pub_dec(method, pub_dec));
    MUST(RSA_meth_set_priv_enc(method, priv_enc) && RSA_meth_set_priv_dec(method, priv_dec));
    MUST(RSA_meth_set_init(method, init) && RSA_meth_set_finish(method, finish));
    return method;
}

static const unsigned char message[64] = "a message to sign, and a digest of one";

// Signs and verifies by EVP.
static void evp(EVP_PKEY *key, const EVP_MD *md, int padding, int salt) {
    printf(" EVP_DigestSign, %s, padding %d, salt %d\n", EVP_MD_get0_name(md), padding, salt);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters;
    unsigned char signature[512];
    size_t len = 0;
    MUST(EVP_DigestSignInit(ctx, &parameters, md, NULL, key) == 1);
    MUST(EVP_PKEY_CTX_set_rsa_padding(parameters, padding) == 1);
    if (padding == RSA_PKCS1_PSS_PADDING)
        MUST(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, salt) == 1);
    int asked = EVP_DigestSign(ctx, NULL, &len, message, 20);
    printf("  length: %d, %zu\n", asked, len);
    len = sizeof signature;
    int made = EVP_DigestSign(ctx, signature, &len, message, 20);
    printf("  made: %d", made > 0);
    printf(", %zu\n", made > 0 ? len : 0);
    queue();
    EVP_PKEY *both[] = {real, key};
    for (int i = 0; made > 0 && i < 2; i++) {
        for (int wrong = 0; wrong < 2; wrong++) {
            EVP_MD_CTX_reset(ctx);
            MUST(EVP_DigestVerifyInit(ctx, &parameters, md, NULL, both[i]) == 1);
            MUST(EVP_PKEY_CTX_set_rsa_padding(parameters, padding) == 1);
            if (padding == RSA_PKCS1_PSS_PADDING)
                MUST(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, salt) == 1);
            int right = EVP_DigestVerify(ctx, signature, len, message + wrong, 20);
            printf("  verified by %s: %d\n", i ? "the method" : "the real one", right > 0);
            ERR_clear_error();
        }
    }
    EVP_MD_CTX_free(ctx);
}

// The operations of EVP_PKEY_CTX.
static void by_context(EVP_PKEY *key) {
    unsigned char out[512], back[512];
    size_t len = sizeof out, back_len = sizeof back;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    printf(" EVP_PKEY_sign without a digest\n");
    MUST(EVP_PKEY_sign_init(ctx) == 1);
    int made = EVP_PKEY_sign(ctx, out, &len, message, 30);
    printf("  made: %d, %zu\n", made > 0, len);
    printf(" EVP_PKEY_verify_recover\n");
    MUST(EVP_PKEY_verify_recover_init(ctx) == 1);
    made = EVP_PKEY_verify_recover(ctx, back, &back_len, out, len);
    printf("  made: %d, %zu, same %d\n", made > 0, back_len, !memcmp(back, message, 30));
    printf(" EVP_PKEY_sign of a digest\n");
    MUST(EVP_PKEY_sign_init(ctx) == 1 && EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha384()) == 1);
    len = sizeof out;
    made = EVP_PKEY_sign(ctx, out, &len, message, 48);
    printf("  made: %d, %zu\n", made > 0, len);
    len = sizeof out;
    made = EVP_PKEY_sign(ctx, out, &len, message, 47);
    printf("  of another length: %d\n", made > 0);
    queue();
    printf(" EVP_PKEY_encrypt, EVP_PKEY_decrypt\n");
    MUST(EVP_PKEY_encrypt_init(ctx) == 1);
    len = sizeof out;
    made = EVP_PKEY_encrypt(ctx, out, &len, message, 30);
    printf("  made: %d, %zu\n", made > 0, len);
    MUST(EVP_PKEY_decrypt_init(ctx) == 1);
    back_len = sizeof back;
    made = EVP_PKEY_decrypt(ctx, back, &back_len, out, len);
    printf("  made: %d, %zu, same %d\n", made > 0, back_len, !memcmp(back, message, 30));
    queue();
    EVP_PKEY_CTX_free(ctx);
}

// RSA's own functions.
static void bare(RSA *rsa) {
    unsigned char out[512], back[512];
    unsigned size = sizeof out;
    printf(" RSA_sign, RSA_verify\n");
    int len = RSA_sign(NID_sha256, message, 32, out, &size, rsa);
    printf("  signed %d\n", len);
    queue();
    if (len > 0) {
        printf("  verified %d\n", RSA_verify(NID_sha256, message, 32, out, size, rsa));
        printf("  another %d\n", RSA_verify(NID_sha256, message + 1, 32, out, size, rsa));
        printf("  too short %d\n", RSA_verify(NID_sha256, message, 32, out, size - 1, rsa));
        queue();
    }
    printf(" RSA_private_encrypt, RSA_public_decrypt\n");
    len = RSA_private_encrypt(20, message, out, rsa, RSA_PKCS1_PADDING);
    printf("  signed %d\n", len);
    queue();
    if (len > 0) {
        len = RSA_public_decrypt(len, out, back, rsa, RSA_PKCS1_PADDING);
        printf("  recovered %d, same %d\n", len, len > 0 && !memcmp(back, message, 20));
        queue();
    }
    printf(" RSA_public_encrypt, RSA_private_decrypt\n");
    static const int paddings[] = {RSA_PKCS1_PADDING, RSA_PKCS1_OAEP_PADDING};
    for (int i = 0; i < 2; i++) {
        len = RSA_public_encrypt(20, message, out, rsa, paddings[i]);
        printf("  encrypted %d\n", len);
        queue();
        if (len > 0) {
            len = RSA_private_decrypt(len, out, back, rsa, paddings[i]);
            printf("  decrypted %d, same %d\n", len, len > 0 && !memcmp(back, message, 20));
            queue();
        }
    }
    printf(" any padding is the method's affair\n");
    len = RSA_private_encrypt(20, message, out, rsa, 99);
    printf("  signed %d\n", len);
    queue();
}

static void methods(void) {
    printf("== methods\n");
    const RSA_METHOD *usual = RSA_PKCS1_OpenSSL();
    printf("the usual one: \"%s\", flags %x, default %d\n", RSA_meth_get0_name(usual), RSA_meth_get_flags(usual),
           RSA_get_default_method() == usual);
    printf("has %d%d%d%d %d%d %d%d\n", RSA_meth_get_pub_enc(usual) != NULL, RSA_meth_get_pub_dec(usual) != NULL,
           RSA_meth_get_priv_enc(usual) != NULL, RSA_meth_get_priv_dec(usual) != NULL, RSA_meth_get_init(usual) != NULL,
           RSA_meth_get_finish(usual) != NULL, RSA_meth_get_sign(usual) != NULL, RSA_meth_get_verify(usual) != NULL);
    RSA_METHOD *copy = RSA_meth_dup(usual), *again;
    printf("copy: \"%s\", flags %x, same functions %d, pointer %d\n", RSA_meth_get0_name(copy), RSA_meth_get_flags(copy),
           RSA_meth_get_priv_enc(copy) == RSA_meth_get_priv_enc(usual), RSA_meth_get0_app_data(copy) != NULL);
    char name[] = "mine";
    printf("set: %d %d %d %d\n", RSA_meth_set1_name(copy, name), RSA_meth_set_flags(copy, 0x21), RSA_meth_set0_app_data(copy, name),
           RSA_meth_set_sign(copy, sign));
    name[0] = 'n';
    again = RSA_meth_dup(copy);
    RSA_meth_set_sign(copy, NULL), RSA_meth_set_priv_enc(copy, priv_enc), RSA_meth_set_flags(copy, 1);
    printf("copy's: \"%s\", flags %x, pointer %d, sign %d, priv_enc %d\n", RSA_meth_get0_name(again), RSA_meth_get_flags(again),
           RSA_meth_get0_app_data(again) == name, RSA_meth_get_sign(again) == sign, RSA_meth_get_priv_enc(again) == priv_enc);
    RSA_meth_free(copy);
    printf("after the first: \"%s\"\n", RSA_meth_get0_name(again));
    RSA_meth_free(again);
    RSA_METHOD *empty = RSA_meth_new("empty", 5);
    printf("empty: \"%s\", flags %x, %d%d%d\n", RSA_meth_get0_name(empty), RSA_meth_get_flags(empty), RSA_meth_get_pub_enc(empty) != NULL,
           RSA_meth_get_init(empty) != NULL, RSA_meth_get_verify(empty) != NULL);
    printf("without a name: %d\n", RSA_meth_new(NULL, 0) != NULL);
    ERR_clear_error();
    RSA_meth_free(NULL);
    RSA *rsa = RSA_new();
    printf("a new key's: %d, flags %x, of the key %x\n", RSA_get_method(rsa) == usual, RSA_flags(rsa), RSA_test_flags(rsa, -1));
    RSA_set_flags(rsa, RSA_FLAG_EXT_PKEY | 0x40000), RSA_clear_flags(rsa, RSA_FLAG_CACHE_PUBLIC | 0x40000);
    printf("of the key %x\n", RSA_test_flags(rsa, -1));
    RSA_set_method(rsa, empty);
    printf("with another: %d, flags %x, of the key %x\n", RSA_get_method(rsa) == empty, RSA_flags(rsa), RSA_test_flags(rsa, -1));
    RSA_free(rsa);
    RSA_meth_free(empty);
}

static void numbers(void) {
    printf("== numbers\n");
    RSA *rsa = RSA_new();
    BIGNUM *n = BN_dup(RSA_get0_n(real_rsa())), *e = BN_dup(RSA_get0_e(real_rsa()));
    printf("none %d, half %d %d", RSA_set0_key(rsa, NULL, NULL, NULL), RSA_set0_key(rsa, n, NULL, NULL), RSA_set0_key(rsa, NULL, e, NULL));
    printf(", both %d\n", RSA_set0_key(rsa, n, e, NULL));
    printf("same pointers %d %d, d %d, size %d, bits %d\n", RSA_get0_n(rsa) == n, RSA_get0_e(rsa) == e, RSA_get0_d(rsa) != NULL, RSA_size(rsa),
           RSA_bits(rsa));
    BIGNUM *three = BN_new();
    BN_set_word(three, 3);
    printf("another exponent %d", RSA_set0_key(rsa, NULL, three, NULL));
    printf(", n stays %d, e %d, nothing new %d\n", RSA_get0_n(rsa) == n, RSA_get0_e(rsa) == three, RSA_set0_key(rsa, NULL, NULL, NULL));
    EVP_PKEY *key = pkey_of(rsa);
    printf("the real one %d", EVP_PKEY_eq(key, real));
    RSA_set0_key(rsa, NULL, BN_dup(RSA_get0_e(real_rsa())), NULL);
    printf(", then %d\n", EVP_PKEY_eq(key, real));
    ERR_clear_error();
    EVP_PKEY_free(key);
}

static void all(void) {
    printf("== priv_enc and its siblings\n");
    RSA_METHOD *method = whole_method();
    RSA *rsa = on_token(method, "one");
    RSA_up_ref(rsa);
    EVP_PKEY *key = pkey_of(rsa);
    printf("size %d, eq %d\n", EVP_PKEY_get_size(key), EVP_PKEY_eq(key, real));
    evp(key, EVP_sha256(), RSA_PKCS1_PADDING, 0);
    evp(key, EVP_sha512(), RSA_PKCS1_PADDING, 0);
    evp(key, EVP_sha1(), RSA_PKCS1_PADDING, 0);
    evp(key, EVP_sha256(), RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST);
    evp(key, EVP_sha384(), RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_MAX);
    evp(key, EVP_sha512(), RSA_PKCS1_PSS_PADDING, 7);
    evp(key, EVP_sha256(), RSA_PKCS1_PSS_PADDING, 250);
    bare(rsa);
    by_context(key);
    printf("== with sign and verify\n");
    RSA_meth_set_sign(method, sign), RSA_meth_set_verify(method, verify);
    evp(key, EVP_sha256(), RSA_PKCS1_PADDING, 0);
    evp(key, EVP_sha256(), RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST);
    bare(rsa);
    by_context(key);
    for (fails = 0; fails >= -1; fails--) {
        printf("== that fails with %d\n", fails);
        evp(key, EVP_sha256(), RSA_PKCS1_PADDING, 0);
        bare(rsa);
        printf(" RSA_verify %d\n", RSA_verify(NID_sha256, message, 32, message, 32, rsa));
        printf(" RSA_public_decrypt %d\n", RSA_public_decrypt(30, message, (unsigned char[512]){0}, rsa, RSA_PKCS1_PADDING));
        queue();
        RSA_meth_set_sign(method, NULL), RSA_meth_set_verify(method, NULL);
        evp(key, EVP_sha256(), RSA_PKCS1_PADDING, 0);
        if (fails)
            evp(key, EVP_sha256(), RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST);
        bare(rsa);
        printf(" a method that does not begin it: %d\n", RSA_set_method(rsa, method));
        RSA_meth_set_sign(method, sign), RSA_meth_set_verify(method, verify);
    }
    fails = 1;
    printf("the key goes\n");
    EVP_PKEY_free(key);
    printf("and the RSA\n");
    RSA_free(rsa);
    RSA_meth_free(method);
}

static void shared(void) {
    for (int order = 0; order < 2; order++) {
        printf("== two keys of one method, order %d\n", order);
        RSA_METHOD *method = whole_method();
        EVP_PKEY *keys[] = {pkey_of(on_token(method, "one")), pkey_of(on_token(method, "two"))};
        evp(keys[0], EVP_sha256(), RSA_PKCS1_PADDING, 0);
        evp(keys[1], EVP_sha256(), RSA_PKCS1_PADDING, 0);
        EVP_PKEY_free(keys[order]);
        evp(keys[!order], EVP_sha256(), RSA_PKCS1_PADDING, 0);
        EVP_PKEY_free(keys[!order]);
        RSA_meth_free(method);
    }
}

// A program's function in the usual one's place, which asks that for the work.
static int asked;

static int counted(int len, const unsigned char *from, unsigned char *to, RSA *rsa, int padding) {
    asked++;
    return RSA_meth_get_priv_enc(RSA_PKCS1_OpenSSL())(len, from, to, rsa, padding);
}

static void wrapped(void) {
    printf("== a function before the usual one's\n");
    RSA_METHOD *method = RSA_meth_dup(RSA_get_default_method());
    RSA_meth_set_priv_enc(method, counted);
    unsigned char *der = NULL;
    int len = i2d_PrivateKey(real, &der);
    const unsigned char *at = der;
    RSA *rsa = d2i_RSAPrivateKey(NULL, &at, len);
    OPENSSL_free(der);
    RSA_set_method(rsa, method);
    RSA_set_ex_data(rsa, with_index, (void *)"with a private half");
    EVP_PKEY *key = EVP_PKEY_new();
    MUST(EVP_PKEY_set1_RSA(key, rsa));
    RSA_free(rsa);
    evp(key, EVP_sha256(), RSA_PKCS1_PADDING, 0);
    evp(key, EVP_sha256(), RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST);
    printf("asked %d\n", asked);
    // A certificate is signed so, too.
    X509 *cert = X509_new();
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 7);
    X509_gmtime_adj(X509_getm_notBefore(cert), 0), X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC, (const unsigned char *)"token", -1, -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(cert));
    printf("certificate: key %d", X509_set_pubkey(cert, key));
    printf(", signed %d", X509_sign(cert, key, EVP_sha256()) > 0);
    printf(", asked %d, verified %d %d, its key %d\n", asked, X509_verify(cert, real), X509_verify(cert, key), X509_check_private_key(cert, key));
    X509_free(cert);
    EVP_PKEY_free(key);
    RSA_meth_free(method);
}

static void defaults(void) {
    printf("== the default\n");
    RSA_METHOD *method = whole_method();
    RSA_set_default_method(method);
    printf("is it: %d\n", RSA_get_default_method() == method);
    RSA *rsa = RSA_new();
    MUST(RSA_set_ex_data(rsa, with_index, (void *)"new"));
    printf("of a new key: %d, flags %x\n", RSA_get_method(rsa) == method, RSA_test_flags(rsa, -1));
    RSA_set_default_method(RSA_PKCS1_OpenSSL());
    printf("the usual one again: %d\n", RSA_get_default_method() == RSA_PKCS1_OpenSSL());
    RSA_set_method(rsa, RSA_get_default_method());
    RSA_free(rsa);
    RSA_meth_free(method);
}

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    with_index = RSA_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    real = load_key("rsa");
    fails = 1;
    methods();
    numbers();
    all();
    shared();
    wrapped();
    defaults();
    queue();
    EVP_PKEY_free(real);
    return 0;
}
