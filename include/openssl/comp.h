// Compression, of which there is none.
#ifndef STANDIN_OPENSSL_COMP_H
#define STANDIN_OPENSSL_COMP_H

#pragma GCC system_header

#include "../standin.h"

#define COMP_R_ZLIB_DEFLATE_ERROR 99
#define COMP_R_ZLIB_INFLATE_ERROR 100
#define COMP_R_ZLIB_NOT_SUPPORTED 101

#endif
