// What this header of the original has is in crypto.h.
#ifndef STANDIN_OPENSSL_E_OS2_H
#define STANDIN_OPENSSL_E_OS2_H

#include "crypto.h"

#endif
