/* What TLS costs a program that is linked to libgnutls: CPU time, user and system, of both sides of a connection in
 * one process and one thread. The same binary measures the original and, with LD_PRELOAD, Standin; see `run`.
 *
 *   bench-gnutls DIR [ROW...]  measures (all rows, or those named) with the certificates in DIR and prints its name, what
 *                              it is, value, unit, separated by tabs
 *   bench-gnutls process DIR   makes one mutual handshake (the row "process" measures such processes from outside)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

/* How long one row is measured, in nanoseconds of CPU. */
#define SLICE 150000000LL
#define RECORD 16384

extern char **environ;

static const char *directory;
static const char *self;

static _Noreturn void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

#define CHECK(what) ((what) ? (void)0 : die("bench: line %d: %s", __LINE__, #what))

static long long cpu_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* --- credentials, and pairs of sessions --- */

enum client_auth { NEVER, AT_HANDSHAKE, LATER };

struct setup {
    const char *root, *server, *client; /* names of certificates */
    enum client_auth auth;
    const char *priority;
};

static const struct setup USUAL = { "root", "server", "client", NEVER, "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-X25519" };

struct side {
    const struct setup *setup;
    gnutls_certificate_credentials_t server, client;
    gnutls_priority_t priority;
    gnutls_datum_t ticket_key;
};

struct pair {
    gnutls_session_t server, client;
    int fds[2];
};

static gnutls_certificate_credentials_t new_credentials(const char *root, const char *name)
{
    gnutls_certificate_credentials_t made;
    char certificate[4096], key[4096];
    CHECK(gnutls_certificate_allocate_credentials(&made) == 0);
    snprintf(certificate, sizeof certificate, "%s/%s.pem", directory, root);
    CHECK(gnutls_certificate_set_x509_trust_file(made, certificate, GNUTLS_X509_FMT_PEM) == 1);
    if (name) {
        snprintf(certificate, sizeof certificate, "%s/%s.pem", directory, name);
        snprintf(key, sizeof key, "%s/%s.key", directory, name);
        CHECK(gnutls_certificate_set_x509_key_file(made, certificate, key, GNUTLS_X509_FMT_PEM) == 0);
    }
    return made;
}

static struct side new_side(const struct setup *setup)
{
    struct side side = { .setup = setup };
    side.server = new_credentials(setup->root, setup->server);
    side.client = new_credentials(setup->root, setup->auth == NEVER ? NULL : setup->client);
    CHECK(gnutls_priority_init(&side.priority, setup->priority, NULL) == 0);
    return side;
}

static void free_side(struct side *side)
{
    gnutls_certificate_free_credentials(side->server);
    gnutls_certificate_free_credentials(side->client);
    gnutls_priority_deinit(side->priority);
    gnutls_free(side->ticket_key.data);
}

/* The call returned `ret`: it only has to wait for the other side, or the bench ends here. */
static void must_only_wait(long ret)
{
    if (ret != GNUTLS_E_AGAIN && ret != GNUTLS_E_INTERRUPTED)
        die("bench: %ld %s", ret, gnutls_strerror((int)ret));
}

static gnutls_session_t new_session(const struct side *side, unsigned flags, int fd)
{
    gnutls_session_t session;
    bool server = flags & GNUTLS_SERVER;
    CHECK(gnutls_init(&session, flags | GNUTLS_NONBLOCK | (side->setup->auth == LATER ? GNUTLS_POST_HANDSHAKE_AUTH : 0)) == 0);
    CHECK(gnutls_priority_set(session, side->priority) == 0);
    CHECK(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, server ? side->server : side->client) == 0);
    gnutls_transport_set_int(session, fd);
    if (!server || side->setup->auth != NEVER)
        gnutls_session_set_verify_cert(session, server ? NULL : "localhost", 0);
    return session;
}

static struct pair start(const struct side *side, const gnutls_datum_t *session)
{
    struct pair pair = { .fds = { -1, -1 } };
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.fds) == 0);
    pair.server = new_session(side, GNUTLS_SERVER, pair.fds[0]);
    pair.client = new_session(side, GNUTLS_CLIENT, pair.fds[1]);
    CHECK(gnutls_server_name_set(pair.client, GNUTLS_NAME_DNS, "localhost", 9) == 0);
    if (side->setup->auth == AT_HANDSHAKE)
        gnutls_certificate_server_set_request(pair.server, GNUTLS_CERT_REQUIRE);
    if (side->ticket_key.data)
        CHECK(gnutls_session_ticket_enable_server(pair.server, &side->ticket_key) == 0);
    if (session)
        CHECK(gnutls_session_set_data(pair.client, session->data, session->size) == 0);

    int client = 1, server = 1;
    while (client != 0 || server != 0) {
        if (client != 0 && (client = gnutls_handshake(pair.client)) != 0)
            must_only_wait(client);
        if (server != 0 && (server = gnutls_handshake(pair.server)) != 0)
            must_only_wait(server);
    }
    return pair;
}

static void finish(struct pair *pair)
{
    gnutls_bye(pair->client, GNUTLS_SHUT_WR);
    gnutls_bye(pair->server, GNUTLS_SHUT_WR);
    gnutls_deinit(pair->client);
    gnutls_deinit(pair->server);
    close(pair->fds[0]);
    close(pair->fds[1]);
}

static void must_be_authenticated(gnutls_session_t server)
{
    unsigned size = 0;
    CHECK(gnutls_certificate_get_peers(server, &size) && size > 0);
    CHECK(gnutls_session_get_verify_cert_status(server) == 0);
}

/* Sends `size` bytes and takes them on the other side. */
static void send_one_way(gnutls_session_t from, gnutls_session_t to, char *data, int size)
{
    for (ssize_t sent = 0, ret; sent < size; sent += ret)
        if ((ret = gnutls_record_send(from, data + sent, (size_t)(size - sent))) <= 0)
            must_only_wait(ret), ret = 0;
    for (ssize_t taken = 0, ret; taken < size; taken += ret)
        if ((ret = gnutls_record_recv(to, data + taken, (size_t)(size - taken))) <= 0)
            must_only_wait(ret), ret = 0;
}

/* Lets a side take what is not application data (tickets): one call each. */
static void take_messages(gnutls_session_t session)
{
    char byte;
    for (int i = 0; i < 3; i++) {
        ssize_t ret = gnutls_record_recv(session, &byte, 1);
        CHECK(ret <= 0);
        must_only_wait(ret);
    }
}

/* --- rows --- */

static double per_handshake(const struct setup *setup)
{
    struct side side = new_side(setup);
    struct pair first = start(&side, NULL);
    if (setup->auth == AT_HANDSHAKE)
        must_be_authenticated(first.server);
    finish(&first);
    long count = 0;
    long long begin = cpu_now(), spent;
    do {
        for (int i = 0; i < 8; i++, count++) {
            struct pair pair = start(&side, NULL);
            finish(&pair);
        }
    } while ((spent = cpu_now() - begin) < SLICE);
    free_side(&side);
    return spent / 1e3 / count;
}

static double handshake(void)
{
    return per_handshake(&USUAL);
}

static double mutual(void)
{
    struct setup setup = USUAL;
    setup.auth = AT_HANDSHAKE;
    return per_handshake(&setup);
}

static double mutual_rsa(void)
{
    struct setup setup = USUAL;
    setup.auth = AT_HANDSHAKE;
    setup.root = "rsa-root";
    setup.server = "rsa-server";
    setup.client = "rsa-client";
    return per_handshake(&setup);
}

static double mutual_tls12(void)
{
    struct setup setup = USUAL;
    setup.auth = AT_HANDSHAKE;
    setup.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1";
    return per_handshake(&setup);
}

/* Every connection resumes with a ticket of the one before, as RFC 8446 C.4 would have it. */
static double resumption(void)
{
    struct side side = new_side(&USUAL);
    gnutls_datum_t newest = { NULL, 0 };
    CHECK(gnutls_session_ticket_key_generate(&side.ticket_key) == 0);
    struct pair first = start(&side, NULL);
    take_messages(first.client);
    CHECK(gnutls_session_get_data2(first.client, &newest) == 0 && !gnutls_session_is_resumed(first.client));
    finish(&first);
    long count = 0;
    long long begin = cpu_now(), spent;
    do {
        for (int i = 0; i < 8; i++, count++) {
            struct pair pair = start(&side, &newest);
            CHECK(gnutls_session_is_resumed(pair.client) && gnutls_session_is_resumed(pair.server));
            take_messages(pair.client);
            gnutls_free(newest.data);
            CHECK(gnutls_session_get_data2(pair.client, &newest) == 0);
            finish(&pair);
        }
    } while ((spent = cpu_now() - begin) < SLICE);
    gnutls_free(newest.data);
    free_side(&side);
    return spent / 1e3 / count;
}

static double pha_round(void)
{
    struct setup setup = USUAL;
    setup.auth = LATER;
    struct side side = new_side(&setup);
    struct pair pair = start(&side, NULL);
    char byte;
    gnutls_certificate_server_set_request(pair.server, GNUTLS_CERT_REQUIRE);
    long count = 0;
    long long begin = cpu_now(), spent;
    do {
        CHECK(gnutls_reauth(pair.server, 0) == GNUTLS_E_AGAIN);
        CHECK(gnutls_record_recv(pair.client, &byte, 1) == GNUTLS_E_REAUTH_REQUEST);
        CHECK(gnutls_reauth(pair.client, 0) == 0);
        CHECK(gnutls_reauth(pair.server, 0) == 0);
        if (count++ == 0)
            must_be_authenticated(pair.server);
    } while ((spent = cpu_now() - begin) < SLICE);
    must_be_authenticated(pair.server);
    finish(&pair);
    free_side(&side);
    return spent / 1e3 / count;
}

/* MiB per second of CPU, from gnutls_record_send to the other side's gnutls_record_recv. */
static double bulk(gnutls_cipher_algorithm_t cipher, const char *name)
{
    static char data[RECORD];
    char priority[256];
    struct setup setup = USUAL;
    snprintf(priority, sizeof priority, "%s:-CIPHER-ALL:+%s", USUAL.priority, name);
    setup.priority = priority;
    struct side side = new_side(&setup);
    struct pair pair = start(&side, NULL);
    send_one_way(pair.server, pair.client, data, RECORD);
    long count = 0;
    long long begin = cpu_now(), spent;
    do {
        for (int i = 0; i < 256; i++, count++)
            send_one_way(pair.client, pair.server, data, RECORD);
    } while ((spent = cpu_now() - begin) < SLICE);
    CHECK(gnutls_cipher_get(pair.client) == cipher);
    finish(&pair);
    free_side(&side);
    return count * (double)RECORD / (1 << 20) / (spent / 1e9);
}

static double bulk_aes128(void)
{
    return bulk(GNUTLS_CIPHER_AES_128_GCM, "AES-128-GCM");
}

static double bulk_aes256(void)
{
    return bulk(GNUTLS_CIPHER_AES_256_GCM, "AES-256-GCM");
}

static double bulk_chacha(void)
{
    return bulk(GNUTLS_CIPHER_CHACHA20_POLY1305, "CHACHA20-POLY1305");
}

static double ping_pong(int size)
{
    char data[64] = { 0 };
    struct side side = new_side(&USUAL);
    struct pair pair = start(&side, NULL);
    send_one_way(pair.server, pair.client, data, size);
    long count = 0;
    long long begin = cpu_now(), spent;
    do {
        for (int i = 0; i < 256; i++, count++) {
            send_one_way(pair.client, pair.server, data, size);
            send_one_way(pair.server, pair.client, data, size);
        }
    } while ((spent = cpu_now() - begin) < SLICE);
    finish(&pair);
    free_side(&side);
    return spent / 1e3 / count;
}

static double ping_pong_1(void)
{
    return ping_pong(1);
}

static double ping_pong_64(void)
{
    return ping_pong(64);
}

/* Heap that a mutual connection keeps, both ends, once it has carried data and is idle. */
static double memory(void)
{
    enum { PAIRS = 200 };
    static struct pair pairs[PAIRS];
    char data[64] = { 0 };
    struct setup setup = USUAL;
    setup.auth = AT_HANDSHAKE;
    struct side side = new_side(&setup);
    struct mallinfo2 before = { 0 };
    for (int i = 0; i < PAIRS; i++) {
        if (i == PAIRS / 2) /* the first half fills caches that belong to the credentials */
            before = mallinfo2();
        pairs[i] = start(&side, NULL);
        send_one_way(pairs[i].client, pairs[i].server, data, sizeof data);
        send_one_way(pairs[i].server, pairs[i].client, data, sizeof data);
    }
    struct mallinfo2 after = mallinfo2();
    for (int i = 0; i < PAIRS; i++)
        finish(&pairs[i]);
    free_side(&side);
    double bytes = (double)(after.uordblks + after.hblkhd) - (double)(before.uordblks + before.hblkhd);
    return bytes / 1024 / (PAIRS - PAIRS / 2);
}

static int one_process(void)
{
    struct setup setup = USUAL;
    setup.auth = AT_HANDSHAKE;
    struct side side = new_side(&setup);
    struct pair pair = start(&side, NULL);
    must_be_authenticated(pair.server);
    finish(&pair);
    free_side(&side);
    return 0;
}

/* CPU of a whole process, from exec to exit, that loads its files and makes one mutual handshake. */
static double process(void)
{
    enum { PROCESSES = 20 };
    char *args[] = { (char *)self, "process", (char *)directory, NULL };
    double spent = 0;
    for (int i = 0; i < PROCESSES; i++) {
        struct rusage usage;
        int status;
        pid_t pid;
        CHECK(posix_spawn(&pid, self, NULL, NULL, args, environ) == 0);
        CHECK(wait4(pid, &status, 0, &usage) == pid && status == 0);
        spent += usage.ru_utime.tv_sec * 1e6 + usage.ru_utime.tv_usec;
        spent += usage.ru_stime.tv_sec * 1e6 + usage.ru_stime.tv_usec;
    }
    return spent / PROCESSES;
}

static const struct row {
    const char *name, *words, *unit;
    double (*measure)(void);
} ROWS[] = {
    { "handshake", "handshake, only the server authenticated", "us", handshake },
    { "mutual", "mutual handshake", "us", mutual },
    { "mutual-rsa2048", "mutual handshake, RSA-2048", "us", mutual_rsa },
    { "mutual-tls12", "mutual handshake, TLS 1.2", "us", mutual_tls12 },
    { "resumption", "resumption with a ticket", "us", resumption },
    { "pha-round", "round of gnutls_reauth", "us", pha_round },
    { "bulk-aes128gcm", "16 KiB writes, AES-128-GCM", "MiB/s", bulk_aes128 },
    { "bulk-aes256gcm", "16 KiB writes, AES-256-GCM", "MiB/s", bulk_aes256 },
    { "bulk-chacha20", "16 KiB writes, ChaCha20-Poly1305", "MiB/s", bulk_chacha },
    { "pingpong-1", "1 byte there and 1 back", "us", ping_pong_1 },
    { "pingpong-64", "64 bytes there and 64 back", "us", ping_pong_64 },
    { "memory", "heap of an idle mutual connection, both ends", "KiB", memory },
    { "process", "whole process with one mutual handshake", "us", process },
};

/* Each row is measured in a process of its own: one that fails does not take the others with it, and none finds the
 * heap as another has left it. */
static bool measure(const struct row *row)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        printf("%s\t%s\t%.3f\t%s\n", row->name, row->words, row->measure(), row->unit);
        fflush(stdout);
        _exit(0);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid);
    if (status == 0)
        return true;
    printf("%s\t%s\t-\t%s\n", row->name, row->words, row->unit);
    return false;
}

static bool is_wanted(const char *name, int count, char **names)
{
    for (int i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return count == 0;
}

int main(int argc, char **argv)
{
    self = "/proc/self/exe";
    if (argc == 3 && strcmp(argv[1], "process") == 0) {
        directory = argv[2];
        return one_process();
    }
    if (argc < 2)
        die("usage: bench-gnutls DIR [ROW...]");
    directory = argv[1];

    Dl_info library;
    CHECK(dladdr((void *)gnutls_init, &library));
    printf("# %s\t%s\n", library.dli_fname, gnutls_check_version(NULL));
    bool ok = true;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (is_wanted(ROWS[i].name, argc - 2, argv + 2))
            ok &= measure(&ROWS[i]);
    return ok ? 0 : 1;
}
