/* What TLS costs a program that is linked to libgnutls: CPU time, user and system, of both sides of a connection in
 * one process and one thread. The same binary measures the original and, with LD_PRELOAD, Standin; see `run`.
 *
 *   bench-gnutls DIR [ROW...]  measures (all rows, or those named) with the certificates in DIR and prints its name, what
 *                              it is, value, unit, separated by tabs
 *   bench-gnutls process DIR   makes one mutual handshake (the row "process" measures such processes from outside)
 */
#include "measure.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

static void explain(void)
{
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
    turn(SERVER);
    pair.server = new_session(side, GNUTLS_SERVER, pair.fds[0]);
    if (side->setup->auth == AT_HANDSHAKE)
        gnutls_certificate_server_set_request(pair.server, GNUTLS_CERT_REQUIRE);
    if (side->ticket_key.data)
        CHECK(gnutls_session_ticket_enable_server(pair.server, &side->ticket_key) == 0);
    turn(CLIENT);
    pair.client = new_session(side, GNUTLS_CLIENT, pair.fds[1]);
    CHECK(gnutls_server_name_set(pair.client, GNUTLS_NAME_DNS, "localhost", 9) == 0);
    if (session)
        CHECK(gnutls_session_set_data(pair.client, session->data, session->size) == 0);

    int client = 1, server = 1;
    while (client != 0 || server != 0) {
        turn(CLIENT);
        if (client != 0 && (client = gnutls_handshake(pair.client)) != 0)
            must_only_wait(client);
        turn(SERVER);
        if (server != 0 && (server = gnutls_handshake(pair.server)) != 0)
            must_only_wait(server);
    }
    turn(BOTH);
    return pair;
}

static void finish(struct pair *pair)
{
    turn(CLIENT);
    gnutls_bye(pair->client, GNUTLS_SHUT_WR);
    turn(SERVER);
    gnutls_bye(pair->server, GNUTLS_SHUT_WR);
    gnutls_deinit(pair->server);
    turn(CLIENT);
    gnutls_deinit(pair->client);
    turn(BOTH);
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

static double per_handshake(const struct setup *setup, enum what what)
{
    struct side side = new_side(setup);
    struct pair first = start(&side, NULL);
    if (setup->auth == AT_HANDSHAKE)
        must_be_authenticated(first.server);
    finish(&first);
    long count = 0;
    begin(what);
    do {
        for (int i = 0; i < 8; i++, count++) {
            struct pair pair = start(&side, NULL);
            finish(&pair);
        }
    } while (goes_on(count));
    double result = each(count);
    free_side(&side);
    return result;
}

static double handshake(void)
{
    return per_handshake(&USUAL, BOTH);
}

static double handshake_server(void)
{
    return per_handshake(&USUAL, SERVER);
}

static double handshake_client(void)
{
    return per_handshake(&USUAL, CLIENT);
}

static double mutual_of(enum what what)
{
    struct setup setup = USUAL;
    setup.auth = AT_HANDSHAKE;
    return per_handshake(&setup, what);
}

static double mutual_server(void)
{
    return mutual_of(SERVER);
}

static double mutual_client(void)
{
    return mutual_of(CLIENT);
}

static double mutual(void)
{
    return mutual_of(BOTH);
}

static double mutual_rsa(void)
{
    struct setup setup = USUAL;
    setup.auth = AT_HANDSHAKE;
    setup.root = "rsa-root";
    setup.server = "rsa-server";
    setup.client = "rsa-client";
    return per_handshake(&setup, BOTH);
}

static double mutual_tls12_of(enum what what)
{
    struct setup setup = USUAL;
    setup.auth = AT_HANDSHAKE;
    setup.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1";
    return per_handshake(&setup, what);
}

static double mutual_tls12(void)
{
    return mutual_tls12_of(BOTH);
}

/* Every connection resumes with a ticket of the one before, as RFC 8446 C.4 would have it. */
static double resumptions(enum what what)
{
    struct side side = new_side(&USUAL);
    gnutls_datum_t newest = { NULL, 0 };
    CHECK(gnutls_session_ticket_key_generate(&side.ticket_key) == 0);
    struct pair first = start(&side, NULL);
    take_messages(first.client);
    CHECK(gnutls_session_get_data2(first.client, &newest) == 0 && !gnutls_session_is_resumed(first.client));
    finish(&first);
    long count = 0;
    begin(what);
    do {
        for (int i = 0; i < 8; i++, count++) {
            struct pair pair = start(&side, &newest);
            CHECK(gnutls_session_is_resumed(pair.client) && gnutls_session_is_resumed(pair.server));
            take_messages(pair.client);
            gnutls_free(newest.data);
            CHECK(gnutls_session_get_data2(pair.client, &newest) == 0);
            finish(&pair);
        }
    } while (goes_on(count));
    double result = each(count);
    gnutls_free(newest.data);
    free_side(&side);
    return result;
}

static double resumption(void)
{
    return resumptions(BOTH);
}

static double pha_rounds(enum what what)
{
    struct setup setup = USUAL;
    setup.auth = LATER;
    struct side side = new_side(&setup);
    struct pair pair = start(&side, NULL);
    char byte;
    gnutls_certificate_server_set_request(pair.server, GNUTLS_CERT_REQUIRE);
    long count = 0;
    begin(what);
    do {
        CHECK(gnutls_reauth(pair.server, 0) == GNUTLS_E_AGAIN);
        CHECK(gnutls_record_recv(pair.client, &byte, 1) == GNUTLS_E_REAUTH_REQUEST);
        CHECK(gnutls_reauth(pair.client, 0) == 0);
        CHECK(gnutls_reauth(pair.server, 0) == 0);
        if (count++ == 0)
            must_be_authenticated(pair.server);
    } while (goes_on(count));
    double result = each(count);
    must_be_authenticated(pair.server);
    finish(&pair);
    free_side(&side);
    return result;
}

static double pha_round(void)
{
    return pha_rounds(BOTH);
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
    begin(BOTH);
    do {
        for (int i = 0; i < 256; i++, count++)
            send_one_way(pair.client, pair.server, data, RECORD);
    } while (goes_on(count));
    double result = each(count);
    CHECK(gnutls_cipher_get(pair.client) == cipher);
    finish(&pair);
    free_side(&side);
    return RECORD * 1e6 / (1 << 20) / result;
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

#include "rows.h"

static const struct row ROWS[] = {
    { "handshake", "handshake, only the server authenticated", "us", handshake },
    { "handshake-server", "... the server alone", "us", handshake_server },
    { "handshake-client", "... the client alone", "us", handshake_client },
    { "mutual", "mutual handshake", "us", mutual },
    { "mutual-server", "... the server alone", "us", mutual_server },
    { "mutual-client", "... the client alone", "us", mutual_client },
    { "mutual-rsa2048", "mutual handshake, RSA-2048", "us", mutual_rsa },
    { "mutual-tls12", "mutual handshake, TLS 1.2", "us", mutual_tls12 },
    { "resumption", "resumption with a ticket", "us", resumption },
    { "pha-round", "round of gnutls_reauth", "us", pha_round },
    { "bulk-aes128gcm", "16 KiB writes, AES-128-GCM", "MiB/s", bulk_aes128 },
    { "bulk-aes256gcm", "16 KiB writes, AES-256-GCM", "MiB/s", bulk_aes256 },
    { "bulk-chacha20", "16 KiB writes, ChaCha20-Poly1305", "MiB/s", bulk_chacha },
    { "pingpong-1", "1 byte there and 1 back", "us", ping_pong_1 },
    { "pingpong-64", "64 bytes there and 64 back", "us", ping_pong_64 },
    { "handshake-allocations", "allocations in a handshake", "", handshake_allocations },
    { "mutual-allocations", "... in a mutual one", "", mutual_allocations },
    { "mutual-tls12-allocations", "... in a mutual one, TLS 1.2", "", mutual_tls12_allocations },
    { "resumption-allocations", "... in a resumption", "", resumption_allocations },
    { "pha-allocations", "... in a round of gnutls_reauth", "", pha_allocations },
    { "record-allocations", "... in 64 bytes there and 64 back", "", record_allocations },
    { "memory", "heap of an idle mutual connection, both ends", "KiB", memory },
    { "process", "whole process with one mutual handshake", "us", process },
};

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "process") == 0) {
        directory = argv[2];
        return one_process();
    }
    if (argc == 2 && strcmp(argv[1], "rows") == 0)
        return name_all(ROWS, sizeof ROWS / sizeof *ROWS);
    if (argc < 2)
        die("usage: bench-gnutls rows | bench-gnutls DIR [ROW...]");
    directory = argv[1];

    return measure_all(ROWS, sizeof ROWS / sizeof *ROWS, (void *)gnutls_init, gnutls_check_version(NULL), argc - 2, argv + 2);
}
