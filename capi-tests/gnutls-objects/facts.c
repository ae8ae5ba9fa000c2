// Names and numbers of algorithms and errors, digests, texts of bytes, and names of subjects.
#include "common.h"

#define NAMES(what, get, id)                                                                                           \
    static void what(void) {                                                                                           \
        CASE(#what);                                                                                                   \
        for (int i = 0; i < 300; i++) {                                                                                \
            const char *name = get(i);                                                                                 \
            if (name)                                                                                                  \
                printf("%d %s %d\n", i, name, (int)id(name));                                                          \
        }                                                                                                              \
        printf("%d %d\n", (int)id("nothing"), (int)id(""));                                                            \
    }
NAMES(ciphers, gnutls_cipher_get_name, gnutls_cipher_get_id)
NAMES(macs, gnutls_mac_get_name, gnutls_mac_get_id)
NAMES(digests, gnutls_digest_get_name, gnutls_digest_get_id)
NAMES(kxs, gnutls_kx_get_name, gnutls_kx_get_id)
NAMES(pks, gnutls_pk_algorithm_get_name, gnutls_pk_get_id)
NAMES(signs, gnutls_sign_get_name, gnutls_sign_get_id)
NAMES(groups, gnutls_group_get_name, gnutls_group_get_id)
NAMES(curves, gnutls_ecc_curve_get_name, gnutls_ecc_curve_get_id)
NAMES(protocols, gnutls_protocol_get_name, gnutls_protocol_get_id)
NAMES(types, gnutls_certificate_type_get_name, gnutls_certificate_type_get_id)

static void errors(void) {
    CASE("errors");
    for (int i = 3; i > -1300; i--) {
        int level = 77;
        int alert = gnutls_error_to_alert(i, &level);
        const char *name = gnutls_strerror_name(i);
        printf("%d %s %d %d %d %s\n", i, name ? name : "none", gnutls_error_is_fatal(i), alert, level, gnutls_strerror(i));
    }
    for (unsigned bit = 0; bit < 32; bit++) {
        gnutls_datum_t text = {NULL, 0};
        MUST(gnutls_certificate_verification_status_print(1u << bit | 2, GNUTLS_CRT_X509, &text, 0));
        printf("%u: %s (%u)\n", bit, text.data, text.size);
        gnutls_free(text.data);
    }
    for (int i = 0; i < 256; i++)
        if (gnutls_alert_get_name(i))
            printf("%d %s %s\n", i, gnutls_alert_get_name(i), gnutls_alert_get_strname(i));
}

static void strengths(void) {
    CASE("strengths");
    for (int kind = 1; kind < 13; kind++)
        for (unsigned bits = 0; bits < 16000; bits += 123)
            printf("%d ", gnutls_pk_bits_to_sec_param(kind, bits));
    putchar('\n');
    for (int level = 0; level < 60; level += 5)
        printf("%d %s %u %u %u\n", level, gnutls_sec_param_get_name(level), gnutls_sec_param_to_pk_bits(GNUTLS_PK_RSA, level),
               gnutls_sec_param_to_pk_bits(GNUTLS_PK_ECDSA, level), gnutls_sec_param_to_symmetric_bits(level));
    for (int kind = 0; kind < 13; kind++)
        for (int digest = 0; digest < 20; digest++)
            printf("%d ", gnutls_pk_to_sign(kind, digest));
    putchar('\n');
    for (size_t i = 0; i < 200; i++) {
        unsigned char id[2] = {0, 0};
        gnutls_kx_algorithm_t kx = 0;
        gnutls_cipher_algorithm_t cipher = 0;
        gnutls_mac_algorithm_t mac = 0;
        const char *name = gnutls_cipher_suite_info(i, id, &kx, &cipher, &mac, NULL);
        const char *other = name ? gnutls_cipher_suite_get_name(kx, cipher, mac) : NULL;
        printf("%s %02x%02x %d %d %d %s\n", name ? name : "none", id[0], id[1], kx, cipher, mac, other ? other : "none");
        if (!name)
            break;
    }
}

static void hashes(void) {
    static const gnutls_digest_algorithm_t known[] = {GNUTLS_DIG_MD5, GNUTLS_DIG_SHA1, GNUTLS_DIG_SHA224, GNUTLS_DIG_SHA256,
                                                      GNUTLS_DIG_SHA384, GNUTLS_DIG_SHA512, GNUTLS_DIG_SHA3_256, 250};
    CASE("hashes");
    for (int i = 0; i < COUNT(known); i++) {
        unsigned char out[64];
        gnutls_hash_hd_t hash;
        unsigned length = gnutls_hash_get_len(known[i]);
        printf("%d: %u, ", known[i], length);
        say_result("fast", gnutls_hash_fast(known[i], "abc", 3, out));
        say_hex("digest", out, length);
        int result = gnutls_hash_init(&hash, known[i]);
        say_result("init", result);
        if (result < 0)
            continue;
        MUST(gnutls_hash(hash, "a", 1));
        gnutls_hash_hd_t copy = gnutls_hash_copy(hash);
        MUST(gnutls_hash(hash, "bc", 2));
        gnutls_hash_output(hash, out);
        say_hex("digest", out, length);
        gnutls_hash_deinit(hash, out);
        say_hex("of nothing", out, length);
        if (copy) {
            gnutls_hash_deinit(copy, out);
            say_hex("copy", out, length);
        }
        if (known[i] == GNUTLS_DIG_MD5 || known[i] == GNUTLS_DIG_SHA3_256)
            continue;
        gnutls_hmac_hd_t mac;
        MUST(gnutls_hmac_init(&mac, (gnutls_mac_algorithm_t)known[i], "key", 3));
        MUST(gnutls_hmac(mac, "abc", 3));
        gnutls_hmac_output(mac, out);
        say_hex("hmac", out, length);
        gnutls_hmac_deinit(mac, NULL);
    }
}

static void texts(void) {
    gnutls_datum_t bytes = {(void *)"\x01\xff\x80 text", 8}, out = {NULL, 0}, again = {NULL, 0};
    static const char *const broken[] = {"", "-----BEGIN X-----", "-----BEGIN X-----\n-----END X-----\n",
                                         "-----BEGIN X-----\nAAA\n-----END X-----\n", "-----BEGIN Y-----\nAAAA\n-----END Y-----\n",
                                         "-----BEGIN X-----\nA?AA\n-----END X-----\n"};
    char text[64];
    size_t size = sizeof text;
    CASE("texts");
    MUST(gnutls_pem_base64_encode2("X", &bytes, &out));
    printf("%s(%u)\n", out.data, out.size);
    say_result("decode", gnutls_pem_base64_decode2("X", &out, &again));
    say_hex("again", again.data, again.size);
    gnutls_free(again.data);
    gnutls_free(out.data);
    for (int i = 0; i < COUNT(broken); i++) {
        gnutls_datum_t data = {(void *)broken[i], (unsigned)strlen(broken[i])};
        say_result("broken", gnutls_pem_base64_decode2("X", &data, &again));
    }
    say_result("hex", gnutls_hex_encode(&bytes, text, &size));
    printf("%s (%zu)\n", text, size);
    MUST(gnutls_hex_encode2(&bytes, &out));
    printf("%s (%u)\n", out.data, out.size);
    say_result("unhex", gnutls_hex_decode2(&out, &again));
    say_hex("again", again.data, again.size);
    gnutls_free(again.data);
    gnutls_free(out.data);
    gnutls_datum_t wrong = {(void *)"zz", 2};
    say_result("not hex", gnutls_hex_decode2(&wrong, &again));
    size = sizeof text;
    say_result("hex2bin", gnutls_hex2bin("01:fF:70", 8, text, &size));
    say_hex("bin", text, size);
    say_result("hex2bin", gnutls_hex2bin("01:fF:7", 7, text, &size));
    printf("%s %s\n", gnutls_check_version(NULL), gnutls_check_version("4.0") ? "new" : "old");
    printf("%d %d\n", gnutls_memcmp("abc", "abc", 3), gnutls_memcmp("abc", "abd", 3) != 0);
}

// Names in DER: C=DE, then one attribute of each kind of value.
static void names(void) {
    static const struct {
        const char *what;
        const char *der;
        unsigned size;
    } all[] = {
#define NAME(what, der) {what, der, sizeof der - 1}
        NAME("utf8", "\x30\x10\x31\x0e\x30\x0c\x06\x03\x55\x04\x03\x0c\x05" "a,b+c"),
        NAME("spaces", "\x30\x10\x31\x0e\x30\x0c\x06\x03\x55\x04\x03\x0c\x05" " a c "),
        NAME("signs", "\x30\x10\x31\x0e\x30\x0c\x06\x03\x55\x04\x03\x0c\x05" "#\"\\<;"),
        NAME("equals", "\x30\x10\x31\x0e\x30\x0c\x06\x03\x55\x04\x03\x0c\x05" "=a#b>"),
        NAME("zero", "\x30\x10\x31\x0e\x30\x0c\x06\x03\x55\x04\x03\x0c\x05" "a\0b\nc"),
        NAME("not utf8", "\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x0c\x03" "\xff" "ab"),
        NAME("printable", "\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02" "DE"),
        NAME("ia5", "\x30\x14\x31\x12\x30\x10\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01\x16\x03" "a@b"),
        NAME("bmp", "\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x1e\x04" "\0a\x20\xac"),
        NAME("t61", "\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x14\x03" "abc"),
        NAME("t61 beyond", "\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x14\x03" "a\xe4" "c"),
        NAME("integer", "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x02\x01\x05"),
        NAME("unknown", "\x30\x0c\x31\x0a\x30\x08\x06\x03\x2a\x03\x04\x0c\x01" "a"),
        NAME("two in a set", "\x30\x18\x31\x16\x30\x09\x06\x03\x55\x04\x0a\x0c\x02" "O1" "\x30\x09\x06\x03\x55\x04\x03\x0c\x02" "C1"),
        NAME("two sets", "\x30\x1a\x31\x0b\x30\x09\x06\x03\x55\x04\x0a\x0c\x02" "O1" "\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02" "C1"),
        NAME("nothing", "\x30\x00"),
        NAME("cut", "\x30\x10\x31\x0e\x30\x0c\x06\x03\x55\x04\x03\x0c\x05" "ab"),
        NAME("no sequence", "\x31\x00"),
        NAME("empty value", "\x30\x0b\x31\x09\x30\x07\x06\x03\x55\x04\x03\x0c\x00"),
    };
    CASE("names");
    for (int i = 0; i < COUNT(all); i++) {
        gnutls_datum_t der = {(void *)all[i].der, all[i].size}, text = {NULL, 0};
        for (unsigned flags = 0; flags < 2; flags++) {
            int result = gnutls_x509_rdn_get2(&der, &text, flags);
            printf("%s %u: %d %s ", all[i].what, flags, result, name_of(result));
            say_hex(result < 0 ? "" : (char *)text.data, text.data, result < 0 ? 0 : text.size);
            if (result >= 0)
                gnutls_free(text.data);
        }
        char buffer[128];
        size_t size = sizeof buffer;
        int result = gnutls_x509_rdn_get_by_oid(&der, GNUTLS_OID_X520_COMMON_NAME, 0, 0, buffer, &size);
        printf("common name: %d %s %s\n", result, name_of(result), result < 0 ? "" : buffer);
        size = sizeof buffer;
        result = gnutls_x509_rdn_get_oid(&der, 0, buffer, &size);
        printf("oid: %d %s %s\n", result, name_of(result), result < 0 ? "" : buffer);
    }
}

int main(void) {
    ciphers(), macs(), digests(), kxs(), pks(), signs(), groups(), curves(), protocols(), types();
    errors();
    strengths();
    hashes();
    texts();
    names();
    return 0;
}
