// A client's own cache of sessions, and when a session goes: used up, gone bad, replaced. Each new one and each that
// goes is told to the program; a session under TLS 1.3 is used once.
#include "common.h"

static SSL_SESSION *last;
static int news;

static int on_new(SSL *ssl, SSL_SESSION *session) {
    unsigned len;
    SSL_SESSION_get_id(session, &len);
    say("  new at the %s, id %u, resumable %d", SSL_is_server(ssl) ? "server" : "client", len, SSL_SESSION_is_resumable(session));
    news++;
    if (SSL_is_server(ssl))
        return 0;
    SSL_SESSION_free(last);
    last = session;
    return 1;
}

static void on_remove(SSL_CTX *ctx, SSL_SESSION *session) {
    unsigned len;
    SSL_SESSION_get_id(session, &len);
    say("  removed at the %s, id %u, resumable %d, the last %d", (const char *)SSL_CTX_get_ex_data(ctx, 0), len,
        SSL_SESSION_is_resumable(session), session == last);
}

enum { ORDERLY, ONE_SIDED, ABANDONED, ALERT_SENT, ALERT_RECEIVED, CLEARED, QUIET, TRUNCATED, ENDS };
static const char *ends[] = {"in order", "by one side", "not at all", "by an alert sent", "by an alert received", "by SSL_clear",
                             "quietly", "without a word"};

static SSL_CTX *ctx, *server_ctx;

static void begin(int version, long client_mode, long server_options) {
    ctx = new_client(version), server_ctx = new_server(version);
    SSL_CTX_set_info_callback(ctx, NULL), SSL_CTX_set_info_callback(server_ctx, NULL);
    SSL_CTX_set_ex_data(ctx, 0, "client"), SSL_CTX_set_ex_data(server_ctx, 0, "server");
    SSL_CTX_set_session_cache_mode(ctx, client_mode);
    SSL_CTX_set_options(server_ctx, server_options);
    SSL_CTX_sess_set_new_cb(ctx, on_new), SSL_CTX_sess_set_new_cb(server_ctx, on_new);
    SSL_CTX_sess_set_remove_cb(ctx, on_remove), SSL_CTX_sess_set_remove_cb(server_ctx, on_remove);
    last = NULL;
}

static void say_numbers(const char *when) {
    say("%s: %ld kept by the client, %ld by the server, hits %ld %ld", when, SSL_CTX_sess_number(ctx), SSL_CTX_sess_number(server_ctx),
        SSL_CTX_sess_hits(ctx), SSL_CTX_sess_hits(server_ctx));
}

static void end(void) {
    say("the client's context goes");
    SSL_CTX_free(ctx);
    say("the server's context goes");
    SSL_CTX_free(server_ctx);
    SSL_SESSION_free(last);
}

static void connect_once(SSL_SESSION *session, int how) {
    say("-- connection, ended %s", ends[how]);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    if (session)
        SSL_set_session(client, session);
    join(client, server, 0);
    if (how == QUIET)
        SSL_set_quiet_shutdown(client, 1), SSL_set_quiet_shutdown(server, 1);
    int done = shake_both(client, server);
    SSL_read(client, (char[1]){0}, 1);
    say("done %d, reused %d %d", done, SSL_session_reused(client), SSL_session_reused(server));
    switch (how) {
    case QUIET:
    case ORDERLY: SSL_shutdown(client), SSL_shutdown(server), SSL_shutdown(client); break;
    case ONE_SIDED: SSL_shutdown(client); break;
    case ALERT_SENT:
        BIO_write(SSL_get_rbio(server), "\x17\x03\x03\x00\x20" "0123456789abcdef0123456789abcdef", 37);
        say("read %d", SSL_read(client, (char[1]){0}, 1));
        break;
    case ALERT_RECEIVED:
        BIO_write(SSL_get_rbio(client), "\x17\x03\x03\x00\x20" "0123456789abcdef0123456789abcdef", 37);
        say("read %d", SSL_read(server, (char[1]){0}, 1));
        say("read %d", SSL_read(client, (char[1]){0}, 1));
        break;
    case CLEARED: say("clear %d %d", SSL_clear(client), SSL_clear(server)); break;
    case TRUNCATED:
        BIO_shutdown_wr(SSL_get_rbio(server));
        say("read %d", SSL_read(client, (char[1]){0}, 1));
        break;
    }
    ERR_clear_error();
    say("the client goes");
    SSL_free(client);
    say("the server goes");
    SSL_free(server);
    say("resumable: %d", last ? SSL_SESSION_is_resumable(last) : -1);
    say_numbers("now");
}

static void run(int version, int how, long mode, long options) {
    CASE("%s: a connection ended %s, client's mode %ld, server's tickets %d", version_name(version), ends[how], mode, !options);
    begin(version, mode, options);
    connect_once(NULL, how);
    SSL_SESSION *first = last;
    if (first)
        SSL_SESSION_up_ref(first);
    connect_once(first, ORDERLY);
    say("the first: resumable %d", first ? SSL_SESSION_is_resumable(first) : -1);
    connect_once(first, ORDERLY);
    SSL_SESSION_free(first);
    end();
}

static void by_hand(int version) {
    CASE("%s: sessions added by hand", version_name(version));
    begin(version, SSL_SESS_CACHE_OFF, 0);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    connect_once(NULL, ORDERLY);
    SSL_SESSION *session = last;
    say("add: %d", SSL_CTX_add_session(ctx, session));
    say("add: %d", SSL_CTX_add_session(ctx, session));
    say_numbers("added");
    say("remove: %d", SSL_CTX_remove_session(ctx, session));
    say_numbers("removed");
    say("resumable %d", SSL_SESSION_is_resumable(session));
    say("remove: %d", SSL_CTX_remove_session(ctx, session));
    SSL_SESSION *empty = SSL_SESSION_new();
    say("add an empty one: %d", SSL_CTX_add_session(ctx, empty));
    say("remove it: %d", SSL_CTX_remove_session(ctx, empty));
    SSL_SESSION_free(empty);
    SSL_SESSION *copy = SSL_SESSION_dup(session);
    say("add: %d, its copy: %d", SSL_CTX_add_session(ctx, session), SSL_CTX_add_session(ctx, copy));
    say_numbers("both");
    SSL_SESSION_free(copy);
    SSL_CTX_sess_set_cache_size(ctx, 1);
    end();
}

// A limit of one: a new session takes an older one's place.
static void crowded(int version) {
    CASE("%s: room for one", version_name(version));
    begin(version, SSL_SESS_CACHE_CLIENT, 0);
    SSL_CTX_sess_set_cache_size(ctx, 1);
    connect_once(NULL, ORDERLY);
    connect_once(NULL, ORDERLY);
    say("full %ld", SSL_CTX_sess_cache_full(ctx));
    say("flushed:");
    SSL_CTX_flush_sessions(ctx, 0);
    say_numbers("after");
    end();
}

static void body(void) {
    for EACH_VERSION (version) {
        for (int how = 0; how < ENDS; how++) {
            run(version, how, SSL_SESS_CACHE_CLIENT, 0);
            if (how < CLEARED)
                run(version, how, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL, SSL_OP_NO_TICKET);
        }
        by_hand(version);
        crowded(version);
    }
}

SINGLE(body)
