// Functions that stand alone: signatures by their numbers, keys in DER, entries of lists, names, times, digits.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/store.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define COUNT(list) ((int)(sizeof(list) / sizeof(list)[0]))

static void queue(void) {
    unsigned long code, last = 0;
    while ((code = ERR_get_error()) != 0)
        last = code;
    printf("  last of the queue: %s\n", last ? ERR_reason_error_string(last) : "none");
}

static const char *path(const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("CERTS"), name);
    return path;
}

static void bytes(const char *what, const unsigned char *data, long len) {
    printf("%s %ld:", what, len);
    for (long i = 0; i < len; i++)
        printf(" %02x", data[i]);
    printf("\n");
}

static void signatures(void) {
    printf("== signatures\n");
    ECDSA_SIG *sig = ECDSA_SIG_new();
    const BIGNUM *r = NULL, *s = NULL;
    ECDSA_SIG_get0(sig, &r, &s);
    printf("empty: %d %d\n", r != NULL, s != NULL);
    printf("half: %d\n", ECDSA_SIG_set0(sig, NULL, NULL));
    static const unsigned char first[] = {0x80, 1, 2}, second[] = {0, 0, 7};
    printf("set: %d\n", ECDSA_SIG_set0(sig, BN_bin2bn(first, 3, NULL), BN_bin2bn(second, 3, NULL)));
    ECDSA_SIG_get0(sig, &r, NULL), ECDSA_SIG_get0(sig, NULL, &s);
    printf("the same: %d %d, bits %d %d\n", r == ECDSA_SIG_get0_r(sig), s == ECDSA_SIG_get0_s(sig), BN_num_bits(r), BN_num_bits(s));
    unsigned char *der = NULL;
    int len = i2d_ECDSA_SIG(sig, &der);
    bytes("DER", der, len);
    printf("length: %d\n", i2d_ECDSA_SIG(sig, NULL));
    static const struct {
        const char *der;
        int len;
    } encoded[] = {{"\x30\x06\x02\x01\x05\x02\x01\x07", 8}, {"\x30\x06\x02\x01\x85\x02\x01\x07", 8}, {"\x30\x03\x02\x01\x05", 5},
                   {"\x30\x08\x02\x01\x05\x02\x01\x07\x05\x00", 10}, {"\x30\x06\x02\x01\x05\x02\x01\x07more", 12}, {"", 0},
                   {"\x30\x06\x02\x01\x00\x02\x01\x00", 8}, {"\x31\x06\x02\x01\x05\x02\x01\x07", 8}};
    for (int i = 0; i < COUNT(encoded); i++) {
        const unsigned char *at = (const unsigned char *)encoded[i].der;
        ECDSA_SIG *read = d2i_ECDSA_SIG(NULL, &at, encoded[i].len);
        printf("read %d: %d, used %d\n", i, read != NULL, (int)(at - (const unsigned char *)encoded[i].der));
        ERR_clear_error();
        ECDSA_SIG_free(read);
    }
    OPENSSL_free(der);
    ECDSA_SIG_free(sig);
    static const int curves[] = {NID_X9_62_prime256v1, NID_secp384r1, NID_secp521r1}, lens[] = {20, 28, 32, 48, 64};
    for (int i = 0; i < COUNT(curves); i++) {
        EC_KEY *key = EC_KEY_new_by_curve_name(curves[i]);
        EC_KEY_generate_key(key);
        printf("curve %d: at most %d\n", i, ECDSA_size(key));
        for (int at = 0; at < COUNT(lens); at++) {
            unsigned char digest[64], out[200];
            memset(digest, 0x9a, sizeof digest);
            unsigned size = 0;
            ECDSA_SIG *made = ECDSA_do_sign(digest, lens[at], key);
            int der_made = ECDSA_sign(0, digest, lens[at], out, &size, key);
            printf(" %d: %d %d, right %d %d", lens[at], made != NULL, der_made, made ? ECDSA_do_verify(digest, lens[at], made, key) : -7,
                   ECDSA_verify(0, digest, lens[at], out, (int)size, key));
            digest[0] ^= 1;
            printf(", wrong %d %d, longer %d\n", made ? ECDSA_do_verify(digest, lens[at], made, key) : -7,
                   ECDSA_verify(0, digest, lens[at], out, (int)size, key), ECDSA_verify(0, digest, lens[at], out, (int)size + 1, key));
            ERR_clear_error();
            ECDSA_SIG_free(made);
        }
        BIO *out = BIO_new(BIO_s_mem());
        printf(" written: %d\n", i2d_ECPrivateKey_bio(out, key));
        EVP_PKEY *read = d2i_PrivateKey_bio(out, NULL);
        printf(" read: %d\n", read != NULL && EVP_PKEY_is_a(read, "EC"));
        EVP_PKEY_free(read);
        BIO_free(out);
        EC_KEY_free(key);
    }
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp384r1);
    EC_GROUP_set_asn1_flag(group, OPENSSL_EC_NAMED_CURVE);
    printf("named: %d\n", EC_GROUP_get_asn1_flag(group));
    EC_GROUP_free(group);
}

static int ask(char *buf, int size, int rwflag, void *data) {
    printf(" asked: %d\n", rwflag);
    snprintf(buf, (size_t)size, "%s", (const char *)data);
    return (int)strlen(data);
}

static void keys(void) {
    printf("== keys in DER\n");
    static const char *names[] = {"client.key", "rsa.key", "ed25519.key"};
    for (int i = 0; i < COUNT(names); i++) {
        BIO *in = BIO_new_file(path(names[i]), "r"), *out = BIO_new(BIO_s_mem());
        EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
        printf("%s: plain %d\n", names[i], i2d_PKCS8PrivateKey_bio(out, key, NULL, NULL, 0, NULL, NULL));
        EVP_PKEY *read = d2i_PrivateKey_bio(out, NULL);
        printf(" the same %d\n", EVP_PKEY_eq(key, read));
        EVP_PKEY_free(read);
        printf(" sealed %d\n", i2d_PKCS8PrivateKey_bio(out, key, EVP_aes_256_cbc(), "secret", 6, NULL, NULL));
        read = d2i_PKCS8PrivateKey_bio(out, NULL, ask, (void *)"secret");
        printf(" the same %d\n", EVP_PKEY_eq(key, read));
        EVP_PKEY_free(read);
        printf(" sealed %d\n", i2d_PKCS8PrivateKey_bio(out, key, EVP_aes_128_cbc(), NULL, 0, ask, (void *)"secret"));
        read = d2i_PKCS8PrivateKey_bio(out, NULL, ask, (void *)"wrong");
        printf(" by another %d\n", read != NULL);
        ERR_clear_error();
        printf(" nothing there %d\n", d2i_PKCS8PrivateKey_bio(out, NULL, ask, (void *)"secret") != NULL);
        ERR_clear_error();
        EVP_PKEY_free(key);
        BIO_free(in), BIO_free(out);
    }
}

static void certificates(void) {
    printf("== certificates and lists\n");
    BIO *in = BIO_new_file(path("client.pem"), "r");
    X509 *x = PEM_read_bio_X509(in, NULL, NULL, NULL);
    BIO_free(in);
    int critical = 7;
    AUTHORITY_KEYID *authority = X509_get_ext_d2i(x, NID_authority_key_identifier, &critical, NULL);
    printf("authority: %d, critical %d, key %d, issuer %d, serial %d\n", authority != NULL, critical,
           authority && authority->keyid ? ASN1_STRING_length(authority->keyid) : -1, authority && authority->issuer != NULL,
           authority && authority->serial != NULL);
    AUTHORITY_KEYID_free(authority);
    printf("hash of old: %lx\n", X509_NAME_hash_old(X509_get_subject_name(x)));
    X509_NAME *name = X509_NAME_new();
    for (int i = 0; i < X509_NAME_entry_count(X509_get_subject_name(x)); i++)
        printf("added: %d\n", X509_NAME_add_entry(name, X509_NAME_get_entry(X509_get_subject_name(x), i), i % 2 ? 0 : -1, 0));
    char line[200];
    printf("%s\n", X509_NAME_oneline(name, line, sizeof line));
    X509_NAME_free(name);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_add_cert(store, x);
    in = BIO_new_file(path("root.crl"), "r");
    X509_CRL *crl = PEM_read_bio_X509_CRL(in, NULL, NULL, NULL);
    BIO_free(in);
    if (crl)
        X509_STORE_add_crl(store, crl);
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    X509_STORE_CTX_init(ctx, store, x, NULL);
    for (int kind = 0; kind < 4; kind++) {
        X509_OBJECT *found = X509_STORE_CTX_get_obj_by_subject(ctx, kind, X509_get_subject_name(x));
        printf("by subject %d: %d", kind, found != NULL && X509_OBJECT_get0_X509(found) == x);
        X509_OBJECT_free(found);
        found = X509_STORE_CTX_get_obj_by_subject(ctx, kind, X509_get_issuer_name(x));
        printf(", by issuer: %d %d\n", found != NULL, found ? (int)X509_OBJECT_get_type(found) : -1);
        X509_OBJECT_free(found);
    }
    ERR_clear_error();
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    printf("a list: %d\n", crl != NULL);
    ASN1_INTEGER *number = crl ? X509_CRL_get_ext_d2i(crl, NID_crl_number, &critical, NULL) : NULL;
    printf("number: %d, critical %d\n", number != NULL, critical);
    ASN1_INTEGER_free(number);
    STACK_OF(X509_REVOKED) *revoked = crl ? X509_CRL_get_REVOKED(crl) : NULL;
    for (int i = 0; revoked && i < sk_X509_REVOKED_num(revoked); i++) {
        X509_REVOKED *copy = X509_REVOKED_dup(sk_X509_REVOKED_value(revoked, i));
        printf("revoked: extensions %d, none there %d\n", X509_REVOKED_get_ext_count(copy), X509_REVOKED_get_ext(copy, 99) == NULL);
        for (int at = 0; at < X509_REVOKED_get_ext_count(copy); at++) {
            OBJ_obj2txt(line, sizeof line, X509_EXTENSION_get_object(X509_REVOKED_get_ext(copy, at)), 0);
            printf(" %s\n", line);
        }
        printf(" the same number: %d\n", ASN1_INTEGER_cmp(X509_REVOKED_get0_serialNumber(copy), X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(revoked, i))));
        X509_REVOKED_free(copy);
    }
    X509_CRL_free(crl);
    X509_free(x);
    OSSL_STORE_CTX *at = OSSL_STORE_open(path("client.pem"), NULL, NULL, NULL, NULL);
    OSSL_STORE_INFO *info = at ? OSSL_STORE_load(at) : NULL;
    X509 *held = info ? OSSL_STORE_INFO_get1_CERT(info) : NULL;
    OSSL_STORE_INFO_free(info);
    printf("from a store: %d\n", held != NULL && X509_get_version(held) == 2);
    X509_free(held);
    OSSL_STORE_close(at);
}

static void small(void) {
    printf("== small things\n");
    static const char *digits[] = {"0aFF", "0a:ff", "0", "0g", "", "0a:f", ":0a", "0:a"};
    for (int i = 0; i < COUNT(digits); i++) {
        long len = -1;
        unsigned char *read = OPENSSL_hexstr2buf(digits[i], &len);
        printf("%s: %d\n", digits[i], read != NULL), queue();
        if (read)
            bytes(" ", read, len);
        OPENSSL_free(read);
    }
    static const char *times[] = {"260102030405Z", "20260102030405Z", "2601020304Z", "20260102", "nonsense", "261302030405Z", ""};
    for (int i = 0; i < COUNT(times); i++) {
        ASN1_TIME *time = ASN1_TIME_new();
        int set = ASN1_TIME_set_string(time, times[i]);
        printf("%s: %d %d, kind %d\n", times[i], set, ASN1_TIME_set_string(NULL, times[i]), set ? ASN1_STRING_type(time) : -1);
        ASN1_TIME_free(time);
    }
    BIGNUM *n = NULL;
    BN_hex2bn(&n, "1234500");
    BN_set_flags(n, BN_FLG_CONSTTIME);
    for (int bit = 0; bit < 40; bit += 4) {
        int ret = BN_clear_bit(n, bit);
        char *text = BN_bn2hex(n);
        printf("bit %d: %d %s\n", bit, ret, text);
        OPENSSL_free(text);
    }
    printf("bit -1: %d\n", BN_clear_bit(n, -1));
    ERR_clear_error();
    BN_free(n);
    char name[64];
    setenv("RANDFILE", "/a/file", 1);
    printf("file: %s\n", RAND_file_name(name, sizeof name));
    printf("too long: %d\n", RAND_file_name(name, 7) != NULL);
    printf("just so: %d\n", RAND_file_name(name, 8) != NULL);
    unsetenv("RANDFILE"), setenv("HOME", "/home", 1);
    printf("file: %s\n", RAND_file_name(name, sizeof name));
    static const int infos[] = {OPENSSL_INFO_CONFIG_DIR, OPENSSL_INFO_DSO_EXTENSION, OPENSSL_INFO_DIR_FILENAME_SEPARATOR,
                                OPENSSL_INFO_LIST_SEPARATOR, OPENSSL_INFO_SEED_SOURCE, 7};
    for (int i = 0; i < COUNT(infos); i++)
        printf("info: %s\n", OPENSSL_info(infos[i]) ? OPENSSL_info(infos[i]) : "none");
    ERR_clear_error();
    printf("private: %s\n", X509_get_default_private_dir());
    OSSL_PROVIDER *provider = OSSL_PROVIDER_load(NULL, "default");
    printf("tested: %d\n", OSSL_PROVIDER_self_test(provider));
    OSSL_PROVIDER_unload(provider);
    OPENSSL_secure_clear_free(OPENSSL_malloc(5), 5);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_MD_CTX_set_flags(md, EVP_MD_CTX_FLAG_NON_FIPS_ALLOW | EVP_MD_CTX_FLAG_ONESHOT);
    EVP_MD_CTX_clear_flags(md, EVP_MD_CTX_FLAG_ONESHOT);
    printf("flags: %x %x\n", EVP_MD_CTX_test_flags(md, EVP_MD_CTX_FLAG_NON_FIPS_ALLOW), EVP_MD_CTX_test_flags(md, EVP_MD_CTX_FLAG_ONESHOT));
    EVP_MD_CTX_free(md);
    EVP_PKEY_CTX *key = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);
    EVP_PKEY_CTX_set_app_data(key, name);
    printf("own: %d\n", EVP_PKEY_CTX_get_app_data(key) == name);
    EVP_PKEY_CTX_free(key);
}

// Attributes that are one relative name, and room that ends in one.
static void lines(void) {
    X509_NAME *name = X509_NAME_new();
    static const char *const attributes[][2] = {{"C", "DE"}, {"O", "Test, Inc."}, {"OU", "a"}, {"OU", "b"}, {"CN", "Root/+x"}};
    for (int i = 0; i < COUNT(attributes); i++)
        X509_NAME_add_entry_by_txt(name, attributes[i][0], MBSTRING_UTF8, (const unsigned char *)attributes[i][1], -1, -1,
                                   i == 3 ? -1 : 0);
    for (int size = 0; size < 50; size++) {
        char line[64] = "untouched";
        char *given = X509_NAME_oneline(name, line, size);
        printf("%d: %s %s\n", size, given ? "given" : "none", line);
    }
    static const unsigned long flags[] = {XN_FLAG_COMPAT, XN_FLAG_ONELINE, XN_FLAG_RFC2253, XN_FLAG_MULTILINE};
    for (int i = 0; i < COUNT(flags); i++)
        for (int indent = 0; indent < 4; indent += 3) {
            BIO *out = BIO_new(BIO_s_mem());
            char *text;
            int written = X509_NAME_print_ex(out, name, indent, flags[i]);
            long len = BIO_get_mem_data(out, &text);
            printf("%d [%.*s] measured %d\n", written, (int)len, text, X509_NAME_print_ex(NULL, name, indent, flags[i]));
            BIO_free(out);
        }
    X509_NAME_free(name);
}

int main(void) {
    lines();
    signatures();
    keys();
    certificates();
    small();
    return 0;
}
