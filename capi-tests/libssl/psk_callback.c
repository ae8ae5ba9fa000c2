// Pre-shared keys by the callbacks that are older than TLS 1.3 (psk_client, psk_server): they stand for
// TLS_AES_128_GCM_SHA256. With a wrong key, with certificates in the way, and with hints that nobody needs.
#include "psk.h"

static const struct {
    const char *what, *identity, *suites;
    unsigned client_len, server_len;
    int certificate, preference;
} cases[] = {
    {"without a session id context", "Client_identity", NULL, 16, 16, 0, 0},
    {"without a certificate", "Client_identity", NULL, 16, 16, 0, 0},
    {"with one, suites of the other hash first", "Client_identity", NULL, 16, 16, 1, 0},
    {"with one, one suite", "Client_identity", "TLS_AES_128_GCM_SHA256", 16, 16, 1, 0},
    {"with one, the hash but not the suite", "x", "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384", 16, 16, 1, 0},
    {"the server's order", "Client_identity", NULL, 32, 32, 0, 1},
    {"unknown to the server", "Client_identity", "TLS_AES_128_GCM_SHA256", 16, 0, 1, 0},
    {"unknown to the client", "Client_identity", "TLS_AES_128_GCM_SHA256", 0, 16, 1, 0},
    {"the server gives too much", "Client_identity", "TLS_AES_128_GCM_SHA256", 16, 513, 0, 0},
    {"the client gives too much", "Client_identity", "TLS_AES_128_GCM_SHA256", 513, 16, 1, 0},
};

static int now;

static unsigned client_key(SSL *ssl UNUSED, const char *hint, char *identity, unsigned identity_room, unsigned char *psk,
                           unsigned room) {
    say("client callback: hint %s, room for %u and %u", hint ? hint : "none", identity_room, room);
    snprintf(identity, identity_room, "%s", cases[now].identity);
    if (cases[now].client_len <= 48)
        memcpy(psk, psk_key, cases[now].client_len);
    return cases[now].client_len;
}

static unsigned server_key(SSL *ssl UNUSED, const char *identity, unsigned char *psk, unsigned room) {
    say("server callback: %s, room for %u", identity, room);
    if (cases[now].server_len <= 48)
        memcpy(psk, psk_key, cases[now].server_len);
    return cases[now].server_len;
}

static void client(void) {
    for (now = 0; now < COUNT(cases); now++) {
        CASE("%s", cases[now].what);
        SSL_CTX *ctx = new_pha_client();
        use_cert(ctx, "client");
        if (cases[now].suites)
            MUST(SSL_CTX_set_ciphersuites(ctx, cases[now].suites));
        SSL_CTX_set_psk_client_callback(ctx, client_key);
        SSL *ssl = dial(ctx);
        converse(ssl);
        if (SSL_is_init_finished(ssl)) {
            say_psk(ssl);
            obey(ssl, "answer");
        }
        hang_up(ssl);
        SSL_CTX_free(ctx);
    }
    CASE("TLS 1.2");
    SSL_CTX *ctx = new_client(T12);
    SSL_CTX_set_psk_client_callback(ctx, client_key);
    MUST(SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM"));
    SSL *ssl = dial(ctx);
    converse(ssl);
    say_psk(ssl);
    hang_up(ssl);
    SSL_CTX_free(ctx);
}

static void hints(SSL_CTX *ctx) {
    char hint[258] = {0};
    memset(hint, 'h', 257);
    say("too long: %d", SSL_CTX_use_psk_identity_hint(ctx, hint));
    say_queue();
    hint[256] = 0;
    say("long: %d, none: %d", SSL_CTX_use_psk_identity_hint(ctx, hint), SSL_CTX_use_psk_identity_hint(ctx, NULL));
    SSL *ssl = SSL_new(ctx);
    say("a connection's: %d %d", SSL_use_psk_identity_hint(ssl, "hint"), SSL_use_psk_identity_hint(ssl, NULL));
    say("hint: %d", SSL_get_psk_identity_hint(ssl) != NULL);
    SSL_free(ssl);
    say("nobody's: %d", SSL_use_psk_identity_hint(NULL, "hint"));
    ERR_clear_error();
}

static void server(void) {
    for (now = 0; now < COUNT(cases); now++) {
        CASE("%s", cases[now].what);
        SSL_CTX *ctx = new_context(TLS_server_method(), T13);
        if (cases[now].certificate)
            use_cert(ctx, "server");
        if (cases[now].preference)
            SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE);
        if (now == 0)
            hints(ctx);
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, NULL);
        SSL_CTX_set_psk_server_callback(ctx, server_key);
        if (now > 0) // else no client can be told from another server's
            MUST(SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"tests", 5));
        SSL *ssl = answer(ctx);
        converse(ssl);
        if (SSL_is_init_finished(ssl)) {
            say_psk(ssl);
            ask(ssl, "who are you?");
        }
        hang_up(ssl);
        SSL_CTX_free(ctx);
    }
    CASE("TLS 1.2");
    SSL_CTX *ctx = new_server(T12);
    SSL_CTX_set_psk_server_callback(ctx, server_key);
    SSL *ssl = answer(ctx);
    converse(ssl);
    say_psk(ssl);
    hang_up(ssl);
    SSL_CTX_free(ctx);
}

SIDES(server, client)
