// A certificate in the handshake, and asked again later: CLIENT_ONCE asks no second time, other
// modes do, and what is answered then replaces the identity.
#include "pha.h"

static const int modes[] = {SSL_VERIFY_PEER, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE,
                            SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT};
static const char *second[] = {"second", NULL, "stranger"};

static void client(void) {
    for (int m = 0; m < COUNT(modes); m++)
        for (int c = 0; c < COUNT(second); c++) {
            CASE("mode %d, then %s", modes[m], second[c] ? second[c] : "no certificate");
            SSL_CTX *ctx = new_pha_client();
            use_cert(ctx, "client");
            SSL *ssl = dial(ctx);
            converse(ssl);
            SSL_certs_clear(ssl);
            if (second[c])
                ssl_use_cert(ssl, second[c]);
            obey(ssl, "answer");
            get(ssl);
            hang_up(ssl);
            SSL_CTX_free(ctx);
        }
}

static void server(void) {
    for (int m = 0; m < COUNT(modes); m++)
        for (int c = 0; c < COUNT(second); c++) {
            CASE("mode %d, then %s", modes[m], second[c] ? second[c] : "no certificate");
            SSL_CTX *ctx = new_server(T13);
            SSL_CTX_set_verify(ctx, modes[m], NULL);
            SSL *ssl = answer(ctx);
            converse(ssl);
            say_peer(ssl);
            ask(ssl, "who are you now?");
            hang_up(ssl);
            SSL_CTX_free(ctx);
        }
}

SIDES(server, client)
