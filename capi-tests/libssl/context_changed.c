// SSLs whose SSL_CTX is changed (SSL_set_SSL_CTX) keep the sessions of the one that they were made from, and their copies
// (SSL_dup) belong to the other alone: no ticket and no cached session crosses, and nothing is looked for in a context
// that is gone.
#include "common.h"

static SSL_CTX *server_context(int version, int stateful) {
    SSL_CTX *ctx = new_server(version);
    SSL_CTX_set_info_callback(ctx, NULL);
    if (stateful)
        SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    return ctx;
}

static SSL_SESSION *latest;
static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

static void connection(const char *what, SSL_CTX *client_ctx, SSL *server, SSL_SESSION *session) {
    SSL *client = SSL_new(client_ctx);
    SSL_SESSION *copy = session ? SSL_SESSION_dup(session) : NULL;
    if (copy)
        MUST(SSL_set_session(client, copy));
    SSL_SESSION_free(copy);
    join(client, server, 0);
    MUST(shake_both(client, server));
    char byte;
    MUST(SSL_write(server, "x", 1) == 1);
    MUST(SSL_read(client, &byte, 1) == 1);
    say("%s: resumed %d", what, SSL_session_reused(server));
    SSL_shutdown(client);
    SSL_shutdown(server);
    SSL_free(client);
    SSL_free(server);
}

static SSL *changed(SSL_CTX *from, SSL_CTX *to) {
    SSL *ssl = SSL_new(from);
    MUST(SSL_set_SSL_CTX(ssl, to) == to);
    return ssl;
}

static void run(int version, int stateful) {
    CASE("%s, %s", version_name(version), stateful ? "in the cache" : "in tickets");
    SSL_CTX *client = new_client(version), *a = server_context(version, stateful), *b = server_context(version, stateful);
    SSL_CTX_set_session_cache_mode(client, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(client, keep);
    SSL_CTX_set_info_callback(client, NULL);
    connection("made from a", client, SSL_new(a), NULL);
    SSL_SESSION *of_a = latest;
    latest = NULL;
    MUST(of_a != NULL);
    connection("made from a, changed to b", client, changed(a, b), of_a);
    connection("made from b", client, SSL_new(b), of_a);
    connection("made from b, changed to a", client, changed(b, a), of_a);
    SSL *original = changed(a, b), *copy = SSL_dup(original), *second = SSL_dup(original);
    MUST(copy != NULL && second != NULL);
    connection("made from a, changed to b", client, original, of_a);
    connection("its copy", client, copy, of_a);
    SSL *late = SSL_new(b);
    SSL_CTX_free(a);
    connection("made from b, after a is gone", client, late, of_a);
    connection("its copy, after a is gone", client, second, of_a);
    SSL_SESSION_free(of_a);
    SSL_SESSION_free(latest);
    latest = NULL;
    SSL_CTX_free(b);
    SSL_CTX_free(client);
}

static void body(void) {
    for EACH_VERSION (version)
        for (int stateful = 0; stateful < 2; stateful++)
            run(version, stateful);
}

SINGLE(body)
