// SSL_CTX_set_cert_cb and SSL_set_cert_cb: on the client when a certificate is requested, on the
// server for every handshake; 1 goes on, 0 fails, negative suspends. It comes before the client
// certificate callback.
#include "common.h"

static int asked, patience, result;
static const char *install;

static int choose(SSL *ssl, void *arg) {
    say("cert_cb of %s, time %d, argument %s", SSL_is_server(ssl) ? "server" : "client", ++asked,
        arg ? (const char *)arg : "NULL");
    if (asked <= patience)
        return -1;
    if (install)
        ssl_use_cert(ssl, install);
    return result;
}

static int client_choose(SSL *ssl UNUSED, X509 **cert, EVP_PKEY **key) {
    say("client_cert_cb");
    *cert = load_cert("second");
    *key = load_key("second");
    return 1;
}

static void finish(SSL_CTX *ctx, SSL_CTX *server_ctx) {
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    int c = 0, s = 0, c_error = 0, s_error = 0;
    for (int turn = 0; turn < 12 && (c != 1 || s != 1); turn++) {
        if (c != 1) {
            c = SSL_do_handshake(client);
            if (c != 1 && (c_error = SSL_get_error(client, c)) != SSL_ERROR_WANT_READ)
                say("client: %d %s, want %d", c, error_name(c_error), SSL_want(client)), say_queue();
        }
        if (s != 1) {
            s = SSL_do_handshake(server);
            if (s != 1 && (s_error = SSL_get_error(server, s)) != SSL_ERROR_WANT_READ)
                say("server: %d %s, want %d", s, error_name(s_error), SSL_want(server)), say_queue();
        }
        if (c_error == SSL_ERROR_SSL && s_error == SSL_ERROR_SSL)
            break;
    }
    say("done: %d %d", c, s);
    say("the client sees");
    say_peer(client);
    say("the server sees");
    say_peer(server);
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(ctx);
    SSL_CTX_free(server_ctx);
}

static void set(int times, int then, const char *cert) { asked = 0, patience = times, result = then, install = cert; }

static void body(void) {
    for EACH_VERSION (version) {
        SSL_CTX *ctx, *server_ctx;
#define START(...)                                                                                                    \
    do {                                                                                                              \
        CASE(__VA_ARGS__);                                                                                            \
        ctx = new_client(version), server_ctx = new_server(version);                                                  \
        SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);                                                        \
    } while (0)
        const char *name = version_name(version);
        for (int times = 0; times < 3; times += 2)
            for (int then = 0; then < 2; then++)
                for (int cert = 0; cert < 2; cert++) {
                    START("%s: client, suspends %d times, then %d, installs %d", name, times, then, cert);
                    set(times, then, cert ? "client" : NULL);
                    SSL_CTX_set_cert_cb(ctx, choose, "the argument");
                    finish(ctx, server_ctx);
                    START("%s: server, suspends %d times, then %d, installs %d", name, times, then, cert);
                    set(times, then, cert ? "server2" : NULL);
                    SSL_CTX_set_cert_cb(server_ctx, choose, NULL);
                    finish(ctx, server_ctx);
                }
        START("%s: client, both callbacks, neither installs first", name);
        set(0, 1, NULL);
        SSL_CTX_set_cert_cb(ctx, choose, NULL);
        SSL_CTX_set_client_cert_cb(ctx, client_choose);
        finish(ctx, server_ctx);
        START("%s: client, both callbacks, cert_cb installs", name);
        set(0, 1, "client");
        SSL_CTX_set_cert_cb(ctx, choose, NULL);
        SSL_CTX_set_client_cert_cb(ctx, client_choose);
        finish(ctx, server_ctx);
        START("%s: client, a certificate is set already", name);
        set(0, 1, NULL);
        use_cert(ctx, "client");
        SSL_CTX_set_cert_cb(ctx, choose, NULL);
        finish(ctx, server_ctx);
        START("%s: client, nothing requested", name);
        set(0, 1, NULL);
        SSL_CTX_set_verify(server_ctx, SSL_VERIFY_NONE, NULL);
        SSL_CTX_set_cert_cb(ctx, choose, NULL);
        finish(ctx, server_ctx);
    }
}

SINGLE(body)
