// Functions that load certificates and keys, from files, DER and memory, and how they fail.
#include "common.h"

static const char *files[] = {"client", "chain", "rsa", "ed25519", "client-encrypted", "empty", "garbage", "text", "missing"};

static void say_ret(const char *what, const char *file, int ret) {
    say("%s %s: %d", what, file, ret);
    say_queue();
}

static int password(char *buffer, int size, int writing UNUSED, void *arg) {
    say("asked for the password, argument %s", arg ? (char *)arg : "NULL");
    return snprintf(buffer, size, "%s", arg ? (char *)arg : "wrong");
}

static void body(void) {
    for (int i = 0; i < COUNT(files); i++) {
        const char *file = files[i];
        CASE("%s", file);
        SSL_CTX *ctx = SSL_CTX_new(TLS_method());
        // The password callback must answer, or the terminal would be asked.
        SSL_CTX_set_default_passwd_cb(ctx, password);
        say_ret("SSL_CTX_use_certificate_file", file, SSL_CTX_use_certificate_file(ctx, path2(file, ".pem"), SSL_FILETYPE_PEM));
        say_ret("SSL_CTX_use_certificate_file as DER", file, SSL_CTX_use_certificate_file(ctx, path2(file, ".der"), SSL_FILETYPE_ASN1));
        say_ret("SSL_CTX_use_certificate_file as 99", file, SSL_CTX_use_certificate_file(ctx, path2(file, ".pem"), 99));
        say_ret("SSL_CTX_use_certificate_chain_file", file, SSL_CTX_use_certificate_chain_file(ctx, path2(file, ".pem")));
        say_ret("SSL_CTX_use_PrivateKey_file", file, SSL_CTX_use_PrivateKey_file(ctx, path2(file, ".key"), SSL_FILETYPE_PEM));
        SSL_CTX_set_default_passwd_cb_userdata(ctx, "secret");
        say_ret("again", file, SSL_CTX_use_PrivateKey_file(ctx, path2(file, ".key"), SSL_FILETYPE_PEM));
        say_ret("SSL_CTX_use_RSAPrivateKey_file", file, SSL_CTX_use_RSAPrivateKey_file(ctx, path2(file, ".key"), SSL_FILETYPE_PEM));
        say_ret("SSL_CTX_check_private_key", file, SSL_CTX_check_private_key(ctx));
        say_ret("SSL_CTX_load_verify_locations", file, SSL_CTX_load_verify_locations(ctx, path2(file, ".pem"), NULL));
        say_ret("SSL_CTX_load_verify_file", file, SSL_CTX_load_verify_file(ctx, path2(file, ".pem")));
        say("own certificate: %s, key %d", subject_of(SSL_CTX_get0_certificate(ctx)), SSL_CTX_get0_privatekey(ctx) != NULL);
        SSL *ssl = SSL_new(ctx);
        say_ret("SSL_use_certificate_file", file, SSL_use_certificate_file(ssl, path2(file, ".pem"), SSL_FILETYPE_PEM));
        say_ret("SSL_use_certificate_chain_file", file, SSL_use_certificate_chain_file(ssl, path2(file, ".pem")));
        say_ret("SSL_use_PrivateKey_file", file, SSL_use_PrivateKey_file(ssl, path2(file, ".key"), SSL_FILETYPE_PEM));
        say_ret("SSL_check_private_key", file, SSL_check_private_key(ssl));
        SSL_free(ssl);
        SSL_CTX_free(ctx);
    }
    CASE("mismatches");
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    say_ret("check with nothing", "", SSL_CTX_check_private_key(ctx));
    X509 *cert = load_cert("client");
    EVP_PKEY *key = load_key("client"), *other = load_key("second"), *rsa = load_key("rsa");
    say_ret("key first", "client", SSL_CTX_use_PrivateKey(ctx, key));
    say_ret("check without certificate", "", SSL_CTX_check_private_key(ctx));
    say_ret("certificate", "client", SSL_CTX_use_certificate(ctx, cert));
    say_ret("key of another", "second", SSL_CTX_use_PrivateKey(ctx, other));
    say_ret("check", "", SSL_CTX_check_private_key(ctx));
    say("key is still the first: %d", SSL_CTX_get0_privatekey(ctx) == key);
    say_ret("RSA key", "rsa", SSL_CTX_use_PrivateKey(ctx, rsa));
    say_ret("check", "", SSL_CTX_check_private_key(ctx));
    SSL *ssl = SSL_new(ctx);
    STACK_OF(X509) *chain = load_chain("intermediates");
    say_ret("use_cert_and_key", "", SSL_use_cert_and_key(ssl, cert, key, chain, 0));
    say_ret("use_cert_and_key, no override", "", SSL_use_cert_and_key(ssl, cert, key, chain, 1));
    say_ret("use_cert_and_key, mismatch", "", SSL_use_cert_and_key(ssl, cert, other, NULL, 1));
    drop_chain(chain);
    SSL_free(ssl);
    unsigned char *der = NULL;
    int length = i2d_X509(cert, &der);
    say_ret("certificate_ASN1", "", SSL_CTX_use_certificate_ASN1(ctx, length, der));
    say_ret("certificate_ASN1, cut", "", SSL_CTX_use_certificate_ASN1(ctx, length / 2, der));
    OPENSSL_free(der);
    der = NULL;
    length = i2d_PrivateKey(key, &der);
    say_ret("PrivateKey_ASN1", "", SSL_CTX_use_PrivateKey_ASN1(EVP_PKEY_EC, ctx, der, length));
    say_ret("PrivateKey_ASN1, cut", "", SSL_CTX_use_PrivateKey_ASN1(EVP_PKEY_EC, ctx, der, length / 2));
    OPENSSL_free(der);
    CASE("places");
    say_ret("load_verify_locations", "NULL NULL", SSL_CTX_load_verify_locations(ctx, NULL, NULL));
    say_ret("load_verify_locations", "a directory", SSL_CTX_load_verify_locations(ctx, NULL, path("")));
    say_ret("load_verify_dir", "missing", SSL_CTX_load_verify_dir(ctx, path("missing")));
    say_ret("set_default_verify_paths", "", SSL_CTX_set_default_verify_paths(ctx));
    say_ret("set_default_verify_file", "", SSL_CTX_set_default_verify_file(ctx));
    say_ret("set_default_verify_dir", "", SSL_CTX_set_default_verify_dir(ctx));
    X509_free(cert);
    EVP_PKEY_free(key), EVP_PKEY_free(other), EVP_PKEY_free(rsa);
    SSL_CTX_free(ctx);
}

SINGLE(body)
