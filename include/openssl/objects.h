// Object identifiers.
#ifndef STANDIN_OPENSSL_OBJECTS_H
#define STANDIN_OPENSSL_OBJECTS_H

#pragma GCC system_header

#include "../standin.h"
#include "obj_mac.h"
#include "asn1.h"
#include "bio.h"

#define OBJ_R_OID_EXISTS 102
#define OBJ_R_UNKNOWN_NID 101
#define OBJ_R_UNKNOWN_OBJECT_NAME 103
#define OBJ_NAME_TYPE_UNDEF 0x0
#define OBJ_NAME_TYPE_MD_METH 0x1
#define OBJ_NAME_TYPE_CIPHER_METH 0x2
#define OBJ_NAME_TYPE_PKEY_METH 0x3
#define OBJ_NAME_TYPE_COMP_METH 0x4
#define OBJ_NAME_TYPE_MAC_METH 0x5
#define OBJ_NAME_TYPE_KDF_METH 0x6
#define OBJ_NAME_TYPE_NUM 0x7
#define OBJ_NAME_ALIAS 0x8000
#define OBJ_BSEARCH_VALUE_ON_NOMATCH 0x1
#define OBJ_BSEARCH_FIRST_VALUE_ON_MATCH 0x2

#define OBJ_cleanup() do { } while (0)

#endif
