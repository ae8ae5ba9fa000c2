// What this header of the original has is in stack.h.
#ifndef STANDIN_OPENSSL_LHASH_H
#define STANDIN_OPENSSL_LHASH_H

#include "stack.h"

#endif
