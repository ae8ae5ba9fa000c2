// The corpus, verified in many ways: the status of each, and every step that the program's function is told of.
#include "common.h"

typedef struct {
    const char *name;
    unsigned flags;
    const char *host, *mail, *purpose;
    int revocation;
} Way;

#define PROFILE(name) GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_##name)

static const Way ways[] = {
    {"plain", 0, NULL, NULL, NULL, 0},
    {"host", 0, "leaf.example.org", NULL, NULL, 0},
    {"other host", 0, "other.example.org", NULL, NULL, 0},
    {"address", 0, "192.0.2.1", NULL, NULL, 0},
    {"mail", 0, NULL, "leaf@example.org", NULL, 0},
    {"server", 0, NULL, NULL, GNUTLS_KP_TLS_WWW_SERVER, 0},
    {"client", 0, NULL, NULL, GNUTLS_KP_TLS_WWW_CLIENT, 0},
    {"code", 0, NULL, NULL, GNUTLS_KP_CODE_SIGNING, 0},
    {"not the same", GNUTLS_VERIFY_DO_NOT_ALLOW_SAME, NULL, NULL, NULL, 0},
    {"any v1", GNUTLS_VERIFY_ALLOW_ANY_X509_V1_CA_CRT, NULL, NULL, NULL, 0},
    {"no v1", GNUTLS_VERIFY_DO_NOT_ALLOW_X509_V1_CA_CRT, NULL, NULL, NULL, 0},
    {"any time", GNUTLS_VERIFY_DISABLE_TIME_CHECKS, NULL, NULL, NULL, 0},
    {"any trusted time", GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS, NULL, NULL, NULL, 0},
    {"anyone signs", GNUTLS_VERIFY_DISABLE_CA_SIGN, NULL, NULL, NULL, 0},
    {"sorted", GNUTLS_VERIFY_DO_NOT_ALLOW_UNSORTED_CHAIN, NULL, NULL, NULL, 0},
    {"any critical", GNUTLS_VERIFY_IGNORE_UNKNOWN_CRIT_EXTENSIONS, NULL, NULL, NULL, 0},
    {"sha1", GNUTLS_VERIFY_ALLOW_SIGN_WITH_SHA1, NULL, NULL, NULL, 0},
    {"broken", GNUTLS_VERIFY_ALLOW_BROKEN, NULL, NULL, NULL, 0},
    {"very weak", PROFILE(VERY_WEAK), NULL, NULL, NULL, 0},
    {"low", PROFILE(LOW), NULL, NULL, NULL, 0},
    {"medium", PROFILE(MEDIUM), NULL, NULL, NULL, 0},
    {"ultra", PROFILE(ULTRA), NULL, NULL, NULL, 0},
    {"suite b", PROFILE(SUITEB128), NULL, NULL, NULL, 0},
    {"suite b 192", PROFILE(SUITEB192), NULL, NULL, NULL, 0},
    {"lists", 0, NULL, NULL, NULL, 1},
    {"verified lists", 0, NULL, NULL, NULL, 2},
    {"no lists", GNUTLS_VERIFY_DISABLE_CRL_CHECKS, NULL, NULL, NULL, 1},
};

// Where a profile has the original look a second time, it takes others whose name has the same hash for issuers: only the
// verdict is compared.
static int steps, quiet;

static int step(gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer, gnutls_x509_crl_t crl, unsigned status) {
    char subject[256] = "none", above[256] = "none";
    size_t size = sizeof subject;
    if (cert)
        gnutls_x509_crt_get_dn(cert, subject, &size);
    size = sizeof above;
    if (issuer)
        gnutls_x509_crt_get_dn(issuer, above, &size);
    if (steps++ < 8 && !quiet)
        printf("  %s by %s%s: %#x\n", subject, above, crl ? ", a list" : "", status);
    return 0;
}

static void add_lists(gnutls_x509_trust_list_t list, const char *file, unsigned flags) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("CORPUS"), file);
    gnutls_datum_t data = {NULL, 0};
    if (gnutls_load_file(path, &data) < 0)
        return;
    int result = gnutls_x509_trust_list_add_trust_mem(list, NULL, &data, GNUTLS_X509_FMT_PEM, flags, 0);
    printf("lists: %d %s\n", result, name_of(result));
    gnutls_free(data.data);
}

static void one_way(const char *base, const Way *way, gnutls_x509_crt_t *chain, unsigned size, const gnutls_datum_t *roots) {
    gnutls_x509_trust_list_t list;
    gnutls_typed_vdata_st data[3];
    unsigned elements = 0, status = 0x77;
    char name[512];
    MUST(gnutls_x509_trust_list_init(&list, 0));
    int result = gnutls_x509_trust_list_add_trust_mem(list, roots, NULL, GNUTLS_X509_FMT_PEM, 0, 0);
    if (result < 0)
        printf("roots: %d %s\n", result, name_of(result));
    if (way->revocation) {
        snprintf(name, sizeof name, "%s.crls.pem", base);
        add_lists(list, name, way->revocation == 2 ? GNUTLS_TL_VERIFY_CRL : 0);
    }
    memset(data, 0, sizeof data);
    if (way->host) {
        data[elements].type = GNUTLS_DT_DNS_HOSTNAME;
        data[elements++].data = (void *)way->host;
    }
    if (way->mail) {
        data[elements].type = GNUTLS_DT_RFC822NAME;
        data[elements++].data = (void *)way->mail;
    }
    if (way->purpose) {
        data[elements].type = GNUTLS_DT_KEY_PURPOSE_OID;
        data[elements++].data = (void *)way->purpose;
    }
    steps = 0;
    quiet = way->flags >> 24 != 0;
    result = gnutls_x509_trust_list_verify_crt2(list, chain, size, data, elements, way->flags, &status, step);
    printf("%s: %d %s, status %#x\n", way->name, result, name_of(result), status);
    gnutls_x509_trust_list_deinit(list, 1);
}

static void one(const char *name) {
    char base[256], file[512];
    snprintf(base, sizeof base, "%.*s", (int)(strlen(name) - strlen(".chain.pem")), name);
    CASE("%s", base);
    snprintf(file, sizeof file, "%s.roots.pem", base);
    gnutls_datum_t data = file_of("CORPUS", name), roots = file_of("CORPUS", file);
    gnutls_x509_crt_t *chain = NULL;
    unsigned size = 0;
    int result = gnutls_x509_crt_list_import2(&chain, &size, &data, GNUTLS_X509_FMT_PEM, 0);
    printf("chain: %d %s, %u\n", result, name_of(result), size);
    for (int i = 0; result >= 0 && i < COUNT(ways); i++)
        one_way(base, &ways[i], chain, size, &roots);
    for (unsigned i = 0; result >= 0 && i < size; i++)
        gnutls_x509_crt_deinit(chain[i]);
    gnutls_free(chain);
    gnutls_free(data.data);
    gnutls_free(roots.data);
}

int main(void) {
    for_corpus(".chain.pem", one);
    return 0;
}
