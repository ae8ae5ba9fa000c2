// Constants and types.
#ifndef STANDIN_GNUTLS_DTLS_H
#define STANDIN_GNUTLS_DTLS_H

#include "gnutls.h"

#endif
