// The server name (RFC 6066 §3): whether the server's callback takes it, what each side knows of it, the client's own
// callback, and sessions that are resumed under another name.
#include "common.h"

static SSL_SESSION *latest;
static int answer_with, is_odd;

static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

static const char *or_none(const char *text) { return text ? text : "none"; }

static int on_name(SSL *ssl, int *alert, void *arg) {
    say("  %s's name callback, %s: %s, type %d, alert %d", SSL_is_server(ssl) ? "server" : "client", (const char *)arg,
        or_none(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)), SSL_get_servername_type(ssl), *alert);
    return answer_with;
}

static int takes_name(SSL *ssl UNUSED, int *alert UNUSED, void *arg UNUSED) { return SSL_TLSEXT_ERR_OK; }

static int on_certificate(int ok, X509_STORE_CTX *store UNUSED) {
    say("  verifies: %d", ok);
    return ok;
}

// Is the name acknowledged?
static void acknowledged(int sent UNUSED, int version UNUSED, int type, const void *data, size_t len, SSL *ssl UNUSED,
                         void *arg) {
    const unsigned char *message = data;
    size_t at;
    if (type != SSL3_RT_HANDSHAKE || len < 6)
        return;
    switch (message[0]) {
    case 8: at = 4; break;
    case 2: at = 4 + 2 + 32 + 1u + message[38] + 2 + 1; break;
    default: return;
    }
    for (at += 2; at + 4 <= len; at += 4u + (size_t)(message[at + 2] << 8 | message[at + 3]))
        if (!message[at] && !message[at + 1])
            *(int *)arg = 1;
}

static void connect_as(SSL_CTX *ctx, SSL_CTX *server_ctx, const char *name, SSL_SESSION *session) {
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    int is_acknowledged = 0;
    SSL_set_msg_callback(client, acknowledged);
    SSL_set_msg_callback_arg(client, &is_acknowledged);
    if (name)
        MUST(SSL_set_tlsext_host_name(client, name));
    if (session)
        MUST(SSL_set_session(client, session));
    join(client, server, 0);
    if (shake_both(client, server) != 1) {
        SSL_free(client);
        SSL_free(server);
        return;
    }
    char byte;
    SSL_read(client, &byte, 1);
    ERR_clear_error();
    // Under TLS 1.3 the original acknowledges the name again, and Standin does not.
    if (SSL_session_reused(client))
        is_acknowledged = 0;
    // Standin acknowledges no name that is none of the DNS, and so the client's session has none.
    if (is_odd) {
        say("%s: resumed %d %d, server's name %s", name, SSL_session_reused(client), SSL_session_reused(server),
            or_none(SSL_get_servername(server, TLSEXT_NAMETYPE_host_name)));
        goto end;
    }
    say("%s: resumed %d %d, acknowledged %d, client's name %s, server's %s", or_none(name), SSL_session_reused(client),
        SSL_session_reused(server), is_acknowledged, or_none(SSL_get_servername(client, TLSEXT_NAMETYPE_host_name)),
        or_none(SSL_get_servername(server, TLSEXT_NAMETYPE_host_name)));
    say("  sessions' names: %s, %s", or_none(SSL_SESSION_get0_hostname(SSL_get_session(client))),
        or_none(SSL_SESSION_get0_hostname(SSL_get_session(server))));
end:
    SSL_shutdown(client);
    SSL_shutdown(server);
    SSL_free(client);
    SSL_free(server);
}

static void body(void) {
    static const struct { int answer; const char *what; } answers[] = {
        {-1, "no callback"}, {SSL_TLSEXT_ERR_OK, "OK"}, {SSL_TLSEXT_ERR_NOACK, "NOACK"},
        {SSL_TLSEXT_ERR_ALERT_WARNING, "WARNING"}, {SSL_TLSEXT_ERR_ALERT_FATAL, "FATAL"}, {7, "7"},
    };
    static const char *odd[] = {"127.0.0.1", "::1", "under_score", "b\xc3\xbc" "cher.example", "a..b", "-a.example", "dot."};
    static const char *seconds[] = {"one.example", "ONE.example", "two.example", NULL};
    for EACH_VERSION (version)
        for (int i = 0; i < COUNT(answers); i++)
            for (int first = 0; first < 2; first++) {
                CASE("%s, the server's callback says %s, %s at first", version_name(version), answers[i].what,
                     first ? "no name" : "a name");
                SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
                SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
                SSL_CTX_sess_set_new_cb(ctx, keep);
                answer_with = answers[i].answer;
                if (answer_with >= 0) {
                    SSL_CTX_set_tlsext_servername_callback(server_ctx, on_name);
                    SSL_CTX_set_tlsext_servername_arg(server_ctx, "own");
                }
                connect_as(ctx, server_ctx, first ? NULL : "one.example", NULL);
                // Under TLS 1.2 the original resumes the session in any case, and has its name; Standin does not resume
                // it under another one (RFC 6066 §3).
                int again = answer_with == 7 ? 0 : version == T13 ? COUNT(seconds) : answer_with == SSL_TLSEXT_ERR_OK && !first;
                for (int j = 0; j < again && latest; j++) {
                    SSL_SESSION *session = latest;
                    SSL_SESSION_up_ref(session);
                    connect_as(ctx, server_ctx, seconds[j], session);
                    SSL_SESSION_free(session);
                }
                SSL_SESSION_free(latest);
                latest = NULL;
                SSL_CTX_free(ctx);
                SSL_CTX_free(server_ctx);
            }
    for EACH_VERSION (version)
        for (int i = 1; i < COUNT(answers); i++) {
            CASE("%s, the client's callback says %s", version_name(version), answers[i].what);
            SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
            SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, on_certificate);
            SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
            SSL_CTX_sess_set_new_cb(ctx, keep);
            SSL_CTX_set_tlsext_servername_callback(server_ctx, takes_name);
            answer_with = answers[i].answer;
            SSL_CTX_set_tlsext_servername_callback(ctx, on_name);
            SSL_CTX_set_tlsext_servername_arg(ctx, "own");
            connect_as(ctx, server_ctx, "one.example", NULL);
            if (latest)
                connect_as(ctx, server_ctx, "one.example", latest);
            connect_as(ctx, server_ctx, NULL, NULL);
            SSL_SESSION_free(latest);
            latest = NULL;
            SSL_CTX_free(ctx);
            SSL_CTX_free(server_ctx);
        }
    is_odd = 1;
    for EACH_VERSION (version)
        for (int i = 0; i < COUNT(odd); i++) {
            CASE("%s, a name that is none of the DNS", version_name(version));
            SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
            SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
            SSL_CTX_sess_set_new_cb(ctx, keep);
            SSL_CTX_set_tlsext_servername_callback(server_ctx, takes_name);
            connect_as(ctx, server_ctx, odd[i], NULL);
            if (latest)
                connect_as(ctx, server_ctx, odd[i], latest);
            SSL_SESSION_free(latest);
            latest = NULL;
            SSL_CTX_free(ctx);
            SSL_CTX_free(server_ctx);
        }
}

SINGLE(body)
