// SSL_CTX_set_session_ticket_cb: the program puts data into each ticket, sees it again in each that comes back, and
// decides what becomes of it.
#include "common.h"

static SSL_SESSION *latest;
static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

static int generated;       // how many tickets were made
static int refuse_to_make;  // answer 0
static int verdict;         // SSL_TICKET_RETURN_*, or -1: what fits the status
static const char *const data_of[] = {"first", "second", "third", "fourth", "fifth", "sixth"};

static int generate(SSL *ssl, void *argument) {
    void *old = NULL;
    size_t len = 77;
    SSL_SESSION *session = SSL_get_session(ssl);
    say("  generate(%s), session %d, finished %d", (const char *)argument, session != NULL, SSL_is_init_finished(ssl));
    say("  data before: %d", SSL_SESSION_get0_ticket_appdata(session, &old, &len));
    say("  \"%.*s\"", (int)len, (const char *)old);
    X509 *peer = SSL_SESSION_get0_peer(session);
    say("  peer: %s", subject_of(peer));
    if (refuse_to_make)
        return 0;
    const char *data = data_of[generated++ % COUNT(data_of)];
    return SSL_SESSION_set1_ticket_appdata(session, data, strlen(data));
}

static SSL_TICKET_RETURN receive(SSL *ssl UNUSED, SSL_SESSION *session, const unsigned char *name, size_t name_len,
                                 SSL_TICKET_STATUS status, void *argument) {
    void *data = NULL;
    size_t len = 0;
    say("  receive(%s), status %d, session %d, name of %zu", (const char *)argument, (int)status, session != NULL, name_len);
    if (name_len)
        say("  a key of ours: %d", name[0] == 7);
    if (session) {
        SSL_SESSION_get0_ticket_appdata(session, &data, &len);
        say("  data: \"%.*s\", peer %s", (int)len, (const char *)data, subject_of(SSL_SESSION_get0_peer(session)));
    }
    if (verdict >= 0)
        return (SSL_TICKET_RETURN)verdict;
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE
           : status == SSL_TICKET_SUCCESS_RENEW ? SSL_TICKET_RETURN_USE_RENEW
                                                : SSL_TICKET_RETURN_IGNORE_RENEW;
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
        void *data = NULL;
        size_t len = 0;
        SSL_SESSION_get0_ticket_appdata(SSL_get_session(server), &data, &len);
        say("at the server: \"%.*s\", peer %s", (int)len, (const char *)data, subject_of(SSL_get0_peer_certificate(server)));
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

static SSL_CTX *ticketing_server(int version) {
    SSL_CTX *server = new_server(version);
    SSL_CTX_set_verify(server, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(server, SSL_SESS_CACHE_OFF);
    unsigned char keys[80];
    memset(keys, 7, sizeof keys);
    MUST(SSL_CTX_set_tlsext_ticket_keys(server, keys, sizeof keys));
    say("set: %d", SSL_CTX_set_session_ticket_cb(server, generate, receive, "argument"));
    return server;
}

static void run(int version) {
    SSL_CTX *client = new_client(version), *server = ticketing_server(version), *stranger = ticketing_server(version);
    use_cert(client, "client");
    SSL_CTX_set_session_cache_mode(client, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(client, keep);
    for (int tickets = 1; tickets <= 2; tickets++) {
        CASE("%s, %d tickets, what fits", version_name(version), tickets);
        SSL_CTX_set_num_tickets(server, tickets);
        generated = 0, verdict = -1;
        SSL_SESSION *session = connection(client, server, NULL);
        MUST(session != NULL);
        SSL_SESSION *next = connection(client, server, session);
        if (next)
            SSL_SESSION_free(connection(client, server, next));
        SSL_SESSION_free(next);
        SSL_SESSION_free(session);
    }
    SSL_CTX_set_num_tickets(server, 1);
    unsigned char others[80];
    memset(others, 9, sizeof others);
    MUST(SSL_CTX_set_tlsext_ticket_keys(stranger, others, sizeof others));
    for (int from = 0; from < 3; from++) // none, a foreign, a good ticket
        for (verdict = 0; verdict <= 5; verdict++) {
            CASE("%s, from %d, answered with %d", version_name(version), from, verdict);
            int wanted = verdict;
            SSL_SESSION *session = NULL;
            if (from) {
                verdict = SSL_TICKET_RETURN_IGNORE_RENEW, generated = 0;
                say("the ticket");
                session = connection(client, from == 1 ? stranger : server, NULL);
                MUST(session != NULL);
                verdict = wanted;
            }
            say("the connection");
            SSL_SESSION *made = connection(client, server, session);
            say("a new session with a ticket: %d", made && SSL_SESSION_has_ticket(made));
            SSL_SESSION_free(made);
            SSL_SESSION_free(session);
        }
    CASE("%s, none is made", version_name(version));
    verdict = -1, refuse_to_make = 1;
    SSL_SESSION_free(connection(client, server, NULL));
    refuse_to_make = 0;

    CASE("%s, no tickets", version_name(version));
    SSL_CTX_set_options(server, SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(server, SSL_SESS_CACHE_SERVER);
    SSL_SESSION *session = connection(client, server, NULL);
    if (session)
        SSL_SESSION_free(connection(client, server, session));
    SSL_SESSION_free(session);
    SSL_CTX_free(client);
    SSL_CTX_free(server);
    SSL_CTX_free(stranger);
}

static void body(void) {
    SSL_CTX *server = new_server(T13);
    say("NULL: %d", SSL_CTX_set_session_ticket_cb(server, NULL, NULL, NULL));
    SSL_CTX_free(server);
    for EACH_VERSION (version)
        run(version);
}

SINGLE(body)
