// Resumption in both versions, by tickets and from a database, with the client's certificate.
#include "common.h"

static gnutls_datum_t stored_key, stored_data;

static int store(void *ptr, gnutls_datum_t key, gnutls_datum_t data) {
    (void)ptr;
    gnutls_free(stored_key.data), gnutls_free(stored_data.data);
    stored_key.data = gnutls_malloc(key.size), stored_data.data = gnutls_malloc(data.size);
    memcpy(stored_key.data, key.data, stored_key.size = key.size);
    memcpy(stored_data.data, data.data, stored_data.size = data.size);
    return 0;
}

static gnutls_datum_t retrieve(void *ptr, gnutls_datum_t key) {
    gnutls_datum_t found = {NULL, 0};
    (void)ptr;
    if (stored_key.size == key.size && memcmp(stored_key.data, key.data, key.size) == 0) {
        found.data = gnutls_malloc(stored_data.size);
        memcpy(found.data, stored_data.data, found.size = stored_data.size);
    }
    return found;
}

static int drop(void *ptr, gnutls_datum_t key) {
    (void)ptr, (void)key;
    return 0;
}

static void attempt(const char *version, int tickets, unsigned request) {
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : "client", "root.pem");
    gnutls_datum_t key = {NULL, 0}, data = {NULL, 0};
    if (is_server)
        MUST(gnutls_session_ticket_key_generate(&key));
    for (int turn = 0; turn < 3; turn++) {
        gnutls_session_t session = session_with(cred, tickets ? 0 : GNUTLS_NO_TICKETS, version);
        int fd = new_connection();
        gnutls_transport_set_int(session, fd);
        if (is_server) {
            gnutls_certificate_server_set_request(session, request);
            if (tickets)
                MUST(gnutls_session_ticket_enable_server(session, &key));
            else {
                gnutls_db_set_store_function(session, store);
                gnutls_db_set_retrieve_function(session, retrieve);
                gnutls_db_set_remove_function(session, drop);
            }
        } else if (data.data) {
            say_result("set_data", gnutls_session_set_data(session, data.data, data.size));
            gnutls_free(data.data);
            data.data = NULL;
        }
        say_handshake(session);
        say("resumed: %d", gnutls_session_is_resumed(session) != 0);
        say("kx %d, types %d %d", gnutls_kx_get(session), gnutls_auth_client_get_type(session), gnutls_auth_server_get_type(session));
        char *desc = gnutls_session_get_desc(session);
        say("%s", desc);
        gnutls_free(desc);
        say_peer(session);
        if (is_server) {
            put(session, "hello");
            get(session);
        } else {
            get(session);
            say_result("get_data2", gnutls_session_get_data2(session, &data));
            say("data: %d", data.size > 4);
            put(session, "thanks");
        }
        finish(session);
    }
    gnutls_free(key.data);
    gnutls_free(data.data);
    gnutls_certificate_free_credentials(cred);
}

static void both(void) {
    for (int v = 0; v < 2; v++)
        for (int tickets = 0; tickets < 2; tickets++)
            for (unsigned request = GNUTLS_CERT_IGNORE; request <= GNUTLS_CERT_REQUIRE; request += 2) {
                CASE("%s, %s, %s", v ? "TLS 1.3" : "TLS 1.2", tickets ? "tickets" : "database", request ? "with a certificate" : "without");
                attempt(v ? T13 : T12, tickets, request);
            }
}

SIDES(both, both)
