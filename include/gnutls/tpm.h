// Constants and types.
#ifndef STANDIN_GNUTLS_TPM_H
#define STANDIN_GNUTLS_TPM_H

#include "gnutls.h"

#endif
