// What this header of the original has is in crypto.h.
#ifndef STANDIN_OPENSSL_CONFIGURATION_H
#define STANDIN_OPENSSL_CONFIGURATION_H

#include "crypto.h"

#endif
