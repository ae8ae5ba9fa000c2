// Each way to give a session its priorities, seen by what is agreed on with a peer that takes anything.
#include "common.h"

static const char *ways[] = {"none", "an object", "an object that is freed", "the default", "added to the default", "nothing added", "wrongly added",
                             "a string", "a wrong string", "an object, then another", "no object"};

static int give(gnutls_session_t session, int way) {
    gnutls_priority_t made, other;
    const char *where = "untouched";
    int result = 0;
    MUST(gnutls_priority_init(&made, "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-GCM", NULL));
    MUST(gnutls_priority_init(&other, "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+CHACHA20-POLY1305", NULL));
    switch (way) {
    case 1: case 2: case 9: result = gnutls_priority_set(session, made); break;
    case 3: result = gnutls_set_default_priority(session); break;
    case 4: result = gnutls_set_default_priority_append(session, "-VERS-TLS1.3:-CIPHER-ALL:+AES-256-GCM", &where, 0); break;
    case 5: result = gnutls_set_default_priority_append(session, NULL, &where, 0); break;
    case 6: result = gnutls_set_default_priority_append(session, "-VERS-TLS1.3:+NOTHING", &where, 0); break;
    case 7: result = gnutls_priority_set_direct(session, "NORMAL:-VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM", &where); break;
    case 8: result = gnutls_priority_set_direct(session, "NORMAL:+NOTHING", &where); break;
    case 10: result = gnutls_priority_set(session, NULL); break;
    }
    say_result("set", result);
    say("at: %s", where ? where : "NULL");
    if (way == 9)
        say_result("set", gnutls_priority_set(session, other));
    gnutls_priority_deinit(made);
    gnutls_priority_deinit(other);
    return result;
}

static void both(void) {
    for (int way = 0; way < COUNT(ways); way++) {
        CASE("%s", ways[way]);
        gnutls_session_t session;
        gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : NULL, is_server ? NULL : "root.pem");
        MUST(gnutls_init(&session, is_server ? GNUTLS_SERVER : GNUTLS_CLIENT));
        MUST(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, cred));
        int fd = new_connection(); // the next is a macro that evaluates its argument twice
        gnutls_transport_set_int(session, fd);
        if (is_server) {
            MUST(gnutls_priority_set_direct(session, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:+CHACHA20-POLY1305", NULL));
        } else {
            give(session, way);
            MUST(gnutls_server_name_set(session, GNUTLS_NAME_DNS, "localhost", 9));
        }
        int result = shake(session);
        if (result == 0) {
            char *desc = gnutls_session_get_desc(session);
            say("%s", desc);
            gnutls_free(desc);
            if (is_server)
                put(session, "hello");
            else
                get(session);
        } else if (!is_server) {
            say_result("handshake", result);
        } else {
            say("no handshake");
        }
        finish(session);
        gnutls_certificate_free_credentials(cred);
    }
}

SIDES(both, both)
