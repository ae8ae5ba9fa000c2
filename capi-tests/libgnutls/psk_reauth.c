// An external pre-shared key, and a certificate asked for after it. With BEYOND_THE_ORIGINAL set also who is known then,
// whom the original does not show.
#include "common.h"

static int find(gnutls_session_t session, const char *user, gnutls_datum_t *key) {
    (void)session;
    say("  asked for the key of %s", user);
    if (strcmp(user, "alice"))
        return -1;
    key->data = gnutls_malloc(16), key->size = 16;
    memset(key->data, 7, 16);
    return 0;
}

static void both(void) {
    static const char priority[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+ECDHE-PSK:+DHE-PSK:+PSK";
    gnutls_psk_client_credentials_t client;
    gnutls_psk_server_credentials_t server;
    unsigned char bytes[16];
    gnutls_datum_t key = {memset(bytes, 7, 16), 16};
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : "client", "root.pem");
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, priority);
    MUST(gnutls_psk_allocate_client_credentials(&client));
    MUST(gnutls_psk_set_client_credentials(client, "alice", &key, GNUTLS_PSK_KEY_RAW));
    MUST(gnutls_psk_allocate_server_credentials(&server));
    gnutls_psk_set_server_credentials_function(server, find);
    MUST(gnutls_credentials_set(session, GNUTLS_CRD_PSK, is_server ? (void *)server : (void *)client));
    say_handshake(session);
    say("types %d %d %d, resumed: %d", gnutls_auth_get_type(session), gnutls_auth_client_get_type(session),
        gnutls_auth_server_get_type(session), gnutls_session_is_resumed(session) != 0);
    const char *user = gnutls_psk_server_get_username(session);
    say("user: %s", user ? user : "NULL");
    char *desc = gnutls_session_get_desc(session);
    say("%s", desc);
    gnutls_free(desc);
    if (is_server) {
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
        say_result("reauth", gnutls_reauth(session, 0));
        if (getenv("BEYOND_THE_ORIGINAL")) {
            say("client by: %d", gnutls_auth_client_get_type(session));
            say_peer(session);
        }
        put(session, "done");
    } else {
        get(session);
        say_result("reauth", gnutls_reauth(session, 0));
        get(session);
    }
    finish(session);
    gnutls_psk_free_client_credentials(client);
    gnutls_psk_free_server_credentials(server);
    gnutls_certificate_free_credentials(cred);
}

SIDES(both, both)
