// What this header of the original has is in crypto.h.
#ifndef STANDIN_OPENSSL_OSSL_TYP_H
#define STANDIN_OPENSSL_OSSL_TYP_H

#include "crypto.h"

#endif
