// Constants and types.
#ifndef STANDIN_GNUTLS_COMPAT_H
#define STANDIN_GNUTLS_COMPAT_H

#include "gnutls.h"

#endif
