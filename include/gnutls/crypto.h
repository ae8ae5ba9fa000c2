// Hashes, random bytes.
#ifndef STANDIN_GNUTLS_CRYPTO_H
#define STANDIN_GNUTLS_CRYPTO_H

#include "gnutls.h"

#endif
