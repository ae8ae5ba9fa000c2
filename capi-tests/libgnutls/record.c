// Data: records, corking, what is pending, sizes, files, key updates.
#include "common.h"

static void server(void) {
    static char big[40000];
    for (int v = 0; v < 2; v++) {
        CASE("%s", v ? "TLS 1.3" : "TLS 1.2");
        gnutls_certificate_credentials_t cred = credentials("server", NULL);
        gnutls_session_t session = connected(cred, 0, v ? T13 : T12);
        say_result("send before", gnutls_record_send(session, "x", 1));
        say_result("recv before", gnutls_record_recv(session, big, 1));
        say_handshake(session);
        memset(big, 'a', sizeof big);
        say_result("send", gnutls_record_send(session, big, sizeof big));
        say("max size: %zu", gnutls_record_get_max_size(session));
        say_result("nothing", gnutls_record_send(session, NULL, 0));
        gnutls_record_cork(session);
        say_result("corked", gnutls_record_send(session, "one ", 4));
        say_result("corked", gnutls_record_send(session, "two ", 4));
        say("corked: %zu", gnutls_record_check_corked(session));
        say_result("uncork", gnutls_record_uncork(session, GNUTLS_RECORD_WAIT));
        say("corked: %zu", gnutls_record_check_corked(session));
        say_result("uncork", gnutls_record_uncork(session, 0));
        gnutls_record_cork(session);
        say_result("corked", gnutls_record_send(session, "never", 5));
        say("discarded: %zu", gnutls_record_discard_queued(session));
        say_result("uncork", gnutls_record_uncork(session, 0));
        say_result("key update", gnutls_session_key_update(session, 0));
        say_result("key update, and the peer's", gnutls_session_key_update(session, GNUTLS_KU_PEER));
        put(session, "after the update");
        FILE *file = tmpfile();
        fputs("from a file, with a beginning", file);
        fflush(file);
        lseek(fileno(file), 0, SEEK_SET);
        off_t offset = 5;
        say_result("file", gnutls_record_send_file(session, fileno(file), &offset, 1000));
        say("offset: %ld", (long)offset);
        fclose(file);
        get(session);
        say_result("bye", gnutls_bye(session, GNUTLS_SHUT_RDWR));
        say_result("send after", gnutls_record_send(session, "x", 1));
        say_result("recv after", gnutls_record_recv(session, big, 1));
        finish(session);
        gnutls_certificate_free_credentials(cred);
    }
}

static void take(gnutls_session_t session, size_t size) {
    static char data[65536];
    size_t taken = 0;
    while (taken < size) {
        ssize_t got = gnutls_record_recv(session, data, size - taken);
        if (got == GNUTLS_E_AGAIN)
            continue;
        if (got <= 0) {
            say_result("take", got);
            return;
        }
        taken += (size_t)got;
    }
    say("took %zu, last %c", taken, data[0]);
}

static void client(void) {
    char byte[8];
    for (int v = 0; v < 2; v++) {
        CASE("%s", v ? "TLS 1.3" : "TLS 1.2");
        gnutls_certificate_credentials_t cred = credentials(NULL, "root.pem");
        gnutls_session_t session = connected(cred, 0, v ? T13 : T12);
        say_handshake(session);
        say_result("no room", gnutls_record_recv(session, byte, 0));
        take(session, 16384);
        take(session, 3);
        say("pending: %zu", gnutls_record_check_pending(session));
        take(session, 5);
        say("pending: %zu", gnutls_record_check_pending(session));
        get(session);
        get(session);
        put(session, "thanks");
        get(session);
        get(session);
        say_result("bye", gnutls_bye(session, GNUTLS_SHUT_WR));
        say_result("bye again", gnutls_bye(session, GNUTLS_SHUT_WR) <= 0 ? 0 : 1);
        finish(session);
        gnutls_certificate_free_credentials(cred);
    }
}

SIDES(server, client)
