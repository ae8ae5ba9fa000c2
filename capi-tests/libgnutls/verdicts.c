// A good verdict may be remembered, but for what was asked and no more: the same client verifies the same server again and
// again, and each time something else has changed in between.
#include "common.h"

// Of each version.
#define CONNECTIONS 50

static gnutls_certificate_credentials_t cred;
static long ahead;
static int steps;

static time_t other_time(time_t *out) {
    time_t now = time(NULL) + ahead;
    if (out)
        *out = now;
    return now;
}

static int step(gnutls_x509_crt_t cert UNUSED, gnutls_x509_crt_t issuer UNUSED, gnutls_x509_crl_t crl UNUSED,
                unsigned output UNUSED) {
    steps++;
    return 0;
}

// Verifies in the handshake, then for every way to ask.
static void verify(const char *version, const char *what, const char *host, const char *purpose, unsigned flags, int watched) {
    gnutls_typed_vdata_st data[] = {{GNUTLS_DT_DNS_HOSTNAME, (unsigned char *)host, 0},
                                    {GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)purpose, 0}};
    unsigned status = 77;
    gnutls_session_t session = connected(cred, 0, version);
    steps = 0;
    if (watched)
        gnutls_session_set_verify_output_function(session, step);
    gnutls_session_set_verify_cert2(session, data, purpose ? 2 : 1, flags);
    int result = shake(session);
    say("%s: %d %s, %#x, %s", what, result, name_of(result), gnutls_session_get_verify_cert_status(session),
        steps ? "watched" : "not watched");
    result = gnutls_certificate_verify_peers3(session, host, &status);
    say("  peers3: %d %s, %#x", result, name_of(result), status);
    status = 77;
    result = gnutls_certificate_verify_peers2(session, &status);
    say("  peers2: %d %s, %#x", result, name_of(result), status);
    gnutls_bye(session, GNUTLS_SHUT_WR);
    finish(session);
}

static void twice(const char *version, const char *what) {
    for (int i = 0; i < 2; i++)
        verify(version, what, "localhost", GNUTLS_KP_TLS_WWW_SERVER, 0, 0);
}

static void clocks(const char *version) {
    static const long moved[] = {30L * 365 * 86400, -30L * 365 * 86400, 60, 0};
    for (int i = 0; i < COUNT(moved); i++) {
        ahead = moved[i];
        gnutls_global_set_time_function(other_time);
        twice(version, "at another time");
    }
    gnutls_global_set_time_function(time);
    twice(version, "at this time");
}

static void limits(const char *version) {
    gnutls_certificate_set_verify_limits(cred, 100, 16);
    twice(version, "short keys only");
    gnutls_certificate_set_verify_limits(cred, 16384, 0);
    twice(version, "no certificate at all"); // no limit, in truth
    gnutls_certificate_set_verify_limits(cred, 16384, 16);
    twice(version, "usual limits");
    gnutls_certificate_set_verify_flags(cred, GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_FUTURE));
    twice(version, "a strict profile");
    gnutls_certificate_set_verify_flags(cred, 0);
}

// Without the root, with it, and with a list of the program's own.
static void lists(const char *version) {
    gnutls_x509_trust_list_t list, own;
    gnutls_x509_crt_t root;
    gnutls_datum_t pem;
    MUST(gnutls_load_file(file_of("root.pem"), &pem));
    MUST(gnutls_x509_crt_init(&root));
    MUST(gnutls_x509_crt_import(root, &pem, GNUTLS_X509_FMT_PEM));
    gnutls_certificate_get_trust_list(cred, &list);
    twice(version, "list shown");
    say("removed: %d", gnutls_x509_trust_list_remove_cas(list, &root, 1));
    twice(version, "root removed");
    MUST(gnutls_certificate_set_x509_trust_mem(cred, &pem, GNUTLS_X509_FMT_PEM));
    twice(version, "root added again");
    MUST(gnutls_x509_trust_list_init(&own, 0));
    gnutls_certificate_set_trust_list(cred, own, 0);
    twice(version, "an empty list");
    MUST(gnutls_x509_trust_list_add_trust_mem(own, &pem, NULL, GNUTLS_X509_FMT_PEM, 0, 0));
    twice(version, "a list with the root");
    gnutls_x509_crt_deinit(root);
    gnutls_free(pem.data);
}

static void all(const char *version) {
    CASE("%s: what is asked", version);
    cred = credentials(NULL, "root.pem");
    twice(version, "usual");
    verify(version, "another host", "elsewhere", GNUTLS_KP_TLS_WWW_SERVER, 0, 0);
    verify(version, "another purpose", "localhost", GNUTLS_KP_TLS_WWW_CLIENT, 0, 0);
    verify(version, "no purpose", "localhost", NULL, 0, 0);
    verify(version, "a strict profile", "localhost", NULL, GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_FUTURE), 0);
    for (int i = 0; i < 2; i++)
        verify(version, "with an output function", "localhost", NULL, 0, 1);
    twice(version, "usual");
    CASE("%s: the time", version);
    clocks(version);
    CASE("%s: what the credentials say", version);
    limits(version);
    twice(version, "usual");
    CASE("%s: another server", version);
    twice(version, "expired");
    twice(version, "usual");
    CASE("%s: revoked", version);
    say("lists: %d", gnutls_certificate_set_x509_crl_file(cred, file_of("server.crl"), GNUTLS_X509_FMT_PEM));
    twice(version, "revoked");
    gnutls_certificate_free_credentials(cred);
    CASE("%s: trust", version);
    cred = credentials(NULL, "other.pem");
    twice(version, "another root");
    MUST(gnutls_certificate_set_x509_trust_file(cred, file_of("root.pem"), GNUTLS_X509_FMT_PEM));
    twice(version, "both roots");
    lists(version);
    gnutls_certificate_free_credentials(cred);
}

static void client(void) {
    all(T12);
    all(T13);
}

// Its certificate is `server` but for two connections in the middle.
static void server(void) {
    gnutls_certificate_credentials_t usual = credentials("server", NULL), expired = credentials("server-expired", NULL);
    for (int i = 0; i < 2 * CONNECTIONS; i++) {
        int in_turn = i % CONNECTIONS;
        gnutls_session_t session = connected(in_turn == 30 || in_turn == 31 ? expired : usual, 0, NULL);
        if (shake(session) == 0) {
            char byte;
            gnutls_record_recv(session, &byte, 1);
        }
        finish(session);
    }
    gnutls_certificate_free_credentials(usual);
    gnutls_certificate_free_credentials(expired);
}

SIDES(server, client)
