// Every state in which gnutls_reauth does not begin.
#include "common.h"

static void round_trip(gnutls_session_t session) {
    if (is_server) {
        put(session, "hello");
        get(session);
    } else {
        get(session);
        put(session, "thanks");
    }
}

// A connection with these flags and priorities on the two sides; both call gnutls_reauth.
static void attempt(const char *what, unsigned server_flags, unsigned client_flags, const char *priority) {
    CASE("%s", what);
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : "client", "root.pem");
    gnutls_session_t session = connected(cred, is_server ? server_flags : client_flags, priority);
    say_handshake(session);
    if (is_server)
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
    say("offered: %d", (gnutls_session_get_flags(session) & GNUTLS_SFLAGS_POST_HANDSHAKE_AUTH) != 0);
    say_result("reauth", gnutls_reauth(session, 0));
    round_trip(session);
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

static void both(void) {
    attempt("TLS 1.2", GNUTLS_POST_HANDSHAKE_AUTH, GNUTLS_POST_HANDSHAKE_AUTH, T12);
    attempt("the client does not offer", GNUTLS_POST_HANDSHAKE_AUTH, 0, T13);
    attempt("the server has not opted in", 0, GNUTLS_POST_HANDSHAKE_AUTH, T13);

    CASE("nothing is pending on the client; nothing is expected on the server");
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : "client", "root.pem");
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, T13);
    say_handshake(session);
    say_result("reauth", gnutls_reauth(session, 0));
    round_trip(session);
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

SIDES(both, both)
