// One thread of each side sends while another receives, as the manual's "Thread safety" allows: the transport takes a few
// bytes at a time or none, and a certificate is asked for. With BEYOND_THE_ORIGINAL set also what that does not survive
// (3.7.9): keys are updated meanwhile, and the thread that receives answers the requests.
#include "common.h"
#include <pthread.h>
#include <stdatomic.h>

#define MESSAGES 6000

static unsigned char byte_of(long position) { return (unsigned char)(position * 7 + position / 251); }

struct side {
    gnutls_session_t session;
    long sent, wanted;
    int updates;
    atomic_int asked;
};

static int answered(gnutls_session_t session) {
    int result;
    do
        result = gnutls_reauth(session, 0);
    while (result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED);
    return result;
}

// Sends messages of all lengths, updates keys now and then, answers requests that the other thread has met.
static void *send_all(void *arg) {
    struct side *side = arg;
    static __thread unsigned char message[3000];
    int result;
    for (int i = 0; i < MESSAGES; i++) {
        size_t len = 1 + (size_t)i * 37 % (i % 100 ? 300 : sizeof message);
        ssize_t sent;
        for (size_t at = 0; at < len; at++)
            message[at] = byte_of(side->sent + (long)at);
        do
            sent = gnutls_record_send(side->session, message, len);
        while (sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED);
        if (sent != (ssize_t)len) {
            say_result("send", sent);
            break;
        }
        side->sent += sent;
        if (side->updates && i % 2000 == 1000) {
            do
                result = gnutls_session_key_update(side->session, GNUTLS_KU_PEER);
            while (result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED);
            if (result < 0)
                say_result("key update", result);
        }
        if (atomic_load(&side->asked)) {
            must(answered(side->session) == 0, "reauth");
            atomic_store(&side->asked, 0);
        }
    }
    return NULL;
}

// The bytes that send_all sends.
static long all_bytes(void) {
    long all = 0;
    for (int i = 0; i < MESSAGES; i++)
        all += 1 + i * 37 % (i % 100 ? 300 : 3000);
    return all;
}

static void check_bytes(long at, const unsigned char *bytes, ssize_t len) {
    for (ssize_t i = 0; i < len; i++)
        must(bytes[i] == byte_of(at + i), "the bytes that were sent");
}

// Receives all of it.
static void receive_all(struct side *side) {
    unsigned char room[5000];
    long received = 0;
    while (received < side->wanted) {
        ssize_t got = gnutls_record_recv(side->session, room, sizeof room);
        if (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED)
            continue;
        if (got == GNUTLS_E_REAUTH_REQUEST) {
            atomic_store(&side->asked, 1);
            continue;
        }
        if (got <= 0) {
            say_result("recv", got);
            break;
        }
        check_bytes(received, room, got);
        received += got;
    }
    say("received: %s", received == side->wanted ? "all" : "not all");
}

static void both_ways(gnutls_session_t session, int updates) {
    struct side side = {.session = session, .updates = updates, .wanted = all_bytes()};
    pthread_t sender;
    must(pthread_create(&sender, NULL, send_all, &side) == 0, "pthread_create");
    receive_all(&side);
    pthread_join(sender, NULL);
    say("sent: %s", side.sent == side.wanted ? "all" : "not all");
}

// Takes a few bytes at a time, and sometimes none.
static ssize_t push_a_little(gnutls_transport_ptr_t pointer, const void *bytes, size_t len) {
    static __thread unsigned count;
    if (++count % 5 == 0) {
        errno = EAGAIN;
        return -1;
    }
    return send((int)(intptr_t)pointer, bytes, len > 200 ? 200 : len, MSG_NOSIGNAL);
}

static void say_bye(gnutls_session_t session) {
    int result;
    do
        result = gnutls_bye(session, GNUTLS_SHUT_RDWR);
    while (result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED);
    say_result("bye", result);
}

static gnutls_session_t begin(const char *what, unsigned flags, gnutls_certificate_credentials_t cred, const char *priority) {
    gnutls_session_t session = connected(cred, flags | GNUTLS_POST_HANDSHAKE_AUTH, priority);
    CASE("%s", what);
    must(say_handshake(session) == 0, "handshake");
    return session;
}

static void run(const char *what, const char *priority, int updates, int little) {
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : "client", "root.pem");
    gnutls_session_t session = begin(what, 0, cred, priority);
    if (little)
        gnutls_transport_set_push_function(session, push_a_little);
    both_ways(session, updates);
    say_bye(session);
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

// A server of one thread asks while the client's data comes.
static void ask_between(void) {
    gnutls_certificate_credentials_t cred = credentials("server", "root.pem");
    gnutls_session_t session = begin("asked for a certificate", 0, cred, T13);
    unsigned char room[5000];
    long received = 0, wanted = all_bytes();
    ssize_t got;
    int result;
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    while ((result = gnutls_reauth(session, 0)) == GNUTLS_E_GOT_APPLICATION_DATA) {
        got = gnutls_record_recv(session, room, sizeof room);
        must(got > 0, "data");
        check_bytes(received, room, got);
        received += got;
    }
    say_result("reauth", result);
    say_peer(session);
    put(session, "asked");
    while (received < wanted && (got = gnutls_record_recv(session, room, sizeof room)) > 0) {
        check_bytes(received, room, got);
        received += got;
    }
    say("received: %s", received == wanted ? "all" : "not all");
    say_bye(session);
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

enum { BY_SENDER, BY_RECEIVER, AUTOMATICALLY };

static void answer_between(int how) {
    gnutls_certificate_credentials_t cred = credentials("client", "root.pem");
    gnutls_session_t session = begin("asked for a certificate", how == AUTOMATICALLY ? GNUTLS_AUTO_REAUTH : 0, cred, T13);
    struct side side = {.session = session};
    unsigned char room[10];
    pthread_t sender;
    ssize_t got;
    must(pthread_create(&sender, NULL, send_all, &side) == 0, "pthread_create");
    while ((got = gnutls_record_recv(session, room, sizeof room)) < 0) {
        if (got == GNUTLS_E_REAUTH_REQUEST && how == BY_SENDER)
            atomic_store(&side.asked, 1);
        else if (got == GNUTLS_E_REAUTH_REQUEST)
            must(answered(session) == 0, "reauth");
        else if (got != GNUTLS_E_AGAIN && got != GNUTLS_E_INTERRUPTED)
            break;
    }
    say("got: %zd %.5s", got, room);
    pthread_join(sender, NULL);
    say_bye(session);
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

static void ask(int how) { is_server ? ask_between() : answer_between(how); }

static void body(void) {
    run("TLS 1.2", T12, 0, 0);
    run("TLS 1.3", T13, 0, 0);
    run("a few bytes at a time", T12, 0, 1);
    ask(BY_SENDER);
    if (!getenv("BEYOND_THE_ORIGINAL"))
        return;
    run("keys are updated", T13, 1, 0);
    run("keys are updated, a few bytes at a time", T13, 1, 1);
    ask(BY_RECEIVER);
    ask(AUTOMATICALLY);
}

SIDES(body, body)
