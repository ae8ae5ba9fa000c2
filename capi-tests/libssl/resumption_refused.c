// When a session is not resumed: another session id context, verification without a context,
// another version, another server, expired, an unresumable or foreign session.
#include "common.h"

static SSL_SESSION *latest;
static int place;

static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

// One connection; returns whether it was resumed.
static void connect_once(SSL_CTX *ctx, SSL_CTX *server_ctx, const char *what, int resume) {
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    if (resume)
        say("set_session: %d", SSL_set_session(client, latest));
    join(client, server, 0);
    int done = shake_both(client, server);
    char byte;
    SSL_SESSION *own = SSL_get_session(client);
    say("the client's own: %s, resumable %d, data %s", own == latest ? "the latest" : "another",
        SSL_SESSION_is_resumable(own), (const char *)SSL_SESSION_get_ex_data(own, place));
    SSL_SESSION_set_ex_data(own, place, (char *)what);
    if (done == 1) {
        SSL_read(client, &byte, 1);
        ERR_clear_error();
    }
    say("%s: done %d, resumed %d %d", what, done, SSL_session_reused(client), SSL_session_reused(server));
    if (done)
        say_peer(server);
    SSL_shutdown(client);
    SSL_shutdown(server);
    SSL_free(client);
    SSL_free(server);
}

static void body(void) {
    place = SSL_SESSION_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    for EACH_VERSION (version) {
        const char *name = version_name(version);
        SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
        SSL_CTX_sess_set_new_cb(ctx, keep);
        use_cert(ctx, "client");
        SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);

        CASE("%s: resumed", name);
        connect_once(ctx, server_ctx, "first", 0);
        connect_once(ctx, server_ctx, "second", 1);

        CASE("%s: another session id context", name);
        MUST(SSL_CTX_set_session_id_context(server_ctx, (const unsigned char *)"other", 5));
        connect_once(ctx, server_ctx, "other context", 1);

        CASE("%s: no session id context, verifying", name);
        connect_once(ctx, server_ctx, "first", 0);
        MUST(SSL_CTX_set_session_id_context(server_ctx, (const unsigned char *)"", 0));
        connect_once(ctx, server_ctx, "no context", 1);
        MUST(SSL_CTX_set_session_id_context(server_ctx, (const unsigned char *)"tests", 5));

        CASE("%s: another server", name);
        connect_once(ctx, server_ctx, "first", 0);
        SSL_CTX *other_ctx = new_server(version);
        SSL_CTX_set_verify(other_ctx, SSL_VERIFY_PEER, NULL);
        connect_once(ctx, other_ctx, "another SSL_CTX", 1);
        SSL_CTX_free(other_ctx);

        CASE("%s: a session of another version", name);
        connect_once(ctx, server_ctx, "first", 0);
        SSL_CTX *both = new_client(0), *both_server = new_server(0);
        MUST(SSL_CTX_set_max_proto_version(both_server, version == T12 ? T13 : T12));
        MUST(SSL_CTX_set_min_proto_version(both_server, version == T12 ? T13 : T12));
        connect_once(both, both_server, "other version", 1);
        SSL_CTX_free(both);
        SSL_CTX_free(both_server);

        CASE("%s: out of date", name);
        connect_once(ctx, server_ctx, "first", 0);
        say("set_timeout: %ld", SSL_SESSION_set_timeout(latest, 1));
        say("timeout: %ld", SSL_SESSION_get_timeout(latest));
        say("set_time: %d", SSL_SESSION_set_time(latest, 1000) == 1000);
        connect_once(ctx, server_ctx, "expired at the client", 1);

        CASE("%s: no session", name);
        SSL *ssl = SSL_new(ctx);
        say("set_session NULL: %d", SSL_set_session(ssl, NULL));
        SSL_SESSION *empty = SSL_SESSION_new();
        say("empty session resumable: %d, set: %d", SSL_SESSION_is_resumable(empty), SSL_set_session(ssl, empty));
        say_queue();
        SSL_SESSION_free(empty);
        SSL_free(ssl);
        SSL_SESSION_free(latest);
        latest = NULL;
        SSL_CTX_free(ctx);
        SSL_CTX_free(server_ctx);
    }
}

SINGLE(body)
