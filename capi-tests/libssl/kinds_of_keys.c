// Keys of the kinds that TLS has schemes for, of usual lengths.
#include "kinds.h"

static const struct kind kinds[] = {
    {"rsa 2048", EVP_PKEY_RSA, 2048, 0, NULL},
    {"rsa-pss", EVP_PKEY_RSA_PSS, 2048, 0, NULL},
    {"rsa-pss sha256", EVP_PKEY_RSA_PSS, 2048, 0, "SHA256"},
    {"rsa-pss sha512", EVP_PKEY_RSA_PSS, 2048, 0, "SHA512"},
    {"p-256", EVP_PKEY_EC, 0, NID_X9_62_prime256v1, NULL},
    {"p-384", EVP_PKEY_EC, 0, NID_secp384r1, NULL},
    {"p-521", EVP_PKEY_EC, 0, NID_secp521r1, NULL},
    {"ed25519", EVP_PKEY_ED25519, 0, 0, NULL},
};

static void body(void) { with_each(kinds, COUNT(kinds)); }

SINGLE(body)
