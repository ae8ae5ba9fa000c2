// Where trusted certificates come from when nobody names a file: the environment, directories, parameters. By what a
// store then verifies, not by what the calls answer.
#include "common.h"
#include <sys/stat.h>

static char directory[64], hashed[96];

static void verify(const char *what, SSL_CTX *ctx) {
    X509 *leaf = load_cert("client");
    X509_STORE_CTX *store = X509_STORE_CTX_new();
    MUST(X509_STORE_CTX_init(store, SSL_CTX_get_cert_store(ctx), leaf, NULL));
    int verdict = X509_verify_cert(store);
    say("%s: %d %s", what, verdict, verdict == 1 ? "" : verify_name(X509_STORE_CTX_get_error(store)));
    ERR_clear_error();
    X509_STORE_CTX_free(store);
    X509_free(leaf);
}

// Each call on a context of its own, with nothing else in its store.
#define PLACE(call) do { \
    SSL_CTX *ctx = SSL_CTX_new(TLS_method()); \
    verify("before", ctx); \
    say(#call ": %d", (int)(call)); \
    verify("  after", ctx); \
    SSL_CTX_free(ctx); \
} while (0)

static void make_directory(void) {
    snprintf(directory, sizeof directory, "/tmp/standin-trust-%d", (int)getpid());
    MUST(mkdir(directory, 0700) == 0);
    X509 *root = load_cert("root");
    snprintf(hashed, sizeof hashed, "%s/%08lx.0", directory, X509_NAME_hash(X509_get_subject_name(root)));
    FILE *file = fopen(hashed, "w");
    MUST(file && PEM_write_X509(file, root));
    fclose(file);
    X509_free(root);
}

static void body(void) {
    make_directory();
    setenv("SSL_CERT_FILE", "/nowhere", 1);
    setenv("SSL_CERT_DIR", directory, 1);
    CASE("a directory in the environment");
    PLACE(SSL_CTX_set_default_verify_dir(ctx));
    PLACE(SSL_CTX_set_default_verify_store(ctx));
    PLACE(SSL_CTX_set_default_verify_paths(ctx));
    PLACE(SSL_CTX_set_default_verify_file(ctx));
    PLACE(SSL_CTX_load_verify_dir(ctx, directory));
    PLACE(SSL_CTX_load_verify_dir(ctx, "/nowhere"));
    PLACE(SSL_CTX_load_verify_store(ctx, directory));
    setenv("SSL_CERT_FILE", hashed, 1);
    setenv("SSL_CERT_DIR", "/nowhere", 1);
    CASE("a file in the environment");
    PLACE(SSL_CTX_set_default_verify_file(ctx));
    PLACE(SSL_CTX_set_default_verify_paths(ctx));
    PLACE(SSL_CTX_set_default_verify_dir(ctx));
    PLACE(SSL_CTX_load_verify_file(ctx, hashed));
    PLACE(SSL_CTX_load_verify_locations(ctx, hashed, NULL));
    unlink(hashed);
    rmdir(directory);
}

SINGLE(body)
