// A session that was written with i2d_SSL_SESSION and read again is resumed.
#include "common.h"

static SSL_SESSION *latest;

static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

static void connect_once(SSL_CTX *ctx, SSL_CTX *server_ctx, SSL_SESSION *session) {
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    if (session)
        say("set_session: %d", SSL_set_session(client, session));
    join(client, server, 0);
    int done = shake_both(client, server);
    SSL_read(client, (char[1]){0}, 1);
    say("done %d, resumed %d", done, SSL_session_reused(client));
    SSL_shutdown(client), SSL_shutdown(server);
    SSL_free(client), SSL_free(server);
}

static void body(void) {
    for EACH_VERSION (version) {
        CASE("%s", version_name(version));
        SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
        SSL_CTX_sess_set_new_cb(ctx, keep);
        connect_once(ctx, server_ctx, NULL);
        unsigned char *der = NULL;
        int length = i2d_SSL_SESSION(latest, &der);
        const unsigned char *p = der;
        SSL_SESSION *copy = d2i_SSL_SESSION(NULL, &p, length);
        SSL_SESSION_free(latest);
        latest = NULL;
        connect_once(ctx, server_ctx, copy);
        OPENSSL_free(der);
        SSL_SESSION_free(copy), SSL_SESSION_free(latest);
        latest = NULL;
        SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
    }
}

SINGLE(body)
