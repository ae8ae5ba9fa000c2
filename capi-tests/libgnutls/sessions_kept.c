// Sessions that are kept: by a server's database and its settings, by tickets on demand, by a client; what is said of them.
#include "common.h"

static gnutls_datum_t stored_key, stored_data, ticket_key;
static long ahead;

static time_t other_time(time_t *out) {
    time_t now = time(NULL) + ahead;
    if (out)
        *out = now;
    return now;
}

static void keep(gnutls_datum_t *kept, const gnutls_datum_t *given) {
    gnutls_free(kept->data);
    kept->data = gnutls_malloc(given->size);
    memcpy(kept->data, given->data, kept->size = given->size);
}

static int store(void *user, gnutls_datum_t key, gnutls_datum_t data) {
    say("  store: %s", (char *)user);
    keep(&stored_key, &key), keep(&stored_data, &data);
    return 0;
}

static gnutls_datum_t retrieve(void *user, gnutls_datum_t key) {
    gnutls_datum_t found = {NULL, 0};
    int known = stored_key.size == key.size && memcmp(stored_key.data, key.data, key.size) == 0;
    say("  retrieve: %s, %s", (char *)user, known ? "known" : "unknown");
    if (known)
        keep(&found, &stored_data);
    return found;
}

static int removed(void *user, gnutls_datum_t key) {
    say("  remove: %s, %s", (char *)user, stored_key.size == key.size && memcmp(stored_key.data, key.data, key.size) == 0 ? "known" : "unknown");
    return 0;
}

static void say_entry(gnutls_session_t session) {
    gnutls_datum_t bad = {(unsigned char *)"no entry at all, but long enough to be one", 42};
    time_t now = time(NULL), made = gnutls_db_check_entry_time(&stored_data), end = gnutls_db_check_entry_expire_time(&stored_data);
    say("entry: made %s, expires after %ld", made >= now - 3 && made <= now ? "now" : "at another time", (long)(end - made));
    say("no entry: %ld %ld", (long)gnutls_db_check_entry_time(&bad), (long)gnutls_db_check_entry_expire_time(&bad));
    say_result("check", gnutls_db_check_entry(session, stored_data));
    ahead = 8 * 3600;
    gnutls_global_set_time_function(other_time);
    say_result("check after hours", gnutls_db_check_entry(session, stored_data));
    ahead = 0;
    gnutls_global_set_time_function(time);
}

static void say_id(gnutls_session_t session) {
    unsigned char id[64];
    size_t size = sizeof id, none = 0;
    gnutls_datum_t whole = {NULL, 0};
    say_result("id", gnutls_session_get_id(session, id, &size));
    say("size: %zu", size);
    int result = gnutls_session_get_id2(session, &whole);
    say("id2: %d %s, %u bytes, same: %d", result, name_of(result), whole.size, whole.size == size && memcmp(whole.data, id, size) == 0);
    if (size > 1) {
        none = 1;
        say_result("short", gnutls_session_get_id(session, id, &none));
        say("size: %zu", none);
    }
}

enum { DATABASE, SHORT_LIVED, LONG_AFTER, TICKETS, MORE_TICKETS, NO_TICKETS, TICKETS_OFF_CLIENT, GET_DATA, CORRUPT, NOTHING };
static const char *ways[] = {"a database", "a database of short lives", "a database, long after", "tickets", "tickets on demand", "no tickets",
                             "a client without tickets", "a client's own memory", "damaged data", "nothing kept"};

static void set_up_server(gnutls_session_t session, int way) {
    if (way <= LONG_AFTER) {
        static char user[] = "the database";
        gnutls_db_set_ptr(session, user);
        say("ptr: %s", (char *)gnutls_db_get_ptr(session));
        gnutls_db_set_store_function(session, store);
        gnutls_db_set_retrieve_function(session, retrieve);
        gnutls_db_set_remove_function(session, removed);
        if (way == SHORT_LIVED)
            gnutls_db_set_cache_expiration(session, 100);
    } else if (way != NOTHING) {
        say_result("tickets", gnutls_session_ticket_enable_server(session, &ticket_key));
    }
}

static void attempt(const char *version, int way) {
    gnutls_datum_t data = {NULL, 0};
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : NULL, is_server ? NULL : "root.pem");
    int tls13 = strcmp(version, T13) == 0;
    for (int turn = 0; turn < 2; turn++) {
        unsigned flags = (way <= LONG_AFTER || way == NO_TICKETS || (way == TICKETS_OFF_CLIENT && !is_server)) ? GNUTLS_NO_TICKETS : 0;
        if (way == MORE_TICKETS)
            flags |= GNUTLS_NO_AUTO_SEND_TICKET;
        gnutls_session_t session = connected(cred, flags, version);
        if (is_server) {
            set_up_server(session, way);
            if (turn == 1 && (way == LONG_AFTER || way == SHORT_LIVED)) {
                ahead = way == LONG_AFTER ? 7 * 3600 : 200;
                gnutls_global_set_time_function(other_time);
            }
        } else {
            say_result("enable", gnutls_session_ticket_enable_client(session));
            say("requested before: %d", gnutls_session_resumption_requested(session));
            if (turn == 1) {
                if (way == CORRUPT) {
                    gnutls_session_t other = session_with(cred, 0, version);
                    say("cut off: %s", gnutls_session_set_data(other, data.data, 10) < 0 ? "refused" : "taken");
                    say("none: %s", gnutls_session_set_data(other, NULL, 0) < 0 ? "refused" : "taken");
                    gnutls_deinit(other);
                }
                int result = gnutls_session_set_data(session, data.data, data.size);
                say("set_data: %s", result < 0 ? "refused" : "taken");
            }
        }
        say_handshake(session);
        say("resumed: %d", gnutls_session_is_resumed(session) != 0);
        say("requested: %d", gnutls_session_resumption_requested(session) != 0);
        say("ticket: %d", (gnutls_session_get_flags(session) & GNUTLS_SFLAGS_SESSION_TICKET) != 0);
        say_id(session);
        if (is_server) {
            if (way == MORE_TICKETS) {
                say_result("send", gnutls_session_ticket_send(session, 2, 0));
                say_result("send none", gnutls_session_ticket_send(session, 0, 0));
            }
            put(session, "hello");
            get(session);
            if (turn == 0 && way <= LONG_AFTER && !tls13)
                say_entry(session);
            if (turn == 1)
                gnutls_db_remove_session(session);
            ahead = 0;
            gnutls_global_set_time_function(time);
        } else {
            if (way == MORE_TICKETS)
                say_result("send", gnutls_session_ticket_send(session, 1, 0));
            get(session);
            gnutls_free(data.data);
            data.data = NULL;
            if (way == GET_DATA) {
                size_t size = 0;
                say_result("get_data", gnutls_session_get_data(session, NULL, &size));
                data.data = gnutls_malloc(size), data.size = (unsigned)size;
                size--;
                say_result("short", gnutls_session_get_data(session, data.data, &size));
                size = data.size;
                say_result("get_data", gnutls_session_get_data(session, data.data, &size));
            } else {
                say_result("get_data2", gnutls_session_get_data2(session, &data));
            }
            say("ticket after data: %d", (gnutls_session_get_flags(session) & GNUTLS_SFLAGS_SESSION_TICKET) != 0);
            put(session, "thanks");
        }
        finish(session);
    }
    gnutls_free(data.data);
    gnutls_certificate_free_credentials(cred);
}

static void both(void) {
    MUST(gnutls_session_ticket_key_generate(&ticket_key));
    say("key: %u", ticket_key.size);
    for (int v = 0; v < 2; v++)
        for (int way = 0; way < COUNT(ways); way++) {
            CASE("%s, %s", ways[way], v ? "TLS 1.3" : "TLS 1.2");
            attempt(v ? T13 : T12, way);
        }
    gnutls_free(ticket_key.data);
    gnutls_free(stored_key.data);
    gnutls_free(stored_data.data);
}

SIDES(both, both)
