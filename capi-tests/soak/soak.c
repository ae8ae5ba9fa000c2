// Connections of all kinds by the thousand on one SSL_CTX a side, in threads and in forked children: mutual handshakes,
// post-handshake authentication, resumption, peers that break off or send junk. Every outcome is checked, memory has
// to stay flat, no descriptor may be lost.
//
// Arguments: how many connections, how many threads.
#include "../libssl/common.h"
#include <dirent.h>
#include <pthread.h>

enum { BATCHES = 20, CHILDREN = 2, CHILD_CONNECTIONS = 10, MAX_THREADS = 16, MAX_GROWTH = 6 * 1024 /* KiB */ };
enum kind { MUTUAL13, LATER, RESUMED13, MUTUAL12, RESUMED12, REFUSED, ABORTED, JUNK, KINDS };

static const char *const kind_names[] = {"mutual, TLS 1.3", "post-handshake", "resumed, TLS 1.3", "mutual, TLS 1.2",
                                         "resumed, TLS 1.2", "refused", "aborted", "junk"};
static SSL_CTX *client_ctx, *server_ctx;
static int slot_index;
static X509 *certs[2];
static EVP_PKEY *keys[2];

struct worker {
    pthread_t thread;
    long first, count, good[KINDS], resumed;
    SSL_SESSION *sessions[2]; // TLS 1.2, TLS 1.3
};

static int choose(SSL *ssl, X509 **cert, EVP_PKEY **key) {
    int i = SSL_get_ex_data(ssl, 0) != NULL;
    *cert = certs[i], *key = keys[i];
    X509_up_ref(*cert);
    EVP_PKEY_up_ref(*key);
    return 1;
}

static int keep(SSL *ssl, SSL_SESSION *session) {
    SSL_SESSION **slot = SSL_get_ex_data(ssl, slot_index);
    if (!slot)
        return 0;
    SSL_SESSION_free(*slot);
    *slot = session;
    return 1;
}

static int is_waiting(SSL *ssl, int ret) {
    int error = SSL_get_error(ssl, ret);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

static int shake_quietly(SSL *client, SSL *server, int turns) {
    int c = 0, s = 0;
    while (turns-- > 0 && (c != 1 || s != 1)) {
        if (c != 1 && (c = SSL_do_handshake(client)) != 1 && !is_waiting(client, c))
            return 0;
        if (s != 1 && (s = SSL_do_handshake(server)) != 1 && !is_waiting(server, s))
            return 0;
    }
    return c == 1 && s == 1;
}

static int carries(SSL *from, SSL *to) {
    char text[64];
    return SSL_write(from, "a line of text", 14) == 14 && SSL_read(to, text, sizeof text) == 14;
}

static int is_known(SSL *server) {
    return SSL_get0_peer_certificate(server) != NULL && SSL_get_verify_result(server) == X509_V_OK;
}

// One more proof on the live connection, of somebody unknown until then.
static int prove_later(SSL *client, SSL *server) {
    return !SSL_get0_peer_certificate(server) && SSL_verify_client_post_handshake(server) == 1 &&
           SSL_do_handshake(server) == 1 && carries(server, client) && carries(client, server) && is_known(server);
}

static int connection(struct worker *worker, enum kind kind) {
    int version = kind == MUTUAL12 || kind == RESUMED12 ? T12 : T13, fds[2], good = 0;
    SSL_SESSION **slot = &worker->sessions[version == T13];
    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    MUST(client && server && SSL_set_fd(client, fds[0]) && SSL_set_fd(server, fds[1]));
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
    MUST(SSL_set_max_proto_version(client, version));
    MUST(SSL_set_ex_data(client, slot_index, kind == MUTUAL13 || kind == MUTUAL12 ? slot : NULL));
    if (kind == REFUSED)
        MUST(SSL_set_ex_data(client, 0, client));
    if (kind == LATER)
        SSL_set_verify(server, SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, NULL);
    int offers = (kind == RESUMED13 || kind == RESUMED12) && *slot && SSL_set_session(client, *slot);
    switch (kind) {
    case ABORTED:
        good = !shake_quietly(client, server, 1);
        break;
    case JUNK: {
        unsigned char junk[200];
        memset(junk, (int)worker->count, sizeof junk);
        SSL_do_handshake(client);
        good = write(fds[0], junk, sizeof junk) == sizeof junk && !shake_quietly(client, server, 20);
        break;
    }
    case REFUSED:
        shake_quietly(client, server, 20);
        good = !SSL_is_init_finished(server) && !is_known(server);
        break;
    default:
        good = shake_quietly(client, server, 20) && carries(server, client) && carries(client, server) &&
               (kind == LATER ? prove_later(client, server) : is_known(server)) && carries(server, client);
        worker->resumed += offers && SSL_session_reused(server) && SSL_session_reused(client);
        if (kind != LATER) { // otherwise the end is an abrupt one
            SSL_shutdown(client);
            SSL_shutdown(server);
        }
    }
    SSL_free(client);
    SSL_free(server);
    close(fds[0]);
    close(fds[1]);
    ERR_clear_error();
    return good;
}

static void *work(void *argument) {
    struct worker *worker = argument;
    for (long i = worker->first; i < worker->first + worker->count; i++) {
        enum kind kind = (enum kind)(i % KINDS);
        int good = connection(worker, kind);
        worker->good[kind] += good;
        if (!good)
            say("connection %ld (%s) went wrong", i, kind_names[kind]);
    }
    for (int i = 0; i < 2; i++) {
        SSL_SESSION_free(worker->sessions[i]);
        worker->sessions[i] = NULL;
    }
    return NULL;
}

// Children go on with the SSL_CTXs that they inherited.
static int fork_and_work(void) {
    pid_t children[CHILDREN];
    int good = 1;
    for (int i = 0; i < CHILDREN; i++) {
        MUST((children[i] = fork()) >= 0);
        if (children[i] == 0) {
            struct worker worker = {.count = CHILD_CONNECTIONS};
            long sum = 0;
            work(&worker);
            for (int kind = 0; kind < KINDS; kind++)
                sum += worker.good[kind];
            _exit(sum == CHILD_CONNECTIONS ? 0 : 1);
        }
    }
    for (int i = 0; i < CHILDREN; i++) {
        int status;
        good &= waitpid(children[i], &status, 0) == children[i] && status == 0;
    }
    return good;
}

static long resident(void) {
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    MUST(f && fscanf(f, "%*d %ld", &pages) == 1);
    fclose(f);
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}

static int descriptors(void) {
    int count = 0;
    DIR *dir = opendir("/proc/self/fd");
    MUST(dir != NULL);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

int main(int argc, char **argv) {
    prepare(1, argv);
    alarm(0); // the harness has a deadline of its own
    long count = argc > 1 ? atol(argv[1]) : 2000, done = 0, resumed = 0, resumable = 0, good = 0;
    int threads = argc > 2 ? atoi(argv[2]) : 4, children_good = 1;
    MUST(threads > 0 && threads <= MAX_THREADS && count > 0);
    client_ctx = new_client(0), server_ctx = new_server(0);
    SSL_CTX_set_info_callback(client_ctx, NULL);
    SSL_CTX_set_info_callback(server_ctx, NULL);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_sess_set_cache_size(server_ctx, 64);
    SSL_CTX_set_session_cache_mode(client_ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(client_ctx, keep);
    SSL_CTX_set_client_cert_cb(client_ctx, choose);
    SSL_CTX_set_post_handshake_auth(client_ctx, 1);
    slot_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    certs[0] = load_cert("client"), keys[0] = load_key("client");
    certs[1] = load_cert("stranger"), keys[1] = load_key("stranger");

    static struct worker workers[MAX_THREADS];
    long share = (count + BATCHES * threads - 1) / (BATCHES * threads), memory = 0, most = 0;
    int open_before = descriptors();
    for (int batch = 0; batch < BATCHES; batch++) {
        for (int i = 0; i < threads; i++) {
            memset(&workers[i], 0, sizeof workers[i]);
            workers[i].count = share;
            MUST(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
        }
        for (int i = 0; i < threads; i++) {
            MUST(pthread_join(workers[i].thread, NULL) == 0);
            for (int kind = 0; kind < KINDS; kind++)
                good += workers[i].good[kind];
            resumed += workers[i].resumed;
            for (long n = 0; n < share; n++)
                resumable += n % KINDS == RESUMED13 || n % KINDS == RESUMED12;
            done += share;
        }
        children_good &= fork_and_work();
        // The first quarter warms everything up.
        if (batch == BATCHES / 4 - 1)
            memory = resident();
        most = resident() > most ? resident() : most;
    }
    int lost = descriptors() - open_before;
    fprintf(stderr, "%ld connections, %ld resumed of %ld; resident after a quarter %ld KiB, at most %ld KiB\n", done,
            resumed, resumable, memory, most);
    say("all as they should be: %d", good == done);
    say("all resumed: %d", resumed == resumable);
    say("all in children: %d", children_good);
    say("memory flat: %d", most - memory <= MAX_GROWTH);
    say("descriptors lost: %d", lost);
    for (int i = 0; i < 2; i++)
        X509_free(certs[i]), EVP_PKEY_free(keys[i]);
    SSL_CTX_free(client_ctx);
    SSL_CTX_free(server_ctx);
    return !(good == done && resumed == resumable && children_good && most - memory <= MAX_GROWTH && lost == 0);
}
