// Names in UTF-8 that a client asks for: they are sent in A-labels.
#include "names.h"

static void both(void) {
    static const char *names[] = {"b\xc3\xbc" "cher.example", "B\xc3\x9c" "CHER.example", "fa\xc3\x9f.de", "\xff\xfe", "\xe2\x98\xba.example", "tab\there", "\xe4\xbe\x8b\xe3\x81\x88.jp"};
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : "client", "root.pem");
    for (int i = 0; i < COUNT(names); i++)
        one(cred, 1, GNUTLS_NAME_DNS, names[i], strlen(names[i]));
    one(cred, 1, GNUTLS_NAME_DNS, "nul\0inside", 10);
    gnutls_certificate_free_credentials(cred);
}

SIDES(both, both)
