// A post-handshake request met in SSL_read, SSL_peek and SSL_do_handshake: the client's callback is
// called there, may suspend, and is asked again by the next call.
#include "pha.h"

enum { READ, PEEK, PEEK_NOTHING, READ_NOTHING, HANDSHAKE, READ_EX, LAST };
static const char *names[] = {"SSL_read", "SSL_peek", "SSL_peek of nothing", "SSL_read of nothing",
                              "SSL_do_handshake", "SSL_read_ex"};

static int asked, patience, give;

static int choose(SSL *ssl, X509 **cert, EVP_PKEY **key) {
    say("callback, time %d, in init %d", ++asked, SSL_in_init(ssl));
    if (asked <= patience)
        return -1;
    if (!give)
        return 0;
    *cert = load_cert("client");
    *key = load_key("client");
    return 1;
}

static int call(SSL *ssl, int how) {
    char text[64];
    size_t got = 0;
    switch (how) {
    case READ: return SSL_read(ssl, text, sizeof text);
    case PEEK: return SSL_peek(ssl, text, sizeof text);
    case PEEK_NOTHING: return SSL_peek(ssl, text, 0);
    case READ_NOTHING: return SSL_read(ssl, text, 0);
    case READ_EX: return SSL_read_ex(ssl, text, sizeof text, &got) ? (int)got : 0;
    default: return SSL_do_handshake(ssl);
    }
}

// One connection; the client's next `how` after the request is watched.
static void run(int how, int times, int with) {
    CASE("%s, suspends %d times, then %s", names[how], times, with ? "gives one" : "gives none");
    SSL_CTX *ctx = new_pha_client(), *server_ctx = new_pha_server(0);
    SSL_CTX_set_client_cert_cb(ctx, choose);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    asked = 0, patience = times, give = with;
    MUST(shake_both(client, server) == 1);
    char text[64];
    MUST(SSL_read(client, text, sizeof text) <= 0); // takes the tickets
    say("ask: %d", SSL_verify_client_post_handshake(server));
    say("server handshake: %d", SSL_do_handshake(server));
    for (int turn = 0; turn < times + 2; turn++) {
        size_t before = BIO_ctrl_pending(SSL_get_rbio(server));
        int ret = call(client, how);
        int error = SSL_get_error(client, ret);
        size_t after = BIO_ctrl_pending(SSL_get_rbio(server));
        say("client: %d %s, want %d, sent something: %d, in init %d", ret, error_name(error), SSL_want(client),
            after > before, SSL_in_init(client));
        say_queue();
    }
    say("server write: %d", SSL_write(server, "data", 4));
    int ret = SSL_read(server, text, sizeof text);
    say("server: %d %s", ret, error_name(SSL_get_error(server, ret)));
    say_peer(server);
    say("client read: %d", SSL_read(client, text, sizeof text));
    say("client write: %d", SSL_write(client, "more", 4));
    say("server read: %d", SSL_read(server, text, sizeof text));
    say_peer(server);
    say("own certificate: %s", subject_of(SSL_get_certificate(client)));
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(ctx);
    SSL_CTX_free(server_ctx);
}

static void body(void) {
    for (int how = 0; how < LAST; how++)
        for (int times = 0; times < 3; times += 2)
            for (int with = 0; with < 2; with++)
                run(how, times, with);
}

SINGLE(body)
