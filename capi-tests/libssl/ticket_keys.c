// Ticket keys that the program gives by callback: two SSL_CTX that share them resume each other's
// sessions; a key that the program has dropped opens nothing.
#include "common.h"
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

static unsigned char current = 1;   // names the key in use
static unsigned char oldest = 1;    // older ones are forgotten
static int quiet;

static int find(unsigned char *name, int seal, const char *what) {
    if (seal) {
        memset(name, current, 16);
        return 1;
    }
    int known = name[0] >= oldest && name[0] <= current;
    if (!quiet)
        say("%s: asked for key %d, known %d", what, name[0], known);
    return !known ? 0 : name[0] == current ? 1 : 2;
}

static int by_mac(SSL *ssl UNUSED, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int seal) {
    int found = find(name, seal, "mac");
    if (!found)
        return 0;
    unsigned char key[32];
    memset(key, name[0], sizeof key);
    if (seal)
        memset(iv, 9, 16);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key, sizeof key),
                           OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0), OSSL_PARAM_construct_end()};
    MUST(EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key, iv, seal));
    MUST(EVP_MAC_CTX_set_params(mac, params));
    return found;
}

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static int by_hmac(SSL *ssl UNUSED, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, HMAC_CTX *mac, int seal) {
    int found = find(name, seal, "hmac");
    if (!found)
        return 0;
    unsigned char key[32];
    memset(key, name[0], sizeof key);
    if (seal)
        memset(iv, 9, 16);
    MUST(EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key, iv, seal));
    MUST(HMAC_Init_ex(mac, key, sizeof key, EVP_sha256(), NULL));
    return found;
}

static SSL_SESSION *latest;
static int keep(SSL *ssl, SSL_SESSION *session) {
    if (SSL_version(ssl) == T12 && SSL_session_reused(ssl))
        return 0;
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

static void connection(SSL_CTX *client_ctx, SSL_CTX *server_ctx, SSL_SESSION *session) {
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    // Of a copy: a TLS 1.3 session is for one use.
    SSL_SESSION *copy = session ? SSL_SESSION_dup(session) : NULL;
    if (copy)
        MUST(SSL_set_session(client, copy));
    SSL_SESSION_free(copy);
    join(client, server, 0);
    int done = shake_both(client, server);
    char byte;
    MUST(SSL_write(server, "x", 1) == 1);
    MUST(SSL_read(client, &byte, 1) == 1);
    say("done %d, resumed %d %d", done, SSL_session_reused(client), SSL_session_reused(server));
    say_queue();
    SSL_shutdown(client);
    SSL_shutdown(server);
    SSL_free(client);
    SSL_free(server);
}

static SSL_CTX *server(int version, int mac) {
    SSL_CTX *ctx = new_server(version);
    SSL_CTX_set_info_callback(ctx, NULL);
    SSL_CTX_set_num_tickets(ctx, 1);
    if (mac)
        MUST(SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, by_mac));
    else
        MUST(SSL_CTX_set_tlsext_ticket_key_cb(ctx, by_hmac));
    return ctx;
}

static void run(int version, int mac) {
    CASE("%s, %s", version_name(version), mac ? "EVP_MAC" : "HMAC");
    current = oldest = 1;
    SSL_CTX *client = new_client(version), *first = server(version, mac), *second = server(version, mac);
    SSL_CTX_set_info_callback(client, NULL);
    SSL_CTX_set_session_cache_mode(client, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(client, keep);
    connection(client, first, NULL);
    SSL_SESSION *session = latest;
    MUST(session && SSL_SESSION_up_ref(session));
    connection(client, second, session);
    current = 2;
    connection(client, first, session);
    SSL_SESSION_free(session);
    session = latest;
    SSL_SESSION_up_ref(session);
    connection(client, second, session);
    current = oldest = 3;
    connection(client, second, session);
    SSL_SESSION_free(session);
    SSL_SESSION_free(latest);
    latest = NULL;
    SSL_CTX_free(client);
    SSL_CTX_free(first);
    SSL_CTX_free(second);
}

static void body(void) {
    for EACH_VERSION (version)
        for (int mac = 0; mac < 2; mac++)
            run(version, mac);
}

SINGLE(body)
