// What this header of the original has is in evp.h.
#ifndef STANDIN_OPENSSL_MD5_H
#define STANDIN_OPENSSL_MD5_H

#include "evp.h"

#endif
