// SSL_set_retry_verify: a verification that cannot be finished yet suspends the handshake. The chain to judge can be
// read meanwhile; when the handshake goes on the verification runs again.
#include "common.h"

static int calls, suspensions, verdict;

static void suspend(X509_STORE_CTX *store) {
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    if (suspensions > 0) {
        suspensions--;
        say("  retry: %d, want %d", SSL_set_retry_verify(ssl), SSL_want(ssl));
    }
}

static int looking_on(int ok, X509_STORE_CTX *store) {
    calls++;
    say("  callback: ok %d, depth %d", ok, X509_STORE_CTX_get_error_depth(store));
    if (X509_STORE_CTX_get_error_depth(store) == 0)
        suspend(store);
    return verdict;
}

static int instead(X509_STORE_CTX *store, void *argument UNUSED) {
    calls++;
    say("  verification: %s", subject_of(X509_STORE_CTX_get0_cert(store)));
    suspend(store);
    return verdict;
}

static void say_state(SSL *ssl) {
    say("  want %d, in init %d", SSL_want(ssl), SSL_in_init(ssl));
    say_chain("  chain", SSL_get_peer_cert_chain(ssl));
    X509 *peer = SSL_get1_peer_certificate(ssl);
    say("  peer %s, verify result %ld", subject_of(peer), SSL_get_verify_result(ssl));
    X509_free(peer);
}

enum { CALLBACK, INSTEAD };

static void run(int version, int kind, int on_server, int mode, int times, int what) {
    CASE("%s: %s on the %s, mode %d, %d times, answer %d", version_name(version), kind == CALLBACK ? "callback" : "own",
         on_server ? "server" : "client", mode, times, what);
    SSL_CTX *client_ctx = new_client(version), *server_ctx = new_server(version);
    use_cert(client_ctx, "client");
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX *ctx = on_server ? server_ctx : client_ctx;
    SSL_CTX_set_verify(ctx, mode, kind == CALLBACK ? looking_on : NULL);
    if (kind == INSTEAD)
        SSL_CTX_set_cert_verify_callback(ctx, instead, NULL);
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    calls = 0, suspensions = times, verdict = what;
    int c = 0, s = 0;
    for (int turn = 0; turn < 12 && (c != 1 || s != 1); turn++) {
        if (c != 1) {
            c = say_result(client, "client", SSL_do_handshake(client));
            if (!on_server && SSL_get_error(client, c) == SSL_ERROR_WANT_RETRY_VERIFY)
                say_state(client);
        }
        if (s != 1) {
            s = say_result(server, "server", SSL_do_handshake(server));
            if (on_server)
                say_state(server);
        }
    }
    say("calls %d", calls);
    say_peer(client), say_peer(server);
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(client_ctx), SSL_CTX_free(server_ctx);
}

// A connection that is suspended and given up.
static void given_up(int version) {
    CASE("%s: given up while suspended", version_name(version));
    SSL_CTX *client_ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_verify(client_ctx, SSL_VERIFY_PEER, looking_on);
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    suspensions = 5, verdict = 1;
    say_result(client, "client", SSL_do_handshake(client));
    say_result(server, "server", SSL_do_handshake(server));
    say_result(client, "client", SSL_do_handshake(client));
    say_result(client, "read", SSL_read(client, (char[1]){0}, 1));
    say_result(client, "write", SSL_write(client, "x", 1));
    say_result(client, "shutdown", SSL_shutdown(client));
    say_state(client);
    say("clear: %d, want %d", SSL_clear(client), SSL_want(client));
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(client_ctx), SSL_CTX_free(server_ctx);
}

static void asked_later(int kind) {
    CASE("after the handshake, %s", kind == CALLBACK ? "callback" : "own");
    SSL_CTX *client_ctx = new_client(T13), *server_ctx = new_server(T13);
    use_cert(client_ctx, "client");
    SSL_CTX_set_post_handshake_auth(client_ctx, 1);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, kind == CALLBACK ? looking_on : NULL);
    if (kind == INSTEAD)
        SSL_CTX_set_cert_verify_callback(server_ctx, instead, NULL);
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    shake_both(client, server);
    say("ask: %d", SSL_verify_client_post_handshake(server));
    say_result(server, "handshake", SSL_do_handshake(server));
    suspensions = 2, verdict = 1;
    for (int turn = 0; turn < 5; turn++) {
        SSL_read(client, (char[1]){0}, 1);
        say_result(server, "read", SSL_read(server, (char[1]){0}, 1));
        say_peer(server);
    }
    say_result(client, "write", SSL_write(client, "x", 1));
    say_result(server, "read", SSL_read(server, (char[1]){0}, 1));
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(client_ctx), SSL_CTX_free(server_ctx);
}

// Set where nobody asked for it: no state of its own.
static void idle(void) {
    CASE("outside of a verification");
    SSL_CTX *ctx = new_client(T13);
    SSL *ssl = SSL_new(ctx);
    say("retry: %d, want %d", SSL_set_retry_verify(ssl), SSL_want(ssl));
    say("error: %s", error_name(SSL_get_error(ssl, -1)));
    SSL_free(ssl), SSL_CTX_free(ctx);
}

static void body(void) {
    for EACH_VERSION (version)
        for (int kind = CALLBACK; kind <= INSTEAD; kind++) {
            run(version, kind, 0, SSL_VERIFY_PEER, 1, 1);
            run(version, kind, 0, SSL_VERIFY_PEER, 3, 1);
            run(version, kind, 0, SSL_VERIFY_PEER, 1, 0);
            run(version, kind, 0, SSL_VERIFY_NONE, 1, 1);
            run(version, kind, 0, SSL_VERIFY_NONE, 1, 0);
            run(version, kind, 1, SSL_VERIFY_PEER, 1, 1);
            run(version, kind, 1, SSL_VERIFY_PEER, 1, 0);
        }
    for EACH_VERSION (version)
        given_up(version);
    asked_later(CALLBACK);
    asked_later(INSTEAD);
    idle();
}

SINGLE(body)
