// A BIO that buffers under everything that is written: what does each call leave in it? A program that waits for an
// answer to what it believes to be sent would wait for ever.
#include "common.h"

static BIO *client_buffer, *server_buffer;

// Two SSLs joined by a BIO pair, each with a buffer before the half that it writes to.
static void join_buffered(SSL *client, SSL *server, size_t size) {
    BIO *left, *right;
    MUST(BIO_new_bio_pair(&left, size, &right, size));
    client_buffer = BIO_new(BIO_f_buffer()), server_buffer = BIO_new(BIO_f_buffer());
    BIO_up_ref(left), BIO_up_ref(right);
    SSL_set_bio(client, left, BIO_push(client_buffer, left));
    SSL_set_bio(server, right, BIO_push(server_buffer, right));
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
}

// What has not gone through a buffer: how much it and what is behind it hold, less what the latter does.
static const char *held(BIO *buffer) {
    return BIO_wpending(buffer) != BIO_wpending(BIO_next(buffer)) ? "held" : "through";
}

static int step(SSL *ssl, const char *what, int ret) {
    say_result(ssl, what, ret);
    say("  %s", held(SSL_is_server(ssl) ? server_buffer : client_buffer));
    return ret;
}

#define STEP(ssl, call) step(ssl, #call, call)

static int choose(SSL *ssl UNUSED, X509 **cert, EVP_PKEY **key) {
    *cert = load_cert("client");
    *key = load_key("client");
    return 1;
}


static void shake_buffered(SSL *client, SSL *server) {
    for (int turn = 0; turn < 6 && (!SSL_is_init_finished(client) || !SSL_is_init_finished(server)); turn++) {
        if (!SSL_is_init_finished(client))
            STEP(client, SSL_do_handshake(client));
        if (!SSL_is_init_finished(server))
            STEP(server, SSL_do_handshake(server));
    }
}

static SSL *client, *server;
static char text[256];

static void begin(int version) {
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_post_handshake_auth(ctx, 1);
    SSL_CTX_set_client_cert_cb(ctx, choose);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, NULL);
    client = SSL_new(ctx), server = SSL_new(server_ctx);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void end(void) {
    ERR_clear_error();
    SSL_free(client), SSL_free(server);
}

static void all(int version) {
    CASE("%s: handshake, data, shutdown", version_name(version));
    begin(version);
    join_buffered(client, server, 0);
    shake_buffered(client, server);
    STEP(client, SSL_write(client, "one", 3));
    STEP(server, SSL_read(server, text, sizeof text));
    (void)BIO_flush(client_buffer);
    STEP(server, SSL_read(server, text, sizeof text));
    STEP(server, SSL_write(server, "two", 3));
    (void)BIO_flush(server_buffer);
    STEP(client, SSL_peek(client, text, sizeof text));
    STEP(client, SSL_read(client, text, sizeof text));
    STEP(client, SSL_shutdown(client));
    STEP(server, SSL_read(server, text, sizeof text));
    STEP(server, SSL_shutdown(server));
    STEP(client, SSL_shutdown(client));
    end();

    CASE("%s: data before the end stays behind it", version_name(version));
    begin(version);
    join_buffered(client, server, 0);
    shake_buffered(client, server);
    STEP(client, SSL_write(client, "one", 3));
    STEP(client, SSL_shutdown(client));
    STEP(server, SSL_read(server, text, sizeof text));
    STEP(server, SSL_read(server, text, sizeof text));
    end();
}

static void later(int peek) {
    CASE("asked for a certificate, answered by %s", peek ? "SSL_peek" : "SSL_read");
    begin(T13);
    join_buffered(client, server, 0);
    shake_buffered(client, server);
    STEP(client, SSL_read(client, text, sizeof text)); // tickets
    say("ask: %d", SSL_verify_client_post_handshake(server));
    STEP(server, SSL_do_handshake(server));
    if (peek)
        STEP(client, SSL_peek(client, text, sizeof text));
    else
        STEP(client, SSL_read(client, text, sizeof text));
    STEP(server, SSL_read(server, text, sizeof text));
    say_peer(server);
    STEP(client, SSL_read(client, text, sizeof text)); // new tickets

    CASE("asked again, with data behind the request");
    say("ask: %d", SSL_verify_client_post_handshake(server));
    STEP(server, SSL_write(server, "data", 4));
    (void)BIO_flush(server_buffer);
    if (peek)
        STEP(client, SSL_peek(client, text, sizeof text));
    STEP(client, SSL_read(client, text, sizeof text));
    STEP(server, SSL_read(server, text, sizeof text));
    say_peer(server);
    end();
}

static void key_updates(void) {
    CASE("key updates");
    begin(T13);
    join_buffered(client, server, 0);
    shake_buffered(client, server);
    STEP(client, SSL_read(client, text, sizeof text));
    say("update: %d", SSL_key_update(client, SSL_KEY_UPDATE_REQUESTED));
    STEP(client, SSL_do_handshake(client));
    STEP(server, SSL_read(server, text, sizeof text));
    STEP(client, SSL_read(client, text, sizeof text));
    say("update: %d", SSL_key_update(server, SSL_KEY_UPDATE_REQUESTED));
    STEP(server, SSL_write(server, "data", 4));
    (void)BIO_flush(server_buffer);
    STEP(client, SSL_read(client, text, sizeof text));
    STEP(server, SSL_read(server, text, sizeof text));
    CASE("a ticket more");
    say("ticket: %d", SSL_new_session_ticket(server));
    STEP(server, SSL_do_handshake(server));
    STEP(client, SSL_read(client, text, sizeof text));
    say("ticket: %d", SSL_new_session_ticket(server));
    STEP(server, SSL_write(server, "data", 4));
    end();
}

static void alerts(int version) {
    CASE("%s: the client refuses the server", version_name(version));
    begin(version);
    X509_STORE *nobody = X509_STORE_new();
    SSL_set0_verify_cert_store(client, nobody);
    join_buffered(client, server, 0);
    STEP(client, SSL_do_handshake(client));
    STEP(server, SSL_do_handshake(server));
    STEP(client, SSL_do_handshake(client));
    STEP(server, SSL_do_handshake(server));
    end();

    CASE("%s: the server refuses the client", version_name(version));
    begin(version);
    SSL_set_verify(server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_set0_verify_cert_store(server, X509_STORE_new());
    join_buffered(client, server, 0);
    STEP(client, SSL_do_handshake(client));
    STEP(server, SSL_do_handshake(server));
    STEP(client, SSL_do_handshake(client));
    STEP(server, SSL_do_handshake(server));
    STEP(client, SSL_read(client, text, sizeof text));
    end();

    if (version == T12)
        return; // there the original's queue holds an error of its provider's as well
    CASE("%s: a broken record", version_name(version));
    begin(version);
    join_buffered(client, server, 0);
    shake_buffered(client, server);
    BIO_write(SSL_get_rbio(client), "\x17\x03\x03\x00\x20" "0123456789abcdef0123456789abcdef", 37);
    STEP(server, SSL_read(server, text, sizeof text));
    STEP(client, SSL_read(client, text, sizeof text));
    end();
}

static void narrow(int version) {
    CASE("%s: a pipe that takes little at a time", version_name(version));
    begin(version);
    SSL_set_verify(server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    join_buffered(client, server, 100);
    int c = 0, s = 0;
    for (int turn = 0; turn < 10000 && (c != 1 || s != 1); turn++) {
        if (c != 1)
            c = SSL_do_handshake(client);
        else
            SSL_read(client, text, sizeof text); // lets the tickets pass
        if (s != 1)
            s = SSL_do_handshake(server);
    }
    say("done: %d %d", c, s);
    say("%s %s", held(client_buffer), held(server_buffer));
    say_peer(server);
    if (version == T13) {
        say("ask: %d", SSL_verify_client_post_handshake(server));
        for (int turn = 0; turn < 10000 && (s = SSL_do_handshake(server)) != 1; turn++)
            SSL_read(client, text, sizeof text);
        for (int turn = 0; turn < 100; turn++) {
            SSL_read(client, text, sizeof text);
            SSL_read(server, text, sizeof text);
        }
        say("asked: %d, %s %s", s, held(client_buffer), held(server_buffer));
        say_peer(server);
    }
    int down = 0;
    for (int turn = 0; turn < 1000 && down != 1; turn++) {
        down = SSL_shutdown(client);
        SSL_shutdown(server);
    }
    say("shutdown: %d, flags %d %d", down, SSL_get_shutdown(client), SSL_get_shutdown(server));
    end();
}

static void body(void) {
    for EACH_VERSION (version)
        all(version);
    later(0);
    later(1);
    key_updates();
    for EACH_VERSION (version)
        alerts(version);
    for EACH_VERSION (version)
        narrow(version);
}

SINGLE(body)
