// SSL_CTX_get_client_cert_cb returns what was set; NULL means no callback; the SSL_CTX's setting
// of the moment counts, not that of SSL_new.
#include "common.h"

static int called;

static int first(SSL *ssl UNUSED, X509 **cert UNUSED, EVP_PKEY **key UNUSED) {
    called = 1;
    return 0;
}

static int second(SSL *ssl UNUSED, X509 **cert UNUSED, EVP_PKEY **key UNUSED) {
    called = 2;
    return 0;
}

static const char *name_of(int (*callback)(SSL *, X509 **, EVP_PKEY **)) {
    return !callback ? "NULL" : callback == first ? "first" : callback == second ? "second" : "?";
}

static void connect_with(SSL_CTX *ctx, SSL_CTX *server_ctx, int (*before)(SSL *, X509 **, EVP_PKEY **),
                         int (*after)(SSL *, X509 **, EVP_PKEY **)) {
    SSL_CTX_set_client_cert_cb(ctx, before);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    SSL_CTX_set_client_cert_cb(ctx, after);
    join(client, server, 0);
    called = 0;
    int done = shake_both(client, server);
    say("set %s, then %s: done %d, called %d", name_of(before), name_of(after), done, called);
    SSL_free(client);
    SSL_free(server);
}

static void body(void) {
    for EACH_VERSION (version) {
        CASE("%s", version_name(version));
        SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
        SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
        say("at first: %s", name_of(SSL_CTX_get_client_cert_cb(ctx)));
        SSL_CTX_set_client_cert_cb(ctx, first);
        say("set: %s", name_of(SSL_CTX_get_client_cert_cb(ctx)));
        SSL_CTX_set_client_cert_cb(ctx, second);
        say("set again: %s", name_of(SSL_CTX_get_client_cert_cb(ctx)));
        SSL_CTX_set_client_cert_cb(ctx, NULL);
        say("unset: %s", name_of(SSL_CTX_get_client_cert_cb(ctx)));
        connect_with(ctx, server_ctx, first, first);
        connect_with(ctx, server_ctx, first, second);
        connect_with(ctx, server_ctx, NULL, first);
        connect_with(ctx, server_ctx, first, NULL);
        SSL_CTX_free(ctx);
        SSL_CTX_free(server_ctx);
    }
}

SINGLE(body)
