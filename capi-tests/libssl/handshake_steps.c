// Each step of both sides' handshakes as info callbacks are told of it, with the state that the connection is in, and
// the state between calls. Handshake messages are shown where they come between the steps.
#include "pha.h"

static int with_messages;

static const char *kind_of(int where) {
    switch (where) {
    case SSL_CB_HANDSHAKE_START: return "start";
    case SSL_CB_HANDSHAKE_DONE: return "done";
    case SSL_CB_CONNECT_LOOP: return "connect";
    case SSL_CB_CONNECT_EXIT: return "connect exit";
    case SSL_CB_ACCEPT_LOOP: return "accept";
    case SSL_CB_ACCEPT_EXIT: return "accept exit";
    case SSL_CB_READ_ALERT: return "read alert";
    case SSL_CB_WRITE_ALERT: return "write alert";
    default: return "?";
    }
}

static const char *side_of(const SSL *ssl) { return SSL_is_server(ssl) ? "             server" : "client"; }

static void say_state(const SSL *ssl, const char *what, int value) {
    say("%s %s %d: %d %s, %s%s%s", side_of(ssl), what, value, SSL_get_state(ssl), SSL_state_string(ssl),
        SSL_state_string_long(ssl), SSL_in_init(ssl) ? ", in init" : "", SSL_in_before(ssl) ? ", before" : "");
}

static void say_info(const SSL *ssl, int where, int value) { say_state(ssl, kind_of(where), value); }

static void say_message(int sent, int version UNUSED, int type, const void *bytes, size_t len UNUSED, SSL *ssl,
                        void *argument UNUSED) {
    if (type == SSL3_RT_HANDSHAKE)
        say("%s   %s message %d", side_of(ssl), sent ? "sent" : "received", *(const unsigned char *)bytes);
}

static int on_verify(int ok, X509_STORE_CTX *store) {
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    if (X509_STORE_CTX_get_error_depth(store) == 0)
        say_state(ssl, "verify", ok);
    return ok;
}

static int on_certificate(SSL *ssl, void *argument UNUSED) {
    say_state(ssl, "certificate", 0);
    return 1;
}

static int on_client_certificate(SSL *ssl, X509 **cert, EVP_PKEY **key) {
    say_state(ssl, "client certificate", 0);
    *cert = load_cert("client");
    *key = load_key("client");
    return 1;
}

static int on_hello(SSL *ssl, int *alert UNUSED, void *argument UNUSED) {
    say_state(ssl, "hello", 0);
    return SSL_CLIENT_HELLO_SUCCESS;
}

static int on_name(SSL *ssl, int *alert UNUSED, void *argument UNUSED) {
    say_state(ssl, "name", 0);
    return SSL_TLSEXT_ERR_NOACK;
}

static int on_protocols(SSL *ssl, const unsigned char **out, unsigned char *len, const unsigned char *in,
                        unsigned int in_len UNUSED, void *argument UNUSED) {
    say_state(ssl, "protocols", 0);
    *len = *in;
    *out = in + 1;
    return SSL_TLSEXT_ERR_OK;
}

static int on_session(SSL *ssl, SSL_SESSION *session UNUSED) {
    say_state(ssl, "new session", 0);
    return 0;
}


static int on_status(SSL *ssl, void *argument UNUSED) {
    say_state(ssl, "status", 0);
    if (!SSL_is_server(ssl))
        return 1;
    unsigned char *answer = OPENSSL_malloc(4);
    memcpy(answer, "\x30\x02\x05", 4);
    SSL_set_tlsext_status_ocsp_resp(ssl, answer, 4);
    return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *watched(SSL_CTX *ctx) {
    SSL_CTX_set_info_callback(ctx, say_info);
    if (with_messages)
        SSL_CTX_set_msg_callback(ctx, say_message);
    return ctx;
}

struct pair {
    SSL_CTX *client_ctx, *server_ctx;
    SSL *client, *server;
};

static struct pair contexts(int version) {
    return (struct pair){.client_ctx = watched(new_client(version)), .server_ctx = watched(new_server(version))};
}

static void connections(struct pair *pair) {
    MUST((pair->client = SSL_new(pair->client_ctx)) && (pair->server = SSL_new(pair->server_ctx)));
    join(pair->client, pair->server, 0);
}

// One handshake, with the state of both sides after each call.
static int drive(struct pair *pair) {
    int c = 0, s = 0;
    for (int turn = 0; turn < 8 && (c != 1 || s != 1); turn++) {
        SSL *ssl = turn % 2 ? pair->server : pair->client;
        int *done = turn % 2 ? &s : &c;
        if (*done == 1)
            continue;
        *done = SSL_do_handshake(ssl);
        int error = SSL_get_error(ssl, *done);
        say_state(ssl, error_name(error), *done);
        say_queue();
    }
    return c == 1 && s == 1;
}

static void pass(SSL *from, SSL *to) {
    char byte;
    put(from, "x");
    int ret = SSL_read(to, &byte, 1);
    say("%s read %d", side_of(to), ret);
    say_queue();
    say_state(to, "after reading", 0);
}

static void over(struct pair *pair) {
    SSL_shutdown(pair->client);
    SSL_shutdown(pair->server);
    say_state(pair->client, "closed", 0);
    say_state(pair->server, "closed", 0);
    ERR_clear_error();
    SSL_free(pair->client);
    SSL_free(pair->server);
    pair->client = pair->server = NULL;
}

static void all_of(struct pair *pair) {
    connections(pair);
    say_state(pair->client, "new", 0);
    say_state(pair->server, "new", 0);
    if (drive(pair)) {
        pass(pair->server, pair->client);
        pass(pair->client, pair->server);
    }
    over(pair);
}

static void end(struct pair *pair) {
    SSL_CTX_free(pair->client_ctx);
    SSL_CTX_free(pair->server_ctx);
}

static void full(int version) {
    CASE("%s, full", version_name(version));
    struct pair pair = contexts(version);
    all_of(&pair);
    end(&pair);
}

static void mutual(int version, int given) {
    CASE("%s, certificate %s", version_name(version), given ? "given" : "not given");
    struct pair pair = contexts(version);
    SSL_CTX_set_verify(pair.server_ctx, SSL_VERIFY_PEER, NULL);
    if (given)
        use_cert(pair.client_ctx, "client");
    all_of(&pair);
    end(&pair);
}

static void resumed(int version, long options) {
    CASE("%s, resumed%s", version_name(version), options ? ", no ticket" : "");
    struct pair pair = contexts(version);
    SSL_CTX_set_options(pair.server_ctx, options);
    all_of(&pair);
    connections(&pair);
    drive(&pair);
    pass(pair.server, pair.client);
    SSL_SESSION *session = SSL_get1_session(pair.client);
    over(&pair);
    connections(&pair);
    MUST(SSL_set_session(pair.client, session));
    drive(&pair);
    pass(pair.server, pair.client);
    say("reused %d %d", SSL_session_reused(pair.client), SSL_session_reused(pair.server));
    over(&pair);
    SSL_SESSION_free(session);
    end(&pair);
}

static void retried(int middlebox) {
    CASE("HelloRetryRequest%s", middlebox ? "" : ", without middlebox compatibility");
    struct pair pair = contexts(T13);
    MUST(SSL_CTX_set1_groups_list(pair.server_ctx, "P-384") && SSL_CTX_set1_groups_list(pair.client_ctx, "P-256:P-384"));
    if (!middlebox) {
        SSL_CTX_clear_options(pair.client_ctx, SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
        SSL_CTX_clear_options(pair.server_ctx, SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    }
    all_of(&pair);
    end(&pair);
}

static void without_middlebox(void) {
    CASE("without middlebox compatibility");
    struct pair pair = contexts(T13);
    SSL_CTX_clear_options(pair.client_ctx, SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    SSL_CTX_clear_options(pair.server_ctx, SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    all_of(&pair);
    end(&pair);
}

static void tickets(int count) {
    CASE("%d tickets", count);
    struct pair pair = contexts(T13);
    SSL_CTX_set_num_tickets(pair.server_ctx, (size_t)count);
    connections(&pair);
    drive(&pair);
    pass(pair.server, pair.client);
    say("one more: %d", SSL_new_session_ticket(pair.server));
    say_state(pair.server, "asked", 0);
    pass(pair.server, pair.client);
    say("two more: %d %d", SSL_new_session_ticket(pair.server), SSL_new_session_ticket(pair.server));
    say_state(pair.server, "handshake", SSL_do_handshake(pair.server));
    pass(pair.server, pair.client);
    over(&pair);
    end(&pair);
}

static void key_updates(void) {
    CASE("key updates");
    struct pair pair = contexts(T13);
    connections(&pair);
    drive(&pair);
    pass(pair.server, pair.client);
    SSL *sides[] = {pair.client, pair.server};
    for (int i = 0; i < 4; i++) {
        SSL *ssl = sides[i % 2], *other = sides[(i + 1) % 2];
        say("== by the %s, %s", i % 2 ? "server" : "client", i < 2 ? "asked for" : "alone");
        MUST(SSL_key_update(ssl, i < 2 ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED));
        say_state(ssl, "set", 0);
        say_state(ssl, "handshake", SSL_do_handshake(ssl));
        pass(ssl, other);
        pass(other, ssl);
    }
    over(&pair);
    end(&pair);
}

static void asked_later(int given) {
    CASE("asked later, %s", given ? "given" : "not given");
    struct pair pair = {.client_ctx = watched(new_pha_client()), .server_ctx = watched(new_pha_server(0))};
    if (given)
        use_cert(pair.client_ctx, "client");
    connections(&pair);
    drive(&pair);
    pass(pair.server, pair.client);
    for (int i = 0; i < 2; i++) {
        say("ask: %d", SSL_verify_client_post_handshake(pair.server));
        say_state(pair.server, "asked", 0);
        say_state(pair.server, "handshake", SSL_do_handshake(pair.server));
        pass(pair.server, pair.client);
        pass(pair.client, pair.server);
        pass(pair.server, pair.client);
    }
    over(&pair);
    end(&pair);
}

// Everything that calls back tells of the state.
static void callbacks(int version) {
    CASE("%s, with callbacks", version_name(version));
    struct pair pair = contexts(version);
    SSL_CTX_set_verify(pair.client_ctx, SSL_VERIFY_PEER, on_verify);
    SSL_CTX_set_verify(pair.server_ctx, SSL_VERIFY_PEER, on_verify);
    SSL_CTX_set_cert_cb(pair.client_ctx, on_certificate, NULL);
    SSL_CTX_set_cert_cb(pair.server_ctx, on_certificate, NULL);
    SSL_CTX_set_client_cert_cb(pair.client_ctx, on_client_certificate);
    SSL_CTX_set_client_hello_cb(pair.server_ctx, on_hello, NULL);
    SSL_CTX_set_tlsext_servername_callback(pair.server_ctx, on_name);
    SSL_CTX_set_alpn_select_cb(pair.server_ctx, on_protocols, NULL);
    SSL_CTX_set_alpn_protos(pair.client_ctx, (const unsigned char *)"\2h2", 3);
    SSL_CTX_set_session_cache_mode(pair.client_ctx, SSL_SESS_CACHE_BOTH);
    SSL_CTX_set_session_cache_mode(pair.server_ctx, SSL_SESS_CACHE_BOTH);
    SSL_CTX_sess_set_new_cb(pair.client_ctx, on_session);
    SSL_CTX_sess_set_new_cb(pair.server_ctx, on_session);
    SSL_CTX_set_tlsext_status_type(pair.client_ctx, TLSEXT_STATUSTYPE_ocsp);
    SSL_CTX_set_tlsext_status_cb(pair.client_ctx, on_status);
    SSL_CTX_set_tlsext_status_cb(pair.server_ctx, on_status);
    all_of(&pair);
    end(&pair);
}

// Who does not trust ends it.
static void refused(int version, int by_server) {
    CASE("%s, refused by the %s", version_name(version), by_server ? "server" : "client");
    struct pair pair = contexts(version);
    SSL_CTX_set_verify(pair.server_ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    if (!by_server)
        SSL_CTX_set_cert_store(pair.client_ctx, X509_STORE_new());
    all_of(&pair);
    end(&pair);
}

static void no_version(void) {
    CASE("no version in common");
    struct pair pair = {.client_ctx = watched(new_client(T12)), .server_ctx = watched(new_server(T13))};
    all_of(&pair);
    end(&pair);
}

// The states between calls when nobody is told of the steps, and what is there comes byte by byte.
static void silent(int version) {
    CASE("%s, without callbacks", version_name(version));
    struct pair pair = {.client_ctx = new_client(version), .server_ctx = new_server(version)};
    SSL_CTX_set_info_callback(pair.client_ctx, NULL);
    SSL_CTX_set_info_callback(pair.server_ctx, NULL);
    SSL_CTX_set_verify(pair.server_ctx, SSL_VERIFY_PEER, NULL);
    use_cert(pair.client_ctx, "client");
    all_of(&pair);
    SSL_CTX_set_verify(pair.server_ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_store(pair.client_ctx, X509_STORE_new());
    all_of(&pair);
    end(&pair);
}

static void all(void) {
    for (with_messages = 0; with_messages < 2; with_messages++) {
        for EACH_VERSION(version) {
            full(version);
            mutual(version, 1);
            mutual(version, 0);
            resumed(version, 0);
            resumed(version, SSL_OP_NO_TICKET);
            callbacks(version);
            refused(version, 0);
            refused(version, 1);
            if (!with_messages)
                silent(version);
        }
        retried(1);
        retried(0);
        without_middlebox();
        for (int count = 0; count < 3; count++)
            tickets(count);
        key_updates();
        asked_later(1);
        asked_later(0);
        no_version();
    }
}

SINGLE(all)
