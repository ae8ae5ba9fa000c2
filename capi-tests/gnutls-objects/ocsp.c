// OCSP responses: what they say, about whom, and whether they can be relied on; right, wrong, cut and changed ones.
#include "common.h"

static gnutls_x509_crt_t certificate(const char *name) {
    gnutls_datum_t data = file_of("RESPONSES", name);
    gnutls_x509_crt_t cert;
    MUST(gnutls_x509_crt_init(&cert));
    MUST(gnutls_x509_crt_import(cert, &data, GNUTLS_X509_FMT_PEM));
    gnutls_free(data.data);
    return cert;
}

static gnutls_x509_crt_t root, other, leaf, second;

static void say_single(gnutls_ocsp_resp_t response, unsigned at) {
    gnutls_datum_t name = {NULL, 0}, key = {NULL, 0}, serial = {NULL, 0};
    gnutls_digest_algorithm_t digest = 7;
    unsigned status = 77, reason = 77;
    time_t updated = 7, next = 7, when = 7;
    int result = gnutls_ocsp_resp_get_single(response, at, &digest, &name, &key, &serial, &status, &updated, &next, &when,
                                             &reason);
    printf("single %u: %d %s", at, result, name_of(result));
    if (result >= 0) {
        printf(", digest %d, status %u, %ld, %ld, %ld, reason %u\n", digest, status, (long)updated, (long)next, (long)when,
               reason);
        say_hex("name", name.data, name.size);
        say_hex("key", key.data, key.size);
        say_hex("serial", serial.data, serial.size);
    } else
        putchar('\n');
    gnutls_free(name.data);
    gnutls_free(key.data);
    gnutls_free(serial.data);
    printf("about leaf: %s, second: %s, root: %s\n", name_of(gnutls_ocsp_resp_check_crt(response, at, leaf)),
           name_of(gnutls_ocsp_resp_check_crt(response, at, second)), name_of(gnutls_ocsp_resp_check_crt(response, at, root)));
}

static void verify_by(gnutls_ocsp_resp_t response, const char *what, gnutls_x509_crt_t first, gnutls_x509_crt_t next,
                      unsigned flags) {
    gnutls_x509_trust_list_t list;
    gnutls_x509_crt_t trusted[2] = {first, next};
    unsigned found = 0x7777;
    MUST(gnutls_x509_trust_list_init(&list, 0));
    if (first)
        MUST(gnutls_x509_trust_list_add_cas(list, trusted, next ? 2 : 1, 0));
    int result = gnutls_ocsp_resp_verify(response, list, &found, flags);
    printf("verified by %s: %d %s", what, result, name_of(result));
    printf(result < 0 ? "\n" : ", %#x\n", found);
    gnutls_x509_trust_list_deinit(list, 0);
}

static void say_verified(gnutls_ocsp_resp_t response) {
    const struct {
        const char *name;
        gnutls_x509_crt_t issuer;
    } issuers[] = {{"root", root}, {"other", other}, {"second", second}};
    for (int i = 0; i < COUNT(issuers); i++) {
        unsigned found = 0x7777;
        int result = gnutls_ocsp_resp_verify_direct(response, issuers[i].issuer, &found, 0);
        printf("directly by %s: %d %s", issuers[i].name, result, name_of(result));
        printf(result < 0 ? "\n" : ", %#x\n", found);
    }
    verify_by(response, "nobody", NULL, NULL, 0);
    verify_by(response, "root", root, NULL, 0);
    verify_by(response, "other", other, NULL, 0);
    verify_by(response, "both", other, root, 0);
    verify_by(response, "second", second, NULL, 0);
    verify_by(response, "root, any time", root, NULL, GNUTLS_VERIFY_DISABLE_TIME_CHECKS);
}

static void say(gnutls_ocsp_resp_t response) {
    gnutls_datum_t out = {NULL, 0};
    say_result("status", gnutls_ocsp_resp_get_status(response));
    printf("produced: %s\n", gnutls_ocsp_resp_get_produced(response) > 1000000000 ? "yes" : "no");
    say_result("signature algorithm", gnutls_ocsp_resp_get_signature_algorithm(response));
    for (unsigned at = 0; at < 3; at++)
        say_single(response, at);
    say_verified(response);
    if (say_result("export", gnutls_ocsp_resp_export(response, &out)) >= 0)
        printf("%u bytes\n", out.size);
    gnutls_free(out.data);
    out.data = NULL;
    if (say_result("export2", gnutls_ocsp_resp_export2(response, &out, GNUTLS_X509_FMT_PEM)) >= 0)
        printf("%.*s", (int)out.size, out.data);
    gnutls_free(out.data);
}

static int imported(gnutls_datum_t data, gnutls_x509_crt_fmt_t format, gnutls_ocsp_resp_t *response) {
    MUST(gnutls_ocsp_resp_init(response));
    return gnutls_ocsp_resp_import2(*response, &data, format);
}

static void one(const char *name) {
    char file[256];
    gnutls_ocsp_resp_t response;
    CASE("%s", name);
    snprintf(file, sizeof file, "%s.response", name);
    gnutls_datum_t data = file_of("RESPONSES", file);
    if (say_result("import", imported(data, GNUTLS_X509_FMT_DER, &response)) >= 0)
        say(response);
    gnutls_ocsp_resp_deinit(response);
    say_result("as PEM", imported(data, GNUTLS_X509_FMT_PEM, &response));
    gnutls_ocsp_resp_deinit(response);
    gnutls_free(data.data);
    strcat(file, ".pem");
    data = file_of("RESPONSES", file);
    say_result("PEM", imported(data, GNUTLS_X509_FMT_PEM, &response));
    say_result("status", gnutls_ocsp_resp_get_status(response));
    gnutls_ocsp_resp_deinit(response);
    gnutls_ocsp_resp_t *list = NULL;
    unsigned size = 0;
    gnutls_datum_t doubled = {malloc(2 * data.size), 2 * data.size};
    memcpy(doubled.data, data.data, data.size);
    memcpy(doubled.data + data.size, data.data, data.size);
    say_result("list", gnutls_ocsp_resp_list_import2(&list, &size, &doubled, GNUTLS_X509_FMT_PEM, 0));
    printf("%u responses\n", size);
    for (unsigned i = 0; i < size; i++)
        gnutls_ocsp_resp_deinit(list[i]);
    gnutls_free(list);
    free(doubled.data);
    gnutls_free(data.data);
}

// Cut anywhere it is none; with a byte behind it, too.
static void cut(const char *file) {
    gnutls_datum_t data = file_of("RESPONSES", file), part;
    gnutls_ocsp_resp_t response;
    unsigned whole = 0;
    CASE("cut %s", file);
    for (unsigned size = 0; size <= data.size; size++) {
        if (size == 2) // libtasn1 takes a length that is cut off for none
            continue;
        part.data = malloc(size + 1);
        part.size = size;
        memcpy(part.data, data.data, size);
        int result = imported(part, GNUTLS_X509_FMT_DER, &response);
        if (result >= 0) {
            printf("%s is read, ", size == data.size ? "the whole" : "a part");
            printf("status %d\n", gnutls_ocsp_resp_get_status(response));
        }
        whole += result >= 0;
        gnutls_ocsp_resp_deinit(response);
        free(part.data);
    }
    part.size = data.size + 1;
    part.data = calloc(1, part.size);
    memcpy(part.data, data.data, data.size);
    say_result("with a byte behind", imported(part, GNUTLS_X509_FMT_DER, &response));
    gnutls_ocsp_resp_deinit(response);
    free(part.data);
    printf("%u read\n", whole);
    gnutls_free(data.data);
}

// Whatever byte is changed: it is never again taken for signed by the authority.
static void changed(const char *file) {
    gnutls_datum_t data = file_of("RESPONSES", file);
    gnutls_ocsp_resp_t response;
    int signed_again = 0, signatures = 0;
    CASE("changed %s", file);
    for (unsigned at = 0; at < data.size; at++) {
        unsigned found = 0x7777;
        data.data[at] ^= 0x21;
        if (imported(data, GNUTLS_X509_FMT_DER, &response) >= 0 &&
            gnutls_ocsp_resp_verify_direct(response, root, &found, 0) >= 0) {
            unsigned said = 77;
            signatures++;
            gnutls_ocsp_resp_get_single(response, 0, NULL, NULL, NULL, NULL, &said, NULL, NULL, NULL, NULL);
            signed_again += found == 0 && said != GNUTLS_OCSP_CERT_GOOD;
        }
        gnutls_ocsp_resp_deinit(response);
        data.data[at] ^= 0x21;
    }
    printf("signatures looked at: %s, taken for something else: %d\n", signatures ? "some" : "none", signed_again);
    gnutls_free(data.data);
}

static void nothing(void) {
    gnutls_ocsp_resp_t response;
    gnutls_datum_t empty = {NULL, 0}, junk = {(void *)"not a response", 14};
    CASE("nothing");
    say_result("empty", imported(empty, GNUTLS_X509_FMT_DER, &response));
    say(response);
    gnutls_ocsp_resp_deinit(response);
    say_result("empty PEM", imported(empty, GNUTLS_X509_FMT_PEM, &response));
    gnutls_ocsp_resp_deinit(response);
    say_result("junk", imported(junk, GNUTLS_X509_FMT_DER, &response));
    gnutls_ocsp_resp_deinit(response);
    say_result("junk PEM", imported(junk, GNUTLS_X509_FMT_PEM, &response));
    gnutls_ocsp_resp_deinit(response);
}

int main(void) {
    static const char *const names[] = {
        "good", "good-long", "revoked", "revoked-unsaid", "unknown", "expired", "future", "another", "both", "about-nobody",
        "by-key", "sha256-identified", "sha1-signed", "sha384-signed", "nonce", "bad-signature", "without-certificate",
        "delegated", "delegated-by-key", "delegated-alone", "delegated-more", "delegated-late", "by-the-leaf", "by-a-server",
        "by-a-stranger", "by-another-root", "by-another-alone", "malformed", "internal", "later", "unauthorized"};
    root = certificate("root.pem");
    other = certificate("other.pem");
    leaf = certificate("leaf.pem");
    second = certificate("second.pem");
    for (int i = 0; i < COUNT(names); i++)
        one(names[i]);
    cut("good.response");
    cut("delegated.response");
    cut("later.response");
    changed("good.response");
    changed("delegated.response");
    nothing();
    gnutls_x509_crt_deinit(root);
    gnutls_x509_crt_deinit(other);
    gnutls_x509_crt_deinit(leaf);
    gnutls_x509_crt_deinit(second);
    return 0;
}
