// What hooks and the last messages say of a round of authentication on a live connection.
#include "memory.h"
static int hook(gnutls_session_t session, unsigned type, unsigned when, unsigned in, const gnutls_datum_t *message) {
    say("  %s: %s type %u, %s, %s", session == server ? "server" : "client", when == GNUTLS_HOOK_PRE ? "before" : "after", type, in ? "in" : "out",
        message && message->size ? "a body" : "none");
    return 0;
}
static void last(const char *what) {
    say("%s: server %d %d, client %d %d", what, (int)gnutls_handshake_get_last_in(server), (int)gnutls_handshake_get_last_out(server),
        (int)gnutls_handshake_get_last_in(client), (int)gnutls_handshake_get_last_out(client));
}
static void body(void) {
    gnutls_certificate_credentials_t of_server = credentials("server", "root.pem"), of_client = credentials("client", "root.pem"), none = credentials(NULL, "root.pem");
    for (int round = 0; round < 4; round++) {
        CASE("%s", round == 0 ? "a certificate" : round == 1 ? "none" : round == 2 ? "tickets and updates" : "by itself");
        gnutls_datum_t key;
        MUST(gnutls_session_ticket_key_generate(&key));
        new_pair(of_server, GNUTLS_POST_HANDSHAKE_AUTH, round == 1 ? none : of_client, GNUTLS_POST_HANDSHAKE_AUTH | (round == 3 ? GNUTLS_AUTO_REAUTH : 0), T13);
        if (round == 2)
            gnutls_session_ticket_enable_server(server, &key);
        shake_pair();
        gnutls_certificate_server_set_request(server, GNUTLS_CERT_REQUEST);
        gnutls_handshake_set_hook_function(server, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_BOTH, hook);
        gnutls_handshake_set_hook_function(client, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_BOTH, hook);
        last("before");
        if (round == 2) {
            say_result("ticket", gnutls_session_ticket_send(server, 1, 0));
            last("ticket");
            say_result("update", gnutls_session_key_update(server, GNUTLS_KU_PEER));
            last("update");
            say_result("send", gnutls_record_send(server, "x", 1));
            for (int i = 0; i < 5; i++)
                take("client", client);
            last("read");
            say_result("send", gnutls_record_send(client, "x", 1));
            take("server", server);
            take("server", server);
            last("answered");
        }
        for (int again = 0; again < 2 && round != 2; again++) {
            say_result("server", gnutls_reauth(server, 0));
            last("asked");
            take("client", client);
            last("seen");
            if (round != 3)
                say_result("client", gnutls_reauth(client, 0));
            last("answered");
            say_result("server", gnutls_reauth(server, 0));
            last("done");
        }
        end_pair();
        gnutls_free(key.data);
    }
    gnutls_certificate_free_credentials(of_server);
    gnutls_certificate_free_credentials(of_client);
    gnutls_certificate_free_credentials(none);
}
SINGLE(body)
