// What this header of the original has is in x509v3.h.
#ifndef STANDIN_OPENSSL_X509V3ERR_H
#define STANDIN_OPENSSL_X509V3ERR_H

#include "x509v3.h"

#endif
