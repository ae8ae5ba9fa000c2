// What this header of the original has is in ssl.h.
#ifndef STANDIN_OPENSSL_SSLERR_H
#define STANDIN_OPENSSL_SSLERR_H

#include "ssl.h"

#endif
