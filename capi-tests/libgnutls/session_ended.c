// A session that has ended, in each way, and what every further call answers.
#include "memory.h"

static gnutls_certificate_credentials_t of_server, of_client;
static int eof;

static ssize_t pull_or_end(gnutls_transport_ptr_t pointer, void *data, size_t len) {
    struct end *end = pointer;
    if (eof && end->in->len == end->in->taken)
        return 0;
    return pull_bytes(pointer, data, len);
}

static int set; // of questions

static void ask_all(const char *who, gnutls_session_t session) {
    char byte[8];
    long got;
    for (int i = 0; i < 2; i++) {
        got = gnutls_record_recv(session, byte, sizeof byte);
        say("%s recv: %ld %s", who, got, name_of(got));
        if (set == 0) {
            got = gnutls_record_send(session, "y", 1);
            say("  send: %ld %s", got, name_of(got));
        }
        if (set == 1) {
            say_result("  key update", gnutls_session_key_update(session, 0));
            say_result("  ticket", gnutls_session_ticket_send(session, 1, 0));
        }
        if (set == 2)
            say_result("  reauth", gnutls_reauth(session, 0));
        if (set == 3) {
            gnutls_record_cork(session);
            got = gnutls_record_send(session, "z", 1);
            say("  corked: %ld %s", got, name_of(got));
            say_result("  uncork", gnutls_record_uncork(session, 0));
            say("  corked %zu", gnutls_record_check_corked(session));
        }
        say("  pending %zu, alert %d", gnutls_record_check_pending(session), gnutls_alert_get(session));
    }
    say_result("  bye WR", gnutls_bye(session, GNUTLS_SHUT_WR));
    say_result("  bye RDWR", gnutls_bye(session, GNUTLS_SHUT_RDWR));
    got = gnutls_record_recv(session, byte, sizeof byte);
    say("  recv: %ld %s", got, name_of(got));
}

static const char *ways[] = {"a bye of the peer's, one way", "a bye of both ways", "end of file", "end of file after data", "garbage",
                             "a warning", "a fatal alert", "both say bye", "end of file in the handshake"};

static void attempt(const char *version, int way, int side) {
    CASE("set %d, %s, %s %s", set, version + 17, side ? "client:" : "server:", ways[way]);
    new_pair(of_server, GNUTLS_POST_HANDSHAKE_AUTH, of_client, GNUTLS_POST_HANDSHAKE_AUTH, version);
    gnutls_transport_set_pull_function(client, pull_or_end);
    gnutls_transport_set_pull_function(server, pull_or_end);
    eof = 0;
    gnutls_certificate_server_set_request(server, GNUTLS_CERT_REQUEST);
    gnutls_session_t us = side ? client : server, them = side ? server : client;
    struct pipe *in = side ? &to_client : &to_server;
    if (way == 8) {
        say_result("client", gnutls_handshake(client));
        say_result("server", gnutls_handshake(server));
        eof = 1;
        in->taken = in->len;
        int result = gnutls_handshake(us);
        say("handshake: %d %s", result, name_of(result));
        result = gnutls_handshake(us);
        say("handshake: %d %s", result, name_of(result));
        ask_all("", us);
        end_pair();
        return;
    }
    shake_pair();
    gnutls_record_send(them, "data", 4);
    if (way != 3)
        take("data", us);
    if (way == 0 || way == 7)
        say_result("bye", gnutls_bye(them, GNUTLS_SHUT_WR));
    if (way == 1)
        say_result("bye", gnutls_bye(them, GNUTLS_SHUT_RDWR));
    if (way == 2 || way == 3)
        eof = 1;
    if (way == 4)
        push_bytes(side ? (gnutls_transport_ptr_t)&server_end : (gnutls_transport_ptr_t)&client_end, "\27\3\3\0\30garbage garbage garbage!", 29);
    if (way == 5)
        say_result("alert", gnutls_alert_send(them, GNUTLS_AL_WARNING, GNUTLS_A_USER_CANCELED));
    if (way == 6)
        say_result("alert", gnutls_alert_send(them, GNUTLS_AL_FATAL, GNUTLS_A_INTERNAL_ERROR));
    if (way == 7)
        say_result("bye", gnutls_bye(us, GNUTLS_SHUT_WR));
    ask_all("", us);
    end_pair();
}

static void body(void) {
    of_server = credentials("server", "root.pem"), of_client = credentials("client", "root.pem");
    for (int v = 0; v < 2; v++)
        for (int way = 0; way < COUNT(ways); way++)
            for (int side = 0; side < 2; side++)
                for (set = 0; set < 4; set++)
                    if (way < 8 || set == 0 || set == 3)
                        attempt(v ? T13 : T12, way, side);
    gnutls_certificate_free_credentials(of_server);
    gnutls_certificate_free_credentials(of_client);
}

SINGLE(body)
