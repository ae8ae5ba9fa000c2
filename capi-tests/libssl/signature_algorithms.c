// Signature algorithms: what the server accepts of a client's certificate, and the getters.
#include "common.h"

static const char *certs[] = {"client", "rsa", "ed25519"};
static const char *lists[] = {NULL, "ECDSA+SHA256", "RSA-PSS+SHA256", "ed25519", "ECDSA+SHA256:RSA+SHA256",
                              "rsa_pss_rsae_sha256:ecdsa_secp256r1_sha256"};

static void say_signature(const char *who, SSL *ssl) {
    int own = 0, peer = 0, peer_type = 0, own_type = 0;
    int a = SSL_get_signature_nid(ssl, &own), b = SSL_get_peer_signature_nid(ssl, &peer);
    int c = SSL_get_peer_signature_type_nid(ssl, &peer_type), d = SSL_get_signature_type_nid(ssl, &own_type);
    say("%s: own %d %s %d %s, peer %d %s %d %s", who, a, a ? OBJ_nid2sn(own) : "", d, d ? OBJ_nid2sn(own_type) : "", b,
        b ? OBJ_nid2sn(peer) : "", c, c ? OBJ_nid2sn(peer_type) : "");
}

static void body(void) {
    for EACH_VERSION (version)
        for (int c = 0; c < COUNT(certs); c++)
            for (int l = 0; l < COUNT(lists); l++) {
                CASE("%s: %s, server accepts %s", version_name(version), certs[c], lists[l] ? lists[l] : "all");
                SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
                use_cert(ctx, certs[c]);
                SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
                if (lists[l])
                    say("set: %ld", (long)SSL_CTX_set1_client_sigalgs_list(server_ctx, lists[l]));
                SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
                join(client, server, 0);
                int done = shake_both(client, server);
                say("done %d", done);
                if (done) {
                    say_peer(server);
                    if (SSL_get0_peer_certificate(server)) {
                        int nid = 0;
                        int got = SSL_get_peer_signature_nid(server, &nid);
                        say("signed with %d %s", got, got ? OBJ_nid2sn(nid) : "");
                        say_signature("server", server);
                    }
                }
                SSL_free(client), SSL_free(server);
                SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
            }
    CASE("lists");
    SSL_CTX *ctx = new_client(0);
    static const char *tried[] = {"RSA+SHA256", "nonsense", "", "ECDSA+SHA256:nonsense", "rsa_pss_pss_sha256", "ECDSA+SHA1"};
    for (int i = 0; i < COUNT(tried); i++) {
        say("\"%s\": %ld", tried[i], (long)SSL_CTX_set1_sigalgs_list(ctx, tried[i]));
        ERR_clear_error();
    }
    SSL_CTX_free(ctx);
}

SINGLE(body)
