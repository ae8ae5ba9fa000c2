// Certificates and keys by every way in, on a context and on a connection: DER, RSA of the old kind, files; and the
// callbacks that are asked for passphrases.
#include "common.h"

static int asked;

static int passphrase(char *buffer, int size, int writing, void *data) {
    asked++;
    say("  asked for a passphrase: %d %d %s", size > 0, writing, data ? (const char *)data : "no data");
    if (!data)
        return 0;
    return snprintf(buffer, (size_t)size, "%s", (const char *)data);
}

static unsigned char der[8192];
static int der_of_certificate(const char *name) {
    X509 *cert = load_cert(name);
    unsigned char *at = der;
    int len = i2d_X509(cert, &at);
    X509_free(cert);
    return len;
}

static int der_of_key(const char *name) {
    EVP_PKEY *key = load_key(name);
    unsigned char *at = der;
    int len = i2d_PrivateKey(key, &at);
    EVP_PKEY_free(key);
    return len;
}

static const char *file_of(const char *kind) {
    static char file[64];
    snprintf(file, sizeof file, "/tmp/standin-keys-%d-%s", (int)getpid(), kind);
    return file;
}

// Under one salt of 256 a wrong passphrase gives good padding by chance, and another error.
static int is_refused(char *passphrase) {
    BIO *sealed = BIO_new_file(file_of("sealed"), "r");
    RSA *none = PEM_read_bio_RSAPrivateKey(sealed, NULL, NULL, passphrase);
    int is_bad = !none && ERR_GET_REASON(ERR_peek_error()) == EVP_R_BAD_DECRYPT;
    RSA_free(none);
    ERR_clear_error();
    BIO_free(sealed);
    return is_bad;
}

static void write_files(RSA *rsa) {
    FILE *f = fopen(file_of("pem"), "w");
    MUST(PEM_write_RSAPrivateKey(f, rsa, NULL, NULL, 0, NULL, NULL));
    fclose(f);
    f = fopen(file_of("der"), "w");
    MUST(i2d_RSAPrivateKey_fp(f, rsa));
    fclose(f);
    do {
        f = fopen(file_of("sealed"), "w");
        MUST(PEM_write_RSAPrivateKey(f, rsa, EVP_aes_128_cbc(), (unsigned char *)"open sesame", 11, NULL, NULL));
        fclose(f);
    } while (!is_refused("") || !is_refused("open barley"));
}

#define TRY(call) (say("%s: %d", #call, (int)(call)), say_queue())

static void body(void) {
    // A key that is not of RSA, and one that is.
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);
    EVP_PKEY *key = load_key("rsa"), *other = load_key("client");
    RSA *rsa = EVP_PKEY_get1_RSA(key);
    MUST(rsa != NULL);
    write_files(rsa);
    X509 *cert = load_cert("rsa");
    unsigned char *at = der;

    CASE("certificates");
    TRY(SSL_CTX_use_certificate(ctx, cert));
    TRY(SSL_use_certificate(ssl, cert));
    TRY(SSL_use_certificate(ssl, NULL));
    int len = der_of_certificate("rsa");
    TRY(SSL_use_certificate_ASN1(ssl, der, len));
    TRY(SSL_CTX_use_certificate_ASN1(ctx, len, der));
    TRY(SSL_use_certificate_ASN1(ssl, der, len - 1));
    TRY(SSL_CTX_use_certificate_ASN1(ctx, 0, der));

    CASE("keys");
    TRY(SSL_use_PrivateKey(ssl, key));
    TRY(SSL_use_PrivateKey(ssl, NULL));
    TRY(SSL_check_private_key(ssl));
    len = der_of_key("rsa");
    TRY(SSL_use_PrivateKey_ASN1(EVP_PKEY_RSA, ssl, der, len));
    TRY(SSL_CTX_use_PrivateKey_ASN1(EVP_PKEY_RSA, ctx, der, len));
    TRY(SSL_use_PrivateKey_ASN1(EVP_PKEY_RSA, ssl, der, len - 1));
    TRY(SSL_CTX_check_private_key(ctx));
    TRY(SSL_use_PrivateKey(ssl, other));
    TRY(SSL_get_privatekey(ssl) == other);

    CASE("keys of the old kind");
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    ctx = SSL_CTX_new(TLS_method());
    ssl = SSL_new(ctx);
    TRY(SSL_CTX_use_RSAPrivateKey(ctx, rsa));
    TRY(SSL_use_RSAPrivateKey(ssl, rsa));
    TRY(SSL_use_RSAPrivateKey(ssl, NULL));
    TRY(SSL_CTX_use_RSAPrivateKey(ctx, NULL));
    at = der, len = i2d_RSAPrivateKey(rsa, &at);
    SSL_CTX *empty = SSL_CTX_new(TLS_method());
    TRY(SSL_CTX_use_RSAPrivateKey_ASN1(empty, der, len));
    TRY(SSL_CTX_get0_privatekey(empty) != NULL);
    SSL_CTX_free(empty);
    TRY(SSL_CTX_use_RSAPrivateKey_ASN1(ctx, der, len));
    TRY(SSL_use_RSAPrivateKey_ASN1(ssl, der, len));
    TRY(SSL_use_RSAPrivateKey_ASN1(ssl, der, len / 2));
    TRY(SSL_use_RSAPrivateKey_file(ssl, file_of("pem"), SSL_FILETYPE_PEM));
    TRY(SSL_use_RSAPrivateKey_file(ssl, file_of("der"), SSL_FILETYPE_ASN1));
    TRY(SSL_CTX_use_RSAPrivateKey_file(ctx, file_of("pem"), SSL_FILETYPE_PEM));
    TRY(SSL_use_RSAPrivateKey_file(ssl, file_of("der"), 7));
    say("the key is there: %d %d", EVP_PKEY_eq(SSL_CTX_get0_privatekey(ctx), key), EVP_PKEY_eq(SSL_get_privatekey(ssl), key));

    CASE("passphrases");
    say("before: %d %d %d %d", SSL_CTX_get_default_passwd_cb(ctx) != NULL, SSL_CTX_get_default_passwd_cb_userdata(ctx) != NULL,
        SSL_get_default_passwd_cb(ssl) != NULL, SSL_get_default_passwd_cb_userdata(ssl) != NULL);
    SSL_CTX_set_default_passwd_cb(ctx, passphrase);
    TRY(SSL_CTX_use_RSAPrivateKey_file(ctx, file_of("sealed"), SSL_FILETYPE_PEM) == 1);
    SSL_CTX_set_default_passwd_cb_userdata(ctx, "open barley");
    TRY(SSL_CTX_use_PrivateKey_file(ctx, file_of("sealed"), SSL_FILETYPE_PEM) == 1);
    SSL_CTX_set_default_passwd_cb_userdata(ctx, "open sesame");
    TRY(SSL_CTX_use_PrivateKey_file(ctx, file_of("sealed"), SSL_FILETYPE_PEM));
    say("set: %d, %s", SSL_CTX_get_default_passwd_cb(ctx) == passphrase, (char *)SSL_CTX_get_default_passwd_cb_userdata(ctx));
    SSL *heir = SSL_new(ctx);
    say("inherited: %d, %s", SSL_get_default_passwd_cb(heir) == passphrase, (char *)SSL_get_default_passwd_cb_userdata(heir));
    SSL_set_default_passwd_cb(ssl, passphrase);
    SSL_set_default_passwd_cb_userdata(ssl, "open sesame");
    TRY(SSL_use_PrivateKey_file(ssl, file_of("sealed"), SSL_FILETYPE_PEM));
    TRY(SSL_use_RSAPrivateKey_file(ssl, file_of("sealed"), SSL_FILETYPE_PEM));
    say("asked %d times", asked);
    SSL_free(heir);

    CASE("they authenticate");
    SSL_CTX *server_ctx = new_server(0), *client_ctx = new_client(0);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    len = der_of_certificate("rsa");
    MUST(SSL_use_certificate_ASN1(client, der, len) == 1);
    MUST(SSL_use_RSAPrivateKey(client, rsa) == 1);
    join(client, server, 0);
    if (shake_both(client, server) == 1)
        say_peer(server);
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(server_ctx);
    SSL_CTX_free(client_ctx);
    remove(file_of("pem")), remove(file_of("der")), remove(file_of("sealed"));
    X509_free(cert);
    RSA_free(rsa);
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

SINGLE(body)
