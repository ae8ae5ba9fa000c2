// What the programs of this directory share: printing, files, the corpus. They use no session.
#ifndef STANDIN_GNUTLS_OBJECTS_COMMON_H
#define STANDIN_GNUTLS_OBJECTS_COMMON_H

#define _GNU_SOURCE
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/ocsp.h>
#include <gnutls/pkcs12.h>
#include <gnutls/x509.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))
#define CASE(...) (printf("== " __VA_ARGS__), putchar('\n'))

static const char *name_of(long result) {
    const char *name = result < 0 ? gnutls_strerror_name((int)result) : NULL;
    return name ? name : "";
}

static long say_result(const char *what, long result) {
    printf("%s: %ld %s\n", what, result, name_of(result));
    return result;
}

static void say_hex(const char *what, const void *data, size_t size) {
    printf("%s (%zu): ", what, size);
    for (size_t i = 0; i < size; i++)
        printf("%02x", ((const unsigned char *)data)[i]);
    putchar('\n');
}

static void must(int ok, const char *what) {
    if (ok)
        return;
    fprintf(stderr, "%s failed\n", what);
    exit(98);
}
#define MUST(call) must((call) >= 0, #call)

// What `variable`, CERTS or CORPUS, has under this name; freed by gnutls_free.
static gnutls_datum_t file_of(const char *variable, const char *name) {
    char path[4096];
    gnutls_datum_t data = {NULL, 0};
    must(getenv(variable) != NULL, variable);
    snprintf(path, sizeof path, "%s/%s", getenv(variable), name);
    int result = gnutls_load_file(path, &data);
    if (result < 0)
        printf("%s: %s\n", name, name_of(result));
    return data;
}

static int with_suffix(const struct dirent *entry, const char *suffix) {
    size_t length = strlen(entry->d_name), wanted = strlen(suffix);
    return length > wanted && strcmp(entry->d_name + length - wanted, suffix) == 0;
}

static const char *the_suffix;
static int wanted_entry(const struct dirent *entry) { return with_suffix(entry, the_suffix); }

// Calls `each` for every file of the corpus whose name ends so, in order.
static void for_corpus(const char *suffix, void (*each)(const char *name)) {
    struct dirent **entries;
    must(getenv("CORPUS") != NULL, "CORPUS");
    the_suffix = suffix;
    int count = scandir(getenv("CORPUS"), &entries, wanted_entry, alphasort);
    must(count > 0, "scandir");
    for (int i = 0; i < count; i++) {
        each(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

#endif
