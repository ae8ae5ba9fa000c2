// How bytes come and go: pointers, functions of the program's, what they say went wrong, and how long is waited.
#include "common.h"
#include <sys/uio.h>
#include <time.h>
#include <gnutls/socket.h>

// What the functions are given: a descriptor, how often each was called, what the next call is to say.
typedef struct {
    gnutls_session_t session;
    int fd, pulls, pushes, vectors, waits, errnos;
    int fails; // errno of the next call
    int full;  // nothing can be pushed
} Wire;

static ssize_t pull(gnutls_transport_ptr_t ptr, void *data, size_t size) {
    Wire *wire = ptr;
    wire->pulls++;
    if (wire->fails) {
        gnutls_transport_set_errno(wire->session, wire->fails);
        wire->fails = 0;
        return -1;
    }
    return recv(wire->fd, data, size, 0);
}

static ssize_t push(gnutls_transport_ptr_t ptr, const void *data, size_t size) {
    Wire *wire = ptr;
    wire->pushes++;
    if (wire->full) {
        gnutls_transport_set_errno(wire->session, EAGAIN);
        return -1;
    }
    return send(wire->fd, data, size, 0);
}

static ssize_t push_vector(gnutls_transport_ptr_t ptr, const giovec_t *pieces, int count) {
    Wire *wire = ptr;
    wire->vectors++;
    return writev(wire->fd, (const struct iovec *)pieces, count);
}

static int wait_for(gnutls_transport_ptr_t ptr, unsigned ms) {
    Wire *wire = ptr;
    struct pollfd fd = {wire->fd, POLLIN, 0};
    wire->waits++;
    return poll(&fd, 1, (int)ms);
}

// errno of the program's own, in the place of the system's.
static int told_errno;

static ssize_t pull_quietly(gnutls_transport_ptr_t ptr, void *data, size_t size) {
    Wire *wire = ptr;
    if (wire->fails) {
        told_errno = wire->fails;
        wire->fails = 0;
        errno = EPERM;
        return -1;
    }
    return recv(wire->fd, data, size, 0);
}

static int errno_of(gnutls_transport_ptr_t ptr) {
    Wire *wire = ptr;
    wire->errnos++;
    return told_errno;
}

static void say_wire(const char *what, const Wire *wire) {
    say("%s: %s, %s, %s, %s, %s", what, wire->pulls ? "pulled" : "-", wire->pushes ? "pushed" : "-", wire->vectors ? "vectors" : "-",
        wire->waits ? "waited" : "-", wire->errnos ? "errno asked for" : "-");
}

static void pointers(void) {
    gnutls_session_t session = session_with(NULL, 0, NULL);
    gnutls_transport_ptr_t in = NULL, out = NULL;
    int a = 0, b = 0;
    CASE("pointers");
    say("none: %d", gnutls_transport_get_int(session));
    gnutls_transport_set_ptr(session, &a);
    gnutls_transport_get_ptr2(session, &in, &out);
    say("one: %d %d %d", gnutls_transport_get_ptr(session) == &a, in == &a, out == &a);
    gnutls_transport_set_ptr2(session, &a, &b);
    gnutls_transport_get_ptr2(session, &in, &out);
    say("two: %d %d %d", gnutls_transport_get_ptr(session) == &a, in == &a, out == &b);
    gnutls_transport_set_int2(session, 1234, 2345);
    gnutls_transport_get_int2(session, &a, &b);
    say("descriptors: %d %d %d", gnutls_transport_get_int(session), a, b);
    gnutls_transport_set_int2(session, 77, 77);
    gnutls_transport_get_int2(session, &a, &b);
    say("descriptors: %d %d %d", gnutls_transport_get_int(session), a, b);
    gnutls_session_set_ptr(session, &b);
    say("session: %d", gnutls_session_get_ptr(session) == &b);
    say("kernel: %d", (int)gnutls_transport_is_ktls_enabled(session));
    say("direction: %d", gnutls_record_get_direction(session));
    gnutls_deinit(session);
}

static void converse(gnutls_session_t session) {
    say_handshake(session);
    if (is_server) {
        put(session, "hello");
        get(session);
    } else {
        get(session);
        put(session, "thanks");
    }
}

static gnutls_certificate_credentials_t cred;

// Over functions of each kind.
static void functions(int kind) {
    static const char *kinds[] = {"push and pull", "vectors and pull", "push, then vectors", "vectors, then push", "with an errno", "with a function for errno",
                                  "two descriptors", "two pointers"};
    CASE("%s", kinds[kind]);
    gnutls_session_t session = session_with(cred, 0, T13);
    Wire wire = {.session = session, .fd = new_connection()}, other = {.session = session, .fd = wire.fd};
    if (kind == 6) {
        int copy = dup(wire.fd);
        gnutls_transport_set_int2(session, wire.fd, copy);
        converse(session);
        gnutls_deinit(session);
        close(copy);
        close(wire.fd);
        return;
    }
    if (kind == 7)
        gnutls_transport_set_ptr2(session, &wire, &other);
    else
        gnutls_transport_set_ptr(session, &wire);
    gnutls_transport_set_pull_function(session, kind == 5 ? pull_quietly : pull);
    gnutls_transport_set_pull_timeout_function(session, wait_for);
    if (kind == 3 || kind == 1)
        gnutls_transport_set_vec_push_function(session, push_vector);
    if (kind != 1)
        gnutls_transport_set_push_function(session, push);
    if (kind == 2)
        gnutls_transport_set_vec_push_function(session, push_vector);
    if (kind == 5)
        gnutls_transport_set_errno_function(session, errno_of);
    say_handshake(session);
    if (kind == 4 || kind == 5) {
        static const int errors[] = {EAGAIN, EINTR, EIO, ECONNRESET};
        char byte;
        if (is_server) {
            put(session, "?");
            for (int i = 0; i < COUNT(errors); i++) {
                wire.fails = errors[i];
                say("%s: %s", strerrorname_np(errors[i]), name_of(gnutls_record_recv(session, &byte, 1)));
                say("direction: %d", gnutls_record_get_direction(session));
            }
        } else {
            get(session);
        }
    } else if (is_server) {
        put(session, "hello");
        get(session);
    } else {
        get(session);
        put(session, "thanks");
    }
    say_wire("wire", &wire);
    say_wire("other", &other);
    gnutls_deinit(session);
    close(wire.fd);
}

// A record that the transport does not take, and that is given up; the next comes too early for the peer.
static void full(void) {
    CASE("a full transport");
    gnutls_session_t session = session_with(cred, 0, T13);
    Wire wire = {.session = session, .fd = new_connection()};
    gnutls_transport_set_ptr(session, &wire);
    gnutls_transport_set_pull_function(session, pull);
    gnutls_transport_set_push_function(session, push);
    gnutls_transport_set_pull_timeout_function(session, wait_for);
    say_handshake(session);
    if (is_server) {
        put(session, "one");
        wire.full = 1;
        say_result("full", gnutls_record_send(session, "two", 3));
        say("direction: %d", gnutls_record_get_direction(session));
        say_result("full", gnutls_record_send(session, "two", 3));
        wire.full = 0;
        say_result("again", gnutls_record_send(session, NULL, 0));
        wire.full = 1;
        say_result("full", gnutls_record_send(session, "three", 5));
        say("given up: %zu", gnutls_record_discard_queued(session));
        say("given up: %zu", gnutls_record_discard_queued(session));
        wire.full = 0;
        put(session, "four");
        say("received: %d", gnutls_record_recv(session, &(char){0}, 1) > 0);
    } else {
        get(session);
        get(session);
        get(session);
    }
    gnutls_deinit(session);
    close(wire.fd);
}

static long since(const struct timespec *start) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - start->tv_sec) * 1000 + (now.tv_nsec - start->tv_nsec) / 1000000;
}

// The client says nothing, so the server's time runs out.
static void timeouts(int kind) {
    static const char *kinds[] = {"a handshake's time", "a handshake's time, by the program's function", "time for data", "time for data, by the program's function",
                                  "no time set, then some"};
    char byte;
    struct timespec start;
    CASE("%s", kinds[kind]);
    gnutls_session_t session = session_with(cred, 0, T13);
    Wire wire = {.session = session, .fd = new_connection()};
    if (kind == 1 || kind == 3) {
        gnutls_transport_set_ptr(session, &wire);
        gnutls_transport_set_pull_function(session, pull);
        gnutls_transport_set_push_function(session, push);
        gnutls_transport_set_pull_timeout_function(session, wait_for);
    } else {
        gnutls_transport_set_int(session, wire.fd);
    }
    if (kind < 2) {
        if (is_server) {
            gnutls_handshake_set_timeout(session, 60);
            clock_gettime(CLOCK_MONOTONIC, &start);
            int result = gnutls_handshake(session); // not again
            say("handshake: %d %s, in time: %d", result, name_of(result), since(&start) >= 50 && since(&start) < 4000);
            say("waited by the program: %d", wire.waits > 0);
            send(wire.fd, "x", 1, 0);
        } else {
            recv(wire.fd, &byte, 1, 0);
        }
    } else {
        say_handshake(session);
        if (is_server) {
            gnutls_record_set_timeout(session, 60);
            clock_gettime(CLOCK_MONOTONIC, &start);
            ssize_t got = gnutls_record_recv(session, &byte, 1);
            say("recv: %zd %s, in time: %d", got, name_of(got), since(&start) >= 50 && since(&start) < 4000);
            say("waited by the program: %d", wire.waits > 0);
            gnutls_record_set_timeout(session, 0);
            put(session, "now");
            get(session);
        } else {
            get(session);
            put(session, "here");
        }
    }
    gnutls_deinit(session);
    close(wire.fd);
}

static void both(void) {
    pointers();
    cred = credentials(is_server ? "server" : NULL, is_server ? NULL : "root.pem");
    for (int kind = 0; kind < 8; kind++)
        functions(kind);
    full();
    for (int kind = 0; kind < 5; kind++)
        timeouts(kind);
    gnutls_certificate_free_credentials(cred);
}

SIDES(both, both)
