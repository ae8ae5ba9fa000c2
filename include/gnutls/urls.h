// Constants and types.
#ifndef STANDIN_GNUTLS_URLS_H
#define STANDIN_GNUTLS_URLS_H

#include "gnutls.h"

#endif
