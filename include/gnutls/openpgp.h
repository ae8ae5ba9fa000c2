// Constants and types.
#ifndef STANDIN_GNUTLS_OPENPGP_H
#define STANDIN_GNUTLS_OPENPGP_H

#include "gnutls.h"

#endif
