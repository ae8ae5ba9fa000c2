// DSA keys.
#ifndef STANDIN_OPENSSL_DSA_H
#define STANDIN_OPENSSL_DSA_H

#pragma GCC system_header

#include "../standin.h"

#define EVP_PKEY_CTRL_DSA_PARAMGEN_BITS 0x1001
#define EVP_PKEY_CTRL_DSA_PARAMGEN_Q_BITS 0x1002
#define EVP_PKEY_CTRL_DSA_PARAMGEN_MD 0x1003
#define OPENSSL_DSA_MAX_MODULUS_BITS 10000
#define OPENSSL_DSA_FIPS_MIN_MODULUS_BITS 1024
#define DSA_FLAG_NO_EXP_CONSTTIME 0x0
#define DSA_FLAG_CACHE_MONT_P 0x1
#define DSA_FLAG_FIPS_METHOD 0x400
#define DSA_FLAG_NON_FIPS_ALLOW 0x400
#define DSA_FLAG_FIPS_CHECKED 0x800
#define DSS_prime_checks 64

#define DSA_get_ex_new_index(l, p, newf, dupf, freef) \
    CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_DSA, (l), (p), (newf), (dupf), (freef))

#endif
