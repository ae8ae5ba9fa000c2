// What this header of the original has is in x509.h.
#ifndef STANDIN_OPENSSL_PKCS7_H
#define STANDIN_OPENSSL_PKCS7_H

#include "x509.h"

#define PKCS7_type_is_signed(a) (OBJ_obj2nid((a)->type) == NID_pkcs7_signed)

#endif
