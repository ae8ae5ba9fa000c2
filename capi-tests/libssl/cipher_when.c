// From when on there is a cipher, agreed on or in use, and what is left of it after a failure.
#include "psk.h"

static const char *now;

static void say_ciphers(const SSL *ssl) {
    const SSL_CIPHER *current = SSL_get_current_cipher(ssl), *pending = SSL_get_pending_cipher(ssl);
    say("  %s: %s in use %s, pending %s", SSL_is_server(ssl) ? "server" : "client", now, SSL_CIPHER_get_name(current),
        SSL_CIPHER_get_name(pending));
}

static int verify(int ok UNUSED, X509_STORE_CTX *store) {
    now = "verify";
    if (X509_STORE_CTX_get_error_depth(store) == 0)
        say_ciphers(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    return ok;
}

static int certificate(SSL *ssl, void *argument UNUSED) {
    now = "certificate";
    say_ciphers(ssl);
    return 1;
}

static int our_key(SSL *ssl, const EVP_MD *md UNUSED, const unsigned char **id, size_t *len, SSL_SESSION **session) {
    *id = (const unsigned char *)"me", *len = 2;
    *session = psk_session(ssl, aes128, 32, T13);
    return 1;
}

static int their_key(SSL *ssl, const unsigned char *id UNUSED, size_t len UNUSED, SSL_SESSION **session) {
    *session = psk_session(ssl, aes128, 48, T13); // longer: another key
    return 1;
}

static void run(int version, int trusted, int mutual, int psk) {
    CASE("%s: trusted %d, mutual %d, wrong key %d", version_name(version), trusted, mutual, psk);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, verify);
    use_cert(ctx, "client");
    if (mutual)
        SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, verify);
    SSL_CTX_set_cert_cb(ctx, certificate, NULL);
    SSL_SESSION *session = NULL;
    for (int round = 0; round < (trusted && !psk ? 2 : 1); round++) {
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        if (!trusted)
            SSL_set0_verify_cert_store(client, X509_STORE_new());
        if (psk) {
            SSL_set_psk_use_session_callback(client, our_key);
            SSL_set_psk_find_session_callback(server, their_key);
        }
        if (session)
            SSL_set_session(client, session);
        join(client, server, 0);
        now = "before";
        say_ciphers(client), say_ciphers(server);
        shake_both(client, server);
        SSL_read(client, (char[1]){0}, 1);
        ERR_clear_error();
        now = "after";
        say_ciphers(client), say_ciphers(server);
        SSL_shutdown(client);
        if (!session)
            session = SSL_get1_session(client);
        SSL_free(client), SSL_free(server);
    }
    SSL_SESSION_free(session);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version) {
        run(version, 1, 1, 0);
        run(version, 1, 0, 0);
        run(version, 0, 1, 0);
    }
    run(T13, 1, 0, 1);
}

SINGLE(body)
