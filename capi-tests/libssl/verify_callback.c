// The verify callback: its order, what it reads, what it can override, on both sides.
#include "common.h"

enum { PASS, OVERRIDE, REFUSE, SET_ERROR, LAST };
static const char *names[] = {"passes on", "overrides", "refuses", "sets an error of its own"};
static const char *certs[] = {"client", "chain", "expired", "stranger", "self", "purpose"};
static int behaviour, calls;

static int verify(int ok, X509_STORE_CTX *store) {
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    say("verify %d: ok %d, error %d, depth %d, %s; server %d", ++calls, ok, X509_STORE_CTX_get_error(store),
        X509_STORE_CTX_get_error_depth(store), subject_of(X509_STORE_CTX_get_current_cert(store)),
        ssl ? SSL_is_server(ssl) : -1);
    switch (behaviour) {
    case OVERRIDE: return 1;
    case REFUSE: return 0;
    case SET_ERROR:
        X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
        return X509_STORE_CTX_get_error_depth(store) != 0;
    default: return ok;
    }
}

static void client(void) {
    for EACH_VERSION (version)
        for (int b = 0; b < LAST; b++)
            for (int c = 0; c < COUNT(certs); c++) {
                CASE("%s: the server's %s, %s", version_name(version), names[b], certs[c]);
                SSL_CTX *ctx = new_client(version);
                use_cert(ctx, certs[c]);
                SSL *ssl = dial(ctx);
                converse(ssl);
                hang_up(ssl);
                SSL_CTX_free(ctx);
            }
    for EACH_VERSION (version)
        for (behaviour = 0; behaviour < LAST; behaviour++) {
            CASE("%s: the client's %s", version_name(version), names[behaviour]);
            calls = 0;
            SSL_CTX *ctx = new_client(version);
            SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, verify);
            SSL *ssl = dial(ctx);
            converse(ssl);
            say_peer(ssl);
            hang_up(ssl);
            SSL_CTX_free(ctx);
        }
}

static void server(void) {
    for EACH_VERSION (version)
        for (behaviour = 0; behaviour < LAST; behaviour++)
            for (int c = 0; c < COUNT(certs); c++) {
                CASE("%s: the server's %s, %s", version_name(version), names[behaviour], certs[c]);
                calls = 0;
                SSL_CTX *ctx = new_server(version);
                SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, verify);
                say("callback set: %d %d", SSL_CTX_get_verify_callback(ctx) == verify, SSL_CTX_get_verify_mode(ctx));
                SSL *ssl = answer(ctx);
                converse(ssl);
                say_peer(ssl);
                hang_up(ssl);
                SSL_CTX_free(ctx);
            }
    for EACH_VERSION (version)
        for (int b = 0; b < LAST; b++) {
            CASE("%s: the client's %s", version_name(version), names[b]);
            SSL_CTX *ctx = new_server(version);
            SSL *ssl = answer(ctx);
            converse(ssl);
            hang_up(ssl);
            SSL_CTX_free(ctx);
        }
}

SIDES(server, client)
