// SSL_get_servername and its type on both sides, in all the cases that its manual page tells apart: before the
// handshake, in the callback, after it; resumed. (With another name nothing is resumed here, as RFC 6066 §3 has it, and
// the original resumes. And a name is always acknowledged.)
#include "common.h"

static int verdict;

static const char *name_of(const SSL *ssl) {
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    return name ? name : "none";
}

static int on_name(SSL *ssl, int *alert UNUSED, void *argument UNUSED) {
    say("  in the callback: %s, type %d", name_of(ssl), SSL_get_servername_type(ssl));
    return verdict;
}

static const char *session_name(SSL *ssl) {
    SSL_SESSION *session = SSL_get_session(ssl);
    const char *name = session ? SSL_SESSION_get0_hostname(session) : NULL;
    return name ? name : "none";
}

static SSL_SESSION *last;

static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(last);
    last = session;
    return 1;
}

static void connect_once(SSL_CTX *ctx, SSL_CTX *server_ctx, const char *name, SSL_SESSION *session) {
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    say("-- name %s, %s", name ? name : "none", session ? "resuming" : "anew");
    if (name)
        SSL_set_tlsext_host_name(client, name);
    say("client, no role: %s", name_of(client));
    if (session)
        SSL_set_session(client, session);
    join(client, server, 0);
    say("before: %s, %s, types %d %d", name_of(client), name_of(server), SSL_get_servername_type(client),
        SSL_get_servername_type(server));
    if (shake_both(client, server)) {
        SSL_read(client, (char[1]){0}, 1);
        say("reused %d %d", SSL_session_reused(client), SSL_session_reused(server));
    }
    say("after: %s, %s, types %d %d", name_of(client), name_of(server), SSL_get_servername_type(client),
        SSL_get_servername_type(server));
    say("sessions: %s, %s", session_name(client), session_name(server));
    SSL_shutdown(client), SSL_shutdown(server);
    say("ended: %s, %s", name_of(client), name_of(server));
    SSL_clear(client), SSL_clear(server);
    say("cleared: %s, %s", name_of(client), name_of(server));
    SSL_free(client), SSL_free(server);
}

static void run(int version, int with_callback, int answer_, const char *first, const char *then, long options) {
    CASE("%s: callback %d answers %d, first %s, then %s, options %d", version_name(version), with_callback, answer_,
         first ? first : "none", then ? then : "none", options != 0);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_info_callback(ctx, NULL), SSL_CTX_set_info_callback(server_ctx, NULL);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, keep);
    SSL_CTX_set_options(server_ctx, options);
    verdict = answer_, last = NULL;
    if (with_callback)
        SSL_CTX_set_tlsext_servername_callback(server_ctx, on_name);
    connect_once(ctx, server_ctx, first, NULL);
    SSL_SESSION *session = last;
    last = NULL;
    connect_once(ctx, server_ctx, then, session);
    SSL_SESSION_free(session), SSL_SESSION_free(last);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    static const char *names[][2] = {{"one.example", "one.example"}, {NULL, NULL}};
    for EACH_VERSION (version)
        for (int n = 0; n < COUNT(names); n++)
            for (int stateful = 0; stateful < 2; stateful++) {
                if (!names[n][0])
                    run(version, 0, 0, names[n][0], names[n][1], stateful ? SSL_OP_NO_TICKET : 0);
                run(version, 1, SSL_TLSEXT_ERR_OK, names[n][0], names[n][1], stateful ? SSL_OP_NO_TICKET : 0);
            }
}

SINGLE(body)
