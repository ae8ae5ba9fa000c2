// Keys that are functions of the program's (as for a token or an agent), at both sides: which signatures they are asked for,
// in the handshake and after it, and what becomes of one that refuses. With BEYOND_THE_ORIGINAL set they use the session that
// they sign for, which the original lets them.
#include "common.h"
#include <gnutls/abstract.h>

static int older, refuses, wrong;
static gnutls_session_t current;

static int sign(void *data, gnutls_sign_algorithm_t scheme, const gnutls_datum_t *text, int hashed, gnutls_datum_t *signature) {
    say("  asked for %s, %s", gnutls_sign_get_name(scheme), hashed ? "a digest" : "a text");
    if (current && getenv("BEYOND_THE_ORIGINAL"))
        say("  its version: %d", gnutls_protocol_get_version(current));
    if (refuses)
        return GNUTLS_E_PK_SIGN_FAILED;
    int result = hashed ? gnutls_privkey_sign_hash2((gnutls_privkey_t)data, scheme, 0, text, signature)
                        : gnutls_privkey_sign_data2((gnutls_privkey_t)data, scheme, 0, text, signature);
    if (result >= 0 && wrong)
        signature->data[signature->size - 1] ^= 1;
    return result;
}

static int sign_hash(gnutls_privkey_t key UNUSED, gnutls_sign_algorithm_t scheme, void *data, unsigned flags UNUSED,
                     const gnutls_datum_t *hash, gnutls_datum_t *signature) {
    return sign(data, scheme, hash, 1, signature);
}

static int sign_text(gnutls_privkey_t key UNUSED, gnutls_sign_algorithm_t scheme, void *data, unsigned flags UNUSED,
                     const gnutls_datum_t *text, gnutls_datum_t *signature) {
    return sign(data, scheme, text, 0, signature);
}

static int info(gnutls_privkey_t key UNUSED, unsigned flags, void *data) {
    unsigned bits;
    int kind = gnutls_privkey_get_pk_algorithm((gnutls_privkey_t)data, &bits);
    if (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO)
        return kind;
    if (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO_BITS)
        return (int)bits;
    if (flags & GNUTLS_PRIVKEY_INFO_HAVE_SIGN_ALGO)
        return gnutls_sign_supports_pk_algorithm(GNUTLS_FLAGS_TO_SIGN_ALGO(flags), (gnutls_pk_algorithm_t)kind) != 0;
    return -1;
}

// The functions of the older kind are told no algorithm.
static int sign_raw(gnutls_privkey_t key UNUSED, void *data, const gnutls_datum_t *raw, gnutls_datum_t *signature) {
    say("  asked for %u bytes", raw->size);
    return gnutls_privkey_sign_hash2((gnutls_privkey_t)data, GNUTLS_SIGN_ECDSA_SHA256, 0, raw, signature);
}

static void release(gnutls_privkey_t key UNUSED, void *data) { gnutls_privkey_deinit((gnutls_privkey_t)data); }

static gnutls_certificate_credentials_t with_foreign_key(const char *name) {
    char file[64];
    gnutls_certificate_credentials_t cred = credentials(NULL, "root.pem");
    gnutls_pcert_st *certs = gnutls_malloc(sizeof *certs);
    gnutls_privkey_t inner, outer;
    gnutls_datum_t pem;
    snprintf(file, sizeof file, "%s.key", name);
    MUST(gnutls_load_file(file_of(file), &pem));
    MUST(gnutls_privkey_init(&inner));
    MUST(gnutls_privkey_import_x509_raw(inner, &pem, GNUTLS_X509_FMT_PEM, NULL, 0));
    gnutls_free(pem.data);
    snprintf(file, sizeof file, "%s.pem", name);
    MUST(gnutls_load_file(file_of(file), &pem));
    MUST(gnutls_pcert_import_x509_raw(certs, &pem, GNUTLS_X509_FMT_PEM, 0));
    gnutls_free(pem.data);
    MUST(gnutls_privkey_init(&outer));
    int texts = gnutls_privkey_get_pk_algorithm(inner, NULL) == GNUTLS_PK_EDDSA_ED25519;
    if (older)
        MUST(gnutls_privkey_import_ext2(outer, GNUTLS_PK_ECDSA, inner, sign_raw, NULL, release, 0));
    else
        MUST(gnutls_privkey_import_ext4(outer, inner, texts ? sign_text : NULL, texts ? NULL : sign_hash, NULL, release, info, 0));
    say_result("set_key", gnutls_certificate_set_key(cred, NULL, 0, certs, 1, outer));
    gnutls_free(certs);
    return cred;
}

static void exchange(const char *mine, const char *priority, int what) {
    gnutls_certificate_credentials_t cred = with_foreign_key(mine);
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, priority);
    if (is_server)
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    refuses = what == 1, wrong = what == 2;
    current = session;
    int done = say_handshake(session);
    if (done >= 0) // the original shows a certificate that nobody has signed for
        say_peer(session);
    if (done >= 0 && !what) {
        if (is_server)
            put(session, "hello");
        else
            get(session);
    }
    if (done >= 0 && !what && strcmp(priority, T13) == 0) {
        if (!is_server)
            get(session);
        say_result("reauth", gnutls_reauth(session, 0));
        say_peer(session);
        if (is_server)
            put(session, "hello again");
        else
            get(session);
    }
    refuses = wrong = 0;
    current = NULL;
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

static void both(void) {
    static const char *versions[] = {T12, T13};
    static const char *keys[][2] = {{"server", "client"}, {"server-rsa", "rsa"}, {"server", "ed25519"}, {"server", "p384"}};
    for (int version = 0; version < 2; version++)
        for (int key = 0; key < (version ? COUNT(keys) : 2); key++) {
            CASE("TLS 1.%d, %s and %s", version + 2, keys[key][0], keys[key][1]);
            exchange(keys[key][!is_server], versions[version], 0);
        }
    for (int version = 0; version < 2; version++) {
        CASE("TLS 1.%d, of the older kind", version + 2);
        older = 1;
        exchange(keys[0][!is_server], versions[version], 0);
        older = 0;
    }
    CASE("the client's refuses");
    exchange(keys[0][!is_server], T13, is_server ? 3 : 1);
    CASE("the client's signs what is not asked");
    exchange(keys[0][!is_server], T13, is_server ? 3 : 2);
}

SIDES(both, both)
