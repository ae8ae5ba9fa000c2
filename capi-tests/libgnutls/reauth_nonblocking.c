// GNUTLS_E_AGAIN and GNUTLS_E_INTERRUPTED at every byte: the program's transport functions move one byte at a time and
// are interrupted before each.
#include "common.h"

static int the_fd;
static unsigned reads, writes;

static ssize_t pull_one(gnutls_transport_ptr_t session, void *data, size_t len) {
    if (reads++ % 2 == 0) {
        gnutls_transport_set_errno((gnutls_session_t)session, reads % 4 ? EAGAIN : EINTR);
        return -1;
    }
    return recv(the_fd, data, len ? 1 : 0, 0);
}

static ssize_t push_one(gnutls_transport_ptr_t session, const void *data, size_t len) {
    if (writes++ % 2 == 0) {
        gnutls_transport_set_errno((gnutls_session_t)session, writes % 4 ? EAGAIN : EINTR);
        return -1;
    }
    return send(the_fd, data, len ? 1 : 0, 0);
}

// Calls again until it is through; how often is not compared.
#define AGAIN(call) ({ long result_; do result_ = (call); while (result_ == GNUTLS_E_AGAIN || result_ == GNUTLS_E_INTERRUPTED); result_; })

static int verify(gnutls_session_t session) {
    unsigned status = 77;
    say("  judged: %d", gnutls_certificate_verify_peers2(session, &status));
    return status != 0;
}

static void both(void) {
    static char line[64];
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : "client", "root.pem");
    gnutls_certificate_set_verify_function(cred, verify);
    gnutls_session_t session = session_with(cred, GNUTLS_POST_HANDSHAKE_AUTH | GNUTLS_NONBLOCK, T13);
    the_fd = new_connection();
    gnutls_transport_set_ptr(session, session);
    gnutls_transport_set_pull_function(session, pull_one);
    gnutls_transport_set_push_function(session, push_one);
    say_result("handshake", AGAIN(gnutls_handshake(session)));
    if (is_server) {
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
        for (int round = 0; round < 2; round++)
            say_result("reauth", AGAIN(gnutls_reauth(session, 0)));
        say_peer(session);
        say_result("send", AGAIN(gnutls_record_send(session, "done", 4)));
    } else {
        for (int round = 0; round < 2; round++) {
            say_result("recv", AGAIN(gnutls_record_recv(session, line, sizeof line)));
            say_result("reauth", AGAIN(gnutls_reauth(session, 0)));
        }
        say_result("recv", AGAIN(gnutls_record_recv(session, line, sizeof line)));
    }
    say_result("bye", AGAIN(gnutls_bye(session, GNUTLS_SHUT_RDWR)));
    gnutls_deinit(session);
    gnutls_certificate_free_credentials(cred);
}

SIDES(both, both)
