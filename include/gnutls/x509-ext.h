// Constants and types.
#ifndef STANDIN_GNUTLS_X509_EXT_H
#define STANDIN_GNUTLS_X509_EXT_H

#include "gnutls.h"

#endif
