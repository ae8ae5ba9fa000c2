// A pre-shared key offered beside a session: the server takes whichever it knows first. The session is one of the key's.
#include "common.h"

enum { SESSION = 1, KEY = 2, WRONG = 4, RETRY = 8 };

static const struct {
    const char *what;
    int server; // what it knows of, the second time
} cases[] = {
    {"both are known", SESSION | KEY},
    {"the session is", SESSION},
    {"the key is", KEY},
    {"neither is", 0},
    {"the wrong key", KEY | WRONG},
    {"the wrong key, behind the session", SESSION | KEY | WRONG},
    {"both are known, after a retry", SESSION | KEY | RETRY},
    {"the key is, after a retry", KEY | RETRY},
    {"neither is, after a retry", RETRY},
};

static int now, again;

static int is(int what) {
    return (cases[now].server & what) != 0;
}

static int find(gnutls_session_t session UNUSED, const char *user, gnutls_datum_t *key) {
    say("  asked for the key of %s", strlen(user) > 20 ? "a ticket" : user);
    if (strcmp(user, "alice") || (again && !is(KEY)))
        return -1;
    key->data = gnutls_malloc(16), key->size = 16;
    memset(key->data, again && is(WRONG) ? 8 : 7, 16);
    return 0;
}

static void attempt(void) {
    unsigned char bytes[16];
    gnutls_datum_t psk = {memset(bytes, 7, 16), 16}, key = {NULL, 0}, data = {NULL, 0};
    gnutls_psk_client_credentials_t client;
    gnutls_psk_server_credentials_t server;
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : "client", "root.pem");
    MUST(gnutls_psk_allocate_client_credentials(&client));
    MUST(gnutls_psk_set_client_credentials(client, "alice", &psk, GNUTLS_PSK_KEY_RAW));
    MUST(gnutls_psk_allocate_server_credentials(&server));
    gnutls_psk_set_server_credentials_function(server, find);
    char priority[300];
    const char *groups = !is(RETRY) ? "+GROUP-SECP256R1" : is_server ? "+GROUP-SECP384R1" : "+GROUP-SECP256R1:+GROUP-SECP384R1";
    snprintf(priority, sizeof priority, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+ECDHE-PSK:+DHE-PSK:+PSK:-GROUP-ALL:%s", groups);
    for (again = 0; again < 2; again++) {
        gnutls_session_t session = session_with(cred, GNUTLS_POST_HANDSHAKE_AUTH, priority);
        int fd = new_connection();
        gnutls_transport_set_int(session, fd);
        MUST(gnutls_credentials_set(session, GNUTLS_CRD_PSK, is_server ? (void *)server : (void *)client));
        if (is_server) {
            if (!again || !is(SESSION)) {
                gnutls_free(key.data);
                MUST(gnutls_session_ticket_key_generate(&key));
            }
            MUST(gnutls_session_ticket_enable_server(session, &key));
        } else if (again)
            say_result("set_data", gnutls_session_set_data(session, data.data, data.size));
        int result = say_handshake(session);
        if (result < 0 && result != GNUTLS_E_FATAL_ALERT_RECEIVED)
            gnutls_alert_send_appropriate(session, result);
        else if (result < 0)
            say("alert: %s", gnutls_alert_get_name(gnutls_alert_get(session)));
        if (result == 0) {
            char *desc = gnutls_session_get_desc(session);
            say("%s, resumed: %d, types %d %d", desc, gnutls_session_is_resumed(session) != 0,
                gnutls_auth_client_get_type(session), gnutls_auth_server_get_type(session));
            gnutls_free(desc);
            gnutls_datum_t user = {NULL, 0};
            const char *name = gnutls_psk_server_get_username(session);
            say("user: %s", name ? name : "NULL");
            say_result("user", gnutls_psk_server_get_username2(session, &user));
            say("user: %.*s, kx %d", (int)user.size, user.data ? (char *)user.data : "", gnutls_kx_get(session));
            if (is_server) {
                put(session, "hello");
                get(session);
            } else {
                get(session);
                gnutls_free(data.data);
                say_result("get_data2", gnutls_session_get_data2(session, &data));
                put(session, "thanks");
            }
        }
        finish(session);
    }
    gnutls_free(key.data);
    gnutls_free(data.data);
    gnutls_psk_free_client_credentials(client);
    gnutls_psk_free_server_credentials(server);
    gnutls_certificate_free_credentials(cred);
}

static void both(void) {
    for (now = 0; now < COUNT(cases); now++) {
        CASE("%s", cases[now].what);
        attempt();
    }
}

SIDES(both, both)
