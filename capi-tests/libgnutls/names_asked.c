// Names that a client asks for: whatever is printable is sent as it is, and what a server refuses.
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
