// Two tenants share an SSL_CTX, and the ticket key callback tells them apart: one has a key, the other has none. With
// both served at the same time by two threads, a ticket of the one must never be opened for the other.
#include "common.h"
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <pthread.h>

enum { ROUNDS = 400 };
static int tenant_index;

static int keys(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int seal) {
    if (!SSL_get_ex_data(ssl, tenant_index))
        return 0;
    unsigned char key[32];
    memset(key, 1, sizeof key);
    if (seal) {
        memset(name, 1, 16);
        memset(iv, 9, 16);
    }
    OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key, sizeof key),
                           OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0), OSSL_PARAM_construct_end()};
    MUST(EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key, iv, seal));
    MUST(EVP_MAC_CTX_set_params(mac, params));
    return 1;
}

static SSL_CTX *client_ctx, *server_ctx;
static SSL_SESSION *ticket;

static int connection(int tenant, SSL_SESSION *session) {
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    MUST(SSL_set_ex_data(server, tenant_index, tenant ? server : NULL));
    if (session)
        MUST(SSL_set_session(client, session));
    join(client, server, 0);
    MUST(shake_both(client, server));
    int resumed = SSL_session_reused(server);
    if (!session) {
        ticket = SSL_get1_session(client);
    }
    SSL_set_shutdown(client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_set_shutdown(server, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(client);
    SSL_free(server);
    return resumed;
}

static void *serve(void *tenant) {
    intptr_t resumed = 0;
    for (int i = 0; i < ROUNDS; i++)
        resumed += connection(tenant != NULL, ticket);
    return (void *)resumed;
}

static void body(void) {
    client_ctx = new_client(T12);
    server_ctx = new_server(T12);
    SSL_CTX_set_info_callback(client_ctx, NULL);
    SSL_CTX_set_info_callback(server_ctx, NULL);
    SSL_CTX_set_session_cache_mode(server_ctx, SSL_SESS_CACHE_OFF);
    tenant_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    MUST(SSL_CTX_set_tlsext_ticket_key_evp_cb(server_ctx, keys));
    connection(1, NULL);
    pthread_t threads[2];
    void *resumed[2];
    for (intptr_t tenant = 0; tenant < 2; tenant++)
        MUST(pthread_create(&threads[tenant], NULL, serve, (void *)tenant) == 0);
    for (int tenant = 0; tenant < 2; tenant++)
        MUST(pthread_join(threads[tenant], &resumed[tenant]) == 0);
    say("with a key: %d of %d resumed", (int)(intptr_t)resumed[1], ROUNDS);
    say("without: %d of %d resumed", (int)(intptr_t)resumed[0], ROUNDS);
    SSL_SESSION_free(ticket);
    SSL_CTX_free(client_ctx);
    SSL_CTX_free(server_ctx);
}

SINGLE(body)
