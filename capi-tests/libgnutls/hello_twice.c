// A ClientHello that is answered with another try: the program's function sees the second one as well.
#include "common.h"

static int calls, refuses_second;

static int hello(gnutls_session_t session) {
    char name[64];
    size_t size = sizeof name;
    unsigned type;
    say("  ClientHello %d, name: %d", ++calls, gnutls_server_name_get(session, name, &size, &type, 0));
    say_result("  priority", gnutls_priority_set_direct(session, T13 ":-GROUP-ALL:+GROUP-SECP384R1", NULL));
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    return calls == 2 && refuses_second ? GNUTLS_E_NO_CERTIFICATE_FOUND : 0;
}

static void both(void) {
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : "client", "root.pem");
    for (refuses_second = 0; refuses_second < 2; refuses_second++)
        for (int retried = 0; retried < 2; retried++) {
            CASE("%s%s", retried ? "another try" : "the first will do", refuses_second ? ", a second is refused" : "");
            const char *groups = retried ? T13 ":-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1" : T13 ":-GROUP-ALL:+GROUP-SECP384R1";
            gnutls_session_t session = connected(cred, 0, is_server ? T13 : groups);
            calls = 0;
            if (is_server)
                gnutls_handshake_set_post_client_hello_function(session, hello);
            int result = say_handshake(session);
            if (is_server && result < 0)
                say_result("alert", gnutls_alert_send_appropriate(session, result));
            say("alert %d", gnutls_alert_get(session));
            if (is_server && result == 0)
                say_peer(session);
            finish(session);
        }
    gnutls_certificate_free_credentials(cred);
}

SIDES(both, both)
