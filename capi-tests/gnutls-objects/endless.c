// Chains of a hundred and of a thousand, rings, and names that take turns: a verdict each, in bounded time and stack.
#include "common.h"
#include <sys/resource.h>

static int steps;

static int step(gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer, gnutls_x509_crl_t crl, unsigned status) {
    (void)cert, (void)issuer, (void)crl;
    if (steps++ < 4)
        printf("  %#x\n", status);
    return 0;
}

static void verify(const char *how, gnutls_x509_crt_t *links, unsigned size, gnutls_x509_crt_t *trusted, unsigned count,
                   unsigned flags) {
    gnutls_x509_trust_list_t list;
    unsigned status = 0x7777;
    printf("%s:\n", how);
    // The original's lists of many have those for issuers, too, whose names have the same hash.
    if (count == 1) {
        MUST(gnutls_x509_trust_list_init(&list, 0));
        MUST(gnutls_x509_trust_list_add_cas(list, trusted, count, 0));
        steps = 0;
        int result = gnutls_x509_trust_list_verify_crt2(list, links, size, NULL, 0, flags, &status, step);
        printf("  %d %s, status %#x, %d steps\n", result, name_of(result), status, steps);
        gnutls_x509_trust_list_deinit(list, 0);
        status = 0x7777;
    }
    int result = gnutls_x509_crt_list_verify(links, size, trusted, count, NULL, 0, flags, &status);
    printf("  as a list: %d %s, status %#x\n", result, name_of(result), status);
}

static unsigned read_all(const char *name, const char *what, gnutls_x509_crt_t **all, unsigned flags) {
    char file[256];
    unsigned size = 0;
    snprintf(file, sizeof file, "%s.%s", name, what);
    gnutls_datum_t data = file_of("CORPUS", file);
    int result = gnutls_x509_crt_list_import2(all, &size, &data, GNUTLS_X509_FMT_PEM, flags);
    printf("%s: %d %s, %u\n", what, result, name_of(result), size);
    gnutls_free(data.data);
    return result < 0 ? 0 : size;
}

static void freed(gnutls_x509_crt_t *all, unsigned size) {
    for (unsigned i = 0; i < size; i++)
        gnutls_x509_crt_deinit(all[i]);
    if (size)
        gnutls_free(all);
}

static void pcerts(const char *name) {
    char file[256];
    unsigned size = 2000;
    gnutls_pcert_st *list = calloc(size, sizeof *list);
    snprintf(file, sizeof file, "%s.links", name);
    gnutls_datum_t data = file_of("CORPUS", file);
    int result = gnutls_pcert_list_import_x509_raw(list, &size, &data, GNUTLS_X509_FMT_PEM, 0);
    printf("pcerts: %d %s, %u\n", result, name_of(result), size);
    for (unsigned i = 0; result >= 0 && i < size; i++)
        gnutls_pcert_deinit(&list[i]);
    free(list);
    gnutls_free(data.data);
}

int main(void) {
    static const char *const names[] = {"thirteen", "seventeen", "hundred", "hundred-and-two", "thousand", "ring-of-1",
                                        "ring-of-1-trusted", "ring-of-2", "ring-of-2-trusted", "ring-of-3",
                                        "ring-of-3-trusted", "turns"};
    // No more stack than a thread of a server's has.
    struct rlimit stack = {256 * 1024, 256 * 1024};
    setrlimit(RLIMIT_STACK, &stack);
    for (int i = 0; i < COUNT(names); i++) {
        gnutls_x509_crt_t *links = NULL, *sorted = NULL, *trusted = NULL;
        CASE("%s", names[i]);
        unsigned size = read_all(names[i], "links", &links, 0), count = read_all(names[i], "trusted", &trusted, 0);
        unsigned sizes = read_all(names[i], "links", &sorted, GNUTLS_X509_CRT_LIST_SORT);
        freed(sorted, sizes);
        sizes = read_all(names[i], "links", &sorted, GNUTLS_X509_CRT_LIST_FAIL_IF_UNSORTED);
        freed(sorted, sizes);
        if (size) {
            verify("plain", links, size, trusted, count, 0);
            verify("sorted", links, size, trusted, count, GNUTLS_VERIFY_DO_NOT_ALLOW_UNSORTED_CHAIN);
            verify("everything is trusted", links, size, links, size, 0);
        }
        pcerts(names[i]);
        freed(links, size);
        freed(trusted, count);
    }
    return 0;
}
