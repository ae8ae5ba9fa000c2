// Keys of RSA that sign but cannot be exported, as those on a token: the signature is made by the method of the key, for client
// and server.
#include "token.h"

static EVP_PKEY *token;
static RSA_METHOD *method;

static int sign_rsa(int length, const unsigned char *from, unsigned char *to, RSA *rsa UNUSED, int padding) {
    signatures++;
    return RSA_private_encrypt(length, from, to, (RSA *)EVP_PKEY_get0_RSA(token), padding);
}

// A key with the public half of `real` and a method of its own.
static EVP_PKEY *on_token(EVP_PKEY *real) {
    EVP_PKEY *key = EVP_PKEY_new();
    RSA *rsa = RSA_new();
    const RSA *old = EVP_PKEY_get0_RSA(real);
    MUST(RSA_set0_key(rsa, BN_dup(RSA_get0_n(old)), BN_dup(RSA_get0_e(old)), NULL));
    MUST(RSA_set_method(rsa, method));
    MUST(EVP_PKEY_assign_RSA(key, rsa));
    return key;
}

static void body(void) {
    method = RSA_meth_dup(RSA_get_default_method());
    RSA_meth_set_flags(method, RSA_meth_get_flags(method) | RSA_FLAG_EXT_PKEY | RSA_METHOD_FLAG_NO_CHECK);
    RSA_meth_set_priv_enc(method, sign_rsa);
    EVP_PKEY *client_key = load_key("client"), *rsa_real = load_key("rsa"), *server_real = load_key("server-rsa");
    EVP_PKEY *rsa_key = on_token(rsa_real), *server_key = on_token(server_real);
    for EACH_VERSION (version) {
        token = rsa_real;
        run(version, "rsa", rsa_key, "server", NULL);
        token = server_real;
        run(version, "client", client_key, "server-rsa", server_key);
    }
    EVP_PKEY *keys[] = {client_key, rsa_real, server_real, rsa_key, server_key};
    for (int i = 0; i < COUNT(keys); i++)
        EVP_PKEY_free(keys[i]);
    RSA_meth_free(method);
}

SINGLE(body)
