// Verify modes and certificates after the handshake: error reasons, alerts, identities.
#include "pha.h"

static const int modes[] = {0, SSL_VERIFY_FAIL_IF_NO_PEER_CERT, SSL_VERIFY_CLIENT_ONCE};
static const char *certs[] = {NULL, "client", "expired", "purpose", "stranger", "self", "chained", "chain"};

static void client(void) {
    for (int m = 0; m < COUNT(modes); m++)
        for (int c = 0; c < COUNT(certs); c++) {
            CASE("mode %d, %s", modes[m], certs[c] ? certs[c] : "no certificate");
            SSL_CTX *ctx = new_pha_client();
            if (certs[c])
                use_cert(ctx, certs[c]);
            SSL *ssl = dial(ctx);
            converse(ssl);
            if (obey(ssl, "first"))
                obey(ssl, "second");
            get(ssl);
            hang_up(ssl);
            SSL_CTX_free(ctx);
        }
}

static void server(void) {
    for (int m = 0; m < COUNT(modes); m++)
        for (int c = 0; c < COUNT(certs); c++) {
            CASE("mode %d, %s", modes[m], certs[c] ? certs[c] : "no certificate");
            SSL_CTX *ctx = new_pha_server(modes[m]);
            SSL *ssl = answer(ctx);
            converse(ssl);
            say_peer(ssl);
            if (ask(ssl, "who are you?"))
                ask(ssl, "and now?");
            hang_up(ssl);
            SSL_CTX_free(ctx);
        }
}

SIDES(server, client)
