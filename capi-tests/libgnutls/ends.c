// How connections end: close_notify, nothing, alerts; and calls after that.
#include "common.h"

static void server(void) {
    for (int v = 0; v < 2; v++)
        for (int how = 0; how < 4; how++) {
            CASE("%s, %d", v ? "TLS 1.3" : "TLS 1.2", how);
            gnutls_certificate_credentials_t cred = credentials("server", NULL);
            gnutls_session_t session = connected(cred, 0, v ? T13 : T12);
            say_handshake(session);
            put(session, "hello");
            get(session);
            if (how == 0)
                say_result("bye", gnutls_bye(session, GNUTLS_SHUT_WR));
            if (how == 2)
                say_result("alert", gnutls_alert_send(session, GNUTLS_AL_FATAL, GNUTLS_A_ACCESS_DENIED));
            if (how == 3)
                say_result("alert", gnutls_alert_send_appropriate(session, GNUTLS_E_DECRYPTION_FAILED));
            finish(session);
            gnutls_certificate_free_credentials(cred);
        }
}

static void client(void) {
    for (int v = 0; v < 2; v++)
        for (int how = 0; how < 4; how++) {
            CASE("%s, %d", v ? "TLS 1.3" : "TLS 1.2", how);
            gnutls_certificate_credentials_t cred = credentials(NULL, "root.pem");
            gnutls_session_t session = connected(cred, 0, v ? T13 : T12);
            say_handshake(session);
            get(session);
            put(session, "thanks");
            get(session);
            say("alert: %s", gnutls_alert_get_name(gnutls_alert_get(session)));
            get(session);
            say_result("send", how == 1 ? 0 : gnutls_record_send(session, "x", 1));
            finish(session);
            gnutls_certificate_free_credentials(cred);
        }
}

SIDES(server, client)
