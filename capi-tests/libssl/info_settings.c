// What is set in the info callback counts: a program that sets its host name when the handshake starts, as some do,
// is a client with a host name. Until when what may be changed is the original's.
#include "common.h"

enum { NAME, PROTOCOLS, CIPHERS, SUITES, GROUPS, OPTIONS, MAXIMUM, MODE, CERTIFICATE, SESSION, ROLES };
static const char *settings[] = {"name", "protocols", "ciphers", "suites", "groups", "options", "maximum", "mode",
                                 "certificate", "session"};
static int setting, at, event, on_server, quiet;
static SSL_SESSION *known;

static int deny(int ok UNUSED, X509_STORE_CTX *store) {
    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

static void set(SSL *ssl) {
    switch (setting) {
    case NAME: say("  set name: %d", (int)SSL_set_tlsext_host_name(ssl, "late.example")); break;
    case PROTOCOLS: say("  set protocols: %d", SSL_set_alpn_protos(ssl, (const unsigned char *)"\x02h2", 3)); break;
    case CIPHERS: say("  set ciphers: %d", SSL_set_cipher_list(ssl, "ECDHE-ECDSA-AES128-GCM-SHA256")); break;
    case SUITES: say("  set suites: %d", SSL_set_ciphersuites(ssl, "TLS_AES_128_GCM_SHA256")); break;
    case GROUPS: say("  set groups: %d", (int)SSL_set1_groups_list(ssl, "P-384")); break;
    case OPTIONS: SSL_set_options(ssl, SSL_OP_NO_TLSv1_3); break;
    case MAXIMUM: say("  set maximum: %d", (int)SSL_set_max_proto_version(ssl, T12)); break;
    case MODE: SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, on_server ? NULL : deny); break;
    case CERTIFICATE: ssl_use_cert(ssl, on_server ? "server2" : "second"); break;
    case SESSION: say("  set session: %d", SSL_set_session(ssl, known)); break;
    }
}

static void watch(const SSL *ssl, int where, int value) {
    static const char *names[] = {"start", "done", "loop", "exit", "alert"};
    int kind = where & SSL_CB_HANDSHAKE_START  ? 0
               : where & SSL_CB_HANDSHAKE_DONE ? 1
               : where & SSL_CB_LOOP           ? 2
               : where & SSL_CB_EXIT           ? 3
                                               : 4;
    if (quiet || event > at)
        return;
    say("  %s %s %d: before %d, init %d, state %s", SSL_is_server(ssl) ? "server" : "client", names[kind],
        kind == 4 ? value : 0, SSL_in_before(ssl), SSL_in_init(ssl), SSL_state_string_long(ssl));
    if (event++ == at)
        set((SSL *)ssl);
}

static int name_seen(SSL *ssl, int *alert UNUSED, void *argument UNUSED) {
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (!quiet)
        say("  server name: %s", name ? name : "none");
    return SSL_TLSEXT_ERR_OK;
}

static int take_first(SSL *ssl UNUSED, const unsigned char **out, unsigned char *len, const unsigned char *in,
                      unsigned in_len UNUSED, void *argument UNUSED) {
    *out = in + 1, *len = in[0];
    return SSL_TLSEXT_ERR_OK;
}

static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(known);
    known = session;
    return 1;
}

static void run(int version, int server_side, int what, int when) {
    CASE("%s: %s set on the %s at event %d", version_name(version), settings[what], server_side ? "server" : "client", when);
    SSL_CTX *ctx = new_client(0), *server_ctx = new_server(0);
    SSL_CTX_set_info_callback(ctx, NULL), SSL_CTX_set_info_callback(server_ctx, NULL);
    SSL_CTX_set_max_proto_version(ctx, version);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, keep);
    SSL_CTX_set_tlsext_servername_callback(server_ctx, name_seen);
    SSL_CTX_set_alpn_select_cb(server_ctx, take_first, NULL);
    use_cert(ctx, "client");
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    for (int round = what == SESSION ? 0 : 1; round < 2; round++) {
        quiet = round == 0, event = 0, setting = what, at = when, on_server = server_side;
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        SSL_set_info_callback(server_side ? server : client, watch);
        join(client, server, 0);
        if (shake_both(client, server)) {
            SSL_read(client, (char[1]){0}, 1);
            const unsigned char *protocol;
            unsigned len;
            SSL_get0_alpn_selected(client, &protocol, &len);
            if (!quiet) {
                say("%s %s, protocol %.*s, reused %d", SSL_get_version(client), SSL_get_cipher(client), (int)len, protocol,
                    SSL_session_reused(client));
                say_peer(client), say_peer(server);
            }
            SSL_set_shutdown(client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        }
        SSL_free(client), SSL_free(server);
    }
    SSL_SESSION_free(known), known = NULL;
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static int no_psk(SSL *ssl, const EVP_MD *md UNUSED, const unsigned char **id, size_t *len, SSL_SESSION **session) {
    say("  asked for a key, before %d", SSL_in_before(ssl));
    *id = NULL, *len = 0, *session = NULL;
    return 1;
}

// The order: the start is told before the program is asked for a key.
static void order(void) {
    CASE("the order of callbacks");
    SSL_CTX *ctx = new_client(T13), *server_ctx = new_server(T13);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    SSL_set_psk_use_session_callback(client, no_psk);
    quiet = 0, event = 0, at = 1, setting = ROLES;
    SSL_set_info_callback(client, watch);
    join(client, server, 0);
    shake_both(client, server);
    SSL_free(client), SSL_free(server);

    for (int side = 0; side < 2; side++) {
        CASE("nothing to negotiate on the %s", side ? "server" : "client");
        SSL *ssl = SSL_new(side ? server_ctx : ctx);
        event = 0, at = 5;
        SSL_set_info_callback(ssl, watch);
        SSL_set_options(ssl, SSL_OP_NO_TLSv1_3);
        BIO *out = BIO_new(BIO_s_mem());
        SSL_set_bio(ssl, BIO_new(BIO_s_mem()), out);
        side ? SSL_set_accept_state(ssl) : SSL_set_connect_state(ssl);
        say_result(ssl, "handshake", SSL_do_handshake(ssl));
        say_result(ssl, "handshake", SSL_do_handshake(ssl));
        say("sent: %d", (int)BIO_pending(out));
        SSL_free(ssl);
    }
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version)
        for (int what = NAME; what < ROLES; what++)
            for (int when = 0; when < 2; when++) {
                run(version, 0, what, when);
                if (what != NAME && what != SESSION && what != PROTOCOLS && what != GROUPS)
                    run(version, 1, what, when);
            }
    order();
}

SINGLE(body)
