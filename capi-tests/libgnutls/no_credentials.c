// Who has set no credentials gets no connection, on either side.
#include "common.h"

static void both(void) {
    static const char *versions[] = {T12, T13, "NORMAL"};
    for (int version = 0; version < COUNT(versions); version++)
        for (int who = 0; who < 2; who++) {
            CASE("%s, %s has none", versions[version], who ? "the server" : "the client");
            gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : NULL, "root.pem");
            gnutls_session_t session = connected(cred, 0, versions[version]);
            if (who == is_server)
                gnutls_credentials_clear(session);
            say("fails: %d", shake(session) < 0);
            finish(session);
            gnutls_certificate_free_credentials(cred);
        }
}

SIDES(both, both)
