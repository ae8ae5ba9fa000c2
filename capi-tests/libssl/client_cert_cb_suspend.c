// A negative answer of the callback suspends the handshake: SSL_ERROR_WANT_X509_LOOKUP, nothing on
// the wire, and the next call asks again.
#include "common.h"

static int asked, patience, negative;

static int choose(SSL *ssl, X509 **cert, EVP_PKEY **key) {
    asked++;
    say("callback, time %d, want %d", asked, SSL_want(ssl));
    if (asked <= patience)
        return negative;
    *cert = load_cert("client");
    *key = load_key("client");
    return 1;
}

static int say_no_later(SSL *ssl UNUSED, X509 **cert UNUSED, EVP_PKEY **key UNUSED) {
    asked++;
    say("callback, time %d", asked);
    return asked <= patience ? negative : 0;
}

// Both sides step by step, printing each stop of the client at the callback.
static void step_through(SSL *client, SSL *server) {
    int c = 0, s = 0;
    for (int turn = 0; turn < 50 && (c != 1 || s != 1); turn++) {
        size_t waiting = BIO_ctrl_pending(SSL_get_rbio(server));
        if (c != 1)
            c = SSL_do_handshake(client);
        int error = SSL_get_error(client, c);
        if (error == SSL_ERROR_WANT_X509_LOOKUP) {
            say("suspended: returned %d, want %d, want_x509_lookup %d, nothing sent: %d", c, SSL_want(client),
                SSL_want_x509_lookup(client), BIO_ctrl_pending(SSL_get_rbio(server)) == waiting);
            say("  in init %d, finished %d, rwstate reading %d writing %d", SSL_in_init(client),
                SSL_is_init_finished(client), SSL_want_read(client), SSL_want_write(client));
            say_queue();
        } else if (c != 1 && error != SSL_ERROR_WANT_READ) {
            say_result(client, "client", c);
            break;
        }
        if (s != 1) {
            s = SSL_do_handshake(server);
            if (s != 1 && SSL_get_error(server, s) != SSL_ERROR_WANT_READ) {
                say_result(server, "server", s);
                break;
            }
        }
    }
    say("done: %d %d", c, s);
    say_peer(server);
}

static void run(int version, int how_often, int answer, int (*callback)(SSL *, X509 **, EVP_PKEY **)) {
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_client_cert_cb(ctx, callback);
    asked = 0, patience = how_often, negative = answer;
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    step_through(client, server);
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(ctx);
    SSL_CTX_free(server_ctx);
}

// SSL_read and SSL_write drive the handshake too, and stop in the same way.
static void through_read_and_write(int version) {
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_client_cert_cb(ctx, choose);
    asked = 0, patience = 3, negative = -1;
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    char byte;
    for (int turn = 0; turn < 10; turn++) {
        int ret = turn % 3 == 0   ? SSL_write(client, "x", 1)
                  : turn % 3 == 1 ? SSL_read(client, &byte, 1)
                                  : SSL_peek(client, &byte, 1);
        say("%s: %d %s", turn % 3 == 0 ? "write" : turn % 3 == 1 ? "read" : "peek", ret,
            error_name(SSL_get_error(client, ret)));
        SSL_do_handshake(server);
    }
    say("server reads: %d", SSL_read(server, &byte, 1));
    say_peer(server);
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(ctx);
    SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version) {
        CASE("%s: never", version_name(version));
        run(version, 0, -1, choose);
        CASE("%s: once", version_name(version));
        run(version, 1, -1, choose);
        CASE("%s: three times", version_name(version));
        run(version, 3, -1, choose);
        CASE("%s: with -100", version_name(version));
        run(version, 1, -100, choose);
        CASE("%s: twice, then none", version_name(version));
        run(version, 2, -1, say_no_later);
        CASE("%s: met in read, write and peek", version_name(version));
        through_read_and_write(version);
    }
}

SINGLE(body)
