// The peer's certificate is the connection's own object: what a program hangs on it, or says of it, is not found on
// another connection with the same peer.
#include "common.h"
#include <openssl/x509_vfy.h>

static int data_index;
static int looks_on;

static int on_verify(int ok, X509_STORE_CTX *verification) {
    X509 *current = X509_STORE_CTX_get_current_cert(verification);
    // The root is the store's, which the connections share.
    if (X509_STORE_CTX_get_error_depth(verification) == 0) {
        say("  seen in the callback: %s", X509_get_ex_data(current, data_index) ? "marked" : "fresh");
        X509_set_ex_data(current, data_index, &looks_on);
    }
    return ok;
}

static void look(const char *who, SSL *ssl) {
    X509 *peer = SSL_get1_peer_certificate(ssl), *again = SSL_get1_peer_certificate(ssl);
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl), *verified = SSL_get0_verified_chain(ssl);
    say("%s: %s, the same each time %d, data %s, alias %s", who, subject_of(peer), peer == again,
        X509_get_ex_data(peer, data_index) ? "found" : "none", X509_alias_get0(peer, NULL) ? "found" : "none");
    say("  first of the verified chain %d, of the chain %d, verified %d", verified && sk_X509_value(verified, 0) == peer,
        !SSL_is_server(ssl) && chain && sk_X509_value(chain, 0) == peer, verified ? sk_X509_num(verified) : -1);
    X509_set_ex_data(peer, data_index, &data_index);
    X509_alias_set1(peer, (const unsigned char *)"mine", 4);
    X509_free(peer);
    X509_free(again);
}

static void connection(SSL_CTX *client_ctx, SSL_CTX *server_ctx) {
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    MUST(shake_both(client, server));
    look("client", client);
    look("server", server);
    SSL_free(client);
    SSL_free(server);
}

static void body(void) {
    data_index = X509_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    for EACH_VERSION (version)
        for (looks_on = 0; looks_on < 2; looks_on++) {
            CASE("%s, %s", version_name(version), looks_on ? "a callback" : "no callback");
            SSL_CTX *client = new_client(version), *server = new_server(version);
            use_cert(client, "client");
            SSL_CTX_set_verify(client, SSL_VERIFY_PEER, looks_on ? on_verify : NULL);
            SSL_CTX_set_verify(server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, looks_on ? on_verify : NULL);
            for (int i = 0; i < 3; i++)
                connection(client, server);
            SSL_CTX_free(client);
            SSL_CTX_free(server);
        }
}

SINGLE(body)
