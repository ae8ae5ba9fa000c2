// Signature algorithms that a program allows: what both sides sign with, and what is refused.
#include "common.h"

static void say_nids(SSL *ssl, const char *who) {
    int own = -1, own_type = -1, peer = -1, peer_type = -1;
    int a = SSL_get_signature_nid(ssl, &own), b = SSL_get_signature_type_nid(ssl, &own_type);
    int c = SSL_get_peer_signature_nid(ssl, &peer), d = SSL_get_peer_signature_type_nid(ssl, &peer_type);
    say("%s: own %d %s, %d %s; peer %d %s, %d %s", who, a, OBJ_nid2sn(own), b, OBJ_nid2sn(own_type), c, OBJ_nid2sn(peer), d,
        OBJ_nid2sn(peer_type));
}

static void run(int version, const char *server_list, const char *client_list, const char *requested) {
    CASE("%s: server %s, client %s, requested %s", version_name(version), server_list ? server_list : "any",
         client_list ? client_list : "any", requested ? requested : "any");
    SSL_CTX *client_ctx = new_client(version), *server_ctx = new_server(version);
    use_cert(server_ctx, "server-rsa");
    use_cert(client_ctx, "rsa");
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    if (server_list)
        say("server's list: %ld", SSL_CTX_set1_sigalgs_list(server_ctx, server_list));
    if (client_list)
        say("client's list: %ld", SSL_CTX_set1_sigalgs_list(client_ctx, client_list));
    if (requested)
        say("requested: %ld", SSL_CTX_set1_client_sigalgs_list(server_ctx, requested));
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    int done = shake_both(client, server);
    say("done %d", done);
    if (done == 1) {
        say_nids(client, "client");
        say_nids(server, "server");
        say("server's peer %s", SSL_get0_peer_certificate(server) ? "known" : "none");
    }
    say_queue();
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(client_ctx);
    SSL_CTX_free(server_ctx);
}

static void body(void) {
    for EACH_VERSION (version) {
        run(version, NULL, NULL, NULL);
        run(version, "RSA-PSS+SHA512", NULL, NULL);
        run(version, NULL, "RSA-PSS+SHA384", NULL);
        run(version, NULL, NULL, "RSA-PSS+SHA384");
        run(version, "RSA-PSS+SHA256:RSA-PSS+SHA512", "RSA-PSS+SHA512", NULL);
        run(version, NULL, "ECDSA+SHA256:RSA-PSS+SHA256", "ECDSA+SHA256");
    }
    run(T12, "RSA+SHA384", NULL, NULL);
    run(T12, NULL, "RSA+SHA512", "RSA+SHA512");
}

SINGLE(body)
