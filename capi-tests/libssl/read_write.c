// SSL_read, SSL_peek and SSL_write: sizes, zero lengths, pending, retries with a full transport,
// partial writes, moving buffers, the _ex functions.
#include "common.h"

static SSL_CTX *ctx, *server_ctx;
static SSL *client, *server;
static char block[65536], got[65536];

static void start(int version, size_t buffer, const char *name) {
    CASE("%s: %s", version_name(version), name);
    ctx = new_client(version), server_ctx = new_server(version);
    client = SSL_new(ctx), server = SSL_new(server_ctx);
    join(client, server, buffer);
    MUST(shake_both(client, server) == 1);
    SSL_read(client, got, 1); // the tickets
    ERR_clear_error();
}

static void end(void) {
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void say_io(const char *what, SSL *ssl, int ret) {
    say("%s: %d %s, want %d, pending %d, has_pending %d", what, ret, error_name(SSL_get_error(ssl, ret)), SSL_want(ssl),
        SSL_pending(ssl), SSL_has_pending(ssl));
    say_queue();
}

static void sizes(int version) {
    start(version, 1 << 20, "sizes");
    static const int lengths[] = {1, 2, 100, 16383, 16384, 16385, 40000, 65536};
    for (int i = 0; i < COUNT(lengths); i++) {
        say_io("write", client, SSL_write(client, block, lengths[i]));
        int total = 0, reads = 0, ret;
        while (total < lengths[i] && (ret = SSL_read(server, got + total, sizeof got - total)) > 0)
            total += ret, reads++;
        say("read %d in %d, same %d", total, reads, memcmp(block, got, total) == 0);
    }
    say_io("read of nothing there", server, SSL_read(server, got, 10));
    end();
}

static void zero(int version) {
    start(version, 0, "zero lengths");
    size_t n = 77;
    say_io("write 0", client, SSL_write(client, block, 0));
    int ret = SSL_write_ex(client, block, 0, &n);
    say("write_ex 0: %d, n %zu", ret, n);
    say_io("read 0, nothing there", server, SSL_read(server, got, 0));
    say_io("peek 0, nothing there", server, SSL_peek(server, got, 0));
    SSL_write(client, "abc", 3);
    say_io("read 0", server, SSL_read(server, got, 0));
    say_io("peek 0", server, SSL_peek(server, got, 0));
    n = 77;
    ret = SSL_read_ex(server, got, 0, &n);
    say("read_ex 0: %d, n %zu, %s", ret, n, error_name(SSL_get_error(server, ret)));
    say_io("read 1", server, SSL_read(server, got, 1));
    say_io("read 10", server, SSL_read(server, got, 10));
    say_io("read -1", server, SSL_read(server, got, -1));
    say_io("peek -1", server, SSL_peek(server, got, -1));
    say_io("write -1", client, SSL_write(client, block, -1));
    end();
}

static void peeks(int version) {
    start(version, 0, "peek and pending");
    SSL_write(client, "hello", 5);
    SSL_write(client, "world!", 6);
    say("pending before: %d, has_pending %d", SSL_pending(server), SSL_has_pending(server));
    say_io("peek 3", server, SSL_peek(server, got, 3));
    say_io("peek 100", server, SSL_peek(server, got, 100));
    say_io("read 2", server, SSL_read(server, got, 2));
    say_io("peek 100", server, SSL_peek(server, got, 100));
    say("\"%.3s\"", got);
    say_io("read 100", server, SSL_read(server, got, 100));
    size_t n = 77;
    int ret = SSL_peek_ex(server, got, 100, &n);
    say("peek_ex: %d %zu", ret, n);
    ret = SSL_read_ex(server, got, 4, &n);
    say("read_ex: %d %zu \"%.4s\", pending %d", ret, n, got, SSL_pending(server));
    say_io("read the rest", server, SSL_read(server, got, 100));
    n = 77;
    ret = SSL_read_ex(server, got, 4, &n);
    say("read_ex, nothing there: %d n %zu %s", ret, n, error_name(SSL_get_error(server, ret)));
    end();
}

static void read_ahead(int version) {
    start(version, 0, "read ahead");
    SSL_set_read_ahead(server, 1);
    say("read ahead: %d %d", SSL_get_read_ahead(server), (int)SSL_CTX_get_read_ahead(server_ctx));
    SSL_write(client, "hello", 5);
    SSL_write(client, "world!", 6);
    int ret = SSL_read(server, got, 2);
    say("read: %d, pending %d, has_pending %d", ret, SSL_pending(server), SSL_has_pending(server));
    ret = SSL_read(server, got, 10);
    say("read: %d, pending %d, has_pending %d", ret, SSL_pending(server), SSL_has_pending(server));
    ret = SSL_read(server, got, 10);
    say("read: %d, pending %d, has_pending %d", ret, SSL_pending(server), SSL_has_pending(server));
    end();
}

// Fills the transport; the write must then be repeated with the same arguments.
static void full(int version, long mode, const char *name) {
    start(version, 20000, name);
    say("mode: %ld", SSL_set_mode(client, mode) & (SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER));
    int wrote = SSL_write(client, block, 50000), done = wrote > 0 ? wrote : 0;
    say_io("write 50000", client, wrote);
    static char moved[65536];
    memcpy(moved, block, sizeof block);
    if (mode & SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER)
        say_io("again, moved", client, SSL_write(client, moved + done, 50000 - done));
    say_io("again", client, SSL_write(client, block + done, 50000 - done));
    say_io("read meanwhile", client, SSL_read(client, got, 1));
    int total = 0, first = 1;
    for (int turn = 0; turn < 100 && (total < 50000 || done < 50000); turn++) {
        int ret;
        while ((ret = SSL_read(server, got + total, sizeof got - total)) > 0)
            total += ret;
        if (done < 50000 && (ret = SSL_write(client, block + done, 50000 - done)) > 0) {
            if (first)
                say("a write of %d", ret), first = 0;
            done += ret;
        }
    }
    ERR_clear_error();
    say("read %d, written %d, same %d", total, done, memcmp(block, got, total) == 0);
    end();
}

// A write that is repeated otherwise than it must be.
static void bad_retry(int version, int shorter) {
    start(version, 20000, shorter ? "bad retry, shorter" : "bad retry, moved");
    say_io("write 50000", client, SSL_write(client, block, 50000));
    if (shorter)
        say_io("again, shorter", client, SSL_write(client, block, 10));
    else
        say_io("again, moved", client, SSL_write(client, block + 1, 50000));
    end();
}

static void early(int version) {
    CASE("%s: without a method, a BIO, a handshake", version_name(version));
    ctx = new_client(version), server_ctx = new_server(version);
    client = SSL_new(ctx), server = SSL_new(server_ctx);
    say_io("read, no role", client, SSL_read(client, got, 1));
    say_io("write, no role", client, SSL_write(client, got, 1));
    say_io("handshake, no role", client, SSL_do_handshake(client));
    say_io("connect, no BIO", client, SSL_connect(client));
    join(client, server, 0);
    say_io("read, no handshake", client, SSL_read(client, got, 1));
    say_io("accept as a client", client, SSL_accept(client));
    end();
}

static void body(void) {
    for (int i = 0; i < (int)sizeof block; i++)
        block[i] = (char)(i * 7 + i / 256);
    for EACH_VERSION (version) {
        sizes(version);
        zero(version);
        peeks(version);
        read_ahead(version);
        full(version, 0, "full transport");
        full(version, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, "full transport, moving buffer");
        full(version, SSL_MODE_ENABLE_PARTIAL_WRITE, "full transport, partial writes");
        full(version, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, "both");
        bad_retry(version, 0);
        bad_retry(version, 1);
        early(version);
    }
}

SINGLE(body)
