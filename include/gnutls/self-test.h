// Constants and types.
#ifndef STANDIN_GNUTLS_SELF_TEST_H
#define STANDIN_GNUTLS_SELF_TEST_H

#include "gnutls.h"

#endif
