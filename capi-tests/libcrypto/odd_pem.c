// Text that is nearly PEM: what is found in it, as what, and which errors are left.
#include <openssl/err.h>
#include <openssl/pem.h>

static void queue(void) {
    for (unsigned long error; (error = ERR_get_error()) != 0;)
        printf("  %s: %s\n", ERR_lib_error_string(error), ERR_reason_error_string(error));
}

static void try(const char *what, const char *text) {
    char *name = NULL, *header = NULL;
    unsigned char *data = NULL;
    long len = 0;
    BIO *bio = BIO_new_mem_buf(text, -1);
    int found = PEM_read_bio(bio, &name, &header, &data, &len);
    printf("%s: %d %s [%s] %ld\n", what, found, name ? name : "no name", header ? header : "no header", len);
    if (found)
        OPENSSL_free(name), OPENSSL_free(header), OPENSSL_free(data);
    queue();
    BIO_free(bio);
    bio = BIO_new_mem_buf(text, -1);
    X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    printf(" as a certificate: %d\n", cert != NULL);
    queue();
    X509_free(cert);
    BIO_free(bio);
    bio = BIO_new_mem_buf(text, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, "secret");
    printf(" as a key: %d\n", key != NULL);
    queue();
    EVP_PKEY_free(key);
    BIO_free(bio);
}

#define BLOCK(label, body) "-----BEGIN " label "-----\n" body "-----END " label "-----\n"
#define SEALED(info) BLOCK("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: " info "\n\nAAAA\n")

int main(void) {
    try("nothing", "");
    try("no end", "-----BEGIN CERTIFICATE-----\nAAAA\n");
    try("another's end", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END X-----\n");
    try("no letter", BLOCK("CERTIFICATE", "A*AA\n"));
    try("too short", BLOCK("CERTIFICATE", "AAA\n"));
    try("carriage returns", "-----BEGIN CERTIFICATE-----\r\nAAAA\r\n-----END CERTIFICATE-----\r\n");
    try("spaces in front", "  " BLOCK("CERTIFICATE", "AAAA\n"));
    try("spaces behind", "-----BEGIN CERTIFICATE-----   \nAAAA   \n-----END CERTIFICATE-----   \n");
    try("two blocks", "junk\n" BLOCK("X", "AAAA\n") BLOCK("CERTIFICATE", "AAAA\n"));
    try("a long line", BLOCK("CERTIFICATE", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"));
    try("an end in the middle", BLOCK("CERTIFICATE", "AA==AAAA\n"));
    try("parameters alone", BLOCK("EC PARAMETERS", "BggqhkjOPQMBBw==\n"));
    try("an empty line", BLOCK("PRIVATE KEY", "\n"));
    try("no line", BLOCK("CERTIFICATE", ""));
    try("a short vector", SEALED("AES-128-CBC,00"));
    try("a vector that is none", SEALED("AES-128-CBC,xx112233445566778899aabbccddeeff"));
    try("a byte order mark", "\xef\xbb\xbf" BLOCK("CERTIFICATE", "AAAA\n"));
    try("a byte order mark, text", "\xef\xbb\xbftext\n" BLOCK("CERTIFICATE", "AAAA\n"));
    try("a byte order mark, second line", "text\n\xef\xbb\xbf" BLOCK("CERTIFICATE", "AAAA\n"));
    try("two byte order marks", "\xef\xbb\xbf\xef\xbb\xbf" BLOCK("CERTIFICATE", "AAAA\n"));
    try("half a byte order mark", "\xef\xbb" BLOCK("CERTIFICATE", "AAAA\n"));
    try("no cipher", SEALED("NONE-CBC,00112233445566778899aabbccddeeff"));
    return 0;
}
