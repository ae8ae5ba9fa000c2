// Large numbers.
#ifndef STANDIN_OPENSSL_BN_H
#define STANDIN_OPENSSL_BN_H

#pragma GCC system_header

#include "../standin.h"

#define BN_BYTES 8
#define BN_BITS2 64
#define BN_BITS 128
#define BN_TBIT 0x8000000000000000
#define BN_FLG_MALLOCED 0x1
#define BN_FLG_STATIC_DATA 0x2
#define BN_FLG_CONSTTIME 0x4
#define BN_FLG_SECURE 0x8
#define BN_FLG_EXP_CONSTTIME 0x4
#define BN_FLG_FREE 0x8000
#define BN_RAND_TOP_ANY (-1)
#define BN_RAND_TOP_ONE 0
#define BN_RAND_TOP_TWO 1
#define BN_RAND_BOTTOM_ANY 0
#define BN_RAND_BOTTOM_ODD 1
#define BN_prime_checks 0
#define BN_BLINDING_NO_UPDATE 0x1
#define BN_BLINDING_NO_RECREATE 0x2

#define BN_prime_checks_for_size(b) \
    ((b) >= 3747 ? 3 : (b) >= 1345 ? 4 : (b) >= 476 ? 5 : (b) >= 400 ? 6 : (b) >= 347 ? 7 : (b) >= 308 ? 8 : (b) >= 55 ? 27 : 34)
#define BN_num_bytes(a) ((BN_num_bits((a)) + 7) / 8)
#define BN_one(a) (BN_set_word((a), 1))
#define BN_GF2m_cmp(a, b) BN_ucmp((a), (b))

#endif
