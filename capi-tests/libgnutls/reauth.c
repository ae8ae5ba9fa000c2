// gnutls_reauth, sentence by sentence: who may call it when, several rounds, data before the answer, verification by the
// session's or the credentials' function, modes, and what the client has to offer.
#include "common.h"

static int refuses;
static int on_verify(gnutls_session_t session) {
    unsigned status = 0, size = 0;
    int ret = gnutls_certificate_verify_peers2(session, &status);
    gnutls_certificate_get_peers(session, &size);
    say("  verify callback: %s, status %u, %u certificates", error_name(ret), status, size);
    return refuses || ret < 0 || status ? -1 : 0;
}

typedef struct {
    const char *name, *priority, *cert;
    unsigned client_flags;
    int mode, rounds, data_first, refuses, own_function;
    unsigned server_flags;
} Case;

static const Case cases[] = {
    {"a round", T13, "client", GNUTLS_POST_HANDSHAKE_AUTH, GNUTLS_CERT_REQUIRE, 1, 0, 0, 0, GNUTLS_POST_HANDSHAKE_AUTH},
    {"three rounds", T13, "client", GNUTLS_POST_HANDSHAKE_AUTH, GNUTLS_CERT_REQUIRE, 3, 0, 0, 0, GNUTLS_POST_HANDSHAKE_AUTH},
    {"answered by itself", T13, "client", GNUTLS_POST_HANDSHAKE_AUTH | GNUTLS_AUTO_REAUTH, GNUTLS_CERT_REQUIRE, 2, 0, 0, 0, GNUTLS_POST_HANDSHAKE_AUTH},
    {"no certificate, requested", T13, NULL, GNUTLS_POST_HANDSHAKE_AUTH, GNUTLS_CERT_REQUEST, 1, 0, 0, 0, GNUTLS_POST_HANDSHAKE_AUTH},
    {"no certificate, required", T13, NULL, GNUTLS_POST_HANDSHAKE_AUTH, GNUTLS_CERT_REQUIRE, 1, 0, 0, 0, GNUTLS_POST_HANDSHAKE_AUTH},
    {"data before the answer", T13, "client", GNUTLS_POST_HANDSHAKE_AUTH, GNUTLS_CERT_REQUIRE, 1, 1, 0, 0, GNUTLS_POST_HANDSHAKE_AUTH},
    {"refused", T13, "client", GNUTLS_POST_HANDSHAKE_AUTH, GNUTLS_CERT_REQUIRE, 1, 0, 1, 0, GNUTLS_POST_HANDSHAKE_AUTH},
    {"the session's function", T13, "client", GNUTLS_POST_HANDSHAKE_AUTH, GNUTLS_CERT_REQUIRE, 1, 0, 0, 1, GNUTLS_POST_HANDSHAKE_AUTH},
    {"not offered", T13, "client", 0, GNUTLS_CERT_REQUIRE, 1, 0, 0, 0, GNUTLS_POST_HANDSHAKE_AUTH},
    {"ignored", T13, "client", GNUTLS_POST_HANDSHAKE_AUTH, GNUTLS_CERT_IGNORE, 1, 0, 0, 0, GNUTLS_POST_HANDSHAKE_AUTH},
    {"not wanted by the server", T13, "client", GNUTLS_POST_HANDSHAKE_AUTH, GNUTLS_CERT_REQUIRE, 1, 0, 0, 0, 0},
    {"TLS 1.2", T12, "client", GNUTLS_POST_HANDSHAKE_AUTH, GNUTLS_CERT_REQUIRE, 1, 0, 0, 0, GNUTLS_POST_HANDSHAKE_AUTH},
};

static int reauth(gnutls_session_t session) {
    int ret;
    do
        ret = gnutls_reauth(session, 0);
    while (ret == GNUTLS_E_AGAIN || ret == GNUTLS_E_INTERRUPTED);
    return say_result("reauth", ret);
}

static void server(void) {
    for (int i = 0; i < COUNT(cases); i++) {
        const Case *now = &cases[i];
        CASE("%s", now->name);
        refuses = now->refuses;
        gnutls_certificate_credentials_t cred = credentials("server");
        gnutls_session_t session = new_session(GNUTLS_SERVER | now->server_flags, now->priority, cred);
        attach(session, answer_fd());
        if (shake(session) != 0)
            exit(1);
        say("offered: %d", !!(gnutls_session_get_flags(session) & GNUTLS_SFLAGS_POST_HANDSHAKE_AUTH));
        say_result("with flags", gnutls_reauth(session, 1));
        if (now->own_function)
            gnutls_session_set_verify_function(session, on_verify);
        else
            gnutls_certificate_set_verify_function(cred, on_verify);
        gnutls_certificate_server_set_request(session, now->mode);
        if (now->data_first)
            get(session); // the client has something more to say
        int ret = 0;
        for (int round = 0; round < now->rounds && ret == 0; round++) {
            ret = reauth(session);
            while (ret == GNUTLS_E_GOT_APPLICATION_DATA) {
                say_peer(session);
                get(session);
                ret = reauth(session);
            }
            say_peer(session);
        }
        if (ret < 0 && ret != GNUTLS_E_INVALID_REQUEST)
            say_result("alert", gnutls_alert_send_appropriate(session, ret));
        else if (put(session, "done") > 0)
            get(session);
        hang_up(session);
        gnutls_certificate_free_credentials(cred);
    }
}

static void client(void) {
    for (int i = 0; i < COUNT(cases); i++) {
        const Case *now = &cases[i];
        CASE("%s", now->name);
        gnutls_certificate_credentials_t cred = credentials(now->cert);
        gnutls_session_t session = new_session(GNUTLS_CLIENT | now->client_flags, now->priority, cred);
        attach(session, dial_fd());
        if (shake(session) != 0)
            exit(1);
        say_result("nothing pending", gnutls_reauth(session, 0));
        if (now->data_first) {
            put(session, "before");
            put(session, "and more");
        }
        for (;;) {
            char text[100];
            long ret = gnutls_record_recv(session, text, sizeof text - 1);
            if (ret == GNUTLS_E_AGAIN || ret == GNUTLS_E_INTERRUPTED)
                continue;
            if (ret == GNUTLS_E_REAUTH_REQUEST) {
                say("asked");
                if (reauth(session) == 0)
                    continue;
            }
            text[ret > 0 ? ret : 0] = 0;
            say("received: %s \"%s\"", error_name(ret), text);
            if (ret < 0)
                say("alert: %s", gnutls_alert_get_name(gnutls_alert_get(session)));
            break;
        }
        put(session, "thanks");
        hang_up(session);
        gnutls_certificate_free_credentials(cred);
    }
}

SIDES(server, client)
