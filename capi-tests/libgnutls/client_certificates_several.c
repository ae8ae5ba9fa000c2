// Clients with certificates of several kinds: which one is presented to servers that take some schemes and name some
// authorities; in the handshake and on the live connection.
#include "memory.h"

static const char *kinds[] = {"client", "rsa", "p384", "ed25519", "stranger", "pss-usual"};

static void attempt(const char *version, const char *signs, int order, int ca, unsigned flags, int later, int single) {
    CASE("%s:%s, order %d, ca %d, flags %#x%s%s", version + 17, signs, order, ca, flags, later ? ", later" : "", single ? ", alone" : "");
    char priority[512];
    snprintf(priority, sizeof priority, "%s%s", version, signs);
    static const char *cas[] = {NULL, "root.pem", "other.pem"};
    gnutls_certificate_credentials_t of_server = credentials("server", cas[ca]), of_client = credentials(NULL, "root.pem");
    gnutls_certificate_set_x509_key_file(of_server, file_of("server-rsa.pem"), file_of("server-rsa.key"), GNUTLS_X509_FMT_PEM);
    for (int i = 0; i < (single ? 1 : COUNT(kinds)); i++) {
        const char *name = kinds[(i * (order & 1 ? COUNT(kinds) - 1 : 1) + order) % COUNT(kinds)];
        char cert[64], key[64];
        snprintf(cert, sizeof cert, "%s.pem", name), snprintf(key, sizeof key, "%s.key", name);
        MUST(gnutls_certificate_set_x509_key_file(of_client, file_of(cert), file_of(key), GNUTLS_X509_FMT_PEM));
    }
    new_pair(of_server, GNUTLS_POST_HANDSHAKE_AUTH, of_client, GNUTLS_POST_HANDSHAKE_AUTH | flags, T13);
    MUST(gnutls_priority_set_direct(server, priority, NULL));
    MUST(gnutls_priority_set_direct(client, version, NULL));
    if (!later)
        gnutls_certificate_server_set_request(server, GNUTLS_CERT_REQUEST);
    if (shake_pair()) {
        if (later) {
            gnutls_certificate_server_set_request(server, GNUTLS_CERT_REQUEST);
            say_result("server", gnutls_reauth(server, 0));
            take("client", client);
            say_result("client", gnutls_reauth(client, 0));
            say_result("server", gnutls_reauth(server, 0));
        }
        unsigned size, status = 77;
        say("server sees %s", subject_of(gnutls_certificate_get_peers(server, &size)));
        int result = gnutls_certificate_verify_peers2(server, &status);
        say("verified %d %s %#x", result, name_of(result), status);
        say("client's own %s", subject_of(gnutls_certificate_get_ours(client)));
    }
    end_pair();
    gnutls_certificate_free_credentials(of_server);
    gnutls_certificate_free_credentials(of_client);
}

static void body(void) {
    // RSASSA-PSS alone would have the original pass over keys for RSA.
    static const char *signs13[] = {"", ":-SIGN-ALL:+SIGN-ECDSA-SECP256R1-SHA256", ":-SIGN-ALL:+SIGN-EDDSA-ED25519:+SIGN-ECDSA-SECP256R1-SHA256",
                                    ":-SIGN-ALL:+SIGN-ECDSA-SECP384R1-SHA384:+SIGN-ECDSA-SECP256R1-SHA256", ":-SIGN-ALL:+SIGN-RSA-SHA256:+SIGN-ECDSA-SECP256R1-SHA256"};
    static const char *signs12[] = {"", ":-SIGN-ALL:+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SHA384:+SIGN-RSA-SHA256"};
    for (int v = 0; v < 2; v++)
        for (int s = 0; s < (v ? COUNT(signs13) : COUNT(signs12)); s++)
            for (int order = 0; order < COUNT(kinds); order++)
                for (int ca = 0; ca < 3; ca++)
                    for (int later = 0; later <= v; later++)
                        for (int single = 0; single < 2; single++) // the original cannot go on with an only key that signs nothing
                            if (v || s == 0 || order != 3 || !single)
                                attempt(v ? T13 : T12, v ? signs13[s] : signs12[s], order, ca, order == 2 ? GNUTLS_FORCE_CLIENT_CERT : 0, later, single);
}
SINGLE(body)
