// Certificates signed by RSASSA-PSS keys, bound and not, and by contexts that say how.
#include "common.h"
#include <openssl/rsa.h>
#include <openssl/x509.h>
// A new key of RSASSA-PSS, bound to a digest (NULL: to nothing) and a salt.
static EVP_PKEY *pss_key(const EVP_MD *md, int salt) {
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA_PSS, NULL);
    EVP_PKEY *key = NULL;
    EVP_PKEY_keygen_init(ctx);
    EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048);
    if (md) {
        EVP_PKEY_CTX_set_rsa_pss_keygen_md(ctx, md);
        EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(ctx, md);
        EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(ctx, salt);
    }
    EVP_PKEY_keygen(ctx, &key);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static X509 *make(EVP_PKEY *key) {
    X509 *x = X509_new();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)"x", -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    ASN1_TIME *t = ASN1_TIME_set(NULL, 1700000000), *u = ASN1_TIME_set(NULL, 2900000000);
    X509_set1_notBefore(x, t);
    X509_set1_notAfter(x, u);
    ASN1_TIME_free(t);
    ASN1_TIME_free(u);
    X509_set_pubkey(x, key);
    return x;
}
static void show(X509 *x, EVP_PKEY *key, int len) {
    printf(" %d", len > 0 && len < 80 ? 1 : len);
    if (len <= 0) {
        printf("\n");
        queue();
        return;
    }
    const X509_ALGOR *alg;
    const ASN1_BIT_STRING *sig;
    X509_get0_signature(&sig, &alg, x);
    const ASN1_OBJECT *kind;
    int type;
    const void *parameters;
    X509_ALGOR_get0(&kind, &type, &parameters, alg);
    printf(" %s, %d", OBJ_nid2sn(OBJ_obj2nid(kind)), type);
    if (type == V_ASN1_SEQUENCE) {
        printf(" ");
        for (int i = 0; i < ASN1_STRING_length(parameters); i++)
            printf("%02x", ASN1_STRING_get0_data(parameters)[i]);
    }
    const X509_ALGOR *inner = X509_get0_tbs_sigalg(x);
    printf(", other %d,", len > 0 ? X509_ALGOR_cmp(inner, alg) : 0);
    printf(" verified %d", len > 0 ? X509_verify(x, key) : -9);
    int mdnid, pknid, bits; uint32_t flags;
    printf(" info %d", len > 0 ? X509_get_signature_info(x, &mdnid, &pknid, &bits, &flags) : -9);
    if (len > 0) printf(" %d %d %d %x", mdnid, pknid, bits, flags);
    printf("\n");
    queue();
}
static void sign(const char *name, EVP_PKEY *key, const EVP_MD *md, int salt) {
    X509 *x = make(key);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pctx = NULL;
    int begun = EVP_DigestSignInit(ctx, &pctx, md, NULL, key);
    printf("%s, context, %s, salt %d: %d", name, md ? EVP_MD_get0_name(md) : "none", salt, begun);
    if (begun > 0 && salt > -99) {
        printf(" %d", EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING));
        printf(" %d", EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, salt));
        if (salt == 31)
            printf(" %d", EVP_PKEY_CTX_set_rsa_mgf1_md(pctx, EVP_sha1()));
    }
    ERR_clear_error();
    if (begun > 0)
        show(x, key, X509_sign_ctx(x, ctx));
    else
        printf("\n");
    EVP_MD_CTX_free(ctx);
    X509_free(x);
}

int main(void) {
    struct {
        const char *name;
        EVP_PKEY *key;
    } keys[] = {{"RSA", load_key("rsa")}, {"not bound", pss_key(NULL, 0)}, {"bound", pss_key(EVP_sha256(), 32)}, {"bound to 20", pss_key(EVP_sha256(), 20)}, {"bound to SHA-384", pss_key(EVP_sha384(), 48)}, {"P-256", load_key("client")}, {"Ed25519", load_key("ed25519")}};
    const EVP_MD *mds[] = {NULL, EVP_sha1(), EVP_sha256(), EVP_sha384(), EVP_sha512()};
    static const int salts[] = {-99, -1, -2, -3, 0, 20, 31, 32, 1000};
    for (int k = 0; k < 7; k++) {
        for (int m = 0; m < 5; m++) {
            X509 *x = make(keys[k].key);
            printf("%s, X509_sign, %s:", keys[k].name, mds[m] ? EVP_MD_get0_name(mds[m]) : "none");
            show(x, keys[k].key, X509_sign(x, keys[k].key, mds[m]));
            X509_free(x);
            for (int s = 0; s < (k < 5 ? 9 : 1); s++)
                sign(keys[k].name, keys[k].key, mds[m], salts[s]);
        }
        EVP_PKEY_free(keys[k].key);
    }
    return 0;
}
