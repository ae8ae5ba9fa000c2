// Lists, PKCS #12, OCSP responses and names of which any byte is another, or that end anywhere: what is read, and what is found in
// it. Of PKCS #7 and keys only that they are survived. Contexts of verifications in an order that nobody means.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

static unsigned long sum;

static void mix(unsigned long value) {
    sum = (sum ^ value) * 1099511628211UL;
}

static void mix_bytes(const unsigned char *bytes, int len) {
    mix((unsigned long)len);
    for (int i = 0; i < len; i++)
        mix(bytes[i]);
}

static int crl(const unsigned char *der, long len) {
    const unsigned char *p = der;
    X509_CRL *list = d2i_X509_CRL(NULL, &p, len);
    if (!list)
        return 0;
    mix((unsigned long)(p - der));
    mix((unsigned long)X509_CRL_get_version(list));
    char *name = X509_NAME_oneline(X509_CRL_get_issuer(list), NULL, 0);
    mix_bytes((unsigned char *)name, (int)strlen(name));
    OPENSSL_free(name);
    STACK_OF(X509_REVOKED) *revoked = X509_CRL_get_REVOKED(list);
    for (int i = 0; i < sk_X509_REVOKED_num(revoked); i++) {
        const ASN1_INTEGER *serial = X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(revoked, i));
        mix_bytes(ASN1_STRING_get0_data(serial), ASN1_STRING_length(serial));
    }
    mix((unsigned long)X509_CRL_get_ext_count(list));
    unsigned char *again = NULL;
    mix((unsigned long)i2d_X509_CRL(list, &again));
    OPENSSL_free(again);
    X509_CRL_free(list);
    return 1;
}

static int pkcs7(const unsigned char *der, long len) {
    const unsigned char *p = der;
    PKCS7 *message = d2i_PKCS7(NULL, &p, len);
    if (!message)
        return 0;
    mix((unsigned long)(p - der));
    mix((unsigned long)OBJ_obj2nid(message->type));
    if (PKCS7_type_is_signed(message) && message->d.sign)
        mix((unsigned long)sk_X509_num(message->d.sign->cert));
    PKCS7_free(message);
    return 1;
}

static int pkcs12(const unsigned char *der, long len) {
    const unsigned char *p = der;
    PKCS12 *store = d2i_PKCS12(NULL, &p, len);
    if (!store)
        return 0;
    mix((unsigned long)(p - der));
    PKCS12_free(store);
    return 1;
}

static int ocsp(const unsigned char *der, long len) {
    const unsigned char *p = der;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &p, len);
    if (!response)
        return 0;
    mix((unsigned long)(p - der));
    mix((unsigned long)OCSP_response_status(response));
    OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
    if (basic) {
        mix((unsigned long)OCSP_resp_count(basic));
        for (int i = 0; i < OCSP_resp_count(basic); i++) {
            int reason;
            ASN1_GENERALIZEDTIME *revoked, *this, *next;
            mix((unsigned long)OCSP_single_get0_status(OCSP_resp_get0(basic, i), &reason, &revoked, &this, &next));
        }
        mix((unsigned long)sk_X509_num(OCSP_resp_get0_certs(basic)));
        OCSP_BASICRESP_free(basic);
    }
    OCSP_RESPONSE_free(response);
    return 1 + (basic != NULL);
}

static int name(const unsigned char *der, long len) {
    const unsigned char *p = der;
    X509_NAME *found = d2i_X509_NAME(NULL, &p, len);
    if (!found)
        return 0;
    mix((unsigned long)(p - der));
    char *line = X509_NAME_oneline(found, NULL, 0);
    mix_bytes((unsigned char *)line, (int)strlen(line));
    OPENSSL_free(line);
    X509_NAME_free(found);
    return 1;
}

static int key(const unsigned char *der, long len) {
    const unsigned char *p = der;
    EVP_PKEY *found = d2i_AutoPrivateKey(NULL, &p, len);
    if (!found)
        return 0;
    EVP_PKEY_free(found);
    return 1;
}

static unsigned char *load(const char *file, long *len) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("CERTS"), file);
    FILE *f = fopen(path, "rb");
    unsigned char *bytes = malloc(1 << 16);
    *len = f ? (long)fread(bytes, 1, 1 << 16, f) : 0;
    if (f)
        fclose(f);
    if (*len > 5 && memcmp(bytes, "-----", 5) == 0) {
        BIO *bio = BIO_new_mem_buf(bytes, (int)*len);
        char *kind, *header;
        unsigned char *der;
        if (PEM_read_bio(bio, &kind, &header, &der, len)) {
            memcpy(bytes, der, (size_t)*len);
            OPENSSL_free(kind);
            OPENSSL_free(header);
            OPENSSL_free(der);
        }
        BIO_free(bio);
    }
    return bytes;
}

// Each byte is another in some ways; of each byte one letter says what was read.
static void attack(const char *what, int (*read)(const unsigned char *, long), const unsigned char *der, long len, int shown) {
    printf("== %s, %ld bytes, as it is: %d\n", what, len, read(der, len));
    ERR_clear_error();
    // The bit that says "constructed" is left: the original passes over it in places.
    static const unsigned char changes[] = {0x01, 0x02, 0x40, 0x5f};
    unsigned char *copy = malloc((size_t)len);
    for (size_t change = 0; change < sizeof changes; change++) {
        for (long at = 0; at < len; at++) {
            memcpy(copy, der, (size_t)len);
            copy[at] ^= changes[change];
            sum = 14695981039346656037UL;
            int found = read(copy, len);
            mix((unsigned long)found);
            if (at % 64 == 0 && shown)
                printf("\n%02x %4ld ", changes[change], at);
            if (shown)
                printf("%c", found ? "abcdefghijklmnopqrstuvwxyz"[sum % 26] : '.');
            ERR_clear_error();
        }
    }
    printf("\nends:");
    for (long at = 0; at < len; at++) {
        unsigned char *cut = malloc((size_t)at + 1);
        memcpy(cut, der, (size_t)at);
        if (read(cut, at))
            printf(" %ld", at);
        free(cut);
        ERR_clear_error();
    }
    printf("\n");
    free(copy);
}

static int told(int ok, X509_STORE_CTX *ctx) {
    (void)ctx;
    return ok;
}

static X509 *certificate(const char *file) {
    long len;
    unsigned char *der = load(file, &len);
    const unsigned char *p = der;
    X509 *x = d2i_X509(NULL, &p, len);
    free(der);
    return x;
}

static void contexts(void) {
    printf("== contexts\n");
    X509 *root = certificate("root.der"), *leaf = certificate("client.der"), *other = certificate("stranger.der");
    X509_STORE *store = X509_STORE_new(), *empty = X509_STORE_new();
    printf("added: %d", X509_STORE_add_cert(store, root));
    printf(" %d", X509_STORE_add_cert(store, root));
    printf(" %d\n", X509_STORE_add_cert(store, NULL));
    ERR_clear_error();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    printf("not begun: %d", X509_verify_cert(ctx));
    printf(" %d %d\n", X509_STORE_CTX_get_error(ctx), X509_STORE_CTX_get0_chain(ctx) == NULL);
    ERR_clear_error();
    printf("begun: %d", X509_STORE_CTX_init(ctx, store, leaf, NULL));
    printf(" %d", X509_verify_cert(ctx));
    printf(" %d\n", sk_X509_num(X509_STORE_CTX_get0_chain(ctx)));
    printf("again: %d", X509_verify_cert(ctx));
    printf(" %d %d\n", X509_STORE_CTX_get_error(ctx), sk_X509_num(X509_STORE_CTX_get0_chain(ctx)));
    ERR_clear_error();
    STACK_OF(X509) *kept = X509_STORE_CTX_get1_chain(ctx);
    X509_STORE_CTX_cleanup(ctx);
    printf("cleaned: %d %d, kept %d\n", X509_STORE_CTX_get0_chain(ctx) == NULL, X509_STORE_CTX_get_error(ctx), sk_X509_num(kept));
    X509_STORE_CTX_cleanup(ctx);
    printf("begun again: %d", X509_STORE_CTX_init(ctx, empty, leaf, NULL));
    printf(" %d", X509_verify_cert(ctx));
    printf(" %d\n", X509_STORE_CTX_get_error(ctx));
    X509_STORE_CTX_cleanup(ctx);
    printf("no certificate: %d", X509_STORE_CTX_init(ctx, store, NULL, NULL));
    printf(" %d %d\n", X509_verify_cert(ctx), X509_STORE_CTX_get_error(ctx));
    ERR_clear_error();
    X509_STORE_CTX_set_cert(ctx, leaf);
    printf("set: %d\n", X509_verify_cert(ctx));
    X509_STORE_CTX_cleanup(ctx);
    printf("no store: %d", X509_STORE_CTX_init(ctx, NULL, leaf, NULL));
    printf(" %d", X509_verify_cert(ctx));
    printf(" %d\n", X509_STORE_CTX_get_error(ctx));
    ERR_clear_error();
    STACK_OF(X509) *trusted = sk_X509_new_null();
    sk_X509_push(trusted, root);
    X509_STORE_CTX_cleanup(ctx);
    printf("a list of the trusted: %d", X509_STORE_CTX_init(ctx, NULL, leaf, NULL));
    X509_STORE_CTX_set0_trusted_stack(ctx, trusted);
    printf(" %d\n", X509_verify_cert(ctx));
    X509_STORE_CTX_cleanup(ctx);
    // The chain outlives the context, the store and the certificates.
    X509_STORE_CTX_init(ctx, store, leaf, NULL);
    X509_STORE_CTX_set_verify_cb(ctx, told);
    X509_verify_cert(ctx);
    STACK_OF(X509) *chain = X509_STORE_CTX_get1_chain(ctx);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    X509_free(leaf);
    X509_free(root);
    for (int i = 0; i < sk_X509_num(chain); i++) {
        char line[200];
        printf("%s\n", X509_NAME_oneline(X509_get_subject_name(sk_X509_value(chain, i)), line, sizeof line));
    }
    sk_X509_pop_free(chain, X509_free);
    sk_X509_pop_free(kept, X509_free);
    sk_X509_free(trusted);
    // Counted up and down.
    for (int i = 0; i < 5; i++)
        X509_up_ref(other);
    for (int i = 0; i < 5; i++)
        X509_free(other);
    printf("still there: %d\n", X509_get_version(other) == 2);
    X509_free(other);
    printf("none: %d\n", X509_STORE_CTX_init(NULL, empty, NULL, NULL));
    ERR_clear_error();
    X509_STORE_free(empty);
    X509_STORE_CTX_free(NULL);
    X509_STORE_free(NULL);
}

int main(void) {
    long len;
    unsigned char *der = load("root.crl", &len);
    attack("list", crl, der, len, 1);
    free(der);
    der = load("client.p12", &len);
    attack("PKCS #12", pkcs12, der, len, 1);
    free(der);
    der = load("server.response", &len);
    attack("OCSP", ocsp, der, len, 1);
    free(der);
    X509 *x = certificate("client.der");
    unsigned char *name_der = NULL;
    len = i2d_X509_NAME(X509_get_subject_name(x), &name_der);
    attack("name", name, name_der, len, 1);
    OPENSSL_free(name_der);
    // A message that only has certificates: 30 L { OID signedData, a0 L { 30 L { 02 01 01, 31 00, 30 L { OID data }, a0 L x, 31 00 } } }.
    unsigned char *cert = NULL;
    int cert_len = i2d_X509(x, &cert);
    unsigned char *message = malloc((size_t)cert_len + 100), *p = message;
    int sets = cert_len + 4, inside = 3 + 2 + 13 + sets + 2, wrapped = inside + 4, whole = 11 + wrapped + 4;
    static const unsigned char signed_data[] = {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2}, start[] = {2, 1, 1, 0x31, 0, 0x30, 11, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1};
#define HEAD(tag, n) *p++ = tag, *p++ = 0x82, *p++ = (unsigned char)((n) >> 8), *p++ = (unsigned char)(n)
    HEAD(0x30, whole);
    memcpy(p, signed_data, sizeof signed_data);
    p += sizeof signed_data;
    HEAD(0xa0, wrapped);
    HEAD(0x30, inside);
    memcpy(p, start, sizeof start);
    p += sizeof start;
    HEAD(0xa0, cert_len);
    memcpy(p, cert, (size_t)cert_len);
    p += cert_len;
    *p++ = 0x31, *p++ = 0;
    attack("PKCS #7", pkcs7, message, p - message, 0);
    free(message);
    OPENSSL_free(cert);
    X509_free(x);
    static const char *const keys[] = {"client.key", "rsa.key", "ed25519.key"};
    for (int i = 0; i < 3; i++) {
        der = load(keys[i], &len);
        attack(keys[i], key, der, len > 200 ? 200 : len, 0);
        if (len > 200)
            printf("whole: %d\n", key(der, len));
        ERR_clear_error();
        free(der);
    }
    contexts();
    return 0;
}
