// Keys that sign but cannot be exported, as those on a token: the signature is made by the method of
// the key, for client and server, P-256 and RSA.
#include "common.h"
#include <openssl/ec.h>
#include <openssl/rsa.h>

static EVP_PKEY *token_ec, *token_rsa;
static EC_KEY_METHOD *ec_method;
static RSA_METHOD *rsa_method;
static int signatures;

static ECDSA_SIG *sign_ec(const unsigned char *digest, int length, const BIGNUM *kinv UNUSED, const BIGNUM *r UNUSED,
                          EC_KEY *key UNUSED) {
    signatures++;
    return ECDSA_do_sign(digest, length, (EC_KEY *)EVP_PKEY_get0_EC_KEY(token_ec));
}

static int sign_ec_der(int type UNUSED, const unsigned char *digest, int length, unsigned char *out, unsigned int *out_length,
                       const BIGNUM *kinv, const BIGNUM *r, EC_KEY *key) {
    ECDSA_SIG *signature = sign_ec(digest, length, kinv, r, key);
    *out_length = i2d_ECDSA_SIG(signature, &out);
    ECDSA_SIG_free(signature);
    return 1;
}

static int sign_rsa(int length, const unsigned char *from, unsigned char *to, RSA *rsa UNUSED, int padding) {
    signatures++;
    return RSA_private_encrypt(length, from, to, (RSA *)EVP_PKEY_get0_RSA(token_rsa), padding);
}

// A key with the public half of `real` and a method of its own.
static EVP_PKEY *on_token(EVP_PKEY *real) {
    EVP_PKEY *key = EVP_PKEY_new();
    if (EVP_PKEY_is_a(real, "EC")) {
        EC_KEY *ec = EC_KEY_new();
        const EC_KEY *old = EVP_PKEY_get0_EC_KEY(real);
        MUST(EC_KEY_set_group(ec, EC_KEY_get0_group(old)));
        MUST(EC_KEY_set_public_key(ec, EC_KEY_get0_public_key(old)));
        MUST(EC_KEY_set_method(ec, ec_method));
        MUST(EVP_PKEY_assign_EC_KEY(key, ec));
    } else {
        RSA *rsa = RSA_new();
        const RSA *old = EVP_PKEY_get0_RSA(real);
        MUST(RSA_set0_key(rsa, BN_dup(RSA_get0_n(old)), BN_dup(RSA_get0_e(old)), NULL));
        MUST(RSA_set_method(rsa, rsa_method));
        MUST(EVP_PKEY_assign_RSA(key, rsa));
    }
    return key;
}

static void run(int version, const char *client_cert, EVP_PKEY *client_key, const char *server_cert, EVP_PKEY *server_key) {
    CASE("%s: client %s, server %s", version_name(version), client_cert, server_cert);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    X509 *cert = load_cert(client_cert);
    say("client's certificate %d", SSL_CTX_use_certificate(ctx, cert));
    say("client's key %d", SSL_CTX_use_PrivateKey(ctx, client_key));
    X509_free(cert);
    if (server_key) {
        cert = load_cert(server_cert);
        say("server's certificate %d", SSL_CTX_use_certificate(server_ctx, cert));
        say("server's key %d", SSL_CTX_use_PrivateKey(server_ctx, server_key));
        say("check %d", SSL_CTX_check_private_key(server_ctx));
        X509_free(cert);
    }
    say_queue();
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    signatures = 0;
    int done = shake_both(client, server);
    say("done %d, signatures by the token: %d", done, signatures);
    say_peer(server);
    say("the server's key is of type %s", EVP_PKEY_get0_type_name(X509_get0_pubkey(SSL_get0_peer_certificate(client))));
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    ec_method = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
    EC_KEY_METHOD_set_sign(ec_method, sign_ec_der, NULL, sign_ec);
    rsa_method = RSA_meth_dup(RSA_get_default_method());
    RSA_meth_set_flags(rsa_method, RSA_meth_get_flags(rsa_method) | RSA_FLAG_EXT_PKEY | RSA_METHOD_FLAG_NO_CHECK);
    RSA_meth_set_priv_enc(rsa_method, sign_rsa);
    EVP_PKEY *client_real = load_key("client"), *rsa_real = load_key("rsa"), *server_rsa = load_key("server-rsa");
    EVP_PKEY *client_key = on_token(client_real), *rsa_key = on_token(rsa_real), *server_key = on_token(server_rsa);
    for EACH_VERSION (version) {
        token_ec = client_real, token_rsa = rsa_real;
        run(version, "client", client_key, "server", NULL);
        run(version, "rsa", rsa_key, "server", NULL);
        token_rsa = server_rsa;
        run(version, "client", client_key, "server-rsa", server_key);
    }
    EVP_PKEY *keys[] = {client_real, rsa_real, server_rsa, client_key, rsa_key, server_key};
    for (int i = 0; i < COUNT(keys); i++)
        EVP_PKEY_free(keys[i]);
    EC_KEY_METHOD_free(ec_method);
    RSA_meth_free(rsa_method);
}

SINGLE(body)
