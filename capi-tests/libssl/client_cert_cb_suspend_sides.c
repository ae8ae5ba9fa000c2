// A handshake suspended by the callback, against a peer that waits.
#include "common.h"

static int asked;

static int choose(SSL *ssl UNUSED, X509 **cert, EVP_PKEY **key) {
    if (asked++ < 5)
        return -1;
    *cert = load_cert("client");
    *key = load_key("client");
    return 1;
}

static void client(void) {
    for EACH_VERSION (version) {
        CASE("%s", version_name(version));
        SSL_CTX *ctx = new_client(version);
        SSL_CTX_set_client_cert_cb(ctx, choose);
        asked = 0;
        SSL *ssl = dial(ctx);
        int ret;
        while ((ret = SSL_connect(ssl)) != 1 && SSL_get_error(ssl, ret) == SSL_ERROR_WANT_X509_LOOKUP)
            say("suspended after time %d", asked);
        converse(ssl);
        say("asked %d times", asked);
        hang_up(ssl);
        SSL_CTX_free(ctx);
    }
}

static void server(void) {
    for EACH_VERSION (version) {
        CASE("%s", version_name(version));
        SSL_CTX *ctx = new_server(version);
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        SSL *ssl = answer(ctx);
        converse(ssl);
        say_peer(ssl);
        hang_up(ssl);
        SSL_CTX_free(ctx);
    }
}

SIDES(server, client)
