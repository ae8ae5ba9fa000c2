// Which authorities a server names to its clients, by the way in which it came to trust them.
#include "common.h"

static const char *ways[] = {"nobody", "a file", "the same file twice", "memory", "an object", "the same object twice", "a folder",
                             "a list of its own", "a list of its own, then a file", "a list that is looked at and added to",
                             "names forgotten", "names forgotten, then another file", "names kept back", "two files"};

static int hinted(gnutls_session_t session UNUSED, const gnutls_datum_t *names, int count, const gnutls_pk_algorithm_t *pks UNUSED,
                  int pks_count UNUSED, gnutls_pcert_st **certs UNUSED, unsigned *size, gnutls_privkey_t *key UNUSED) {
    say("asked, with %d names", count);
    for (int i = 0; i < count; i++) {
        gnutls_datum_t line;
        MUST(gnutls_x509_rdn_get2(&names[i], &line, 0));
        say("  %s", line.data);
        gnutls_free(line.data);
    }
    *size = 0;
    return 0;
}

static void file(gnutls_certificate_credentials_t cred, const char *name) {
    say_result(name, gnutls_certificate_set_x509_trust_file(cred, file_of(name), GNUTLS_X509_FMT_PEM));
}

static void folder(gnutls_certificate_credentials_t cred, const gnutls_datum_t *pem) {
    char path[64], dir[] = "/tmp/standin-names-XXXXXX";
    must(mkdtemp(dir) != NULL, "mkdtemp");
    snprintf(path, sizeof path, "%s/root.pem", dir);
    FILE *out = fopen(path, "w");
    must(out != NULL, path);
    fwrite(pem->data, 1, pem->size, out);
    fclose(out);
    say_result("folder", gnutls_certificate_set_x509_trust_dir(cred, dir, GNUTLS_X509_FMT_PEM));
    unlink(path);
    rmdir(dir);
}

static void trust(gnutls_certificate_credentials_t cred, int way) {
    gnutls_datum_t pem;
    gnutls_x509_crt_t cert;
    gnutls_x509_trust_list_t list;
    MUST(gnutls_load_file(file_of("root.pem"), &pem));
    MUST(gnutls_x509_crt_init(&cert));
    MUST(gnutls_x509_crt_import(cert, &pem, GNUTLS_X509_FMT_PEM));
    if (way == 1 || way == 2 || way >= 10)
        file(cred, "root.pem");
    if (way == 2)
        file(cred, "root.pem");
    if (way == 3)
        say_result("memory", gnutls_certificate_set_x509_trust_mem(cred, &pem, GNUTLS_X509_FMT_PEM));
    for (int i = 4; i < way && way <= 5; i++)
        say_result("object", gnutls_certificate_set_x509_trust(cred, &cert, 1));
    if (way == 4 || way == 5)
        say_result("object", gnutls_certificate_set_x509_trust(cred, &cert, 1));
    if (way == 6)
        folder(cred, &pem);
    if (way == 7 || way == 8) {
        MUST(gnutls_x509_trust_list_init(&list, 0));
        say("own: %d", gnutls_x509_trust_list_add_trust_mem(list, &pem, NULL, GNUTLS_X509_FMT_PEM, 0, 0));
        gnutls_certificate_set_trust_list(cred, list, 0);
    }
    if (way == 8)
        file(cred, "other.pem");
    if (way == 9) {
        gnutls_certificate_get_trust_list(cred, &list);
        say("added: %d", gnutls_x509_trust_list_add_trust_mem(list, &pem, NULL, GNUTLS_X509_FMT_PEM, 0, 0));
    }
    if (way == 10 || way == 11)
        gnutls_certificate_free_ca_names(cred);
    if (way == 11 || way == 13)
        file(cred, "other.pem");
    say_result("no object", gnutls_certificate_set_x509_trust(cred, &cert, 0));
    gnutls_x509_crt_deinit(cert);
    gnutls_free(pem.data);
}

static void both(void) {
    for (int way = 0; way < COUNT(ways); way++)
        for (int v = 0; v < 2; v++) {
            CASE("%s, %s", ways[way], v ? "TLS 1.3" : "TLS 1.2");
            gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : NULL, NULL);
            if (is_server)
                trust(cred, way);
            else
                gnutls_certificate_set_retrieve_function2(cred, hinted);
            gnutls_session_t session = connected(cred, 0, v ? T13 : T12);
            if (is_server) {
                gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
                if (way == 12)
                    gnutls_certificate_send_x509_rdn_sequence(session, 1);
            }
            say_handshake(session);
            if (is_server)
                put(session, "hello");
            else
                get(session);
            finish(session);
            gnutls_certificate_free_credentials(cred);
        }
}

SIDES(both, both)
