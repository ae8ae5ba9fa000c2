// What a verify callback may answer beside 0 and 1, for each kind of error: below zero is not always a refusal, nor a yes.
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

static int answer, good_answer, only, shown;

static int callback(int ok, X509_STORE_CTX *ctx) {
    if (!ok && shown++ < 12)
        printf("  error %d at %d\n", X509_STORE_CTX_get_error(ctx), X509_STORE_CTX_get_error_depth(ctx));
    return ok ? good_answer : only && X509_STORE_CTX_get_error(ctx) != only ? 1 : answer;
}

static STACK_OF(X509) *load(const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s.pem", getenv("CERTS"), name);
    STACK_OF(X509) *list = sk_X509_new_null();
    FILE *file = fopen(path, "r");
    if (!file)
        perror(path), exit(1);
    for (X509 *cert; (cert = PEM_read_X509(file, NULL, NULL, NULL)) != NULL;)
        sk_X509_push(list, cert);
    fclose(file);
    ERR_clear_error();
    return list;
}

static const struct {
    const char *what, *leaf, *trusted, *beside;
    int depth, level, flags, purpose;
    const char *host;
} cases[] = {
    {"good", "client", "root", NULL, 100, 1, 0, 0, NULL},
    {"expired", "expired", "root", NULL, 100, 1, 0, 0, NULL},
    {"not yet", "future", "root", NULL, 100, 1, 0, 0, NULL},
    {"signed by itself", "self", "root", NULL, 100, 1, 0, 0, NULL},
    {"nobody knows the issuer", "stranger", "root", NULL, 100, 1, 0, 0, NULL},
    {"the root is not trusted", "client", NULL, "root", 100, 1, 0, 0, NULL},
    {"no issuer of an intermediate", "chain", NULL, "chain", 100, 1, 0, 0, NULL},
    {"too long", "chain", "chain-root", "chain", 0, 1, 0, 0, NULL},
    {"weak keys", "client", "root", NULL, 100, 5, 0, 0, NULL},
    {"a leaf's key is weak", "client", "client", NULL, 100, 5, X509_V_FLAG_PARTIAL_CHAIN, 0, NULL},
    {"no list", "client", "root", NULL, 100, 1, X509_V_FLAG_CRL_CHECK, 0, NULL},
    {"another purpose", "purpose", "root", NULL, 100, 1, 0, X509_PURPOSE_SSL_CLIENT, NULL},
    {"another host", "server", "root", NULL, 100, 1, 0, 0, "elsewhere"},
    {"no CA", "chain", "chain-root", "client", 100, 1, 0, 0, NULL},
};

static void run(int at) {
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509) *leaf = load(cases[at].leaf), *trusted = cases[at].trusted ? load(cases[at].trusted) : NULL,
                   *beside = cases[at].beside ? load(cases[at].beside) : NULL;
    for (int i = 0; i < sk_X509_num(trusted); i++)
        X509_STORE_add_cert(store, sk_X509_value(trusted, i));
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    X509_STORE_CTX_init(ctx, store, sk_X509_value(leaf, 0), beside);
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_depth(param, cases[at].depth);
    X509_VERIFY_PARAM_set_auth_level(param, cases[at].level);
    X509_VERIFY_PARAM_set_flags(param, (unsigned long)cases[at].flags);
    if (cases[at].purpose)
        X509_VERIFY_PARAM_set_purpose(param, cases[at].purpose);
    if (cases[at].host)
        X509_VERIFY_PARAM_set1_host(param, cases[at].host, 0);
    X509_STORE_CTX_set_verify_cb(ctx, callback);
    shown = 0;
    int result = X509_verify_cert(ctx);
    printf("%s, answers %d and %d: %d, error %d\n", cases[at].what, answer, good_answer, result, X509_STORE_CTX_get_error(ctx));
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    sk_X509_pop_free(leaf, X509_free);
    sk_X509_pop_free(trusted, X509_free);
    sk_X509_pop_free(beside, X509_free);
}

int main(void) {
    static const int answers[] = {0, 1, -1, 2, -2};
    for (int at = 0; at < (int)(sizeof cases / sizeof *cases); at++) {
        for (int i = 0; i < 5; i++) {
            good_answer = 1, answer = answers[i];
            run(at);
        }
        answer = 0, good_answer = -1;
        run(at);
    }
    good_answer = 1, only = X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
    for (int i = 0; i < 5; i++) {
        answer = answers[i];
        run(4);
    }
    return 0;
}
