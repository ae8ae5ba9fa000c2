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
}

SINGLE(body)
