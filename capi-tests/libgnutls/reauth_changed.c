// What may change between two rounds of gnutls_reauth: the client's certificate, the credentials themselves, who verifies,
// what is asked for.
#include "common.h"

static int verdict;
static int judge(gnutls_session_t session) {
    unsigned size;
    const gnutls_datum_t *list = gnutls_certificate_get_peers(session, &size);
    say("  the function judges %s", list ? subject_of(list) : "nobody");
    return verdict;
}

static const char *who[] = {"client", "rsa", "p384", "ed25519", "client", "expired"};

static void server(void) {
    gnutls_certificate_credentials_t cred = credentials("server", "root.pem"), second = credentials("server-rsa", "root.pem");
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH | GNUTLS_ALLOW_ID_CHANGE, T13);
    say_handshake(session);
    for (int round = 0; round < COUNT(who); round++) {
        CASE("round %d", round);
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
        if (round == 1)
            gnutls_session_set_verify_function(session, judge);
        if (round == 2)
            gnutls_certificate_set_verify_function(cred, judge);
        if (round == 3) // that of the credentials is asked
            gnutls_session_set_verify_function(session, NULL);
        if (round == 4)
            say_result("other credentials", gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, second));
        if (round == 5)
            gnutls_session_set_verify_cert(session, NULL, 0);
        int result = (int)say_result("reauth", gnutls_reauth(session, 0));
        say_peer(session);
        say("ours: %s", subject_of(gnutls_certificate_get_ours(session)));
        say("kind: %d, sign: %s", gnutls_auth_client_get_type(session),
            gnutls_sign_get_name((gnutls_sign_algorithm_t)gnutls_sign_algorithm_get_client(session)));
        put(session, result < 0 ? "no" : "yes");
    }
    finish(session);
    gnutls_certificate_free_credentials(cred);
    gnutls_certificate_free_credentials(second);
}

static void client(void) {
    gnutls_certificate_credentials_t cred = credentials(NULL, "root.pem");
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, T13);
    say_handshake(session);
    for (int round = 0; round < COUNT(who); round++) {
        char cert[64], key[64];
        CASE("round %d", round);
        gnutls_certificate_free_keys(cred);
        snprintf(cert, sizeof cert, "%s.pem", who[round]), snprintf(key, sizeof key, "%s.key", who[round]);
        say_result("set", gnutls_certificate_set_x509_key_file(cred, file_of(cert), file_of(key), GNUTLS_X509_FMT_PEM));
        get(session);
        int result = (int)say_result("reauth", gnutls_reauth(session, 0));
        if (result >= 0)
            say("ours: %s", subject_of(gnutls_certificate_get_ours(session)));
        if (round < COUNT(who) - 1)
            get(session);
    }
    say_result("nothing is pending", gnutls_reauth(session, 0));
    get(session);
    say_result("and nothing comes", gnutls_reauth(session, 0));
    char byte;
    say("the end: %d", gnutls_record_recv(session, &byte, 1) < 0);
    say_result("and all is over", gnutls_reauth(session, 0));
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

SIDES(server, client)
