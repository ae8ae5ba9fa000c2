// Lengths of -1 as size_t, where only a part of a buffer is used.
#include "common.h"

static char data[65536];

static void server(void) {
    for (int v = 0; v < 2; v++) {
        CASE("%s", v ? "TLS 1.3" : "TLS 1.2");
        gnutls_certificate_credentials_t cred = credentials("server", NULL);
        gnutls_session_t session = connected(cred, 0, v ? T13 : T12);
        say_handshake(session);
        say_result("send -1", gnutls_record_send(session, data, (size_t)-1));
        say_result("send", gnutls_record_send(session, "two", 3));
        get(session);
        finish(session);
        gnutls_certificate_free_credentials(cred);
    }
}

static void client(void) {
    for (int v = 0; v < 2; v++) {
        CASE("%s", v ? "TLS 1.3" : "TLS 1.2");
        gnutls_certificate_credentials_t cred = credentials(NULL, "root.pem");
        gnutls_session_t session = connected(cred, 0, v ? T13 : T12);
        say_handshake(session);
        for (int part = 0; part < 2; part++) {
            ssize_t got;
            while ((got = gnutls_record_recv(session, data, (size_t)-1)) == GNUTLS_E_AGAIN)
                ;
            say_result("recv -1", got);
        }
        put(session, "done");
        finish(session);
        gnutls_certificate_free_credentials(cred);
    }
}

SIDES(server, client)
