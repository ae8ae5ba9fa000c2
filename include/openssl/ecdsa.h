// What this header of the original has is in ec.h.
#ifndef STANDIN_OPENSSL_ECDSA_H
#define STANDIN_OPENSSL_ECDSA_H

#include "ec.h"

#endif
