// SSL_clear and SSL_dup: what stays and what goes; an SSL used for several connections.
#include "common.h"

static int slot;

static void say_settings(const char *what, SSL *ssl) {
    say("%s: server %d, mode %ld, verify %d depth %d, options %d, host %s, own %s, init finished %d, session %d", what,
        SSL_is_server(ssl), SSL_get_mode(ssl) & SSL_MODE_ENABLE_PARTIAL_WRITE, SSL_get_verify_mode(ssl),
        SSL_get_verify_depth(ssl), (SSL_get_options(ssl) & SSL_OP_NO_TICKET) != 0,
        SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) ? SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) : "none",
        subject_of(SSL_get_certificate(ssl)), SSL_is_init_finished(ssl), SSL_get_session(ssl) != NULL);
    say("  shutdown %d, version %s, state %s, quiet %d, ex data %s, min %x max %x", SSL_get_shutdown(ssl),
        SSL_get_version(ssl), SSL_state_string_long(ssl), SSL_get_quiet_shutdown(ssl),
        SSL_get_ex_data(ssl, slot) ? (char *)SSL_get_ex_data(ssl, slot) : "none", (int)SSL_get_min_proto_version(ssl),
        (int)SSL_get_max_proto_version(ssl));
}

static void set(SSL *ssl) {
    SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
    SSL_set_verify_depth(ssl, 7);
    SSL_set_options(ssl, SSL_OP_NO_TICKET);
    SSL_set_tlsext_host_name(ssl, "localhost");
    ssl_use_cert(ssl, "client");
    SSL_set_ex_data(ssl, slot, "kept");
}

static void talk(SSL *client, SSL *server) {
    char text[16] = {0};
    int done = shake_both(client, server);
    SSL_write(client, "ping", 4);
    int ret = SSL_read(server, text, sizeof text);
    say("done %d, the server read %d \"%s\"", done, ret, ret > 0 ? text : "");
    say_peer(server);
    SSL_shutdown(client), SSL_shutdown(server);
}

static void body(void) {
    slot = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    for EACH_VERSION (version) {
        SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
        SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
        CASE("%s: clear", version_name(version));
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        say_settings("new", client);
        set(client);
        for (int i = 0; i < 3; i++) {
            join(client, server, 0);
            say_settings("before", client);
            talk(client, server);
            say_settings("after", client);
            say("clear: %d %d", SSL_clear(client), SSL_clear(server));
            say_settings("cleared", client);
            say_settings("the server's", server);
        }
        CASE("%s: clear in the middle of a handshake", version_name(version));
        join(client, server, 0);
        say("client: %d", SSL_do_handshake(client));
        say("server: %d", SSL_do_handshake(server));
        say("clear: %d %d", SSL_clear(client), SSL_clear(server));
        join(client, server, 0);
        talk(client, server);

        CASE("%s: dup", version_name(version));
        SSL *fresh = SSL_new(ctx);
        set(fresh);
        SSL_set_connect_state(fresh);
        SSL *twin = SSL_dup(fresh);
        say("dup: %s", !twin ? "NULL" : twin == fresh ? "the same" : "another");
        say_queue();
        MUST(twin);
        say_settings("the dup", twin);
        SSL_free(fresh);
        SSL_clear(server);
        join(twin, server, 0);
        talk(twin, server);
        SSL *same = SSL_dup(twin);
        say("dup of a used one is the same: %d", same == twin);
        SSL_free(same);
        SSL_free(twin), SSL_free(client), SSL_free(server);
        SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
    }
}

SINGLE(body)
