// Names that a client asks for: whatever is printable is sent as it is, and what a server refuses.
#include "names.h"

static void both(void) {
    static const char *names[] = {"", "a", "LocalHost", "localhost.", "127.0.0.1", "::1", "[::1]", "a..b", "-bad-", "under_score",
                                  "xn--bcher-kva.example", "sp ace", "*.example.org", ".lead", "a/b"};
    static const size_t lengths[] = {63, 64, 253, 255, 256, 60000};
    static char longest[60000];
    memset(longest, 'a', sizeof longest);
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : "client", "root.pem");
    for (int version = 0; version < 2; version++) {
        for (int i = 0; i < COUNT(names); i++)
            one(cred, version, GNUTLS_NAME_DNS, names[i], strlen(names[i]));
        for (int i = 0; i < COUNT(lengths); i++)
            one(cred, version, GNUTLS_NAME_DNS, longest, lengths[i]);
        one(cred, version, 77, "other.example", 13);
    }
    gnutls_certificate_free_credentials(cred);
}

SIDES(both, both)
