// What a client says with its request for an OCSP staple: ids of responders and extensions, as the server gets them.
#include "common.h"

static int on_hello(SSL *ssl, int *alert UNUSED, void *arg UNUSED) {
    const unsigned char *body;
    size_t len;
    if (!SSL_client_hello_get0_ext(ssl, 5, &body, &len)) {
        say("no request");
        return SSL_CLIENT_HELLO_SUCCESS;
    }
    char line[1024] = "";
    for (size_t i = 0; i < len && i < 500; i++)
        sprintf(line + 2 * i, "%02x", body[i]);
    say("request: %zu bytes, %s", len, line);
    return SSL_CLIENT_HELLO_SUCCESS;
}

static void show(const char *where, SSL *ssl) {
    STACK_OF(OCSP_RESPID) *ids = NULL;
    X509_EXTENSIONS *extensions = NULL;
    long got = SSL_get_tlsext_status_ids(ssl, &ids), got_extensions = SSL_get_tlsext_status_exts(ssl, &extensions);
    say("  %s: %ld %ld, type %ld, ids %d, extensions %d", where, got, got_extensions, SSL_get_tlsext_status_type(ssl),
        sk_OCSP_RESPID_num(ids), sk_X509_EXTENSION_num(extensions));
    for (int i = 0; i < sk_OCSP_RESPID_num(ids); i++) {
        unsigned char der[512], *at = der;
        int len = i2d_OCSP_RESPID(sk_OCSP_RESPID_value(ids, i), &at);
        say("    id of %d bytes, %02x%02x%02x", len, der[0], der[1], der[len - 1]);
    }
    for (int i = 0; i < sk_X509_EXTENSION_num(extensions); i++)
        say("    extension %d", OBJ_obj2nid(X509_EXTENSION_get_object(sk_X509_EXTENSION_value(extensions, i))));
}

static int on_name(SSL *ssl, int *alert UNUSED, void *arg UNUSED) {
    show("servername", ssl);
    return SSL_TLSEXT_ERR_NOACK;
}

static int on_certificate(SSL *ssl, void *arg UNUSED) {
    show("certificate", ssl);
    return 1;
}

static int on_status(SSL *ssl, void *arg UNUSED) {
    show("status", ssl);
    return SSL_TLSEXT_ERR_NOACK;
}

static SSL_SESSION *latest;
static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

static STACK_OF(OCSP_RESPID) *two_ids(void) {
    X509 *cert = load_cert("root");
    STACK_OF(OCSP_RESPID) *ids = sk_OCSP_RESPID_new_null();
    OCSP_RESPID *name = OCSP_RESPID_new(), *key = OCSP_RESPID_new();
    MUST(OCSP_RESPID_set_by_name(name, cert) && OCSP_RESPID_set_by_key(key, cert));
    sk_OCSP_RESPID_push(ids, name);
    sk_OCSP_RESPID_push(ids, key);
    X509_free(cert);
    return ids;
}

/* What the server's program is shown, also of a resumption, and after the SSL is used for another handshake. */
static void at_the_server(int version) {
    CASE("at the server, %s", version_name(version));
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(ctx, keep);
    SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp);
    SSL_CTX_set_tlsext_servername_callback(server_ctx, on_name);
    SSL_CTX_set_cert_cb(server_ctx, on_certificate, NULL);
    SSL_CTX_set_tlsext_status_cb(server_ctx, on_status);
    SSL *server = SSL_new(server_ctx);
    for (int time = 0; time < 3; time++) {
        say("time %d", time);
        SSL *client = SSL_new(ctx);
        if (time < 2) {
            SSL_set_tlsext_status_ids(client, two_ids());
            X509_EXTENSIONS *extensions = sk_X509_EXTENSION_new_null();
            sk_X509_EXTENSION_push(extensions, X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "CA:FALSE"));
            SSL_set_tlsext_status_exts(client, extensions);
        }
        if (time == 1)
            MUST(SSL_set_session(client, latest));
        join(client, server, 0);
        int done = shake_both(client, server);
        say("done: %d, reused %d", done, SSL_session_reused(client));
        char byte;
        SSL_read(client, &byte, 1);
        show("after", server);
        SSL_shutdown(client);
        SSL_shutdown(server);
        SSL_free(client);
        MUST(SSL_clear(server));
    }
    SSL_free(server);
    SSL_SESSION_free(latest);
    latest = NULL;
    SSL_CTX_free(ctx);
    SSL_CTX_free(server_ctx);
}

/* An id, or the extensions, that are no DER; all lengths of the message are right. */
static void malformed(int version) {
    for (int what = 0; what < 2; what++) {
        CASE("malformed %s, %s", what ? "extensions" : "id", version_name(version));
        SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
        SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp);
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        SSL_set_tlsext_status_ids(client, two_ids());
        X509_EXTENSIONS *extensions = sk_X509_EXTENSION_new_null();
        sk_X509_EXTENSION_push(extensions, X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "CA:FALSE"));
        SSL_set_tlsext_status_exts(client, extensions);
        SSL_set_bio(client, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_bio(server, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_connect_state(client);
        SSL_set_accept_state(server);
        MUST(SSL_do_handshake(client) < 0);
        unsigned char *bytes, *at;
        long len = BIO_get_mem_data(SSL_get_wbio(client), &bytes);
        int ids = 0;
        for (at = bytes + 50; at < bytes + len - 12; at++) {
            /* status_request, whose parts fill it */
            ids = at[5] << 8 | at[6];
            unsigned char *extensions = at + 7 + ids;
            if (at[0] == 0 && at[1] == 5 && at[4] == 1 && extensions < bytes + len - 2
                && (at[2] << 8 | at[3]) == 5 + ids + (extensions[0] << 8 | extensions[1]))
                break;
        }
        MUST(at < bytes + len - 12);
        *(what ? at + 7 + ids + 2 : at + 9) ^= 0x55;
        MUST(BIO_write(SSL_get_rbio(server), bytes, len) == len);
        int ret = SSL_do_handshake(server);
        say("server: %d, %d", ret, SSL_get_error(server, ret));
        unsigned long error, first = 0;
        while ((error = ERR_get_error()))
            first = error;
        say("  %s", ERR_reason_error_string(first));
        len = BIO_get_mem_data(SSL_get_wbio(server), &bytes);
        say("alert: %ld bytes, %d %d", len, len == 7 ? bytes[5] : -1, len == 7 ? bytes[6] : -1);
        SSL_free(client);
        SSL_free(server);
        SSL_CTX_free(ctx);
        SSL_CTX_free(server_ctx);
    }
}

static void body(void) {
    for (int what = 0; what < 4; what++) {
        CASE("ids: %d, extensions: %d", what & 1, what >> 1);
        SSL_CTX *ctx = new_client(0), *server_ctx = new_server(0);
        SSL_CTX_set_client_hello_cb(server_ctx, on_hello, NULL);
        SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp);
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        STACK_OF(OCSP_RESPID) *ids = NULL, *got = (void *)1;
        X509_EXTENSIONS *extensions = NULL, *got_extensions = (void *)1;
        say("none before: %ld %ld", SSL_get_tlsext_status_ids(client, &got), SSL_get_tlsext_status_exts(client, &got_extensions));
        say("  %d %d", got == NULL, got_extensions == NULL);
        if (what & 1) {
            X509 *cert = load_cert("root");
            ids = sk_OCSP_RESPID_new_null();
            for (int i = 0; i < 2; i++) {
                OCSP_RESPID *id = OCSP_RESPID_new();
                MUST(OCSP_RESPID_set_by_name(id, cert));
                sk_OCSP_RESPID_push(ids, id);
            }
            X509_free(cert);
            say("ids: %ld", SSL_set_tlsext_status_ids(client, ids));
        }
        if (what & 2) {
            X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "CA:FALSE");
            MUST(extension != NULL);
            extensions = sk_X509_EXTENSION_new_null();
            sk_X509_EXTENSION_push(extensions, extension);
            say("extensions: %ld", SSL_set_tlsext_status_exts(client, extensions));
        }
        SSL_get_tlsext_status_ids(client, &got);
        SSL_get_tlsext_status_exts(client, &got_extensions);
        say("set: %d %d", got == ids, got_extensions == extensions);
        join(client, server, 0);
        say("done: %d", shake_both(client, server));
        SSL_free(client);
        SSL_free(server);
        SSL_CTX_free(ctx);
        SSL_CTX_free(server_ctx);
    }
    for EACH_VERSION(version) {
        at_the_server(version);
        malformed(version);
    }
}

SINGLE(body)
