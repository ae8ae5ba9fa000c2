// How many tickets a server gives, when, and for how long; what a program can still change of that.
#include "pha.h"

static int news;
static SSL_SESSION *last;
static long hint;

static int count(SSL *ssl UNUSED, SSL_SESSION *session) {
    news++;
    hint = (long)SSL_SESSION_get_ticket_lifetime_hint(session);
    SSL_SESSION_free(last);
    last = session;
    return 1;
}

enum { NOWHERE, CONTEXT, CONNECTION, IN_HELLO, IN_CERT, IN_VERIFY, PLACES };
static const char *places[] = {"nowhere", "in the context", "on the connection", "at the hello", "in the certificate callback",
                               "in the verify callback"};
static int place;
static size_t wanted;

static int at_hello(SSL *ssl, int *alert UNUSED, void *argument UNUSED) {
    if (place == IN_HELLO)
        say("  set: %d", SSL_set_num_tickets(ssl, wanted));
    return SSL_CLIENT_HELLO_SUCCESS;
}

static int at_cert(SSL *ssl, void *argument UNUSED) {
    if (place == IN_CERT)
        say("  set: %d", SSL_set_num_tickets(ssl, wanted));
    return 1;
}

static int at_verify(int ok, X509_STORE_CTX *store) {
    if (place == IN_VERIFY && X509_STORE_CTX_get_error_depth(store) == 0)
        say("  set: %d",
            SSL_set_num_tickets(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()), wanted));
    return ok;
}

static SSL_CTX *ctx, *server_ctx;
static SSL *client, *server;

static void contexts(int version) {
    ctx = new_client(version), server_ctx = new_server(version);
    SSL_CTX_set_post_handshake_auth(ctx, 1);
    use_cert(ctx, "client");
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, count);
    SSL_CTX_set_info_callback(ctx, NULL);
    SSL_CTX_set_info_callback(server_ctx, NULL);
    SSL_CTX_set_client_hello_cb(server_ctx, at_hello, NULL);
    SSL_CTX_set_cert_cb(server_ctx, at_cert, NULL);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, at_verify);
    last = NULL;
}

static void drop(void) {
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
    SSL_SESSION_free(last);
}

static void begin(SSL_SESSION *session) {
    client = SSL_new(ctx), server = SSL_new(server_ctx);
    if (session)
        SSL_set_session(client, session);
    if (place == CONNECTION)
        say("  set: %d", SSL_set_num_tickets(server, wanted));
    join(client, server, 0);
    news = 0, hint = -1;
    shake_both(client, server);
    SSL_read(client, (char[1]){0}, 1);
}

static void end(void) {
    SSL_shutdown(client), SSL_shutdown(server);
    SSL_free(client), SSL_free(server);
}

static void number(int version, int where, size_t many, long options) {
    CASE("%s: %zu tickets, set %s, options %d", version_name(version), many, places[where], options != 0);
    place = where, wanted = many;
    contexts(version);
    SSL_CTX_set_options(server_ctx, options);
    if (where == CONTEXT)
        say("  set: %d", SSL_CTX_set_num_tickets(server_ctx, many));
    begin(NULL);
    say("%d new, the server says %zu, its context %zu", news, SSL_get_num_tickets(server), SSL_CTX_get_num_tickets(server_ctx));
    SSL_SESSION *session = last;
    if (session)
        SSL_SESSION_up_ref(session);
    end();
    place = NOWHERE; // callbacks on a resumption are another matter
    begin(session);
    say("resumed %d: %d new", SSL_session_reused(server), news);
    end();
    SSL_SESSION_free(session);
    drop();
}

static void more(int version) {
    CASE("%s: more of them", version_name(version));
    place = NOWHERE;
    contexts(version);
    begin(NULL);
    say("after the handshake %d", news);
    news = 0;
    say("one more: %d, of a client %d", SSL_new_session_ticket(server), SSL_new_session_ticket(client));
    say("in init %d", SSL_in_init(server));
    SSL_read(client, (char[1]){0}, 1);
    say("before anything is sent: %d", news);
    say_result(server, "handshake", SSL_do_handshake(server));
    SSL_read(client, (char[1]){0}, 1);
    say("after a handshake: %d", news);
    news = 0;
    say("three more: %d %d %d", SSL_new_session_ticket(server), SSL_new_session_ticket(server), SSL_new_session_ticket(server));
    say_result(server, "write", SSL_write(server, "x", 1));
    say_result(client, "read", SSL_read(client, (char[4]){0}, 1));
    SSL_read(client, (char[1]){0}, 1);
    say("after a write: %d", news);
    news = 0;
    say("set to none: %d, one more: %d", SSL_set_num_tickets(server, 0), SSL_new_session_ticket(server));
    SSL_do_handshake(server);
    SSL_read(client, (char[1]){0}, 1);
    say("after a handshake: %d", news);
    SSL_shutdown(server);
    say("after the end: %d", SSL_new_session_ticket(server));
    say_queue();
    end();
    SSL *fresh = SSL_new(server_ctx);
    SSL_set_accept_state(fresh);
    say("before the handshake: %d", SSL_new_session_ticket(fresh));
    SSL_free(fresh);
    drop();
}

static void after_asking(size_t many) {
    CASE("after a certificate was asked for: %zu", many);
    place = NOWHERE;
    contexts(T13);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, NULL);
    SSL_CTX_set_num_tickets(server_ctx, many);
    begin(NULL);
    say("after the handshake %d", news);
    news = 0;
    say("ask: %d", SSL_verify_client_post_handshake(server));
    SSL_do_handshake(server);
    SSL_read(client, (char[1]){0}, 1);
    SSL_read(server, (char[1]){0}, 1);
    say_peer(server);
    SSL_read(client, (char[1]){0}, 1);
    say("after the answer: %d", news);
    end();
    drop();
}

static void lifetime(int version, long timeout, long options) {
    CASE("%s: good for %ld seconds, options %d", version_name(version), timeout, options != 0);
    place = NOWHERE;
    contexts(version);
    SSL_CTX_set_options(server_ctx, options);
    SSL_CTX_set_timeout(server_ctx, timeout);
    begin(NULL);
    say("hint %ld, has a ticket %d, the client's timeout %ld", hint, SSL_SESSION_has_ticket(last), SSL_SESSION_get_timeout(last));
    end();
    drop();
}

static void body(void) {
    for EACH_VERSION (version)
        for (int where = NOWHERE; where < PLACES; where++)
            for (size_t many = 0; many < 4; many += 1 + (many == 1))
                if (where || !many)
                    for (int stateful = 0; stateful < 2; stateful++)
                        number(version, where, many, stateful ? SSL_OP_NO_TICKET : 0);
    for EACH_VERSION (version)
        more(version);
    for (size_t many = 0; many < 4; many++)
        after_asking(many);
    static const long times[] = {30, 7200, 604800, 604801, 1000000};
    for EACH_VERSION (version)
        for (int i = 0; i < COUNT(times); i++)
            for (int stateful = 0; stateful < 2; stateful++)
                lifetime(version, times[i], stateful ? SSL_OP_NO_TICKET : 0);
}

SINGLE(body)
