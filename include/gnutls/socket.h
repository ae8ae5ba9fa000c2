// Constants and types.
#ifndef STANDIN_GNUTLS_SOCKET_H
#define STANDIN_GNUTLS_SOCKET_H

#include "gnutls.h"

#endif
