// OCSP: answers that are right and wrong in many ways, whom they are believed from, and requests.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

// What the OCSP functions say; what they call says more, which is not compared here.
static void queue(void) {
    unsigned long code;
    while ((code = ERR_get_error()) != 0)
        if (ERR_GET_LIB(code) == ERR_LIB_OCSP)
            printf("  queue: %s: %s\n", ERR_lib_error_string(code), ERR_reason_error_string(code));
}

static const char *place(const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("RESPONSES"), name);
    return path;
}

static X509 *load(const char *name) {
    BIO *bio = BIO_new_file(place(name), "r");
    X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    if (!x)
        printf("no %s\n", name);
    return x;
}

static size_t read_file(const char *name, unsigned char *to, size_t size) {
    FILE *f = fopen(place(name), "rb");
    if (!f)
        return 0;
    size_t len = fread(to, 1, size, f);
    fclose(f);
    return len;
}

static X509_STORE *store_of(X509 *root) {
    X509_STORE *store = X509_STORE_new();
    if (root)
        X509_STORE_add_cert(store, root);
    return store;
}

static X509 *root, *other, *leaf, *second, *responder, *stranger;

static void say_status(OCSP_BASICRESP *basic, const char *what, OCSP_CERTID *id) {
    int status = 77, reason = 77;
    ASN1_GENERALIZEDTIME *revoked = NULL, *this = NULL, *next = NULL;
    int found = OCSP_resp_find_status(basic, id, &status, &reason, &revoked, &this, &next);
    printf("%s: %d, %d %s, reason %d %s, times %d %d %d", what, found, status, OCSP_cert_status_str(status), reason, OCSP_crl_reason_str(reason),
           revoked != NULL, this != NULL, next != NULL);
    printf(", at %d\n", OCSP_resp_find(basic, id, -1));
    if (!found)
        return;
    static const long limits[][2] = {{300, -1}, {0, 0}, {300, 60}, {0, 1L << 40}, {1L << 40, -1}};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        printf("  holds %ld %ld: %d\n", limits[i][0], limits[i][1], OCSP_check_validity(this, next, limits[i][0], limits[i][1]));
        queue();
    }
    printf("  without an end: %d\n", OCSP_check_validity(this, NULL, 300, -1));
    queue();
}

static void believe(OCSP_BASICRESP *basic) {
    static const struct {
        const char *name;
        unsigned long flags;
    } ways[] = {{"", 0}, {"NOINTERN", OCSP_NOINTERN}, {"NOSIGS", OCSP_NOSIGS}, {"NOCHAIN", OCSP_NOCHAIN}, {"NOVERIFY", OCSP_NOVERIFY},
                {"NOEXPLICIT", OCSP_NOEXPLICIT}, {"NOCHECKS", OCSP_NOCHECKS}, {"TRUSTOTHER", OCSP_TRUSTOTHER},
                {"PARTIAL_CHAIN", OCSP_PARTIAL_CHAIN}, {"TRUSTOTHER NOINTERN", OCSP_TRUSTOTHER | OCSP_NOINTERN}};
    X509 *roots[] = {root, other, NULL, responder};
    static const char *names[] = {"root", "other", "nobody", "responder"};
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
        X509_STORE *store = store_of(roots[i]);
        for (int certs = 0; certs < 3; certs++) {
            STACK_OF(X509) *list = certs ? sk_X509_new_null() : NULL;
            if (certs == 1)
                sk_X509_push(list, root), sk_X509_push(list, responder);
            if (certs == 2)
                sk_X509_push(list, stranger), sk_X509_push(list, leaf);
            for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
                printf("trusting %s, list %d, %s: %d\n", names[i], certs, ways[w].name, OCSP_basic_verify(basic, list, store, ways[w].flags));
                queue();
            }
            X509 *signer = NULL;
            printf("signer: %d", OCSP_resp_get0_signer(basic, &signer, list));
            printf(" %d\n", signer != NULL);
            ERR_clear_error();
            sk_X509_free(list);
        }
        X509_STORE_free(store);
    }
}

static void answer(const char *name) {
    static unsigned char bytes[65536];
    size_t len = read_file(name, bytes, sizeof bytes);
    printf("== %s\n", name);
    const unsigned char *at = bytes;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, (long)len);
    printf("read: %d, all %d\n", response != NULL, at == bytes + len);
    if (!response) {
        ERR_clear_error();
        return;
    }
    unsigned char *again = NULL;
    int again_len = i2d_OCSP_RESPONSE(response, &again);
    printf("the same again: %d\n", again_len == (int)len && memcmp(again, bytes, len) == 0);
    OPENSSL_free(again);
    printf("status: %d %s\n", OCSP_response_status(response), OCSP_response_status_str(OCSP_response_status(response)));
    OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
    printf("basic: %d\n", basic != NULL);
    queue();
    if (basic) {
        const ASN1_OCTET_STRING *key = NULL;
        const X509_NAME *named = NULL;
        printf("count %d, certificates %d, by %d", OCSP_resp_count(basic), sk_X509_num(OCSP_resp_get0_certs(basic)),
               OCSP_resp_get0_id(basic, &key, &named));
        printf(" %d %d, signature %d, produced %d\n", named != NULL, key ? ASN1_STRING_length(key) : -1,
               ASN1_STRING_length(OCSP_resp_get0_signature(basic)) > 0, OCSP_resp_get0_produced_at(basic) != NULL);
        printf("beyond: %d %d\n", OCSP_resp_get0(basic, -1) == NULL, OCSP_resp_get0(basic, 100) == NULL);
        for (int i = 0; i < OCSP_resp_count(basic); i++) {
            OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
            const OCSP_CERTID *id = OCSP_SINGLERESP_get0_id(single);
            ASN1_OCTET_STRING *hash = NULL, *key_hash = NULL;
            ASN1_OBJECT *digest = NULL;
            ASN1_INTEGER *serial = NULL;
            printf("%d: %d, parts %d", i, OCSP_single_get0_status(single, NULL, NULL, NULL, NULL),
                   OCSP_id_get0_info(&hash, &digest, &key_hash, &serial, (OCSP_CERTID *)id));
            printf(" %d %d %s %ld\n", ASN1_STRING_length(hash), ASN1_STRING_length(key_hash), OBJ_nid2sn(OBJ_obj2nid(digest)),
                   ASN1_INTEGER_get(serial));
        }
        OCSP_CERTID *ids[] = {OCSP_cert_to_id(NULL, leaf, root), OCSP_cert_to_id(EVP_sha256(), leaf, root), OCSP_cert_to_id(NULL, second, root),
                              OCSP_cert_to_id(NULL, leaf, other)};
        static const char *which[] = {"leaf", "leaf by SHA-256", "second", "leaf of another"};
        for (int i = 0; i < 4; i++) {
            say_status(basic, which[i], ids[i]);
            OCSP_CERTID_free(ids[i]);
        }
        believe(basic);
        OCSP_REQUEST *with = OCSP_REQUEST_new(), *without = OCSP_REQUEST_new();
        OCSP_request_add1_nonce(with, (unsigned char *)"sixteen bytes...", 16);
        printf("nonce: %d %d", OCSP_check_nonce(with, basic), OCSP_check_nonce(without, basic));
        OCSP_request_add1_nonce(with, (unsigned char *)"others", 6);
        printf(" %d\n", OCSP_check_nonce(with, basic));
        OCSP_REQUEST_free(with);
        OCSP_REQUEST_free(without);
        OCSP_RESPONSE *made = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
        again = NULL;
        again_len = i2d_OCSP_RESPONSE(made, &again);
        printf("made again: %d\n", again_len == (int)len && memcmp(again, bytes, len) == 0);
        OPENSSL_free(again);
        OCSP_RESPONSE_free(made);
    }
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
    // Cut anywhere, and with one byte more behind it.
    int read = 0, whole = 0;
    for (size_t cut = 0; cut < len; cut++) {
        at = bytes;
        response = d2i_OCSP_RESPONSE(NULL, &at, (long)cut);
        read += response != NULL;
        OCSP_RESPONSE_free(response);
    }
    bytes[len] = 0;
    at = bytes;
    response = d2i_OCSP_RESPONSE(NULL, &at, (long)len + 1);
    whole = response != NULL && at == bytes + len;
    OCSP_RESPONSE_free(response);
    printf("cut: %d, with more behind: %d\n", read, whole);
    ERR_clear_error();
}

// The answer, changed one byte at a time: nothing that was changed is believed.
static void changed(const char *name) {
    static unsigned char bytes[65536];
    size_t len = read_file(name, bytes, sizeof bytes);
    X509_STORE *store = store_of(root);
    int believed = 0, tried = 0;
    for (size_t at_byte = 0; at_byte < len; at_byte++) {
        bytes[at_byte] ^= 0x10;
        const unsigned char *at = bytes;
        OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, (long)len);
        OCSP_BASICRESP *basic = response ? OCSP_response_get1_basic(response) : NULL;
        tried += basic != NULL;
        if (basic && OCSP_basic_verify(basic, NULL, store, 0) == 1 && OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL) {
            OCSP_CERTID *id = OCSP_cert_to_id(NULL, leaf, root);
            int status = -1;
            // What is not signed: the certificates beside it, which this one does not need.
            believed += OCSP_resp_find_status(basic, id, &status, NULL, NULL, NULL, NULL) && status != V_OCSP_CERTSTATUS_GOOD;
            OCSP_CERTID_free(id);
        }
        OCSP_BASICRESP_free(basic);
        OCSP_RESPONSE_free(response);
        bytes[at_byte] ^= 0x10;
    }
    ERR_clear_error();
    printf("== %s, changed: some are read %d, another status is believed %d times\n", name, tried > 0, believed);
    X509_STORE_free(store);
}

static void requests(void) {
    printf("== requests\n");
    OCSP_REQUEST *request = OCSP_REQUEST_new();
    OCSP_CERTID *id = OCSP_cert_to_id(NULL, leaf, root), *copy = OCSP_CERTID_dup(id), *other_id = OCSP_cert_to_id(NULL, second, root);
    OCSP_CERTID *of_issuer = OCSP_cert_to_id(NULL, NULL, root), *foreign = OCSP_cert_to_id(EVP_sha1(), leaf, other);
    OCSP_CERTID *by_parts = OCSP_cert_id_new(EVP_sha1(), X509_get_issuer_name(leaf), X509_get0_pubkey_bitstr(root), X509_get0_serialNumber(leaf));
    printf("compared: %d %d %d, issuers %d %d %d %d\n", OCSP_id_cmp(id, copy) == 0, OCSP_id_cmp(id, other_id) == 0, OCSP_id_cmp(id, by_parts) == 0,
           OCSP_id_issuer_cmp(id, other_id) == 0, OCSP_id_issuer_cmp(id, foreign) == 0, OCSP_id_issuer_cmp(id, of_issuer) == 0,
           OCSP_id_cmp(id, of_issuer) == 0);
    unsigned char *der = NULL;
    int len = i2d_OCSP_CERTID(id, &der);
    const unsigned char *at = der;
    OCSP_CERTID *read = d2i_OCSP_CERTID(NULL, &at, len);
    printf("id: %d bytes, read again %d\n", len > 0, read && OCSP_id_cmp(read, id) == 0 && at == der + len);
    for (int i = 0; i < len; i++)
        printf("%02x", der[i]);
    printf("\n");
    OPENSSL_free(der);
    printf("empty: %d bytes\n", i2d_OCSP_REQUEST(request, NULL));
    printf("added: %d %d, %d\n", OCSP_request_add0_id(request, copy) != NULL, OCSP_request_add0_id(request, other_id) != NULL,
           OCSP_request_onereq_count(request));
    printf("ids: %d %d %d\n", OCSP_onereq_get0_id(OCSP_request_onereq_get0(request, 0)) != NULL, OCSP_request_onereq_get0(request, 2) == NULL,
           OCSP_request_onereq_get0(request, -1) == NULL);
    printf("nonce: %d", OCSP_request_add1_nonce(request, (unsigned char *)"0123456789", 10));
    der = NULL;
    len = i2d_OCSP_REQUEST(request, &der);
    printf(", %d bytes:", len);
    for (int i = 0; i < len; i++)
        printf("%02x", der[i]);
    printf("\n");
    at = der;
    OCSP_REQUEST *again = d2i_OCSP_REQUEST(NULL, &at, len);
    unsigned char *second_time = NULL;
    int second_len = i2d_OCSP_REQUEST(again, &second_time);
    printf("read: %d, the same %d\n", OCSP_request_onereq_count(again), second_len == len && memcmp(der, second_time, (size_t)len) == 0);
    OPENSSL_free(second_time);
    OCSP_REQUEST_free(again);
    int cut = 0;
    for (int i = 0; i < len; i++) {
        at = der;
        again = d2i_OCSP_REQUEST(NULL, &at, i);
        cut += again != NULL;
        OCSP_REQUEST_free(again);
    }
    printf("cut: %d\n", cut);
    BIO *bio = BIO_new(BIO_s_mem());
    printf("by a pipe: %d", i2d_OCSP_REQUEST_bio(bio, request));
    again = d2i_OCSP_REQUEST_bio(bio, NULL);
    printf(" %d\n", again ? OCSP_request_onereq_count(again) : -1);
    OCSP_REQUEST_free(again);
    again = d2i_OCSP_REQUEST_bio(bio, NULL);
    printf("at its end: %d\n", again != NULL);
    ERR_clear_error();
    BIO_free(bio);
    printf("random: %d", OCSP_request_add1_nonce(request, NULL, -1));
    printf(" %d\n", i2d_OCSP_REQUEST(request, NULL) - len); // 16 in the place of 10
    OPENSSL_free(der);
    OCSP_REQUEST_free(request);
    OCSP_CERTID_free(id);
    OCSP_CERTID_free(read);
    OCSP_CERTID_free(of_issuer);
    OCSP_CERTID_free(foreign);
    OCSP_CERTID_free(by_parts);
    printf("== responders\n");
    OCSP_RESPID *who = OCSP_RESPID_new();
    for (int by_key = 0; by_key < 2; by_key++) {
        printf("set: %d", by_key ? OCSP_RESPID_set_by_key(who, root) : OCSP_RESPID_set_by_name(who, root));
        printf(", is %d %d", OCSP_RESPID_match(who, root), OCSP_RESPID_match(who, leaf));
        der = NULL;
        len = i2d_OCSP_RESPID(who, &der);
        at = der;
        OCSP_RESPID *found = d2i_OCSP_RESPID(NULL, &at, len);
        printf(", %d bytes, again %d\n", len, found && OCSP_RESPID_match(found, root));
        OCSP_RESPID_free(found);
        OPENSSL_free(der);
    }
    OCSP_RESPID_free(who);
    printf("== in PEM\n");
    bio = BIO_new_file(place("good.response.pem"), "r");
    OCSP_RESPONSE *response = PEM_ASN1_read_bio((d2i_of_void *)d2i_OCSP_RESPONSE, PEM_STRING_OCSP_RESPONSE, bio, NULL, NULL, NULL);
    printf("%d\n", response ? OCSP_response_status(response) : -1);
    OCSP_RESPONSE_free(response);
    response = PEM_ASN1_read_bio((d2i_of_void *)d2i_OCSP_RESPONSE, PEM_STRING_OCSP_RESPONSE, bio, NULL, NULL, NULL);
    printf("another: %d\n", response != NULL);
    ERR_clear_error();
    BIO_free(bio);
    printf("== words\n");
    for (long i = -1; i < 12; i++)
        printf("%ld: %s, %s, %s\n", i, OCSP_response_status_str(i), OCSP_cert_status_str(i), OCSP_crl_reason_str(i));
    OCSP_RESPONSE *refusal = OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, NULL);
    printf("refusal: %d, %d bytes, basic %d\n", OCSP_response_status(refusal), i2d_OCSP_RESPONSE(refusal, NULL), OCSP_response_get1_basic(refusal) != NULL);
    queue();
    OCSP_RESPONSE_free(refusal);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int main(void) {
    root = load("root.pem"), other = load("other.pem"), leaf = load("leaf.pem"), second = load("second.pem");
    responder = load("responder.pem"), stranger = load("stranger.pem");
    char *names[200];
    int count = 0;
    DIR *dir = opendir(getenv("RESPONSES"));
    for (struct dirent *entry; (entry = readdir(dir)) && count < 200;) {
        size_t len = strlen(entry->d_name);
        if (len > 9 && strcmp(entry->d_name + len - 9, ".response") == 0)
            names[count++] = strdup(entry->d_name);
    }
    closedir(dir);
    qsort(names, (size_t)count, sizeof names[0], by_name);
    for (int i = 0; i < count; i++) {
        answer(names[i]);
        free(names[i]);
    }
    changed("good.response");
    changed("delegated.response");
    requests();
    X509 *all[] = {root, other, leaf, second, responder, stranger};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        X509_free(all[i]);
    return 0;
}
