// Each way to give a client its certificate and key, seen by what the server is then shown.
#include "common.h"
#include <gnutls/pkcs12.h>

static gnutls_certificate_credentials_t cred;
static gnutls_datum_t cert_pem, key_pem, locked_pem, locked_key, package;

static int pins;

static int pin(void *user, int attempt, const char *url, const char *label, unsigned flags UNUSED, char *out, size_t room) {
    pins++;
    say("  asked for a PIN: %s, attempt %d, %s, %s", (char *)user, attempt, url ? "an address" : "no address", label ? "a label" : "no label");
    snprintf(out, room, "%s", "secret");
    return 0;
}

static void prepare_all(void) {
    MUST(gnutls_load_file(file_of("client.pem"), &cert_pem));
    MUST(gnutls_load_file(file_of("client.key"), &key_pem));
    MUST(gnutls_load_file(file_of("client-encrypted.pem"), &locked_pem));
    MUST(gnutls_load_file(file_of("client-encrypted.key"), &locked_key));
    MUST(gnutls_load_file(file_of("client.p12"), &package));
}

static void by_memory(void) {
    say_result("without", gnutls_certificate_set_x509_key_mem2(cred, &locked_pem, &locked_key, GNUTLS_X509_FMT_PEM, NULL, 0));
    say_result("wrong", gnutls_certificate_set_x509_key_mem2(cred, &locked_pem, &locked_key, GNUTLS_X509_FMT_PEM, "wrong", 0));
    say_result("right", gnutls_certificate_set_x509_key_mem2(cred, &locked_pem, &locked_key, GNUTLS_X509_FMT_PEM, "secret", 0));
}

static void by_file(void) {
    const char *cert = file_of("client-encrypted.pem"), *key = file_of("client-encrypted.key");
    say_result("without", gnutls_certificate_set_x509_key_file2(cred, cert, key, GNUTLS_X509_FMT_PEM, NULL, 0));
    say_result("wrong", gnutls_certificate_set_x509_key_file2(cred, cert, key, GNUTLS_X509_FMT_PEM, "wrong", 0));
    say_result("right", gnutls_certificate_set_x509_key_file2(cred, cert, key, GNUTLS_X509_FMT_PEM, "secret", 0));
}

static void by_pin(void) {
    const char *cert = file_of("client-encrypted.pem"), *key = file_of("client-encrypted.key");
    pins = 0;
    gnutls_certificate_set_pin_function(cred, pin, "the user");
    say_result("key file", gnutls_certificate_set_x509_key_file(cred, cert, key, GNUTLS_X509_FMT_PEM));
    say("asked: %d", pins);
}

static void by_objects(void) {
    gnutls_x509_crt_t certs[2];
    gnutls_x509_privkey_t key;
    MUST(gnutls_x509_crt_init(&certs[0]));
    MUST(gnutls_x509_crt_import(certs[0], &cert_pem, GNUTLS_X509_FMT_PEM));
    MUST(gnutls_x509_privkey_init(&key));
    MUST(gnutls_x509_privkey_import(key, &key_pem, GNUTLS_X509_FMT_PEM));
    say_result("objects", gnutls_certificate_set_x509_key(cred, certs, 1, key));
    gnutls_x509_crt_deinit(certs[0]);
    gnutls_x509_privkey_deinit(key);
}

static void by_abstract(void) {
    gnutls_pcert_st *certs = gnutls_malloc(sizeof *certs);
    gnutls_privkey_t key;
    MUST(gnutls_pcert_import_x509_raw(certs, &cert_pem, GNUTLS_X509_FMT_PEM, 0));
    MUST(gnutls_privkey_init(&key));
    MUST(gnutls_privkey_import_x509_raw(key, &key_pem, GNUTLS_X509_FMT_PEM, NULL, 0));
    say_result("abstract", gnutls_certificate_set_key(cred, NULL, 0, certs, 1, key));
    gnutls_free(certs); // what it holds is the credentials' now
}

static void by_package(int file) {
    for (int right = 0; right < 2; right++) {
        const char *password = right ? "secret" : "wrong";
        say_result(password, file ? gnutls_certificate_set_x509_simple_pkcs12_file(cred, file_of("client.p12"), GNUTLS_X509_FMT_DER, password)
                                  : gnutls_certificate_set_x509_simple_pkcs12_mem(cred, &package, GNUTLS_X509_FMT_DER, password));
    }
    say_result("no file", gnutls_certificate_set_x509_simple_pkcs12_file(cred, "/nonexistent", GNUTLS_X509_FMT_DER, "secret"));
    say_result("no package", gnutls_certificate_set_x509_simple_pkcs12_mem(cred, &key_pem, GNUTLS_X509_FMT_DER, "secret"));
}

static void give(int way) {
    switch (way) {
    case 1: say_result("memory", gnutls_certificate_set_x509_key_mem(cred, &cert_pem, &key_pem, GNUTLS_X509_FMT_PEM)); break;
    case 2: by_memory(); break;
    case 3: by_file(); break;
    case 4: by_pin(); break;
    case 5: by_objects(); break;
    case 6: by_abstract(); break;
    case 7: by_package(0); break;
    case 8: by_package(1); break;
    case 9:
        say_result("memory", gnutls_certificate_set_x509_key_mem(cred, &cert_pem, &key_pem, GNUTLS_X509_FMT_PEM));
        gnutls_certificate_free_keys(cred);
        break;
    }
}

static const char *ways[] = {"nothing", "memory", "memory and a password", "files and a password", "files and a PIN", "objects", "abstract objects",
                             "a package in memory", "a package in a file", "taken back"};

static void both(void) {
    prepare_all();
    for (int way = 0; way < COUNT(ways); way++) {
        CASE("%s", ways[way]);
        cred = credentials(is_server ? "server" : NULL, "root.pem");
        if (!is_server) {
            give(way);
            gnutls_datum_t der;
            for (unsigned place = 0; gnutls_certificate_get_crt_raw(cred, 0, place, &der) >= 0; place++)
                say("%u: %s", place, subject_of(&der));
        }
        gnutls_session_t session = connected(cred, 0, T13);
        if (is_server)
            gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
        say_handshake(session);
        say_peer(session);
        say("ours: %s", subject_of(gnutls_certificate_get_ours(session)));
        if (is_server)
            put(session, "hello");
        else
            get(session);
        finish(session);
        gnutls_certificate_free_credentials(cred);
    }
}

SIDES(both, both)
