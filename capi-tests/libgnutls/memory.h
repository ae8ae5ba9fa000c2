// Both ends of a connection in one process, over pipes of memory: for programs that step through what may come in between.
#ifndef STANDIN_GNUTLS_TESTS_MEMORY_H
#define STANDIN_GNUTLS_TESTS_MEMORY_H
#include "common.h"

static struct pipe {
    unsigned char *bytes;
    size_t len, taken;
} to_server, to_client;

static gnutls_session_t client, server;
static struct end {
    struct pipe *in, *out;
    gnutls_session_t *session;
    int full;      // takes nothing
    size_t most;   // takes so much at a time
    int errno_in;  // fails to read with it
} client_end = {&to_client, &to_server, &client, 0, 0, 0}, server_end = {&to_server, &to_client, &server, 0, 0, 0};

static ssize_t push_bytes(gnutls_transport_ptr_t pointer, const void *data, size_t len) {
    struct end *end = pointer;
    if (end->full) {
        gnutls_transport_set_errno(*end->session, EAGAIN);
        return -1;
    }
    if (end->most && len > end->most)
        len = end->most;
    end->out->bytes = realloc(end->out->bytes, end->out->len + len + 1);
    must(end->out->bytes != NULL, "realloc");
    memcpy(end->out->bytes + end->out->len, data, len);
    end->out->len += len;
    return (ssize_t)len;
}

static ssize_t pull_bytes(gnutls_transport_ptr_t pointer, void *data, size_t len) {
    struct end *end = pointer;
    size_t left = end->in->len - end->in->taken;
    if (end->errno_in || !left) {
        gnutls_transport_set_errno(*end->session, end->errno_in ? end->errno_in : EAGAIN);
        return -1;
    }
    if (len > left)
        len = left;
    memcpy(data, end->in->bytes + end->in->taken, len);
    end->in->taken += len;
    return (ssize_t)len;
}

static int wait_bytes(gnutls_transport_ptr_t pointer, unsigned ms UNUSED) {
    struct end *end = pointer;
    return end->in->len > end->in->taken;
}

static gnutls_session_t end_of(struct end *end, unsigned flags, gnutls_certificate_credentials_t cred, const char *priority) {
    gnutls_session_t session;
    MUST(gnutls_init(&session, flags | GNUTLS_NONBLOCK));
    MUST(gnutls_priority_set_direct(session, priority, NULL));
    if (cred)
        MUST(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, cred));
    end->full = 0, end->most = 0, end->errno_in = 0;
    free(end->in->bytes);
    memset(end->in, 0, sizeof *end->in);
    gnutls_transport_set_ptr(session, end);
    gnutls_transport_set_push_function(session, push_bytes);
    gnutls_transport_set_pull_function(session, pull_bytes);
    gnutls_transport_set_pull_timeout_function(session, wait_bytes);
    return session;
}

// `client` and `server`, not connected; credentials may be NULL.
static UNUSED void new_pair(gnutls_certificate_credentials_t of_server, unsigned server_flags, gnutls_certificate_credentials_t of_client,
                            unsigned client_flags, const char *priority) {
    server = end_of(&server_end, GNUTLS_SERVER | server_flags, of_server, priority);
    client = end_of(&client_end, GNUTLS_CLIENT | client_flags, of_client, priority);
}

static int is_waiting(int result) { return result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED; }

// The handshakes of both, as far as they go; who fails sends its alert.
static UNUSED int shake_pair(void) {
    int ours = GNUTLS_E_AGAIN, theirs = GNUTLS_E_AGAIN;
    for (int i = 0; i < 20 && (is_waiting(ours) || is_waiting(theirs)); i++) {
        int before = ours;
        if (is_waiting(ours))
            ours = gnutls_handshake(client);
        if (before != ours && ours < 0 && !is_waiting(ours))
            gnutls_alert_send_appropriate(client, ours);
        before = theirs;
        if (is_waiting(theirs))
            theirs = gnutls_handshake(server);
        if (before != theirs && theirs < 0 && !is_waiting(theirs))
            gnutls_alert_send_appropriate(server, theirs);
    }
    say("handshake: client %d %s, server %d %s", ours, name_of(ours), theirs, name_of(theirs));
    return ours == 0 && theirs == 0;
}

// What a read brings.
static UNUSED long take(const char *what, gnutls_session_t session) {
    static char data[20000];
    long got = gnutls_record_recv(session, data, sizeof data - 1);
    if (got < 0)
        return say_result(what, got);
    data[got] = 0;
    say("%s: got %ld '%.20s'", what, got, data);
    return got;
}

static UNUSED void end_pair(void) {
    gnutls_deinit(client);
    gnutls_deinit(server);
}

#endif
