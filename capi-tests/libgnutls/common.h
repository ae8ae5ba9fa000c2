// What the programs of this directory share: printing, certificates, connections.
//
// A program is either SINGLE(body) or SIDES(server, client). The harness gives the server the listening socket as its
// standard input and the client the port as its second argument. Only standard output is compared; what differs from
// run to run must not be printed.
#ifndef STANDIN_GNUTLS_TESTS_COMMON_H
#define STANDIN_GNUTLS_TESTS_COMMON_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))
#define UNUSED __attribute__((unused))
#define T12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define T13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"

static int is_server;
static int the_port;

// --- printing -------------------------------------------------------------------------------

static void say(const char *format, ...) {
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

// A line that opens a case: the harness shows it with a difference.
#define CASE(...) say("== " __VA_ARGS__)

static const char *name_of(long result) {
    const char *name = result < 0 ? gnutls_strerror_name((int)result) : NULL;
    return name ? name : "";
}

// Prints what a call returned.
static long say_result(const char *what, long result) {
    say("%s: %ld %s", what, result, name_of(result));
    return result;
}

static void must(int ok, const char *what) {
    if (ok)
        return;
    fprintf(stderr, "%s failed\n", what);
    exit(98);
}
// A call that can't fail here.
#define MUST(call) must((call) >= 0, #call)

static const char *subject_of(const gnutls_datum_t *der) {
    static char line[512];
    gnutls_x509_crt_t cert;
    size_t size = sizeof line;
    if (!der)
        return "none";
    MUST(gnutls_x509_crt_init(&cert));
    MUST(gnutls_x509_crt_import(cert, der, GNUTLS_X509_FMT_DER));
    MUST(gnutls_x509_crt_get_dn(cert, line, &size));
    gnutls_x509_crt_deinit(cert);
    return line;
}

static void say_peer(gnutls_session_t session) {
    unsigned size = 77, status = 77;
    const gnutls_datum_t *list = gnutls_certificate_get_peers(session, &size);
    say("peers: %u, %s", size, subject_of(list));
    if (list) {
        int result = gnutls_certificate_verify_peers2(session, &status);
        say("verify_peers2: %d %s, status %#x", result, name_of(result), status);
    }
}

// --- files, sockets -------------------------------------------------------------------------

static const char *file_of(const char *name) {
    static char paths[4][4096];
    static int next;
    char *path = paths[next++ % 4];
    const char *dir = getenv("CERTS");
    must(dir != NULL, "CERTS");
    snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}

static int new_connection(void) {
    int fd, one = 1;
    if (is_server) {
        fd = accept(0, NULL, NULL);
    } else {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)the_port)};
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fd = socket(AF_INET, SOCK_STREAM, 0);
        must(connect(fd, (struct sockaddr *)&address, sizeof address) == 0, "connect");
    }
    must(fd >= 0, "socket");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

// --- credentials, sessions ------------------------------------------------------------------

// Credentials that trust `ca` (may be NULL) and have `name`.pem and `name`.key (may be NULL).
static gnutls_certificate_credentials_t credentials(const char *name, const char *ca) {
    gnutls_certificate_credentials_t cred;
    char cert[128], key[128];
    MUST(gnutls_certificate_allocate_credentials(&cred));
    if (ca)
        MUST(gnutls_certificate_set_x509_trust_file(cred, file_of(ca), GNUTLS_X509_FMT_PEM));
    if (name) {
        snprintf(cert, sizeof cert, "%s.pem", name);
        snprintf(key, sizeof key, "%s.key", name);
        MUST(gnutls_certificate_set_x509_key_file(cred, file_of(cert), file_of(key), GNUTLS_X509_FMT_PEM));
    }
    return cred;
}

// A session of this side with credentials and priorities.
static gnutls_session_t session_with(gnutls_certificate_credentials_t cred, unsigned flags, const char *priority) {
    gnutls_session_t session;
    MUST(gnutls_init(&session, flags | (is_server ? GNUTLS_SERVER : GNUTLS_CLIENT)));
    MUST(gnutls_priority_set_direct(session, priority ? priority : "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2", NULL));
    if (cred)
        MUST(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, cred));
    if (!is_server)
        MUST(gnutls_server_name_set(session, GNUTLS_NAME_DNS, "localhost", 9));
    return session;
}

// ... connected.
static gnutls_session_t connected(gnutls_certificate_credentials_t cred, unsigned flags, const char *priority) {
    gnutls_session_t session = session_with(cred, flags, priority);
    int fd = new_connection(); // the next is a macro that evaluates its argument twice
    gnutls_transport_set_int(session, fd);
    return session;
}

// The handshake, to its end.
static int shake(gnutls_session_t session) {
    int result;
    do
        result = gnutls_handshake(session);
    while (result < 0 && !gnutls_error_is_fatal(result));
    return result;
}

static int say_handshake(gnutls_session_t session) { return (int)say_result("handshake", shake(session)); }

// Sends a line.
static void put(gnutls_session_t session, const char *line) {
    ssize_t sent;
    do
        sent = gnutls_record_send(session, line, strlen(line));
    while (sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED);
    if (sent != (ssize_t)strlen(line))
        say_result("send", sent);
}

// Receives a line; what is to be called again is.
static ssize_t get(gnutls_session_t session) {
    char line[256];
    ssize_t got;
    do
        got = gnutls_record_recv(session, line, sizeof line - 1);
    while (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED);
    if (got >= 0) {
        line[got] = 0;
        say("got: %zd %s", got, line);
    } else {
        say_result("recv", got);
    }
    return got;
}

// Ends a session and closes its socket.
static void finish(gnutls_session_t session) {
    int fd = gnutls_transport_get_int(session);
    gnutls_deinit(session);
    close(fd);
}

// --- main -----------------------------------------------------------------------------------

// Under the harness, make sure that the library is the one that it meant.
static void check_library(void) {
    Dl_info info;
    char file[4096];
    const char *wanted = getenv("EXPECT_STANDIN");
    if (wanted && *wanted &&
        (!dladdr((void *)gnutls_init, &info) || !realpath(info.dli_fname, file) || !strstr(file, "libstandin"))) {
        fprintf(stderr, "gnutls_init is not Standin's\n");
        exit(99);
    }
}

static UNUSED void prepare(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    alarm(120);
    check_library();
    if (argc > 1)
        is_server = strcmp(argv[1], "server") == 0;
    if (argc > 2)
        the_port = atoi(argv[2]);
}

#define SINGLE(body)                                                                                                  \
    int main(int argc, char **argv) {                                                                                 \
        prepare(argc, argv);                                                                                          \
        body();                                                                                                       \
        return 0;                                                                                                     \
    }

#define SIDES(server, client)                                                                                         \
    int main(int argc, char **argv) {                                                                                 \
        prepare(argc, argv);                                                                                          \
        is_server ? server() : client();                                                                              \
        return 0;                                                                                                     \
    }

#endif
