// What the programs about kinds of keys have in common: certificates with each of `kinds`, the server's, the client's, and the
// client's after the handshake. What was signed with is told by both sides.
#include "common.h"
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

struct kind {
    const char *name;
    int type, bits, curve;
    const char *digest; // of an RSA-PSS key that is bound to one
};
static const struct kind usual_kind = {"p-256", EVP_PKEY_EC, 0, NID_X9_62_prime256v1, NULL};

static EVP_PKEY *new_key(const struct kind *kind) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *make = EVP_PKEY_CTX_new_id(kind->type, NULL);
    MUST(EVP_PKEY_keygen_init(make) == 1);
    if (kind->bits)
        MUST(EVP_PKEY_CTX_set_rsa_keygen_bits(make, kind->bits) == 1);
    if (kind->curve)
        MUST(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(make, kind->curve) == 1);
    if (kind->digest) {
        const EVP_MD *digest = EVP_get_digestbyname(kind->digest);
        MUST(EVP_PKEY_CTX_set_rsa_pss_keygen_md(make, digest) == 1);
        MUST(EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(make, digest) == 1);
        MUST(EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(make, EVP_MD_get_size(digest)) == 1);
    }
    MUST(EVP_PKEY_keygen(make, &key) == 1);
    EVP_PKEY_CTX_free(make);
    return key;
}

static X509 *self_signed(EVP_PKEY *key, const struct kind *kind) {
    X509 *cert = X509_new();
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
    X509_gmtime_adj(X509_getm_notAfter(cert), 36000);
    X509_set_pubkey(cert, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC, (const unsigned char *)kind->name, -1, -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(cert));
    const EVP_MD *digest = kind->type == EVP_PKEY_ED25519 || kind->type == EVP_PKEY_ED448 ? NULL
                           : kind->digest ? EVP_get_digestbyname(kind->digest) : EVP_sha256();
    MUST(X509_sign(cert, key, digest) > 0);
    return cert;
}

static SSL_CTX *context(const SSL_METHOD *method, int version, EVP_PKEY *key, X509 *cert, X509 *trusted, int level) {
    SSL_CTX *ctx = SSL_CTX_new(method);
    SSL_CTX_set_min_proto_version(ctx, version);
    SSL_CTX_set_max_proto_version(ctx, version);
    SSL_CTX_set_security_level(ctx, level);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), trusted);
    if (cert) {
        int certificate = SSL_CTX_use_certificate(ctx, cert), private = SSL_CTX_use_PrivateKey(ctx, key);
        if (certificate != 1 || private != 1)
            say("  use_certificate %d, use_PrivateKey %d", certificate, private);
        say_queue();
    }
    SSL_CTX_set_info_callback(ctx, say_alerts);
    SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"kinds", 5);
    return ctx;
}

static void said(SSL *ssl, const char *who) {
    int own = 0, peer = 0, own_type = 0, peer_type = 0;
    // Under TLS 1.2 any digest goes with any curve: there the choice is the library's.
    if (SSL_version(ssl) == T13) {
        SSL_get_signature_nid(ssl, &own);
        SSL_get_peer_signature_nid(ssl, &peer);
    }
    SSL_get_signature_type_nid(ssl, &own_type);
    SSL_get_peer_signature_type_nid(ssl, &peer_type);
    say("%s: own %s %s, the peer's %s %s", who, own_type ? OBJ_nid2sn(own_type) : "none", own ? OBJ_nid2sn(own) : "-",
        peer_type ? OBJ_nid2sn(peer_type) : "none", peer ? OBJ_nid2sn(peer) : "-");
}

static void attempt(const struct kind *kind, int version, int role, int level, EVP_PKEY *key, X509 *cert, EVP_PKEY *usual_key, X509 *usual) {
    CASE("%s, %s, %s, level %d", kind->name, version_name(version), role == 0 ? "server" : role == 1 ? "client" : "client, later", level);
    SSL_CTX *server = context(TLS_server_method(), version, role ? usual_key : key, role ? usual : cert, cert, level);
    SSL_CTX *client = context(TLS_client_method(), version, key, role ? cert : NULL, role ? usual : cert, level);
    SSL_CTX_set_verify(client, SSL_VERIFY_PEER, NULL);
    if (role)
        SSL_CTX_set_verify(server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT | (role == 2 ? SSL_VERIFY_POST_HANDSHAKE : 0), NULL);
    SSL_CTX_set_post_handshake_auth(client, role == 2);
    SSL *c = SSL_new(client), *s = SSL_new(server);
    join(c, s, 0);
    int done = shake_both(c, s);
    say("done: %d", done);
    say_queue();
    if (done && role == 2) {
        char byte;
        say("asked: %d", SSL_verify_client_post_handshake(s));
        say("sent: %d", SSL_do_handshake(s));
        say("read: %d", SSL_read(c, &byte, 1));
        say("answered: %d", SSL_read(s, &byte, 1));
        say_queue();
    }
    if (done) {
        say_peer(c), said(c, "client");
        say_peer(s), said(s, "server");
    }
    SSL_free(c);
    SSL_free(s);
    SSL_CTX_free(client);
    SSL_CTX_free(server);
}

static void with_each(const struct kind *kinds, int count) {
    EVP_PKEY *usual_key = new_key(&usual_kind);
    X509 *usual = self_signed(usual_key, &usual_kind);
    for (int i = 0; i < count; i++) {
        EVP_PKEY *key = new_key(&kinds[i]);
        X509 *cert = self_signed(key, &kinds[i]);
        // A server of TLS 1.2 does not sign by these, nor ask for RSA-PSS: the README says why.
        int pss = kinds[i].type == EVP_PKEY_RSA_PSS, beyond = pss || kinds[i].type == EVP_PKEY_ED448;
        for (int role = 0; role < 3; role++)
            for EACH_VERSION (version)
                if (version == T13 || (role == 0 && !beyond) || (role == 1 && !pss))
                    for (int level = 0; level <= 1; level++)
                        attempt(&kinds[i], version, role, level, key, cert, usual_key, usual);
        EVP_PKEY_free(key);
        X509_free(cert);
    }
    X509_free(usual);
    EVP_PKEY_free(usual_key);
}
