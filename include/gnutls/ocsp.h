// OCSP responses.
#ifndef STANDIN_GNUTLS_OCSP_H
#define STANDIN_GNUTLS_OCSP_H

#include "gnutls.h"

#endif
