// A library context of the program's own: SSL_CTX_new_ex. The default one has no algorithms at all, so whatever is
// fetched there fails.
#include "pha.h"
#include <openssl/provider.h>
#include <openssl/store.h>

static OSSL_LIB_CTX *library;

static SSL_CTX *context(const SSL_METHOD *method, int version) {
    SSL_CTX *ctx = SSL_CTX_new_ex(library, NULL, method);
    MUST(ctx != NULL);
    MUST(SSL_CTX_set_min_proto_version(ctx, version));
    MUST(SSL_CTX_set_max_proto_version(ctx, version));
    SSL_CTX_set_info_callback(ctx, say_alerts);
    return ctx;
}

static int looking_on(int ok, X509_STORE_CTX *store) {
    say("  depth %d: ok %d, error %d", X509_STORE_CTX_get_error_depth(store), ok, X509_STORE_CTX_get_error(store));
    return ok;
}

static int choose(SSL *ssl UNUSED, X509 **cert, EVP_PKEY **key) {
    BIO *in = BIO_new_file(path("client.pem"), "r");
    *cert = X509_new_ex(library, NULL);
    PEM_read_bio_X509(in, cert, NULL, NULL);
    BIO_free(in);
    in = BIO_new_file(path("client.key"), "r");
    *key = PEM_read_bio_PrivateKey_ex(in, NULL, NULL, NULL, library, NULL);
    BIO_free(in);
    return 1;
}

static void exchange(SSL *client, SSL *server) {
    char text[64];
    say_result(client, "write", SSL_write(client, "hello", 5));
    say_result(server, "read", SSL_read(server, text, sizeof text));
    say_peer(client), say_peer(server);
    // What the original brings back of a session is of the default context, and has no key.
    X509 *peer = SSL_get1_peer_certificate(server);
    if (peer && !SSL_session_reused(server)) {
        EVP_PKEY *key = X509_get_pubkey(peer);
        say("a key %d, verified by itself %d", key != NULL, key && X509_verify(peer, key));
        ERR_clear_error();
        EVP_PKEY_free(key);
    }
    X509_free(peer);
    say_chain("verified chain", SSL_get0_verified_chain(server));
}

static void run(int version, const char *cert, int callback, int directory) {
    CASE("%s: %s, callback %d, %s", version_name(version), cert, callback, directory ? "store" : "file");
    SSL_CTX *ctx = context(TLS_client_method(), version), *server_ctx = context(TLS_server_method(), version);
    say("trust: %d %d", directory ? SSL_CTX_load_verify_store(ctx, path("root.pem")) : SSL_CTX_load_verify_file(ctx, path("root.pem")),
        SSL_CTX_load_verify_locations(server_ctx, path("root.pem"), NULL));
    say("server: %d %d", SSL_CTX_use_certificate_chain_file(server_ctx, path("server.pem")),
        SSL_CTX_use_PrivateKey_file(server_ctx, path("server.key"), SSL_FILETYPE_PEM));
    say_queue();
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file_ex(path("root.pem"), library, NULL);
    say_names("names", names);
    SSL_CTX_set_client_CA_list(server_ctx, names);
    if (strcmp(cert, "callback") == 0)
        SSL_CTX_set_client_cert_cb(ctx, choose);
    else {
        say("client: %d %d", SSL_CTX_use_certificate_file(ctx, path2(cert, ".der"), SSL_FILETYPE_ASN1),
            SSL_CTX_use_PrivateKey_file(ctx, path2(cert, ".key"), SSL_FILETYPE_PEM));
        say("they match: %d", SSL_CTX_check_private_key(ctx));
    }
    say_queue();
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, callback ? looking_on : NULL);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, callback ? looking_on : NULL);
    SSL_SESSION *session = NULL;
    for (int round = 0; round < 2; round++) {
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        if (session)
            SSL_set_session(client, session);
        SSL_set_session_id_context(server, (const unsigned char *)"tests", 5);
        join(client, server, 0);
        if (shake_both(client, server)) {
            SSL_read(client, (char[1]){0}, 1);
            ERR_clear_error();
            say("reused %d", SSL_session_reused(server));
            exchange(client, server);
            if (!session)
                session = SSL_get1_session(client);
        }
        SSL_shutdown(client);
        SSL_free(client), SSL_free(server);
    }
    SSL_SESSION_free(session);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void later(void) {
    CASE("after the handshake");
    SSL_CTX *ctx = context(TLS_client_method(), T13), *server_ctx = context(TLS_server_method(), T13);
    SSL_CTX_load_verify_file(ctx, path("root.pem")), SSL_CTX_load_verify_file(server_ctx, path("root.pem"));
    SSL_CTX_use_certificate_chain_file(server_ctx, path("server.pem"));
    SSL_CTX_use_PrivateKey_file(server_ctx, path("server.key"), SSL_FILETYPE_PEM);
    SSL_CTX_set_client_cert_cb(ctx, choose);
    SSL_CTX_set_post_handshake_auth(ctx, 1);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, NULL);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    shake_both(client, server);
    say("ask: %d", SSL_verify_client_post_handshake(server));
    SSL_do_handshake(server);
    SSL_read(client, (char[1]){0}, 1);
    ERR_clear_error();
    exchange(client, server);
    SSL_free(client), SSL_free(server), SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    OSSL_PROVIDER *nothing = OSSL_PROVIDER_load(NULL, "null");
    library = OSSL_LIB_CTX_new();
    OSSL_PROVIDER *all = OSSL_PROVIDER_load(library, "default");
    MUST(nothing != NULL && all != NULL);
    static const char *certs[] = {"client", "rsa", "ed25519", "callback"};
    for EACH_VERSION (version)
        for (int i = 0; i < COUNT(certs); i++)
            run(version, certs[i], i % 2, i == 2);
    later();
    OSSL_PROVIDER_unload(all), OSSL_PROVIDER_unload(nothing);
    OSSL_LIB_CTX_free(library);
}

SINGLE(body)
