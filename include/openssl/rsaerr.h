// What this header of the original has is in rsa.h.
#ifndef STANDIN_OPENSSL_RSAERR_H
#define STANDIN_OPENSSL_RSAERR_H

#include "rsa.h"

#endif
