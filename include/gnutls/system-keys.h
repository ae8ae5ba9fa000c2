// Constants and types.
#ifndef STANDIN_GNUTLS_SYSTEM_KEYS_H
#define STANDIN_GNUTLS_SYSTEM_KEYS_H

#include "gnutls.h"

#endif
