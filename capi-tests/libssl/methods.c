// Methods: which context each makes, and what becomes of a context or a connection that is given another.
#include "common.h"

static void of_tls(const char *name, const SSL_METHOD *method) {
    SSL_CTX *ctx = SSL_CTX_new(method);
    say("%s: a context %d", name, ctx != NULL);
    say_queue();
    if (!ctx)
        return;
    SSL *ssl = SSL_new(ctx);
    say("  its own: %d %d, server %d, version %s, ClientHello's %x", SSL_CTX_get_ssl_method(ctx) == method,
        SSL_get_ssl_method(ssl) == method, SSL_is_server(ssl), SSL_get_version(ssl), (unsigned)SSL_client_version(ssl));
    say("  bounds: %d %d, set: %d %d", (int)SSL_CTX_get_min_proto_version(ctx), (int)SSL_CTX_get_max_proto_version(ctx),
        (int)SSL_CTX_set_max_proto_version(ctx, T12), (int)SSL_CTX_get_max_proto_version(ctx));
    say("  another for the connection: %d", SSL_set_ssl_method(ssl, TLS_client_method()));
    say("  its own: %d, the context's: %d", SSL_get_ssl_method(ssl) == TLS_client_method(), SSL_get_ssl_method(ssl) == method);
    MUST(SSL_CTX_set_cipher_list(ctx, "ECDHE-RSA-AES128-GCM-SHA256"));
    int before = sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(ctx));
    say("  another for the context: %d", SSL_CTX_set_ssl_version(ctx, TLS_server_method()));
    say("  its own: %d, other suites: %d", SSL_CTX_get_ssl_method(ctx) == TLS_server_method(),
        sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(ctx)) != before);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}
#define TLS(method) of_tls(#method, method())
// Of datagrams Standin has the methods alone.
#define DTLS(method) say("%s: %d", #method, (uintptr_t)method() > 4096 && method() == method())

static void roles(int version, const SSL_METHOD *client_method, const SSL_METHOD *server_method) {
    CASE("%x", (unsigned)version);
    SSL_CTX *ctx = new_context(client_method, 0), *server_ctx = new_context(server_method, 0);
    use_cert(server_ctx, "server");
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    if (shake_both(client, server) == 1)
        say("%s", SSL_get_version(client));
    SSL_free(client);
    SSL_free(server);
    client = SSL_new(ctx);
    say_result(client, "a client accepts", SSL_accept(client));
    SSL_free(client);
    server = SSL_new(server_ctx);
    say_result(server, "a server connects", SSL_connect(server));
    SSL_free(server);
    SSL_CTX_free(ctx);
    SSL_CTX_free(server_ctx);
}

static void body(void) {
    TLS(TLS_method), TLS(TLS_client_method), TLS(TLS_server_method);
    TLS(TLSv1_2_method), TLS(TLSv1_2_client_method), TLS(TLSv1_2_server_method);
    TLS(TLSv1_1_method), TLS(TLSv1_1_client_method), TLS(TLSv1_1_server_method);
    TLS(TLSv1_method), TLS(TLSv1_client_method), TLS(TLSv1_server_method);
    DTLS(DTLS_method), DTLS(DTLS_client_method), DTLS(DTLS_server_method);
    DTLS(DTLSv1_2_method), DTLS(DTLSv1_2_client_method), DTLS(DTLSv1_2_server_method);
    DTLS(DTLSv1_method), DTLS(DTLSv1_client_method), DTLS(DTLSv1_server_method);
    roles(T12, TLSv1_2_client_method(), TLSv1_2_server_method());
    roles(0, TLS_client_method(), TLS_server_method());
    say("no method: %d", SSL_CTX_new(NULL) != NULL);
    say_queue();
}

SINGLE(body)
