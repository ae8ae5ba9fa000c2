// A client that resumes its own ticket and names somebody else's session beside it: what the server takes for the
// connection's session is the one that was resumed. And sessions whose times are set while others resume them.
#include "common.h"
#include <pthread.h>

static SSL_SESSION *latest;
static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

static SSL_CTX *client_with(const char *cert, long options) {
    SSL_CTX *ctx = new_client(T12);
    use_cert(ctx, cert);
    SSL_CTX_set_options(ctx, options);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(ctx, keep);
    return ctx;
}

// A connection; at the server, who is it, by the connection and by its session?
static SSL_SESSION *connection(SSL_CTX *client_ctx, SSL_CTX *server_ctx, SSL_SESSION *session, const char *mark) {
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    if (session)
        MUST(SSL_set_session(client, session));
    join(client, server, 0);
    MUST(shake_both(client, server));
    SSL_SESSION *held = SSL_get_session(server);
    say("resumed %d", SSL_session_reused(server));
    say("the connection's peer: %s", subject_of(SSL_get0_peer_certificate(server)));
    say("the session's peer: %s", subject_of(SSL_SESSION_get0_peer(held)));
    const char *found = SSL_SESSION_get_ex_data(held, 0);
    say("marked: %s", found ? found : "no");
    if (mark)
        SSL_SESSION_set_ex_data(held, 0, (void *)(uintptr_t)mark);
    SSL_shutdown(client);
    SSL_shutdown(server);
    SSL_free(client);
    SSL_free(server);
    SSL_SESSION *made = latest;
    latest = NULL;
    return made;
}

static SSL_CTX *shared;
static SSL_SESSION *resumed;
static int stop;

static void *set_times(void *argument UNUSED) {
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        SSL_SESSION_set_timeout(resumed, 3000);
        SSL_SESSION_set_time(resumed, SSL_SESSION_get_time(resumed));
    }
    return NULL;
}

static void times(SSL_CTX *client_ctx) {
    CASE("times are set while it is resumed");
    pthread_t thread;
    SSL_SESSION *session = connection(client_ctx, shared, NULL, "timed");
    SSL *client = SSL_new(client_ctx), *server = SSL_new(shared);
    SSL_set_session(client, session);
    join(client, server, 0);
    MUST(shake_both(client, server));
    resumed = SSL_get1_session(server);
    SSL_shutdown(client), SSL_shutdown(server);
    SSL_free(client), SSL_free(server);
    pthread_create(&thread, NULL, set_times, NULL);
    int reused = 0;
    for (int i = 0; i < 200; i++) {
        client = SSL_new(client_ctx), server = SSL_new(shared);
        SSL_set_session(client, session);
        join(client, server, 0);
        MUST(shake_both(client, server));
        reused += SSL_session_reused(server);
        SSL_shutdown(client), SSL_shutdown(server);
        SSL_free(client), SSL_free(server);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    say("resumed %d of 200", reused);
    SSL_SESSION_free(resumed);
    SSL_SESSION_free(session);
}

static void body(void) {
    SSL_SESSION_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    shared = new_server(T12);
    SSL_CTX_set_verify(shared, SSL_VERIFY_PEER, NULL);
    SSL_CTX *victim = client_with("client", SSL_OP_NO_TICKET), *attacker = client_with("rsa", 0);
    CASE("the victim, by its id");
    SSL_SESSION *theirs = connection(victim, shared, NULL, "the victim's");
    SSL_SESSION_free(connection(victim, shared, theirs, NULL));
    CASE("the attacker, by a ticket");
    SSL_SESSION *own = connection(attacker, shared, NULL, "the attacker's");
    unsigned len;
    const unsigned char *id = SSL_SESSION_get_id(theirs, &len);
    MUST(SSL_SESSION_set1_id(own, id, len));
    SSL_SESSION_free(connection(attacker, shared, own, NULL));
    SSL_SESSION_free(own);
    SSL_SESSION_free(theirs);
    times(victim);
    SSL_CTX_free(victim);
    SSL_CTX_free(attacker);
    SSL_CTX_free(shared);
}

SINGLE(body)
