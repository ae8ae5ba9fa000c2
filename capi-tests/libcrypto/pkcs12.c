// PKCS #12: the password right and wrong, the key, its certificate and the others, in the order that they come in.
#include <stdio.h>
#include <stdlib.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

static void queue(void) {
    unsigned long code;
    while ((code = ERR_get_error()) != 0)
        printf("  queue: %s: %s\n", ERR_lib_error_string(code), ERR_reason_error_string(code));
}

static void parse(const char *file, const char *password) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("CORPUS"), file);
    printf("== %s, %s\n", file, password ? password : "NULL");
    BIO *bio = BIO_new_file(path, "rb");
    PKCS12 *p12 = bio ? d2i_PKCS12_bio(bio, NULL) : NULL;
    BIO_free(bio);
    printf("read: %d\n", p12 != NULL);
    queue();
    if (!p12)
        return;
    printf("password: %d\n", PKCS12_verify_mac(p12, password, -1));
    ERR_clear_error();
    EVP_PKEY *key = NULL;
    X509 *cert = NULL;
    STACK_OF(X509) *others = NULL;
    printf("parsed: %d\n", PKCS12_parse(p12, password, &key, &cert, &others));
    queue();
    char subject[256] = "none";
    if (cert)
        X509_NAME_oneline(X509_get_subject_name(cert), subject, sizeof subject);
    printf("key %d, certificate %s, fits %d, others %d\n", key != NULL, subject,
           key && cert ? X509_check_private_key(cert, key) : -1, others ? sk_X509_num(others) : -1);
    for (int i = 0; others && i < sk_X509_num(others); i++)
        printf("  %s\n", X509_NAME_oneline(X509_get_subject_name(sk_X509_value(others, i)), subject, sizeof subject));
    sk_X509_pop_free(others, X509_free);
    X509_free(cert);
    EVP_PKEY_free(key);
    PKCS12_free(p12);
}

int main(void) {
    static const char *files[] = {"all.p12", "key.p12", "certificates.p12", "no-password.p12", "missing.p12", "good.chain.pem"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        parse(files[i], "secret");
        parse(files[i], "wrong");
        parse(files[i], "");
        parse(files[i], NULL);
    }
    return 0;
}
