// What this header of the original has is in ssl.h.
#ifndef STANDIN_OPENSSL_DTLS1_H
#define STANDIN_OPENSSL_DTLS1_H

#include "ssl.h"

#endif
