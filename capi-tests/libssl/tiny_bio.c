// A transport of a few bytes: everything stops and goes on at every byte, handshake with client
// certificate, post-handshake authentication, data, shutdown.
#include "common.h"

static int choose(SSL *ssl UNUSED, X509 **cert, EVP_PKEY **key) {
    static int asked;
    if (asked++ % 3 < 2)
        return -1;
    *cert = load_cert("client");
    *key = load_key("client");
    return 1;
}

static void run(int version, size_t size) {
    CASE("%s, %zu bytes", version_name(version), size);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_post_handshake_auth(ctx, 1);
    SSL_CTX_set_client_cert_cb(ctx, choose);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, size);
    int c = 0, s = 0, lookups = 0;
    for (int turn = 0; turn < 100000 && (c != 1 || s != 1); turn++) {
        if (c != 1) {
            c = SSL_do_handshake(client);
            int error = SSL_get_error(client, c);
            lookups += error == SSL_ERROR_WANT_X509_LOOKUP;
            if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL) {
                say_result(client, "client", c);
                break;
            }
        } else {
            SSL_read(client, (char[1]){0}, 1); // lets the tickets pass
        }
        if (s != 1 && (s = SSL_do_handshake(server)) != 1 && SSL_get_error(server, s) == SSL_ERROR_SSL) {
            say_result(server, "server", s);
            break;
        }
    }
    say("done: %d %d, lookups %d", c, s, lookups);
    say_peer(server);
    if (version == T13) {
        say("ask: %d", SSL_verify_client_post_handshake(server));
        for (int turn = 0; turn < 100000 && (s = SSL_do_handshake(server)) != 1; turn++)
            SSL_read(client, (char[1]){0}, 1);
        say("request sent: %d", s);
    }
    char out[3000], in[3000];
    memset(out, 'x', sizeof out);
    int sent = 0, received = 0;
    for (int turn = 0; turn < 100000 && received < (int)sizeof in; turn++) {
        int ret;
        SSL_read(client, (char[1]){0}, 1);
        if (sent != (int)sizeof out && (ret = SSL_write(client, out, sizeof out)) > 0)
            sent = ret;
        while (received < (int)sizeof in && (ret = SSL_read(server, in + received, sizeof in - received)) > 0)
            received += ret;
    }
    say("sent %d, received %d, same %d", sent, received, memcmp(in, out, sizeof in) == 0);
    say_peer(server);
    int down = 0;
    for (int turn = 0; turn < 100000 && down != 1; turn++) {
        down = SSL_shutdown(client);
        SSL_shutdown(server);
    }
    say("shutdown: %d, flags %d %d", down, SSL_get_shutdown(client), SSL_get_shutdown(server));
    say_queue();
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    static const size_t sizes[] = {1, 2, 3, 5, 17, 100, 1000};
    for EACH_VERSION (version)
        for (int i = 0; i < COUNT(sizes); i++)
            run(version, sizes[i]);
}

SINGLE(body)
