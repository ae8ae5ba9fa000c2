// What the program is asked again when a second ClientHello is needed (RFC 8446 §4.1.4), and what it is not asked when
// a session is resumed: a server's callbacks, in order.
#include "common.h"

static SSL_SESSION *latest;
static const char *certificate = "server";

static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

static int on_hello(SSL *ssl, int *alert UNUSED, void *arg UNUSED) {
    const unsigned char *body;
    size_t len;
    say("  hello: cookie %d, key share %d", SSL_client_hello_get0_ext(ssl, 44, &body, &len),
        SSL_client_hello_get0_ext(ssl, 51, &body, &len));
    return SSL_CLIENT_HELLO_SUCCESS;
}

static int on_name(SSL *ssl, int *alert UNUSED, void *arg UNUSED) {
    say("  name: %s", SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
    return SSL_TLSEXT_ERR_OK;
}

static int on_protocols(SSL *ssl UNUSED, const unsigned char **out, unsigned char *len, const unsigned char *list,
                        unsigned int listed, void *arg UNUSED) {
    say("  protocols: %u bytes", listed);
    *out = list + 1, *len = list[0];
    return SSL_TLSEXT_ERR_OK;
}

static int on_certificate(SSL *ssl, void *arg UNUSED) {
    say("  certificate");
    ssl_use_cert(ssl, certificate);
    return 1;
}

static int on_staple(SSL *ssl UNUSED, void *arg UNUSED) {
    say("  staple");
    return SSL_TLSEXT_ERR_NOACK;
}

static int on_parse(SSL *ssl UNUSED, unsigned int type, unsigned int context, const unsigned char *in UNUSED, size_t len,
                    X509 *x UNUSED, size_t index UNUSED, int *al UNUSED, void *arg UNUSED) {
    say("  extension %u in %x: %zu bytes", type, context, len);
    return 1;
}

static int on_psk(SSL *ssl UNUSED, const unsigned char *id, size_t len, SSL_SESSION **session) {
    if (len < 20) // else a ticket
        say("  pre-shared key: %.*s", (int)len, id);
    *session = NULL;
    return 1;
}

static void connect_once(SSL_CTX *ctx, SSL_CTX *server_ctx, const char *groups, SSL_SESSION *session) {
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    MUST(SSL_set_tlsext_host_name(client, "one.example"));
    MUST(SSL_set1_groups_list(client, groups));
    if (session)
        MUST(SSL_set_session(client, session));
    join(client, server, 0);
    if (shake_both(client, server) == 1) {
        char byte;
        SSL_read(client, &byte, 1);
        ERR_clear_error();
        EVP_PKEY *key = NULL;
        int there = SSL_get_peer_tmp_key(server, &key);
        say("resumed %d, group %s, peer's key %d: %s of %d bits", SSL_session_reused(server),
            OBJ_nid2sn(SSL_get_negotiated_group(server)), there, key ? EVP_PKEY_get0_type_name(key) : "none",
            key ? EVP_PKEY_get_bits(key) : 0);
        EVP_PKEY_free(key);
        there = SSL_get_peer_tmp_key(client, &key);
        say("client's peer's key %d: %d bits", there, there ? EVP_PKEY_get_bits(key) : 0);
        if (there)
            EVP_PKEY_free(key);
    }
    SSL_shutdown(client);
    SSL_shutdown(server);
    SSL_free(client);
    SSL_free(server);
}

static void body(void) {
    for EACH_VERSION (version)
        for (int tickets = 0; tickets < 2; tickets++) {
            SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
            SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
            SSL_CTX_sess_set_new_cb(ctx, keep);
            SSL_CTX_set_info_callback(ctx, NULL);
            SSL_CTX_set_info_callback(server_ctx, NULL);
            MUST(SSL_CTX_set_alpn_protos(ctx, (const unsigned char *)"\2h2\3abc", 7) == 0);
            SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp);
            MUST(SSL_CTX_add_custom_ext(ctx, 4711, SSL_EXT_CLIENT_HELLO, NULL, NULL, NULL, NULL, NULL));
            MUST(SSL_CTX_add_custom_ext(server_ctx, 4711, SSL_EXT_CLIENT_HELLO, NULL, NULL, NULL, on_parse, NULL));
            MUST(SSL_CTX_set1_groups_list(server_ctx, "P-384:P-256:X25519"));
            SSL_CTX_set_client_hello_cb(server_ctx, on_hello, NULL);
            SSL_CTX_set_tlsext_servername_callback(server_ctx, on_name);
            SSL_CTX_set_alpn_select_cb(server_ctx, on_protocols, NULL);
            SSL_CTX_set_cert_cb(server_ctx, on_certificate, NULL);
            SSL_CTX_set_tlsext_status_cb(server_ctx, on_staple);
            SSL_CTX_set_psk_find_session_callback(server_ctx, on_psk);
            if (!tickets)
                SSL_CTX_set_options(server_ctx, SSL_OP_NO_TICKET);
            CASE("%s, %s, one hello", version_name(version), tickets ? "tickets" : "no tickets");
            connect_once(ctx, server_ctx, "P-256:P-384", NULL);
            CASE("resumed");
            if (latest)
                connect_once(ctx, server_ctx, "P-256:P-384", latest);
            CASE("two hellos");
            connect_once(ctx, server_ctx, "P-521:P-384:P-256", NULL);
            CASE("two hellos, resumed");
            if (latest)
                connect_once(ctx, server_ctx, "P-521:P-384:P-256", latest);
            CASE("the client's order and the server's");
            connect_once(ctx, server_ctx, "P-256:P-384:X25519", NULL);
            SSL_CTX_set_options(server_ctx, SSL_OP_CIPHER_SERVER_PREFERENCE);
            connect_once(ctx, server_ctx, "P-256:P-384:X25519", NULL);
            SSL_SESSION_free(latest);
            latest = NULL;
            SSL_CTX_free(ctx);
            SSL_CTX_free(server_ctx);
        }
}

SINGLE(body)
