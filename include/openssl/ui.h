// Prompts.
#ifndef STANDIN_OPENSSL_UI_H
#define STANDIN_OPENSSL_UI_H

#include "../standin.h"

#define UI_INPUT_FLAG_ECHO 0x1
#define UI_INPUT_FLAG_DEFAULT_PWD 0x2
#define UI_INPUT_FLAG_USER_BASE 16
#define UI_CTRL_PRINT_ERRORS 1
#define UI_CTRL_IS_REDOABLE 2

#endif
