// Resumption by ticket and by session id cache: the identity and the verify result come with it.
#include "common.h"

static SSL_SESSION *latest;
static int sessions;

static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    sessions++;
    return 1;
}

static const struct {
    const char *name, *cert;
    int no_ticket;
} cases[] = {
    {"tickets, no certificate", NULL, 0},
    {"tickets", "client", 0},
    {"tickets, chain", "chain", 0},
    {"session ids", "client", 1},
    {"session ids, no certificate", NULL, 1},
    {"tickets, refused certificate let through", "stranger", 0},
};

static int let_through(int ok UNUSED, X509_STORE_CTX *store UNUSED) { return 1; }

static void client(void) {
    for EACH_VERSION (version)
        for (int i = 0; i < COUNT(cases); i++) {
            SSL_CTX *ctx = new_client(version);
            SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
            SSL_CTX_sess_set_new_cb(ctx, keep);
            if (cases[i].cert)
                use_cert(ctx, cases[i].cert);
            sessions = 0;
            for (int n = 0; n < 3; n++) {
                CASE("%s: %s, connection %d", version_name(version), cases[i].name, n);
                SSL *ssl = dial(ctx);
                if (n)
                    say("set_session: %d", SSL_set_session(ssl, latest));
                converse(ssl);
                say("resumed: %d, session reports %s, resumable %d", SSL_session_reused(ssl),
                    version_name(SSL_SESSION_get_protocol_version(SSL_get_session(ssl))),
                    latest ? SSL_SESSION_is_resumable(latest) : -1);
                say("has a ticket: %d", latest ? SSL_SESSION_has_ticket(latest) : -1);
                say_peer(ssl);
                X509 *peer = SSL_SESSION_get0_peer(SSL_get_session(ssl));
                say("in the session: %s", subject_of(peer));
                hang_up(ssl);
            }
            say("sessions seen: %d", sessions);
            SSL_SESSION_free(latest);
            latest = NULL;
            SSL_CTX_free(ctx);
        }
}

static void server(void) {
    for EACH_VERSION (version)
        for (int i = 0; i < COUNT(cases); i++) {
            SSL_CTX *ctx = new_server(version);
            SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, let_through);
            if (cases[i].no_ticket)
                SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
            for (int n = 0; n < 3; n++) {
                CASE("%s: %s, connection %d", version_name(version), cases[i].name, n);
                SSL *ssl = answer(ctx);
                converse(ssl);
                say("resumed: %d", SSL_session_reused(ssl));
                say_peer(ssl);
                // Without certificates it is NULL here and empty there; no program minds.
                if (sk_X509_num(SSL_get_peer_cert_chain(ssl)) > 0)
                    say_chain("chain", SSL_get_peer_cert_chain(ssl));
                hang_up(ssl);
            }
            say("hits: %ld", SSL_CTX_sess_hits(ctx));
            SSL_CTX_free(ctx);
        }
}

SIDES(server, client)
