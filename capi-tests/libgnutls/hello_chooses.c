// What a server may still choose when it has seen the ClientHello: priorities, and when to go on.
#include "common.h"

static int way;
static int asked;

static int choose(gnutls_session_t session) {
    gnutls_priority_t priority = NULL;
    const char *at;
    asked++;
    switch (way) {
    case 0: say_result("  TLS 1.3", gnutls_priority_set_direct(session, T13, &at)); break;
    case 1: say_result("  AES-128", gnutls_priority_set_direct(session, "NORMAL:-CIPHER-ALL:+AES-128-GCM", &at)); break;
    case 2:
        MUST(gnutls_priority_init(&priority, "NORMAL:-GROUP-ALL:+GROUP-SECP256R1", NULL));
        say_result("  P-256", gnutls_priority_set(session, priority));
        gnutls_priority_deinit(priority);
        break;
    case 3: say_result("  default", gnutls_set_default_priority(session)); break;
    case 4: return GNUTLS_E_AGAIN;
    }
    return 0;
}

static const char *offers[] = {"NORMAL", "NORMAL:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM"};

static void server(void) {
    gnutls_certificate_credentials_t cred = credentials("server", "root.pem");
    for (int version = 0; version < 2; version++)
        for (way = 0; way < 5; way++) {
            CASE("way %d, offered %s", way, offers[version]);
            gnutls_session_t session = connected(cred, 0, "NORMAL");
            gnutls_handshake_set_post_client_hello_function(session, choose);
            asked = 0;
            int result;
            while ((result = (int)say_result("handshake", gnutls_handshake(session))) < 0 && !gnutls_error_is_fatal(result))
                if (asked > 4)
                    break;
            char *shown = gnutls_session_get_desc(session);
            say("asked %d times: %s", asked, shown);
            gnutls_free(shown);
            put(session, "hello");
            finish(session);
        }
    gnutls_certificate_free_credentials(cred);
}

static void client(void) {
    gnutls_certificate_credentials_t cred = credentials(NULL, "root.pem");
    for (int version = 0; version < 2; version++)
        for (way = 0; way < 5; way++) {
            CASE("way %d, offered %s", way, offers[version]);
            gnutls_session_t session = connected(cred, 0, offers[version]);
            say_handshake(session);
            char *shown = gnutls_session_get_desc(session);
            say("%s", shown);
            gnutls_free(shown);
            get(session);
            finish(session);
        }
    gnutls_certificate_free_credentials(cred);
}

SIDES(server, client)
