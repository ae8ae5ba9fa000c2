// What a server does with a client's certificate, by verify mode, certificate and version: the
// error reason on both sides, the alert, the identity.
#include "common.h"

static const int modes[] = {
    SSL_VERIFY_NONE,
    SSL_VERIFY_PEER,
    SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
    SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE,
    SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE,
    SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
};
static const char *certs[] = {NULL,     "client",  "rsa",      "p384", "ed25519", "expired",
                              "future", "purpose", "stranger", "self", "v1",      "chained", "chain"};

#define EACH_CASE(mode, cert)                                                                                         \
    (int m_ = 0, mode = 0; m_ < COUNT(modes) && (mode = modes[m_], 1); m_++)                                          \
        for (int c_ = 0; c_ < COUNT(certs); c_++)

static void client(void) {
    for EACH_VERSION (version)
        for EACH_CASE (mode, cert) {
            CASE("%s, mode %d, %s", version_name(version), mode, certs[c_] ? certs[c_] : "no certificate");
            SSL_CTX *ctx = new_client(version);
            if (certs[c_])
                use_cert(ctx, certs[c_]);
            SSL *ssl = dial(ctx);
            converse(ssl);
            hang_up(ssl);
            SSL_CTX_free(ctx);
        }
}

static void server(void) {
    for EACH_VERSION (version)
        for EACH_CASE (mode, cert) {
            CASE("%s, mode %d, %s", version_name(version), mode, certs[c_] ? certs[c_] : "no certificate");
            SSL_CTX *ctx = new_server(version);
            SSL_CTX_set_verify(ctx, mode, NULL);
            SSL *ssl = answer(ctx);
            converse(ssl);
            say_peer(ssl);
            say_chain("chain", SSL_get_peer_cert_chain(ssl));
            say_chain("verified chain", SSL_get0_verified_chain(ssl));
            hang_up(ssl);
            SSL_CTX_free(ctx);
        }
}

SIDES(server, client)
