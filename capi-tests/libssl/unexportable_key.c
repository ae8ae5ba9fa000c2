// Keys on curves that sign but cannot be exported, as those on a token: the signature is made by the method of the key, for
// client and server.
#include "token.h"

static EVP_PKEY *token;
static EC_KEY_METHOD *method;

static ECDSA_SIG *sign_ec(const unsigned char *digest, int length, const BIGNUM *kinv UNUSED, const BIGNUM *r UNUSED,
                          EC_KEY *key UNUSED) {
    signatures++;
    return ECDSA_do_sign(digest, length, (EC_KEY *)EVP_PKEY_get0_EC_KEY(token));
}

static int sign_ec_der(int type UNUSED, const unsigned char *digest, int length, unsigned char *out, unsigned int *out_length,
                       const BIGNUM *kinv, const BIGNUM *r, EC_KEY *key) {
    ECDSA_SIG *signature = sign_ec(digest, length, kinv, r, key);
    *out_length = i2d_ECDSA_SIG(signature, &out);
    ECDSA_SIG_free(signature);
    return 1;
}

// A key with the public half of `real` and a method of its own.
static EVP_PKEY *on_token(EVP_PKEY *real) {
    EVP_PKEY *key = EVP_PKEY_new();
    EC_KEY *ec = EC_KEY_new();
    const EC_KEY *old = EVP_PKEY_get0_EC_KEY(real);
    MUST(EC_KEY_set_group(ec, EC_KEY_get0_group(old)));
    MUST(EC_KEY_set_public_key(ec, EC_KEY_get0_public_key(old)));
    MUST(EC_KEY_set_method(ec, method) && EC_KEY_get_method(ec) == method);
    MUST(EVP_PKEY_assign_EC_KEY(key, ec));
    return key;
}

static void body(void) {
    method = EC_KEY_METHOD_new(EC_KEY_OpenSSL());
    EC_KEY_METHOD_set_sign(method, sign_ec_der, NULL, sign_ec);
    EVP_PKEY *client_real = load_key("client"), *server_real = load_key("server"), *p384_real = load_key("p384");
    EVP_PKEY *client_key = on_token(client_real), *server_key = on_token(server_real), *p384_key = on_token(p384_real);
    for EACH_VERSION (version) {
        token = client_real;
        run(version, "client", client_key, "server", NULL);
        token = server_real;
        run(version, "client", client_real, "server", server_key);
        token = p384_real;
        run(version, "p384", p384_key, "server", NULL);
    }
    EVP_PKEY *keys[] = {client_real, server_real, p384_real, client_key, server_key, p384_key};
    for (int i = 0; i < COUNT(keys); i++)
        EVP_PKEY_free(keys[i]);
    EC_KEY_METHOD_free(method);
}

SINGLE(body)
