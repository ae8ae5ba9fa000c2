// A server has asked, and then takes back what it would judge the answer by: the answer is not taken unseen.
#include "common.h"

static int refuse(gnutls_session_t session) {
    (void)session;
    say("asked to verify");
    return GNUTLS_E_CERTIFICATE_ERROR;
}

static const char *const names[] = {"nothing", "the request", "the credentials"};

static void serve(void) {
    gnutls_certificate_credentials_t cred = credentials("server", "root.pem");
    for (int i = 1; i < COUNT(names); i++) {
        CASE("taken back: %s", names[i]);
        gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, T13);
        gnutls_session_set_verify_function(session, refuse);
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_IGNORE);
        say_handshake(session);
        get(session);
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
        // Data of the client's comes first and puts the answer off.
        say_result("asked", gnutls_reauth(session, 0));
        if (i == 1)
            gnutls_certificate_server_set_request(session, GNUTLS_CERT_IGNORE);
        else
            gnutls_credentials_clear(session);
        get(session);
        char line[64];
        ssize_t got = gnutls_record_recv(session, line, sizeof line);
        say("data behind the answer: %d", got > 0);
        unsigned count = 7;
        say("a peer: %d", gnutls_certificate_get_peers(session, &count) != NULL);
        finish(session);
    }
    gnutls_certificate_free_credentials(cred);
}

static void ask(void) {
    gnutls_certificate_credentials_t cred = credentials("client", "root.pem");
    for (int i = 1; i < COUNT(names); i++) {
        CASE("taken back: %s", names[i]);
        gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, T13);
        say_handshake(session);
        put(session, "hello");
        put(session, "more");
        char line[64];
        ssize_t got = gnutls_record_recv(session, line, sizeof line);
        say("asked: %d", got == GNUTLS_E_REAUTH_REQUEST);
        if (got == GNUTLS_E_REAUTH_REQUEST)
            gnutls_reauth(session, 0); // the server may be gone before all of it is out
        gnutls_record_send(session, "secret", 6);
        gnutls_record_recv(session, line, sizeof line);
        finish(session);
    }
    gnutls_certificate_free_credentials(cred);
}

SIDES(serve, ask)
