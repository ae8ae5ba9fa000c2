// Chains of a hundred and of a thousand, rings, and names that take turns: a verdict each, in bounded time and stack.
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

static STACK_OF(X509) *read_all(const char *name, const char *what) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.%s", getenv("CORPUS"), name, what);
    STACK_OF(X509) *all = sk_X509_new_null();
    FILE *f = fopen(path, "r");
    X509 *x;
    while (f && (x = PEM_read_X509(f, NULL, NULL, NULL)) != NULL)
        sk_X509_push(all, x);
    ERR_clear_error();
    if (f)
        fclose(f);
    return all;
}

static int steps, forgiving;

static int step(int ok, X509_STORE_CTX *ctx) {
    if (!ok && steps++ < 4)
        printf("  %d at %d\n", X509_STORE_CTX_get_error(ctx), X509_STORE_CTX_get_error_depth(ctx));
    return ok || forgiving;
}

static void verify(STACK_OF(X509) *links, STACK_OF(X509) *trusted, int depth, unsigned long flags) {
    X509_STORE *store = X509_STORE_new();
    for (int i = 0; i < sk_X509_num(trusted); i++)
        X509_STORE_add_cert(store, sk_X509_value(trusted, i));
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    X509_STORE_CTX_init(ctx, store, sk_X509_value(links, 0), links);
    X509_STORE_CTX_set_verify_cb(ctx, step);
    if (depth >= 0)
        X509_STORE_CTX_set_depth(ctx, depth);
    X509_STORE_CTX_set_flags(ctx, flags);
    steps = 0;
    printf("depth %d, flags %#lx, forgiving %d:\n", depth, flags, forgiving);
    int result = X509_verify_cert(ctx);
    printf("  result %d, error %d at %d, %d in the chain, %d complaints\n", result, X509_STORE_CTX_get_error(ctx),
           X509_STORE_CTX_get_error_depth(ctx), sk_X509_num(X509_STORE_CTX_get0_chain(ctx)), steps);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    ERR_clear_error();
}

int main(void) {
    static const char *names[] = {"thirteen", "seventeen", "hundred", "hundred-and-two", "thousand", "ring-of-1",
                                  "ring-of-1-trusted", "ring-of-2", "ring-of-2-trusted", "ring-of-3", "ring-of-3-trusted",
                                  "turns"};
    // No more stack than a thread of a server's has.
    struct rlimit stack = {256 * 1024, 256 * 1024};
    setrlimit(RLIMIT_STACK, &stack);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        STACK_OF(X509) *links = read_all(names[i], "links"), *trusted = read_all(names[i], "trusted");
        printf("== %s, %d\n", names[i], sk_X509_num(links));
        for (forgiving = 0; forgiving < 2; forgiving++) {
            verify(links, trusted, -1, 0);
            verify(links, trusted, 12, 0);
            verify(links, trusted, 2000, 0);
            verify(links, trusted, 2000, X509_V_FLAG_TRUSTED_FIRST);
            verify(links, trusted, -1, X509_V_FLAG_PARTIAL_CHAIN);
        }
        // Everything is trusted, the way is the same.
        forgiving = 0;
        verify(links, links, -1, 0);
        verify(links, links, 2000, 0);
        sk_X509_pop_free(links, X509_free);
        sk_X509_pop_free(trusted, X509_free);
    }
    return 0;
}
