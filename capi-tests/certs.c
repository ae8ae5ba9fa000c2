// Makes the certificates of the tests: `make-certs DIR`.
#define PROGRAM "certs"
#include "authority.h"

#include <openssl/ocsp.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>

// What one certificate is to be; zero means the usual.
typedef struct {
    const char *file, *name;
    const Pair *issuer;     // NULL: self-signed
    const char *usage;      // extended key usage
    const char *hosts;      // subject alternative names
    EVP_PKEY *key;          // NULL: a fresh P-256 key
    int authority, version1;
    long from, until;       // days from now
    const char *pss_salt, *pss_mask; // how an RSA issuer signs: RSASSA-PSS
} Wish;

static Pair make(Wish wish) {
    static long serial = 1000;
    Pair made = {X509_new(), wish.key ? wish.key : EVP_EC_gen("P-256")};
    X509 *issuer = wish.issuer ? wish.issuer->cert : made.cert;
    EVP_PKEY *signer = wish.issuer ? wish.issuer->key : made.key;
    MUST(X509_set_version(made.cert, wish.version1 ? X509_VERSION_1 : X509_VERSION_3));
    MUST(ASN1_INTEGER_set(X509_get_serialNumber(made.cert), serial++));
    X509_gmtime_adj(X509_getm_notBefore(made.cert), (wish.from ? wish.from : -1) * DAY);
    X509_gmtime_adj(X509_getm_notAfter(made.cert), (wish.until ? wish.until : 3650) * DAY);
    X509_NAME *name = X509_get_subject_name(made.cert);
    MUST(X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const unsigned char *)"Standin tests", -1, -1, 0));
    MUST(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)wish.name, -1, -1, 0));
    MUST(X509_set_issuer_name(made.cert, X509_get_subject_name(issuer)));
    MUST(X509_set_pubkey(made.cert, made.key));
    if (!wish.version1) {
        extend(made.cert, issuer, NID_subject_key_identifier, "hash");
        extend(made.cert, issuer, NID_authority_key_identifier, "keyid");
        extend(made.cert, issuer, NID_basic_constraints, wish.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
        extend(made.cert, issuer, NID_key_usage,
               wish.authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
        if (wish.usage)
            extend(made.cert, issuer, NID_ext_key_usage, wish.usage);
        if (wish.hosts)
            extend(made.cert, issuer, NID_subject_alt_name, wish.hosts);
    }
    if (wish.pss_salt) {
        EVP_MD_CTX *how = EVP_MD_CTX_new();
        EVP_PKEY_CTX *padding;
        MUST(EVP_DigestSignInit(how, &padding, EVP_sha256(), NULL, signer));
        MUST(EVP_PKEY_CTX_ctrl_str(padding, "rsa_padding_mode", "pss"));
        MUST(EVP_PKEY_CTX_ctrl_str(padding, "rsa_pss_saltlen", wish.pss_salt));
        MUST(EVP_PKEY_CTX_ctrl_str(padding, "rsa_mgf1_md", wish.pss_mask ? wish.pss_mask : "SHA256"));
        MUST(X509_sign_ctx(made.cert, how));
        EVP_MD_CTX_free(how);
    } else {
        int own_digest = EVP_PKEY_is_a(signer, "ED25519");
        MUST(X509_sign(made.cert, signer, own_digest ? NULL : EVP_sha256()));
    }

    FILE *f = create(wish.file, ".pem");
    MUST(PEM_write_X509(f, made.cert));
    fclose(f);
    f = create(wish.file, ".der");
    MUST(i2d_X509_fp(f, made.cert));
    fclose(f);
    f = create(wish.file, ".key");
    MUST(PEM_write_PrivateKey(f, made.key, NULL, NULL, 0, NULL, NULL));
    fclose(f);
    return made;
}

// `DIR/FILE.pem` with several certificates, the leaf first.
static void bundle(const char *file, const Pair *pairs[], EVP_PKEY *key) {
    FILE *f = create(file, ".pem");
    for (; *pairs; pairs++)
        MUST(PEM_write_X509(f, (*pairs)->cert));
    fclose(f);
    f = create(file, ".key");
    MUST(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL));
    fclose(f);
}

static void revoke(const char *file, const Pair *issuer, X509 *revoked) {
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *now = X509_gmtime_adj(NULL, -DAY), *later = X509_gmtime_adj(NULL, 3650 * DAY);
    MUST(X509_CRL_set_version(crl, X509_CRL_VERSION_2));
    MUST(X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->cert)));
    MUST(X509_CRL_set1_lastUpdate(crl, now));
    MUST(X509_CRL_set1_nextUpdate(crl, later));
    X509_REVOKED *entry = X509_REVOKED_new();
    MUST(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked)));
    MUST(X509_REVOKED_set_revocationDate(entry, now));
    MUST(X509_CRL_add0_revoked(crl, entry));
    MUST(X509_CRL_sign(crl, issuer->key, EVP_sha256()));
    FILE *f = create(file, ".crl");
    MUST(PEM_write_X509_CRL(f, crl));
    fclose(f);
}

// `DIR/FILE.response`: what the issuer's responder says of a certificate.
static void respond(const char *file, const Pair *issuer, X509 *about, int status) {
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), about, issuer->cert);
    ASN1_TIME *now = X509_gmtime_adj(NULL, -DAY), *later = X509_gmtime_adj(NULL, 3650 * DAY);
    must(OCSP_basic_add1_status(basic, id, status, 1, now, now, later) != NULL, "OCSP_basic_add1_status");
    MUST(OCSP_basic_sign(basic, issuer->cert, issuer->key, EVP_sha256(), NULL, OCSP_NOCERTS));
    OCSP_RESPONSE *response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    FILE *f = create(file, ".response");
    MUST(ASN1_i2d_fp_of(OCSP_RESPONSE, i2d_OCSP_RESPONSE, f, response));
    fclose(f);
    f = create(file, ".response.pem");
    MUST(PEM_ASN1_write((i2d_of_void *)i2d_OCSP_RESPONSE, "OCSP RESPONSE", f, response, NULL, NULL, 0, NULL, NULL));
    fclose(f);
}

// `DIR/FILE.p12`, with the issuer.
static void pack(const char *file, const Pair *own, const Pair *issuer, const char *password) {
    STACK_OF(X509) *above = sk_X509_new_null();
    sk_X509_push(above, issuer->cert);
    PKCS12 *p12 = PKCS12_create(password, "friendly", own->key, own->cert, above, 0, 0, 2048, 2048, 0);
    must(p12 != NULL, "PKCS12_create");
    FILE *f = create(file, ".p12");
    MUST(i2d_PKCS12_fp(f, p12));
    fclose(f);
}

static void write_text(const char *file, const char *suffix, const char *text) {
    FILE *f = create(file, suffix);
    fputs(text, f);
    fclose(f);
}

int main(int argc, char **argv) {
    must(argc == 2, "usage: make-certs DIR");
    dir = argv[1];
    Pair root = make((Wish){.file = "root", .name = "Root", .authority = 1});
    Pair other = make((Wish){.file = "other", .name = "Other Root", .authority = 1});
    Pair upper = make((Wish){.file = "upper", .name = "Upper Intermediate", .issuer = &root, .authority = 1});
    Pair lower = make((Wish){.file = "lower", .name = "Lower Intermediate", .issuer = &upper, .authority = 1});
    Pair server = make((Wish){.file = "server", .name = "localhost", .issuer = &root, .usage = "serverAuth",
                              .hosts = "DNS:localhost,IP:127.0.0.1"});
    revoke("server", &root, server.cert);
    respond("server", &root, server.cert, V_OCSP_CERTSTATUS_GOOD);
    respond("server-revoked", &root, server.cert, V_OCSP_CERTSTATUS_REVOKED);
    make((Wish){.file = "server2", .name = "second.localhost", .issuer = &root, .usage = "serverAuth",
                .hosts = "DNS:second.localhost,DNS:*.wild.localhost"});
    make((Wish){.file = "server-rsa", .name = "localhost", .issuer = &root, .usage = "serverAuth",
                .hosts = "DNS:localhost,IP:127.0.0.1", .key = EVP_RSA_gen(2048)});
    make((Wish){.file = "server-other", .name = "localhost", .issuer = &other, .usage = "serverAuth",
                .hosts = "DNS:localhost,IP:127.0.0.1"});
    make((Wish){.file = "server-expired", .name = "localhost", .issuer = &root, .usage = "serverAuth",
                .hosts = "DNS:localhost,IP:127.0.0.1", .from = -20, .until = -10});
    Pair client = make((Wish){.file = "client", .name = "Client", .issuer = &root, .usage = "clientAuth"});
    pack("client", &client, &root, "secret");
    make((Wish){.file = "second", .name = "Second Client", .issuer = &root, .usage = "clientAuth"});
    make((Wish){.file = "rsa", .name = "RSA Client", .issuer = &root, .usage = "clientAuth",
                .key = EVP_RSA_gen(2048)});
    make((Wish){.file = "p384", .name = "P-384 Client", .issuer = &root, .usage = "clientAuth",
                .key = EVP_EC_gen("P-384")});
    make((Wish){.file = "ed25519", .name = "Ed25519 Client", .issuer = &root, .usage = "clientAuth",
                .key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")});
    make((Wish){.file = "expired", .name = "Expired Client", .issuer = &root, .usage = "clientAuth",
                .from = -20, .until = -10});
    make((Wish){.file = "future", .name = "Future Client", .issuer = &root, .usage = "clientAuth", .from = 10});
    make((Wish){.file = "purpose", .name = "Wrong Purpose", .issuer = &root, .usage = "serverAuth"});
    make((Wish){.file = "stranger", .name = "Stranger", .issuer = &other, .usage = "clientAuth"});
    make((Wish){.file = "self", .name = "Self-signed Client", .usage = "clientAuth"});
    make((Wish){.file = "v1", .name = "Version 1 Client", .issuer = &root, .version1 = 1});
    Pair revoked = make((Wish){.file = "revoked", .name = "Revoked Client", .issuer = &root, .usage = "clientAuth"});
    revoke("root", &root, revoked.cert);
    Pair chained = make((Wish){.file = "chained", .name = "Chained Client", .issuer = &lower, .usage = "clientAuth"});
    bundle("chain", (const Pair *[]){&chained, &lower, &upper, NULL}, chained.key);
    bundle("chain-root", (const Pair *[]){&chained, &lower, &upper, &root, NULL}, chained.key);
    bundle("roots", (const Pair *[]){&root, &other, NULL}, root.key);
    bundle("intermediates", (const Pair *[]){&lower, &upper, NULL}, lower.key);

    Pair pss = make((Wish){.file = "pss-max", .name = "PSS Root", .authority = 1, .key = EVP_RSA_gen(2048), .pss_salt = "max"});
    make((Wish){.file = "pss-20", .name = "PSS 20", .issuer = &pss, .usage = "clientAuth", .pss_salt = "20"});
    make((Wish){.file = "pss-0", .name = "PSS 0", .issuer = &pss, .usage = "clientAuth", .pss_salt = "0"});
    make((Wish){.file = "pss-usual", .name = "PSS usual", .issuer = &pss, .usage = "clientAuth", .pss_salt = "digest"});
    make((Wish){.file = "pss-mask", .name = "PSS mask", .issuer = &pss, .usage = "clientAuth", .pss_salt = "max",
                .pss_mask = "SHA1"});
    EVP_PKEY_CTX *bound = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
    EVP_PKEY *bound_key = NULL;
    MUST(EVP_PKEY_keygen_init(bound));
    MUST(EVP_PKEY_CTX_ctrl_str(bound, "rsa_pss_keygen_md", "SHA256"));
    MUST(EVP_PKEY_CTX_ctrl_str(bound, "rsa_pss_keygen_mgf1_md", "SHA256"));
    MUST(EVP_PKEY_CTX_ctrl_str(bound, "rsa_pss_keygen_saltlen", "20"));
    MUST(EVP_PKEY_generate(bound, &bound_key));
    EVP_PKEY_CTX_free(bound);
    make((Wish){.file = "pss-bound", .name = "PSS Bound", .authority = 1, .key = bound_key});

    FILE *f = create("client-encrypted", ".key");
    Pair locked = make((Wish){.file = "locked", .name = "Locked Client", .issuer = &root, .usage = "clientAuth"});
    MUST(PEM_write_PrivateKey(f, locked.key, EVP_aes_128_cbc(), NULL, 0, NULL, "secret"));
    fclose(f);
    f = create("client-encrypted", ".pem");
    MUST(PEM_write_X509(f, locked.cert));
    fclose(f);
    write_text("empty", ".pem", "");
    write_text("garbage", ".pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    write_text("text", ".pem", "there is no PEM in here\n");
    return 0;
}
