// SSL_SESSION by itself: i2d and d2i, get and set, a session that outlives its SSL and its SSL_CTX.
#include "common.h"

static SSL_SESSION *latest;

static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

static void say_session(const char *what, SSL_SESSION *session) {
    unsigned int length = 0;
    const unsigned char *ticket = NULL;
    size_t ticket_length = 0;
    SSL_SESSION_get_id(session, &length);
    SSL_SESSION_get0_ticket(session, &ticket, &ticket_length);
    say("%s: %s, id %u, ticket %d, hint %d, resumable %d, timeout %ld", what,
        version_name(SSL_SESSION_get_protocol_version(session)), length, ticket_length > 0,
        SSL_SESSION_get_ticket_lifetime_hint(session) > 0, SSL_SESSION_is_resumable(session),
        SSL_SESSION_get_timeout(session));
    say("  cipher %s, peer %s, master key %d, host %s, alpn %d, early data %u",
        SSL_SESSION_get0_cipher(session) ? SSL_CIPHER_get_name(SSL_SESSION_get0_cipher(session)) : "none",
        subject_of(SSL_SESSION_get0_peer(session)), (int)SSL_SESSION_get_master_key(session, NULL, 0),
        SSL_SESSION_get0_hostname(session) ? SSL_SESSION_get0_hostname(session) : "none", (int)({
            const unsigned char *alpn;
            size_t n;
            SSL_SESSION_get0_alpn_selected(session, &alpn, &n);
            n;
        }),
        SSL_SESSION_get_max_early_data(session));
}

static int acknowledge(SSL *ssl UNUSED, int *alert UNUSED, void *arg UNUSED) { return SSL_TLSEXT_ERR_OK; }

static void body(void) {
    for EACH_VERSION (version) {
        CASE("%s", version_name(version));
        SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
        SSL_CTX_set_tlsext_servername_callback(server_ctx, acknowledge);
        MUST(SSL_CTX_set_cipher_list(ctx, "ECDHE-ECDSA-AES128-GCM-SHA256"));
        MUST(SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256"));
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
        SSL_CTX_sess_set_new_cb(ctx, keep);
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        SSL_set_tlsext_host_name(client, "localhost");
        join(client, server, 0);
        MUST(shake_both(client, server) == 1);
        char byte;
        SSL_read(client, &byte, 1);
        say_session("the client's", latest);
        say_session("the server's", SSL_get_session(server));
        SSL_SESSION *mine = SSL_get1_session(client);
        SSL_shutdown(client), SSL_shutdown(server);
        SSL_free(client), SSL_free(server);

        int length = i2d_SSL_SESSION(latest, NULL);
        unsigned char *der = OPENSSL_malloc(length), *p = der;
        say("i2d: same length %d", i2d_SSL_SESSION(latest, &p) == length && p == der + length);
        const unsigned char *q = der;
        SSL_SESSION *copy = d2i_SSL_SESSION(NULL, &q, length);
        say("d2i: %d, all read %d", copy != NULL, q == der + length);
        if (copy)
            say_session("after i2d and d2i", copy);
        q = der;
        say("d2i of half: %d", d2i_SSL_SESSION(NULL, &q, length / 2) != NULL);
        ERR_clear_error();
        SSL_SESSION *twin = SSL_SESSION_dup(latest);
        say_session("dup", twin);
        SSL_SESSION_free(twin);

        client = SSL_new(ctx), server = SSL_new(server_ctx);
        SSL_set_tlsext_host_name(client, "localhost");
        say("set_session: %d", SSL_set_session(client, mine));
        join(client, server, 0);
        int done = shake_both(client, server);
        say("done %d, resumed %d", done, SSL_session_reused(client));
        SSL_shutdown(client), SSL_shutdown(server);
        SSL_free(client), SSL_free(server);
        BIO *out = BIO_new(BIO_s_mem());
        say("SSL_SESSION_print: %d", SSL_SESSION_print(out, latest));
        say("PEM_write_bio_SSL_SESSION: %d", PEM_write_bio_SSL_SESSION(out, latest) > 0);
        BIO_free(out);
        SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
        say("up_ref: %d", SSL_SESSION_up_ref(mine));
        SSL_SESSION_free(mine), SSL_SESSION_free(mine), SSL_SESSION_free(copy), SSL_SESSION_free(latest);
        latest = NULL;
        OPENSSL_free(der);

        SSL_SESSION *fresh = SSL_SESSION_new();
        say("time %d, set_id: %d, set_id_context %d, too long %d", SSL_SESSION_get_time(fresh) > 1000,
            SSL_SESSION_set1_id(fresh, (const unsigned char *)"0123456789", 10),
            SSL_SESSION_set1_id_context(fresh, (const unsigned char *)"context", 7),
            SSL_SESSION_set1_id(fresh, (const unsigned char[64]){0}, 64));
        say_queue();
        say("set_protocol_version %d, set_hostname %d", SSL_SESSION_set_protocol_version(fresh, version),
            SSL_SESSION_set1_hostname(fresh, "example.org"));
        say_session("made by hand", fresh);
        SSL_SESSION_free(fresh);
    }
}

SINGLE(body)
