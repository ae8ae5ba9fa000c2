// Verifies the corpus in many ways and prints each verdict, with every step that the callback is told of.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// One way to verify.
typedef struct {
    const char *name;
    int purpose;
    unsigned long flags;
    int depth, level; // -1: not set
    const char *host, *address, *email;
    int forgiving; // the callback answers 1 to everything
    int revocation;
} Way;

static const Way ways[] = {
    {"plain", 0, 0, -1, -1, NULL, NULL, NULL, 0, 0},
    {"client", X509_PURPOSE_SSL_CLIENT, 0, -1, -1, NULL, NULL, NULL, 0, 0},
    {"server", X509_PURPOSE_SSL_SERVER, 0, -1, -1, NULL, NULL, NULL, 0, 0},
    {"forgiving", X509_PURPOSE_SSL_SERVER, 0, -1, -1, NULL, NULL, NULL, 1, 0},
    {"mail", X509_PURPOSE_SMIME_SIGN, 0, -1, -1, NULL, NULL, NULL, 0, 0},
    {"strict", 0, X509_V_FLAG_X509_STRICT, -1, -1, NULL, NULL, NULL, 1, 0},
    {"partial", 0, X509_V_FLAG_PARTIAL_CHAIN, -1, -1, NULL, NULL, NULL, 0, 0},
    {"partial, forgiving", 0, X509_V_FLAG_PARTIAL_CHAIN, -1, -1, NULL, NULL, NULL, 1, 0},
    {"root's signature", 0, X509_V_FLAG_CHECK_SS_SIGNATURE, -1, -1, NULL, NULL, NULL, 1, 0},
    {"any critical", 0, X509_V_FLAG_IGNORE_CRITICAL, -1, -1, NULL, NULL, NULL, 0, 0},
    {"any time", 0, X509_V_FLAG_NO_CHECK_TIME, -1, -1, NULL, NULL, NULL, 0, 0},
    {"depth 0", 0, 0, 0, -1, NULL, NULL, NULL, 1, 0},
    {"depth 1", 0, 0, 1, -1, NULL, NULL, NULL, 0, 0},
    {"level 1", 0, 0, -1, 1, NULL, NULL, NULL, 0, 0},
    {"level 2", 0, 0, -1, 2, NULL, NULL, NULL, 1, 0},
    {"level 4", 0, 0, -1, 4, NULL, NULL, NULL, 1, 0},
    {"host", 0, 0, -1, -1, "leaf.example.org", NULL, NULL, 0, 0},
    {"address", 0, 0, -1, -1, NULL, "192.0.2.1", NULL, 0, 0},
    {"mail address", 0, 0, -1, -1, NULL, NULL, "leaf@example.org", 0, 0},
    {"crl", 0, X509_V_FLAG_CRL_CHECK, -1, -1, NULL, NULL, NULL, 1, 1},
    {"all crls", 0, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL, -1, -1, NULL, NULL, NULL, 0, 1},
};

static int forgiving, quiet;

static int step(int ok, X509_STORE_CTX *ctx) {
    X509 *current = X509_STORE_CTX_get_current_cert(ctx);
    char subject[256] = "none";
    if (current)
        X509_NAME_oneline(X509_get_subject_name(current), subject, sizeof subject);
    if (!quiet)
        printf("  %d: %d at %d, %s\n", ok, X509_STORE_CTX_get_error(ctx), X509_STORE_CTX_get_error_depth(ctx), subject);
    return ok || forgiving;
}

static FILE *open_part(const char *name, const char *what) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.%s.pem", getenv("CORPUS"), name, what);
    return fopen(path, "r");
}

static STACK_OF(X509) *read_all(const char *name, const char *what) {
    STACK_OF(X509) *all = sk_X509_new_null();
    FILE *f = open_part(name, what);
    X509 *x;
    while (f && (x = PEM_read_X509(f, NULL, NULL, NULL)) != NULL)
        sk_X509_push(all, x);
    ERR_clear_error();
    if (f)
        fclose(f);
    return all;
}

static void verify(const Way *way, STACK_OF(X509) *chain, STACK_OF(X509) *roots, STACK_OF(X509_CRL) *crls) {
    X509_STORE *store = X509_STORE_new();
    for (int i = 0; i < sk_X509_num(roots); i++)
        X509_STORE_add_cert(store, sk_X509_value(roots, i));
    for (int i = 0; i < sk_X509_CRL_num(crls); i++)
        X509_STORE_add_crl(store, sk_X509_CRL_value(crls, i));
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    X509_STORE_CTX_init(ctx, store, sk_X509_value(chain, 0), chain);
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    if (way->purpose)
        X509_STORE_CTX_set_purpose(ctx, way->purpose);
    X509_VERIFY_PARAM_set_flags(param, way->flags);
    if (way->depth >= 0)
        X509_VERIFY_PARAM_set_depth(param, way->depth);
    if (way->level >= 0)
        X509_VERIFY_PARAM_set_auth_level(param, way->level);
    if (way->host)
        X509_VERIFY_PARAM_set1_host(param, way->host, 0);
    if (way->address)
        X509_VERIFY_PARAM_set1_ip_asc(param, way->address);
    if (way->email)
        X509_VERIFY_PARAM_set1_email(param, way->email, 0);
    forgiving = way->forgiving;
    quiet = sk_X509_num(chain) > 25;
    X509_STORE_CTX_set_verify_cb(ctx, step);
    int ret = X509_verify_cert(ctx);
    STACK_OF(X509) *built = X509_STORE_CTX_get0_chain(ctx);
    const char *peer = X509_VERIFY_PARAM_get0_peername(param);
    printf("%s: %d, %d (%s) at %d, chain of %d%s%s\n", way->name, ret, X509_STORE_CTX_get_error(ctx),
           X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)), X509_STORE_CTX_get_error_depth(ctx),
           built ? sk_X509_num(built) : -1, peer ? ", for " : "", peer ? peer : "");
    ERR_clear_error();
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
}

// What the certificate itself says.
static void describe(X509 *x) {
    int digest = 0, key = 0, bits = 0;
    unsigned flags = 0;
    int info = X509_get_signature_info(x, &digest, &key, &bits, &flags);
    printf("flags %x, usage %x, extended %x, path %ld, ca %d, signature %d %d %d %d %x, serial %ld\n",
           (unsigned)X509_get_extension_flags(x), (unsigned)X509_get_key_usage(x),
           (unsigned)X509_get_extended_key_usage(x), X509_get_pathlen(x), X509_check_ca(x), info, digest, key, bits, flags,
           ASN1_INTEGER_get(X509_get_serialNumber(x)));
    for (int purpose = 1; purpose <= 9; purpose++)
        printf(" %d/%d", X509_check_purpose(x, purpose, 0), X509_check_purpose(x, purpose, 1));
    printf("; host %d %d, address %d, mail %d\n", X509_check_host(x, "leaf.example.org", 0, 0, NULL),
           X509_check_host(x, "leaf.example.org", 0, X509_CHECK_FLAG_NO_WILDCARDS, NULL),
           X509_check_ip_asc(x, "192.0.2.1", 0), X509_check_email(x, "leaf@example.org", 0, 0));
    ERR_clear_error();
}

int main(void) {
    char path[4096], name[256];
    snprintf(path, sizeof path, "%s/cases", getenv("CORPUS"));
    FILE *cases = fopen(path, "r");
    if (!cases)
        return 1;
    while (fscanf(cases, "%255s", name) == 1) {
        STACK_OF(X509) *chain = read_all(name, "chain"), *roots = read_all(name, "roots");
        STACK_OF(X509_CRL) *crls = sk_X509_CRL_new_null();
        FILE *f = open_part(name, "crls");
        X509_CRL *crl;
        while (f && (crl = PEM_read_X509_CRL(f, NULL, NULL, NULL)) != NULL)
            sk_X509_CRL_push(crls, crl);
        printf("== %s: %d certificates, %d roots, %d lists\n", name, sk_X509_num(chain), sk_X509_num(roots),
               sk_X509_CRL_num(crls));
        if (sk_X509_num(chain) > 0) {
            describe(sk_X509_value(chain, 0));
            for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
                if (!ways[i].revocation || f)
                    verify(&ways[i], chain, roots, crls);
        }
        if (f)
            fclose(f);
        ERR_clear_error();
        sk_X509_CRL_pop_free(crls, X509_CRL_free);
        sk_X509_pop_free(chain, X509_free);
        sk_X509_pop_free(roots, X509_free);
    }
    fclose(cases);
    return 0;
}
