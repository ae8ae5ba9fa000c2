// Pre-shared keys in sessions of the program's making (psk_use_session, psk_find_session): suites, identities, refusals,
// post-handshake authentication on such a connection, and the sessions that it leaves.
#include "psk.h"

enum answer { NOTHING, KEY, FAILURE, TLS12_SESSION };

static const struct {
    const char *what, *identity;
    const unsigned char *client, *server;
    enum answer client_gives, server_gives;
    size_t len;
    int certificate;
} cases[] = {
    {"one hash", "me", aes256, aes256, KEY, KEY, 32, 1},
    {"another suite of that hash", "me", aes128, chacha, KEY, KEY, 16, 1},
    {"no certificate", "an identity that is rather long, but as good as any other", aes256, aes256, KEY, KEY, 48, 0},
    {"a short key", "me", aes256, aes256, KEY, KEY, 1, 0},
    {"unknown to the server", "me", aes256, aes256, KEY, NOTHING, 32, 1},
    {"unknown to the server, no certificate", "me", aes256, aes256, KEY, NOTHING, 32, 0},
    {"the server's callback fails", "me", aes256, aes256, KEY, FAILURE, 32, 1},
    {"the client has none", "me", aes256, aes256, NOTHING, KEY, 32, 1},
    {"the client's callback fails", "me", aes256, aes256, FAILURE, KEY, 32, 1},
    {"the client gives a session of TLS 1.2", "me", aes256, aes256, TLS12_SESSION, KEY, 32, 1},
};

static int now;
static SSL_SESSION *latest;

static int use_session(SSL *ssl, const EVP_MD *md, const unsigned char **id, size_t *len, SSL_SESSION **session) {
    say("use session: %s", md ? EVP_MD_get0_name(md) : "no hash yet");
    if (cases[now].client_gives == NOTHING)
        return 1;
    if (cases[now].client_gives == FAILURE)
        return 0;
    *id = (const unsigned char *)cases[now].identity;
    *len = strlen(cases[now].identity);
    *session = psk_session(ssl, cases[now].client, cases[now].len, cases[now].client_gives == TLS12_SESSION ? T12 : T13);
    return 1;
}

static int find_session(SSL *ssl, const unsigned char *id, size_t len, SSL_SESSION **session) {
    if (len > 100) { // a ticket
        *session = NULL;
        return 1;
    }
    say("find session: %.*s, handshake under way: %d", (int)len, id, SSL_in_init(ssl));
    *session = cases[now].server_gives == KEY ? psk_session(ssl, cases[now].server, cases[now].len, T13) : NULL;
    return cases[now].server_gives != FAILURE;
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
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
        SSL_CTX_sess_set_new_cb(ctx, keep);
        SSL_CTX_set_psk_use_session_callback(ctx, use_session);
        for (int again = 0; again < 2; again++) {
            SSL *ssl = dial(ctx);
            if (again)
                SSL_set_psk_use_session_callback(ssl, NULL);
            if (latest)
                say("set session: %d", SSL_set_session(ssl, latest));
            converse(ssl);
            if (SSL_is_init_finished(ssl)) {
                say_psk(ssl);
                obey(ssl, "answer");
                get(ssl);
            }
            hang_up(ssl);
            if (!latest)
                break;
        }
        SSL_SESSION_free(latest);
        latest = NULL;
        SSL_CTX_free(ctx);
    }
}

static void server(void) {
    for (now = 0; now < COUNT(cases); now++) {
        CASE("%s", cases[now].what);
        SSL_CTX *ctx = new_pha_server(0);
        if (!cases[now].certificate) {
            SSL_CTX_free(ctx);
            ctx = new_context(TLS_server_method(), T13);
            SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, NULL);
            MUST(SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"tests", 5));
        }
        SSL_CTX_set_psk_find_session_callback(ctx, find_session);
        for (int again = 0; again < 2; again++) {
            SSL *ssl = answer(ctx);
            if (again)
                SSL_set_psk_find_session_callback(ssl, NULL);
            converse(ssl);
            int through = SSL_is_init_finished(ssl);
            if (through) {
                say_psk(ssl);
                ask(ssl, "who are you?");
                say_peer(ssl);
                put(ssl, "bye");
            }
            hang_up(ssl);
            if (!through)
                break;
        }
        SSL_CTX_free(ctx);
    }
}

SIDES(server, client)
