// Names, keys, times, PEM and DER, as programs read and print them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static void queue(void) {
    unsigned long code;
    while ((code = ERR_get_error()) != 0) {
        char text[256];
        ERR_error_string_n(code, text, sizeof text);
        printf("  queue: %s\n", text);
    }
}

static FILE *certs(const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("CERTS"), name);
    FILE *f = fopen(path, "r");
    if (!f)
        printf("no %s\n", name);
    return f;
}

static void show(BIO *out, const char *what) {
    char *text;
    long len = BIO_get_mem_data(out, &text);
    printf("%s: %.*s\n", what, (int)len, text);
    (void)BIO_reset(out);
}

static void describe(const char *name) {
    FILE *f = certs(name);
    X509 *x = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
    if (f)
        fclose(f);
    if (!x) {
        queue();
        return;
    }
    printf("== %s\n", name);
    BIO *out = BIO_new(BIO_s_mem());
    static const unsigned long flags[] = {0, XN_FLAG_ONELINE, XN_FLAG_RFC2253, XN_FLAG_MULTILINE,
                                          XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB, XN_FLAG_SEP_SPLUS_SPC | XN_FLAG_FN_OID};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        int ret = X509_NAME_print_ex(out, X509_get_subject_name(x), 0, flags[i]);
        printf("%lx %d ", flags[i], ret);
        show(out, "subject");
    }
    ASN1_TIME_print(out, X509_get0_notBefore(x)); // changes with every run
    printf("not before: %d\n", (int)BIO_pending(out) > 10);
    (void)BIO_reset(out);
    printf("version %ld, hash %lx %lx, entries %d, extensions %d\n", X509_get_version(x), X509_subject_name_hash(x),
           X509_issuer_name_hash(x), X509_NAME_entry_count(X509_get_subject_name(x)), X509_get_ext_count(x));
    i2a_ASN1_INTEGER(out, X509_get_serialNumber(x));
    show(out, "serial");
    for (int i = 0; i < X509_get_ext_count(x); i++) {
        X509_EXTENSION *extension = X509_get_ext(x, i);
        char text[80];
        OBJ_obj2txt(text, sizeof text, X509_EXTENSION_get_object(extension), 0);
        printf("extension %s, critical %d\n", text, X509_EXTENSION_get_critical(extension));
    }
    int critical = 7;
    GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, &critical, NULL);
    printf("names: %d, critical %d\n", names ? sk_GENERAL_NAME_num(names) : -1, critical);
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
        GENERAL_NAME *one = sk_GENERAL_NAME_value(names, i);
        printf("  %d: %d bytes\n", one->type, ASN1_STRING_length(one->d.ia5));
    }
    GENERAL_NAMES_free(names);
    BASIC_CONSTRAINTS *constraints = X509_get_ext_d2i(x, NID_basic_constraints, &critical, NULL);
    printf("constraints: %d, critical %d\n", constraints ? constraints->ca : -1, critical);
    BASIC_CONSTRAINTS_free(constraints);
    char text[16];
    printf("common name: %d ", X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, text, sizeof text));
    printf("%s\n", text);
    unsigned char *spki = NULL;
    int spki_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);
    EVP_PKEY *key = X509_get_pubkey(x);
    unsigned char *same = NULL;
    printf("public key: %d, same %d %d\n", spki_len, i2d_PUBKEY(key, &same),
           EVP_PKEY_eq(key, X509_PUBKEY_get0(X509_get_X509_PUBKEY(x))));
    OPENSSL_free(spki);
    OPENSSL_free(same);
    printf("key: %d, %d bits, %d strong, %s, RSA %d, EC %d\n", EVP_PKEY_get_id(key), EVP_PKEY_get_bits(key),
           EVP_PKEY_get_security_bits(key), EVP_PKEY_get0_type_name(key), EVP_PKEY_is_a(key, "RSA"), EVP_PKEY_is_a(key, "EC"));
    // Written and read again, it is the same.
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    const unsigned char *at = der;
    X509 *again = d2i_X509(NULL, &at, len);
    printf("again: %d, all read %d\n", X509_cmp(x, again), at == der + len);
    PEM_write_bio_X509(out, x);
    X509 *third = PEM_read_bio_X509(out, NULL, NULL, NULL);
    printf("third: %d\n", X509_cmp(x, third));
    for (int cut = 1; cut < len; cut = cut * 2 + 1) {
        at = der;
        printf("cut at %d: %d\n", cut, d2i_X509(NULL, &at, cut) != NULL);
        ERR_clear_error();
    }
    OPENSSL_free(der);
    X509_free(again);
    X509_free(third);
    EVP_PKEY_free(key);
    BIO_free(out);
    X509_free(x);
    queue();
}

static void describe_key(const char *name) {
    FILE *f = certs(name);
    EVP_PKEY *key = f ? PEM_read_PrivateKey(f, NULL, NULL, "secret") : NULL;
    if (f)
        fclose(f);
    printf("== %s: %d\n", name, key != NULL);
    if (key) {
        unsigned char signature[1024];
        size_t len = sizeof signature;
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        int own = EVP_PKEY_is_a(key, "ED25519");
        printf("%d %d %d\n", EVP_PKEY_get_id(key), EVP_PKEY_get_bits(key), EVP_PKEY_get_size(key));
        int signs = EVP_DigestSignInit(ctx, NULL, own ? NULL : EVP_sha256(), NULL, key);
        int done = EVP_DigestSign(ctx, signature, &len, (const unsigned char *)"message", 7);
        EVP_MD_CTX_free(ctx);
        ctx = EVP_MD_CTX_new();
        printf("sign %d %d", signs, done);
        EVP_DigestVerifyInit(ctx, NULL, own ? NULL : EVP_sha256(), NULL, key);
        printf(", verify %d", EVP_DigestVerify(ctx, signature, len, (const unsigned char *)"message", 7));
        EVP_MD_CTX_free(ctx);
        ctx = EVP_MD_CTX_new();
        EVP_DigestVerifyInit(ctx, NULL, own ? NULL : EVP_sha256(), NULL, key);
        printf(", other message %d\n", EVP_DigestVerify(ctx, signature, len, (const unsigned char *)"Message", 7) == 1);
        EVP_MD_CTX_free(ctx);
        ERR_clear_error();
        unsigned char *der = NULL;
        int size = i2d_PrivateKey(key, &der);
        const unsigned char *at = der;
        EVP_PKEY *again = d2i_AutoPrivateKey(NULL, &at, size);
        printf("again %d, size right %d\n", again ? EVP_PKEY_eq(key, again) : -9, size > 30);
        OPENSSL_free(der);
        EVP_PKEY_free(again);
        BIO *out = BIO_new(BIO_s_mem());
        PEM_write_bio_PUBKEY(out, key);
        EVP_PKEY *public = PEM_read_bio_PUBKEY(out, NULL, NULL, NULL);
        printf("public %d\n", public ? EVP_PKEY_eq(key, public) : -9);
        EVP_PKEY_free(public);
        const RSA *rsa = EVP_PKEY_get0_RSA(key);
        if (rsa)
            printf("modulus %d bits, exponent %lu, private %d\n", BN_num_bits(RSA_get0_n(rsa)), BN_get_word(RSA_get0_e(rsa)),
                   RSA_get0_d(rsa) != NULL);
        ERR_clear_error();
        BIO_free(out);
    }
    EVP_PKEY_free(key);
    queue();
}

static void times(void) {
    static const char *texts[] = {"250101000000Z", "19991231235959Z", "20240229120000Z", "20230229120000Z", "2501010000Z",
                                  "250101000000+0100", "20250101000000.25Z", "x", "", "491231235959Z", "500101000000Z"};
    BIO *out = BIO_new(BIO_s_mem());
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ASN1_TIME *time = ASN1_STRING_type_new(strlen(texts[i]) > 14 && texts[i][0] != '2' + 7 && texts[i][8] != '0' + 9 &&
                                                       strchr("12", texts[i][0]) && strlen(texts[i]) != 17
                                                   ? V_ASN1_GENERALIZEDTIME
                                                   : V_ASN1_UTCTIME);
        ASN1_STRING_set(time, texts[i], -1);
        time_t at = 1700000000;
        int printed = ASN1_TIME_print(out, time);
        printf("%s: check %d, print %d, compare %d ", texts[i], ASN1_TIME_check(time), printed, X509_cmp_time(time, &at));
        show(out, "as");
        ASN1_STRING_free(time);
    }
    BIO_free(out);
    ERR_clear_error();
}

static void strings(void) {
    static const struct { int type; const char *bytes; int len; } some[] = {
        {V_ASN1_UTF8STRING, "a,b+\"c\"\\<d>;e #", -1}, {V_ASN1_UTF8STRING, " lead", -1}, {V_ASN1_UTF8STRING, "#hash", -1},
        {V_ASN1_UTF8STRING, "gr\xc3\xbc\xc3\x9f", -1}, {V_ASN1_T61STRING, "gr\xfc\xdf", -1}, {V_ASN1_BMPSTRING, "\0a\x20\xac", 4},
        {V_ASN1_PRINTABLESTRING, "plain", -1}, {V_ASN1_OCTET_STRING, "\1\2", 2}, {V_ASN1_UTF8STRING, "\xff\xfe", -1},
        {V_ASN1_UNIVERSALSTRING, "\0\1\xf6\0", 4}, {V_ASN1_IA5STRING, "tab\there", -1}};
    static const unsigned long flags[] = {0, ASN1_STRFLGS_RFC2253, ASN1_STRFLGS_ESC_2253, ASN1_STRFLGS_ESC_QUOTE | 1,
                                          ASN1_STRFLGS_SHOW_TYPE, ASN1_STRFLGS_DUMP_ALL, ASN1_STRFLGS_DUMP_ALL | ASN1_STRFLGS_DUMP_DER,
                                          ASN1_STRFLGS_UTF8_CONVERT, ASN1_STRFLGS_ESC_CTRL, ASN1_STRFLGS_ESC_2254};
    BIO *out = BIO_new(BIO_s_mem());
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++)
        for (size_t j = 0; j < sizeof flags / sizeof flags[0]; j++) {
            ASN1_STRING *string = ASN1_STRING_type_new(some[i].type);
            ASN1_STRING_set(string, some[i].bytes, some[i].len);
            int ret = ASN1_STRING_print_ex(out, string, flags[j]);
            printf("%zu %lx: %d ", i, flags[j], ret);
            if (ret < 0)
                (void)BIO_reset(out);
            show(out, "text");
            unsigned char *utf8 = NULL;
            if (j == 0)
                printf("utf8: %d\n", ASN1_STRING_to_UTF8(&utf8, string));
            OPENSSL_free(utf8);
            ASN1_STRING_free(string);
            ERR_clear_error();
        }
    BIO_free(out);
}

static void objects(void) {
    static const char *names[] = {"CN", "commonName", "2.5.4.3", "1.2.3.4", "nonsense", "prime256v1", "P-256", "1", "", "3.1"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[80] = "";
        ASN1_OBJECT *object = OBJ_txt2obj(names[i], 0);
        int len = object ? OBJ_obj2txt(text, sizeof text, object, 0) : -1;
        printf("%s: nid %d %d %d, object %d %s\n", names[i], OBJ_txt2nid(names[i]), OBJ_sn2nid(names[i]), OBJ_ln2nid(names[i]),
               len, text);
        ASN1_OBJECT_free(object);
        ERR_clear_error();
    }
}

static void numbers(void) {
    static const long some[] = {0, 1, -1, 127, 128, -128, -129, 255, 256, 65535, -65536, 0x7fffffffffffffffL};
    BIO *out = BIO_new(BIO_s_mem());
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        ASN1_INTEGER *number = ASN1_INTEGER_new();
        ASN1_INTEGER_set(number, some[i]);
        unsigned char der[32], *to = der;
        int len = i2d_ASN1_INTEGER(number, &to);
        printf("%ld: %ld", some[i], ASN1_INTEGER_get(number));
        for (int j = 0; j < len; j++)
            printf(" %02x", der[j]);
        i2a_ASN1_INTEGER(out, number);
        show(out, "");
        BIGNUM *big = ASN1_INTEGER_to_BN(number, NULL);
        char *hex = BN_bn2hex(big), *decimal = BN_bn2dec(big);
        BIGNUM *again = NULL;
        int read = BN_hex2bn(&again, hex);
        BN_print(out, big);
        printf("  %s %s, %d bits, negative %d, read %d, same %d, word %lu ", hex, decimal, BN_num_bits(big),
               BN_is_negative(big), read, BN_cmp(big, again), BN_get_word(big));
        show(out, "");
        ASN1_INTEGER *back = BN_to_ASN1_INTEGER(big, NULL);
        printf("  back: %d\n", ASN1_INTEGER_cmp(back, number));
        ASN1_INTEGER_free(back);
        OPENSSL_free(hex);
        OPENSSL_free(decimal);
        BN_free(again);
        BN_free(big);
        ASN1_INTEGER_free(number);
    }
    BIO_free(out);
}

static void derive(void) {
    unsigned char key[20];
    printf("PBKDF2: %d", PKCS5_PBKDF2_HMAC("password", -1, (const unsigned char *)"salt", 4, 4096, EVP_sha1(), 20, key));
    for (size_t i = 0; i < sizeof key; i++)
        printf(" %02x", key[i]);
    printf("\n");
}

int main(void) {
    derive();
    static const char *certificates[] = {"root.pem", "server.pem", "server-rsa.pem", "client.pem", "self.pem", "missing"};
    for (size_t i = 0; i < sizeof certificates / sizeof certificates[0]; i++)
        describe(certificates[i]);
    static const char *keys[] = {"server.key", "server-rsa.key", "client-encrypted.key", "client-ed25519.key", "client.key"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        describe_key(keys[i]);
    times();
    strings();
    objects();
    numbers();
    return 0;
}
