// Constants and types.
#ifndef STANDIN_GNUTLS_PKCS7_H
#define STANDIN_GNUTLS_PKCS7_H

#include "gnutls.h"

#endif
