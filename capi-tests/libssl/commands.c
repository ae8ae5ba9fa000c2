// Commands of SSL_CTX_ctrl, SSL_ctrl and their callback twins, by what they change and not by what they answer.
#include "common.h"
#include <openssl/dh.h>

static SSL_CTX *server_ctx, *client_ctx;
static SSL *server, *client;

static void contexts(int version, const char *what) {
    CASE("%s: %s", version_name(version), what);
    server_ctx = new_server(version), client_ctx = new_client(version);
    use_cert(client_ctx, "client");
}

static void connections(void) { server = SSL_new(server_ctx), client = SSL_new(client_ctx); }

static void handshake(void) {
    join(client, server, 0);
    say("handshake: %d", shake_both(client, server));
    say_queue();
}

static void end(void) {
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(client_ctx), SSL_CTX_free(server_ctx);
}

static void say_group(void) { say("group: %s", OBJ_nid2sn((int)SSL_get_negotiated_group(client))); }

static void groups(void) {
    static int p384[] = {NID_secp384r1}, p521[] = {NID_secp521r1}, two[] = {NID_secp384r1, NID_X9_62_prime256v1};
    contexts(T13, "groups of a context");
    say("set: %ld", (long)SSL_CTX_set1_groups(client_ctx, p384, 1));
    connections(), handshake(), say_group(), end();

    contexts(T13, "groups of a connection");
    connections();
    say("set: %ld", (long)SSL_set1_groups(client, two, 2));
    handshake(), say_group();
    int seen[64] = {0};
    int count = (int)SSL_get1_groups(server, NULL);
    say("the client's: %d, %d", count, (int)SSL_get1_groups(server, seen));
    for (int i = 0; i < count; i++)
        say("  %s", OBJ_nid2sn(seen[i]));
    end();

    contexts(T13, "the curve of a key");
    EC_KEY *key = EC_KEY_new_by_curve_name(NID_secp384r1);
    say("set: %ld", (long)SSL_CTX_set_tmp_ecdh(client_ctx, key));
    connections(), handshake(), say_group(), end();
    contexts(T13, "the curve of a key, for a connection");
    connections();
    say("set: %ld", (long)SSL_set_tmp_ecdh(client, key));
    handshake(), say_group(), end();
    EC_KEY_free(key);

    contexts(T13, "a group that nobody shares");
    SSL_CTX_set1_groups(client_ctx, p384, 1), SSL_CTX_set1_groups(server_ctx, p521, 1);
    connections(), handshake(), end();
}

static void say_peers_schemes(const char *what, SSL *ssl) {
    int count = SSL_get_sigalgs(ssl, -1, NULL, NULL, NULL, NULL, NULL);
    say("%s: %d", what, count);
    for (int i = 0; i < count; i++) {
        int sign, hash;
        SSL_get_sigalgs(ssl, i, &sign, &hash, NULL, NULL, NULL);
        say("  %s with %s", OBJ_nid2sn(sign), OBJ_nid2sn(hash));
    }
}

static void schemes(void) {
    static int pairs[] = {NID_sha256, EVP_PKEY_EC, NID_sha384, EVP_PKEY_RSA_PSS};
    for (int of_context = 0; of_context < 2; of_context++) {
        for (int listed = 0; listed < 2; listed++) {
            contexts(T12, of_context ? "schemes of a context" : "schemes of a connection");
            SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
            connections();
            if (of_context && listed) {
                say("set: %ld", (long)SSL_CTX_set1_sigalgs_list(client_ctx, "ECDSA+SHA256:RSA-PSS+SHA256"));
                say("set: %ld", (long)SSL_CTX_set1_client_sigalgs_list(server_ctx, "ECDSA+SHA256:ECDSA+SHA384"));
            } else if (of_context) {
                say("set: %ld", (long)SSL_CTX_set1_sigalgs(client_ctx, pairs, 4));
                say("set: %ld", (long)SSL_CTX_set1_client_sigalgs(server_ctx, pairs, 4));
            } else if (listed) {
                say("set: %ld", (long)SSL_set1_sigalgs_list(client, "ECDSA+SHA256:RSA-PSS+SHA256"));
                say("set: %ld", (long)SSL_set1_client_sigalgs_list(server, "ECDSA+SHA256:ECDSA+SHA384"));
            } else {
                say("set: %ld", (long)SSL_set1_sigalgs(client, pairs, 4));
                say("set: %ld", (long)SSL_set1_client_sigalgs(server, pairs, 4));
            }
            if (of_context) {
                SSL_free(client), SSL_free(server);
                connections();
            }
            handshake();
            say_peers_schemes("the client's", server), say_peers_schemes("the server's", client);
            end();
        }
    }
}

static void hello(void) {
    contexts(T12, "what a ClientHello has");
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    unsigned char types[] = {TLS_CT_RSA_SIGN, TLS_CT_ECDSA_SIGN};
    say("types: %ld", (long)SSL_CTX_set1_client_certificate_types(server_ctx, types, 2));
    connections();
    say("types: %ld", (long)SSL_set1_client_certificate_types(server, types, 2));
    say("secure renegotiation: %ld", SSL_get_secure_renegotiation_support(client));
    handshake();
    const unsigned char *bytes = NULL;
    long count = SSL_get0_raw_cipherlist(server, &bytes);
    int known = 0;
    for (int i = 0; i + 1 < count; i += 2)
        known += bytes[i] == 0xc0 && bytes[i + 1] == 0x2b;
    say("suites: a width of %ld, ECDHE-ECDSA-AES128-GCM-SHA256 %d", SSL_get0_raw_cipherlist(server, NULL), known);
    const char *formats = NULL;
    count = SSL_get0_ec_point_formats(server, &formats);
    say("uncompressed points: %d", count > 0 && memchr(formats, 0, (size_t)count) != NULL);
    count = SSL_get0_certificate_types(client, &bytes);
    say("types of certificates: %ld", count);
    for (int i = 0; i < count; i++)
        say("  %d", bytes[i]);
    say("secure renegotiation: %ld %ld", SSL_get_secure_renegotiation_support(client),
        SSL_get_secure_renegotiation_support(server));
    end();
    contexts(T13, "what a ClientHello has");
    connections();
    handshake();
    say("points: %d", (int)SSL_get0_ec_point_formats(server, &formats));
    char two[2];
    SSL_write(client, "hello", 5);
    say("read: %d", SSL_read(server, two, 2));
    say("let go while in use: %d", SSL_free_buffers(server));
    end();
}

static void current(void) {
    contexts(T13, "which certificate is meant");
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    use_cert(ctx, "rsa"), use_cert(ctx, "client");
    SSL *ssl = SSL_new(ctx);
    X509 *rsa = load_cert("rsa"), *client_cert = load_cert("client"), *other = load_cert("root");
    say("is: %s", subject_of(SSL_get_certificate(ssl)));
    say("select: %ld", (long)SSL_select_current_cert(ssl, rsa));
    say("is: %s", subject_of(SSL_get_certificate(ssl)));
    say("select: %ld", (long)SSL_select_current_cert(ssl, client_cert));
    say("is: %s", subject_of(SSL_get_certificate(ssl)));
    say("select: %ld", (long)SSL_select_current_cert(ssl, other));
    for (int next = 0; next < 4; next++) {
        say("step: %ld", (long)SSL_set_current_cert(ssl, next ? SSL_CERT_SET_NEXT : SSL_CERT_SET_FIRST));
        say("is: %s", subject_of(SSL_get_certificate(ssl)));
    }
    X509_free(rsa), X509_free(client_cert), X509_free(other);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    connections(), end();
}

static int messages, resumable_asked;
static void *message_argument;
static void on_message(int sent UNUSED, int version UNUSED, int type UNUSED, const void *data UNUSED, size_t len UNUSED,
                       SSL *ssl UNUSED, void *arg) {
    messages++;
    message_argument = arg;
}
static int not_resumable(SSL *ssl UNUSED, int forced UNUSED) { return resumable_asked++, 1; }
static int on_status(SSL *ssl UNUSED, void *arg UNUSED) { return SSL_TLSEXT_ERR_NOACK; }

static void callbacks(void) {
    for (int of_context = 0; of_context < 2; of_context++) {
        contexts(T12, of_context ? "callbacks of a context" : "callbacks of a connection");
        messages = resumable_asked = 0;
        if (of_context) {
            say("set: %ld", SSL_CTX_callback_ctrl(client_ctx, SSL_CTRL_SET_MSG_CALLBACK, (void (*)(void))on_message));
            say("set: %ld", SSL_CTX_ctrl(client_ctx, SSL_CTRL_SET_MSG_CALLBACK_ARG, 0, &messages));
            say("set: %ld", SSL_CTX_callback_ctrl(server_ctx, SSL_CTRL_SET_NOT_RESUMABLE_SESS_CB, (void (*)(void))not_resumable));
            say("set: %ld", SSL_CTX_callback_ctrl(server_ctx, SSL_CTRL_SET_TMP_DH_CB, NULL));
        }
        connections();
        if (!of_context) {
            say("set: %ld", SSL_callback_ctrl(client, SSL_CTRL_SET_MSG_CALLBACK, (void (*)(void))on_message));
            say("set: %ld", SSL_ctrl(client, SSL_CTRL_SET_MSG_CALLBACK_ARG, 0, &messages));
            say("set: %ld", SSL_callback_ctrl(server, SSL_CTRL_SET_NOT_RESUMABLE_SESS_CB, (void (*)(void))not_resumable));
            say("set: %ld", SSL_callback_ctrl(server, SSL_CTRL_SET_TMP_DH_CB, NULL));
        }
        handshake();
        say("messages %d, their argument %d, asked for resumption %d", messages > 4, message_argument == &messages,
            resumable_asked);
        message_argument = NULL;
        end();
    }
    contexts(T13, "callbacks that are read back");
    int (*status)(SSL *, void *) = NULL;
    void *argument = NULL;
    SSL_CTX_set_tlsext_status_cb(client_ctx, on_status);
    SSL_CTX_set_tlsext_status_arg(client_ctx, &messages);
    say("read: %ld %ld", (long)SSL_CTX_get_tlsext_status_cb(client_ctx, &status),
        (long)SSL_CTX_get_tlsext_status_arg(client_ctx, &argument));
    say("the same: %d %d", status == on_status, argument == &messages);
    connections();
    say("by the wrong function: %ld", SSL_ctrl(client, SSL_CTRL_SET_TMP_DH_CB, 0, NULL)), say_queue();
    say("by the wrong function: %ld", SSL_CTX_ctrl(client_ctx, SSL_CTRL_SET_TMP_DH_CB, 0, NULL)), say_queue();
    end();
}

static void values(void) {
    contexts(T13, "values");
    say("pipelines: %ld %ld", (long)SSL_CTX_set_max_pipelines(client_ctx, 0), (long)SSL_CTX_set_max_pipelines(client_ctx, 33));
    say("pipelines: %ld", (long)SSL_CTX_set_max_pipelines(client_ctx, 2));
    connections();
    say("reads ahead: %d %d", SSL_get_read_ahead(client), SSL_get_read_ahead(server));
    say("pipelines: %ld %ld", (long)SSL_set_max_pipelines(server, 33), (long)SSL_set_max_pipelines(server, 3));
    say("reads ahead: %d", SSL_get_read_ahead(server));
    say("read ahead: %ld %ld", SSL_ctrl(server, SSL_CTRL_SET_READ_AHEAD, 7, NULL), SSL_ctrl(server, SSL_CTRL_GET_READ_AHEAD, 0, NULL) != 0);
    SSL_ctrl(server, SSL_CTRL_SET_READ_AHEAD, 0, NULL);
    say("read ahead: %d %ld", SSL_get_read_ahead(server), SSL_ctrl(server, SSL_CTRL_GET_READ_AHEAD, 0, NULL));
    say("flags: %lx", (long)SSL_CTX_set_cert_flags(server_ctx, 0x50001));
    say("flags: %lx", (long)SSL_CTX_clear_cert_flags(server_ctx, 0x10001));
    say("flags: %lx", (long)SSL_set_cert_flags(server, 0x30001));
    say("flags: %lx", (long)SSL_clear_cert_flags(server, 0x10001));
    say("longest chain: %ld", (long)SSL_set_max_cert_list(server, 5000));
    say("longest chain: %ld", (long)SSL_get_max_cert_list(server));
    say("mode: %lx", (long)SSL_set_mode(server, SSL_MODE_RELEASE_BUFFERS));
    say("mode: %lx", (long)SSL_clear_mode(server, SSL_MODE_RELEASE_BUFFERS));
    say("bound: %ld", (long)SSL_set_min_proto_version(server, T12));
    say("bound: %x", (unsigned)SSL_get_min_proto_version(server));
    say("pieces: %ld %ld", (long)SSL_set_split_send_fragment(server, 600), (long)SSL_set_split_send_fragment(server, 0));
    say("parameters: %ld", (long)SSL_CTX_set_tmp_dh(server_ctx, NULL)), say_queue();
    say("parameters: %ld", (long)SSL_set_tmp_dh(server, NULL)), say_queue();
    say("automatic: %ld %ld", (long)SSL_CTX_set_dh_auto(server_ctx, 1), (long)SSL_set_dh_auto(server, 1));
    say("renegotiated: %ld %ld", SSL_CTX_sess_connect_renegotiate(client_ctx), SSL_CTX_sess_accept_renegotiate(server_ctx));
    X509_STORE *one = X509_STORE_new(), *two = X509_STORE_new(), *got = NULL;
    say("stores: %ld %ld", (long)SSL_CTX_set1_chain_cert_store(server_ctx, one), (long)SSL_CTX_set1_verify_cert_store(server_ctx, two));
    say("read: %ld", (long)SSL_CTX_get0_chain_cert_store(server_ctx, &got)), say("the same: %d", got == one);
    say("read: %ld", (long)SSL_CTX_get0_verify_cert_store(server_ctx, &got)), say("the same: %d", got == two);
    say("stores: %ld %ld", (long)SSL_set1_chain_cert_store(server, two), (long)SSL_set1_verify_cert_store(server, one));
    say("read: %ld", (long)SSL_get0_chain_cert_store(server, &got)), say("the same: %d", got == two);
    say("read: %ld", (long)SSL_get0_verify_cert_store(server, &got)), say("the same: %d", got == one);
    X509_STORE_free(one), X509_STORE_free(two);
    end();
}

static SSL_SESSION *of_server;
static int on_new(SSL *ssl UNUSED, SSL_SESSION *session) { return of_server = session, 1; }

// A session that is out of date when the cache is asked for it is counted.
static void timeouts(void) {
    contexts(T12, "sessions that are out of date");
    SSL_CTX_set_options(server_ctx, SSL_OP_NO_TICKET);
    SSL_CTX_set_session_id_context(server_ctx, (const unsigned char *)"x", 1);
    SSL_CTX_sess_set_new_cb(server_ctx, on_new);
    connections(), handshake();
    for (int turn = 0; turn < 2; turn++) {
        SSL_SESSION *session = SSL_get1_session(client);
        SSL_shutdown(client), SSL_shutdown(server);
        SSL_free(client), SSL_free(server);
        SSL_SESSION_set_time(of_server, 1000);
        SSL_SESSION_free(of_server);
        connections();
        SSL_set_session(client, session);
        handshake();
        say("resumed %d, timeouts %ld, misses %ld, hits %ld", SSL_session_reused(client),
            SSL_CTX_sess_timeouts(server_ctx), SSL_CTX_sess_misses(server_ctx), SSL_CTX_sess_hits(server_ctx));
        SSL_SESSION_free(session);
    }
    SSL_SESSION_free(of_server);
    end();
}

static void body(void) {
    groups();
    schemes();
    hello();
    current();
    callbacks();
    values();
    timeouts();
}

SINGLE(body)
