// A key that refuses to sign, as a token does whose PIN is wrong: an alert, and the reason on the queue.
#include "token.h"

static int sign_ec_der(int type UNUSED, const unsigned char *digest UNUSED, int length UNUSED, unsigned char *out UNUSED,
                       unsigned int *out_length UNUSED, const BIGNUM *kinv UNUSED, const BIGNUM *r UNUSED,
                       EC_KEY *key UNUSED) {
    signatures++;
    return 0;
}

static EVP_PKEY *refusing(EC_KEY_METHOD *method, const char *name) {
    EVP_PKEY *real = load_key(name), *key = EVP_PKEY_new();
    EC_KEY *ec = EC_KEY_new();
    const EC_KEY *old = EVP_PKEY_get0_EC_KEY(real);
    MUST(EC_KEY_set_group(ec, EC_KEY_get0_group(old)));
    MUST(EC_KEY_set_public_key(ec, EC_KEY_get0_public_key(old)));
    MUST(EC_KEY_set_method(ec, method));
    MUST(EVP_PKEY_assign_EC_KEY(key, ec));
    EVP_PKEY_free(real);
    return key;
}

static void later(EVP_PKEY *key) {
    CASE("after the handshake");
    SSL_CTX *ctx = new_client(T13), *server_ctx = new_server(T13);
    X509 *cert = load_cert("client");
    SSL_CTX_use_certificate(ctx, cert);
    SSL_CTX_use_PrivateKey(ctx, key);
    X509_free(cert);
    SSL_CTX_set_post_handshake_auth(ctx, 1);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    say("done %d", shake_both(client, server));
    SSL_set_verify(server, SSL_VERIFY_PEER, NULL);
    say("ask: %d", SSL_verify_client_post_handshake(server));
    say("sent: %d", SSL_do_handshake(server));
    char byte;
    signatures = 0;
    say_result(client, "the client reads", SSL_read(client, &byte, 1));
    // The original's Certificate has left by then, so that its server is in a handshake: -1, and not 0.
    say("the server reads: %d", SSL_read(server, &byte, 1) > 0);
    say_queue();
    say("asked to sign: %d", signatures);
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void refused(int version, EVP_PKEY *client_key, EVP_PKEY *server_key) {
    CASE("%s: the %s's key", version_name(version), client_key ? "client" : "server");
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    X509 *cert = load_cert(client_key ? "client" : "server");
    SSL_CTX *its = client_key ? ctx : server_ctx;
    SSL_CTX_use_certificate(its, cert);
    SSL_CTX_use_PrivateKey(its, client_key ? client_key : server_key);
    X509_free(cert);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    signatures = 0;
    say("done %d, asked to sign: %d", shake_both(client, server), signatures);
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    EC_KEY_METHOD *method = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
    EC_KEY_METHOD_set_sign(method, sign_ec_der, NULL, NULL);
    EVP_PKEY *client = refusing(method, "client"), *server = refusing(method, "server");
    for EACH_VERSION (version) {
        refused(version, client, NULL);
        refused(version, NULL, server);
    }
    later(client);
    EVP_PKEY_free(client), EVP_PKEY_free(server);
    EC_KEY_METHOD_free(method);
}

SINGLE(body)
