// What this header of the original has is in x509.h.
#ifndef STANDIN_OPENSSL_X509ERR_H
#define STANDIN_OPENSSL_X509ERR_H

#include "x509.h"

#endif
