// Suite B (RFC 5759) and depth and trust: chains that a program issues itself, verified under each level.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#define MUST(x) \
    do { \
        if (!(x)) { \
            printf("%s failed\n", #x); \
            exit(1); \
        } \
    } while (0)

typedef struct {
    X509 *x;
    EVP_PKEY *key;
} Pair;

static EVP_PKEY *make_key(const char *kind) {
    if (!strcmp(kind, "rsa"))
        return EVP_RSA_gen(2048);
    if (!strcmp(kind, "ed25519"))
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    return EVP_EC_gen(kind);
}

static Pair issue(const char *name, const char *kind, const EVP_MD *digest, int version, const Pair *issuer, int is_ca) {
    static int serial;
    Pair made = {X509_new(), make_key(kind)};
    MUST(made.x && made.key);
    X509_set_version(made.x, version);
    ASN1_INTEGER_set(X509_get_serialNumber(made.x), ++serial);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.x), "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(made.x, X509_get_subject_name(issuer ? issuer->x : made.x));
    X509_gmtime_adj(X509_getm_notBefore(made.x), -60);
    X509_gmtime_adj(X509_getm_notAfter(made.x), 3600);
    X509_set_pubkey(made.x, made.key);
    if (version == 2) {
        X509_EXTENSION *extension =
            X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, is_ca ? "critical,CA:TRUE" : "CA:FALSE");
        MUST(extension && X509_add_ext(made.x, extension, -1));
        X509_EXTENSION_free(extension);
    }
    MUST(X509_sign(made.x, issuer ? issuer->key : made.key, digest));
    return made;
}

static int step(int ok, X509_STORE_CTX *ctx) {
    printf("    %d: %d at %d\n", ok, X509_STORE_CTX_get_error(ctx), X509_STORE_CTX_get_error_depth(ctx));
    return X509_STORE_CTX_get_ex_data(ctx, 0) ? 1 : ok;
}

static void last_error(void) {
    unsigned long code = ERR_peek_last_error();
    printf("    queue: %d %s\n", ERR_GET_LIB(code), code ? ERR_reason_error_string(code) : "empty");
    ERR_clear_error();
}

static X509_STORE_CTX *prepare(X509_STORE *store, const Pair *leaf, const Pair *middle, int forgiving) {
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509) *others = sk_X509_new_null();
    if (middle)
        sk_X509_push(others, middle->x);
    X509_STORE_CTX_init(ctx, store, leaf->x, others);
    X509_STORE_CTX_set_verify_cb(ctx, step);
    X509_STORE_CTX_set_ex_data(ctx, 0, forgiving ? (void *)"yes" : NULL);
    return ctx;
}

static void finish(X509_STORE_CTX *ctx) {
    STACK_OF(X509) *others = X509_STORE_CTX_get0_untrusted(ctx);
    X509_STORE_CTX_free(ctx);
    sk_X509_free(others);
}

static void verify(X509_STORE *store, const Pair *leaf, const Pair *middle, unsigned long flags, int forgiving) {
    X509_STORE_CTX *ctx = prepare(store, leaf, middle, forgiving);
    X509_STORE_CTX_set_flags(ctx, flags);
    printf("  flags %lx%s\n", flags, forgiving ? ", forgiving" : "");
    int answer = X509_verify_cert(ctx);
    printf("    %d, %d %s\n", answer, X509_STORE_CTX_get_error(ctx),
           X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
    last_error();
    finish(ctx);
}

static X509_STORE *trusting(X509 *x) {
    X509_STORE *store = X509_STORE_new();
    X509_STORE_add_cert(store, x);
    return store;
}

static void drop(Pair *pair) {
    X509_free(pair->x);
    EVP_PKEY_free(pair->key);
}

static void chains(void) {
    static const struct {
        const char *name, *root, *middle, *leaf;
        int root_digest, middle_digest, leaf_digest, root_version, leaf_version;
    } rows[] = {
        {"all P-256", "P-256", "P-256", "P-256", 256, 256, 256, 2, 2},
        {"all P-384", "P-384", "P-384", "P-384", 384, 384, 384, 2, 2},
        {"P-384 above P-256", "P-384", "P-384", "P-256", 384, 384, 384, 2, 2},
        {"P-256 above P-384", "P-256", "P-256", "P-384", 256, 256, 256, 2, 2},
        {"P-384 between", "P-256", "P-384", "P-256", 256, 256, 384, 2, 2},
        {"P-256 by SHA-384", "P-256", "P-256", "P-256", 256, 256, 384, 2, 2},
        {"the root's own digest", "P-256", "P-256", "P-256", 384, 256, 256, 2, 2},
        {"P-384 by SHA-256", "P-384", "P-384", "P-384", 384, 256, 384, 2, 2},
        {"P-521 leaf", "P-256", "P-256", "P-521", 256, 256, 256, 2, 2},
        {"P-521 root", "P-521", "P-256", "P-256", 512, 512, 256, 2, 2},
        {"RSA leaf", "P-256", "P-256", "rsa", 256, 256, 256, 2, 2},
        {"RSA root", "rsa", "P-256", "P-256", 256, 256, 256, 2, 2},
        {"Ed25519 leaf", "P-256", "P-256", "ed25519", 256, 256, 256, 2, 2},
        {"old leaf", "P-256", "P-256", "P-256", 256, 256, 256, 2, 0},
        {"old root", "P-256", "P-256", "P-256", 256, 256, 256, 0, 2},
    };
    static const unsigned long flags[] = {X509_V_FLAG_SUITEB_128_LOS_ONLY, X509_V_FLAG_SUITEB_192_LOS,
                                          X509_V_FLAG_SUITEB_128_LOS, 0};
    for (size_t at = 0; at < sizeof rows / sizeof rows[0]; at++) {
        const EVP_MD *digests[3];
        int bits[3] = {rows[at].root_digest, rows[at].middle_digest, rows[at].leaf_digest};
        for (int i = 0; i < 3; i++)
            digests[i] = bits[i] == 256 ? EVP_sha256() : bits[i] == 384 ? EVP_sha384() : EVP_sha512();
        printf("%s\n", rows[at].name);
        Pair root = issue("root", rows[at].root, digests[0], rows[at].root_version, NULL, 1);
        Pair middle = issue("middle", rows[at].middle, digests[1], 2, &root, 1);
        Pair leaf = issue("leaf", rows[at].leaf, digests[2], rows[at].leaf_version, &middle, 0);
        X509_STORE *store = trusting(root.x);
        for (int i = 0; i < 4; i++)
            for (int forgiving = 0; forgiving < 2; forgiving++)
                verify(store, &leaf, &middle, flags[i], forgiving);
        X509_STORE_free(store);
        drop(&root), drop(&middle), drop(&leaf);
    }
}

static FILE *open_file(const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("CERTS"), name);
    FILE *f = fopen(path, "r");
    MUST(f);
    return f;
}

// A list is held against the levels, too.
static void lists(void) {
    printf("lists\n");
    FILE *files[] = {open_file("root.pem"), open_file("server.pem"), open_file("root.crl")};
    X509 *root = PEM_read_X509(files[0], NULL, NULL, NULL);
    Pair leaf = {PEM_read_X509(files[1], NULL, NULL, NULL), NULL};
    X509_CRL *crl = PEM_read_X509_CRL(files[2], NULL, NULL, NULL);
    for (int i = 0; i < 3; i++)
        fclose(files[i]);
    MUST(root && leaf.x && crl);
    X509_STORE *store = trusting(root);
    X509_STORE_add_crl(store, crl);
    verify(store, &leaf, NULL, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_SUITEB_128_LOS, 0);
    verify(store, &leaf, NULL, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_SUITEB_192_LOS, 1);
    X509_STORE_free(store);
    X509_CRL_free(crl);
    X509_free(root);
    drop(&leaf);
}

// Depths below zero, kinds of trust and purposes that there are and are not, a second verification.
static void settings(void) {
    Pair root = issue("root", "P-256", EVP_sha256(), 2, NULL, 1), leaf = issue("leaf", "P-256", EVP_sha256(), 2, &root, 0);
    X509_STORE *store = trusting(root.x), *empty = X509_STORE_new();
    for (int depth = -3; depth < 2; depth++)
        for (int self = 0; self < 2; self++) {
            X509_STORE_CTX *ctx = prepare(store, self ? &root : &leaf, NULL, 0);
            X509_STORE_CTX_set_depth(ctx, depth);
            int answer = X509_verify_cert(ctx);
            printf("depth %d: %d, %d\n", depth, answer, X509_STORE_CTX_get_error(ctx));
            finish(ctx);
        }
    X509_STORE_CTX *fresh = prepare(store, &leaf, NULL, 0);
    X509_STORE_CTX_set0_param(fresh, X509_VERIFY_PARAM_new());
    int found = X509_verify_cert(fresh);
    printf("nothing set: %d, %d\n", found, X509_STORE_CTX_get_error(fresh));
    finish(fresh);
    for (int id = -2; id < 12; id++) {
        X509_STORE_CTX *ctx = prepare(store, &leaf, NULL, 0);
        int set = X509_STORE_CTX_set_trust(ctx, id);
        printf("trust %d: %d\n", id, set);
        last_error();
        int answer = X509_verify_cert(ctx);
        printf("  %d, %d\n", answer, X509_STORE_CTX_get_error(ctx));
        finish(ctx);
        ctx = prepare(store, &leaf, NULL, 0);
        set = X509_STORE_CTX_set_purpose(ctx, id);
        printf("purpose %d: %d\n", id, set);
        last_error();
        answer = X509_verify_cert(ctx);
        printf("  %d, %d\n", answer, X509_STORE_CTX_get_error(ctx));
        finish(ctx);
    }
    // Settings of a certificate's own, under each kind of trust.
    static const int names[] = {NID_server_auth, NID_OCSP_sign, NID_ad_OCSP, NID_anyExtendedKeyUsage};
    for (int way = 0; way < 8; way++) {
        X509 *known = X509_dup(root.x);
        ASN1_OBJECT *name = OBJ_nid2obj(names[way / 2]);
        MUST(way % 2 ? X509_add1_reject_object(known, name) : X509_add1_trust_object(known, name));
        X509_STORE *own = trusting(known);
        for (int id = 0; id < 9; id++) {
            X509_STORE_CTX *ctx = prepare(own, &leaf, NULL, 0);
            X509_STORE_CTX_set_trust(ctx, id);
            int answer = X509_verify_cert(ctx);
            printf("%s %s, trust %d: %d, %d\n", way % 2 ? "rejected for" : "trusted for", OBJ_nid2sn(names[way / 2]), id,
                   answer, X509_STORE_CTX_get_error(ctx));
            finish(ctx);
        }
        X509_STORE_free(own);
        X509_free(known);
    }
    X509_STORE_CTX *ctx = prepare(store, &leaf, NULL, 0);
    for (int i = 0; i < 2; i++) {
        int answer = X509_verify_cert(ctx);
        printf("verified: %d, %d\n", answer, X509_STORE_CTX_get_error(ctx));
        last_error();
    }
    X509_STORE_CTX_cleanup(ctx);
    printf("afterwards: %d\n", X509_STORE_CTX_get_error(ctx));
    finish(ctx);
    X509_STORE_free(empty);
    X509_STORE_free(store);
    drop(&root), drop(&leaf);
}

int main(void) {
    chains();
    lists();
    settings();
    return 0;
}
