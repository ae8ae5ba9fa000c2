// Constants and types.
#ifndef STANDIN_GNUTLS_PKCS11_H
#define STANDIN_GNUTLS_PKCS11_H

#include "gnutls.h"

#endif
