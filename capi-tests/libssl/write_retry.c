// SSL_write that has to be repeated, and is repeated with something else.
#include "common.h"

static char data[40000], other[40000], in[80000];
static SSL *client, *server;

static void begin(int version, long mode) {
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_mode(ctx, mode);
    client = SSL_new(ctx), server = SSL_new(server_ctx);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
    join(client, server, 20000);
    shake_both(client, server);
    SSL_read(client, (char[1]){0}, 1);
}

static void end(void) {
    int total = 0, ret;
    while ((ret = SSL_read(server, in + total, (int)sizeof in - total)) > 0)
        total += ret;
    int same = 0;
    while (same < total && in[same] == data[0])
        same++;
    say("received %d, of the first %d", total, same);
    say_result(server, "read", ret);
    say_result(client, "write", SSL_write(client, "x", 1));
    say_result(client, "read", SSL_read(client, (char[1]){0}, 1));
    say("in init %d, shutdown %d, state %s", SSL_in_init(client), SSL_get_shutdown(client), SSL_state_string_long(client));
    say_result(client, "shutdown", SSL_shutdown(client));
    say_result(server, "read", SSL_read(server, in, sizeof in));
    SSL_free(client), SSL_free(server);
}

static void run(int version, long mode, const char *what, const void *again, int len) {
    CASE("%s, mode %ld: again %s, %d bytes", version_name(version), mode, what, len);
    begin(version, mode);
    say_result(client, "write", SSL_write(client, data, 30000));
    say_result(client, "write", SSL_write(client, again, len));
    // Room for the rest.
    int total = SSL_read(server, in, 16384);
    say("read %d", total);
    say_result(client, "write", SSL_write(client, again, len));
    end();
}

static void between(int version, int what) {
    CASE("%s: %s in between", version_name(version), what == 0 ? "a read" : what == 1 ? "a shutdown" : "a key update");
    begin(version, 0);
    say_result(client, "write", SSL_write(client, data, 30000));
    if (what == 0)
        say_result(client, "read", SSL_read(client, in, 1));
    else if (what == 1)
        say_result(client, "shutdown", SSL_shutdown(client));
    else
        say("update: %d", SSL_key_update(client, SSL_KEY_UPDATE_NOT_REQUESTED)), say_queue();
    SSL_read(server, in, 16384);
    say_result(client, "write", SSL_write(client, data, 30000));
    end();
}

static void with_count(int version) {
    CASE("%s: SSL_write_ex", version_name(version));
    begin(version, 0);
    size_t count = 77;
    say_result(client, "write", SSL_write_ex(client, data, 30000, &count));
    say_result(client, "write", SSL_write_ex(client, other, 30000, &count));
    say("count %zu", count);
    end();
    CASE("%s: nothing", version_name(version));
    begin(version, 0);
    say_result(client, "write", SSL_write(client, data, 0));
    say_result(client, "write", SSL_write_ex(client, data, 0, &count));
    say("count %zu", count);
    say_result(client, "write", SSL_write(client, data, -1));
    end();
}

static void body(void) {
    memset(data, 'd', sizeof data), memset(other, 'o', sizeof other);
    static const long modes[] = {0, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, SSL_MODE_ENABLE_PARTIAL_WRITE,
                                 SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER};
    static const int lengths[] = {30000, 40000, 29999, 20000, 16384, 100, 0};
    for EACH_VERSION (version) {
        for (int mode = 0; mode < COUNT(modes); mode++)
            for (int i = 0; i < COUNT(lengths); i++) {
                run(version, modes[mode], "the same", data, lengths[i]);
                run(version, modes[mode], "another", other, lengths[i]);
            }
        for (int what = 0; what < (version == T13 ? 3 : 2); what++)
            between(version, what);
        with_count(version);
    }
}

SINGLE(body)
