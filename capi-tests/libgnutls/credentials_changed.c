// Credentials that are set, asked for, changed and cleared: of every kind, at every moment, also by the program's functions.
#include "memory.h"

static gnutls_certificate_credentials_t of_server, of_client, second;

static void kinds(void) {
    CASE("kinds");
    new_pair(NULL, 0, NULL, 0, T13);
    int one = 1, two = 2;
    for (int kind = -1; kind <= 8; kind++) {
        int k = kind == 7 ? 99 : kind == 8 ? 1000000 : kind;
        void *found = (void *)7;
        int before = gnutls_credentials_get(client, (gnutls_credentials_type_t)k, &found);
        say("%d before: %d %s, %s", k, before, name_of(before), found == (void *)7 ? "as it was" : found ? "another" : "NULL");
        if (k == 1 || k == 4)
            continue; // there only real ones may be
        say_result("set", gnutls_credentials_set(client, (gnutls_credentials_type_t)k, &one));
        found = (void *)7;
        int result = gnutls_credentials_get(client, (gnutls_credentials_type_t)k, &found);
        say("get: %d %s, %s", result, name_of(result), found == &one ? "the same" : found == (void *)7 ? "as it was" : "another");
        say_result("set again", gnutls_credentials_set(client, (gnutls_credentials_type_t)k, &two));
        found = (void *)7;
        result = gnutls_credentials_get(client, (gnutls_credentials_type_t)k, &found);
        say("get: %d %s, %s", result, name_of(result), found == &two ? "the second" : found == &one ? "the first" : found == (void *)7 ? "as it was" : "another");
        say_result("without a place", gnutls_credentials_get(client, (gnutls_credentials_type_t)k, NULL));
        say_result("set NULL", gnutls_credentials_set(client, (gnutls_credentials_type_t)k, NULL));
        found = (void *)7;
        result = gnutls_credentials_get(client, (gnutls_credentials_type_t)k, &found);
        say("get: %d %s, %s", result, name_of(result), found == (void *)7 ? "as it was" : found ? "another" : "NULL");
    }
    gnutls_credentials_clear(client);
    gnutls_credentials_clear(client);
    for (int kind = 1; kind <= 5; kind++) {
        void *found = (void *)7;
        int result = gnutls_credentials_get(client, (gnutls_credentials_type_t)kind, &found);
        say("%d after: %d %s, %s", kind, result, name_of(result), found == (void *)7 ? "as it was" : found ? "another" : "NULL");
    }
    end_pair();
}

static enum { KEEP, CLEAR, SET_NULL, SWITCH, SET_OTHER_KIND } change;
static const char *changes[] = {"keeps", "clears", "sets NULL", "switches", "sets another kind"};
static gnutls_session_t who_changes;
static int at_hand;

static void apply(gnutls_session_t session) {
    if (session != who_changes)
        return;
    say("  %s", changes[change]);
    if (change == CLEAR)
        gnutls_credentials_clear(session);
    if (change == SET_NULL)
        say_result("  set", gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, NULL));
    if (change == SWITCH)
        say_result("  set", gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, second));
    if (change == SET_OTHER_KIND)
        say_result("  set", gnutls_credentials_set(session, GNUTLS_CRD_IA, &at_hand));
}

static void look(gnutls_session_t session) {
    unsigned size = 77, status = 77;
    const gnutls_datum_t *list = gnutls_certificate_get_peers(session, &size);
    int result = gnutls_certificate_verify_peers2(session, &status);
    say("  peers: %s; verified: %d %s, %#x", subject_of(list), result, name_of(result), status);
    say("  ours: %s", subject_of(gnutls_certificate_get_ours(session)));
}

static int judge(gnutls_session_t session) {
    say("  %s judges", session == server ? "server" : "client");
    apply(session);
    look(session);
    return 0;
}

static int hello(gnutls_session_t session) {
    apply(session);
    return 0;
}

static int hook(gnutls_session_t session, unsigned type, unsigned when UNUSED, unsigned in, const gnutls_datum_t *message UNUSED) {
    if (session == who_changes)
        say("  hook: type %u, %s", type, in ? "in" : "out");
    apply(session);
    return 0;
}

static void attempt(const char *version, int moment, int side) {
    static const char *moments[] = {"before the handshake", "in a verify function", "in the hello function", "at a hook for Certificate", "after the handshake",
                                    "at a hook for ClientHello", "at a hook for CertificateRequest"};
    CASE("%s %s %s, %s", side ? "the client" : "the server", changes[change], moments[moment], version + 17);
    new_pair(of_server, GNUTLS_POST_HANDSHAKE_AUTH, of_client, GNUTLS_POST_HANDSHAKE_AUTH, version);
    gnutls_certificate_server_set_request(server, GNUTLS_CERT_REQUEST);
    who_changes = side ? client : server;
    if (moment == 0)
        apply(who_changes);
    if (moment == 1) {
        gnutls_session_set_verify_function(server, judge);
        gnutls_session_set_verify_function(client, judge);
    }
    if (moment == 2)
        gnutls_handshake_set_post_client_hello_function(server, hello);
    if (moment == 3)
        gnutls_handshake_set_hook_function(who_changes, GNUTLS_HANDSHAKE_CERTIFICATE_PKT, GNUTLS_HOOK_PRE, hook);
    if (moment == 5)
        gnutls_handshake_set_hook_function(who_changes, GNUTLS_HANDSHAKE_CLIENT_HELLO, GNUTLS_HOOK_POST, hook);
    if (moment == 6)
        gnutls_handshake_set_hook_function(who_changes, GNUTLS_HANDSHAKE_CERTIFICATE_REQUEST, GNUTLS_HOOK_POST, hook);
    int both = shake_pair();
    if (both && moment == 4)
        apply(who_changes);
    if (!both) {
        end_pair();
        return;
    }
    say("server:"), look(server);
    say("client:"), look(client);
    say("types %d %d %d %d", gnutls_auth_client_get_type(server), gnutls_auth_server_get_type(server), gnutls_auth_client_get_type(client), gnutls_auth_server_get_type(client));
    if (both) {
        say_result("send", gnutls_record_send(client, "x", 1));
        take("server", server);
        if (strstr(version, "TLS1.3")) {
            say_result("server", gnutls_reauth(server, 0));
            take("client", client);
            say_result("client", gnutls_reauth(client, 0));
            say_result("server", gnutls_reauth(server, 0));
            say("server:"), look(server);
        }
    }
    end_pair();
}

static void body(void) {
    of_server = credentials("server", "root.pem"), of_client = credentials("client", "root.pem"), second = credentials("server-rsa", "root.pem");
    kinds();
    for (int v = 0; v < 2; v++)
        for (int moment = 0; moment < 7; moment++)
            for (int side = 0; side < 2; side++)
                for (change = KEEP; change <= SET_OTHER_KIND; change++) {
                    // What is chosen by then differs.
                    if (moment == 3 && (v == 0 || change == SWITCH))
                        continue;
                    if (side == 0 ? moment < 6 : moment != 2 && moment != 5 && moment != 0)
                        attempt(v ? T13 : T12, moment, side);
                }
    gnutls_certificate_free_credentials(of_server);
    gnutls_certificate_free_credentials(of_client);
    gnutls_certificate_free_credentials(second);
}

SINGLE(body)
