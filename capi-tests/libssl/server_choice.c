// A server with certificates of several kinds: which one a client gets, by its versions, suites and signature
// algorithms; which one the program is shown when it is asked for a staple; the peer's temporary key.
#include "common.h"

static int with_staple, preference;

static int staple(SSL *ssl, void *argument UNUSED) {
    X509 *cert = SSL_get_certificate(ssl);
    EVP_PKEY *key = SSL_get_privatekey(ssl);
    say("  asked for a staple for %s, key of it %d", subject_of(cert), cert && key && X509_check_private_key(cert, key));
    unsigned char *copy = OPENSSL_memdup("\x30\x03\x0a\x01\x06", 5);
    SSL_set_tlsext_status_ocsp_resp(ssl, copy, 5);
    return SSL_TLSEXT_ERR_OK;
}

static int chosen(SSL *ssl UNUSED, void *argument UNUSED) { return 1; }

static const char *kind_of(EVP_PKEY *key) {
    switch (key ? EVP_PKEY_get_base_id(key) : 0) {
    case EVP_PKEY_RSA: return "RSA";
    case EVP_PKEY_EC: return "EC";
    case EVP_PKEY_ED25519: return "Ed25519";
    case EVP_PKEY_X25519: return "X25519";
    default: return "none";
    }
}

static void say_temporary(const char *who, SSL *ssl) {
    EVP_PKEY *key = NULL;
    long ret = SSL_get_peer_tmp_key(ssl, &key);
    char group[32] = "";
    if (key && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC)
        EVP_PKEY_get_group_name(key, group, sizeof group, NULL);
    say("%s's peer's temporary key: %ld, %s %s, %d bits", who, ret, kind_of(key), group, key ? EVP_PKEY_get_bits(key) : 0);
    EVP_PKEY_free(key);
}

static void run(int version, const char *certs, const char *suites, const char *algorithms, const char *own) {
    CASE("%s: server %s, client's suites %s, algorithms %s, server's %s, %s, staple %d", version_name(version), certs, suites,
         algorithms, own ? own : "all", preference ? "server's preference" : "client's", with_staple);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_context(TLS_server_method(), version);
    for (const char *c = certs; *c; c++) {
        if (*c == 'r')
            use_cert(server_ctx, "server-rsa");
        else if (*c == 'e')
            use_cert(server_ctx, "server");
        else if (*c == '5')
            use_cert(server_ctx, "ed25519");
        else
            use_cert(server_ctx, "p384");
    }
    MUST(SSL_CTX_set_cipher_list(ctx, suites));
    MUST(SSL_CTX_set1_sigalgs_list(ctx, algorithms));
    MUST(SSL_CTX_set1_groups_list(ctx, version == T12 && !preference ? "P-256:P-384:X25519" : "X25519:P-256:P-384"));
    if (own)
        MUST(SSL_CTX_set1_sigalgs_list(server_ctx, own));
    if (preference)
        SSL_CTX_set_options(server_ctx, SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_tlsext_status_cb(server_ctx, staple);
    SSL_CTX_set_cert_cb(server_ctx, chosen, NULL);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    if (with_staple)
        SSL_set_tlsext_status_type(client, TLSEXT_STATUSTYPE_ocsp);
    join(client, server, 0);
    if (shake_both(client, server)) {
        int nid = 0;
        SSL_get_peer_signature_type_nid(client, &nid);
        X509 *peer = SSL_get1_peer_certificate(client);
        say("%s, %s signs with %s", SSL_get_cipher(client), kind_of(X509_get0_pubkey(peer)), OBJ_nid2sn(nid));
        X509_free(peer);
        say("the server's certificate: %s", kind_of(SSL_get_privatekey(server)));
        const unsigned char *response;
        say("staple: %ld bytes", SSL_get_tlsext_status_ocsp_resp(client, &response));
        say_temporary("client", client);
    }
    SSL_free(client), SSL_free(server), SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void refused(int version) {
    CASE("%s: nothing to be had of a handshake that failed", version_name(version));
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    SSL_set0_verify_cert_store(client, X509_STORE_new());
    say_temporary("client", client);
    join(client, server, 0);
    shake_both(client, server);
    say_chain("chain", SSL_get_peer_cert_chain(client));
    X509 *peer = SSL_get1_peer_certificate(client);
    say("peer %s, result %ld, cipher %s", subject_of(peer), SSL_get_verify_result(client), SSL_get_cipher(client));
    X509_free(peer);
    SSL_free(client), SSL_free(server), SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    static const char *certs[] = {"re", "er", "r5", "5r", "e5", "r", "e"};
    static const char *algorithms[] = {"RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA256:ed25519", "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256",
                                       "RSA-PSS+SHA256:RSA+SHA256", "ECDSA+SHA256", "ed25519:RSA-PSS+SHA256", "ed25519"};
    static const char *suites[] = {"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256",
                                   "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"};
    for (int turn = 0; turn < 3; turn++) {
        with_staple = turn == 1, preference = turn == 2;
        for EACH_VERSION (version)
            for (int c = 0; c < COUNT(certs); c++)
                for (int a = 0; a < COUNT(algorithms); a++)
                    for (int s = 0; s < (version == T12 ? COUNT(suites) : 1); s++)
                        if (s != 2 || strstr(algorithms[a], "RSA")) // else the original's client does not begin
                            run(version, certs[c], suites[s], algorithms[a], NULL);
        for EACH_VERSION (version) {
            run(version, "re", suites[0], algorithms[0], "RSA-PSS+SHA256");
            run(version, "re", suites[0], algorithms[0], "ECDSA+SHA256:RSA-PSS+SHA256");
        }
    }
    for EACH_VERSION (version)
        refused(version);
}

SINGLE(body)
