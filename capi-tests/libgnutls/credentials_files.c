// What certificate credentials take, and how they refuse the rest.
#include "common.h"

static void body(void) {
    gnutls_certificate_credentials_t cred;
    static const char *pairs[][2] = {{"client.pem", "client.key"}, {"nothing.pem", "client.key"},
                                     {"client.pem", "nothing.key"}, {"empty.pem", "client.key"}, {"garbage.pem", "client.key"},
                                     {"text.pem", "client.key"}, {"client.pem", "text.pem"}, {"chained.pem", "chained.key"},
                                     {"rsa.pem", "rsa.key"}, {"ed25519.pem", "ed25519.key"}, {"p384.pem", "p384.key"}};
    MUST(gnutls_certificate_allocate_credentials(&cred));
    for (int api = 0; api < 2; api++) {
        if (api)
            gnutls_certificate_set_flags(cred, GNUTLS_CERTIFICATE_API_V2);
        for (int i = 0; i < COUNT(pairs); i++) {
            CASE("%s, %s", pairs[i][0], pairs[i][1]);
            say_result("key file", gnutls_certificate_set_x509_key_file(cred, file_of(pairs[i][0]), file_of(pairs[i][1]), GNUTLS_X509_FMT_PEM));
        }
    }
    // The original counts a chain whose key is another one, though it refuses it: what follows has other places.
    CASE("another key");
    say_result("key file", gnutls_certificate_set_x509_key_file(cred, file_of("client.pem"), file_of("second.key"), GNUTLS_X509_FMT_PEM));
    CASE("DER for PEM");
    say_result("key file", gnutls_certificate_set_x509_key_file(cred, file_of("client.pem"), file_of("client.key"), GNUTLS_X509_FMT_DER));
    CASE("trust");
    static const char *trusted[] = {"root.pem", "root.pem", "other.pem", "nothing.pem", "empty.pem", "garbage.pem", "text.pem"};
    for (int i = 0; i < COUNT(trusted); i++)
        say_result(trusted[i], gnutls_certificate_set_x509_trust_file(cred, file_of(trusted[i]), GNUTLS_X509_FMT_PEM));
    say_result("dir", gnutls_certificate_set_x509_trust_dir(cred, "/nonexistent", GNUTLS_X509_FMT_PEM));
    gnutls_datum_t empty = {(unsigned char *)"", 0};
    say_result("mem", gnutls_certificate_set_x509_trust_mem(cred, &empty, GNUTLS_X509_FMT_PEM));
    say_result("crl", gnutls_certificate_set_x509_crl_file(cred, file_of("nothing.pem"), GNUTLS_X509_FMT_PEM));
    CASE("look");
    gnutls_datum_t der;
    for (unsigned index = 0; index < 3; index++)
        for (unsigned place = 0; place < 2; place++) {
            int result = gnutls_certificate_get_crt_raw(cred, index, place, &der);
            say("%u %u: %d %s, %s", index, place, result, name_of(result), result < 0 ? "" : subject_of(&der));
        }
    gnutls_x509_crt_t *list;
    unsigned size;
    gnutls_x509_privkey_t key;
    int result = (int)say_result("get_x509_crt", gnutls_certificate_get_x509_crt(cred, 0, &list, &size));
    if (result >= 0) {
        say("size: %u", size);
        for (unsigned i = 0; i < size; i++)
            gnutls_x509_crt_deinit(list[i]);
        gnutls_free(list);
    }
    if (say_result("get_x509_key", gnutls_certificate_get_x509_key(cred, 0, &key)) >= 0)
        gnutls_x509_privkey_deinit(key);
    say_result("beyond", gnutls_certificate_get_x509_key(cred, 99, &key));
    gnutls_certificate_set_verify_flags(cred, GNUTLS_VERIFY_DISABLE_TIME_CHECKS);
    say("flags: %#x", gnutls_certificate_get_verify_flags(cred));
    gnutls_certificate_free_keys(cred);
    say_result("after free_keys", gnutls_certificate_get_crt_raw(cred, 0, 0, &der));
    gnutls_certificate_free_credentials(cred);
}

SINGLE(body)
