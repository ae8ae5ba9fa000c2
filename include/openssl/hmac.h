// HMAC.
#ifndef STANDIN_OPENSSL_HMAC_H
#define STANDIN_OPENSSL_HMAC_H

#include "../standin.h"
#include "evp.h"

#define HMAC_MAX_MD_CBLOCK 200

#endif
