// What a client asks for by a name, and what the server knows of it.
#include "common.h"

static void one(gnutls_certificate_credentials_t cred, int version, unsigned type, const char *name, size_t len) {
    CASE("TLS 1.%d, '%.30s', %zu bytes, type %u", version + 2, name, len, type);
    gnutls_session_t session = connected(cred, 0, version ? T13 : T12);
    if (!is_server)
        say_result("set", gnutls_server_name_set(session, type, name, len));
    say_handshake(session);
    if (is_server) {
        char got[300];
        size_t size = sizeof got;
        unsigned kind = 9;
        int result = gnutls_server_name_get(session, got, &size, &kind, 0);
        say_result("get", result);
        if (result == 0)
            say("%zu bytes: %s, type %u", size, got, kind);
        size = 2;
        say_result("get into 2 bytes", gnutls_server_name_get(session, got, &size, &kind, 0));
        say("%zu", size);
    }
    finish(session);
}
