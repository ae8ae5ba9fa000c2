// SSL_set_tlsext_debug_callback: the extensions of the peer's messages, as far as both libraries send them.
#include "common.h"

static char name[100];
static int of_clients[65536], of_servers[65536];

static void on_extension(SSL *ssl, int from_server, int type, const unsigned char *data, int len, void *arg) {
    (from_server ? of_servers : of_clients)[type]++;
    if (SSL_is_server(ssl) == from_server)
        say("%s is shown its own", (const char *)arg);
    // Of a client's, each library has an order of its own.
    if (type == TLSEXT_TYPE_server_name && !from_server)
        snprintf(name, sizeof name, "%s sees a name: %.*s", (const char *)arg, len > 5 ? len - 5 : 0, (const char *)data + 5);
    if (type == TLSEXT_TYPE_application_layer_protocol_negotiation)
        say("%s sees a protocol: %.*s", (const char *)arg, len > 3 ? len - 3 : 0, (const char *)data + 3);
}

static void say_seen(int version) {
    say("%s", name);
    static const int types[] = {TLSEXT_TYPE_server_name, TLSEXT_TYPE_supported_groups, TLSEXT_TYPE_signature_algorithms,
                                TLSEXT_TYPE_application_layer_protocol_negotiation, TLSEXT_TYPE_extended_master_secret,
                                TLSEXT_TYPE_supported_versions, TLSEXT_TYPE_psk, TLSEXT_TYPE_key_share,
                                TLSEXT_TYPE_post_handshake_auth, 0xff07};
    // A client of Standin's names its versions also where TLS 1.2 is the only one.
    for (int i = 0; i < COUNT(types); i++)
        if (version == T13 || types[i] != TLSEXT_TYPE_supported_versions)
            say("  %d: %d of the client, %d of the server", types[i], of_clients[types[i]], of_servers[types[i]]);
    memset(of_clients, 0, sizeof of_clients);
    memset(of_servers, 0, sizeof of_servers);
}

static int select_protocol(SSL *ssl UNUSED, const unsigned char **out, unsigned char *len,
                           const unsigned char *in UNUSED, unsigned int in_len UNUSED, void *arg UNUSED) {
    *out = (const unsigned char *)"h2", *len = 2;
    return SSL_TLSEXT_ERR_OK;
}

static void shown(int version, int retry, SSL_SESSION **session) {
    CASE("%s%s%s", version_name(version), retry ? ", asked again" : "", *session ? ", resumed" : "");
    SSL_CTX *server_ctx = new_server(version), *client_ctx = new_client(version);
    SSL_CTX_set_alpn_select_cb(server_ctx, select_protocol, NULL);
    MUST(SSL_CTX_add_custom_ext(client_ctx, 0xff07, SSL_EXT_CLIENT_HELLO, NULL, NULL, NULL, NULL, NULL));
    MUST(SSL_CTX_add_custom_ext(server_ctx, 0xff07, SSL_EXT_CLIENT_HELLO, NULL, NULL, NULL, NULL, NULL));
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_post_handshake_auth(client_ctx, 1);
    static unsigned char keys[80];
    SSL_CTX_set_tlsext_ticket_keys(server_ctx, keys, sizeof keys);
    SSL_CTX_set_session_id_context(server_ctx, (const unsigned char *)"x", 1);
    if (retry)
        SSL_CTX_set1_groups_list(server_ctx, "P-384");
    SSL *server = SSL_new(server_ctx), *client = SSL_new(client_ctx);
    say("set: %ld %ld", SSL_set_tlsext_debug_callback(server, on_extension), SSL_set_tlsext_debug_arg(server, "the server"));
    say("set: %ld %ld", SSL_set_tlsext_debug_callback(client, on_extension), SSL_set_tlsext_debug_arg(client, "the client"));
    SSL_set_tlsext_host_name(client, "localhost");
    MUST(SSL_set_alpn_protos(client, (const unsigned char *)"\x02h2", 3) == 0);
    if (*session)
        SSL_set_session(client, *session);
    join(client, server, 0);
    say("handshake: %d", shake_both(client, server));
    say_seen(version);
    char byte;
    SSL_write(server, "x", 1);
    say("read: %d, reused: %d", SSL_read(client, &byte, 1), SSL_session_reused(client));
    SSL_SESSION_free(*session);
    *session = SSL_get1_session(client);
    if (version == T13 && !retry) {
        SSL_set_tlsext_debug_callback(client, NULL);
        SSL_set_verify(server, SSL_VERIFY_PEER, NULL);
        say("asked: %d", SSL_verify_client_post_handshake(server));
        SSL_do_handshake(server);
        SSL_read(client, &byte, 1);
        SSL_read(server, &byte, 1);
        say_seen(version);
    }
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(client_ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version) {
        SSL_SESSION *session = NULL;
        shown(version, 0, &session);
        shown(version, 0, &session);
        SSL_SESSION_free(session);
    }
    SSL_SESSION *none = NULL;
    shown(T13, 1, &none);
    SSL_SESSION_free(none);
}

SINGLE(body)
