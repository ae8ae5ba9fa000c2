// What getters say after each round of authentication on a live connection: of whom, of what was signed, of what was asked.
#include "memory.h"
static gnutls_certificate_credentials_t of_server, creds[6];
static const char *who[] = {NULL, "client", "rsa", "p384", "ed25519", "client"};

static void look(const char *when) {
    say("-- %s", when);
    for (int i = 0; i < 2; i++) {
        gnutls_session_t session = i ? server : client;
        unsigned size = 77, status = 77;
        const gnutls_datum_t *list = gnutls_certificate_get_peers(session, &size);
        say("%s: peers %u %s", i ? "server" : "client", size, subject_of(list));
        say("  ours %s", subject_of(gnutls_certificate_get_ours(session)));
        int result = gnutls_certificate_verify_peers2(session, &status);
        say("  verified %d %s %#x, status %#x", result, name_of(result), status, gnutls_session_get_verify_cert_status(session));
        say("  sign %d, of client %d, request %u, types %d %d %d", gnutls_sign_algorithm_get(session), gnutls_sign_algorithm_get_client(session),
            gnutls_certificate_client_get_request_status(session), gnutls_auth_get_type(session), gnutls_auth_client_get_type(session), gnutls_auth_server_get_type(session));
        say("  kx %d, expires %d, flags %#x", gnutls_kx_get(session), gnutls_certificate_expiration_time_peers(session) > 0, gnutls_session_get_flags(session) & ~0x1001u);
        char *desc = gnutls_session_get_desc(session);
        say("  %s", desc);
        gnutls_free(desc);
        gnutls_sign_algorithm_t sign;
        result = gnutls_sign_algorithm_get_requested(session, 0, &sign);
        say("  requested %d %s, ocsp %d", result, name_of(result), gnutls_ocsp_status_request_is_checked(session, 0));
        gnutls_datum_t staple = {NULL, 0};
        result = gnutls_ocsp_status_request_get(session, &staple);
        say("  staple %d %s", result, name_of(result));
    }
}

static void body(void) {
    of_server = credentials("server", "root.pem");
    for (int i = 0; i < COUNT(who); i++)
        creds[i] = credentials(who[i], "root.pem");
    for (int first = 0; first < 3; first++) {
        CASE("first %d", first);
        new_pair(of_server, GNUTLS_POST_HANDSHAKE_AUTH | GNUTLS_ALLOW_ID_CHANGE, creds[first != 2], GNUTLS_POST_HANDSHAKE_AUTH, T13);
        gnutls_certificate_server_set_request(server, first ? GNUTLS_CERT_REQUEST : GNUTLS_CERT_IGNORE);
        shake_pair();
        look("after the handshake");
        gnutls_certificate_server_set_request(server, GNUTLS_CERT_REQUEST);
        for (int i = first == 1; i < COUNT(who); i++) { // nobody after somebody is an error to the original
            say("-- round %d: %s", i, who[i] ? who[i] : "nobody");
            gnutls_credentials_set(client, GNUTLS_CRD_CERTIFICATE, creds[i]);
            if (i == 4)
                gnutls_session_set_verify_cert(server, NULL, 0);
            say_result("server", gnutls_reauth(server, 0));
            if (i == 1)
                look("asked");
            take("client", client);
            if (i == 1)
                look("request seen");
            say_result("client", gnutls_reauth(client, 0));
            if (i == 1)
                look("answered");
            int result = gnutls_reauth(server, 0);
            say("server: %d %s", result, name_of(result));
            look("done");
        }
        end_pair();
    }
    gnutls_certificate_free_credentials(of_server);
    for (int i = 0; i < COUNT(who); i++)
        gnutls_certificate_free_credentials(creds[i]);
}
SINGLE(body)
