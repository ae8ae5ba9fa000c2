// A stapled OCSP response: asked for, given, judged by the client.
#include "common.h"

static const unsigned char response[] = {0x30, 0x03, 0x0a, 0x01, 0x06}; // "unauthorized", DER
static int server_answer, client_answer;

static int give(SSL *ssl, void *arg) {
    say("server's callback, argument %s, type %ld", (const char *)arg, SSL_get_tlsext_status_type(ssl));
    if (server_answer == SSL_TLSEXT_ERR_OK) {
        unsigned char *copy = OPENSSL_memdup(response, sizeof response);
        say("set: %ld", SSL_set_tlsext_status_ocsp_resp(ssl, copy, sizeof response));
    }
    return server_answer;
}

static int take(SSL *ssl, void *arg) {
    const unsigned char *staple = NULL;
    long length = SSL_get_tlsext_status_ocsp_resp(ssl, &staple);
    say("client's callback, argument %s: %ld bytes, the same %d", (const char *)arg, length,
        length == (long)sizeof response && memcmp(staple, response, sizeof response) == 0);
    return client_answer;
}

static void run(int version, int ask, int server_, int client_) {
    CASE("%s: asks %d, server %d, client %d", version_name(version), ask, server_, client_);
    server_answer = server_, client_answer = client_;
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_tlsext_status_cb(server_ctx, give);
    SSL_CTX_set_tlsext_status_arg(server_ctx, "server's");
    SSL_CTX_set_tlsext_status_cb(ctx, take);
    SSL_CTX_set_tlsext_status_arg(ctx, "client's");
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    if (ask)
        say("set type: %ld", SSL_set_tlsext_status_type(client, TLSEXT_STATUSTYPE_ocsp));
    join(client, server, 0);
    int done = shake_both(client, server);
    const unsigned char *staple;
    long length = SSL_get_tlsext_status_ocsp_resp(client, &staple);
    say("done %d, after the handshake %ld bytes", done, length);
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version) {
        run(version, 0, SSL_TLSEXT_ERR_OK, 1);
        run(version, 1, SSL_TLSEXT_ERR_OK, 1);
        run(version, 1, SSL_TLSEXT_ERR_OK, 0);
        run(version, 1, SSL_TLSEXT_ERR_OK, -1);
        run(version, 1, SSL_TLSEXT_ERR_NOACK, 1);
        run(version, 1, SSL_TLSEXT_ERR_NOACK, 0);
        run(version, 1, SSL_TLSEXT_ERR_ALERT_FATAL, 1);
    }
}

SINGLE(body)
