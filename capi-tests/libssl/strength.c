// What weakens or strengthens a connection: the old master secret, curves of keys under TLS 1.2, sessions without a
// context, security levels, Ed25519.
#include "common.h"

static SSL_SESSION *latest;
static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

static int connect_once(SSL_CTX *ctx, SSL_CTX *server_ctx, SSL_SESSION *session) {
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    if (session)
        MUST(SSL_set_session(client, session));
    join(client, server, 0);
    int done = shake_both(client, server);
    if (done == 1) {
        char byte;
        SSL_read(client, &byte, 1);
        ERR_clear_error();
        say("%s, %s, reused %d, extended master secret %ld %ld", SSL_get_version(client), SSL_get_cipher(client),
            SSL_session_reused(client), SSL_get_extms_support(client), SSL_get_extms_support(server));
        unsigned char exported[2][32];
        const char *label = "EXPORTER-strength";
        MUST(SSL_export_keying_material(client, exported[0], 32, label, strlen(label), NULL, 0, 0));
        MUST(SSL_export_keying_material(server, exported[1], 32, label, strlen(label), NULL, 0, 0));
        say("both export the same: %d", memcmp(exported[0], exported[1], 32) == 0);
        say_peer(server);
    }
    SSL_shutdown(client);
    SSL_shutdown(server);
    SSL_free(client);
    SSL_free(server);
    return done;
}

static void master_secrets(int version) {
    CASE("master secrets, %s", version_name(version));
    for (int options = 0; options < 4; options++) {
        SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
        use_cert(ctx, "client");
        SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
        SSL_CTX_sess_set_new_cb(ctx, keep);
        say("client without: %d, server without: %d", options & 1, options >> 1);
        if (options & 1)
            SSL_CTX_set_options(ctx, SSL_OP_NO_EXTENDED_MASTER_SECRET);
        if (options & 2)
            SSL_CTX_set_options(server_ctx, SSL_OP_NO_EXTENDED_MASTER_SECRET);
        connect_once(ctx, server_ctx, NULL);
        if (latest)
            connect_once(ctx, server_ctx, latest);
        SSL_SESSION_free(latest);
        latest = NULL;
        SSL_CTX_free(ctx);
        SSL_CTX_free(server_ctx);
    }
}

static void curves(int version) {
    CASE("curves of keys, %s", version_name(version));
    static const char *groups[] = {"P-256", "P-384", "X25519:P-256"};
    static const char *certificates[] = {"client", "p384", "rsa", "ed25519"};
    for (int i = 0; i < COUNT(groups); i++)
        for (int j = 0; j < COUNT(certificates); j++) {
            say("the server's groups %s, the client's certificate %s", groups[i], certificates[j]);
            SSL_CTX *ctx = new_client(version), *server_ctx = new_context(TLS_server_method(), version);
            use_cert(server_ctx, "server-rsa");
            use_cert(ctx, certificates[j]);
            MUST(SSL_CTX_set1_groups_list(server_ctx, groups[i]));
            SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
            connect_once(ctx, server_ctx, NULL);
            SSL_CTX_free(ctx);
            SSL_CTX_free(server_ctx);
        }
}

static void contexts(int version) {
    CASE("no session id context, %s", version_name(version));
    for (int tickets = 0; tickets < 2; tickets++) {
        SSL_CTX *ctx = new_client(version), *server_ctx = new_context(TLS_server_method(), version);
        use_cert(server_ctx, "server");
        use_cert(ctx, "client");
        if (!tickets)
            SSL_CTX_set_options(server_ctx, SSL_OP_NO_TICKET);
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
        SSL_CTX_sess_set_new_cb(ctx, keep);
        SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
        say("tickets: %d", tickets);
        connect_once(ctx, server_ctx, NULL);
        if (latest)
            connect_once(ctx, server_ctx, latest);
        SSL_SESSION_free(latest);
        latest = NULL;
        SSL_CTX_free(ctx);
        SSL_CTX_free(server_ctx);
    }
}

static void levels(int version) {
    static const char *certificates[] = {"server", "server-rsa", "p384"};
    for (int level = 0; level < 6; level++)
        for (int i = 0; i < COUNT(certificates); i++) {
            CASE("level %d, %s, %s", level, version_name(version), certificates[i]);
            SSL_CTX *ctx = new_client(version), *server_ctx = new_context(TLS_server_method(), version);
            SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
            SSL_CTX_set_security_level(server_ctx, 0);
            use_cert(server_ctx, certificates[i]);
            SSL_CTX_set_security_level(server_ctx, level);
            SSL_CTX_set_security_level(ctx, level);
            connect_once(ctx, server_ctx, NULL);
            SSL_CTX_free(ctx);
            SSL_CTX_free(server_ctx);
        }
}

static void ed25519(int version) {
    static const char *lists[] = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "aECDSA", "aRSA"};
    for (int i = 0; i < COUNT(lists); i++) {
        CASE("Ed25519 and RSA with %s, %s", lists[i], version_name(version));
        SSL_CTX *ctx = new_client(version), *server_ctx = new_context(TLS_server_method(), version);
        SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
        use_cert(server_ctx, "server-rsa");
        use_cert(server_ctx, "ed25519");
        MUST(SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256"));
        MUST(SSL_CTX_set_cipher_list(ctx, lists[i]));
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        join(client, server, 0);
        int nid;
        if (shake_both(client, server) == 1)
            say("signed with %s", SSL_get_peer_signature_type_nid(client, &nid) ? OBJ_nid2sn(nid) : "nothing");
        SSL_free(client);
        SSL_free(server);
        SSL_CTX_free(ctx);
        SSL_CTX_free(server_ctx);
    }
}

static void body(void) {
    for EACH_VERSION (version) {
        master_secrets(version);
        curves(version);
        contexts(version);
        levels(version);
        ed25519(version);
    }
}

SINGLE(body)
