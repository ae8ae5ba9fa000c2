// Keys wherever they are, pcerts.
#ifndef STANDIN_GNUTLS_ABSTRACT_H
#define STANDIN_GNUTLS_ABSTRACT_H

#include <limits.h>

#include "gnutls.h"

#endif
