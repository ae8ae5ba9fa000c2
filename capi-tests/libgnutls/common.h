// What the programs of this directory share: printing, credentials, connections.
//
// A program is either SINGLE(body) or SIDES(server, client), as in ../libssl/common.h: the harness gives the server the
// listening socket as its standard input and the client the port. Only standard output is compared.
#ifndef STANDIN_TESTS_GNUTLS_COMMON_H
#define STANDIN_TESTS_GNUTLS_COMMON_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))
#define UNUSED __attribute__((unused))
#define T12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define T13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"

static int is_server;
static int the_port;

static void say(const char *format, ...) {
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

#define CASE(...) say("== " __VA_ARGS__)

static const char *error_name(long error) {
    const char *name = error < 0 ? gnutls_strerror_name((int)error) : NULL;
    return name ? name : error == 0 ? "0" : error > 0 ? "positive" : "?";
}

static int say_result(const char *what, long ret) {
    say("%s: %s", what, error_name(ret));
    return (int)ret;
}

static void fail(const char *file, int line, const char *what, long ret) {
    say("%s:%d: %s: %s", strrchr(file, '/') ? strrchr(file, '/') + 1 : file, line, what, error_name(ret));
    exit(1);
}
#define MUST(call)                                                                                                    \
    do {                                                                                                              \
        long ret_ = (call);                                                                                           \
        if (ret_ < 0)                                                                                                 \
            fail(__FILE__, __LINE__, #call, ret_);                                                                    \
    } while (0)

static char *path2(const char *name, const char *suffix) {
    static char paths[8][4096];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s%s", getenv("CERTS"), name, suffix);
    return path;
}

// Credentials with a certificate (NULL: none), that trust the root.
static gnutls_certificate_credentials_t credentials(const char *name) {
    gnutls_certificate_credentials_t cred;
    MUST(gnutls_certificate_allocate_credentials(&cred));
    MUST(gnutls_certificate_set_x509_trust_file(cred, path2("root", ".pem"), GNUTLS_X509_FMT_PEM));
    if (name)
        MUST(gnutls_certificate_set_x509_key_file(cred, path2(name, ".pem"), path2(name, ".key"), GNUTLS_X509_FMT_PEM));
    return cred;
}

static gnutls_session_t new_session(unsigned flags, const char *priority, gnutls_certificate_credentials_t cred) {
    gnutls_session_t session;
    MUST(gnutls_init(&session, flags));
    MUST(gnutls_priority_set_direct(session, priority, NULL));
    if (cred)
        MUST(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, cred));
    return session;
}

static void say_peer(gnutls_session_t session) {
    unsigned size = 0;
    const gnutls_datum_t *peers = gnutls_certificate_get_peers(session, &size);
    if (!peers) {
        say("peer: none, %u", size);
        return;
    }
    gnutls_x509_crt_t crt;
    gnutls_datum_t dn;
    MUST(gnutls_x509_crt_init(&crt));
    MUST(gnutls_x509_crt_import(crt, &peers[0], GNUTLS_X509_FMT_DER));
    MUST(gnutls_x509_crt_get_dn3(crt, &dn, 0));
    unsigned status = 0;
    int ret = gnutls_certificate_verify_peers2(session, &status);
    say("peer: %s, %u certificates, verify_peers2: %s, status %u", dn.data, size, error_name(ret), status);
    gnutls_free(dn.data);
    gnutls_x509_crt_deinit(crt);
}

// --- connections over the loopback ----------------------------------------------------------

static int dial_fd(void) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)the_port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        fail(__FILE__, __LINE__, "connect", -1);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

static int answer_fd(void) {
    int fd = accept(0, NULL, NULL);
    if (fd < 0)
        fail(__FILE__, __LINE__, "accept", -1);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

// The original's macro would evaluate the descriptor twice.
static void attach(gnutls_session_t session, int fd) { gnutls_transport_set_int(session, fd); }

static int shake(gnutls_session_t session) {
    int ret;
    do
        ret = gnutls_handshake(session);
    while (ret == GNUTLS_E_AGAIN || ret == GNUTLS_E_INTERRUPTED);
    return say_result("handshake", ret);
}

static long put(gnutls_session_t session, const char *text) {
    long ret;
    do
        ret = gnutls_record_send(session, text, strlen(text));
    while (ret == GNUTLS_E_AGAIN || ret == GNUTLS_E_INTERRUPTED);
    if (ret != (long)strlen(text))
        say_result("send", ret);
    return ret;
}

static long get(gnutls_session_t session) {
    char text[4096];
    long ret;
    do
        ret = gnutls_record_recv(session, text, sizeof text - 1);
    while (ret == GNUTLS_E_AGAIN || ret == GNUTLS_E_INTERRUPTED);
    if (ret <= 0)
        return say_result("received", ret);
    text[ret] = 0;
    say("received: \"%s\"", text);
    return ret;
}

static void hang_up(gnutls_session_t session) {
    int fd = gnutls_transport_get_int(session);
    gnutls_bye(session, GNUTLS_SHUT_WR);
    gnutls_deinit(session);
    char rest[4096];
    shutdown(fd, SHUT_WR);
    struct timeval patience = {5, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    while (recv(fd, rest, sizeof rest, 0) > 0)
        ;
    close(fd);
}

// --- main -----------------------------------------------------------------------------------

static UNUSED void prepare(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    alarm(120);
    Dl_info info;
    char file[4096];
    const char *wanted = getenv("EXPECT_STANDIN");
    if (wanted && *wanted && (!dladdr((void *)gnutls_handshake, &info) || !realpath(info.dli_fname, file) || !strstr(file, "libstandin"))) {
        fprintf(stderr, "gnutls_handshake is not Standin's\n");
        exit(99);
    }
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
