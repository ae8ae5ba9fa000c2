// A program that pulls by a function of its own and has set none to wait by, as libcurl does. Looking for a ticket
// costs it nothing; a time limit on reading ends the session.
#include "common.h"

static ssize_t pull(gnutls_transport_ptr_t ptr, void *data, size_t size) { return recv((int)(intptr_t)ptr, data, size, 0); }

static void serve(void) {
    gnutls_certificate_credentials_t cred = credentials("server", "root.pem");
    gnutls_datum_t key = {NULL, 0};
    MUST(gnutls_session_ticket_key_generate(&key));
    for (int i = 0; i < 3; i++) {
        gnutls_session_t session = connected(cred, i == 2 ? GNUTLS_NO_TICKETS : 0, i == 1 ? T12 : T13);
        if (i != 2)
            MUST(gnutls_session_ticket_enable_server(session, &key));
        if (shake(session) == 0) {
            get(session);
            put(session, "answer");
            get(session);
        }
        finish(session);
    }
    gnutls_free(key.data);
    gnutls_certificate_free_credentials(cred);
}

static void wait_in_vain(const char *version) {
    gnutls_certificate_credentials_t cred = credentials("client", "root.pem");
    gnutls_session_t session = session_with(cred, 0, version);
    int fd = new_connection();
    char line[16];
    gnutls_datum_t data = {NULL, 0};
    gnutls_transport_set_int(session, fd);
    gnutls_transport_set_pull_function(session, pull);
    gnutls_transport_set_ptr(session, (gnutls_transport_ptr_t)(intptr_t)fd);
    say_handshake(session);
    size_t size = 0;
    say_result("get_data", gnutls_session_get_data(session, NULL, &size));
    say_result("get_data2", gnutls_session_get_data2(session, &data));
    say("data: %d", data.size > 4);
    gnutls_free(data.data);
    put(session, "request");
    get(session);
    put(session, "thanks");
    gnutls_record_set_timeout(session, 500);
    say_result("recv", gnutls_record_recv(session, line, sizeof line));
    gnutls_record_set_timeout(session, 0);
    say_result("recv", gnutls_record_recv(session, line, sizeof line));
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

static void ask(void) {
    const char *versions[] = {T13, T12, T13};
    for (int i = 0; i < COUNT(versions); i++) {
        CASE("%s%s", versions[i], i == 2 ? ", no tickets" : "");
        wait_in_vain(versions[i]);
    }
}

SIDES(serve, ask)
