// Certificates and extensions that programs make, keys that they write, what is in files, and providers.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static void queue(void) {
    unsigned long code;
    while ((code = ERR_get_error()) != 0)
        printf("  queue: %s: %s\n", ERR_lib_error_string(code), ERR_reason_error_string(code));
}

static void hex(const char *what, const unsigned char *bytes, int len) {
    printf("%s (%d):", what, len);
    for (int i = 0; i < len; i++)
        printf("%02x", bytes[i]);
    printf("\n");
}

static const char *place(const char *name, const char *suffix) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s%s", getenv("CERTS"), name, suffix);
    return path;
}

static X509 *load(const char *name) {
    BIO *bio = BIO_new_file(place(name, ".pem"), "r");
    X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return x;
}

static EVP_PKEY *load_key(const char *name) {
    BIO *bio = BIO_new_file(place(name, ".key"), "r");
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return key;
}

static void extend(X509 *x, X509 *issuer, int nid, const char *words) {
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, words);
    printf("%s = %s: %d", OBJ_nid2sn(nid), words, extension != NULL);
    printf(" %d\n", extension ? X509_add_ext(x, extension, -1) : -1);
    if (!extension)
        ERR_clear_error();
    X509_EXTENSION_free(extension);
}

// A certificate with everything that is set, which is read back.
static X509 *make(const char *what, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key, const EVP_MD *md) {
    printf("== %s\n", what);
    X509 *x = X509_new();
    printf("empty: version %ld, names %d %d, extensions %d, key %d, encoded %d\n", X509_get_version(x),
           X509_NAME_entry_count(X509_get_subject_name(x)),
           X509_NAME_entry_count(X509_get_issuer_name(x)), X509_get_ext_count(x), X509_get0_pubkey(x) != NULL, i2d_X509(x, NULL) > 0);
    ERR_clear_error();
    ASN1_INTEGER *serial = ASN1_INTEGER_new();
    ASN1_INTEGER_set(serial, 4711);
    ASN1_TIME *start = ASN1_TIME_set(NULL, 1700000000), *end = ASN1_TIME_set(NULL, 2900000000);
    printf("set: %d", X509_set_version(x, 2));
    printf(" %d", X509_set_serialNumber(x, serial));
    printf(" %d %d", X509_set1_notBefore(x, start), X509_set1_notAfter(x, end));
    printf(" %d", X509_set_pubkey(x, key));
    X509_NAME *name = X509_get_subject_name(x);
    printf(" %d", X509_NAME_add_entry_by_txt(name, "C", MBSTRING_ASC, (const unsigned char *)"DE", -1, -1, 0));
    printf(" %d", X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)"made here", -1, -1, 0));
    printf(" %d\n", X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer) : name));
    ASN1_INTEGER_free(serial);
    ASN1_TIME_free(start);
    ASN1_TIME_free(end);
    extend(x, issuer ? issuer : x, NID_basic_constraints, "critical,CA:TRUE,pathlen:3");
    extend(x, issuer ? issuer : x, NID_key_usage, "critical, digitalSignature, keyCertSign, cRLSign");
    extend(x, issuer ? issuer : x, NID_ext_key_usage, "serverAuth,clientAuth,1.2.3.4");
    extend(x, issuer ? issuer : x, NID_subject_alt_name, "DNS:example.org,DNS:*.example.net,IP:192.0.2.1,IP:2001:db8::1,email:a@example.org,URI:https://example.org/x,RID:1.2.3");
    extend(x, issuer ? issuer : x, NID_subject_key_identifier, "hash");
    extend(x, issuer ? issuer : x, NID_authority_key_identifier, issuer ? "keyid,issuer:always" : "issuer:always");
    extend(x, issuer ? issuer : x, NID_info_access, "OCSP;URI:http://ocsp.example.org/,OCSP;URI:http://b.example.org/,caIssuers;URI:http://example.org/ca");
    extend(x, issuer ? issuer : x, NID_crl_distribution_points, "URI:http://example.org/crl");
    extend(x, issuer ? issuer : x, NID_netscape_comment, "a comment");
    ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(octets, (const unsigned char *)"0123", 4);
    printf("again: %d", X509_add1_ext_i2d(x, NID_subject_key_identifier, octets, 0, X509V3_ADD_DEFAULT));
    ERR_clear_error();
    printf(" %d", X509_add1_ext_i2d(x, NID_subject_key_identifier, octets, 0, X509V3_ADD_KEEP_EXISTING));
    printf(" %d %d\n", X509_get_ext_count(x), X509_get_ext_by_NID(x, NID_subject_key_identifier, -1));
    ASN1_OCTET_STRING_free(octets);
    int signed_len = X509_sign(x, issuer_key, md);
    printf("signed: %d\n", signed_len > 0);
    queue();
    if (signed_len > 0) {
        printf("verified: %d, by another %d, algorithm %s\n", X509_verify(x, issuer_key), key == issuer_key ? 0 : X509_verify(x, key),
               OBJ_nid2sn(X509_get_signature_nid(x)));
        ERR_clear_error();
        printf("facts: flags %x, usage %x %x, path %ld, ca %d, server %d, key %d, self-signed %d\n",
               X509_get_extension_flags(x) & ~0x80u & ~0x100u, X509_get_key_usage(x), X509_get_extended_key_usage(x), X509_get_pathlen(x),
               X509_check_ca(x), X509_check_purpose(x, X509_PURPOSE_SSL_SERVER, 0), X509_check_private_key(x, key), X509_self_signed(x, 1));
        printf("host: %d %d %d\n", X509_check_host(x, "www.example.net", 0, 0, NULL), X509_check_host(x, "example.com", 0, 0, NULL),
               X509_check_ip_asc(x, "192.0.2.1", 0));
        STACK_OF(OPENSSL_STRING) *responders = X509_get1_ocsp(x);
        for (int i = 0; i < sk_OPENSSL_STRING_num(responders); i++)
            printf("responder %s\n", sk_OPENSSL_STRING_value(responders, i));
        X509_email_free(responders);
        AUTHORITY_INFO_ACCESS *services = X509_get_ext_d2i(x, NID_info_access, NULL, NULL);
        for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(services); i++) {
            ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value(services, i);
            printf("service %s, %d, %d bytes\n", OBJ_nid2sn(OBJ_obj2nid(one->method)), one->location->type,
                   ASN1_STRING_length(one->location->d.ia5));
        }
        AUTHORITY_INFO_ACCESS_free(services);
        unsigned char *der = NULL;
        int len = i2d_X509(x, &der);
        const unsigned char *at = der;
        X509 *again = d2i_X509(NULL, &at, len);
        printf("again: %d, the same %d\n", again != NULL, again ? X509_cmp(x, again) : -5);
        if (signed_len == 64 || EVP_PKEY_is_a(issuer_key, "RSA"))
            hex("der", der, len); // signatures that are the same each time
        X509_free(again);
        OPENSSL_free(der);
        // What is changed afterwards is no longer what was signed.
        printf("changed: %d", X509_set_version(x, 1));
        printf(" %d", X509_verify(x, issuer_key));
        printf(" %d", X509_set_version(x, 2));
        printf(" %d\n", X509_verify(x, issuer_key));
        ERR_clear_error();
        X509_EXTENSION *taken = X509_delete_ext(x, X509_get_ext_count(x) - 1);
        printf("taken: %s, %d left, none there %d, verified %d\n", OBJ_nid2sn(OBJ_obj2nid(X509_EXTENSION_get_object(taken))),
               X509_get_ext_count(x), X509_delete_ext(x, 100) == NULL, X509_verify(x, issuer_key));
        ERR_clear_error();
        X509_EXTENSION_free(taken);
        printf("signed again: %d", X509_sign(x, issuer_key, md) > 0);
        printf(" %d\n", X509_verify(x, issuer_key));
    }
    return x;
}

static void certificates(void) {
    EVP_PKEY *rsa = load_key("rsa"), *ed = load_key("ed25519"), *p256 = load_key("client"), *p384 = load_key("p384");
    X509 *root = make("RSA, signed by itself", rsa, NULL, rsa, EVP_sha256());
    X509_free(make("RSA, SHA-512", rsa, NULL, rsa, EVP_sha512()));
    X509_free(make("Ed25519, signed by itself", ed, NULL, ed, NULL));
    X509_free(make("P-256, signed by RSA", p256, root, rsa, EVP_sha384()));
    X509_free(make("Ed25519, signed by RSA", ed, root, rsa, EVP_sha256()));
    X509_free(make("RSA, signed by P-256", rsa, root, p256, EVP_sha256()));
    X509_free(make("P-384, signed by P-384", p384, NULL, p384, EVP_sha384()));
    printf("== what does not go\n");
    X509 *x = X509_new();
    printf("Ed25519 with a digest: %d\n", X509_sign(x, ed, EVP_sha256()));
    ERR_clear_error();
    EVP_PKEY *public = X509_get0_pubkey(root);
    printf("by a public key: %d\n", X509_sign(x, public, EVP_sha256()));
    ERR_clear_error();
    printf("without a key: %d\n", X509_set_pubkey(x, NULL));
    ERR_clear_error();
    printf("in PEM, not signed: %d\n", PEM_write_X509(stdout, x));
    ERR_clear_error();
    X509_free(x);
    printf("== names of its own\n");
    int len = 7;
    printf("none: %d %d\n", X509_alias_get0(root, &len) == NULL, X509_keyid_get0(root, &len) == NULL);
    printf("set: %d %d", X509_alias_set1(root, (const unsigned char *)"my root", -1), X509_keyid_set1(root, (const unsigned char *)"12345", 3));
    printf(", %.*s", 7, X509_alias_get0(root, &len));
    printf(" %d", len);
    printf(", %.3s", X509_keyid_get0(root, &len));
    printf(" %d\n", len);
    BIO *bio = BIO_new(BIO_s_mem());
    printf("written: %d\n", PEM_write_bio_X509_AUX(bio, root));
    X509 *again = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);
    printf("read: %d, %.*s\n", again != NULL, 7, again ? (const char *)X509_alias_get0(again, NULL) : "");
    X509_free(again);
    printf("taken away: %d %d\n", X509_alias_set1(root, NULL, 0), X509_alias_get0(root, NULL) == NULL);
    BIO_free(bio);
    X509_free(root);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ed);
    EVP_PKEY_free(p256);
    EVP_PKEY_free(p384);
}

static void extensions(void) {
    printf("== extensions in words\n");
    static const struct {
        int nid;
        const char *words;
    } all[] = {
        {NID_basic_constraints, "CA:FALSE"}, {NID_basic_constraints, "CA:TRUE"}, {NID_basic_constraints, "CA:maybe"},
        {NID_basic_constraints, "pathlen:0"}, {NID_basic_constraints, "critical,CA:TRUE,pathlen:300"}, {NID_basic_constraints, "other:1"},
        {NID_key_usage, "decipherOnly"}, {NID_key_usage, "keyAgreement,encipherOnly"}, {NID_key_usage, "Digital Signature"},
        {NID_key_usage, "nothing"}, {NID_netscape_cert_type, "client,server"}, {NID_netscape_cert_type, "objCA"},
        {NID_ext_key_usage, "OCSPSigning"}, {NID_ext_key_usage, "critical,anyExtendedKeyUsage"}, {NID_ext_key_usage, "no such"},
        {NID_subject_alt_name, "DNS:a.example"}, {NID_subject_alt_name, "IP:10.0.0.300"}, {NID_subject_alt_name, "DNS"},
        {NID_subject_alt_name, "other:x"}, {NID_issuer_alt_name, "URI:urn:x"}, {NID_subject_key_identifier, "01:02:ff"},
        {NID_subject_key_identifier, "0102FF"}, {NID_subject_key_identifier, "xyz"}, {NID_subject_key_identifier, "hash"},
        {NID_authority_key_identifier, "keyid"}, {NID_info_access, "OCSP;URI:http://x/"}, {NID_info_access, "URI:http://x/"},
        {NID_crl_distribution_points, "URI:http://x/,URI:http://y/"}, {NID_name_constraints, "permitted;DNS:example.org,excluded;IP:10.0.0.0/255.0.0.0"},
        {NID_name_constraints, "permitted;email:.example.org"}, {NID_name_constraints, "DNS:example.org"}, {NID_tlsfeature, "status_request"},
        {NID_tlsfeature, "5,17"}, {NID_netscape_comment, "some words"}, {NID_certificate_policies, "1.2.3.4"},
        {NID_certificate_policies, "1.2.3.4,1.2.3.5"}, {NID_key_usage, "DER:03020780"}, {NID_netscape_comment, "critical,DER:0401ff"},
        {NID_key_usage, "DER:zz"}, {NID_undef, "x"}, {NID_commonName, "x"}, {NID_crl_number, "17"},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        X509V3_CTX ctx;
        X509V3_set_ctx(&ctx, NULL, NULL, NULL, NULL, 0);
        X509V3_set_ctx_nodb(&ctx);
        X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, all[i].nid, all[i].words);
        printf("%s = %s: %d\n", all[i].nid ? OBJ_nid2sn(all[i].nid) : "none", all[i].words, extension != NULL);
        ERR_clear_error();
        if (!extension)
            continue;
        unsigned char *der = NULL;
        int len = i2d_X509_EXTENSION(extension, &der);
        hex("  der", der, len);
        OPENSSL_free(der);
        X509_EXTENSION *copy = X509_EXTENSION_dup(extension);
        printf("  copy: %d, critical %d\n", OBJ_obj2nid(X509_EXTENSION_get_object(copy)) == all[i].nid, X509_EXTENSION_get_critical(copy));
        X509_EXTENSION_free(copy);
        X509_EXTENSION_free(extension);
    }
    printf("== extensions of objects\n");
    BASIC_CONSTRAINTS *constraints = NULL;
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "CA:TRUE,pathlen:5");
    constraints = X509V3_EXT_d2i(extension);
    printf("constraints: %d %ld\n", constraints->ca != 0, ASN1_INTEGER_get(constraints->pathlen));
    X509_EXTENSION *again = X509V3_EXT_i2d(NID_basic_constraints, 1, constraints);
    unsigned char *der = NULL;
    int len = i2d_X509_EXTENSION(again, &der);
    hex("der", der, len);
    OPENSSL_free(der);
    STACK_OF(X509_EXTENSION) *list = NULL;
    printf("list: %d", X509V3_add1_i2d(&list, NID_basic_constraints, constraints, 1, X509V3_ADD_DEFAULT));
    printf(" %d", X509V3_add1_i2d(&list, NID_basic_constraints, constraints, 1, X509V3_ADD_DEFAULT));
    printf(" %d", X509V3_add1_i2d(&list, NID_basic_constraints, constraints, 0, X509V3_ADD_REPLACE));
    printf(" %d", X509V3_add1_i2d(&list, NID_basic_constraints, constraints, 1, X509V3_ADD_APPEND));
    printf(", %d\n", sk_X509_EXTENSION_num(list));
    ERR_clear_error();
    der = NULL;
    len = i2d_X509_EXTENSIONS(list, &der);
    hex("der", der, len);
    const unsigned char *at = der;
    STACK_OF(X509_EXTENSION) *read = d2i_X509_EXTENSIONS(NULL, &at, len);
    printf("read: %d, all %d\n", sk_X509_EXTENSION_num(read), at == der + len);
    at = der;
    printf("cut: %d\n", d2i_X509_EXTENSIONS(NULL, &at, len - 1) != NULL);
    ERR_clear_error();
    OPENSSL_free(der);
    sk_X509_EXTENSION_pop_free(read, X509_EXTENSION_free);
    sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
    BASIC_CONSTRAINTS_free(constraints);
    X509_EXTENSION_free(extension);
    X509_EXTENSION_free(again);
    ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(octets, (const unsigned char *)"\x05\x00", 2);
    extension = X509_EXTENSION_create_by_NID(NULL, NID_id_pkix_OCSP_noCheck, 0, octets);
    der = NULL;
    len = i2d_X509_EXTENSION(extension, &der);
    hex("created", der, len);
    OPENSSL_free(der);
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(octets);
    GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_IA5STRING *text = ASN1_IA5STRING_new();
    ASN1_STRING_set(text, "example.org", -1);
    GENERAL_NAME_set0_value(name, GEN_DNS, text);
    sk_GENERAL_NAME_push(names, name);
    extension = X509V3_EXT_i2d(NID_subject_alt_name, 0, names);
    der = NULL;
    len = i2d_X509_EXTENSION(extension, &der);
    hex("names", der, len);
    OPENSSL_free(der);
    X509_EXTENSION_free(extension);
    GENERAL_NAMES_free(names);
    ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
    printf("bits: %d %d %d", ASN1_BIT_STRING_set_bit(bits, 5, 1), ASN1_BIT_STRING_set_bit(bits, 9, 1), ASN1_BIT_STRING_set_bit(bits, 9, 0));
    printf(" %d %d\n", ASN1_BIT_STRING_get_bit(bits, 5), ASN1_STRING_length(bits));
    extension = X509V3_EXT_i2d(NID_key_usage, 1, bits);
    der = NULL;
    len = i2d_X509_EXTENSION(extension, &der);
    hex("usage", der, len);
    OPENSSL_free(der);
    X509_EXTENSION_free(extension);
    ASN1_BIT_STRING_free(bits);
}

static int asked;
static int passphrase(char *buffer, int size, int writing, void *data) {
    asked++;
    printf("  asked: %d %d\n", size > 0, writing);
    return data ? snprintf(buffer, (size_t)size, "%s", (const char *)data) : 0;
}

static void first_lines(BIO *bio) {
    char line[256];
    while (BIO_gets(bio, line, sizeof line) > 0) {
        if (strncmp(line, "DEK-Info: ", 10) == 0)
            strcpy(strchr(line, ',') + 1, "...\n");
        if (line[0] == '-' || strchr(line, ':'))
            printf("  %s", line);
    }
    (void)BIO_reset(bio);
}

static void keys(void) {
    EVP_PKEY *rsa = load_key("rsa"), *ec = load_key("client"), *ed = load_key("ed25519");
    EVP_PKEY *all[] = {rsa, ec, ed};
    for (int i = 0; i < 3; i++) {
        printf("== a key of kind %d\n", EVP_PKEY_get_id(all[i]));
        for (int how = 0; how < 6; how++) {
            BIO *bio = BIO_new(BIO_s_mem());
            asked = 0;
            int ret = how == 0   ? PEM_write_bio_PrivateKey(bio, all[i], NULL, NULL, 0, NULL, NULL)
                      : how == 1 ? PEM_write_bio_PrivateKey(bio, all[i], EVP_aes_256_cbc(), (const unsigned char *)"secret", 6, NULL, NULL)
                      : how == 2 ? PEM_write_bio_PKCS8PrivateKey(bio, all[i], EVP_aes_128_cbc(), NULL, 0, passphrase, "secret")
                      : how == 3 ? PEM_write_bio_PKCS8PrivateKey(bio, all[i], EVP_aes_128_cbc(), NULL, 0, NULL, "secret")
                      : how == 4 && i < 2 ? PEM_write_bio_PrivateKey_traditional(bio, all[i], NULL, NULL, 0, NULL, NULL)
                      : how == 5 && i < 2 ? PEM_write_bio_PrivateKey_traditional(bio, all[i], EVP_aes_192_cbc(), (const unsigned char *)"secret", 6, NULL, NULL)
                                          : -1;
            printf("way %d: %d, asked %d\n", how, ret, asked);
            ERR_clear_error();
            char *text;
            long len = BIO_get_mem_data(bio, &text);
            BIO *shown = BIO_new_mem_buf(text, (int)len), *wrong = BIO_new_mem_buf(text, (int)len);
            if (ret > 0) {
                first_lines(shown);
                EVP_PKEY *again = PEM_read_bio_PrivateKey(bio, NULL, NULL, "secret");
                printf("  read: %d, the same %d\n", again != NULL, again ? EVP_PKEY_eq(all[i], again) : -5);
                EVP_PKEY_free(again);
                again = PEM_read_bio_PrivateKey(wrong, NULL, NULL, "wrong");
                printf("  by another password: %d\n", again != NULL);
                EVP_PKEY_free(again);
                ERR_clear_error();
            }
            BIO_free(bio);
            BIO_free(shown);
            BIO_free(wrong);
        }
        BIO *bio = BIO_new(BIO_s_mem());
        printf("der: %d", i2d_PrivateKey_bio(bio, all[i]));
        EVP_PKEY *again = d2i_PrivateKey_bio(bio, NULL);
        printf(" %d", again ? EVP_PKEY_eq(again, all[i]) : -5);
        printf(", public %d\n", i2d_PUBKEY_bio(bio, all[i]));
        EVP_PKEY_free(again);
        BIO_free(bio);
    }
    printf("== nobody gives a password\n");
    BIO *bio = BIO_new(BIO_s_mem());
    printf("%d\n", PEM_write_bio_PrivateKey(bio, rsa, EVP_aes_128_cbc(), NULL, 0, passphrase, NULL));
    ERR_clear_error();
    printf("== RSA by its older name\n");
    RSA *old = EVP_PKEY_get1_RSA(rsa);
    (void)BIO_reset(bio);
    printf("private: %d", PEM_write_bio_RSAPrivateKey(bio, old, NULL, NULL, 0, NULL, NULL));
    RSA *again = PEM_read_bio_RSAPrivateKey(bio, NULL, NULL, NULL);
    printf(" %d", again != NULL && BN_cmp(RSA_get0_d(again), RSA_get0_d(old)) == 0);
    RSA_free(again);
    unsigned char *der = NULL;
    int len = i2d_RSAPrivateKey(old, &der);
    printf(", der %d", len);
    OPENSSL_free(der);
    der = NULL;
    printf(" %d", i2d_RSAPublicKey(old, &der));
    OPENSSL_free(der);
    (void)BIO_reset(bio);
    printf(" %d %d", i2d_RSAPrivateKey_bio(bio, old), i2d_RSAPublicKey_bio(bio, old));
    (void)BIO_reset(bio);
    printf(", public %d\n", PEM_write_bio_RSAPublicKey(bio, old));
    first_lines(bio);
    PEM_write_bio_RSAPublicKey(bio, old);
    again = PEM_read_bio_RSAPublicKey(bio, NULL, NULL, NULL);
    printf("read: %d", again && BN_cmp(RSA_get0_n(again), RSA_get0_n(old)) == 0);
    printf(", private part %d\n", again && RSA_get0_d(again) != NULL);
    RSA_free(again);
    again = RSAPublicKey_dup(old);
    printf("half: %d %d\n", again && BN_cmp(RSA_get0_n(again), RSA_get0_n(old)) == 0, again && RSA_get0_d(again) != NULL);
    RSA_free(again);
    (void)BIO_reset(bio);
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(ec);
    printf("PKCS #8: %d", i2d_PKCS8_PRIV_KEY_INFO_bio(bio, info));
    PKCS8_PRIV_KEY_INFO *read = d2i_PKCS8_PRIV_KEY_INFO_bio(bio, NULL);
    EVP_PKEY *of_info = read ? EVP_PKCS82PKEY(read) : NULL;
    printf(" %d\n", of_info ? EVP_PKEY_eq(of_info, ec) : -5);
    EVP_PKEY_free(of_info);
    PKCS8_PRIV_KEY_INFO_free(info);
    PKCS8_PRIV_KEY_INFO_free(read);
    RSA_free(old);
    BIO_free(bio);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ec);
    EVP_PKEY_free(ed);
}

static void files(void) {
    printf("== what is in files\n");
    static const char *names[] = {"chained.pem", "root.crl", "client.key", "client-encrypted.key", "empty.pem", "garbage.pem", "text.pem", "roots.pem"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        BIO *bio = BIO_new_file(place(names[i], ""), "r");
        STACK_OF(X509_INFO) *found = bio ? PEM_X509_INFO_read_bio(bio, NULL, NULL, NULL) : NULL;
        printf("%s: %d", names[i], found ? sk_X509_INFO_num(found) : -1);
        for (int at = 0; found && at < sk_X509_INFO_num(found); at++) {
            X509_INFO *info = sk_X509_INFO_value(found, at);
            printf(" [%d %d %d]", info->x509 != NULL, info->crl != NULL, info->x_pkey != NULL);
        }
        printf("\n");
        ERR_clear_error();
        sk_X509_INFO_pop_free(found, X509_INFO_free);
        BIO_free(bio);
    }
    // Certificate, list and key together, in two orders; and cut.
    BIO *bio = BIO_new(BIO_s_mem());
    X509 *x = load("client");
    EVP_PKEY *key = load_key("client");
    PEM_write_bio_X509(bio, x);
    PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL);
    PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    PEM_write_bio_X509(bio, x);
    PEM_write_bio_X509(bio, x);
    char *text;
    long len = BIO_get_mem_data(bio, &text);
    BIO *whole = BIO_new_mem_buf(text, (int)len), *cut = BIO_new_mem_buf(text, (int)len - 100);
    STACK_OF(X509_INFO) *found = PEM_X509_INFO_read_bio(whole, NULL, NULL, NULL);
    printf("together: %d", sk_X509_INFO_num(found));
    for (int at = 0; at < sk_X509_INFO_num(found); at++) {
        X509_INFO *info = sk_X509_INFO_value(found, at);
        printf(" [%d %d %d]", info->x509 != NULL, info->crl != NULL, info->x_pkey != NULL);
    }
    printf("\ncut: %d\n", PEM_X509_INFO_read_bio(cut, NULL, NULL, NULL) != NULL);
    ERR_clear_error();
    sk_X509_INFO_pop_free(found, X509_INFO_free);
    BIO_free(whole);
    BIO_free(cut);
    BIO_free(bio);
    X509_free(x);
    EVP_PKEY_free(key);
}

static void chains(void) {
    printf("== chains in PKCS #7\n");
    // SignedData without signatures, as chains are handed out: made here of DER.
    X509 *x = load("client"), *root = load("root");
    unsigned char *first = NULL, *second = NULL, bytes[8192], *at = bytes;
    int first_len = i2d_X509(x, &first), second_len = i2d_X509(root, &second), certs = first_len + second_len;
    static const unsigned char signed_data[] = {0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2};
    static const unsigned char start[] = {0x02, 1, 1, 0x31, 0, 0x30, 11, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1};
    int inner = (int)sizeof start + 4 + certs + 2;
#define HEAD(tag, length) (*at++ = (tag), *at++ = 0x82, *at++ = (unsigned char)((length) >> 8), *at++ = (unsigned char)(length))
#define BYTES(from, length) (memcpy(at, (from), (size_t)(length)), at += (length))
    HEAD(0x30, (int)sizeof signed_data + 4 + 4 + inner);
    BYTES(signed_data, sizeof signed_data);
    HEAD(0xa0, 4 + inner);
    HEAD(0x30, inner);
    BYTES(start, sizeof start);
    HEAD(0xa0, certs);
    BYTES(first, first_len);
    BYTES(second, second_len);
    *at++ = 0x31, *at++ = 0;
    int len = (int)(at - bytes);
    const unsigned char *from = bytes;
    PKCS7 *chain = d2i_PKCS7(NULL, &from, len);
    printf("read: %d, all %d\n", chain != NULL, from == bytes + len);
    if (chain) {
        printf("signed: %d, certificates %d, lists %d\n", OBJ_obj2nid(chain->type) == NID_pkcs7_signed, sk_X509_num(chain->d.sign->cert),
               sk_X509_CRL_num(chain->d.sign->crl) > 0);
        printf("the same: %d %d\n", X509_cmp(sk_X509_value(chain->d.sign->cert, 0), x), X509_cmp(sk_X509_value(chain->d.sign->cert, 1), root));
        BIO *bio = BIO_new(BIO_s_mem());
        printf("written: %d", PEM_write_bio_PKCS7(bio, chain));
        PKCS7 *again = PEM_read_bio_PKCS7(bio, NULL, NULL, NULL);
        printf(", read %d", again ? sk_X509_num(again->d.sign->cert) : -1);
        printf(", der %d\n", i2d_PKCS7(chain, NULL) == len);
        PKCS7_free(again);
        BIO_free(bio);
    }
    PKCS7_free(chain);
    int cut = 0;
    for (int i = 0; i < len; i++) {
        from = bytes;
        chain = d2i_PKCS7(NULL, &from, i);
        cut += chain != NULL;
        PKCS7_free(chain);
    }
    printf("cut: %d\n", cut);
    ERR_clear_error();
    OPENSSL_free(first);
    OPENSSL_free(second);
    X509_free(x);
    X509_free(root);
}

static void parts(void) {
    printf("== parts of certificates and lists\n");
    static const char *names[] = {"client", "rsa", "ed25519", "p384"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        X509 *x = load(names[i]);
        const X509_ALGOR *algorithm = NULL, *inner = X509_get0_tbs_sigalg(x);
        const ASN1_BIT_STRING *signature = NULL;
        X509_get0_signature(&signature, &algorithm, x);
        const ASN1_OBJECT *object = NULL;
        int kind = 7;
        const void *value = "x";
        X509_ALGOR_get0(&object, &kind, &value, algorithm);
        printf("%s: %s, parameters %d %d, signature %d", names[i], OBJ_nid2sn(OBJ_obj2nid(object)), kind, value == NULL,
               ASN1_STRING_length(signature) > 60);
        X509_ALGOR_get0(&object, NULL, NULL, inner);
        printf(", inside %s", OBJ_nid2sn(OBJ_obj2nid(object)));
        ASN1_OBJECT *key_kind = NULL;
        const unsigned char *bits = NULL;
        int len = 0;
        X509_ALGOR *key_algorithm = NULL;
        printf(", key %d", X509_PUBKEY_get0_param(&key_kind, &bits, &len, &key_algorithm, X509_get_X509_PUBKEY(x)));
        X509_ALGOR_get0(NULL, &kind, &value, key_algorithm);
        printf(" %s %d bytes, parameters %d\n", OBJ_nid2sn(OBJ_obj2nid(key_kind)), len, kind);
        printf("  extensions %d\n", sk_X509_EXTENSION_num(X509_get0_extensions(x)));
        X509_free(x);
    }
    BIO *bio = BIO_new_file(place("root", ".crl"), "r");
    X509_CRL *list = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL);
    BIO_free(bio);
    STACK_OF(X509_REVOKED) *revoked = X509_CRL_get_REVOKED(list);
    printf("list: version %ld, revoked %d, extensions %d %d\n", X509_CRL_get_version(list), sk_X509_REVOKED_num(revoked),
           X509_CRL_get_ext_count(list), X509_CRL_get_ext(list, 50) == NULL);
    for (int i = 0; i < sk_X509_REVOKED_num(revoked); i++) {
        X509_REVOKED *one = sk_X509_REVOKED_value(revoked, i), *found = NULL;
        printf("  %d bytes, when %d", ASN1_STRING_length(X509_REVOKED_get0_serialNumber(one)), X509_REVOKED_get0_revocationDate(one) != NULL);
        printf(", found %d", X509_CRL_get0_by_serial(list, &found, (ASN1_INTEGER *)X509_REVOKED_get0_serialNumber(one)));
        printf(" %d\n", found != NULL);
    }
    unsigned char md[EVP_MAX_MD_SIZE];
    unsigned int md_len = 0;
    printf("digest %d", X509_CRL_digest(list, EVP_sha256(), md, &md_len));
    printf(" %u\n", md_len);
    X509_CRL_free(list);
    printf("== numbers\n");
    BIGNUM *number = NULL, *copy = BN_new();
    printf("%d", BN_dec2bn(&number, "-340282366920938463463374607431768211457x"));
    char *text = BN_bn2hex(number);
    printf(" %s", text);
    OPENSSL_free(text);
    text = BN_bn2dec(number);
    printf(" %s\n", text);
    OPENSSL_free(text);
    printf("copy %d", BN_copy(copy, number) == copy);
    printf(" %d, odd %d, one %d %d, word %d, bits %d %d %d", BN_cmp(copy, number), BN_is_odd(copy), BN_is_one(copy), BN_is_one(BN_value_one()),
           BN_is_word(BN_value_one(), 1), BN_is_bit_set(copy, 0), BN_is_bit_set(copy, 1), BN_is_bit_set(copy, 128));
    unsigned char padded[20];
    printf(", padded %d %d\n", BN_bn2binpad(copy, padded, 20), BN_bn2binpad(copy, padded, 5));
    hex("padded", padded, 20);
    printf("no digits: %d\n", BN_dec2bn(&number, "x1"));
    BN_free(number);
    BN_free(copy);
    ASN1_ENUMERATED *enumerated = ASN1_ENUMERATED_new();
    printf("enumerated: %d", ASN1_ENUMERATED_set(enumerated, 300));
    printf(" %ld\n", ASN1_ENUMERATED_get(enumerated));
    ASN1_ENUMERATED_free(enumerated);
    X509_NAME *name = X509_NAME_new();
    static const char *parts_of_it[] = {"one", "two", "three"};
    for (int i = 0; i < 3; i++)
        X509_NAME_add_entry_by_txt(name, "OU", MBSTRING_ASC, (const unsigned char *)parts_of_it[i], -1, -1, 0);
    X509_NAME_ENTRY_free(X509_NAME_delete_entry(name, 1));
    text = X509_NAME_oneline(name, NULL, 0);
    printf("name: %s, none there %d\n", text, X509_NAME_delete_entry(name, 5) == NULL);
    OPENSSL_free(text);
    X509_NAME_free(name);
    // A key of its bits.
    EVP_PKEY *ed = load_key("ed25519");
    unsigned char seed[64];
    size_t seed_len = sizeof seed;
    printf("bits of a key: %d", EVP_PKEY_get_raw_private_key(ed, seed, &seed_len));
    EVP_PKEY *again = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, seed_len);
    printf(" %zu, the same %d", seed_len, EVP_PKEY_eq(ed, again));
    EVP_PKEY_free(again);
    again = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 5);
    printf(", too few %d\n", again != NULL);
    ERR_clear_error();
    EVP_PKEY_free(ed);
    // Signatures by the older interface.
    EVP_PKEY *rsa = load_key("rsa");
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    unsigned char made[600];
    unsigned int made_len = 0;
    EVP_SignInit(ctx, EVP_sha256());
    EVP_SignUpdate(ctx, "message", 7);
    printf("signed: %d", EVP_SignFinal(ctx, made, &made_len, rsa));
    printf(" %u", made_len);
    EVP_VerifyInit(ctx, EVP_sha256());
    EVP_VerifyUpdate(ctx, "message", 7);
    printf(", verified %d", EVP_VerifyFinal(ctx, made, made_len, rsa));
    made[0] ^= 1;
    printf(" %d\n", EVP_VerifyFinal(ctx, made, made_len, rsa));
    ERR_clear_error();
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(rsa);
    char file[64];
    snprintf(file, sizeof file, "/tmp/standin-random-%p", (void *)file);
    printf("random: %d", RAND_write_file(file));
    printf(" %d %d", RAND_load_file(file, -1), RAND_load_file(file, 100));
    remove(file);
    printf(" %d\n", RAND_load_file(file, -1));
    ERR_clear_error();
}

static void providers(void) {
    printf("== providers\n");
    OSSL_PROVIDER *found = OSSL_PROVIDER_load(NULL, "default");
    printf("default: %d %s %d\n", found != NULL, OSSL_PROVIDER_get0_name(found), OSSL_PROVIDER_available(NULL, "default"));
    printf("given back: %d\n", OSSL_PROVIDER_unload(found));
    printf("unknown: %d %d\n", OSSL_PROVIDER_load(NULL, "no such provider") != NULL, OSSL_PROVIDER_available(NULL, "no such provider"));
    ERR_clear_error();
    OSSL_LIB_CTX *context = OSSL_LIB_CTX_new();
    EVP_MD *md = EVP_MD_fetch(context, "SHA256", NULL), *named = EVP_MD_fetch(context, "SHA2-256", "provider=default");
    EVP_MD *fips = EVP_MD_fetch(context, "SHA256", "fips=yes"), *wish = EVP_MD_fetch(context, "SHA256", "?fips=yes");
    printf("fetched: %d %s, %d, fips %d, wished %d\n", md != NULL, EVP_MD_get0_name(md), named != NULL, fips != NULL, wish != NULL);
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(context, "AES-256-CBC", NULL), *none = EVP_CIPHER_fetch(context, "AES-256-CBC", "provider=other");
    printf("ciphers: %d %d\n", cipher != NULL, none != NULL);
    ERR_clear_error();
    EVP_MD_free(md);
    EVP_MD_free(named);
    EVP_MD_free(fips);
    EVP_MD_free(wish);
    EVP_CIPHER_free(cipher);
    EVP_CIPHER_free(none);
    OSSL_LIB_CTX_free(context);
    printf("fips: %d\n", EVP_default_properties_is_fips_enabled(NULL));
}

int main(void) {
    certificates();
    extensions();
    keys();
    files();
    chains();
    parts();
    providers();
    return 0;
}
