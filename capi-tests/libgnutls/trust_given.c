// Each way to say whom a client trusts and what is revoked, seen by what it then says of the same server.
#include "common.h"
#include <sys/stat.h>

static gnutls_certificate_credentials_t cred;
static gnutls_datum_t root_pem, crl_pem;
static char folder[] = "/tmp/standin-trust-XXXXXX";

static void connect_once(const char *what) {
    gnutls_session_t session = connected(cred, 0, NULL);
    say("%s", what);
    say_handshake(session);
    say_peer(session);
    unsigned status = 77;
    int result = gnutls_certificate_verify_peers3(session, "localhost", &status);
    say("peers3: %d %s, %#x", result, name_of(result), status);
    gnutls_bye(session, GNUTLS_SHUT_WR);
    finish(session);
}

static gnutls_x509_crt_t root(void) {
    gnutls_x509_crt_t cert;
    MUST(gnutls_x509_crt_init(&cert));
    MUST(gnutls_x509_crt_import(cert, &root_pem, GNUTLS_X509_FMT_PEM));
    return cert;
}

static gnutls_x509_crl_t revocations(void) {
    gnutls_x509_crl_t list;
    MUST(gnutls_x509_crl_init(&list));
    MUST(gnutls_x509_crl_import(list, &crl_pem, GNUTLS_X509_FMT_PEM));
    return list;
}

// A folder with the root in it, and something else.
static void fill_folder(void) {
    char path[4096];
    must(mkdtemp(folder) != NULL, "mkdtemp");
    snprintf(path, sizeof path, "%s/root.pem", folder);
    FILE *file = fopen(path, "w");
    must(file != NULL, path);
    fwrite(root_pem.data, 1, root_pem.size, file);
    fclose(file);
}

static void empty_folder(void) {
    char path[4096];
    snprintf(path, sizeof path, "%s/root.pem", folder);
    unlink(path);
    rmdir(folder);
}

static void say_authorities(void) {
    gnutls_x509_trust_list_t list;
    gnutls_x509_trust_list_iter_t walk = NULL;
    gnutls_x509_crt_t cert;
    gnutls_certificate_get_trust_list(cred, &list);
    while (gnutls_x509_trust_list_iter_get_ca(list, &walk, &cert) >= 0) {
        gnutls_datum_t der;
        MUST(gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_DER, &der));
        say("authority: %s", subject_of(&der));
        gnutls_free(der.data);
        gnutls_x509_crt_deinit(cert);
    }
}

static void trusts(void) {
    gnutls_x509_crt_t cert = root(), issuer = NULL;
    CASE("nobody");
    cred = credentials(NULL, NULL);
    connect_once("nobody");
    CASE("a folder");
    say_result("folder", gnutls_certificate_set_x509_trust_dir(cred, folder, GNUTLS_X509_FMT_PEM));
    connect_once("a folder");
    say_authorities();
    gnutls_certificate_free_credentials(cred);
    CASE("an object");
    cred = credentials(NULL, NULL);
    say_result("object", gnutls_certificate_set_x509_trust(cred, &cert, 1));
    connect_once("an object");
    say_result("again", gnutls_certificate_set_x509_trust(cred, &cert, 1));
    say_authorities();
    gnutls_x509_crt_t server;
    gnutls_datum_t pem;
    MUST(gnutls_load_file(file_of("server.pem"), &pem));
    MUST(gnutls_x509_crt_init(&server));
    MUST(gnutls_x509_crt_import(server, &pem, GNUTLS_X509_FMT_PEM));
    say_result("issuer", gnutls_certificate_get_issuer(cred, server, &issuer, 0));
    say("is the root: %d", issuer && gnutls_x509_crt_equals(issuer, cert));
    gnutls_x509_crt_deinit(server);
    gnutls_free(pem.data);
    gnutls_certificate_free_credentials(cred);
    CASE("memory");
    cred = credentials(NULL, NULL);
    say_result("memory", gnutls_certificate_set_x509_trust_mem(cred, &root_pem, GNUTLS_X509_FMT_PEM));
    connect_once("memory");
    gnutls_certificate_free_cas(cred);
    connect_once("after free_cas");
    gnutls_certificate_free_credentials(cred);
    CASE("the system");
    cred = credentials(NULL, NULL);
    say_result("system", gnutls_certificate_set_x509_system_trust(cred));
    connect_once("the system");
    gnutls_certificate_free_credentials(cred);
    gnutls_x509_crt_deinit(cert);
}

static void revoked(void) {
    gnutls_x509_crl_t list = revocations();
    CASE("revocation lists: an object");
    cred = credentials(NULL, "root.pem");
    say_result("object", gnutls_certificate_set_x509_crl(cred, &list, 1));
    connect_once("an object");
    gnutls_certificate_set_verify_flags(cred, GNUTLS_VERIFY_DISABLE_CRL_CHECKS);
    connect_once("not looked at");
    gnutls_certificate_set_verify_flags(cred, 0);
    gnutls_certificate_free_crls(cred);
    connect_once("after free_crls");
    gnutls_certificate_free_credentials(cred);
    CASE("revocation lists: memory");
    cred = credentials(NULL, "root.pem");
    say_result("memory", gnutls_certificate_set_x509_crl_mem(cred, &crl_pem, GNUTLS_X509_FMT_PEM));
    connect_once("memory");
    gnutls_certificate_free_credentials(cred);
    CASE("revocation lists: a file");
    cred = credentials(NULL, "root.pem");
    say_result("file", gnutls_certificate_set_x509_crl_file(cred, file_of("server.crl"), GNUTLS_X509_FMT_PEM));
    connect_once("a file");
    gnutls_certificate_free_credentials(cred);
    CASE("revocation lists: of an authority that is not trusted, and is");
    for (int trusted = 0; trusted < 2; trusted++) {
        cred = credentials(NULL, trusted ? "root.pem" : "other.pem");
        gnutls_certificate_set_flags(cred, GNUTLS_CERTIFICATE_VERIFY_CRLS);
        say_result("verified", gnutls_certificate_set_x509_crl(cred, &list, 1));
        connect_once("verified");
        gnutls_certificate_free_credentials(cred);
    }
    gnutls_x509_crl_deinit(list);
}

// How long a chain may be: the server's has two intermediate certificates now.
static void limited(void) {
    static const unsigned limits[][2] = {{0, 0}, {16384, 16}, {16384, 0}, {16384, 1}, {16384, 2}, {16384, 3}, {16384, 4}, {16, 16}, {300, 16}};
    cred = credentials(NULL, "root.pem");
    for (int i = 0; i < COUNT(limits); i++) {
        CASE("limits: %u bits, %u certificates", limits[i][0], limits[i][1]);
        gnutls_certificate_set_verify_limits(cred, limits[i][0], limits[i][1]);
        connect_once("limited");
    }
    gnutls_certificate_free_credentials(cred);
}

static void client(void) {
    MUST(gnutls_load_file(file_of("root.pem"), &root_pem));
    MUST(gnutls_load_file(file_of("server.crl"), &crl_pem));
    fill_folder();
    trusts();
    revoked();
    empty_folder();
    limited();
    gnutls_free(root_pem.data);
    gnutls_free(crl_pem.data);
}

// Of how many connections the client's part is.
#define CONNECTIONS 22
// The last of them with another chain.
#define LONGER 9

static void server(void) {
    gnutls_certificate_credentials_t own = credentials("server", NULL), longer = credentials("chain", NULL);
    for (int i = 0; i < CONNECTIONS; i++) {
        gnutls_session_t session = connected(i < CONNECTIONS - LONGER ? own : longer, 0, NULL);
        char byte;
        if (shake(session) == 0)
            gnutls_record_recv(session, &byte, 1);
        finish(session);
    }
    gnutls_certificate_free_credentials(own);
    gnutls_certificate_free_credentials(longer);
}

SIDES(server, client)
