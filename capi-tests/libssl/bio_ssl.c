// BIO_f_ssl: a connection as a BIO, its commands, its retry flags, and who frees what.
#include "common.h"

static SSL_CTX *ctx, *server_ctx;

static void say_bio(const char *what, BIO *bio, int ret) {
    say("%s: %d, retry %d read %d write %d special %d, reason %d", what, ret, BIO_should_retry(bio) != 0,
        BIO_should_read(bio) != 0, BIO_should_write(bio) != 0, BIO_should_io_special(bio) != 0,
        BIO_get_retry_reason(bio));
    say_queue();
}

static SSL *ssl_of(BIO *bio) {
    SSL *ssl = NULL;
    say("BIO_get_ssl: %ld", BIO_get_ssl(bio, &ssl));
    return ssl;
}

// A client and a server filter over a BIO pair.
static void make_pair(BIO **client, BIO **server) {
    BIO *left, *right;
    MUST(BIO_new_bio_pair(&left, 0, &right, 0));
    MUST(*client = BIO_new_ssl(ctx, 1));
    MUST(*server = BIO_new_ssl(server_ctx, 0));
    BIO_push(*client, left), BIO_push(*server, right);
}

static int later(SSL *ssl UNUSED, X509 **cert UNUSED, EVP_PKEY **key UNUSED) { return -1; }

static void converse_by_bio(void) {
    BIO *client, *server;
    char text[64] = "";
    make_pair(&client, &server);
    say("type %d, name %s", BIO_method_type(client), BIO_method_name(client));
    say_bio("client handshake", client, (int)BIO_do_handshake(client));
    say_bio("server handshake", server, (int)BIO_do_handshake(server));
    for (int turn = 0; turn < 4; turn++)
        BIO_do_handshake(client), BIO_do_handshake(server);
    ERR_clear_error();
    say_bio("read of nothing", client, BIO_read(client, text, sizeof text));
    say_bio("puts", client, BIO_puts(client, "hello"));
    say("flush: %d", BIO_flush(client));
    say("wire: %d", BIO_pending(server) > 5);
    say_bio("read", server, BIO_read(server, text, 2));
    say("%.2s, pending %d", text, BIO_pending(server));
    say_bio("read", server, BIO_read(server, text, sizeof text));
    say("%.3s", text);
    say_bio("gets", server, BIO_gets(server, text, sizeof text));
    say_bio("write of nothing", client, BIO_write(client, NULL, 0));
    BIO_ssl_shutdown(client);
    say("client's flags %d", SSL_get_shutdown(ssl_of(client)));
    say_bio("read at the end", server, BIO_read(server, text, sizeof text));
    say("server's flags %d", SSL_get_shutdown(ssl_of(server)));
    BIO_free_all(client), BIO_free_all(server);
}

static void suspended(void) {
    BIO *client, *server;
    SSL_CTX_set_client_cert_cb(ctx, later);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    make_pair(&client, &server);
    int ret = 0;
    for (int turn = 0; turn < 4 && !BIO_should_io_special(client); turn++) {
        ret = (int)BIO_do_handshake(client);
        BIO_do_handshake(server);
    }
    say_bio("handshake", client, ret);
    say_bio("read", client, BIO_read(client, (char[1]){0}, 1));
    say_bio("write", client, BIO_write(client, "x", 1));
    BIO_free_all(client), BIO_free_all(server);
    SSL_CTX_set_client_cert_cb(ctx, NULL);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_NONE, NULL);
}

static void commands(void) {
    BIO *bio = BIO_new(BIO_f_ssl());
    SSL *ssl = NULL;
    int fd = 0;
    say("empty: init %d, get_ssl %ld, pending %d", BIO_get_init(bio), BIO_get_ssl(bio, &ssl), BIO_pending(bio));
    say_bio("read", bio, BIO_read(bio, (char[1]){0}, 1));
    say("set_ssl: %ld", BIO_set_ssl(bio, SSL_new(ctx), BIO_CLOSE));
    say("init %d, close %d", BIO_get_init(bio), BIO_get_close(bio));
    say("get_ssl to nowhere: %ld", BIO_ctrl(bio, BIO_C_GET_SSL, 0, NULL));
    say("mode: %ld", BIO_set_ssl_mode(bio, 0));
    say("server %d", SSL_is_server(ssl_of(bio)));
    say("mode: %ld", BIO_set_ssl_mode(bio, 1));
    say("server %d", SSL_is_server(ssl_of(bio)));
    say("renegotiate bytes: %ld", BIO_set_ssl_renegotiate_bytes(bio, 100));
    say("renegotiate bytes: %ld", BIO_set_ssl_renegotiate_bytes(bio, 100000));
    say("renegotiate bytes: %ld", BIO_set_ssl_renegotiate_bytes(bio, 100000));
    say("renegotiate timeout: %ld", BIO_set_ssl_renegotiate_timeout(bio, 7));
    say("renegotiate timeout: %ld", BIO_set_ssl_renegotiate_timeout(bio, 70));
    say("renegotiate timeout: %ld", BIO_set_ssl_renegotiate_timeout(bio, 70));
    say("renegotiations: %ld", BIO_get_num_renegotiates(bio));
    say("without a transport: %d %d %ld", BIO_pending(bio), BIO_wpending(bio), BIO_get_fd(bio, &fd));
    say_queue();
    say("info: %ld", BIO_ctrl(bio, BIO_CTRL_INFO, 0, NULL));

    CASE("push, pop");
    BIO *below = BIO_new(BIO_s_mem());
    ssl = ssl_of(bio);
    BIO_push(bio, below);
    say("transport: %d %d", SSL_get_rbio(ssl) == below, SSL_get_wbio(ssl) == below);
    say("popped: %d", BIO_pop(bio) == below);
    say("transport: %d %d", SSL_get_rbio(ssl) != NULL, SSL_get_wbio(ssl) != NULL);
    BIO_free(below);

    CASE("a connection that has its transport");
    ssl = SSL_new(ctx);
    below = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl, below, below);
    say("set_ssl: %ld", BIO_set_ssl(bio, ssl, BIO_NOCLOSE));
    say("next: %d, close %d", BIO_next(bio) == below, BIO_get_close(bio));
    BIO_free_all(bio);
    say("kept: %d", SSL_get_rbio(ssl) == below);
    SSL_free(ssl);

    CASE("NULL");
    say("BIO_new_ssl: %d", BIO_new_ssl(NULL, 1) != NULL);
    say_queue();
    say("BIO_new_ssl_connect: %d", BIO_new_ssl_connect(NULL) != NULL);
    say_queue();
    say("BIO_new_buffer_ssl_connect: %d", BIO_new_buffer_ssl_connect(NULL) != NULL);
    say_queue();
    say("BIO_ssl_copy_session_id: %d", BIO_ssl_copy_session_id(NULL, NULL));
    say_queue();
    BIO_ssl_shutdown(NULL);
}

static void chains(void) {
    BIO *bio = BIO_new_ssl_connect(ctx), *buffered = BIO_new_buffer_ssl_connect(ctx);
    say("%s over %s", BIO_method_name(bio), BIO_method_name(BIO_next(bio)));
    say("%s over %s over %s", BIO_method_name(buffered), BIO_method_name(BIO_next(buffered)),
        BIO_method_name(BIO_next(BIO_next(buffered))));
    say("found: %d", BIO_find_type(buffered, BIO_TYPE_SSL) == BIO_next(buffered));
    say("client: %d", !SSL_is_server(ssl_of(buffered)));
    say("same session: %d", BIO_ssl_copy_session_id(bio, buffered));
    say_queue();
    BIO_free_all(bio), BIO_free_all(buffered);
}

static void body(void) {
    for EACH_VERSION (version) {
        ctx = new_client(version), server_ctx = new_server(version);
        SSL_CTX_set_info_callback(ctx, NULL), SSL_CTX_set_info_callback(server_ctx, NULL);
        CASE("%s: a conversation", version_name(version));
        converse_by_bio();
        CASE("%s: suspended", version_name(version));
        suspended();
        SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
    }
    ctx = new_client(0);
    CASE("commands");
    commands();
    CASE("chains");
    chains();
    SSL_CTX_free(ctx);
}

SINGLE(body)
