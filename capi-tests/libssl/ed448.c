// Keys of Ed448.
#include "kinds.h"

static const struct kind kinds[] = {
    {"ed448", EVP_PKEY_ED448, 0, 0, NULL},
};

static void body(void) { with_each(kinds, COUNT(kinds)); }

SINGLE(body)
