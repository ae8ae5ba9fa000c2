// Keys of RSA that are shorter than security level 2 allows.
#include "kinds.h"

static const struct kind kinds[] = {
    {"rsa 1024", EVP_PKEY_RSA, 1024, 0, NULL},
};

static void body(void) { with_each(kinds, COUNT(kinds)); }

SINGLE(body)
