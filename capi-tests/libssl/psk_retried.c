// A client's pre-shared key when a second ClientHello is needed: the callbacks are called again, with the digest of the
// suite that the server has chosen. A key that the server has otherwise.
#include "psk.h"

enum second { SAME, FAILS, OTHER_HASH };

static const struct {
    const char *what;
    int retried, old_callback, gives;
    enum second second;
    size_t server_len;
} cases[] = {
    {"no retry", 0, 0, 1, SAME, 32},
    {"the same again", 1, 0, 1, SAME, 32},
    {"the old callback", 1, 1, 1, SAME, 32},
    {"none", 1, 0, 0, SAME, 32},
    {"none, by the old callback", 1, 1, 0, SAME, 32},
    {"failure", 1, 0, 1, FAILS, 32},
    {"for another hash", 1, 0, 1, OTHER_HASH, 32},
    {"the server has another key", 0, 0, 1, SAME, 16},
};

static int now, calls;

static int use_session(SSL *ssl, const EVP_MD *md, const unsigned char **id, size_t *len, SSL_SESSION **session) {
    calls++;
    say("use session: a hash of %d bytes, %s", md ? EVP_MD_get_size(md) : 0, md ? EVP_MD_get0_name(md) : "none");
    if (!cases[now].gives)
        return 1;
    if (calls == 2 && cases[now].second == FAILS)
        return 0;
    *id = (const unsigned char *)"me";
    *len = 2;
    *session = psk_session(ssl, calls == 2 && cases[now].second == OTHER_HASH ? aes128 : aes256, 32, T13);
    return 1;
}

static unsigned int old_client(SSL *ssl UNUSED, const char *hint, char *identity, unsigned int room,
                               unsigned char *key, unsigned int most) {
    say("old callback: %s", hint ? hint : "no hint");
    MUST(room >= 3 && most >= 32);
    if (!cases[now].gives)
        return 0;
    strcpy(identity, "me");
    memcpy(key, psk_key, 32);
    return 32;
}

static int find_session(SSL *ssl, const unsigned char *id, size_t len, SSL_SESSION **session) {
    say("find session: %.*s", (int)len, id);
    *session = psk_session(ssl, cases[now].old_callback ? aes128 : aes256, cases[now].server_len, T13);
    return 1;
}

static void client(void) {
    for (now = 0; now < COUNT(cases); now++) {
        CASE("%s", cases[now].what);
        SSL_CTX *ctx = new_client(T13);
        calls = 0;
        if (cases[now].old_callback)
            SSL_CTX_set_psk_client_callback(ctx, old_client);
        else
            SSL_CTX_set_psk_use_session_callback(ctx, use_session);
        if (cases[now].old_callback)
            MUST(SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256"));
        MUST(SSL_CTX_set1_groups_list(ctx, "P-256:P-384"));
        SSL *ssl = dial(ctx);
        converse(ssl);
        if (SSL_is_init_finished(ssl))
            say_psk(ssl);
        hang_up(ssl);
        SSL_CTX_free(ctx);
    }
}

static void server(void) {
    for (now = 0; now < COUNT(cases); now++) {
        CASE("%s", cases[now].what);
        SSL_CTX *ctx = new_server(T13);
        SSL_CTX_set_psk_find_session_callback(ctx, find_session);
        MUST(SSL_CTX_set1_groups_list(ctx, cases[now].retried ? "P-384" : "P-256"));
        SSL *ssl = answer(ctx);
        converse(ssl);
        if (SSL_is_init_finished(ssl))
            say_psk(ssl);
        hang_up(ssl);
        SSL_CTX_free(ctx);
    }
}

SIDES(server, client)
