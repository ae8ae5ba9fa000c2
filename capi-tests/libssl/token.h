// What the programs about keys on tokens have in common: a connection, and how often the token has signed.
#include "common.h"
#include <openssl/ec.h>
#include <openssl/rsa.h>

static int signatures;

static void run(int version, const char *client_cert, EVP_PKEY *client_key, const char *server_cert, EVP_PKEY *server_key) {
    CASE("%s: client %s, server %s", version_name(version), client_cert, server_cert);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    X509 *cert = load_cert(client_cert);
    say("client's certificate %d", SSL_CTX_use_certificate(ctx, cert));
    say("client's key %d", SSL_CTX_use_PrivateKey(ctx, client_key));
    X509_free(cert);
    if (server_key) {
        cert = load_cert(server_cert);
        say("server's certificate %d", SSL_CTX_use_certificate(server_ctx, cert));
        say("server's key %d", SSL_CTX_use_PrivateKey(server_ctx, server_key));
        say("check %d", SSL_CTX_check_private_key(server_ctx));
        X509_free(cert);
    }
    say_queue();
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    signatures = 0;
    int done = shake_both(client, server);
    say("done %d, signatures by the token: %d", done, signatures);
    say_peer(server);
    say("the server's key is of type %s", EVP_PKEY_get0_type_name(X509_get0_pubkey(SSL_get0_peer_certificate(client))));
    SSL_free(client), SSL_free(server);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}
