// A program's functions that are called while keys are given, and use the credentials themselves: for a PIN, to sign with
// a key that is not ours, and when such a key is freed.
#include "common.h"
#include <gnutls/abstract.h>

static gnutls_certificate_credentials_t cred;
static int freed, refuses;

static void use(const char *where) {
    unsigned before = gnutls_certificate_get_verify_flags(cred);
    gnutls_certificate_set_verify_flags(cred, before + 1);
    say("  in %s: the flags grow: %d", where, gnutls_certificate_get_verify_flags(cred) == before + 1);
}

static int pin(void *user UNUSED, int attempt, const char *url UNUSED, const char *label UNUSED, unsigned flags UNUSED, char *out,
               size_t room) {
    say("  asked for a PIN, attempt %d", attempt);
    use("the PIN function");
    snprintf(out, room, "%s", "secret");
    return 0;
}

static int sign(gnutls_privkey_t key UNUSED, gnutls_sign_algorithm_t scheme, void *data, unsigned flags UNUSED,
                const gnutls_datum_t *hash, gnutls_datum_t *signature) {
    use("the signing function");
    say("  signs %s", gnutls_sign_get_name(scheme));
    if (refuses)
        return GNUTLS_E_PK_SIGN_FAILED;
    return gnutls_privkey_sign_hash2((gnutls_privkey_t)data, scheme, 0, hash, signature);
}

static int info(gnutls_privkey_t key UNUSED, unsigned flags, void *data) {
    if (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO)
        return gnutls_privkey_get_pk_algorithm((gnutls_privkey_t)data, NULL);
    if (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO_BITS)
        return 256;
    if (flags & GNUTLS_PRIVKEY_INFO_HAVE_SIGN_ALGO)
        return GNUTLS_FLAGS_TO_SIGN_ALGO(flags) == GNUTLS_SIGN_ECDSA_SHA256
               || GNUTLS_FLAGS_TO_SIGN_ALGO(flags) == GNUTLS_SIGN_ECDSA_SECP256R1_SHA256;
    return -1;
}

static void release(gnutls_privkey_t key UNUSED, void *data UNUSED) {
    freed++;
    use("the freeing function");
}

static void give(gnutls_privkey_t inner, const gnutls_datum_t *pem) {
    gnutls_pcert_st *certs = gnutls_malloc(sizeof *certs);
    gnutls_privkey_t outer;
    MUST(gnutls_pcert_import_x509_raw(certs, pem, GNUTLS_X509_FMT_PEM, 0));
    MUST(gnutls_privkey_init(&outer));
    MUST(gnutls_privkey_import_ext4(outer, inner, NULL, sign, NULL, release, info, 0));
    int result = gnutls_certificate_set_key(cred, NULL, 0, certs, 1, outer);
    say_result("set_key", result);
    if (result < 0) {
        gnutls_pcert_deinit(certs);
        gnutls_privkey_deinit(outer);
    }
    gnutls_free(certs);
}

static void body(void) {
    gnutls_privkey_t key;
    gnutls_datum_t right, wrong, pem;
    MUST(gnutls_load_file(file_of("client.pem"), &right));
    MUST(gnutls_load_file(file_of("server.pem"), &wrong));
    MUST(gnutls_load_file(file_of("client.key"), &pem));
    MUST(gnutls_privkey_init(&key));
    MUST(gnutls_privkey_import_x509_raw(key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0));
    MUST(gnutls_certificate_allocate_credentials(&cred));

    CASE("a PIN");
    gnutls_certificate_set_pin_function(cred, pin, NULL);
    say_result("files", gnutls_certificate_set_x509_key_file(cred, file_of("client-encrypted.pem"), file_of("client-encrypted.key"), GNUTLS_X509_FMT_PEM));

    CASE("another's certificate");
    give(key, &wrong);
    say("freed: %d", freed);

    CASE("a key of the program's");
    give(key, &right);
    say("freed: %d", freed);

    CASE("a key of the program's that does not sign now");
    refuses = 1;
    give(key, &right);
    give(key, &wrong);
    say("freed: %d", freed);

    CASE("they are forgotten");
    gnutls_certificate_free_keys(cred);
    say("freed: %d", freed);

    gnutls_certificate_free_credentials(cred);
    gnutls_privkey_deinit(key);
    gnutls_free(right.data), gnutls_free(wrong.data), gnutls_free(pem.data);
}

SINGLE(body)
