/* What TLS costs a program that is linked to libssl: CPU time, user and system, of both sides of a connection in one
 * process and one thread. The same binary measures the original and, with LD_PRELOAD, Standin; see `run`.
 *
 *   bench make DIR      makes certificates and keys in DIR
 *   bench DIR [ROW...]  measures (all rows, or those named) and prints its
 *                       name, what it is, value, unit, separated by tabs
 *   bench process DIR   makes one mutual handshake (the row "process" measures such processes from outside)
 */
#include "measure.h"

#include <fcntl.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static void explain(void)
{
    ERR_print_errors_fp(stderr);
}

/* --- certificates --- */

static void path_of(char *path, const char *name, const char *suffix)
{
    snprintf(path, 4096, "%s/%s%s", directory, name, suffix);
}

static void extend(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    CHECK(extension && X509_add_ext(certificate, extension, -1));
    X509_EXTENSION_free(extension);
}

/* Makes NAME.pem and NAME.key, signed by ISSUER (or by itself). */
static void make_one(const char *name, bool authority, bool rsa, const char *issuer_name)
{
    char path[4096];
    EVP_PKEY *key = rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
    X509 *certificate = X509_new(), *issuer = certificate;
    EVP_PKEY *issuer_key = key;
    FILE *file;
    CHECK(key && certificate);
    if (issuer_name) {
        path_of(path, issuer_name, ".pem");
        CHECK((file = fopen(path, "r")) && (issuer = PEM_read_X509(file, NULL, NULL, NULL)));
        fclose(file);
        path_of(path, issuer_name, ".key");
        CHECK((file = fopen(path, "r")) && (issuer_key = PEM_read_PrivateKey(file, NULL, NULL, NULL)));
        fclose(file);
    }
    X509_set_version(certificate, X509_VERSION_3);
    static long serial = 1000;
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -86400);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 365 * 86400L);
    X509_set_pubkey(certificate, key);
    X509_NAME *subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC, (const unsigned char *)"Standin bench", -1, -1, 0);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    extend(certificate, issuer, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    extend(certificate, issuer, NID_key_usage, authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
    extend(certificate, issuer, NID_subject_key_identifier, "hash");
    extend(certificate, issuer, NID_authority_key_identifier, "keyid");
    if (!authority) {
        extend(certificate, issuer, NID_ext_key_usage, "serverAuth,clientAuth");
        extend(certificate, issuer, NID_subject_alt_name, "DNS:localhost");
    }
    CHECK(X509_sign(certificate, issuer_key, EVP_sha256()));

    path_of(path, name, ".pem");
    CHECK((file = fopen(path, "w")) && PEM_write_X509(file, certificate));
    fclose(file);
    path_of(path, name, ".key");
    CHECK((file = fopen(path, "w")) && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL));
    fclose(file);
}

static int make(void)
{
    make_one("root", true, false, NULL);
    make_one("server", false, false, "root");
    make_one("client", false, false, "root");
    make_one("upper", true, false, "root");
    make_one("lower", true, false, "upper");
    make_one("deep", false, false, "lower");
    make_one("rsa-root", true, true, NULL);
    make_one("rsa-server", false, true, "rsa-root");
    make_one("rsa-client", false, true, "rsa-root");
    return 0;
}

static X509 *load_certificate(const char *name)
{
    char path[4096];
    path_of(path, name, ".pem");
    FILE *file = fopen(path, "r");
    if (!file)
        die("bench: %s: %s", path, strerror(errno));
    X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
    CHECK(certificate);
    fclose(file);
    return certificate;
}

static EVP_PKEY *load_key(const char *name)
{
    char path[4096];
    path_of(path, name, ".key");
    FILE *file = fopen(path, "r");
    if (!file)
        die("bench: %s: %s", path, strerror(errno));
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    CHECK(key);
    fclose(file);
    return key;
}

/* --- two contexts, and pairs of connections between them --- */

enum client_auth { NEVER, AT_HANDSHAKE, LATER };

struct setup {
    const char *root, *server, *client; /* names of certificates */
    bool deep;                          /* the client sends two intermediate certificates as well */
    enum client_auth auth;
    int version;
    const char *groups;
    const char *suite; /* TLS 1.3 */
};

static const struct setup USUAL = { "root", "server", "client", false, NEVER, TLS1_3_VERSION, "X25519", NULL };

struct side {
    SSL_CTX *server, *client;
};

struct pair {
    SSL *server, *client;
    int fds[2];
};

/* What client_cert_cb() chooses. */
static X509 *chosen_certificate;
static EVP_PKEY *chosen_key;

static int choose(SSL *ssl, X509 **certificate, EVP_PKEY **key)
{
    (void)ssl;
    X509_up_ref(chosen_certificate);
    EVP_PKEY_up_ref(chosen_key);
    *certificate = chosen_certificate;
    *key = chosen_key;
    return 1;
}

static SSL_CTX *new_context(const struct setup *setup, const SSL_METHOD *method)
{
    char path[4096];
    SSL_CTX *context = SSL_CTX_new(method);
    CHECK(context);
    CHECK(SSL_CTX_set_min_proto_version(context, setup->version));
    CHECK(SSL_CTX_set_max_proto_version(context, setup->version));
    CHECK(SSL_CTX_set1_groups_list(context, setup->groups));
    if (setup->suite)
        CHECK(SSL_CTX_set_ciphersuites(context, setup->suite));
    path_of(path, setup->root, ".pem");
    CHECK(SSL_CTX_load_verify_locations(context, path, NULL));
    return context;
}

static struct side new_side(const struct setup *setup)
{
    struct side side = { new_context(setup, TLS_server_method()), new_context(setup, TLS_client_method()) };
    char path[4096];
    path_of(path, setup->server, ".pem");
    CHECK(SSL_CTX_use_certificate_chain_file(side.server, path) == 1);
    path_of(path, setup->server, ".key");
    CHECK(SSL_CTX_use_PrivateKey_file(side.server, path, SSL_FILETYPE_PEM) == 1);
    CHECK(SSL_CTX_set_session_id_context(side.server, (const unsigned char *)"bench", 5));
    SSL_CTX_set_verify(side.client, SSL_VERIFY_PEER, NULL);
    if (setup->auth == NEVER)
        return side;

    int mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(side.server, setup->auth == LATER ? mode | SSL_VERIFY_POST_HANDSHAKE : mode, NULL);
    path_of(path, setup->root, ".pem");
    SSL_CTX_set_client_CA_list(side.server, SSL_load_client_CA_file(path));
    SSL_CTX_set_post_handshake_auth(side.client, setup->auth == LATER);
    SSL_CTX_set_client_cert_cb(side.client, choose);
    if (setup->deep) {
        CHECK(SSL_CTX_add_extra_chain_cert(side.client, load_certificate("lower")));
        CHECK(SSL_CTX_add_extra_chain_cert(side.client, load_certificate("upper")));
    }
    chosen_certificate = load_certificate(setup->client);
    chosen_key = load_key(setup->client);
    return side;
}

static void free_side(const struct side *side)
{
    SSL_CTX_free(side->server);
    SSL_CTX_free(side->client);
    X509_free(chosen_certificate);
    EVP_PKEY_free(chosen_key);
    chosen_certificate = NULL;
    chosen_key = NULL;
}

/* The call returned `ret`: it only has to wait for the other side, or the bench ends here. */
static void must_only_wait(SSL *ssl, int ret)
{
    int error = SSL_get_error(ssl, ret);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
        die("bench: %s: error %d, verify result %ld", SSL_is_server(ssl) ? "server" : "client", error,
            SSL_get_verify_result(ssl));
}

static struct pair start(const struct side *side, SSL_SESSION *session)
{
    struct pair pair = { .fds = { -1, -1 } };
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.fds) == 0);
    turn(SERVER);
    CHECK((pair.server = SSL_new(side->server)) && SSL_set_fd(pair.server, pair.fds[0]));
    turn(CLIENT);
    CHECK((pair.client = SSL_new(side->client)) && SSL_set_fd(pair.client, pair.fds[1]));
    CHECK(SSL_set_tlsext_host_name(pair.client, "localhost"));
    CHECK(SSL_set1_host(pair.client, "localhost"));
    if (session)
        CHECK(SSL_set_session(pair.client, session));

    int client = 0, server = 0;
    while (client != 1 || server != 1) {
        turn(CLIENT);
        if (client != 1 && (client = SSL_connect(pair.client)) != 1)
            must_only_wait(pair.client, client);
        turn(SERVER);
        if (server != 1 && (server = SSL_accept(pair.server)) != 1)
            must_only_wait(pair.server, server);
    }
    turn(BOTH);
    return pair;
}

static void finish(struct pair *pair)
{
    turn(CLIENT);
    SSL_shutdown(pair->client);
    turn(SERVER);
    SSL_shutdown(pair->server);
    SSL_free(pair->server);
    turn(CLIENT);
    SSL_free(pair->client);
    turn(BOTH);
    close(pair->fds[0]);
    close(pair->fds[1]);
}

static void must_be_authenticated(SSL *server)
{
    X509 *peer = SSL_get1_peer_certificate(server);
    CHECK(peer && X509_cmp(peer, chosen_certificate) == 0);
    CHECK(SSL_get_verify_result(server) == X509_V_OK);
    X509_free(peer);
}

/* Sends `size` bytes and takes them on the other side. */
static void send_one_way(SSL *from, SSL *to, char *data, int size)
{
    for (int sent = 0, ret; sent < size; sent += ret)
        if ((ret = SSL_write(from, data + sent, size - sent)) <= 0)
            must_only_wait(from, ret), ret = 0;
    for (int taken = 0, ret; taken < size; taken += ret)
        if ((ret = SSL_read(to, data + taken, size - taken)) <= 0)
            must_only_wait(to, ret), ret = 0;
}

/* Lets a side take what is not application data (tickets, requests). */
static void take_messages(SSL *ssl)
{
    char byte;
    int ret = SSL_read(ssl, &byte, 1);
    CHECK(ret <= 0);
    must_only_wait(ssl, ret);
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

static double mutual_chain3(void)
{
    struct setup setup = USUAL;
    setup.auth = AT_HANDSHAKE;
    setup.client = "deep";
    setup.deep = true;
    return per_handshake(&setup, BOTH);
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
    setup.version = TLS1_2_VERSION;
    setup.groups = "X25519:P-256"; /* TLS 1.2 wants the curve of the certificate named as well */
    return per_handshake(&setup, what);
}

static double mutual_tls12(void)
{
    return mutual_tls12_of(BOTH);
}

static SSL_SESSION *newest;

static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    SSL_SESSION_free(newest);
    newest = session;
    return 1;
}

/* Every connection resumes with a ticket of the one before, as RFC 8446 C.4 would have it. */
static double resumptions(enum what what)
{
    struct side side = new_side(&USUAL);
    SSL_CTX_set_session_cache_mode(side.client, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(side.client, keep_session);
    struct pair first = start(&side, NULL);
    take_messages(first.client);
    CHECK(newest && !SSL_session_reused(first.client));
    finish(&first);
    long count = 0;
    begin(what);
    do {
        for (int i = 0; i < 8; i++, count++) {
            struct pair pair = start(&side, newest);
            CHECK(SSL_session_reused(pair.client) && SSL_session_reused(pair.server));
            turn(CLIENT);
            take_messages(pair.client);
            turn(BOTH);
            finish(&pair);
        }
    } while (goes_on(count));
    double result = each(count);
    SSL_SESSION_free(newest);
    newest = NULL;
    free_side(&side);
    return result;
}

static double resumption(void)
{
    return resumptions(BOTH);
}

static double resumption_server(void)
{
    return resumptions(SERVER);
}

static double resumption_client(void)
{
    return resumptions(CLIENT);
}

static double pha_rounds(enum what what)
{
    struct setup setup = USUAL;
    setup.auth = LATER;
    struct side side = new_side(&setup);
    struct pair pair = start(&side, NULL);
    take_messages(pair.client);
    CHECK(SSL_get0_peer_certificate(pair.server) == NULL);
    long count = 0;
    begin(what);
    do {
        CHECK(SSL_verify_client_post_handshake(pair.server));
        CHECK(SSL_do_handshake(pair.server) == 1);
        take_messages(pair.client);
        take_messages(pair.server);
        if (count++ == 0)
            must_be_authenticated(pair.server);
        take_messages(pair.client);
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

/* MiB per second of CPU, from SSL_write to the other side's SSL_read. */
static double bulk(const char *suite)
{
    static char data[RECORD];
    struct setup setup = USUAL;
    setup.suite = suite;
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
    CHECK(strcmp(SSL_get_cipher(pair.client), suite) == 0);
    finish(&pair);
    free_side(&side);
    return RECORD * 1e6 / (1 << 20) / result;
}

static double bulk_aes128(void)
{
    return bulk("TLS_AES_128_GCM_SHA256");
}

static double bulk_aes256(void)
{
    return bulk("TLS_AES_256_GCM_SHA384");
}

static double bulk_chacha(void)
{
    return bulk("TLS_CHACHA20_POLY1305_SHA256");
}

#include "rows.h"

static const struct row ROWS[] = {
    { "handshake", "handshake, only the server authenticated", "us", handshake },
    { "handshake-server", "... the server alone", "us", handshake_server },
    { "handshake-client", "... the client alone", "us", handshake_client },
    { "mutual", "mutual handshake, certificate chosen by callback", "us", mutual },
    { "mutual-server", "... the server alone", "us", mutual_server },
    { "mutual-client", "... the client alone", "us", mutual_client },
    { "mutual-chain3", "mutual handshake, client sends a chain of three", "us", mutual_chain3 },
    { "mutual-rsa2048", "mutual handshake, RSA-2048", "us", mutual_rsa },
    { "mutual-tls12", "mutual handshake, TLS 1.2", "us", mutual_tls12 },
    { "resumption", "resumption with a ticket", "us", resumption },
    { "resumption-server", "... the server alone", "us", resumption_server },
    { "resumption-client", "... the client alone", "us", resumption_client },
    { "pha-round", "round of post-handshake authentication", "us", pha_round },
    { "bulk-aes128gcm", "16 KiB writes, AES-128-GCM", "MiB/s", bulk_aes128 },
    { "bulk-aes256gcm", "16 KiB writes, AES-256-GCM", "MiB/s", bulk_aes256 },
    { "bulk-chacha20", "16 KiB writes, ChaCha20-Poly1305", "MiB/s", bulk_chacha },
    { "pingpong-1", "1 byte there and 1 back", "us", ping_pong_1 },
    { "pingpong-64", "64 bytes there and 64 back", "us", ping_pong_64 },
    { "handshake-allocations", "allocations in a handshake", "", handshake_allocations },
    { "mutual-allocations", "... in a mutual one", "", mutual_allocations },
    { "mutual-tls12-allocations", "... in a mutual one, TLS 1.2", "", mutual_tls12_allocations },
    { "resumption-allocations", "... in a resumption", "", resumption_allocations },
    { "pha-allocations", "... in a round of post-handshake authentication", "", pha_allocations },
    { "record-allocations", "... in 64 bytes there and 64 back", "", record_allocations },
    { "memory", "heap of an idle mutual connection, both ends", "KiB", memory },
    { "process", "whole process with one mutual handshake", "us", process },
};

int main(int argc, char **argv)
{
    if (argc == 3 && (strcmp(argv[1], "make") == 0 || strcmp(argv[1], "process") == 0)) {
        directory = argv[2];
        return argv[1][0] == 'm' ? make() : one_process();
    }
    if (argc == 2 && strcmp(argv[1], "rows") == 0)
        return name_all(ROWS, sizeof ROWS / sizeof *ROWS);
    if (argc < 2)
        die("usage: bench rows | bench make DIR | bench DIR [ROW...]");
    directory = argv[1];

    return measure_all(ROWS, sizeof ROWS / sizeof *ROWS, (void *)SSL_new, OpenSSL_version(OPENSSL_VERSION_STRING), argc - 2,
                       argv + 2);
}
