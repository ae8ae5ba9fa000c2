// What this header of the original has is in bio.h.
#ifndef STANDIN_OPENSSL_BIOERR_H
#define STANDIN_OPENSSL_BIOERR_H

#include "bio.h"

#endif
