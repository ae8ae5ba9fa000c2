// The program's functions that are shown what happens: messages, the ClientHello, secrets.
#include "common.h"

static int refuse_at = -1, in_hello;

static int shown(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming, const gnutls_datum_t *message) {
    say("  %s %s %u, %s", when == GNUTLS_HOOK_PRE ? "before" : "after", incoming ? "received" : "sent", type, message && message->size ? "with its body" : "empty");
    say("    last: %d %d", gnutls_handshake_get_last_in(session), gnutls_handshake_get_last_out(session));
    return (int)type == refuse_at ? GNUTLS_E_INTERNAL_ERROR : 0;
}

static int hello(gnutls_session_t session) {
    char name[64];
    size_t size = sizeof name;
    unsigned type;
    in_hello++;
    say("  a ClientHello");
    int result = gnutls_server_name_get(session, name, &size, &type, 0);
    say("  name: %d %s", result, result < 0 ? "" : name);
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
    return 0;
}

static int refuse(gnutls_session_t session UNUSED) {
    say("  a ClientHello, refused");
    return GNUTLS_E_UNSUPPORTED_VERSION_PACKET;
}

static int labels;

static int logged(gnutls_session_t session UNUSED, const char *label, const gnutls_datum_t *secret) {
    say("  %s, %u bytes", label, secret->size);
    labels++;
    return 0;
}

enum { ALL, BEFORE, ONE, TAKEN_BACK, REFUSED, HELLO, HELLO_REFUSED, SECRETS, NO_SECRETS, RETRY };
static const char *ways[] = {"all messages", "before they are dealt with", "Finished only", "taken back", "refused by the program", "the ClientHello",
                             "the ClientHello, refused", "secrets", "no secrets", "another try"};

static void attempt(const char *version, int way) {
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : "client", "root.pem");
    gnutls_session_t session = connected(cred, 0, version);
    refuse_at = -1, labels = 0, in_hello = 0;
    if (way == ALL)
        gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_BOTH, shown);
    // A ClientHello that is answered with another try is not shown again in the original.
    if (way == BEFORE || way == TAKEN_BACK || way == RETRY)
        gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE, shown);
    if (way == ONE)
        gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_POST, shown);
    if (way == TAKEN_BACK)
        gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE, NULL);
    if (way == REFUSED && is_server) {
        refuse_at = GNUTLS_HANDSHAKE_CLIENT_HELLO;
        gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_CLIENT_HELLO, GNUTLS_HOOK_PRE, shown);
    }
    if (way == HELLO || way == HELLO_REFUSED)
        gnutls_handshake_set_post_client_hello_function(session, way == HELLO ? hello : refuse);
    if (way == SECRETS || way == NO_SECRETS) {
        gnutls_session_set_keylog_function(session, logged);
        say("function: %d", gnutls_session_get_keylog_function(session) == logged);
    }
    if (way == NO_SECRETS) {
        gnutls_session_set_keylog_function(session, NULL);
        say("function: %d", gnutls_session_get_keylog_function(session) == logged);
    }
    say("last: %d %d", gnutls_handshake_get_last_in(session), gnutls_handshake_get_last_out(session));
    int result = say_handshake(session);
    say("last: %d %d", gnutls_handshake_get_last_in(session), gnutls_handshake_get_last_out(session));
    if (result < 0) {
        if (result != GNUTLS_E_FATAL_ALERT_RECEIVED)
            say_result("alert", gnutls_alert_send_appropriate(session, result));
        else
            say("alert: %s", gnutls_alert_get_name(gnutls_alert_get(session)));
    } else if (is_server) {
        say_peer(session);
        put(session, "hello");
    } else {
        get(session);
    }
    say("last: %d %d", gnutls_handshake_get_last_in(session), gnutls_handshake_get_last_out(session));
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

static void both(void) {
    for (int v = 0; v < 2; v++)
        for (int way = 0; way < COUNT(ways); way++) {
            CASE("%s, %s", ways[way], v ? "TLS 1.3" : "TLS 1.2");
            const char *groups = is_server ? T13 ":-GROUP-ALL:+GROUP-SECP384R1" : T13 ":-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1";
            attempt(way == RETRY ? groups : v ? T13 : T12, way);
        }
}

SIDES(both, both)
