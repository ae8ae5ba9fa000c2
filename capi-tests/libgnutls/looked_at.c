// What sessions and credentials tell of: before a handshake, after it, on both sides.
#include "common.h"
#include <time.h>

static void hex(const char *what, const void *data, size_t size) {
    // Random: only whether there is something in it.
    const unsigned char *bytes = data;
    size_t zero = 0;
    while (zero < size && bytes[zero] == 0)
        zero++;
    say("%s: %zu bytes%s", what, size, size && zero == size ? ", all of them zero" : "");
}

static void say_secrets(gnutls_session_t session) {
    char one[40], other[40];
    gnutls_datum_t master = {NULL, 0};
    memset(one, 0, sizeof one), memset(other, 0, sizeof other);
    if (gnutls_protocol_get_version(session) == GNUTLS_TLS1_2) {
        gnutls_session_get_master_secret(session, &master);
        hex("master", master.data, master.size);
    }
    say_result("prf", gnutls_prf(session, 5, "label", 0, 0, NULL, sizeof one, one));
    hex("prf", one, sizeof one);
    say_result("rfc5705", gnutls_prf_rfc5705(session, 5, "label", 0, gnutls_protocol_get_version(session) == GNUTLS_TLS1_2 ? NULL : "", sizeof other, other));
    say("the same: %d", memcmp(one, other, sizeof one) == 0);
    say_result("another", gnutls_prf(session, 5, "Label", 0, 0, NULL, sizeof other, other));
    say("differ: %d", memcmp(one, other, sizeof one) != 0);
    // Both sides have the same.
    if (is_server)
        gnutls_record_send(session, one, sizeof one);
    else {
        ssize_t got;
        do
            got = gnutls_record_recv(session, other, sizeof other);
        while (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED);
        say("got: %zd, the same: %d", got, got == sizeof one && memcmp(one, other, sizeof one) == 0);
    }
}

static void say_times(gnutls_session_t session) {
    time_t now = time(NULL), from = gnutls_certificate_activation_time_peers(session), until = gnutls_certificate_expiration_time_peers(session);
    say("from: %s, until: %s", from == -1 ? "-1" : from == GNUTLS_E_INVALID_REQUEST ? "refused" : from < now - 1000 && from > now - 30 * 86400 ? "yesterday" : "?",
        until == -1 ? "-1" : until == GNUTLS_E_INVALID_REQUEST ? "refused" : until > now + 3000L * 86400 ? "years" : "?");
    gnutls_datum_t id = {NULL, 0};
    say_result("subkey", gnutls_certificate_get_peers_subkey_id(session, &id));
    say("subkey: %u", id.size);
    unsigned status = 77;
    say_result("verify", gnutls_certificate_verify_peers(session, NULL, 0, &status));
    say_result("verify2", gnutls_certificate_verify_peers2(session, &status));
    say_result("verify3", gnutls_certificate_verify_peers3(session, "localhost", &status));
}

static void say_kinds(gnutls_session_t session) {
    say("version %d, cipher %d, kx %d, mac %d, compression %d", gnutls_protocol_get_version(session), gnutls_cipher_get(session), gnutls_kx_get(session),
        gnutls_mac_get(session), gnutls_compression_get(session));
    say("group %d, curve %d, prf %d", gnutls_group_get(session), gnutls_ecc_curve_get(session), gnutls_prf_hash_get(session));
    say("types %d %d %d %d", gnutls_certificate_type_get(session), gnutls_certificate_type_get2(session, GNUTLS_CTYPE_CLIENT),
        gnutls_certificate_type_get2(session, GNUTLS_CTYPE_SERVER), gnutls_certificate_type_get2(session, GNUTLS_CTYPE_OURS));
    say("auth %d %d %d", gnutls_auth_get_type(session), gnutls_auth_client_get_type(session), gnutls_auth_server_get_type(session));
    say("early %d %d", gnutls_early_cipher_get(session), gnutls_early_prf_hash_get(session));
    say("requested: %d", gnutls_certificate_client_get_request_status(session) != 0);
    if (gnutls_protocol_get_version(session) != GNUTLS_TLS1_3)
        say("ems %u, etm %u, safe %u", gnutls_session_ext_master_secret_status(session), gnutls_session_etm_status(session), gnutls_safe_renegotiation_status(session));
}

static void say_agreed(gnutls_session_t session) {
    const char *suite = gnutls_ciphersuite_get(session); // the original does not survive it before a handshake
    say("suite %s", suite ? suite : "NULL");
}

static void say_requested(gnutls_session_t session) {
    gnutls_sign_algorithm_t sign;
    static const gnutls_sign_algorithm_t known[] = {GNUTLS_SIGN_RSA_PSS_RSAE_SHA256, GNUTLS_SIGN_ECDSA_SECP256R1_SHA256, GNUTLS_SIGN_ECDSA_SHA256,
                                                    GNUTLS_SIGN_EDDSA_ED25519};
    int found[COUNT(known)] = {0}, result;
    size_t index = 0;
    while ((result = gnutls_sign_algorithm_get_requested(session, index, &sign)) == 0) {
        for (int i = 0; i < COUNT(known); i++)
            found[i] |= sign == known[i];
        index++;
    }
    say("asked for: %d %d %d, then %d %s", found[0], found[1] | found[2], found[3], result, name_of(result));
}

static int asked(gnutls_session_t session, const gnutls_datum_t *names UNUSED, int count UNUSED, const gnutls_pk_algorithm_t *pks UNUSED, int pks_count UNUSED,
                 gnutls_pcert_st **certs UNUSED, unsigned *size, gnutls_privkey_t *key UNUSED) {
    say("in the callback");
    say_requested(session);
    *size = 0;
    return 0;
}

static void attempt(const char *version, int with_client) {
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : with_client ? "client" : NULL, "root.pem");
    gnutls_session_t session = connected(cred, 0, version);
    void *found = NULL;
    say_result("credentials", gnutls_credentials_get(session, GNUTLS_CRD_CERTIFICATE, &found));
    say("ours: %d", found == cred);
    say_result("other credentials", gnutls_credentials_get(session, GNUTLS_CRD_PSK, &found));
    say_kinds(session);
    say_times(session);
    if (is_server)
        gnutls_certificate_server_set_request(session, with_client ? GNUTLS_CERT_REQUIRE : GNUTLS_CERT_REQUEST);
    else if (!with_client)
        gnutls_certificate_set_retrieve_function2(cred, asked);
    say_handshake(session);
    say_kinds(session);
    say_agreed(session);
    say_requested(session);
    say_times(session);
    say_secrets(session);
    if (is_server)
        get(session);
    else
        put(session, "thanks");
    say_result("rehandshake", is_server && gnutls_protocol_get_version(session) == GNUTLS_TLS1_2 ? 0 : gnutls_rehandshake(session));
    say("ext: %s", gnutls_session_get_verify_cert_status(session) ? "status" : "none");
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

// Credentials that lead to nothing can be made, set and found.
static void unused(void) {
    gnutls_anon_client_credentials_t client = NULL;
    gnutls_anon_server_credentials_t server = NULL;
    void *found = NULL;
    gnutls_session_t session = session_with(NULL, 0, NULL);
    say_result("client", gnutls_anon_allocate_client_credentials(&client));
    say_result("server", gnutls_anon_allocate_server_credentials(&server));
    say("made: %d %d", client != NULL, server != NULL);
    say_result("set", gnutls_credentials_set(session, GNUTLS_CRD_ANON, is_server ? (void *)server : (void *)client));
    say_result("get", gnutls_credentials_get(session, GNUTLS_CRD_ANON, &found));
    say("the same: %d", found == (is_server ? (void *)server : (void *)client));
    gnutls_deinit(session);
    gnutls_anon_free_client_credentials(client);
    gnutls_anon_free_server_credentials(server);
}

static void both(void) {
    unused();
    for (int v = 0; v < 2; v++)
        for (int with = 0; with < 2; with++) {
            CASE("%s, %s", v ? "TLS 1.3" : "TLS 1.2", with ? "with a client's certificate" : "without");
            attempt(v ? T13 : T12, with);
        }
}

SIDES(both, both)
