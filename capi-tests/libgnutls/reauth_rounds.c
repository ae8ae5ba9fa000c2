// Several rounds of gnutls_reauth on one connection, with what the handshake knows before.
#include "common.h"

static void server(void) {
    gnutls_certificate_credentials_t cred = credentials("server", "root.pem");
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, T13);
    say_handshake(session);
    say("offered: %d", (gnutls_session_get_flags(session) & GNUTLS_SFLAGS_POST_HANDSHAKE_AUTH) != 0);
    say_peer(session);
    CASE("nothing is expected of the certificate");
    say_result("reauth", gnutls_reauth(session, 0));
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    for (int round = 0; round < 3; round++) {
        CASE("round %d", round);
        say_result("reauth", gnutls_reauth(session, 0));
        say_peer(session);
        say("client signed with: %s", gnutls_sign_get_name((gnutls_sign_algorithm_t)gnutls_sign_algorithm_get_client(session)));
        put(session, "go on");
        get(session);
    }
    say_result("bye", gnutls_bye(session, GNUTLS_SHUT_WR));
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

static void client(void) {
    gnutls_certificate_credentials_t cred = credentials("client", "root.pem");
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, T13);
    say_handshake(session);
    say("requested: %u", gnutls_certificate_client_get_request_status(session));
    for (int round = 0; round < 3; round++) {
        CASE("round %d", round);
        get(session);
        say_result("reauth", gnutls_reauth(session, 0));
        say("requested: %u, ours: %s", gnutls_certificate_client_get_request_status(session),
            subject_of(gnutls_certificate_get_ours(session)));
        get(session);
        put(session, "I do");
    }
    get(session);
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

SIDES(server, client)
