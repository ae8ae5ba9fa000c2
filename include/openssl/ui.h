// Prompts.
#ifndef STANDIN_OPENSSL_UI_H
#define STANDIN_OPENSSL_UI_H

#pragma GCC system_header

#include "../standin.h"

#define UI_INPUT_FLAG_ECHO 0x1
#define UI_INPUT_FLAG_DEFAULT_PWD 0x2
#define UI_INPUT_FLAG_USER_BASE 16
#define UI_CTRL_PRINT_ERRORS 1
#define UI_CTRL_IS_REDOABLE 2

#define UI_get_ex_new_index(l, p, newf, dupf, freef) \
    CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_UI, (l), (p), (newf), (dupf), (freef))

#endif
