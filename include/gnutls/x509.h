// Certificates, private keys, revocation and trust lists.
#ifndef STANDIN_GNUTLS_X509_H
#define STANDIN_GNUTLS_X509_H

#include "gnutls.h"

#endif
