// PKCS #12.
#ifndef STANDIN_GNUTLS_PKCS12_H
#define STANDIN_GNUTLS_PKCS12_H

#include "gnutls.h"

#endif
