// Callbacks that call back into the library: read settings, change them, start another handshake, take
// and drop a reference, shut down the SSL that is being processed.
#include "common.h"

enum { GETTERS, SETTERS, NESTED, READ_WRITE, SHUTDOWN, FREE_REFERENCE, SESSION, LAST };
static const char *names[] = {"getters", "setters", "another handshake", "read and write", "shutdown",
                              "drops a reference", "session"};
static int behaviour, depth;

static void nested(void) {
    if (depth)
        return;
    depth = 1;
    SSL_CTX *ctx = new_client(0), *server_ctx = new_server(0);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    int done = shake_both(client, server);
    say("nested handshake: %d", done);
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
    depth = 0;
}

static void act(SSL *ssl, const char *where) {
    if (depth)
        return;
    say("in %s", where);
    char text[8];
    switch (behaviour) {
    case GETTERS:
        say("version %s, in init %d, want %d, pending %d, mode %d, peer %s", SSL_get_version(ssl), SSL_in_init(ssl), SSL_want(ssl),
            SSL_pending(ssl), SSL_get_verify_mode(ssl), subject_of(SSL_get0_peer_certificate(ssl)));
        break;
    case SETTERS:
        SSL_set_mode(ssl, SSL_MODE_AUTO_RETRY);
        SSL_set_ex_data(ssl, 0, ssl);
        SSL_set_options(ssl, SSL_OP_NO_TICKET);
        SSL_CTX_set_session_cache_mode(SSL_get_SSL_CTX(ssl), SSL_SESS_CACHE_OFF);
        SSL_CTX_up_ref(SSL_get_SSL_CTX(ssl));
        SSL_CTX_free(SSL_get_SSL_CTX(ssl));
        break;
    case NESTED: nested(); break;
    case READ_WRITE: {
        int ret = SSL_pending(ssl) ? SSL_peek(ssl, text, 1) : 0;
        say("peek %d", ret);
        break;
    }
    case SHUTDOWN: {
        int ret = SSL_shutdown(ssl);
        say("shutdown %d", ret);
        say_queue();
        break;
    }
    case FREE_REFERENCE:
        SSL_up_ref(ssl);
        SSL_free(ssl);
        break;
    case SESSION: {
        SSL_SESSION *session = SSL_get1_session(ssl);
        say("session %d", session != NULL);
        SSL_SESSION_free(session);
        break;
    }
    }
}

static int choose(SSL *ssl, X509 **cert, EVP_PKEY **key) {
    act(ssl, "client_cert_cb");
    *cert = load_cert("client");
    *key = load_key("client");
    return 1;
}

static int cert_cb(SSL *ssl, void *arg UNUSED) {
    act(ssl, "cert_cb");
    return 1;
}

static int verify(int ok, X509_STORE_CTX *store) {
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    if (X509_STORE_CTX_get_error_depth(store) == 0)
        act(ssl, "verify callback");
    return ok;
}

static int on_name(SSL *ssl, int *alert UNUSED, void *arg UNUSED) {
    act(ssl, "servername callback");
    return SSL_TLSEXT_ERR_OK;
}

static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *in,
                   unsigned int in_length UNUSED, void *arg UNUSED) {
    act(ssl, "ALPN callback");
    *out = in + 1, *length = in[0];
    return SSL_TLSEXT_ERR_OK;
}

static void body(void) {
    for EACH_VERSION (version)
        for (behaviour = 0; behaviour < LAST; behaviour++) {
            CASE("%s: %s", version_name(version), names[behaviour]);
            SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
            SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, verify);
            SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, verify);
            SSL_CTX_set_client_cert_cb(ctx, choose);
            SSL_CTX_set_cert_cb(server_ctx, cert_cb, NULL);
            SSL_CTX_set_tlsext_servername_callback(server_ctx, on_name);
            SSL_CTX_set_alpn_select_cb(server_ctx, on_alpn, NULL);
            SSL_CTX_set_alpn_protos(ctx, (const unsigned char *)"\2h2", 3);
            SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
            SSL_set_tlsext_host_name(client, "localhost");
            join(client, server, 0);
            int done = shake_both(client, server);
            char text[8] = {0};
            int wrote = SSL_write(client, "ping", 4);
            int got = SSL_read(server, text, sizeof text);
            say("done %d, wrote %d, read %d", done, wrote, got);
            say_peer(server);
            SSL_free(client), SSL_free(server);
            SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
        }
}

SINGLE(body)
