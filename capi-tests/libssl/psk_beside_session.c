// A pre-shared key offered beside a session (RFC 8446 §4.2.11): the server takes whichever it knows first. With a second
// ClientHello, by both kinds of callbacks, with a key that is the wrong one, and with authentication afterwards.
#include "psk.h"

enum { SESSION = 1, KEY = 2, WRONG = 4, RETRY = 8, OLD = 16, OTHER_SESSION = 32 };

static const struct {
    const char *what;
    int server; // what it knows of
} cases[] = {
    {"both are known", SESSION | KEY},
    {"the session is", SESSION},
    {"the key is", KEY},
    {"neither is", 0},
    {"the wrong key", KEY | WRONG},
    {"the wrong key, behind the session", SESSION | KEY | WRONG},
    {"both are known, after a retry", SESSION | KEY | RETRY},
    {"the key is, after a retry", KEY | RETRY},
    {"neither is, after a retry", RETRY},
    {"the wrong key, after a retry", KEY | WRONG | RETRY},
    {"the key is, by the older callbacks", KEY | OLD},
    {"both are, by the older callbacks", SESSION | KEY | OLD},
    {"the key is, as another suite's of that hash", KEY | OTHER_SESSION},
    {"the key is, after a retry, as another suite's of that hash", KEY | RETRY | OTHER_SESSION},
};

static int now, again;
static SSL_SESSION *latest;

static int is(int what) {
    return (cases[now].server & what) != 0;
}

static int use_session(SSL *ssl, const EVP_MD *md, const unsigned char **id, size_t *len, SSL_SESSION **session) {
    say("use session: %s", md ? EVP_MD_get0_name(md) : "no hash yet");
    *id = (const unsigned char *)"me";
    *len = 2;
    *session = psk_session(ssl, aes128, 32, T13);
    return 1;
}

static unsigned client_key(SSL *ssl UNUSED, const char *hint UNUSED, char *identity, unsigned identity_room,
                           unsigned char *psk, unsigned room UNUSED) {
    say("client callback");
    snprintf(identity, identity_room, "me");
    memcpy(psk, psk_key, 32);
    return 32;
}

static int find_session(SSL *ssl, const unsigned char *id, size_t len, SSL_SESSION **session) {
    say("find session: %s", len > 100 ? "a ticket" : "a key");
    *session = NULL;
    if (len == 2 && !memcmp(id, "me", 2) && (!again || is(KEY)))
        *session = psk_session(ssl, aes128, again && is(WRONG) ? 16 : 32, T13);
    return 1;
}

static unsigned server_key(SSL *ssl UNUSED, const char *identity, unsigned char *psk, unsigned room UNUSED) {
    say("server callback: %s", strlen(identity) > 100 ? "a ticket" : identity);
    if (strcmp(identity, "me"))
        return 0;
    memcpy(psk, psk_key, 32);
    return 32;
}

static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

static void client(void) {
    for (now = 0; now < COUNT(cases); now++) {
        CASE("%s", cases[now].what);
        SSL_CTX *ctx = new_pha_client();
        use_cert(ctx, "client");
        MUST(SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"));
        MUST(SSL_CTX_set1_groups_list(ctx, is(RETRY) ? "X25519:P-256" : "P-256"));
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
        if (is(OLD))
            SSL_CTX_set_psk_client_callback(ctx, client_key);
        else
            SSL_CTX_set_psk_use_session_callback(ctx, use_session);
        SSL_CTX_sess_set_new_cb(ctx, keep);
        for (again = 0; again < 2; again++) {
            SSL *ssl = dial(ctx);
            if (again)
                say("set session: %d", SSL_set_session(ssl, latest));
            converse(ssl);
            if (SSL_is_init_finished(ssl)) {
                say_psk(ssl);
                say("verified: %ld", SSL_get_verify_result(ssl));
                obey(ssl, "answer");
                get(ssl);
            }
            hang_up(ssl);
        }
        SSL_SESSION_free(latest);
        latest = NULL;
        SSL_CTX_free(ctx);
    }
}

static void server(void) {
    for (now = 0; now < COUNT(cases); now++) {
        CASE("%s", cases[now].what);
        SSL_CTX *ctx = NULL;
        for (again = 0; again < 2; again++) {
            if (!again || !is(SESSION)) {
                // One that has other ticket keys.
                SSL_CTX_free(ctx);
                ctx = new_pha_server(0);
                MUST(SSL_CTX_set_ciphersuites(ctx, is(OTHER_SESSION) && !again ? "TLS_CHACHA20_POLY1305_SHA256"
                                                                               : "TLS_AES_128_GCM_SHA256"));
                MUST(SSL_CTX_set1_groups_list(ctx, "P-256"));
            }
            if (is(OLD))
                SSL_CTX_set_psk_server_callback(ctx, again && !is(KEY) ? NULL : server_key);
            else
                SSL_CTX_set_psk_find_session_callback(ctx, find_session);
            SSL *ssl = answer(ctx);
            converse(ssl);
            if (SSL_is_init_finished(ssl)) {
                say_psk(ssl);
                ask(ssl, "who are you?");
                say_peer(ssl);
                put(ssl, "bye");
            }
            hang_up(ssl);
        }
        SSL_CTX_free(ctx);
    }
}

SIDES(server, client)
