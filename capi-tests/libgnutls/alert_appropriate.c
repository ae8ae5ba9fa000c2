// gnutls_alert_send_appropriate: for what ends nothing it sends nothing, and the session goes on.
#include "common.h"

static const int errors[] = {0, 1, GNUTLS_E_AGAIN, GNUTLS_E_INTERRUPTED, GNUTLS_E_GOT_APPLICATION_DATA, GNUTLS_E_REAUTH_REQUEST,
                             GNUTLS_E_WARNING_ALERT_RECEIVED, GNUTLS_E_FATAL_ALERT_RECEIVED,
                             GNUTLS_E_PREMATURE_TERMINATION, GNUTLS_E_CERTIFICATE_ERROR, GNUTLS_E_EXPIRED,
                             GNUTLS_E_CERTIFICATE_REQUIRED, GNUTLS_E_DECRYPTION_FAILED, GNUTLS_E_INTERNAL_ERROR};

static void server(void) {
    gnutls_certificate_credentials_t cred = credentials("server", "root.pem");
    for (int version = 0; version < 2; version++)
        for (int at = 0; at < COUNT(errors); at++) {
            CASE("TLS 1.%d, %s", version + 2, gnutls_strerror_name(errors[at]) ? gnutls_strerror_name(errors[at]) : "none");
            gnutls_session_t session = connected(cred, 0, version ? T13 : T12);
            say_handshake(session);
            say_result("appropriate", gnutls_alert_send_appropriate(session, errors[at]));
            char byte;
            int is_over = gnutls_error_is_fatal(errors[at]) && errors[at] != GNUTLS_E_FATAL_ALERT_RECEIVED;
            if (!is_over && gnutls_record_send(session, "x", 1) == 1)
                say("it goes on: %d", gnutls_record_recv(session, &byte, 1) == 1);
            finish(session);
        }
    gnutls_certificate_free_credentials(cred);
}

static void client(void) {
    gnutls_certificate_credentials_t cred = credentials(NULL, "root.pem");
    for (int version = 0; version < 2; version++)
        for (int at = 0; at < COUNT(errors); at++) {
            CASE("TLS 1.%d, %s", version + 2, gnutls_strerror_name(errors[at]) ? gnutls_strerror_name(errors[at]) : "none");
            gnutls_session_t session = connected(cred, 0, version ? T13 : T12);
            say_handshake(session);
            char byte;
            ssize_t got = say_result("recv", gnutls_record_recv(session, &byte, 1));
            if (got < 0 && gnutls_error_is_fatal((int)got) == 0)
                got = say_result("recv", gnutls_record_recv(session, &byte, 1));
            say("alert: %s", gnutls_alert_get_name(gnutls_alert_get(session)));
            if (got == 1)
                say("it goes on: %d", gnutls_record_send(session, "y", 1) == 1);
            finish(session);
        }
    gnutls_certificate_free_credentials(cred);
}

SIDES(server, client)
