// Makes OCSP responses that are right and wrong in many ways, and the certificates they are about: `make-responses DIR`.
#define PROGRAM "responses"
#include "authority.h"

#include <openssl/ocsp.h>

// How a response is made; zero means the usual.
typedef struct {
    const char *file;
    const Pair *about, *also;       // certificates that it is about
    const Pair *signer;             // NULL: the authority
    const Pair *with;               // a certificate that is put in
    const EVP_MD *identified, *digest;
    int status, reason;             // V_OCSP_CERTSTATUS_*; a reason of -1 for none
    long updated, until;            // days from now; `until` 0 for none
    int by_key, without_certificate, nonce, bad_signature;
} Wish;

static Pair make(const char *name, const Pair *issuer, const char *purpose, long until) {
    static long serial = 500;
    Pair made = {X509_new(), EVP_EC_gen("P-256")};
    X509 *above = issuer ? issuer->cert : made.cert;
    MUST(X509_set_version(made.cert, X509_VERSION_3));
    MUST(ASN1_INTEGER_set(X509_get_serialNumber(made.cert), serial++));
    X509_gmtime_adj(X509_getm_notBefore(made.cert), -30 * DAY);
    X509_gmtime_adj(X509_getm_notAfter(made.cert), until * DAY);
    X509_NAME *subject = X509_get_subject_name(made.cert);
    MUST(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0));
    MUST(X509_set_issuer_name(made.cert, X509_get_subject_name(above)));
    MUST(X509_set_pubkey(made.cert, made.key));
    extend(made.cert, above, NID_subject_key_identifier, "hash");
    extend(made.cert, above, NID_basic_constraints, issuer ? "critical,CA:FALSE" : "critical,CA:TRUE");
    extend(made.cert, above, NID_key_usage, issuer ? "digitalSignature" : "keyCertSign,cRLSign,digitalSignature");
    if (purpose)
        extend(made.cert, above, NID_ext_key_usage, purpose);
    MUST(X509_sign(made.cert, issuer ? issuer->key : made.key, EVP_sha256()));
    FILE *f = create(name, ".pem");
    MUST(PEM_write_X509(f, made.cert));
    fclose(f);
    return made;
}

static const Pair *authority;

static void add(OCSP_BASICRESP *basic, const Pair *about, Wish wish) {
    if (!about)
        return;
    const EVP_MD *md = wish.identified ? wish.identified : EVP_sha1();
    OCSP_CERTID *id = OCSP_cert_to_id(md, about->cert, authority->cert);
    ASN1_TIME *revoked = X509_gmtime_adj(NULL, -3 * DAY);
    ASN1_TIME *updated = X509_gmtime_adj(NULL, (wish.updated ? wish.updated : -1) * DAY);
    ASN1_TIME *next = wish.until ? X509_gmtime_adj(NULL, wish.until * DAY) : NULL;
    must(OCSP_basic_add1_status(basic, id, wish.status, wish.reason, revoked, updated, next) != NULL, "add1_status");
    OCSP_CERTID_free(id);
    ASN1_TIME_free(revoked);
    ASN1_TIME_free(updated);
    ASN1_TIME_free(next);
}

static void write_response(const char *file, OCSP_RESPONSE *response) {
    FILE *f = create(file, ".response");
    MUST(ASN1_i2d_fp_of(OCSP_RESPONSE, i2d_OCSP_RESPONSE, f, response));
    fclose(f);
    f = create(file, ".response.pem");
    MUST(PEM_ASN1_write((i2d_of_void *)i2d_OCSP_RESPONSE, "OCSP RESPONSE", f, response, NULL, NULL, 0, NULL, NULL));
    fclose(f);
    OCSP_RESPONSE_free(response);
}

static void respond(Wish wish) {
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    const Pair *signer = wish.signer ? wish.signer : authority;
    add(basic, wish.about, wish);
    add(basic, wish.also, wish);
    STACK_OF(X509) *certs = sk_X509_new_null();
    if (wish.with)
        sk_X509_push(certs, wish.with->cert);
    if (wish.nonce)
        MUST(OCSP_basic_add1_nonce(basic, (unsigned char *)"sixteen bytes...", 16));
    unsigned long flags = (wish.by_key ? OCSP_RESPID_KEY : 0) | (wish.without_certificate ? OCSP_NOCERTS : 0);
    MUST(OCSP_basic_sign(basic, signer->cert, signer->key, wish.digest ? wish.digest : EVP_sha256(), certs, flags));
    if (wish.bad_signature) {
        const ASN1_OCTET_STRING *signature = OCSP_resp_get0_signature(basic);
        signature->data[signature->length - 1] ^= 1;
    }
    write_response(wish.file, OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic));
    OCSP_BASICRESP_free(basic);
    sk_X509_free(certs);
}

int main(int argc, char **argv) {
    must(argc == 2, "usage: make-responses DIR");
    dir = argv[1];
    Pair root = make("root", NULL, NULL, 3650), other = make("other", NULL, NULL, 3650);
    authority = &root;
    Pair leaf = make("leaf", &root, "serverAuth", 3650), second = make("second", &root, "serverAuth", 3650);
    Pair stranger = make("stranger", &other, "OCSPSigning", 3650);
    Pair responder = make("responder", &root, "OCSPSigning", 3650);
    Pair late = make("late", &root, "OCSPSigning", -1);
    const int good = V_OCSP_CERTSTATUS_GOOD, revoked = V_OCSP_CERTSTATUS_REVOKED, unknown = V_OCSP_CERTSTATUS_UNKNOWN;

    respond((Wish){.file = "good", .about = &leaf, .status = good, .until = 30});
    respond((Wish){.file = "good-long", .about = &leaf, .status = good});
    respond((Wish){.file = "revoked", .about = &leaf, .status = revoked, .reason = 1, .until = 30});
    respond((Wish){.file = "revoked-unsaid", .about = &leaf, .status = revoked, .reason = -1, .until = 30});
    respond((Wish){.file = "unknown", .about = &leaf, .status = unknown, .until = 30});
    respond((Wish){.file = "expired", .about = &leaf, .status = good, .updated = -20, .until = -10});
    respond((Wish){.file = "future", .about = &leaf, .status = good, .updated = 10, .until = 20});
    respond((Wish){.file = "another", .about = &second, .status = good, .until = 30});
    respond((Wish){.file = "both", .about = &second, .also = &leaf, .status = good, .until = 30});
    respond((Wish){.file = "about-nobody", .until = 30});
    respond((Wish){.file = "by-key", .about = &leaf, .by_key = 1, .until = 30});
    respond((Wish){.file = "sha256-identified", .about = &leaf, .identified = EVP_sha256(), .until = 30});
    respond((Wish){.file = "sha1-signed", .about = &leaf, .digest = EVP_sha1(), .until = 30});
    respond((Wish){.file = "sha384-signed", .about = &leaf, .digest = EVP_sha384(), .until = 30});
    respond((Wish){.file = "nonce", .about = &leaf, .nonce = 1, .until = 30});
    respond((Wish){.file = "bad-signature", .about = &leaf, .bad_signature = 1, .until = 30});
    respond((Wish){.file = "without-certificate", .about = &leaf, .without_certificate = 1, .until = 30});
    respond((Wish){.file = "delegated", .about = &leaf, .signer = &responder, .until = 30});
    respond((Wish){.file = "delegated-by-key", .about = &leaf, .signer = &responder, .by_key = 1, .until = 30});
    respond((Wish){.file = "delegated-alone", .about = &leaf, .signer = &responder, .without_certificate = 1});
    respond((Wish){.file = "delegated-more", .about = &leaf, .signer = &responder, .with = &second, .until = 30});
    respond((Wish){.file = "delegated-late", .about = &leaf, .signer = &late, .until = 30});
    respond((Wish){.file = "by-the-leaf", .about = &leaf, .signer = &leaf, .until = 30});
    respond((Wish){.file = "by-a-server", .about = &leaf, .signer = &second, .until = 30});
    respond((Wish){.file = "by-a-stranger", .about = &leaf, .signer = &stranger, .until = 30});
    respond((Wish){.file = "by-another-root", .about = &leaf, .signer = &other, .until = 30});
    respond((Wish){.file = "by-another-alone", .about = &leaf, .signer = &other, .without_certificate = 1});
    const struct { const char *file; int status; } refusals[] = {
        {"malformed", OCSP_RESPONSE_STATUS_MALFORMEDREQUEST}, {"internal", OCSP_RESPONSE_STATUS_INTERNALERROR},
        {"later", OCSP_RESPONSE_STATUS_TRYLATER}, {"unauthorized", OCSP_RESPONSE_STATUS_UNAUTHORIZED}};
    for (int i = 0; i < 4; i++)
        write_response(refusals[i].file, OCSP_response_create(refusals[i].status, NULL));
    return 0;
}
