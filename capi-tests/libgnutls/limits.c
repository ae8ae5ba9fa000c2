// Limits and sizes: handshake messages, records, padding; what a record takes; what is thrown away.
#include "common.h"
#include <gnutls/dtls.h>

static gnutls_certificate_credentials_t cred;

static void messages(const char *version, size_t limit) {
    CASE("handshake messages of at most %zu bytes, %s", limit, version);
    gnutls_session_t session = connected(cred, 0, version);
    if (!is_server)
        gnutls_handshake_set_max_packet_length(session, limit);
    int result = say_handshake(session);
    if (result == 0 && is_server)
        put(session, "hello");
    else if (result == 0)
        get(session);
    else if (result != GNUTLS_E_FATAL_ALERT_RECEIVED)
        gnutls_alert_send_appropriate(session, result);
    finish(session);
}

static void drain(gnutls_session_t session, size_t size) {
    static char data[65536];
    size_t taken = 0;
    while (taken < size) {
        ssize_t got = gnutls_record_recv(session, data, sizeof data);
        if (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED)
            continue;
        say("record: %zd %s", got, name_of(got));
        if (got <= 0)
            return;
        taken += (size_t)got;
    }
}

static void send_all(gnutls_session_t session, size_t size) {
    static char data[65536];
    memset(data, 'd', sizeof data);
    while (size > 0) {
        ssize_t sent = gnutls_record_send(session, data, size);
        if (sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED)
            continue;
        say("sent: %zd %s", sent, name_of(sent));
        if (sent <= 0)
            return;
        size -= (size_t)sent;
    }
}

// Both sides have the same limit.
static void records(const char *version, size_t limit) {
    static const size_t sizes[] = {0, 1, 63, 64, 511, 512, 16384, 16385, 100000};
    CASE("records of at most %zu bytes, %s", limit, version);
    gnutls_session_t session = connected(cred, 0, version);
    say("size: %zu", gnutls_record_get_max_size(session));
    for (int i = 0; i < COUNT(sizes); i++)
        say("%zu: %ld", sizes[i], (long)gnutls_record_set_max_size(session, sizes[i]));
    say("set: %ld", (long)gnutls_record_set_max_size(session, limit));
    say("size: %zu", gnutls_record_get_max_size(session));
    say("overhead: %zu", gnutls_record_overhead_size(session));
    say_handshake(session);
    say("overhead: %zu", gnutls_record_overhead_size(session));
    if (is_server) {
        send_all(session, 3000);
        drain(session, 3000);
    } else {
        drain(session, 3000);
        send_all(session, 3000);
    }
    finish(session);
}

static void padded(const char *version) {
    char data[16] = "padded";
    CASE("padding, %s", version);
    gnutls_session_t session = connected(cred, 0, version);
    say_handshake(session);
    say("hides: %u", gnutls_record_can_use_length_hiding(session));
    say("discarded: %u", gnutls_record_get_discarded(session));
    if (is_server) {
        say_result("none", gnutls_record_send2(session, data, 6, 0, 0));
        say_result("some", gnutls_record_send2(session, data, 6, 100, 0));
        say_result("too much", gnutls_record_send2(session, data, 6, 20000, 0));
        gnutls_record_cork(session);
        say_result("corked", gnutls_record_send2(session, data, 6, 0, 0));
        say("corked: %zu, discarded: %zu", gnutls_record_check_corked(session), gnutls_record_discard_queued(session));
        gnutls_bye(session, GNUTLS_SHUT_WR);
    } else {
        unsigned char number[8];
        ssize_t got;
        do {
            memset(number, 0xaa, sizeof number);
            got = gnutls_record_recv_seq(session, data, sizeof data, number);
            if (got != GNUTLS_E_AGAIN)
                say("got: %zd, number %d", got, got > 0 ? number[7] : 0);
        } while (got > 0 || got == GNUTLS_E_AGAIN);
    }
    finish(session);
}

static void both(void) {
    static const size_t limits[] = {1 << 20, 5000, 600, 0};
    cred = credentials(is_server ? "server" : NULL, is_server ? NULL : "root.pem");
    for (int v = 0; v < 2; v++) {
        for (int i = 0; i < COUNT(limits); i++)
            messages(v ? T13 : T12, limits[i]);
        records(v ? T13 : T12, 16384);
        records(v ? T13 : T12, 512);
        records(v ? T13 : T12, 1000);
        padded(v ? T13 : T12);
    }
    gnutls_certificate_free_credentials(cred);
}

SIDES(both, both)
