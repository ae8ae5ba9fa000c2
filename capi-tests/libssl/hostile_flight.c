// An honest handshake with a meddler in the middle: records flipped, cut, doubled, dropped, junk put
// in between, in each flight; data after the handshake likewise. What the side that is hit says.
#include "common.h"

enum { FLIP, CUT, DOUBLE, JUNK, LENGTH, LAST };
static const char *names[] = {"last byte flipped", "end of transport in the middle", "sent twice", "followed by junk",
                              "a length too long"};

static void move(BIO *from, BIO *to, int what) {
    static unsigned char bytes[65536];
    int length = BIO_read(from, bytes, sizeof bytes);
    if (length <= 0)
        return;
    switch (what) {
    case FLIP: bytes[length - 1] ^= 1; break;
    case CUT: length /= 2; break;
    case LENGTH: bytes[3] = 0x48, bytes[4] = 0x01; break;
    }
    BIO_write(to, bytes, length);
    if (what == DOUBLE)
        BIO_write(to, bytes, length);
    if (what == JUNK)
        BIO_write(to, "\x63\x03\x03\x00\x04junk", 9);
    if (what == CUT)
        BIO_set_mem_eof_return(to, 0);
}

// Which alert a broken message earns is a matter of taste; that one is sent and can be read is not.
static void say_some_alert(const SSL *ssl UNUSED, int where, int value) {
    if (where & SSL_CB_ALERT)
        say("  alert %s: %s", where & SSL_CB_READ ? "received" : "sent", SSL_alert_type_string_long(value));
}

static int failures;

static void try(SSL *ssl, const char *who, int exactly) {
    int ret = SSL_is_init_finished(ssl) ? SSL_read(ssl, (char[64]){0}, 64) : SSL_do_handshake(ssl);
    int error = SSL_get_error(ssl, ret);
    if (ret > 0) {
        say("%s: %d", who, ret);
    } else if (error == SSL_ERROR_SSL) {
        unsigned long code = ERR_peek_last_error();
        failures++;
        say("%s fails: %s", who, exactly ? ERR_reason_error_string(code) : "");
    } else if (error != SSL_ERROR_WANT_READ) {
        failures++;
        say("%s ends", who);
    }
    ERR_clear_error();
}

static void run(int version, int flight, int what) {
    CASE("%s: flight %d, %s", version_name(version), flight, names[what]);
    // A record that does not decrypt is not a matter of taste.
    int exactly = what == FLIP && flight >= (version == T12 ? 2 : 1);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    if (!exactly) {
        SSL_CTX_set_info_callback(ctx, say_some_alert);
        SSL_CTX_set_info_callback(server_ctx, say_some_alert);
    }
    MUST(SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256"));
    MUST(SSL_CTX_set_cipher_list(ctx, "ECDHE-ECDSA-AES128-GCM-SHA256"));
    SSL_CTX_set_num_tickets(server_ctx, 0);
    SSL_CTX_set_options(server_ctx, SSL_OP_NO_TICKET);
    use_cert(ctx, "client");
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    BIO *ci = BIO_new(BIO_s_mem()), *co = BIO_new(BIO_s_mem()), *si = BIO_new(BIO_s_mem()), *so = BIO_new(BIO_s_mem());
    BIO *all[] = {ci, co, si, so};
    for (int i = 0; i < COUNT(all); i++)
        BIO_set_mem_eof_return(all[i], -1);
    SSL_set_bio(client, ci, co), SSL_set_bio(server, si, so);
    SSL_set_connect_state(client), SSL_set_accept_state(server);
    // Flights 0, 2, 4 are the client's, 1, 3, 5 the server's.
    failures = 0;
    for (int turn = 0; turn < 6 && failures < 2; turn++) {
        SSL *speaker = turn % 2 ? server : client, *listener = turn % 2 ? client : server;
        if (turn == 0)
            SSL_do_handshake(speaker);
        if (turn >= 4)
            SSL_write(speaker, "data", 4);
        move(turn % 2 ? so : co, turn % 2 ? ci : si, turn == flight ? what : -1);
        try(listener, turn % 2 ? "client" : "server", exactly);
        if (turn == flight && what == CUT)
            break;
    }
    if (failures < 2) {
        move(so, ci, -1);
        try(client, "client at the end", exactly);
        move(co, si, -1);
        try(server, "server at the end", exactly);
    }
    say("finished %d %d", SSL_is_init_finished(client), SSL_is_init_finished(server));
    if (SSL_is_init_finished(server))
        say_peer(server);
    ERR_clear_error();
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version)
        for (int flight = 0; flight < 6; flight++)
            for (int what = 0; what < LAST; what++)
                // Before there are keys, what is wrong with a record may show later or not at all.
                if (flight >= 2 || (version == T13 && flight == 1 && what != LENGTH) || what == CUT || what == JUNK)
                    run(version, flight, what);
}

SINGLE(body)
