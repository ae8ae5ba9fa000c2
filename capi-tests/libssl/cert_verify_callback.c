// SSL_CTX_set_cert_verify_callback: replaces the verification as a whole.
#include "common.h"

static int result, set_error, asked;

static int verify(X509_STORE_CTX *store, void *arg) {
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    say("asked about %s, %d untrusted, argument %s, in init %d, server %d", subject_of(X509_STORE_CTX_get0_cert(store)),
        sk_X509_num(X509_STORE_CTX_get0_untrusted(store)), (const char *)arg, SSL_in_init(ssl), SSL_is_server(ssl));
    asked++;
    if (set_error)
        X509_STORE_CTX_set_error(store, set_error);
    return result;
}

static int ignored(int ok, X509_STORE_CTX *store UNUSED) {
    say("the verify callback is not called by itself");
    return ok;
}

static void run(int version, const char *cert, int mode, int answer_, int error) {
    CASE("%s: %s, mode %d, callback returns %d with error %d", version_name(version), cert ? cert : "none", mode, answer_,
         error);
    result = answer_, set_error = error, asked = 0;
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    if (cert)
        use_cert(ctx, cert);
    SSL_CTX_set_verify(server_ctx, mode, ignored);
    SSL_CTX_set_cert_verify_callback(server_ctx, verify, "the argument");
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    int done = shake_both(client, server);
    say("done %d, asked %d", done, asked);
    if (done)
        say_peer(server);
    else
        say("verify result %ld", SSL_get_verify_result(server));
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(ctx);
    SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version) {
        static const char *certs[] = {NULL, "client", "stranger"};
        for (int c = 0; c < COUNT(certs); c++) {
            run(version, certs[c], SSL_VERIFY_PEER, 1, 0);
            run(version, certs[c], SSL_VERIFY_PEER, 0, 0);
            run(version, certs[c], SSL_VERIFY_PEER, 0, X509_V_ERR_CERT_REVOKED);
            run(version, certs[c], SSL_VERIFY_PEER, 1, X509_V_ERR_CERT_REVOKED);
            run(version, certs[c], SSL_VERIFY_NONE, 1, 0);
            // Above zero all is a yes.
            run(version, certs[c], SSL_VERIFY_PEER, 2, 0);
            run(version, certs[c], SSL_VERIFY_PEER, 256, X509_V_ERR_CERT_REVOKED);
            run(version, certs[c], SSL_VERIFY_PEER, -1, 0);
            run(version, certs[c], SSL_VERIFY_NONE, 256, 0);
        }
        CASE("%s: the client's", version_name(version));
        for (int ok = -1; ok < 4; ok++) {
            result = ok, set_error = ok > 0 ? 0 : X509_V_ERR_CERT_UNTRUSTED;
            SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
            SSL_CTX_set_cert_verify_callback(ctx, verify, "the client");
            SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
            join(client, server, 0);
            int done = shake_both(client, server);
            say("done %d", done);
            say("verify result %ld", SSL_get_verify_result(client));
            SSL_free(client);
            SSL_free(server);
            SSL_CTX_free(ctx);
            SSL_CTX_free(server_ctx);
        }
    }
}

SINGLE(body)
