// The callback gives the same key for every connection, as programs do; then a copy of it, and the same object with
// another key inside. The program's own pointers on the key stay what they are.
#include "common.h"

static X509 *cert;
static EVP_PKEY *key;
static int freed;

static int choose(SSL *ssl UNUSED, X509 **out_cert, EVP_PKEY **out_key) {
    X509_up_ref(cert);
    EVP_PKEY_up_ref(key);
    *out_cert = cert;
    *out_key = key;
    return 1;
}

static void note_freed(void *parent UNUSED, void *value, CRYPTO_EX_DATA *data UNUSED, int index UNUSED,
                       long number UNUSED, void *argument UNUSED) {
    if (value)
        freed++;
}

static void connect_twice(SSL_CTX *ctx, SSL_CTX *server_ctx, const char *what) {
    for (int i = 0; i < 2; i++) {
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        join(client, server, 0);
        int done = shake_both(client, server);
        say("%s: done %d", what, done);
        say_peer(server);
        SSL_free(client);
        SSL_free(server);
    }
}

static int accept_all(int ok UNUSED, X509_STORE_CTX *ctx UNUSED) { return 1; }

static void body(void) {
    static char marker;
    int index = EVP_PKEY_get_ex_new_index(0, NULL, NULL, NULL, note_freed);
    for EACH_VERSION (version) {
        CASE("%s", version_name(version));
        SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
        SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, accept_all);
        SSL_CTX_set_client_cert_cb(ctx, choose);
        freed = 0;
        cert = load_cert("rsa");
        key = load_key("rsa");
        connect_twice(ctx, server_ctx, "a key");
        EVP_PKEY_set_ex_data(key, index, &marker);
        connect_twice(ctx, server_ctx, "with a pointer");
        say("pointer kept: %d", EVP_PKEY_get_ex_data(key, index) == &marker);

        EVP_PKEY *original = key;
        key = EVP_PKEY_dup(original);
        connect_twice(ctx, server_ctx, "a copy");
        EVP_PKEY_free(original);
        connect_twice(ctx, server_ctx, "a copy that is left");

        EVP_PKEY *other = load_key("server-rsa");
        RSA *rsa = EVP_PKEY_get1_RSA(other);
        MUST(EVP_PKEY_set1_RSA(key, rsa) == 1);
        RSA_free(rsa);
        EVP_PKEY_free(other);
        X509_free(cert);
        cert = load_cert("server-rsa");
        connect_twice(ctx, server_ctx, "another key in the same object");

        EVP_PKEY_free(key);
        X509_free(cert);
        cert = load_cert("client");
        key = load_key("client");
        connect_twice(ctx, server_ctx, "a key of another kind");
        EVP_PKEY_free(key);
        X509_free(cert);
        SSL_CTX_free(ctx);
        SSL_CTX_free(server_ctx);
        say("freed with a pointer: %d", freed);
    }
}

SINGLE(body)
