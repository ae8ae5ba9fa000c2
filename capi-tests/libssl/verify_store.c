// What verification is made with: stores, CRLs, purpose, host names, parameters of SSL_CTX and SSL.
#include "common.h"

static const char *client_cert = "client", *server_cert = "server";

typedef void Change(SSL_CTX *server_ctx, SSL *server, SSL *client);

static void run(int version, const char *name, Change *change) {
    CASE("%s: %s", version_name(version), name);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    use_cert(ctx, client_cert);
    use_cert(server_ctx, server_cert);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    if (change)
        change(server_ctx, server, client);
    join(client, server, 0);
    int done = shake_both(client, server);
    say("done %d, server's verify result %ld, client's %ld", done, SSL_get_verify_result(server),
        SSL_get_verify_result(client));
    say("peer name: %s", SSL_get0_peername(client) ? SSL_get0_peername(client) : "NULL");
    say_queue();
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(ctx);
    SSL_CTX_free(server_ctx);
}

static void crl(SSL_CTX *server_ctx, SSL *server UNUSED, SSL *client UNUSED) {
    X509_STORE *store = SSL_CTX_get_cert_store(server_ctx);
    X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    MUST(X509_load_crl_file(lookup, path("root.crl"), X509_FILETYPE_PEM) == 1);
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
}

static void crl_missing(SSL_CTX *server_ctx, SSL *server UNUSED, SSL *client UNUSED) {
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(server_ctx), X509_V_FLAG_CRL_CHECK);
}

static void crl_missing_in_ssl(SSL_CTX *server_ctx UNUSED, SSL *server, SSL *client UNUSED) {
    X509_VERIFY_PARAM_set_flags(SSL_get0_param(server), X509_V_FLAG_CRL_CHECK);
}

static X509_STORE *store_of(const char *file) {
    X509_STORE *store = X509_STORE_new();
    MUST(X509_STORE_load_locations(store, path(file), NULL));
    return store;
}

static void other_store(SSL_CTX *server_ctx, SSL *server UNUSED, SSL *client UNUSED) {
    SSL_CTX_set_cert_store(server_ctx, store_of("other.pem"));
}

static void both_roots(SSL_CTX *server_ctx, SSL *server UNUSED, SSL *client UNUSED) {
    X509_STORE *store = store_of("roots.pem");
    SSL_CTX_set1_cert_store(server_ctx, store);
    X509_STORE_free(store);
}

static void verify_store_in_ssl(SSL_CTX *server_ctx UNUSED, SSL *server, SSL *client UNUSED) {
    X509_STORE *store = store_of("other.pem");
    say("set1_verify_cert_store: %ld", (long)SSL_set1_verify_cert_store(server, store));
    X509_STORE_free(store);
}

static void verify_store_in_ctx(SSL_CTX *server_ctx, SSL *server UNUSED, SSL *client UNUSED) {
    say("set0_verify_cert_store: %ld", (long)SSL_CTX_set0_verify_cert_store(server_ctx, store_of("other.pem")));
}

static void right_host(SSL_CTX *server_ctx UNUSED, SSL *server UNUSED, SSL *client) {
    say("set1_host: %d", SSL_set1_host(client, "localhost"));
}

static void wrong_host(SSL_CTX *server_ctx UNUSED, SSL *server UNUSED, SSL *client) {
    say("set1_host: %d", SSL_set1_host(client, "example.org"));
}

static void second_host(SSL_CTX *server_ctx UNUSED, SSL *server UNUSED, SSL *client) {
    say("set1_host: %d", SSL_set1_host(client, "example.org"));
    say("add1_host: %d", SSL_add1_host(client, "localhost"));
}

static void wild_host(SSL_CTX *server_ctx UNUSED, SSL *server UNUSED, SSL *client) {
    say("set1_host: %d", SSL_set1_host(client, "a.wild.localhost"));
}

static void no_wildcards(SSL_CTX *server_ctx UNUSED, SSL *server UNUSED, SSL *client) {
    say("set1_host: %d", SSL_set1_host(client, "a.wild.localhost"));
    SSL_set_hostflags(client, X509_CHECK_FLAG_NO_WILDCARDS);
}

static void address(SSL_CTX *server_ctx UNUSED, SSL *server UNUSED, SSL *client) {
    say("set1_ip_asc: %d", X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(client), "127.0.0.1"));
}

static void own_param(SSL_CTX *server_ctx UNUSED, SSL *server, SSL *client UNUSED) {
    X509_VERIFY_PARAM *param = X509_VERIFY_PARAM_new();
    X509_VERIFY_PARAM_set_time(param, 86400);
    say("set1_param: %d", SSL_set1_param(server, param));
    X509_VERIFY_PARAM_free(param);
}

static void purpose(SSL_CTX *server_ctx UNUSED, SSL *server, SSL *client UNUSED) {
    say("set_purpose: %d", SSL_set_purpose(server, X509_PURPOSE_SSL_SERVER));
}

static void any_purpose(SSL_CTX *server_ctx UNUSED, SSL *server, SSL *client UNUSED) {
    say("set_purpose: %d", SSL_set_purpose(server, X509_PURPOSE_ANY));
}

static void partial_chain(SSL_CTX *server_ctx, SSL *server UNUSED, SSL *client UNUSED) {
    SSL_CTX_set_cert_store(server_ctx, store_of("lower.pem"));
    X509_VERIFY_PARAM_set_flags(SSL_get0_param(server), X509_V_FLAG_PARTIAL_CHAIN);
}

static void body(void) {
    for EACH_VERSION (version) {
        run(version, "as it is", NULL);
        run(version, "a CRL is missing", crl_missing);
        run(version, "a CRL is missing, asked by the SSL", crl_missing_in_ssl);
        run(version, "not revoked", crl);
        client_cert = "revoked";
        run(version, "revoked", crl);
        client_cert = "stranger";
        run(version, "stranger, both roots", both_roots);
        run(version, "stranger, the other store", other_store);
        run(version, "stranger, verify store in the SSL", verify_store_in_ssl);
        run(version, "stranger, verify store set after SSL_new", verify_store_in_ctx);
        client_cert = "client";
        run(version, "the other store", other_store);
        run(version, "the other verify store in the SSL", verify_store_in_ssl);
        run(version, "right host", right_host);
        run(version, "wrong host", wrong_host);
        run(version, "second host", second_host);
        run(version, "address", address);
        run(version, "verified in 1970", own_param);
        run(version, "purpose of a server", purpose);
        client_cert = "purpose";
        run(version, "any purpose", any_purpose);
        client_cert = "chained";
        run(version, "partial chain", partial_chain);
        client_cert = "client", server_cert = "server2";
        run(version, "wildcard", wild_host);
        run(version, "no wildcards", no_wildcards);
        server_cert = "server";
    }
}

SINGLE(body)
