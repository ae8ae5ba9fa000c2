// What this header of the original has is in ssl.h.
#ifndef STANDIN_OPENSSL_CT_H
#define STANDIN_OPENSSL_CT_H

#include "ssl.h"

#endif
