// What this header of the original has is in evp.h.
#ifndef STANDIN_OPENSSL_ENGINE_H
#define STANDIN_OPENSSL_ENGINE_H

#include "evp.h"

#endif
