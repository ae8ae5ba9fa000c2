// Buffers.
#ifndef STANDIN_OPENSSL_BUFFER_H
#define STANDIN_OPENSSL_BUFFER_H

#pragma GCC system_header

#include "../standin.h"

#define BUF_MEM_FLAG_SECURE 0x1

#define BUF_strdup(s) OPENSSL_strdup((s))
#define BUF_strndup(s, size) OPENSSL_strndup((s), (size))
#define BUF_memdup(data, size) OPENSSL_memdup((data), (size))

#endif
