// What the programs share that make certificates: `#define PROGRAM` first, for messages.
#ifndef STANDIN_AUTHORITY_H
#define STANDIN_AUTHORITY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define DAY (24L * 60 * 60)

// Where the files go.
static const char *dir;

typedef struct {
    X509 *cert;
    EVP_PKEY *key;
} Pair;

static void must(int ok, const char *what) {
    if (ok)
        return;
    fprintf(stderr, PROGRAM ": %s failed\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}
#define MUST(call) must((call) > 0, #call)

static FILE *create(const char *file, const char *suffix) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s", dir, file, suffix);
    FILE *f = fopen(path, "w");
    must(f != NULL, path);
    return f;
}

static void add_extension(X509 *cert, X509_EXTENSION *extension, const char *value) {
    must(extension != NULL, value);
    MUST(X509_add_ext(cert, extension, -1));
    X509_EXTENSION_free(extension);
}

static void extend(X509 *cert, X509 *issuer, int nid, const char *value) {
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    add_extension(cert, X509V3_EXT_conf_nid(NULL, &ctx, nid, value), value);
}

#endif
