// Public keys where private ones are wanted, truncated ones, and those of another kind: which errors are left.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

static void queue(void) {
    for (unsigned long error; (error = ERR_get_error()) != 0;)
        printf("  %s: %s\n", ERR_lib_error_string(error), ERR_reason_error_string(error));
}

static FILE *opened(const char *name, const char *kind) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s.%s", getenv("CERTS"), name, kind);
    FILE *file = fopen(path, "r");
    if (!file)
        perror(path), exit(1);
    return file;
}

static void try(const char *name, X509 *cert) {
    FILE *file = opened(name, "key");
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
    unsigned char *der = NULL, signature[600];
    const unsigned char *at;
    size_t len = sizeof signature;
    int size = i2d_PUBKEY(key, &der);
    at = der;
    EVP_PKEY *half = d2i_PUBKEY(NULL, &at, size);
    printf("%s: read %d, all %d, equal %d\n", name, half != NULL, at == der + size, EVP_PKEY_eq(half, key));
    at = der;
    EVP_PKEY *cut = d2i_PUBKEY(NULL, &at, size - 1);
    printf(" cut: %d, %d\n", cut != NULL, at == der);
    queue();
    const EVP_MD *digest = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? NULL : EVP_sha256();
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int started = EVP_DigestSignInit(ctx, NULL, digest, NULL, half);
    int signed_ = EVP_DigestSign(ctx, signature, &len, (const unsigned char *)"abc", 3);
    printf(" signed: %d %d\n", started, signed_);
    queue();
    EVP_MD_CTX_free(ctx);
    printf(" the certificate's: %d\n", X509_check_private_key(cert, key));
    queue();
    printf(" and by its half: %d\n", X509_check_private_key(cert, half));
    queue();
    OPENSSL_free(der);
    EVP_PKEY_free(half);
    EVP_PKEY_free(key);
}

int main(void) {
    FILE *file = opened("client", "pem");
    X509 *cert = PEM_read_X509(file, NULL, NULL, NULL);
    fclose(file);
    try("client", cert);
    try("second", cert);
    try("rsa", cert);
    try("ed25519", cert);
    try("p384", cert);
    X509_free(cert);
    return 0;
}
