// HMAC.
#ifndef STANDIN_OPENSSL_HMAC_H
#define STANDIN_OPENSSL_HMAC_H

#pragma GCC system_header

#include "../standin.h"
#include "evp.h"

#define HMAC_MAX_MD_CBLOCK 200

#endif
