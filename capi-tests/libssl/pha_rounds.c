// Several rounds of post-handshake authentication on one connection: without a certificate, with
// one, with another, without again. An empty answer never leaves the older identity in place.
#include "pha.h"

static const char *rounds[] = {NULL, "client", "second", NULL, "rsa", "p384", "ed25519", "chain", "client"};

static void client(void) {
    SSL_CTX *ctx = new_pha_client();
    SSL *ssl = dial(ctx);
    converse(ssl);
    for (int i = 0; i < COUNT(rounds); i++) {
        CASE("round %d: %s", i, rounds[i] ? rounds[i] : "no certificate");
        SSL_certs_clear(ssl);
        if (rounds[i]) {
            MUST(SSL_use_certificate_chain_file(ssl, path2(rounds[i], ".pem")) == 1);
            MUST(SSL_use_PrivateKey_file(ssl, path2(rounds[i], ".key"), SSL_FILETYPE_PEM) == 1);
        }
        obey(ssl, "answer");
    }
    hang_up(ssl);
    SSL_CTX_free(ctx);
}

static void server(void) {
    SSL_CTX *ctx = new_pha_server(0);
    SSL *ssl = answer(ctx);
    converse(ssl);
    say_peer(ssl);
    for (int i = 0; i < COUNT(rounds); i++) {
        CASE("round %d: %s", i, rounds[i] ? rounds[i] : "no certificate");
        ask(ssl, "who are you?");
        say_chain("chain", SSL_get_peer_cert_chain(ssl));
        // After an empty answer the original still shows the chain of the one before: no example.
        if (rounds[i])
            say_chain("verified chain", SSL_get0_verified_chain(ssl));
        X509 *session_peer = SSL_SESSION_get0_peer(SSL_get_session(ssl));
        say("in the session: %s", subject_of(session_peer));
    }
    hang_up(ssl);
    SSL_CTX_free(ctx);
}

SIDES(server, client)
