// Objects that are made and freed again and again leave nothing behind, and an SSL's index may be any.
#include "common.h"
#include <malloc.h>

static int freed;
static SSL *the_client;

static void on_free(void *parent UNUSED, void *ptr, CRYPTO_EX_DATA *ad UNUSED, int idx UNUSED, long argl UNUSED,
                    void *argp UNUSED) {
    freed += ptr != NULL;
}

static int verify(X509_STORE_CTX *store, void *arg UNUSED) {
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    say("the connection: %d", ssl == the_client);
    return 1;
}

#define LEAVES_NOTHING(make_and_free) do { \
    for (int warm = 0; warm < 1000; warm++) { make_and_free; } \
    size_t before = mallinfo2().uordblks; \
    for (int turn = 0; turn < 1000; turn++) { make_and_free; } \
    say("%s: %s", #make_and_free, mallinfo2().uordblks < before + 16000 ? "nothing is left" : "memory is left"); \
} while (0)

static void body(void) {
    CASE("indices");
    // The first ones are the program's own.
    for (int i = 0; i < 3; i++)
        MUST(X509_STORE_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL) >= 0);
    SSL_CTX *server_ctx = new_server(T13), *client_ctx = new_client(T13);
    SSL_CTX_set_cert_verify_callback(client_ctx, verify, NULL);
    SSL *server = SSL_new(server_ctx), *client = SSL_new(client_ctx);
    the_client = client;
    join(client, server, 0);
    say("handshake: %d", shake_both(client, server));
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(client_ctx), SSL_CTX_free(server_ctx);

    CASE("memory");
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    LEAVES_NOTHING(SSL_SESSION_free(SSL_SESSION_new()));
    LEAVES_NOTHING(SSL_CONF_CTX_free(SSL_CONF_CTX_new()));
    LEAVES_NOTHING(SSL_free(SSL_new(ctx)));
    LEAVES_NOTHING(SSL_CTX_free(SSL_CTX_new(TLS_method())));
    SSL_CTX_free(ctx);

    CASE("what is kept in a context");
    int index_of_context = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, on_free);
    ctx = SSL_CTX_new(TLS_method());
    MUST(SSL_CTX_set_ex_data(ctx, index_of_context, &freed));
    SSL_CTX_up_ref(ctx);
    SSL_CTX_free(ctx);
    say("freed: %d", freed);
    if (!freed)
        SSL_CTX_free(ctx);
    say("freed: %d", freed);
    freed = 0;

    CASE("what is kept in a session");
    int index = SSL_SESSION_get_ex_new_index(0, NULL, NULL, NULL, on_free);
    SSL_SESSION *session = SSL_SESSION_new();
    MUST(SSL_SESSION_set_ex_data(session, index, &freed));
    SSL_SESSION_up_ref(session);
    SSL_SESSION_free(session);
    say("freed: %d", freed);
    SSL_SESSION_free(session);
    say("freed: %d", freed);
}

SINGLE(body)
