// A server with two certificates, given with names or found by those that are in them, and what it says of itself.
#include "common.h"

static gnutls_certificate_credentials_t cred;

static void add(const char *name, const char *const *names, int count) {
    char path[64];
    gnutls_datum_t pem, key_pem;
    gnutls_pcert_st *cert = gnutls_malloc(sizeof *cert);
    gnutls_privkey_t key;
    snprintf(path, sizeof path, "%s.pem", name);
    MUST(gnutls_load_file(file_of(path), &pem));
    snprintf(path, sizeof path, "%s.key", name);
    MUST(gnutls_load_file(file_of(path), &key_pem));
    MUST(gnutls_pcert_import_x509_raw(cert, &pem, GNUTLS_X509_FMT_PEM, 0));
    MUST(gnutls_privkey_init(&key));
    MUST(gnutls_privkey_import_x509_raw(key, &key_pem, GNUTLS_X509_FMT_PEM, NULL, 0));
    say_result("set_key", gnutls_certificate_set_key(cred, (const char **)names, count, cert, 1, key));
    gnutls_free(cert); // what it holds is the credentials' now
    gnutls_free(pem.data);
    gnutls_free(key_pem.data);
}

static void refused(void) {
    gnutls_pcert_st cert;
    gnutls_privkey_t key;
    MUST(gnutls_privkey_init(&key));
    cred = credentials(NULL, NULL);
    say_result("no certificate", gnutls_certificate_set_key(cred, NULL, 0, NULL, 0, key));
    say_result("no key", gnutls_certificate_set_key(cred, NULL, 0, &cert, 1, NULL));
    gnutls_privkey_deinit(key);
    gnutls_certificate_free_credentials(cred);
}

static void both(void) {
    static const char *asked[] = {"localhost", "second.localhost", "any.wild.localhost", "SECOND.localhost", "given.localhost", "nobody.localhost"};
    static const char *given[] = {"given.localhost", "also.localhost"};
    refused();
    for (int named = 0; named < 3; named++)
        for (int i = 0; i < COUNT(asked); i++) {
            CASE("%s, %s", asked[i], named == 1 ? "names are given" : named ? "an empty list is" : "none are");
            cred = credentials(NULL, is_server ? NULL : "root.pem");
            if (is_server) {
                add("server", NULL, 0);
                add("server2", named ? given : NULL, named == 1 ? 2 : 0);
            }
            gnutls_session_t session = connected(cred, 0, T13);
            if (!is_server)
                MUST(gnutls_server_name_set(session, GNUTLS_NAME_DNS, asked[i], strlen(asked[i])));
            say_handshake(session);
            say("ours: %s", subject_of(gnutls_certificate_get_ours(session)));
            say_peer(session);
            if (is_server)
                put(session, "hello");
            else
                get(session);
            finish(session);
            gnutls_certificate_free_credentials(cred);
        }
}

SIDES(both, both)
