// Certificates and keys of which one byte is another: which are read, what is found in them, whom they are believed to be from.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

static X509 *load(const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.pem", getenv("CERTS"), name);
    FILE *f = fopen(path, "r");
    X509 *x = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
    if (f)
        fclose(f);
    if (!x)
        printf("no %s\n", name), exit(1);
    return x;
}

// Where these bytes stand in others; -1 when nowhere.
static int find(const unsigned char *in, int len, const void *what, int size) {
    for (int at = 0; at + size <= len; at++)
        if (!memcmp(in + at, what, size))
            return at;
    return -1;
}

// Left out: the name of the curve, since keys on others are not read as far, and how many bits of a key are not used.
static int is_left_out(X509 *x, const unsigned char *der, int len, int at) {
    static const struct {
        const char *name;
        int len;
    } curves[] = {{"\x2a\x86\x48\xce\x3d\x03\x01\x07", 8}, {"\x2b\x81\x04\x00\x22", 5}};
    for (int i = 0; i < 2; i++) {
        int from = find(der, len, curves[i].name, curves[i].len);
        if (from >= 0 && at >= from && at < from + curves[i].len)
            return 1;
    }
    ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(x);
    return at == find(der, len, bits->data, bits->length) - 1;
}

static void verify(X509_STORE *store, X509 *x, X509 *middle) {
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509) *others = sk_X509_new_null();
    if (middle)
        sk_X509_push(others, middle);
    X509_STORE_CTX_init(ctx, store, x, others);
    int answer = X509_verify_cert(ctx);
    printf(", verified %d %d", answer, X509_STORE_CTX_get_error(ctx));
    X509_STORE_CTX_free(ctx);
    sk_X509_free(others);
}

static void describe(const char *name, int at, int change, const unsigned char *der, int len, X509_STORE *store) {
    const unsigned char *p = der;
    X509 *x = d2i_X509(NULL, &p, len);
    printf("%s %d %02x: %s", name, at, change, x ? "read" : "refused");
    if (x) {
        unsigned flags = X509_get_extension_flags(x), usage = X509_get_key_usage(x), extended = X509_get_extended_key_usage(x);
        printf(", %x %x %x, authority %d, server %d, host %d, key %d", flags, usage, extended, X509_check_ca(x),
               X509_check_purpose(x, X509_PURPOSE_SSL_SERVER, 0), X509_check_host(x, "localhost", 0, 0, NULL),
               X509_get0_pubkey(x) != NULL);
        verify(store, x, NULL);
    }
    printf("\n");
    X509_free(x);
    ERR_clear_error();
}

// From where to where: what is signed, without its version, and without the bits of the key but for some.
static void certificates(const char *name) {
    X509 *x = load(name), *root = load("root");
    X509_STORE *store = X509_STORE_new();
    X509_STORE_add_cert(store, root);
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    // Both lengths have two bytes.
    int tbs = 8 + der[6] * 256 + der[7];
    static const unsigned char changes[] = {0x01, 0x80, 0xff};
    for (int at = 15; at < tbs; at++)
        for (size_t i = 0; i < sizeof changes && !is_left_out(x, der, len, at); i++) {
            unsigned char *changed = malloc(len);
            memcpy(changed, der, len);
            changed[at] ^= changes[i];
            describe(name, at, changes[i], changed, len, store);
            free(changed);
        }
    OPENSSL_free(der);
    X509_STORE_free(store);
    X509_free(x);
    X509_free(root);
}

// A certificate with this extension, and nothing else wrong with it but that it is not signed anew.
static void extension(const char *what, int nid, const char *hex) {
    static X509 *leaf;
    static X509_STORE *store;
    if (!leaf) {
        X509 *root = load("root");
        leaf = load("server");
        store = X509_STORE_new();
        X509_STORE_add_cert(store, root);
        X509_free(root);
    }
    long len;
    unsigned char *value = OPENSSL_hexstr2buf(hex, &len);
    ASN1_OCTET_STRING *data = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(data, value, (int)len);
    X509 *x = X509_dup(leaf);
    for (int at; (at = X509_get_ext_by_NID(x, nid, -1)) >= 0;)
        X509_EXTENSION_free(X509_delete_ext(x, at));
    X509_EXTENSION *made = X509_EXTENSION_create_by_NID(NULL, nid, 0, data);
    X509_add_ext(x, made, -1);
    char path[4096];
    snprintf(path, sizeof path, "%s/root.key", getenv("CERTS"));
    BIO *file = BIO_new_file(path, "r");
    EVP_PKEY *key = PEM_read_bio_PrivateKey(file, NULL, NULL, NULL);
    BIO_free(file);
    X509_sign(x, key, EVP_sha256());
    EVP_PKEY_free(key);
    unsigned char *der = NULL;
    int whole = i2d_X509(x, &der);
    describe(what, nid, 0, der, whole, store);
    OPENSSL_free(der);
    X509_free(x);
    X509_EXTENSION_free(made);
    ASN1_OCTET_STRING_free(data);
    OPENSSL_free(value);
}

static void extensions(void) {
    extension("names", NID_subject_alt_name, "300b82096c6f63616c686f7374");
    extension("names and an identifier", NID_subject_alt_name, "301082096c6f63616c686f737488032a0304");
    extension("names and a cut identifier", NID_subject_alt_name, "301082096c6f63616c686f737488032a0384");
    extension("names and an empty identifier", NID_subject_alt_name, "300d82096c6f63616c686f73748800");
    extension("names and a padded identifier", NID_subject_alt_name, "301082096c6f63616c686f737488032a8004");
    extension("other", NID_subject_alt_name, "301782096c6f63616c686f7374a00a06032a0304a0030c0161");
    extension("other, cut", NID_subject_alt_name, "301782096c6f63616c686f7374a00a06032a0384a0030c0161");
    extension("other, two values", NID_subject_alt_name, "301a82096c6f63616c686f7374a00d06032a0304a0060c01610c0162");
    extension("party", NID_subject_alt_name, "301282096c6f63616c686f7374a505a1030c0161");
    extension("party, no text", NID_subject_alt_name, "301282096c6f63616c686f7374a505a103020161");
    extension("party, nobody", NID_subject_alt_name, "300d82096c6f63616c686f7374a500");
    extension("usages", NID_ext_key_usage, "300a06082b06010505070301");
    extension("usages, one cut", NID_ext_key_usage, "300f06082b0601050507030106032a0384");
    extension("usages, something else", NID_ext_key_usage, "300d06082b06010505070301020100");
    extension("usages, none", NID_ext_key_usage, "3000");
    extension("points", NID_crl_distribution_points, "30143012a010a00e860c687474703a2f2f63726c2f78");
    extension("points, no list", NID_crl_distribution_points, "0500");
    extension("points, empty", NID_crl_distribution_points, "3000");
    extension("points, nowhere", NID_crl_distribution_points, "30023000");
    extension("points, reasons alone", NID_crl_distribution_points, "3006300481020560");
    extension("points, whose", NID_crl_distribution_points, "30073005a203820161");
    extension("points, a number", NID_crl_distribution_points, "3003020100");
    extension("points, two places", NID_crl_distribution_points, "300b3009a007a003820161a000");
    extension("points, something behind", NID_crl_distribution_points, "300c300aa005a003820161020100");
    extension("points, relative", NID_crl_distribution_points, "300f300da00ba109300706035504030c00");
    extension("points, relative, no text", NID_crl_distribution_points, "300f300da00ba109300706035504030500");
    extension("points, bad reasons", NID_crl_distribution_points, "300b3009a005a0038201618100");
    extension("key", NID_authority_key_identifier, "3000");
    extension("key, a number", NID_authority_key_identifier, "3003020100");
    extension("key, empty number", NID_authority_key_identifier, "30028200");
    extension("key, padded number", NID_authority_key_identifier, "300482020001");
    extension("own key", NID_subject_key_identifier, "0400");
    extension("own key, a number", NID_subject_key_identifier, "020100");
    extension("constraints", NID_name_constraints, "3009a0073005820161");
    extension("constraints", NID_name_constraints, "3007a0053003820161");
    extension("constraints, minimum", NID_name_constraints, "300aa0083006820161800101");
    extension("constraints, empty minimum", NID_name_constraints, "3009a00730058201618000");
    extension("constraints, cut identifier", NID_name_constraints, "3009a007300588032a0384");
    extension("proxy", NID_proxyCertInfo, "300c300a06082b06010505071501");
    extension("proxy, length", NID_proxyCertInfo, "300f020101300a06082b06010505071501");
    extension("proxy, no policy", NID_proxyCertInfo, "3003020101");
    extension("proxy, cut", NID_proxyCertInfo, "3007300506032b0685");
    extension("basic", NID_basic_constraints, "3000");
    extension("basic, below zero", NID_basic_constraints, "30060101ff0201ff");
    extension("basic, padded", NID_basic_constraints, "30070101ff02020001");
    extension("usage, none", NID_key_usage, "030100");
    extension("usage, eight unused", NID_key_usage, "03020880");
    extension("addresses", NID_sbgp_ipAddrBlock, "300a300804020001300203 00");
    extension("addresses, inherited", NID_sbgp_ipAddrBlock, "3008300604020001 0500");
    extension("addresses, none", NID_sbgp_ipAddrBlock, "020100");
    extension("systems, inherited", NID_sbgp_autonomousSysNum, "3004a0020500");
    extension("systems, wrong", NID_sbgp_autonomousSysNum, "3004a002020 0");
}

static void keys(const char *name) {
    X509 *x = load(name);
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(X509_get0_pubkey(x), &der);
    static const unsigned char changes[] = {0x01, 0x80, 0xff};
    for (int at = 0; at < len; at++)
        for (size_t i = 0; i < sizeof changes && !is_left_out(x, der, len, at); i++) {
            unsigned char *changed = malloc(len);
            memcpy(changed, der, len);
            changed[at] ^= changes[i];
            const unsigned char *p = changed;
            EVP_PKEY *key = d2i_PUBKEY(NULL, &p, len);
            BIO *bio = BIO_new(BIO_s_mem());
            PEM_write_bio(bio, "PUBLIC KEY", "", changed, len);
            EVP_PKEY *again = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
            printf("%s's key %d %02x: %d %d\n", name, at, changes[i], key != NULL, again != NULL);
            BIO_free(bio);
            EVP_PKEY_free(key);
            EVP_PKEY_free(again);
            free(changed);
            ERR_clear_error();
        }
    OPENSSL_free(der);
    X509_free(x);
}

int main(void) {
    certificates("server");
    certificates("server-rsa");
    extensions();
    keys("server");
    keys("p384");
    return 0;
}
