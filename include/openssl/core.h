// What this header of the original has is in params.h.
#ifndef STANDIN_OPENSSL_CORE_H
#define STANDIN_OPENSSL_CORE_H

#include "params.h"

#endif
