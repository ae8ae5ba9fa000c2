// Versions, cipher suites and key exchange groups that both sides allow: what comes of them.
#include "common.h"

static void say_agreed(SSL *ssl, const char *who) {
    say("%s: %s %s, group %ld, shared %ld", who, SSL_get_version(ssl), SSL_get_cipher_name(ssl), SSL_get_negotiated_group(ssl),
        SSL_is_server(ssl) ? SSL_get_shared_group(ssl, 0) : 0);
}

static void join_and_say(SSL_CTX *client_ctx, SSL_CTX *server_ctx) {
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    int done = shake_both(client, server);
    say("done %d", done);
    if (done == 1) {
        say_agreed(client, "client");
        say_agreed(server, "server");
    }
    say_queue();
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(client_ctx);
    SSL_CTX_free(server_ctx);
}

static void groups(int version, const char *client_list, const char *server_list) {
    CASE("%s: groups %s and %s", version_name(version), client_list, server_list);
    // RSA: the curve of an ECDSA certificate would have to be among the groups, too.
    SSL_CTX *client = new_client(version), *server = new_context(TLS_server_method(), version);
    use_cert(server, "server-rsa");
    MUST(SSL_CTX_set_cipher_list(server, "ECDHE"));
    MUST(SSL_CTX_set1_groups_list(client, client_list));
    MUST(SSL_CTX_set1_groups_list(server, server_list));
    join_and_say(client, server);
}

static void versions(long client_options, long server_options, int client_max, int server_min) {
    CASE("options %lx %lx, client at most %s, server at least %s", client_options, server_options, version_name(client_max),
         version_name(server_min));
    SSL_CTX *client = new_client(0), *server = new_server(0);
    SSL_CTX_set1_groups_list(client, "X25519:P-256");
    SSL_CTX_set_options(client, client_options);
    SSL_CTX_set_options(server, server_options);
    SSL_CTX_set_max_proto_version(client, client_max);
    SSL_CTX_set_min_proto_version(server, server_min);
    join_and_say(client, server);
}

static void suites(const char *client_list, const char *server_list, const char *client_suites, const char *server_suites, int prefer) {
    CASE("ciphers %s %s, suites %s %s, server prefers %d", client_list, server_list, client_suites, server_suites, prefer);
    for EACH_VERSION (version) {
        SSL_CTX *client = new_client(version), *server = new_server(version);
        SSL_CTX_set1_groups_list(client, "X25519:P-256");
        MUST(SSL_CTX_set_cipher_list(client, client_list));
        MUST(SSL_CTX_set_cipher_list(server, server_list));
        MUST(SSL_CTX_set_ciphersuites(client, client_suites));
        MUST(SSL_CTX_set_ciphersuites(server, server_suites));
        if (prefer)
            SSL_CTX_set_options(server, SSL_OP_CIPHER_SERVER_PREFERENCE);
        join_and_say(client, server);
    }
}

static void methods(const SSL_METHOD *client_method, const SSL_METHOD *server_method, const char *name) {
    CASE("methods %s", name);
    SSL_CTX *client = new_context(client_method, 0), *server = new_context(server_method, 0);
    SSL_CTX_set1_groups_list(client, "X25519:P-256");
    use_cert(server, "server");
    join_and_say(client, server);
}

static void body(void) {
    for EACH_VERSION (version) {
        groups(version, "X25519", "X25519:P-256");
        groups(version, "P-256:X25519", "X25519:P-256");
        groups(version, "P-384", "P-384:P-256");
        groups(version, "P-384:P-256", "P-256");
        groups(version, "X25519", "P-256");
    }
    versions(0, 0, 0, 0);
    versions(SSL_OP_NO_TLSv1_3, 0, 0, 0);
    versions(0, SSL_OP_NO_TLSv1_3, 0, 0);
    versions(0, 0, T12, T13);
    versions(0, 0, T12, 0);
    versions(SSL_OP_NO_TLSv1_3, 0, 0, T13);
    const char *suite = "TLS_AES_128_GCM_SHA256", *other = "TLS_AES_256_GCM_SHA384", *both = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256",
               *reverse = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384";
    suites("ECDHE+AES128", "ECDHE", suite, both, 0);
    suites("ECDHE+AES256", "ECDHE+AES128", suite, other, 0);
    suites("ECDHE+AES256:ECDHE+AES128", "ECDHE+AES128:ECDHE+AES256", both, reverse, 0);
    suites("ECDHE+AES256:ECDHE+AES128", "ECDHE+AES128:ECDHE+AES256", both, reverse, 1);
    suites("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE", suite, both, 0);
    methods(TLSv1_2_client_method(), TLS_server_method(), "TLS 1.2 and any");
    methods(TLS_client_method(), TLSv1_2_server_method(), "any and TLS 1.2");
    methods(TLS_method(), TLS_method(), "any and any");
    methods(TLS_server_method(), TLS_server_method(), "the wrong role");
}

SINGLE(body)
