// Chains whose certificates are for addresses and autonomous systems (RFC 3779): nested, not nested, inherited, in wrong forms.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

static EVP_PKEY *key;
static int go_on;

static EVP_PKEY *load_key(const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.key", getenv("CERTS"), name);
    BIO *bio = BIO_new_file(path, "r");
    EVP_PKEY *loaded = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return loaded;
}

static X509 *make(int number, int nid, const char *words) {
    X509 *x = X509_new();
    char name[20];
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), number + 1);
    snprintf(name, sizeof name, "%d", number);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_NAME *issuer = X509_NAME_new();
    snprintf(name, sizeof name, "%d", number == 2 ? 2 : number + 1);
    X509_NAME_add_entry_by_txt(issuer, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(x, issuer);
    X509_NAME_free(issuer);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, number ? "critical,CA:TRUE" : "CA:FALSE");
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
    if (words) {
        extension = X509V3_EXT_conf_nid(NULL, NULL, nid, words);
        if (!extension || !X509_add_ext(x, extension, -1))
            printf("no extension: %s\n", words);
        X509_EXTENSION_free(extension);
    }
    X509_sign(x, key, EVP_sha256());
    return x;
}

static int told(int ok, X509_STORE_CTX *ctx) {
    if (!ok)
        printf(" [%d at %d, %d]", X509_STORE_CTX_get_error(ctx), X509_STORE_CTX_get_error_depth(ctx), X509_STORE_CTX_get_current_cert(ctx) != NULL);
    return ok || go_on;
}

static void chain(int nid, const char *const words[3]) {
    X509 *all[3];
    for (int i = 0; i < 3; i++)
        all[i] = make(i, nid, words[i]);
    for (go_on = 0; go_on < 2; go_on++) {
        X509_STORE *store = X509_STORE_new();
        X509_STORE_add_cert(store, all[2]);
        STACK_OF(X509) *between = sk_X509_new_null();
        sk_X509_push(between, all[1]);
        X509_STORE_CTX *ctx = X509_STORE_CTX_new();
        X509_STORE_CTX_init(ctx, store, all[0], between);
        X509_STORE_CTX_set_verify_cb(ctx, told);
        int ok = X509_verify_cert(ctx);
        printf(" %d %d (%s)", ok, X509_STORE_CTX_get_error(ctx), X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
        X509_STORE_CTX_free(ctx);
        X509_STORE_free(store);
        sk_X509_free(between);
    }
    printf("\n");
    ERR_clear_error();
    for (int i = 0; i < 3; i++)
        X509_free(all[i]);
}

int main(void) {
    key = load_key("client");
    // Families: 30 L { 30 L { 04 02 0001, choice } }; an address of 8 bits is 03 02 00 0a.
#define TEN "DER:300c300a0402000130040302000a"               // 10.0.0.0/8
#define TEN_CRITICAL "critical," TEN
#define TEN_SMALL "DER:300d300b0402000130050303000a01"       // 10.1.0.0/16
#define ELEVEN "DER:300c300a0402000130040302000b"            // 11.0.0.0/8
#define BOTH "DER:3010300e0402000130080302000a0302000c" // 10.0.0.0/8, 12.0.0.0/8
#define MISORDERED "DER:3010300e04020001300803020001" "03020000"
#define ADJACENT "DER:3010300e040200013008" "03020002" "0302000303"
#define INHERIT "DER:300830060402000105" "00"
#define RANGE "DER:3012301004020001300a3008" "03020008" "0302000b"   // a range that is none of one prefix
#define CLUMSY "DER:3012301004020001300a3008" "0302000a" "0302000a"  // a range that is a prefix
#define INVERTED "DER:3012301004020001300a3008" "0302000b" "03020008"
#define EMPTY "DER:3008300604020001" "3000"
#define SIX "DER:300d300b04020002300503030020" "01"                  // 2001::/16
#define SIX_AND_TEN "DER:3019" "300a0402000130040302000a" "300b0402000230050303002001"
#define SIX_FIRST "DER:3019" "300b0402000230050303002001" "300a0402000130040302000a"
#define LONG "DER:3010300e0402000130080306000a00000000"   // 40 bits
#define UNKNOWN "DER:300c300a04020009300403020000"
#define TWICE "DER:3018" "300a04020001300403020000" "300a04020001300403020000"
    static const char *const addresses[][3] = {
        {TEN, TEN, TEN}, {TEN_SMALL, TEN, TEN}, {TEN, TEN_SMALL, TEN}, {TEN, TEN, TEN_SMALL}, {TEN, ELEVEN, TEN}, {TEN, NULL, TEN}, {TEN, TEN, NULL}, {NULL, TEN, ELEVEN},
        {TEN, NULL, NULL}, {INHERIT, TEN, TEN}, {INHERIT, INHERIT, TEN}, {INHERIT, INHERIT, INHERIT}, {TEN, INHERIT, TEN}, {TEN, INHERIT, ELEVEN}, {TEN, TEN, INHERIT}, {INHERIT, NULL, NULL}, {INHERIT, NULL, TEN},
        {BOTH, TEN, TEN}, {TEN, BOTH, BOTH}, {MISORDERED, TEN, TEN}, {ADJACENT, TEN, TEN}, {TEN, MISORDERED, TEN}, {RANGE, RANGE, RANGE}, {TEN, RANGE, RANGE}, {RANGE, TEN, TEN}, {CLUMSY, TEN, TEN}, {INVERTED, TEN, TEN}, {EMPTY, TEN, TEN},
        {SIX, TEN, TEN}, {SIX, SIX, SIX}, {TEN, SIX_AND_TEN, SIX_AND_TEN}, {SIX_AND_TEN, TEN, SIX_AND_TEN}, {SIX_FIRST, SIX_AND_TEN, SIX_AND_TEN}, {UNKNOWN, UNKNOWN, UNKNOWN}, {TWICE, TEN, TEN}, {TEN_CRITICAL, TEN_CRITICAL, TEN_CRITICAL}, {TEN_CRITICAL, ELEVEN, ELEVEN}, {LONG, TEN, TEN},
    };
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        printf("addresses %zu:", i);
        chain(NID_sbgp_ipAddrBlock, addresses[i]);
    }
    // Systems: 30 L { a0 L choice, a1 L choice }.
#define AS5 "DER:3007a0053003020105"
#define AS6 "DER:3007a0053003020106"
#define AS5_TO_9 "DER:300ca00a30083006020105020109"
#define AS9_TO_5 "DER:300ca00a30083006020109020105"
#define AS5_AND_7 "DER:300aa0083006020105020107"
#define AS7_AND_5 "DER:300aa0083006020107020105"
#define AS5_AND_6 "DER:300aa0083006020105020106"
#define AS_INHERIT "DER:3004a0020500"
#define RDI5 "DER:3007a1053003020105"
#define RDI_INHERIT "DER:3004a1020500"
#define BOTH5 "DER:300ea0053003020105a1053003020105"
#define AS_EMPTY "DER:3004a0023000"
#define NOTHING "DER:3000"
#define NEGATIVE "DER:3007a00530030201ff"
    static const char *const systems[][3] = {
        {AS5, AS5, AS5}, {AS5, AS6, AS5}, {AS5, AS5_TO_9, AS5_TO_9}, {AS5_TO_9, AS5, AS5_TO_9}, {AS5_TO_9, AS5_TO_9, AS5}, {AS5, NULL, AS5}, {AS5, AS5, NULL}, {NULL, AS5, AS6}, {AS_INHERIT, AS5, AS5}, {AS_INHERIT, AS_INHERIT, AS5}, {AS_INHERIT, AS_INHERIT, AS_INHERIT}, {AS5, AS_INHERIT, AS5}, {AS5, AS_INHERIT, AS6}, {AS_INHERIT, NULL, NULL},
        {AS9_TO_5, AS5, AS5}, {AS7_AND_5, AS5, AS5}, {AS5_AND_6, AS5_TO_9, AS5_TO_9}, {AS5_AND_7, AS5_TO_9, AS5_TO_9}, {AS5, AS7_AND_5, AS5}, {RDI5, RDI5, RDI5}, {RDI5, AS5, RDI5}, {RDI_INHERIT, RDI5, RDI5}, {BOTH5, BOTH5, BOTH5}, {BOTH5, AS5, BOTH5}, {BOTH5, RDI5, BOTH5}, {AS5, BOTH5, BOTH5}, {AS_EMPTY, AS5, AS5}, {NOTHING, AS5, AS5}, {AS5, NOTHING, AS5}, {NEGATIVE, NEGATIVE, NEGATIVE}, {AS5, AS5, AS_INHERIT}, {RDI5, RDI5, RDI_INHERIT}, {AS_INHERIT, NOTHING, AS5},
    };
    for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
        printf("systems %zu:", i);
        chain(NID_sbgp_autonomousSysNum, systems[i]);
    }
    EVP_PKEY_free(key);
    return 0;
}
