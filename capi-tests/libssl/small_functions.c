// What is left: states in words, descriptors, buffers, callbacks that are read back, lists of names.
#include "common.h"
#include <sys/stat.h>

static void on_info(const SSL *ssl UNUSED, int where UNUSED, int value UNUSED) {}
static int on_certificate(SSL *ssl, void *arg) {
    say("  %s", (const char *)arg);
    ssl_use_cert(ssl, "server");
    return 1;
}
static int seen_messages;
static void on_message(int sent UNUSED, int version UNUSED, int type UNUSED, const void *data UNUSED, size_t len UNUSED,
                       SSL *ssl UNUSED, void *arg UNUSED) {
    seen_messages++;
}
static int security(const SSL *s UNUSED, const SSL_CTX *c UNUSED, int op UNUSED, int bits UNUSED, int nid UNUSED,
                    void *other UNUSED, void *ex UNUSED) {
    return 1;
}
static int new_session(SSL *ssl UNUSED, SSL_SESSION *session UNUSED) { return 0; }
static SSL_SESSION *get_session(SSL *ssl UNUSED, const unsigned char *id UNUSED, int len UNUSED, int *copy UNUSED) {
    return NULL;
}
static void remove_session(SSL_CTX *ctx UNUSED, SSL_SESSION *session UNUSED) {}
static unsigned int psk_of_client(SSL *ssl UNUSED, const char *hint UNUSED, char *identity, unsigned int room,
                                  unsigned char *key, unsigned int most UNUSED) {
    say("  the client's key is wanted");
    snprintf(identity, room, "me");
    memset(key, 7, 16);
    return 16;
}
static unsigned int psk_of_server(SSL *ssl UNUSED, const char *identity, unsigned char *key, unsigned int most UNUSED) {
    say("  the key of %.2s is wanted", identity);
    if (strcmp(identity, "me") != 0)
        return 0;
    memset(key, 7, 16);
    return 16;
}

static int on_hello(SSL *ssl, int *alert UNUSED, void *arg UNUSED) {
    const unsigned char *id;
    say("  session id: %zu bytes", SSL_client_hello_get0_session_id(ssl, &id));
    return SSL_CLIENT_HELLO_SUCCESS;
}

static void of_context(void) {
    CASE("a context");
    SSL_CTX *ctx = new_server(0);
    SSL_CTX_sess_set_new_cb(ctx, new_session);
    SSL_CTX_sess_set_get_cb(ctx, get_session);
    SSL_CTX_sess_set_remove_cb(ctx, remove_session);
    say("callbacks: %d %d %d", SSL_CTX_sess_get_new_cb(ctx) == new_session, SSL_CTX_sess_get_get_cb(ctx) == get_session,
        SSL_CTX_sess_get_remove_cb(ctx) == remove_session);
    say("early data to skip: %d", SSL_CTX_set_recv_max_early_data(ctx, 16384));
    say("  %u", SSL_CTX_get_recv_max_early_data(ctx));
    say("none to accept: %d %u", SSL_CTX_set_max_early_data(ctx, 0), SSL_CTX_get_max_early_data(ctx));
    say("the default store: %d", SSL_CTX_set_default_verify_store(ctx));
    X509_VERIFY_PARAM *param = X509_VERIFY_PARAM_new();
    X509_VERIFY_PARAM_set_depth(param, 9);
    say("parameters: %d", SSL_CTX_set1_param(ctx, param));
    say("  depth %d", SSL_CTX_get_verify_depth(ctx));
    X509_VERIFY_PARAM_free(param);
    say("no parameters: %d", SSL_CTX_set0_tmp_dh_pkey(ctx, NULL));
    say_queue();
    say("texts: %d", ERR_load_SSL_strings());
    say("started: %d", OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, NULL));
    say("a reason in words: %s", ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, SSL_R_BAD_EXTENSION)));
    SSL_CTX_free(ctx);
}

static void of_ssl(void) {
    CASE("a connection");
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);
    say("info callback: %d", SSL_get_info_callback(ssl) != NULL);
    SSL_set_info_callback(ssl, on_info);
    say("  %d", SSL_get_info_callback(ssl) == on_info);
    say("early data to skip: %d", SSL_set_recv_max_early_data(ssl, 16384));
    say("  %u", SSL_get_recv_max_early_data(ssl));
    say("none to accept: %d %u", SSL_set_max_early_data(ssl, 0), SSL_get_max_early_data(ssl));
    SSL_set_verify_result(ssl, X509_V_ERR_CERT_REVOKED);
    say("verdict: %s", verify_name(SSL_get_verify_result(ssl)));
    SSL_set_security_level(ssl, 3);
    SSL_set_security_callback(ssl, security);
    SSL_set0_security_ex_data(ssl, &the_port);
    say("security: %d %d %d", SSL_get_security_level(ssl), SSL_get_security_callback(ssl) == security,
        SSL_get0_security_ex_data(ssl) == &the_port);
    say("trust: %d %d", SSL_set_trust(ssl, X509_TRUST_SSL_SERVER), SSL_set_trust(ssl, 9999));
    say("fragments: %d", SSL_set_tlsext_max_fragment_length(ssl, 0));
    say("fragments of a length that is none: %d", SSL_set_tlsext_max_fragment_length(ssl, 99));
    say_queue();
    say("buffers: %d %d", SSL_alloc_buffers(ssl), SSL_free_buffers(ssl));
    say("extensions: %d %d %d", SSL_extension_supported(0), SSL_extension_supported(16), SSL_extension_supported(4711));
    say("group: %s", SSL_group_to_name(ssl, NID_X9_62_prime256v1));
    say("no parameters: %d", SSL_set0_tmp_dh_pkey(ssl, NULL));
    say_queue();

    int ends[2];
    MUST(pipe(ends) == 0);
    say("before: %d %d", SSL_get_rfd(ssl), SSL_get_wfd(ssl));
    say("descriptors: %d %d", SSL_set_rfd(ssl, ends[0]), SSL_set_wfd(ssl, ends[1]));
    say("  %d %d %d", SSL_get_rfd(ssl) == ends[0], SSL_get_wfd(ssl) == ends[1], SSL_get_fd(ssl) == ends[0]);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    SSL_set0_rbio(ssl, in);
    SSL_set0_wbio(ssl, out);
    say("pipes: %d %d", SSL_get_rbio(ssl) == in, SSL_get_wbio(ssl) == out);
    close(ends[0]), close(ends[1]);

    X509 *cert = load_cert("root");
    say("names: %d %d", SSL_add1_to_CA_list(ssl, cert), SSL_add_client_CA(ssl, cert));
    say_names("any", SSL_get0_CA_list(ssl));
    say_names("client's", SSL_get_client_CA_list(ssl));
    SSL_set0_CA_list(ssl, NULL);
    say_names("any", SSL_get0_CA_list(ssl));
    STACK_OF(X509_NAME) *names = sk_X509_NAME_new_null();
    say("from a store: %d", SSL_add_store_cert_subjects_to_stack(names, path("roots.pem")));
    say_names("store", names);
    say("from no store: %d", SSL_add_store_cert_subjects_to_stack(names, "/nowhere/at/all"));
    ERR_clear_error();
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    char dir[64], file[80], *text = NULL;
    snprintf(dir, sizeof dir, "/tmp/standin-names-%d", (int)getpid());
    snprintf(file, sizeof file, "%s/one.pem", dir);
    MUST(mkdir(dir, 0700) == 0);
    FILE *f = fopen(file, "w");
    PEM_write_X509(f, cert);
    fclose(f);
    names = sk_X509_NAME_new_null();
    say("from a directory: %d", SSL_add_dir_cert_subjects_to_stack(names, dir));
    say_names("directory", names);
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    remove(file), rmdir(dir);
    free(text);
    X509_free(cert);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

static void states(int version) {
    CASE("states, %s", version_name(version));
    SSL_CTX *ctx = new_client(version), *server_ctx = new_context(TLS_server_method(), version);
    SSL_CTX_set_client_hello_cb(server_ctx, on_hello, NULL);
    SSL_CTX_set_msg_callback(ctx, on_message);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    say("before: %d %s, record %s %s", SSL_get_state(client), SSL_state_string(client), SSL_rstate_string(client),
        SSL_rstate_string_long(client));
    SSL_set_cert_cb(server, on_certificate, "asked");
    join(client, server, 0);
    SSL_do_handshake(client);
    say("hello is out: %s", SSL_state_string(client));
    MUST(shake_both(client, server) == 1);
    say("through: %d %s %d, record %s %s", SSL_get_state(client), SSL_state_string(client), SSL_get_state(server),
        SSL_rstate_string(client), SSL_rstate_string_long(client));
    say("buffers: %d", SSL_alloc_buffers(client));
    say("messages: %d", seen_messages > 3);
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(ctx);
    SSL_CTX_free(server_ctx);
}

static void keys_of_old(void) {
    CASE("pre-shared keys");
    SSL_CTX *ctx = new_client(T13), *server_ctx = new_context(TLS_server_method(), T13);
    MUST(SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256"));
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    SSL_set_psk_client_callback(client, psk_of_client);
    SSL_set_psk_server_callback(server, psk_of_server);
    join(client, server, 0);
    if (shake_both(client, server) == 1)
        say("reused: %d, certificate %d", SSL_session_reused(client), SSL_get0_peer_certificate(client) != NULL);
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(ctx);
    SSL_CTX_free(server_ctx);
}

static void body(void) {
    of_context();
    of_ssl();
    states(T12);
    states(T13);
    keys_of_old();
}

SINGLE(body)
