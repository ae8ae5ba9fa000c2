// Every answer that a ticket key callback may give, to open and to seal, where both keys have the same name: the answer
// is for the ticket in question, and a key that opens need not seal.
#include "common.h"
#include <openssl/core_names.h>
#include <openssl/evp.h>

static int to_open, to_seal;

static int keys(SSL *ssl UNUSED, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int seal) {
    int answer = seal ? to_seal : to_open;
    if (seal)
        memset(name, 1, 16);
    if (answer <= 0)
        return answer;
    unsigned char key[32];
    memset(key, 1, sizeof key);
    if (seal)
        memset(iv, 9, 16);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key, sizeof key),
                           OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0), OSSL_PARAM_construct_end()};
    MUST(EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key, iv, seal));
    MUST(EVP_MAC_CTX_set_params(mac, params));
    return answer;
}

static SSL_SESSION *latest;
static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

// A connection; answers the session that came of it.
static SSL_SESSION *connection(SSL_CTX *client_ctx, SSL_CTX *server_ctx, SSL_SESSION *session) {
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    if (session)
        MUST(SSL_set_session(client, session));
    join(client, server, 0);
    int done = shake_both(client, server);
    if (done) {
        char byte;
        MUST(SSL_write(server, "x", 1) == 1);
        MUST(SSL_read(client, &byte, 1) == 1);
    }
    say("done %d, resumed %d", done, done ? SSL_session_reused(server) : -1);
    say_queue();
    SSL_shutdown(client);
    SSL_shutdown(server);
    SSL_free(client);
    SSL_free(server);
    SSL_SESSION *made = latest;
    latest = NULL;
    return made;
}

static void run(int version) {
    SSL_CTX *client = new_client(version), *server = new_server(version);
    SSL_CTX_set_session_cache_mode(client, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(client, keep);
    SSL_CTX_set_session_cache_mode(server, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(server, 1);
    MUST(SSL_CTX_set_tlsext_ticket_key_evp_cb(server, keys));
    for (to_open = -1; to_open <= 2; to_open++) {
        CASE("%s, opened with %d", version_name(version), to_open);
        to_seal = 1;
        SSL_SESSION *session = connection(client, server, NULL);
        MUST(session != NULL);
        SSL_SESSION_free(connection(client, server, session));
        SSL_SESSION_free(session);
    }
    // Under TLS 1.3 the original sends a malformed message for 0, and the connection has already succeeded for -1.
    if (version == T12)
        for (to_seal = -1; to_seal <= 0; to_seal++) {
            CASE("%s, sealed with %d", version_name(version), to_seal);
            SSL_SESSION *session = connection(client, server, NULL);
            say("a ticket: %d", session && SSL_SESSION_has_ticket(session));
            SSL_SESSION_free(session);
        }
    SSL_CTX_free(client);
    SSL_CTX_free(server);
}

static void body(void) {
    for EACH_VERSION (version)
        run(version);
}

SINGLE(body)
