// A handshake hook that refuses a message: none of the flight that it belongs to leaves, so the peer's handshake fails.
#include "common.h"

static unsigned refused_type, refused_when;
static int refused_incoming, result_of_hook;

static int hook(gnutls_session_t session UNUSED, unsigned type, unsigned when, unsigned incoming, const gnutls_datum_t *message UNUSED) {
    if (type != refused_type || when != refused_when || (int)incoming != refused_incoming)
        return 0;
    say("  %s %s %u: refused", when == GNUTLS_HOOK_PRE ? "before" : "after", incoming ? "received" : "sent", type);
    return result_of_hook;
}

// Whose hook, and what is refused. What the original's peer is told is left out where the original's alert goes under
// keys that the peer has not got.
static const struct {
    int server, incoming;
    unsigned type;
} cases[] = {{0, 0, 1}, {0, 0, 11}, {0, 0, 15}, {0, 0, 16}, {0, 0, 20}, {0, 1, 8}, {0, 1, 11}, {0, 1, 20},
             {1, 0, 2}, {1, 0, 8}, {1, 0, 11}, {1, 0, 12}, {1, 0, 13}, {1, 0, 14}, {1, 0, 15}, {1, 0, 20}, {1, 1, 1}, {1, 1, 16}, {1, 1, 20}};

static void one(int version, int at, unsigned when) {
    CASE("TLS 1.%d, the %s, %s %u, %s", version + 2, cases[at].server ? "server" : "client", cases[at].incoming ? "incoming" : "outgoing",
         cases[at].type, when == GNUTLS_HOOK_PRE ? "before" : "after");
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : "client", "root.pem");
    gnutls_session_t session = connected(cred, 0, version ? T13 : T12);
    if (is_server)
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    int ours = cases[at].server == is_server;
    refused_type = cases[at].type, refused_when = when, refused_incoming = cases[at].incoming, result_of_hook = GNUTLS_E_INTERNAL_ERROR;
    if (ours)
        gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_BOTH, hook);
    int result = shake(session);
    // Under TLS 1.2 the original's alert comes to a server without its certificate, or too early.
    if (ours || version == 1 || is_server == 0)
        say("ends well: %d", result == 0);
    if (ours) {
        say_result("handshake", result);
        if (result < 0)
            gnutls_alert_send_appropriate(session, result);
    } else {
        say("no identity: %d", result < 0);
        // What becomes of an alert that comes first, the original says now so, now so.
        if (version == 1 && result < 0 && cases[at].type != 1)
            say_result("handshake", result), say("alert %d", gnutls_alert_get(session));
    }
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

static void both(void) {
    for (int version = 0; version < 2; version++)
        for (int at = 0; at < COUNT(cases); at++)
            for (unsigned when = 0; when < 2; when++)
                one(version, at, when);
}

SIDES(both, both)
