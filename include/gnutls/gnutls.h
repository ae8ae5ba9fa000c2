// Sessions, credentials, priorities, errors.
#ifndef STANDIN_GNUTLS_GNUTLS_H
#define STANDIN_GNUTLS_GNUTLS_H

#include "types.h"
#include "../standin.h"

#endif
