// What the programs of this directory share: printing, certificates, connections.
//
// A program is either SINGLE(body) or SIDES(server, client). The harness gives the server the
// listening socket as its standard input and the client the port as its second argument. Only
// standard output is compared; what differs from run to run must not be printed.
#ifndef STANDIN_TESTS_COMMON_H
#define STANDIN_TESTS_COMMON_H

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
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define T12 TLS1_2_VERSION
#define T13 TLS1_3_VERSION
#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))
#define UNUSED __attribute__((unused))

static const int both_versions[] = {T12, T13};
#define EACH_VERSION(v) (int i_ = 0, v = T12; i_ < 2 && (v = both_versions[i_], 1); i_++)

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

static const char *version_name(int version) {
    switch (version) {
    case 0: return "any";
    case TLS1_VERSION: return "TLS 1.0";
    case TLS1_1_VERSION: return "TLS 1.1";
    case T12: return "TLS 1.2";
    case T13: return "TLS 1.3";
    default: return "?";
    }
}

static const char *error_name(int error) {
    static const char *names[] = {"NONE", "SSL", "WANT_READ", "WANT_WRITE", "WANT_X509_LOOKUP", "SYSCALL",
                                  "ZERO_RETURN", "WANT_CONNECT", "WANT_ACCEPT", "WANT_ASYNC", "WANT_ASYNC_JOB",
                                  "WANT_CLIENT_HELLO_CB", "WANT_RETRY_VERIFY"};
    return error >= 0 && error < COUNT(names) ? names[error] : "?";
}

// Prints and empties the error queue: library and reason, never file or function.
static void say_queue(void) {
    unsigned long code;
    while ((code = ERR_get_error()) != 0) {
        const char *library = ERR_lib_error_string(code), *reason = ERR_reason_error_string(code);
        say("  queue: %s: %s (%d)", library ? library : "?", reason ? reason : "?", (int)ERR_GET_REASON(code));
    }
}

// Prints what a call returned and, when it failed, why.
static int say_result(SSL *ssl, const char *what, int ret) {
    int error = SSL_get_error(ssl, ret);
    say("%s: %d %s", what, ret, error_name(error));
    say_queue();
    return ret;
}

static const char *subject_of(X509 *cert) {
    static char line[512];
    if (!cert)
        return "none";
    X509_NAME_oneline(X509_get_subject_name(cert), line, sizeof line);
    return line;
}

static const char *verify_name(long result) { return X509_verify_cert_error_string(result); }

static void say_peer(SSL *ssl) {
    X509 *peer = SSL_get1_peer_certificate(ssl);
    say("peer: %s, verify result: %ld %s", subject_of(peer), SSL_get_verify_result(ssl),
        verify_name(SSL_get_verify_result(ssl)));
    X509_free(peer);
}

static void say_chain(const char *what, STACK_OF(X509) *chain) {
    say("%s: %d certificates", what, chain ? sk_X509_num(chain) : -1);
    for (int i = 0; chain && i < sk_X509_num(chain); i++)
        say("  %d %s", i, subject_of(sk_X509_value(chain, i)));
}

static void say_names(const char *what, const STACK_OF(X509_NAME) *names) {
    say("%s: %d names", what, names ? sk_X509_NAME_num(names) : -1);
    for (int i = 0; names && i < sk_X509_NAME_num(names); i++) {
        char line[512];
        say("  %s", X509_NAME_oneline(sk_X509_NAME_value(names, i), line, sizeof line));
    }
}

// Info callback that prints the alerts.
static void say_alerts(const SSL *ssl UNUSED, int where, int value) {
    if (where & SSL_CB_ALERT)
        say("  alert %s: %s %s", where & SSL_CB_READ ? "received" : "sent", SSL_alert_type_string_long(value),
            SSL_alert_desc_string_long(value));
}

static void fail(const char *file, int line, const char *what) {
    say("%s:%d: %s", strrchr(file, '/') ? strrchr(file, '/') + 1 : file, line, what);
    say_queue();
    exit(1);
}
// What must succeed on any library, or the program makes no sense.
#define MUST(call) ((call) ? (void)0 : fail(__FILE__, __LINE__, "failed: " #call))

// --- certificates ---------------------------------------------------------------------------

static char *path(const char *name) {
    static char paths[8][4096];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", getenv("CERTS"), name);
    return path;
}

static char *path2(const char *name, const char *suffix) {
    char file[256];
    snprintf(file, sizeof file, "%s%s", name, suffix);
    return path(file);
}

static X509 *load_cert(const char *name) {
    FILE *f = fopen(path2(name, ".pem"), "r");
    MUST(f != NULL);
    X509 *cert = PEM_read_X509(f, NULL, NULL, NULL);
    MUST(cert != NULL);
    fclose(f);
    return cert;
}

static EVP_PKEY *load_key(const char *name) {
    FILE *f = fopen(path2(name, ".key"), "r");
    MUST(f != NULL);
    EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
    MUST(key != NULL);
    fclose(f);
    return key;
}

static STACK_OF(X509) *load_chain(const char *name) {
    FILE *f = fopen(path2(name, ".pem"), "r");
    MUST(f != NULL);
    STACK_OF(X509) *chain = sk_X509_new_null();
    X509 *cert;
    while ((cert = PEM_read_X509(f, NULL, NULL, NULL)) != NULL)
        sk_X509_push(chain, cert);
    ERR_clear_error();
    fclose(f);
    return chain;
}

static void drop_chain(STACK_OF(X509) *chain) { sk_X509_pop_free(chain, X509_free); }

static void use_cert(SSL_CTX *ctx, const char *name) {
    MUST(SSL_CTX_use_certificate_chain_file(ctx, path2(name, ".pem")) == 1);
    MUST(SSL_CTX_use_PrivateKey_file(ctx, path2(name, ".key"), SSL_FILETYPE_PEM) == 1);
}

static void ssl_use_cert(SSL *ssl, const char *name) {
    MUST(SSL_use_certificate_file(ssl, path2(name, ".pem"), SSL_FILETYPE_PEM) == 1);
    MUST(SSL_use_PrivateKey_file(ssl, path2(name, ".key"), SSL_FILETYPE_PEM) == 1);
}

// --- contexts -------------------------------------------------------------------------------

static SSL_CTX *new_context(const SSL_METHOD *method, int version) {
    SSL_CTX *ctx = SSL_CTX_new(method);
    MUST(ctx != NULL);
    if (version) {
        MUST(SSL_CTX_set_min_proto_version(ctx, version));
        MUST(SSL_CTX_set_max_proto_version(ctx, version));
    }
    MUST(SSL_CTX_load_verify_locations(ctx, path("root.pem"), NULL));
    SSL_CTX_set_info_callback(ctx, say_alerts);
    return ctx;
}

// A client that trusts the root and verifies the server.
static SSL_CTX *new_client(int version) {
    SSL_CTX *ctx = new_context(TLS_client_method(), version);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    return ctx;
}

// A server with a certificate, that trusts the root and requests nothing.
static SSL_CTX *new_server(int version) {
    SSL_CTX *ctx = new_context(TLS_server_method(), version);
    use_cert(ctx, "server");
    MUST(SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"tests", 5));
    return ctx;
}

// --- connections over the loopback ----------------------------------------------------------

static int dial_fd(void) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)the_port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    MUST(fd >= 0);
    MUST(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

static int answer_fd(void) {
    int fd = accept(0, NULL, NULL);
    MUST(fd >= 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

// A client's SSL on a fresh connection to the server side; no handshake yet.
static SSL *dial(SSL_CTX *ctx) {
    SSL *ssl = SSL_new(ctx);
    MUST(ssl != NULL);
    MUST(SSL_set_fd(ssl, dial_fd()));
    SSL_set_connect_state(ssl);
    return ssl;
}

// The server's SSL for the next connection; no handshake yet.
static SSL *answer(SSL_CTX *ctx) {
    SSL *ssl = SSL_new(ctx);
    MUST(ssl != NULL);
    MUST(SSL_set_fd(ssl, answer_fd()));
    SSL_set_accept_state(ssl);
    return ssl;
}

static int shake(SSL *ssl) { return say_result(ssl, is_server ? "accept" : "connect", SSL_do_handshake(ssl)); }

static int put(SSL *ssl, const char *text) {
    int ret = SSL_write(ssl, text, (int)strlen(text));
    if (ret != (int)strlen(text))
        say_result(ssl, "write", ret);
    return ret;
}

// Reads once and prints what came.
static int get(SSL *ssl) {
    char text[4096];
    int ret = SSL_read(ssl, text, sizeof text - 1);
    if (ret <= 0)
        return say_result(ssl, "read", ret);
    text[ret] = 0;
    say("read: \"%s\"", text);
    return ret;
}

// Half-closes the socket and waits for the other side to do the same: no reset eats an alert.
static void drain(int fd) {
    char rest[4096];
    shutdown(fd, SHUT_WR);
    struct timeval patience = {5, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    while (recv(fd, rest, sizeof rest, 0) > 0)
        ;
    close(fd);
}

// Ends a connection made by `dial` or `answer`.
static void hang_up(SSL *ssl) {
    int fd = SSL_get_fd(ssl);
    SSL_shutdown(ssl);
    ERR_clear_error();
    SSL_free(ssl);
    drain(fd);
}

// A whole connection: handshake, one line each way, the end. The server speaks first, so that a
// client whose certificate is refused under TLS 1.3 learns it by reading.
static void converse(SSL *ssl) {
    if (shake(ssl) == 1) {
        if (is_server) {
            if (put(ssl, "hello") > 0)
                get(ssl);
        } else if (get(ssl) > 0) {
            put(ssl, "thanks");
        }
    }
}

// --- connections inside one process ---------------------------------------------------------

// Two SSLs joined by a BIO pair with buffers of `size` bytes (0: the default).
static void join(SSL *client, SSL *server, size_t size) {
    BIO *left, *right;
    MUST(BIO_new_bio_pair(&left, size, &right, size));
    SSL_set_bio(client, left, left);
    SSL_set_bio(server, right, right);
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
}

// One side has failed: prints why, and what the other makes of it.
static void say_failure(SSL *failed, int ret, SSL *other) {
    say_result(failed, SSL_is_server(failed) ? "server handshake" : "client handshake", ret);
    ret = SSL_is_init_finished(other) ? SSL_read(other, (char[1]){0}, 1) : SSL_do_handshake(other);
    say_result(other, SSL_is_server(other) ? "then the server" : "then the client", ret);
}

// Drives both handshakes until neither moves. Returns 1 when both are done.
static int shake_both(SSL *client, SSL *server) {
    int c = 0, s = 0;
    for (int turn = 0; turn < 100000; turn++) {
        if (c != 1)
            c = SSL_do_handshake(client);
        int c_error = SSL_get_error(client, c);
        if (c != 1 && c_error != SSL_ERROR_WANT_READ && c_error != SSL_ERROR_WANT_WRITE)
            return say_failure(client, c, server), 0;
        if (s != 1)
            s = SSL_do_handshake(server);
        int s_error = SSL_get_error(server, s);
        if (s != 1 && s_error != SSL_ERROR_WANT_READ && s_error != SSL_ERROR_WANT_WRITE)
            return say_failure(server, s, client), 0;
        if (c == 1 && s == 1)
            return 1;
    }
    say("the handshake does not end");
    return 0;
}

// --- main -----------------------------------------------------------------------------------

// Under the harness, make sure that the library is the one that it meant.
static void check_library(void) {
    Dl_info info;
    char file[4096];
    const char *wanted = getenv("EXPECT_STANDIN");
    if (wanted && *wanted && (!dladdr((void *)SSL_new, &info) || !realpath(info.dli_fname, file) || !strstr(file, "libstandin"))) {
        fprintf(stderr, "SSL_new is not Standin's\n");
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
