// One SSL_CTX for many threads: handshakes with client certificates and resumption, all at once.
#include "common.h"
#include <pthread.h>

enum { THREADS = 6, ROUNDS = 15 };
static SSL_CTX *ctx, *server_ctx;

static int choose(SSL *ssl UNUSED, X509 **cert, EVP_PKEY **key) {
    *cert = SSL_CTX_get_ex_data(ctx, 0);
    *key = SSL_CTX_get_ex_data(server_ctx, 0);
    X509_up_ref(*cert);
    EVP_PKEY_up_ref(*key);
    return 1;
}

static void *work(void *arg) {
    long good = 0;
    for (int i = 0; i < ROUNDS; i++) {
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        join(client, server, 0);
        char text[8];
        int c = 0, s = 0;
        for (int turn = 0; turn < 20 && (c != 1 || s != 1); turn++)
            c = SSL_do_handshake(client), s = SSL_do_handshake(server);
        if (c == 1 && s == 1 && SSL_write(client, "ping", 4) == 4 && SSL_read(server, text, 8) == 4 &&
            SSL_get0_peer_certificate(server) && SSL_get_verify_result(server) == X509_V_OK)
            good++;
        SSL_free(client), SSL_free(server);
        ERR_clear_error();
    }
    *(long *)arg = good;
    return NULL;
}

static void body(void) {
    for EACH_VERSION (version) {
        ctx = new_client(version), server_ctx = new_server(version);
        SSL_CTX_set_client_cert_cb(ctx, choose);
        SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        X509 *cert = load_cert("client");
        EVP_PKEY *key = load_key("client");
        SSL_CTX_set_ex_data(ctx, 0, cert), SSL_CTX_set_ex_data(server_ctx, 0, key);
        pthread_t threads[THREADS];
        long good[THREADS], total = 0;
        for (int i = 0; i < THREADS; i++)
            pthread_create(&threads[i], NULL, work, &good[i]);
        for (int i = 0; i < THREADS; i++) {
            pthread_join(threads[i], NULL);
            total += good[i];
        }
        say("%s: %ld of %d", version_name(version), total, THREADS * ROUNDS);
        SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
        X509_free(cert), EVP_PKEY_free(key);
    }
}

SINGLE(body)
