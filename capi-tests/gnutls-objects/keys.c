// Private and public keys: read, written, used; keys that sign by the program's functions; pcerts; PKCS #12.
#include "common.h"

static const char *const files[] = {"client.key", "client-encrypted.key", "rsa.key", "p384.key", "ed25519.key",
                                    "client.pem", "garbage.pem", "text.pem", "empty.pem", "client.der"};
static const gnutls_sign_algorithm_t algorithms[] = {
    GNUTLS_SIGN_RSA_SHA256, GNUTLS_SIGN_RSA_SHA512, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256, GNUTLS_SIGN_ECDSA_SHA256,
    GNUTLS_SIGN_ECDSA_SECP256R1_SHA256, GNUTLS_SIGN_EDDSA_ED25519};

static const gnutls_datum_t message = {(void *)"to be signed", 12};

static void say_public(gnutls_pubkey_t key) {
    unsigned char id[64];
    size_t size = sizeof id;
    unsigned bits = 7;
    gnutls_datum_t out = {NULL, 0};
    printf("public: %d, ", gnutls_pubkey_get_pk_algorithm(key, &bits));
    printf("%u bits\n", bits);
    if (gnutls_pubkey_get_key_id(key, 0, id, &size) == 0)
        say_hex("id", id, size);
    if (say_result("export", gnutls_pubkey_export2(key, GNUTLS_X509_FMT_PEM, &out)) == 0)
        printf("%.*s", (int)out.size, out.data);
    gnutls_free(out.data);
}

static void say_numbers(gnutls_privkey_t key) {
    gnutls_datum_t m, e, x, y;
    gnutls_ecc_curve_t curve = 0;
    gnutls_pubkey_t public;
    MUST(gnutls_pubkey_init(&public));
    if (say_result("import_privkey", gnutls_pubkey_import_privkey(public, key, 0, 0)) == 0) {
        say_public(public);
        for (unsigned flags = 0; flags < 2; flags++) {
            if (say_result("rsa", gnutls_pubkey_export_rsa_raw2(public, &m, &e, flags)) == 0) {
                say_hex("m", m.data, m.size);
                say_hex("e", e.data, e.size);
                gnutls_free(m.data);
                gnutls_free(e.data);
            }
            if (say_result("ecc", gnutls_pubkey_export_ecc_raw2(public, &curve, &x, &y, flags)) == 0) {
                printf("curve %d\n", curve);
                say_hex("x", x.data, x.size);
                say_hex("y", y.data, y.data ? y.size : 0);
                gnutls_free(x.data);
                gnutls_free(y.data);
            }
        }
    }
    gnutls_pubkey_deinit(public);
}

static void say_signatures(gnutls_privkey_t key) {
    gnutls_pubkey_t public;
    unsigned bits = 0;
    // AWS-LC's P-384 signs with SHA-384 alone.
    gnutls_privkey_get_pk_algorithm(key, &bits);
    if (bits == 384)
        return;
    MUST(gnutls_pubkey_init(&public));
    MUST(gnutls_pubkey_import_privkey(public, key, 0, 0));
    for (int i = 0; i < COUNT(algorithms); i++) {
        gnutls_datum_t signature = {NULL, 0};
        int result = gnutls_privkey_sign_data2(key, algorithms[i], 0, &message, &signature);
        printf("%s: %s", gnutls_sign_get_name(algorithms[i]), result < 0 ? "refused" : "signed");
        if (result == 0) {
            printf(", %s", name_of(gnutls_pubkey_verify_data2(public, algorithms[i], 0, &message, &signature)));
            signature.data[signature.size - 1] ^= 1;
            printf(", %s", name_of(gnutls_pubkey_verify_data2(public, algorithms[i], 0, &message, &signature)));
        }
        putchar('\n');
        gnutls_free(signature.data);
    }
    gnutls_pubkey_deinit(public);
}

static void one_file(const char *name, const char *password) {
    gnutls_datum_t data = file_of("CERTS", name), out = {NULL, 0};
    CASE("%s, %s", name, password ? password : "no password");
    for (int format = GNUTLS_X509_FMT_DER; format <= GNUTLS_X509_FMT_PEM; format++) {
        gnutls_x509_privkey_t key;
        gnutls_privkey_t private;
        unsigned bits = 7;
        MUST(gnutls_x509_privkey_init(&key));
        MUST(gnutls_privkey_init(&private));
        int result = gnutls_x509_privkey_import2(key, &data, format, password, 0);
        say_result("import2", result);
        if (result == 0) {
            printf("kind %d, ", gnutls_x509_privkey_get_pk_algorithm2(key, &bits));
            printf("%u bits, level %d\n", bits, gnutls_x509_privkey_sec_param(key));
            // What the original writes of a key on a curve does not say which, when PKCS #8 said so outside.
            if (say_result("export", gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &out)) == 0 &&
                gnutls_x509_privkey_get_pk_algorithm(key) != GNUTLS_PK_ECDSA)
                printf("%.*s", (int)out.size, out.data);
            gnutls_free(out.data);
            MUST(gnutls_privkey_import_x509(private, key, GNUTLS_PRIVKEY_IMPORT_COPY));
            printf("type %d\n", gnutls_privkey_get_type(private));
            say_numbers(private);
            say_signatures(private);
        }
        gnutls_privkey_deinit(private);
        gnutls_x509_privkey_deinit(key);
    }
    gnutls_free(data.data);
}

// A key that signs elsewhere: the functions hand on to one that is here.
static gnutls_privkey_t the_key;

static int sign_raw(gnutls_privkey_t key, void *data, const gnutls_datum_t *what, gnutls_datum_t *signature) {
    printf("  sign: %d, type %d\n", data == &the_key, gnutls_privkey_get_type(key));
    say_hex("  raw", what->data, what->size);
    signature->data = gnutls_malloc(4);
    memcpy(signature->data, "made", 4);
    signature->size = 4;
    return 0;
}

static int sign_hash(gnutls_privkey_t key, gnutls_sign_algorithm_t algorithm, void *data, unsigned flags,
                     const gnutls_datum_t *hash, gnutls_datum_t *signature) {
    printf("  sign_hash: %s, %d, %u, %u bytes, type %d\n", gnutls_sign_get_name(algorithm), data == &the_key, flags,
           hash->size, gnutls_privkey_get_type(key));
    if (algorithm == GNUTLS_SIGN_RSA_RAW)
        return sign_raw(key, data, hash, signature);
    return gnutls_privkey_sign_hash2(the_key, algorithm, 0, hash, signature);
}

static int sign_data(gnutls_privkey_t key, gnutls_sign_algorithm_t algorithm, void *data, unsigned flags,
                     const gnutls_datum_t *what, gnutls_datum_t *signature) {
    printf("  sign_data: %s, %d, %u, %u bytes, type %d\n", gnutls_sign_get_name(algorithm), data == &the_key, flags,
           what->size, gnutls_privkey_get_type(key));
    return gnutls_privkey_sign_data2(the_key, algorithm, 0, what, signature);
}

static int info(gnutls_privkey_t key, unsigned flags, void *data) {
    (void)key;
    printf("  info %#x, %d\n", flags & 0xffff, data == &the_key);
    if (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO)
        return gnutls_privkey_get_pk_algorithm(the_key, NULL);
    if (flags & GNUTLS_PRIVKEY_INFO_HAVE_SIGN_ALGO)
        return 1;
    return -1;
}

static void gone(gnutls_privkey_t key, void *data) { printf("  deinit %d, %d\n", key != NULL, data == &the_key); }

static void external(const char *name, gnutls_sign_algorithm_t algorithm) {
    gnutls_datum_t data = file_of("CERTS", name);
    CASE("external %s", name);
    MUST(gnutls_privkey_init(&the_key));
    MUST(gnutls_privkey_import_x509_raw(the_key, &data, GNUTLS_X509_FMT_PEM, NULL, 0));
    for (int way = 0; way < 4; way++) {
        gnutls_privkey_t key;
        gnutls_datum_t signature = {NULL, 0};
        MUST(gnutls_privkey_init(&key));
        int result = way == 0   ? gnutls_privkey_import_ext4(key, &the_key, sign_data, sign_hash, NULL, gone, info, 0)
                     : way == 1 ? gnutls_privkey_import_ext4(key, &the_key, NULL, sign_hash, NULL, gone, info, 0)
                     : way == 2 ? gnutls_privkey_import_ext3(key, &the_key, sign_raw, NULL, gone, info, 0)
                                : gnutls_privkey_import_ext2(key, gnutls_privkey_get_pk_algorithm(the_key, NULL),
                                                             &the_key, sign_raw, NULL, gone, 0);
        say_result("import", result);
        printf("type %d, kind %d\n", gnutls_privkey_get_type(key), gnutls_privkey_get_pk_algorithm(key, NULL));
        result = gnutls_privkey_sign_data2(key, algorithm, 0, &message, &signature);
        printf("sign: %d %s, %s\n", result, name_of(result), signature.size ? "something" : "nothing");
        gnutls_free(signature.data);
        gnutls_x509_privkey_t taken = NULL;
        say_result("export_x509", gnutls_privkey_export_x509(key, &taken));
        gnutls_privkey_deinit(key);
    }
    gnutls_privkey_deinit(the_key);
    gnutls_free(data.data);
}

static void pcerts(void) {
    gnutls_pcert_st list[4];
    unsigned size = COUNT(list);
    gnutls_datum_t data = file_of("CERTS", "chained.pem");
    CASE("pcerts");
    int result = gnutls_pcert_list_import_x509_raw(list, &size, &data, GNUTLS_X509_FMT_PEM, 0);
    printf("list: %d %s, %u\n", result, name_of(result), size);
    for (unsigned i = 0; result >= 0 && i < size; i++) {
        gnutls_x509_crt_t cert;
        char dn[256];
        size_t length = sizeof dn;
        printf("type %d, %u bytes\n", list[i].type, list[i].cert.size);
        say_public(list[i].pubkey);
        MUST(gnutls_pcert_export_x509(&list[i], &cert));
        MUST(gnutls_x509_crt_get_dn(cert, dn, &length));
        puts(dn);
        gnutls_x509_crt_deinit(cert);
        gnutls_pcert_deinit(&list[i]);
    }
    size = 1;
    result = gnutls_pcert_list_import_x509_raw(list, &size, &data, GNUTLS_X509_FMT_PEM, 0);
    printf("short list: %d %s, %u\n", result, name_of(result), size);
    for (unsigned i = 0; result >= 0 && i < size; i++)
        gnutls_pcert_deinit(&list[i]);
    gnutls_free(data.data);
}

static void pkcs12(const char *name, const char *password) {
    gnutls_datum_t data = file_of("CORPUS", name);
    gnutls_pkcs12_t file;
    gnutls_x509_privkey_t key = NULL;
    gnutls_x509_crt_t *chain = NULL, *extra = NULL;
    unsigned chain_size = 0, extra_size = 0;
    CASE("%s, %s", name, password ? password : "no password");
    MUST(gnutls_pkcs12_init(&file));
    say_result("import", gnutls_pkcs12_import(file, &data, GNUTLS_X509_FMT_DER, 0));
    say_result("mac", gnutls_pkcs12_verify_mac(file, password));
    int result = gnutls_pkcs12_simple_parse(file, password, &key, &chain, &chain_size, &extra, &extra_size, NULL, 0);
    printf("parse: %d %s, key %d, chain %u, extra %u\n", result, name_of(result), key != NULL, chain_size, extra_size);
    for (unsigned i = 0; i < chain_size; i++)
        gnutls_x509_crt_deinit(chain[i]);
    for (unsigned i = 0; i < extra_size; i++)
        gnutls_x509_crt_deinit(extra[i]);
    gnutls_free(chain);
    gnutls_free(extra);
    if (key)
        gnutls_x509_privkey_deinit(key);
    gnutls_pkcs12_deinit(file);
    gnutls_free(data.data);
}

int main(void) {
    for (int i = 0; i < COUNT(files); i++)
        one_file(files[i], NULL);
    one_file("client-encrypted.key", "secret");
    one_file("client-encrypted.key", "wrong");
    external("client.key", GNUTLS_SIGN_ECDSA_SHA256);
    external("rsa.key", GNUTLS_SIGN_RSA_SHA256);
    pcerts();
    for (int i = 0; i < 3; i++) {
        const char *const passwords[] = {"password", "wrong", NULL};
        pkcs12("all.p12", passwords[i]);
        pkcs12("key.p12", passwords[i]);
        pkcs12("certificates.p12", passwords[i]);
    }
    return 0;
}
