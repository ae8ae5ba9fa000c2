// What this header of the original has is in pem.h.
#ifndef STANDIN_OPENSSL_PEMERR_H
#define STANDIN_OPENSSL_PEMERR_H

#include "pem.h"

#endif
