// Lists of anything; safestack.h has those of something.
#ifndef STANDIN_OPENSSL_STACK_H
#define STANDIN_OPENSSL_STACK_H

#include "../standin.h"

#endif
