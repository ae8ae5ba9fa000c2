// Session cache callbacks: new, get, remove, an external store through i2d and d2i, the internal
// cache, its counters.
#include "common.h"

static unsigned char stored[8192], stored_id[64];
static int stored_length;
static unsigned int stored_id_length;
static const char *role_of(SSL *ssl) { return SSL_is_server(ssl) ? "server" : "client"; }
static SSL_SESSION *clients;

static int on_new(SSL *ssl, SSL_SESSION *session) {
    unsigned int length;
    SSL_SESSION_get_id(session, &length);
    say("new at the %s: id of %u, resumable %d", role_of(ssl), length, SSL_SESSION_is_resumable(session));
    if (!SSL_is_server(ssl)) {
        SSL_SESSION_free(clients);
        clients = session;
        return 1;
    }
    unsigned char *p = stored;
    stored_length = i2d_SSL_SESSION(session, NULL);
    say("i2d fits: %d", stored_length > 0 && stored_length < (int)sizeof stored);
    i2d_SSL_SESSION(session, &p);
    memcpy(stored_id, SSL_SESSION_get_id(session, &stored_id_length), sizeof stored_id < length ? 0 : length);
    return 0;
}

static SSL_SESSION *on_get(SSL *ssl, const unsigned char *id, int length, int *copy) {
    int known = (unsigned)length == stored_id_length && memcmp(id, stored_id, length) == 0;
    say("get at the %s: id of %d, the stored one %d", role_of(ssl), length, known);
    *copy = 0;
    const unsigned char *p = stored;
    return known ? d2i_SSL_SESSION(NULL, &p, stored_length) : NULL;
}

static void on_remove(SSL_CTX *ctx UNUSED, SSL_SESSION *session) {
    unsigned int length;
    SSL_SESSION_get_id(session, &length);
    say("remove: id of %u", length);
}

static void connect_once(SSL_CTX *ctx, SSL_CTX *server_ctx, const char *what) {
    CASE("%s", what);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    if (clients)
        SSL_set_session(client, clients);
    join(client, server, 0);
    int done = shake_both(client, server);
    char byte;
    SSL_read(client, &byte, 1);
    ERR_clear_error();
    say("done %d, resumed %d %d", done, SSL_session_reused(client), SSL_session_reused(server));
    say_peer(server);
    SSL_shutdown(client);
    SSL_shutdown(server);
    SSL_free(client);
    SSL_free(server);
    say("cache: %ld, connect %ld/%ld, accept %ld/%ld, hits %ld, cb hits %ld, misses %ld", SSL_CTX_sess_number(server_ctx),
        SSL_CTX_sess_connect(ctx), SSL_CTX_sess_connect_good(ctx), SSL_CTX_sess_accept(server_ctx),
        SSL_CTX_sess_accept_good(server_ctx), SSL_CTX_sess_hits(server_ctx), SSL_CTX_sess_cb_hits(server_ctx),
        SSL_CTX_sess_misses(server_ctx));
}

static void run(int version, int mode, const char *what) {
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    CASE("%s: %s", version_name(version), what);
    use_cert(ctx, "client");
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_options(server_ctx, SSL_OP_NO_TICKET);
    say("cache mode before: %ld", SSL_CTX_set_session_cache_mode(server_ctx, mode));
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, on_new);
    SSL_CTX_sess_set_new_cb(server_ctx, on_new);
    SSL_CTX_sess_set_get_cb(server_ctx, on_get);
    SSL_CTX_sess_set_remove_cb(server_ctx, on_remove);
    stored_length = 0, stored_id_length = 0;
    SSL_SESSION_free(clients);
    clients = NULL;
    connect_once(ctx, server_ctx, "first");
    connect_once(ctx, server_ctx, "second");
    CASE("forgotten");
    stored_id_length = 0;
    SSL_CTX_flush_sessions(server_ctx, 0);
    connect_once(ctx, server_ctx, "third");
    SSL_CTX_free(ctx);
    SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version) {
        run(version, SSL_SESS_CACHE_SERVER, "internal cache and callbacks");
        run(version, SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL, "callbacks alone");
        // Under TLS 1.3 the original looks sessions up even so, and finds none.
        if (version == T12)
            run(version, SSL_SESS_CACHE_OFF, "no cache");
    }
    SSL_SESSION_free(clients);
}

SINGLE(body)
