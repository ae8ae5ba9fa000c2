// What this header of the original has is in evp.h.
#ifndef STANDIN_OPENSSL_EVPERR_H
#define STANDIN_OPENSSL_EVPERR_H

#include "evp.h"

#endif
