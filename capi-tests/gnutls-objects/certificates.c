// Every certificate of the corpus, read and asked for everything.
#include "common.h"

typedef int (*text_of)(gnutls_x509_crt_t, char *, size_t *);

static void say_text(const char *what, gnutls_x509_crt_t cert, text_of get) {
    char text[4096];
    size_t size = 0, small = 3;
    int result = get(cert, NULL, &size);
    printf("%s: %d needs %zu; ", what, result, size);
    result = get(cert, text, &small);
    printf("%d needs %zu; ", result, small);
    size = sizeof text;
    result = get(cert, text, &size);
    printf("%d %s (%zu) %s\n", result, result < 0 ? "" : text, size, name_of(result));
}

typedef int (*datum_of)(gnutls_x509_crt_t, gnutls_datum_t *);

static void say_datum(const char *what, gnutls_x509_crt_t cert, datum_of get, int text) {
    gnutls_datum_t data = {NULL, 0};
    int result = get(cert, &data);
    if (result < 0)
        say_result(what, result);
    else if (text)
        printf("%s: %d %.*s (%u)\n", what, result, (int)data.size, data.data, data.size);
    else
        say_hex(what, data.data, data.size);
    gnutls_free(data.data);
}

static int dn3(gnutls_x509_crt_t cert, gnutls_datum_t *out) { return gnutls_x509_crt_get_dn3(cert, out, 0); }
static int issuer_dn3(gnutls_x509_crt_t cert, gnutls_datum_t *out) {
    return gnutls_x509_crt_get_issuer_dn3(cert, out, 0);
}

static void say_names(gnutls_x509_crt_t cert) {
    say_text("dn", cert, gnutls_x509_crt_get_dn);
    say_text("issuer dn", cert, gnutls_x509_crt_get_issuer_dn);
    say_datum("dn2", cert, gnutls_x509_crt_get_dn2, 1);
    say_datum("issuer dn2", cert, gnutls_x509_crt_get_issuer_dn2, 1);
    say_datum("dn3", cert, dn3, 1);
    say_datum("issuer dn3", cert, issuer_dn3, 1);
    say_datum("raw dn", cert, gnutls_x509_crt_get_raw_dn, 0);
    say_datum("raw issuer", cert, gnutls_x509_crt_get_raw_issuer_dn, 0);
    static const char *const oids[] = {GNUTLS_OID_X520_COMMON_NAME, GNUTLS_OID_X520_ORGANIZATION_NAME,
                                       GNUTLS_OID_PKCS9_EMAIL, "1.2.3.4"};
    for (int i = 0; i < COUNT(oids); i++) {
        for (unsigned index = 0; index < 2; index++) {
            for (unsigned raw = 0; raw < 2; raw++) {
                char text[256];
                size_t size = sizeof text;
                int result = gnutls_x509_crt_get_dn_by_oid(cert, oids[i], index, raw, text, &size);
                if (result == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
                    continue;
                printf("%s %u %u: %d %s ", oids[i], index, raw, result, name_of(result));
                say_hex("value", text, result < 0 ? 0 : size);
            }
        }
    }
    for (unsigned index = 0; index < 8; index++) {
        char oid[128];
        size_t size = sizeof oid;
        int result = gnutls_x509_crt_get_dn_oid(cert, index, oid, &size);
        if (result < 0) {
            say_result("dn oid", result);
            break;
        }
        printf("dn oid %u: %s (%zu)\n", index, oid, size);
    }
}

static void say_alternatives(gnutls_x509_crt_t cert) {
    for (unsigned index = 0; index < 12; index++) {
        char name[1024] = "";
        size_t size = sizeof name;
        unsigned critical = 7, type = 77;
        int result = gnutls_x509_crt_get_subject_alt_name(cert, index, name, &size, &critical);
        printf("san %u: %d %s, critical %u", index, result, name_of(result), critical);
        if (result >= 0)
            say_hex("", name, size);
        else
            putchar('\n');
        if (result < 0)
            break;
        size = sizeof name;
        result = gnutls_x509_crt_get_subject_alt_name2(cert, index, name, &size, &type, &critical);
        printf("san2: %d %s, type %u, size %zu\n", result, name_of(result), type, size);
        size = 1;
        result = gnutls_x509_crt_get_subject_alt_name(cert, index, name, &size, NULL);
        printf("short: %d %s, size %zu\n", result, name_of(result), size);
    }
}

static void say_extensions(gnutls_x509_crt_t cert) {
    unsigned critical = 7, ca = 7, usage = 0x7777;
    int length = 77;
    if (say_result("basic constraints", gnutls_x509_crt_get_basic_constraints(cert, &critical, &ca, &length)) >= 0)
        printf("critical %u, ca %u, length %d\n", critical, ca, length);
    critical = 7;
    say_result("ca status", gnutls_x509_crt_get_ca_status(cert, &critical));
    critical = 7;
    if (say_result("key usage", gnutls_x509_crt_get_key_usage(cert, &usage, &critical)) >= 0)
        printf("usage %#x, critical %u\n", usage, critical);
    for (unsigned index = 0; index < 8; index++) {
        char oid[128];
        size_t size = sizeof oid;
        int result = gnutls_x509_crt_get_key_purpose_oid(cert, index, oid, &size, &critical);
        printf("purpose %u: %d %s", index, result, name_of(result));
        printf(" %s %zu %u\n", result < 0 ? "" : oid, result < 0 ? 0 : size, result < 0 ? 0 : critical);
        if (result < 0)
            break;
    }
    for (unsigned index = 0; index < 16; index++) {
        char oid[128], value[4096];
        size_t oid_size = sizeof oid, size = sizeof value;
        int result = gnutls_x509_crt_get_extension_info(cert, index, oid, &oid_size, &critical);
        if (result < 0) {
            say_result("extension", result);
            break;
        }
        printf("extension %u: %s (%zu), critical %u\n", index, oid, oid_size, critical);
        result = gnutls_x509_crt_get_extension_data(cert, index, value, &size);
        say_result("data", result);
        if (result >= 0)
            say_hex("value", value, size);
    }
    unsigned char id[64];
    size_t size = sizeof id;
    int result = gnutls_x509_crt_get_subject_key_id(cert, id, &size, &critical);
    say_result("subject key id", result);
    if (result >= 0)
        say_hex("id", id, size);
    size = sizeof id;
    result = gnutls_x509_crt_get_authority_key_id(cert, id, &size, &critical);
    say_result("authority key id", result);
    if (result >= 0)
        say_hex("id", id, size);
}

static void say_numbers(gnutls_x509_crt_t cert) {
    unsigned char bytes[64];
    size_t size = sizeof bytes;
    unsigned bits = 77;
    say_result("version", gnutls_x509_crt_get_version(cert));
    printf("from %ld until %ld\n", (long)gnutls_x509_crt_get_activation_time(cert),
           (long)gnutls_x509_crt_get_expiration_time(cert));
    say_result("serial", gnutls_x509_crt_get_serial(cert, bytes, &size));
    say_hex("serial", bytes, size);
    say_result("signature algorithm", gnutls_x509_crt_get_signature_algorithm(cert));
    say_result("key", gnutls_x509_crt_get_pk_algorithm(cert, &bits));
    printf("bits %u\n", bits);
    static const gnutls_digest_algorithm_t digests[] = {GNUTLS_DIG_MD5, GNUTLS_DIG_SHA1, GNUTLS_DIG_SHA224,
                                                        GNUTLS_DIG_SHA256, GNUTLS_DIG_SHA384, GNUTLS_DIG_SHA512};
    for (int i = 0; i < COUNT(digests); i++) {
        size = sizeof bytes;
        int result = gnutls_x509_crt_get_fingerprint(cert, digests[i], bytes, &size);
        if (result == 0)
            say_hex("fingerprint", bytes, size);
    }
    for (unsigned flags = 0; flags < 3; flags++) {
        size = sizeof bytes;
        int result = gnutls_x509_crt_get_key_id(cert, flags, bytes, &size);
        say_result("key id", result);
        if (result == 0)
            say_hex("id", bytes, size);
    }
}

static void say_checks(gnutls_x509_crt_t cert) {
    static const char *const hosts[] = {"leaf.example.org", "LEAF.EXAMPLE.ORG", "x.example.org", "example.org", "192.0.2.1",
                                        "192.0.2.2", "::1", "2001:db8::1", "leaf.example.org.", "a.b.example.org", "", "*",
                                        "*.example.org", "host.example.org"};
    for (int i = 0; i < COUNT(hosts); i++)
        printf("%s: %u %u %u\n", hosts[i], gnutls_x509_crt_check_hostname(cert, hosts[i]),
               gnutls_x509_crt_check_hostname2(cert, hosts[i], GNUTLS_VERIFY_DO_NOT_ALLOW_WILDCARDS),
               gnutls_x509_crt_check_hostname2(cert, hosts[i], GNUTLS_VERIFY_DO_NOT_ALLOW_IP_MATCHES));
    static const char *const mails[] = {"leaf@example.org", "LEAF@EXAMPLE.ORG", "leaf@EXAMPLE.org", "example.org", ""};
    for (int i = 0; i < COUNT(mails); i++)
        printf("%s: %u\n", mails[i], gnutls_x509_crt_check_email(cert, mails[i], 0));
    printf("itself: %u %u\n", gnutls_x509_crt_check_issuer(cert, cert), gnutls_x509_crt_equals(cert, cert));
    printf("purposes: %u %u %u\n", gnutls_x509_crt_check_key_purpose(cert, GNUTLS_KP_TLS_WWW_SERVER, 0),
           gnutls_x509_crt_check_key_purpose(cert, GNUTLS_KP_TLS_WWW_CLIENT, 0),
           gnutls_x509_crt_check_key_purpose(cert, GNUTLS_KP_TLS_WWW_CLIENT, GNUTLS_KP_FLAG_DISALLOW_ANY));
}

static void say_export(gnutls_x509_crt_t cert) {
    gnutls_datum_t out = {NULL, 0};
    size_t size = 0;
    say_result("export", gnutls_x509_crt_export(cert, GNUTLS_X509_FMT_PEM, NULL, &size));
    printf("needs %zu\n", size);
    MUST(gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_PEM, &out));
    printf("%.*s", (int)out.size, out.data);
    gnutls_free(out.data);
    MUST(gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_DER, &out));
    printf("der %u\n", out.size);
    gnutls_free(out.data);
}

static void say_print(gnutls_x509_crt_t cert) {
    for (int format = GNUTLS_CRT_PRINT_FULL; format <= GNUTLS_CRT_PRINT_FULL_NUMBERS; format++) {
        gnutls_datum_t out = {NULL, 0};
        say_result("print", gnutls_x509_crt_print(cert, format, &out));
        printf("%s\n(%u)\n", out.data, out.size);
        gnutls_free(out.data);
    }
}

static void one(const char *name) {
    gnutls_datum_t data = file_of("CORPUS", name);
    gnutls_x509_crt_t *certs = NULL;
    unsigned size = 0;
    CASE("%s", name);
    int result = gnutls_x509_crt_list_import2(&certs, &size, &data, GNUTLS_X509_FMT_PEM, 0);
    say_result("list", result);
    printf("size %u\n", size);
    gnutls_free(data.data);
    if (result < 0)
        return;
    for (unsigned i = 0; i < size; i++) {
        if (i < 4) {
            printf("-- %u\n", i);
            say_names(certs[i]);
            say_alternatives(certs[i]);
            say_numbers(certs[i]);
            say_extensions(certs[i]);
            say_checks(certs[i]);
            say_export(certs[i]);
            say_print(certs[i]);
        }
        if (i + 1 < size)
            printf("issued by the next: %u\n", gnutls_x509_crt_check_issuer(certs[i], certs[i + 1]));
        gnutls_x509_crt_deinit(certs[i]);
    }
    gnutls_free(certs);
}

int main(void) {
    for_corpus(".pem", one);
    return 0;
}
