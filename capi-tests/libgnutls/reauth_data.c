// Application data that is on its way when the server asks: GNUTLS_E_GOT_APPLICATION_DATA, to be read as from nobody.
#include "common.h"

static void server(void) {
    gnutls_certificate_credentials_t cred = credentials("server", "root.pem");
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, T13);
    say_handshake(session);
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    int result;
    for (int turn = 0; turn < 10; turn++) {
        result = gnutls_reauth(session, 0);
        say_result("reauth", result);
        if (result != GNUTLS_E_GOT_APPLICATION_DATA)
            break;
        say("pending: %zu", gnutls_record_check_pending(session));
        unsigned size;
        say("peers before: %s", gnutls_certificate_get_peers(session, &size) ? "some" : "none");
        get(session);
    }
    say_peer(session);
    put(session, "done");
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

static void client(void) {
    gnutls_certificate_credentials_t cred = credentials("client", "root.pem");
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, T13);
    say_handshake(session);
    put(session, "early one");
    put(session, "early two");
    get(session); // the request
    put(session, "after the request");
    say_result("reauth", gnutls_reauth(session, 0));
    get(session);
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

SIDES(server, client)
