// Names in UTF-8 that a client asks for: they are sent in A-labels.
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
    static const char *names[] = {"b\xc3\xbc" "cher.example", "B\xc3\x9c" "CHER.example", "fa\xc3\x9f.de", "\xff\xfe", "\xe2\x98\xba.example", "tab\there", "\xe4\xbe\x8b\xe3\x81\x88.jp"};
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : "client", "root.pem");
    for (int i = 0; i < COUNT(names); i++)
        one(cred, 1, GNUTLS_NAME_DNS, names[i], strlen(names[i]));
    one(cred, 1, GNUTLS_NAME_DNS, "nul\0inside", 10);
    gnutls_certificate_free_credentials(cred);
}

SIDES(both, both)
