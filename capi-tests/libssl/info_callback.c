// What info callbacks are told, in order, by both roles: start, progress, alerts, done, exit. Each step of
// the original's state machine is a LOOP; how many there are is its own business, so steps in a row are
// said once.
#include "pha.h"

static int loops;

static const char *kind_of(int where) {
    switch (where) {
    case SSL_CB_HANDSHAKE_START: return "handshake start";
    case SSL_CB_HANDSHAKE_DONE: return "handshake done";
    case SSL_CB_CONNECT_LOOP: return "connect loop";
    case SSL_CB_CONNECT_EXIT: return "connect exit";
    case SSL_CB_ACCEPT_LOOP: return "accept loop";
    case SSL_CB_ACCEPT_EXIT: return "accept exit";
    case SSL_CB_READ_ALERT: return "read alert";
    case SSL_CB_WRITE_ALERT: return "write alert";
    default: return "?";
    }
}

static void say_info(const SSL *ssl, int where, int value) {
    if (where & SSL_CB_LOOP) {
        if (!loops++)
            say("  %s: %d", kind_of(where), value);
        return;
    }
    loops = 0;
    if (where & SSL_CB_ALERT)
        say("  %s: %s %s", kind_of(where), SSL_alert_type_string_long(value), SSL_alert_desc_string_long(value));
    else if (where == SSL_CB_HANDSHAKE_DONE) // a server of the original may have tickets to send
        say("  %s: %d, init %d", kind_of(where), value, SSL_in_init(ssl));
    else
        say("  %s: %d, init %d finished %d", kind_of(where), value, SSL_in_init(ssl), SSL_is_init_finished(ssl));
}

static SSL_CTX *watched(SSL_CTX *ctx) {
    SSL_CTX_set_info_callback(ctx, say_info);
    MUST(SSL_CTX_get_info_callback(ctx) == say_info);
    return ctx;
}

static void one(int version, int mutual, int known) {
    say("== %s, client certificate %s", version_name(version), !mutual ? "not asked for" : known ? "given" : "missing");
    SSL_CTX *ctx = watched(is_server ? new_server(version) : new_client(version));
    if (is_server && mutual)
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    if (!is_server && known)
        use_cert(ctx, "client");
    SSL *ssl = is_server ? answer(ctx) : dial(ctx);
    loops = 0;
    converse(ssl);
    hang_up(ssl);
    SSL_CTX_free(ctx);
}

static void resumed(int version) {
    say("== %s, resumed", version_name(version));
    SSL_CTX *ctx = watched(is_server ? new_server(version) : new_client(version));
    SSL_SESSION *session = NULL;
    for (int i = 0; i < 2; i++) {
        SSL *ssl = is_server ? answer(ctx) : dial(ctx);
        if (session)
            MUST(SSL_set_session(ssl, session));
        loops = 0;
        converse(ssl);
        say("reused: %d", SSL_session_reused(ssl));
        if (!is_server && !session)
            session = SSL_get1_session(ssl);
        hang_up(ssl);
    }
    SSL_SESSION_free(session);
    SSL_CTX_free(ctx);
}

static void asked_later(void) {
    say("== asked after the handshake");
    SSL_CTX *ctx = watched(is_server ? new_pha_server(0) : new_pha_client());
    if (!is_server)
        use_cert(ctx, "client");
    SSL *ssl = is_server ? answer(ctx) : dial(ctx);
    loops = 0;
    converse(ssl);
    for (int i = 0; i < 2; i++) {
        say("round %d", i);
        loops = 0;
        if (is_server)
            ask(ssl, "who are you?");
        else
            obey(ssl, "answer");
    }
    hang_up(ssl);
    SSL_CTX_free(ctx);
}

static void side(void) {
    for (int i = 0; i < 2; i++) {
        one(both_versions[i], 0, 0);
        one(both_versions[i], 1, 1);
        resumed(both_versions[i]);
    }
    one(T12, 1, 0);
    asked_later();
}

SIDES(side, side)
