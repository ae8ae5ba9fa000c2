// What this header of the original has is in asn1.h.
#ifndef STANDIN_OPENSSL_ASN1ERR_H
#define STANDIN_OPENSSL_ASN1ERR_H

#include "asn1.h"

#endif
