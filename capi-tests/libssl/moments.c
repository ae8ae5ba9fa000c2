// SSL_shutdown, SSL_set_shutdown, SSL_set_ssl_method and SSL_free of the other side at each moment of a handshake and
// after it; the name of a peer after SSL_clear.
#include "common.h"

static void state(const char *who, SSL *ssl) {
    say("%s: shutdown %x, %s, init %d, before %d, pending %d", who, SSL_get_shutdown(ssl), SSL_state_string(ssl),
        SSL_in_init(ssl), SSL_in_before(ssl), SSL_pending(ssl));
}

static void shut(const char *who, SSL *ssl) {
    int ret = SSL_shutdown(ssl);
    say("%s: SSL_shutdown %d %s", who, ret, error_name(SSL_get_error(ssl, ret)));
    say_queue();
}

static int step(SSL *ssl) {
    int ret = SSL_do_handshake(ssl);
    if (ret != 1 && SSL_get_error(ssl, ret) != SSL_ERROR_WANT_READ)
        say_result(ssl, "step", ret);
    return ret;
}

enum { SAY_SENT, SAY_RECEIVED, SAY_BOTH, DATA_AFTER_CLOSE, DATA_BEFORE_CLOSE, OTHER_METHOD, GONE, ALL };

static void act(int what, SSL *mine, SSL *other) {
    char bytes[10];
    switch (what) {
    case SAY_SENT:
    case SAY_RECEIVED:
    case SAY_BOTH:
        SSL_set_shutdown(mine, what == SAY_SENT ? SSL_SENT_SHUTDOWN : what == SAY_RECEIVED ? SSL_RECEIVED_SHUTDOWN : 3);
        shut("mine", mine);
        break;
    case DATA_AFTER_CLOSE:
        shut("mine", mine);
        say_result(other, "read", SSL_read(other, bytes, 1));
        say_result(other, "write", SSL_write(other, "late", 4));
        say_result(mine, "read", SSL_read(mine, bytes, 1));
        say_result(mine, "write", SSL_write(mine, "a", 1));
        shut("other", other);
        shut("mine", mine);
        break;
    case DATA_BEFORE_CLOSE:
        SSL_write(other, "data", 4);
        for (int i = 0; i < 2; i++)
            shut("mine", mine);
        say_result(mine, "read", SSL_read(mine, bytes, 2));
        shut("other", other);
        break;
    case OTHER_METHOD:
        say("set method: %d", SSL_set_ssl_method(mine, SSL_is_server(mine) ? TLS_client_method() : TLS_server_method()));
        say_queue();
        step(mine);
        break;
    }
}

static void run(int version, int moment, int what, int who) {
    CASE("%s, after %d calls, %d, %s", version_name(version), moment, what, who ? "server" : "client");
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 100000);
    for (int i = 0; i < moment; i++)
        step(i % 2 ? server : client);
    SSL *mine = who ? server : client, *other = who ? client : server;
    if (what == GONE) {
        // A BIO whose other half is gone has ended.
        SSL_free(mine);
        say_result(other, "read", SSL_read(other, (char[1]){0}, 1));
        SSL_free(other);
    } else {
        act(what, mine, other);
        state("mine", mine);
        state("other", other);
        if (what != OTHER_METHOD || SSL_is_init_finished(mine))
            say("done: %d", shake_both(client, server));
        state("client", client);
        state("server", server);
        SSL_free(client);
        SSL_free(server);
    }
    SSL_CTX_free(ctx);
    SSL_CTX_free(server_ctx);
}

static void peer_name(int version) {
    CASE("%s, the name of a peer", version_name(version));
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    say("address: %d, another: %d", SSL_add1_host(client, "127.0.0.1"), SSL_add1_host(client, "127.0.0.2"));
    ERR_clear_error();
    SSL_set1_host(client, "localhost");
    join(client, server, 100000);
    say("done: %d, %s", shake_both(client, server), SSL_get0_peername(client));
    SSL_clear(client);
    say("cleared: %s", SSL_get0_peername(client));
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(ctx);
    SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION(version) {
        peer_name(version);
        for (int moment = 0; moment < 6; moment++)
            for (int what = 0; what < ALL; what++)
                for (int who = 0; who < 2; who++)
                    if ((what != GONE && what != OTHER_METHOD) || moment == 0 || moment == 5)
                        run(version, moment, what, who);
    }
}

SINGLE(body)
