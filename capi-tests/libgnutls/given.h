// A chain and its key, for retrieve functions to give.
#ifndef STANDIN_TESTS_GIVEN_H
#define STANDIN_TESTS_GIVEN_H

#include "common.h"

static gnutls_pcert_st chain[4];
static unsigned chain_size;
static gnutls_privkey_t key;

static void load(const char *name) {
    char file[64];
    gnutls_datum_t data;
    chain_size = COUNT(chain);
    snprintf(file, sizeof file, "%s.pem", name);
    MUST(gnutls_load_file(file_of(file), &data));
    MUST(gnutls_pcert_list_import_x509_raw(chain, &chain_size, &data, GNUTLS_X509_FMT_PEM, 0));
    gnutls_free(data.data);
    snprintf(file, sizeof file, "%s.key", name);
    MUST(gnutls_load_file(file_of(file), &data));
    MUST(gnutls_privkey_init(&key));
    MUST(gnutls_privkey_import_x509_raw(key, &data, GNUTLS_X509_FMT_PEM, NULL, 0));
    gnutls_free(data.data);
}

#endif
