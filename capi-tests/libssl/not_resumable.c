// SSL_CTX_set_not_resumable_session_callback: a server's program says that a session is not to be resumed.
#include "common.h"

static int verdict, news, quiet;

static int decide(SSL *ssl, int forward_secure) {
    if (!quiet)
        say("  asked: server %d, forward secure %d", SSL_is_server(ssl), forward_secure);
    return verdict;
}

static SSL_SESSION *last;

static int keep(SSL *ssl, SSL_SESSION *session) {
    news++;
    if (SSL_is_server(ssl))
        return 0;
    SSL_SESSION_free(last);
    last = session;
    return 1;
}

static void run(int version, int answer_, long options, int on_connection) {
    CASE("%s: answer %d, tickets %d, set on the %s", version_name(version), answer_, !options,
         on_connection ? "connection" : "context");
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, keep), SSL_CTX_sess_set_new_cb(server_ctx, keep);
    SSL_CTX_set_options(server_ctx, options);
    if (!on_connection)
        SSL_CTX_set_not_resumable_session_callback(server_ctx, decide);
    verdict = answer_, last = NULL;
    for (int round = 0; round < 2; round++) {
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        if (on_connection)
            SSL_set_not_resumable_session_callback(server, decide);
        SSL_SESSION *session = last;
        if (session)
            SSL_SESSION_up_ref(session), SSL_set_session(client, session);
        join(client, server, 0);
        news = 0;
        quiet = version == T12 && session; // here the program is asked before it is known that a session is resumed
        shake_both(client, server);
        SSL_read(client, (char[1]){0}, 1);
        ERR_clear_error();
        say("reused %d, new %d, client's is resumable %d, server keeps %ld", SSL_session_reused(client), news,
            last ? SSL_SESSION_is_resumable(last) : -1, SSL_CTX_sess_number(server_ctx));
        SSL_shutdown(client), SSL_shutdown(server);
        SSL_free(client), SSL_free(server);
        SSL_SESSION_free(session);
    }
    SSL_SESSION_free(last);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version)
        for (int answer_ = 0; answer_ < 2; answer_++)
            for (int stateful = 0; stateful < 2; stateful++)
                for (int on_connection = 0; on_connection < 2; on_connection++)
                    if (version == T13 || !stateful || !answer_) // the original's client is still given an id
                        run(version, answer_, stateful ? SSL_OP_NO_TICKET : 0, on_connection);
}

SINGLE(body)
