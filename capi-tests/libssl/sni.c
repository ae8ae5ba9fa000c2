// Server names: what the server's callback reads and answers, another SSL_CTX set in it, the
// ClientHello callback.
#include "common.h"

static SSL_CTX *second;
static int verdict, hello_verdict, hello_alert;

static int on_name(SSL *ssl, int *alert, void *arg) {
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    say("servername: %s, type %d, argument %s, alert preset %d", name ? name : "NULL", SSL_get_servername_type(ssl),
        (const char *)arg, *alert);
    if (name && strcmp(name, "second.localhost") == 0) {
        say("set_SSL_CTX: %d", SSL_set_SSL_CTX(ssl, second) == second);
        SSL_set_verify(ssl, SSL_CTX_get_verify_mode(second), SSL_CTX_get_verify_callback(second));
    }
    if (verdict == SSL_TLSEXT_ERR_ALERT_FATAL)
        *alert = SSL_AD_ACCESS_DENIED;
    return verdict;
}

static int on_hello(SSL *ssl, int *alert, void *arg UNUSED) {
    int *extensions;
    size_t count, length;
    const unsigned char *bytes = NULL;
    say("hello: legacy version %x, random %zu, ciphers %d, compression %zu, v2 %d", SSL_client_hello_get0_legacy_version(ssl),
        SSL_client_hello_get0_random(ssl, &bytes), SSL_client_hello_get0_ciphers(ssl, &bytes) > 0,
        SSL_client_hello_get0_compression_methods(ssl, &bytes), SSL_client_hello_isv2(ssl));
    say("has a name: %d", SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &bytes, &length));
    int got = SSL_client_hello_get1_extensions_present(ssl, &extensions, &count);
    int named = 0;
    for (size_t i = 0; got && i < count; i++)
        named += extensions[i] == TLSEXT_TYPE_signature_algorithms;
    say("extensions: %d, some %d, signature algorithms %d", got, count > 3, named);
    OPENSSL_free(extensions);
    int suites = (int)SSL_client_hello_get0_ciphers(ssl, &bytes), known = 0;
    for (int i = 0; i + 1 < suites; i += 2)
        known += bytes[i] == 0xc0 && bytes[i + 1] == 0x2b;
    say("ECDHE-ECDSA-AES128-GCM-SHA256: %d", known);
    bytes = NULL;
    size_t methods = SSL_client_hello_get0_compression_methods(ssl, &bytes);
    say("compressions: %zu, %d", methods, bytes ? bytes[0] : -1);
    if (hello_verdict == SSL_CLIENT_HELLO_ERROR && hello_alert)
        *alert = hello_alert;
    int now = hello_verdict;
    if (now == SSL_CLIENT_HELLO_RETRY)
        hello_verdict = SSL_CLIENT_HELLO_SUCCESS;
    return now;
}

static void run(int version, const char *what, const char *name, int answer_, int on_hello_, int alert) {
    CASE("%s: %s, %s", version_name(version), what, name ? name : "no name");
    verdict = answer_, hello_verdict = on_hello_, hello_alert = alert;
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    second = new_server(version);
    use_cert(second, "server2");
    SSL_CTX_set_verify(second, SSL_VERIFY_PEER, NULL);
    use_cert(ctx, "client");
    if (answer_ >= 0) {
        SSL_CTX_set_tlsext_servername_callback(server_ctx, on_name);
        SSL_CTX_set_tlsext_servername_arg(server_ctx, "the argument");
    }
    if (on_hello_ != 99)
        SSL_CTX_set_client_hello_cb(server_ctx, on_hello, NULL);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    if (name)
        say("set name: %ld", SSL_set_tlsext_host_name(client, name));
    join(client, server, 0);
    int c = 0, s = 0;
    for (int turn = 0; turn < 6; turn++) {
        if (c != 1)
            c = SSL_do_handshake(client);
        if (s != 1)
            s = SSL_do_handshake(server);
        int error = SSL_get_error(server, s);
        if (s != 1 && error != SSL_ERROR_WANT_READ) {
            say("server: %s, want %d", error_name(error), SSL_want(server));
            say_queue();
            if (error == SSL_ERROR_SSL)
                break;
        }
    }
    if (c != 1)
        say_result(client, "client", SSL_do_handshake(client));
    say("done %d %d", c, s);
    say_peer(client);
    say_peer(server);
    const char *seen = SSL_get_servername(server, TLSEXT_NAMETYPE_host_name);
    const char *own = SSL_get_servername(client, TLSEXT_NAMETYPE_host_name);
    say("servername at the server %s, at the client %s", seen ? seen : "NULL", own ? own : "NULL");
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx), SSL_CTX_free(second);
}

static void body(void) {
    for EACH_VERSION (version) {
        run(version, "no callback", "localhost", -1, 99, 0);
        run(version, "ok", "localhost", SSL_TLSEXT_ERR_OK, 99, 0);
        run(version, "ok", NULL, SSL_TLSEXT_ERR_OK, 99, 0);
        run(version, "another SSL_CTX", "second.localhost", SSL_TLSEXT_ERR_OK, 99, 0);
        run(version, "fatal", "localhost", SSL_TLSEXT_ERR_ALERT_FATAL, 99, 0);
        run(version, "not acknowledged", "localhost", SSL_TLSEXT_ERR_NOACK, 99, 0);
        run(version, "hello callback goes on", "localhost", -1, SSL_CLIENT_HELLO_SUCCESS, 0);
        run(version, "hello callback refuses", "localhost", -1, SSL_CLIENT_HELLO_ERROR, 0);
        run(version, "hello callback refuses with an alert", "localhost", -1, SSL_CLIENT_HELLO_ERROR, SSL_AD_UNRECOGNIZED_NAME);
        run(version, "hello callback suspends", "localhost", SSL_TLSEXT_ERR_OK, SSL_CLIENT_HELLO_RETRY, 0);
    }
    CASE("names that cannot be set");
    SSL_CTX *ctx = new_client(0);
    SSL *ssl = SSL_new(ctx);
    char longest[300];
    memset(longest, 'a', sizeof longest), longest[256] = 0;
    say("256 letters: %ld", SSL_set_tlsext_host_name(ssl, longest));
    say_queue();
    longest[255] = 0;
    say("255 letters: %ld", SSL_set_tlsext_host_name(ssl, longest));
    say("empty: %ld", SSL_set_tlsext_host_name(ssl, ""));
    say_queue();
    say("NULL: %ld", SSL_set_tlsext_host_name(ssl, NULL));
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

SINGLE(body)
