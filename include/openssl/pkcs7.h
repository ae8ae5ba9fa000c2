// What this header of the original has is in x509.h.
#ifndef STANDIN_OPENSSL_PKCS7_H
#define STANDIN_OPENSSL_PKCS7_H

#include "x509.h"

#endif
