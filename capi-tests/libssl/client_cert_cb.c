// SSL_CTX_set_client_cert_cb: called when the server requests and no certificate is set, after
// the server has been verified; 1 sends a certificate, 0 none.
#include "common.h"

enum { REQUEST, REQUIRE, SILENT };

static const struct {
    const char *name;
    int server;       // what the server does
    int callback;     // -1: no callback; else what it returns
    int has_cert;     // a certificate is set in the SSL_CTX
} cases[] = {
    {"requested, callback gives one", REQUEST, 1, 0},
    {"required, callback gives one", REQUIRE, 1, 0},
    {"requested, callback gives none", REQUEST, 0, 0},
    {"required, callback gives none", REQUIRE, 0, 0},
    {"not requested", SILENT, 1, 0},
    {"certificate already set", REQUIRE, 1, 1},
    {"no callback", REQUEST, -1, 0},
    {"no callback, required", REQUIRE, -1, 0},
};

static int answer_now;

static int choose(SSL *ssl, X509 **cert, EVP_PKEY **key) {
    say("callback: *x509 %s, *pkey %s", *cert ? "set" : "NULL", *key ? "set" : "NULL");
    say_peer(ssl);
    say_chain("server's chain", SSL_get_peer_cert_chain(ssl));
    say_chain("verified chain", SSL_get0_verified_chain(ssl));
    say_names("CA names", SSL_get_client_CA_list(ssl));
    say_names("CA names of the peer", SSL_get0_peer_CA_list(ssl));
    say("version in callback: %s, in init: %d, finished: %d", SSL_get_version(ssl), SSL_in_init(ssl),
        SSL_is_init_finished(ssl));
    if (answer_now == 1) {
        *cert = load_cert("client");
        *key = load_key("client");
    }
    return answer_now;
}

static void client(void) {
    for EACH_VERSION (version)
        for (int i = 0; i < COUNT(cases); i++) {
            CASE("%s: %s", version_name(version), cases[i].name);
            SSL_CTX *ctx = new_client(version);
            answer_now = cases[i].callback;
            if (cases[i].callback >= 0)
                SSL_CTX_set_client_cert_cb(ctx, choose);
            if (cases[i].has_cert)
                use_cert(ctx, "second");
            SSL *ssl = dial(ctx);
            converse(ssl);
            X509 *own = SSL_get_certificate(ssl);
            say("own certificate: %s, key %s", subject_of(own), SSL_get_privatekey(ssl) ? "set" : "none");
            hang_up(ssl);
            SSL_CTX_free(ctx);
        }
}

static void server(void) {
    for EACH_VERSION (version)
        for (int i = 0; i < COUNT(cases); i++) {
            CASE("%s: %s", version_name(version), cases[i].name);
            SSL_CTX *ctx = new_server(version);
            SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(path("roots.pem")));
            if (cases[i].server != SILENT)
                SSL_CTX_set_verify(
                    ctx, SSL_VERIFY_PEER | (cases[i].server == REQUIRE ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), NULL);
            SSL *ssl = answer(ctx);
            converse(ssl);
            say_peer(ssl);
            hang_up(ssl);
            SSL_CTX_free(ctx);
        }
}

SIDES(server, client)
