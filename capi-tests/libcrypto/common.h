// What programs about libcrypto share.
#ifndef STANDIN_TESTS_LIBCRYPTO_COMMON_H
#define STANDIN_TESTS_LIBCRYPTO_COMMON_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

// Says what is in the thread's queue of errors, and empties it.
static void queue(void) {
    unsigned long code;
    const char *data;
    int flags;
    while ((code = ERR_get_error_all(NULL, NULL, NULL, &data, &flags)) != 0)
        printf("  queue: %s: %s%s%s\n", ERR_lib_error_string(code), ERR_reason_error_string(code), data && *data ? ": " : "", data ? data : "");
}

// ... without the texts that some entries have.
static void reasons(void) {
    unsigned long code;
    while ((code = ERR_get_error()) != 0)
        printf("  queue: %s: %s\n", ERR_lib_error_string(code), ERR_reason_error_string(code));
}

static void hex(const char *what, const unsigned char *bytes, size_t len) {
    printf("%s (%zu):", what, len);
    for (size_t i = 0; i < len; i++)
        printf("%02x", bytes[i]);
    printf("\n");
}

// A key of the test certificates.
static EVP_PKEY *load_key(const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.key", getenv("CERTS"), name);
    BIO *bio = BIO_new_file(path, "r");
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return key;
}

#endif
