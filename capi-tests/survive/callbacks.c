// Callbacks that free or clear the SSL that called them, or drive its handshake from inside. The
// original does not survive all of it, so only Standin is run; it must end by itself.
#include "../libssl/common.h"

enum { FREE_CLIENT, CLEAR, HANDSHAKE, READ, WRITE, NEW_BIO, FREE_CTX, LAST };
static const char *names[] = {"frees it", "clears it", "handshakes", "reads", "writes", "takes its BIO away", "frees the SSL_CTX"};
enum { CLIENT_CERT, CERT, VERIFY, SERVER_NAME, ALPN, INFO, HELLO, PSK_USE, PSK_CLIENT, PSK_FIND, PSK_SERVER, PLACES };
static const char *places[] = {"client_cert_cb", "cert_cb", "verify callback", "servername callback", "ALPN callback",
                               "info callback", "hello callback", "psk_use_session callback", "psk_client callback",
                               "psk_find_session callback", "psk_server callback"};
static int behaviour, place, acted;
static SSL *freed;

static void act(SSL *ssl, int where) {
    char text[8];
    if (where != place || acted++)
        return;
    switch (behaviour) {
    case FREE_CLIENT:
        freed = ssl;
        SSL_free(ssl);
        break;
    case CLEAR: SSL_clear(ssl); break;
    case HANDSHAKE: SSL_do_handshake(ssl); break;
    case READ: SSL_read(ssl, text, sizeof text); break;
    case WRITE: SSL_write(ssl, "x", 1); break;
    case NEW_BIO: SSL_set_bio(ssl, BIO_new(BIO_s_mem()), NULL); break;
    case FREE_CTX: SSL_CTX_free(SSL_get_SSL_CTX(ssl)); break;
    }
    ERR_clear_error();
}

static int choose(SSL *ssl, X509 **cert, EVP_PKEY **key) {
    act(ssl, CLIENT_CERT);
    *cert = load_cert("client");
    *key = load_key("client");
    return 1;
}

static int cert_cb(SSL *ssl, void *arg UNUSED) {
    act(ssl, CERT);
    return 1;
}

static int verify(int ok, X509_STORE_CTX *store) {
    act(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()), VERIFY);
    return ok;
}

static int on_name(SSL *ssl, int *alert UNUSED, void *arg UNUSED) {
    act(ssl, SERVER_NAME);
    return SSL_TLSEXT_ERR_OK;
}

static int on_hello(SSL *ssl, int *alert UNUSED, void *arg UNUSED) {
    act(ssl, HELLO);
    return SSL_CLIENT_HELLO_SUCCESS;
}

static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *in,
                   unsigned int in_length UNUSED, void *arg UNUSED) {
    act(ssl, ALPN);
    *out = in + 1, *length = in[0];
    return SSL_TLSEXT_ERR_OK;
}

// A client offers a key, and its server knows none.
static int psk_use(SSL *ssl, const EVP_MD *md UNUSED, const unsigned char **id UNUSED, size_t *len UNUSED,
                   SSL_SESSION **session) {
    act(ssl, PSK_USE);
    *session = NULL;
    return 1;
}

static unsigned psk_client(SSL *ssl, const char *hint UNUSED, char *identity, unsigned room, unsigned char *key,
                           unsigned key_room UNUSED) {
    act(ssl, PSK_CLIENT);
    snprintf(identity, room, "me");
    memset(key, 7, 16);
    return 16;
}

static int psk_find(SSL *ssl, const unsigned char *id UNUSED, size_t len UNUSED, SSL_SESSION **session) {
    act(ssl, PSK_FIND);
    *session = NULL;
    return 1;
}

static unsigned psk_server(SSL *ssl, const char *identity UNUSED, unsigned char *key UNUSED, unsigned room UNUSED) {
    act(ssl, PSK_SERVER);
    return 0;
}

static void on_info(const SSL *ssl, int where, int value UNUSED) {
    if (where & SSL_CB_HANDSHAKE_START)
        act((SSL *)ssl, INFO);
}

static void run(int version) {
    CASE("%s: %s %s", version_name(version), places[place], names[behaviour]);
    acted = 0, freed = NULL;
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_info_callback(ctx, on_info);
    SSL_CTX_set_info_callback(server_ctx, on_info);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, verify);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_client_cert_cb(ctx, choose);
    SSL_CTX_set_cert_cb(server_ctx, cert_cb, NULL);
    SSL_CTX_set_client_hello_cb(server_ctx, on_hello, NULL);
    SSL_CTX_set_tlsext_servername_callback(server_ctx, on_name);
    SSL_CTX_set_alpn_select_cb(server_ctx, on_alpn, NULL);
    SSL_CTX_set_psk_use_session_callback(ctx, psk_use);
    SSL_CTX_set_psk_client_callback(ctx, psk_client);
    SSL_CTX_set_psk_find_session_callback(server_ctx, psk_find);
    SSL_CTX_set_psk_server_callback(server_ctx, psk_server);
    SSL_CTX_set_alpn_protos(ctx, (const unsigned char *)"\2h2", 3);
    if (behaviour == FREE_CTX)
        SSL_CTX_up_ref(ctx), SSL_CTX_up_ref(server_ctx);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    SSL_set_tlsext_host_name(client, "localhost");
    join(client, server, 0);
    for (int turn = 0; turn < 6; turn++) {
        if (client != freed)
            SSL_do_handshake(client);
        if (server != freed)
            SSL_do_handshake(server);
        ERR_clear_error();
    }
    say("acted: %d", acted > 0);
    if (client != freed)
        SSL_free(client);
    if (server != freed)
        SSL_free(server);
    // One reference too many may be left behind where the callback was not called.
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
    if (behaviour == FREE_CTX && !acted)
        SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version)
        for (place = 0; place < (version == T13 ? PLACES : PSK_USE); place++)
            for (behaviour = 0; behaviour < LAST; behaviour++)
                run(version);
}

SINGLE(body)
