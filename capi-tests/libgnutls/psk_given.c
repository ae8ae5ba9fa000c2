// Each way to give a client and a server their pre-shared key.
#include "common.h"

static unsigned char secret[16], other_secret[16];
static char file[] = "/tmp/standin-psk-XXXXXX";

static void copy_to(gnutls_datum_t *out, const void *data, size_t size) {
    out->data = gnutls_malloc(size), out->size = (unsigned)size;
    memcpy(out->data, data, size);
}

static int ask(gnutls_session_t session UNUSED, char **user, gnutls_datum_t *key) {
    say("  asked for a name and a key");
    *user = gnutls_malloc(6);
    memcpy(*user, "alice", 6);
    copy_to(key, secret, sizeof secret);
    return 0;
}

static int ask2(gnutls_session_t session UNUSED, gnutls_datum_t *user, gnutls_datum_t *key) {
    say("  asked for any name and a key");
    copy_to(user, "b\0b", 3);
    copy_to(key, secret, sizeof secret);
    return 0;
}

static int refuse(gnutls_session_t session UNUSED, char **user UNUSED, gnutls_datum_t *key UNUSED) {
    say("  asked, and refused");
    return -1;
}

static int find(gnutls_session_t session UNUSED, const char *user, gnutls_datum_t *key) {
    say("  asked for the key of %s", user);
    if (strcmp(user, "alice"))
        return -1;
    copy_to(key, secret, sizeof secret);
    return 0;
}

static int find2(gnutls_session_t session UNUSED, const gnutls_datum_t *user, gnutls_datum_t *key) {
    say("  asked for the key of %u bytes", user->size);
    copy_to(key, secret, sizeof secret);
    return 0;
}

static int unknown(gnutls_session_t session UNUSED, const char *user, gnutls_datum_t *key UNUSED) {
    say("  asked for the key of %s, whom nobody knows", user);
    return 1;
}

static const char *clients[] = {"text", "text and hex", "any name", "any name and hex", "a function", "a function for any name", "a function that refuses",
                                "another key", "another name", "text, then a function"};
static const char *servers[] = {"a function", "a function for any name", "a file", "a function that knows nobody", "nothing"};

static void give(gnutls_psk_client_credentials_t cred, int way) {
    gnutls_datum_t raw = {secret, sizeof secret}, wrong = {other_secret, sizeof other_secret};
    gnutls_datum_t hex = {(unsigned char *)"07070707070707070707070707070707", 32}, odd = {(unsigned char *)"0", 1}, none = {NULL, 0};
    gnutls_datum_t alice = {(unsigned char *)"alice", 5}, any = {(unsigned char *)"b\0b", 3};
    switch (way) {
    case 0: case 9: say_result("set", gnutls_psk_set_client_credentials(cred, "alice", &raw, GNUTLS_PSK_KEY_RAW)); break;
    case 1:
        say_result("odd", gnutls_psk_set_client_credentials(cred, "alice", &odd, GNUTLS_PSK_KEY_HEX));
        say_result("no hex", gnutls_psk_set_client_credentials(cred, "alice", &raw, GNUTLS_PSK_KEY_HEX));
        say_result("hex", gnutls_psk_set_client_credentials(cred, "alice", &hex, GNUTLS_PSK_KEY_HEX));
        break;
    case 2:
        say_result("no name", gnutls_psk_set_client_credentials2(cred, &none, &raw, GNUTLS_PSK_KEY_RAW));
        say_result("no key", gnutls_psk_set_client_credentials2(cred, &any, &none, GNUTLS_PSK_KEY_RAW));
        say_result("set2", gnutls_psk_set_client_credentials2(cred, &any, &raw, GNUTLS_PSK_KEY_RAW));
        break;
    case 3: say_result("set2", gnutls_psk_set_client_credentials2(cred, &alice, &hex, GNUTLS_PSK_KEY_HEX)); break;
    case 7: say_result("set", gnutls_psk_set_client_credentials(cred, "alice", &wrong, GNUTLS_PSK_KEY_RAW)); break;
    case 8: say_result("set", gnutls_psk_set_client_credentials(cred, "bob", &raw, GNUTLS_PSK_KEY_RAW)); break;
    }
    if (way == 4 || way == 9)
        gnutls_psk_set_client_credentials_function(cred, ask);
    if (way == 5)
        gnutls_psk_set_client_credentials_function2(cred, ask2);
    if (way == 6)
        gnutls_psk_set_client_credentials_function(cred, refuse);
}

static void look_up(gnutls_psk_server_credentials_t cred, int way) {
    if (way == 0)
        gnutls_psk_set_server_credentials_function(cred, find);
    if (way == 1)
        gnutls_psk_set_server_credentials_function2(cred, find2);
    if (way == 2) {
        say_result("no file", gnutls_psk_set_server_credentials_file(cred, "/nonexistent"));
        say_result("file", gnutls_psk_set_server_credentials_file(cred, file));
    }
    if (way == 3)
        gnutls_psk_set_server_credentials_function(cred, unknown);
    say_result("hint", gnutls_psk_set_server_credentials_hint(cred, "a hint"));
}

static void attempt(const char *priority, int certificates, int client_way, int server_way) {
    gnutls_psk_client_credentials_t client;
    gnutls_psk_server_credentials_t server;
    MUST(gnutls_psk_allocate_client_credentials(&client));
    MUST(gnutls_psk_allocate_server_credentials(&server));
    gnutls_certificate_credentials_t cred = certificates ? credentials(is_server ? "server" : NULL, "root.pem") : NULL;
    gnutls_session_t session = connected(cred, 0, priority);
    if (is_server)
        look_up(server, server_way);
    else
        give(client, client_way);
    MUST(gnutls_credentials_set(session, GNUTLS_CRD_PSK, is_server ? (void *)server : (void *)client));
    int result = say_handshake(session);
    if (result < 0) {
        if (result == -1)
            ; // nothing has been said yet
        else if (result != GNUTLS_E_FATAL_ALERT_RECEIVED)
            gnutls_alert_send_appropriate(session, result);
        else
            say("alert: %s", gnutls_alert_get_name(gnutls_alert_get(session)));
    } else {
        say("types %d %d %d", gnutls_auth_get_type(session), gnutls_auth_client_get_type(session), gnutls_auth_server_get_type(session));
        char *desc = gnutls_session_get_desc(session);
        say("%s", desc);
        gnutls_free(desc);
        if (is_server) {
            gnutls_datum_t user = {NULL, 0};
            const char *name = gnutls_psk_server_get_username(session);
            say("name: %s", name ? name : "NULL");
            result = gnutls_psk_server_get_username2(session, &user);
            say("name: %d %s, %u bytes", result, name_of(result), user.size);
            put(session, "hello");
        } else {
            const char *hint = gnutls_psk_client_get_hint(session);
            say("hint: %s", hint ? hint : "NULL");
            get(session);
        }
    }
    finish(session);
    gnutls_psk_free_client_credentials(client);
    gnutls_psk_free_server_credentials(server);
    if (cred)
        gnutls_certificate_free_credentials(cred);
}

static void both(void) {
    static const char *priorities[] = {"NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:+ECDHE-PSK:+DHE-PSK:+PSK",
                                       "NORMAL:-VERS-ALL:+VERS-TLS1.3:+ECDHE-PSK:+DHE-PSK:+PSK"};
    memset(secret, 7, sizeof secret), memset(other_secret, 8, sizeof other_secret);
    int fd = mkstemp(file);
    dprintf(fd, "somebody:00\n#620062:07070707070707070707070707070707\nalice:07070707070707070707070707070707\n");
    close(fd);
    for (int p = 0; p < COUNT(priorities); p++)
        for (int s = 0; s < COUNT(servers); s++)
            for (int c = 0; c < COUNT(clients); c++) {
                CASE("priorities %d: %s; %s", p, clients[c], servers[s]);
                attempt(priorities[p], p == 1, c, s);
            }
    unlink(file);
}

SIDES(both, both)
