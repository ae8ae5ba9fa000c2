// How long sessions are resumed, and what clients are told: more than a week, none at all, a time before now.
#include "common.h"

static SSL_SESSION *latest;
static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

static int connection(SSL_CTX *client_ctx, SSL_CTX *server_ctx, SSL_SESSION *session) {
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    if (session)
        MUST(SSL_set_session(client, session));
    join(client, server, 0);
    MUST(shake_both(client, server));
    char byte;
    MUST(SSL_write(server, "x", 1) == 1);
    MUST(SSL_read(client, &byte, 1) == 1);
    int resumed = SSL_session_reused(server);
    SSL_shutdown(client);
    SSL_shutdown(server);
    SSL_free(client);
    SSL_free(server);
    return resumed;
}

static void body(void) {
    static const long timeouts[] = {300, 604800, 604801, 100000000, -5};
    for EACH_VERSION (version)
        for (int stateful = 0; stateful < 2; stateful++)
            for (int i = 0; i < COUNT(timeouts); i++) {
                CASE("%s, %s, %ld seconds", version_name(version), stateful ? "in the cache" : "in tickets", timeouts[i]);
                SSL_CTX *client = new_client(version), *server = new_server(version);
                SSL_CTX_set_session_cache_mode(client, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
                SSL_CTX_sess_set_new_cb(client, keep);
                SSL_CTX_set_info_callback(client, NULL);
                SSL_CTX_set_info_callback(server, NULL);
                if (stateful)
                    SSL_CTX_set_options(server, SSL_OP_NO_TICKET);
                SSL_CTX_set_timeout(server, timeouts[i]);
                connection(client, server, NULL);
                SSL_SESSION *first = latest;
                latest = NULL;
                if (first && timeouts[i] > 0)
                    say("told %lu, kept for %ld", SSL_SESSION_get_ticket_lifetime_hint(first), SSL_SESSION_get_timeout(first));
                // What nobody may resume a server may as well not give away.
                say("resumed %d", first && connection(client, server, first));
                SSL_SESSION_free(first);
                SSL_SESSION_free(latest);
                latest = NULL;
                SSL_CTX_free(client);
                SSL_CTX_free(server);
            }
}

SINGLE(body)
