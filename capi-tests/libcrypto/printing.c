// Certificates, extensions, names and keys in words, as programs print them.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define COUNT(list) ((int)(sizeof(list) / sizeof(list)[0]))

static void show(BIO *out, const char *what, int ret) {
    char *text;
    long len = BIO_get_mem_data(out, &text);
    printf("%s: %d\n%.*s<\n", what, ret, (int)len, text);
    (void)BIO_reset(out);
    ERR_clear_error();
}

// A certificate in all ways. What the library does not know of keys it says with an error of its own.
static void certificate(X509 *x, int all) {
    static const unsigned long names[] = {XN_FLAG_ONELINE, XN_FLAG_RFC2253, XN_FLAG_MULTILINE, XN_FLAG_SEP_CPLUS_SPC};
    static const unsigned long flags[] = {X509V3_EXT_ERROR_UNKNOWN, X509V3_EXT_DUMP_UNKNOWN, X509_FLAG_EXTENSIONS_ONLY_KID,
                                          X509_FLAG_NO_EXTENSIONS};
    BIO *out = BIO_new(BIO_s_mem());
    unsigned long key = X509_get0_pubkey(x) ? 0 : X509_FLAG_NO_PUBKEY;
    int ret = X509_print_ex(out, x, XN_FLAG_COMPAT, key);
    show(out, "certificate", ret);
    unsigned long rest = X509_FLAG_NO_PUBKEY | X509_FLAG_NO_SIGDUMP;
    for (int i = 0; i < COUNT(flags); i++) {
        ret = X509_print_ex(out, x, XN_FLAG_ONELINE, flags[i] | rest);
        show(out, "extensions", ret);
    }
    for (int i = 0; i < COUNT(names); i++) {
        ret = X509_print_ex(out, x, names[i], rest | X509_FLAG_NO_EXTENSIONS);
        show(out, "names", ret);
    }
    for (int bit = 0; all && bit < 14; bit++) {
        ret = X509_print_ex(out, x, XN_FLAG_ONELINE, key | 1UL << bit);
        show(out, "without", ret);
    }
    if (all) {
        ret = X509_print(out, x);
        show(out, "plain", ret);
        fflush(stdout);
        ret = X509_print_fp(stdout, x);
        printf("stream: %d, ", ret);
        ret = X509_print_ex_fp(stdout, x, XN_FLAG_RFC2253, X509_FLAG_NO_SIGDUMP);
        printf("%d\n", ret);
        ret = X509V3_extensions_print(out, NULL, X509_get0_extensions(x), 0, 3);
        show(out, "no title", ret);
        const ASN1_BIT_STRING *signature;
        const X509_ALGOR *algorithm;
        X509_get0_signature(&signature, &algorithm, x);
        ret = X509_signature_print(out, algorithm, NULL);
        show(out, "algorithm", ret);
        ret = X509_signature_print(out, algorithm, signature);
        show(out, "signature", ret);
        ret = X509_signature_dump(out, signature, 1);
        show(out, "dump", ret);
        ret = EVP_PKEY_print_public(out, X509_get0_pubkey(x), 5, NULL);
        show(out, "key", ret);
    }
    BIO_free(out);
}

static int is_chain(const struct dirent *entry) {
    return strstr(entry->d_name, ".chain.pem") || strstr(entry->d_name, ".roots.pem");
}

static void corpus(void) {
    struct dirent **list;
    int count = scandir(getenv("CORPUS"), &list, is_chain, alphasort);
    for (int i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", getenv("CORPUS"), list[i]->d_name);
        FILE *f = fopen(path, "r");
        X509 *x;
        for (int at = 0; at < 4 && (x = PEM_read_X509(f, NULL, NULL, NULL)); at++) {
            printf("== %s %d\n", list[i]->d_name, at);
            certificate(x, 0);
            X509_free(x);
        }
        ERR_clear_error();
        fclose(f);
        free(list[i]);
    }
    free(list);
}

// Certificates with every kind of key, and those that say what they are trusted for.
static void certs(void) {
    static const char *names[] = {"server.pem", "client.pem", "ca.pem", "root.pem", "rsa.pem", "ed25519.pem", "p384.pem"};
    for (int i = 0; i < COUNT(names); i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", getenv("CERTS"), names[i]);
        FILE *f = fopen(path, "r");
        X509 *x = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
        printf("== %s: %d\n", names[i], x != NULL);
        if (x) {
            certificate(x, 1);
            BIO *out = BIO_new(BIO_s_mem());
            X509_add1_trust_object(x, OBJ_nid2obj(NID_client_auth));
            X509_add1_trust_object(x, OBJ_nid2obj(NID_server_auth));
            X509_alias_set1(x, (const unsigned char *)"alias", 5);
            unsigned long but_aux = 0x3fff & ~X509_FLAG_NO_AUX;
            int ret = X509_print_ex(out, x, 0, but_aux);
            show(out, "trusted", ret);
            X509_add1_reject_object(x, OBJ_nid2obj(NID_email_protect));
            X509_keyid_set1(x, (const unsigned char *)"\1\xff", 2);
            ret = X509_print_ex(out, x, 0, but_aux);
            show(out, "rejected", ret);
            BIO_free(out);
        }
        X509_free(x);
        if (f)
            fclose(f);
    }
}

typedef struct {
    int kind;
    const char *value; // in digits
} Value;

// SubjectAltName and its like: one name each, then several.
#define NAMES \
    "30028200", "3003820161", "3004820261ff", "30048202c3a4", "30058203610062", "30038101ff", "300a8608687474703a2f2f61", \
        "3006870401020304", "3005870301020a", "3012871020010db8000000000000000000000001", "30088806672b0601040105", \
        "3011a40f300d310b30090603550403130261c3", "3011a40f300d310b300906035504031302612f", \
        "3010a00e06082b06010505070805a0020c00", "3011a00f06082b06010505070809a0030c0161", \
        "3011a00f06082b06010505070805a0030c0161", "3011a00f06082b06010505070805a003160161", \
        "3011a00f06082b06010505070807a003160161", "3013a01106092b060104018237140203a0040c026162", \
        "3013a011060a2b060104018237140203a0030c0161", "3013a011060a2b060104018237140203a003160161", \
        "300ea00c06032a0304a0050c036162ff", "300ca00a06032a0304a0030c0161", "300ca00a06032a0304a003160161", \
        "300ca00a06032a0304a00302010a", "3000", "30", "3004a3020000", "300ca50aa0030c0161a1030c0161", "300882016182016281ff", \
        "30068201618201ff", "300682016182016200"

static const Value values[] = {
    {NID_basic_constraints, "3000"}, {NID_basic_constraints, "30030101ff"}, {NID_basic_constraints, "30060101ff020103"},
    {NID_basic_constraints, "3003020105"}, {NID_basic_constraints, "30060101ff0201ff"}, {NID_basic_constraints, "300602010301ff"},
    {NID_basic_constraints, "30150101ff021001000000000000000000000000000000"},
    {NID_basic_constraints, "30160101ff02110100000000000000000000000000000000"}, {NID_basic_constraints, "300301"},
    {NID_basic_constraints, "3003010100"}, {NID_basic_constraints, ""}, {NID_basic_constraints, "300000"},
    {NID_key_usage, "030205a0"}, {NID_key_usage, "030200ff"}, {NID_key_usage, "03030700ff80"}, {NID_key_usage, "030100"},
    {NID_key_usage, "03020000"}, {NID_key_usage, "030307ff80"}, {NID_key_usage, "0300"}, {NID_key_usage, "030209ff"},
    {NID_key_usage, "0402ffff"}, {NID_netscape_cert_type, "030200ff"}, {NID_netscape_cert_type, "03020780"},
    {NID_ext_key_usage, "3000"}, {NID_ext_key_usage, "300a06082b06010505070301"},
    {NID_ext_key_usage, "300e06082b0601050507030206022a03"}, {NID_ext_key_usage, "30020102"},
    {NID_subject_key_identifier, "0400"}, {NID_subject_key_identifier, "0403010aff"}, {NID_subject_key_identifier, "0503010aff"},
    {NID_authority_key_identifier, "3000"}, {NID_authority_key_identifier, "3004800201ff"},
    {NID_authority_key_identifier, "300780020102820101"}, {NID_authority_key_identifier, "3003820100"},
    {NID_authority_key_identifier, "3008a10382016182017f"}, {NID_authority_key_identifier, "300ca1038201618002010282017f"},
    {NID_authority_key_identifier, "300c800201 02a10382016182017f"}, {NID_authority_key_identifier, "3005a103820161"},
    {NID_info_access, "3000"}, {NID_info_access, "301630140 6082b060105050730018608687474703a2f2f61"},
    {NID_info_access, "302830140 6082b060105050730018608687474703a2f2f61301006082b06010505073002870401020304"},
    {NID_info_access, "300e300c06022a038606687474703a2f"}, {NID_sinfo_access, "300e300c06022a03860668747470 3a2f"},
    {NID_crl_distribution_points, "3000"}, {NID_crl_distribution_points, "30023000"},
    {NID_crl_distribution_points, "300f300da00ba0098607687474703a2f2f"},
    {NID_crl_distribution_points, "30123010a00ea00c8604616263648604656667 68"},
    {NID_crl_distribution_points, "301e300da00ba0098607687474703a2f2f300da00ba0098607687474703a2f2f"},
    {NID_crl_distribution_points, "3014 3012 a010 a10e 300c 0603550403 13 05 4e616d6521"},
    {NID_crl_distribution_points, "30123010a00ea10c300a060355040313034e616d"},
    {NID_crl_distribution_points, "30063004810201fe"}, {NID_crl_distribution_points, "30063004 81020700"},
    {NID_crl_distribution_points, "3017 3015 a00ba0098607687474703a2f2f 8102066 0 a202 8200"},
    {NID_crl_distribution_points, "30123010a00aa008a40630040000 0000a2028200"},
    {NID_crl_distribution_points, "30163014a00da00ba409300731053003060155a2038201 61"},
    {NID_crl_distribution_points, "300a3008a006a00487 0401020304"},
    {NID_freshest_crl, "300f300da00ba0098607687474703a2f2f"},
    {NID_certificate_policies, "3000"}, {NID_certificate_policies, "3006300406022a03"},
    {NID_certificate_policies, "30083006 0604551d2000"}, {NID_certificate_policies, "300c300406022a03300406022a04"},
    {NID_certificate_policies, "301b301906022a033013301106082b0601050507020116056874747061"},
    {NID_certificate_policies, "301c301a06022a0330143012 06082b06010505070202 3006 0c0474657874"},
    {NID_certificate_policies, "3024302206022a03301c301a06082b06010505070202300e300c0c034f7267300602 0101020102"},
    {NID_certificate_policies, "302a302806022a0330223020 06082b06010505070202 3014 300c 0c034f7267 3005 020101 0200 0c0474657874"},
    {NID_certificate_policies, "302a302806022a033022302006082b060105050702023014300c0c034f7267300502010102010c0474657874"},
    {NID_certificate_policies, "302b302906022a0330233021 06082b06010505070202 3015 300d 0c034f7267 3006020101020102 0c0474657874"},
    {NID_certificate_policies, "3010300e06022a033008300606022a040500"}, {NID_certificate_policies, "30163014 06022a03300e 300c06082b060105050702020500"},
    {NID_certificate_policies, "3014301206022a03300c300a06082b060105050702023000"},
    {NID_name_constraints, "3000"}, {NID_name_constraints, "3007a0053003820161"}, {NID_name_constraints, "3007a1053003820161"},
    {NID_name_constraints, "300ea0053003820161a1053003820162"}, {NID_name_constraints, "300ca00a30038201613003820162"},
    {NID_name_constraints, "300ea00c300a87080a000000ff000000"},
    {NID_name_constraints, "3026a02430228720 20010db8000000000000000000000000ffffffff000000000000000000000000"},
    {NID_name_constraints, "3009a007300587030a0000"}, {NID_name_constraints, "300aa0083006870401020304"},
    {NID_name_constraints, "3002a000"}, {NID_name_constraints, "3004a000a100"},
    {NID_name_constraints, "3017a0153013a411300f310d300b0603550403130 46e616d65"},
    {NID_private_key_usage_period, "3000"}, {NID_private_key_usage_period, "3011800f32303235303130323033303430355a"},
    {NID_private_key_usage_period, "3022800f32303235303130323033303430355a810f32303236303130323033303430355a"},
    {NID_private_key_usage_period, "300581037878 78"},
    {NID_policy_mappings, "3000"}, {NID_policy_mappings, "300a300806022a0306022a04"},
    {NID_policy_constraints, "3000"}, {NID_policy_constraints, "3006800101810105"}, {NID_policy_constraints, "3003810107"},
    {NID_inhibit_any_policy, "020105"}, {NID_inhibit_any_policy, "0201ff"}, {NID_inhibit_any_policy, "0202000105"},
    {NID_crl_number, "020900ffffffffffffffff"}, {NID_delta_crl, "02020100"},
    {NID_crl_reason, "0a0101"}, {NID_crl_reason, "0a0107"}, {NID_crl_reason, "0a0120"},
    {NID_netscape_comment, "16036162 63"}, {NID_netscape_comment, "1600"}, {NID_netscape_comment, "160361ff63"},
    {NID_netscape_comment, "0c0361 6263"}, {NID_id_pkix_OCSP_noCheck, "0500"}, {NID_id_pkix_OCSP_noCheck, "050100"},
    {NID_tlsfeature, "3000"}, {NID_tlsfeature, "3003020105"}, {NID_tlsfeature, "30090201050201110201 07"},
    {NID_ct_precert_scts, "0400"}, {NID_ct_precert_scts, "04020000"}, {NID_ct_precert_scts, "0405000300010 1"},
    {NID_ct_precert_scts,
     "043f 003d 003b 00 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 0000017f00000123 0000 0403 000c 3006020101020102ffffffff"},
    {NID_ct_precert_scts,
     "0441 003f 003d 00 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 0000017f000003e7 0002 0a0b 0601 000c 3006020101020102ffffffff"},
    {NID_ct_precert_scts,
     "0441 003f 003d 00 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 0000017f000003e7 0002 0a0b 0401 000c 3006020101020102ffffffff"},
    {NID_ct_precert_scts, "0409 0007 0005 07 01020304"}, {NID_ct_precert_scts, "040d 000b 0009 07 01020304 0002 0801"},
    {NID_ct_precert_poison, "050100"},
    {NID_proxyCertInfo, "300c300a06082b06010505071500"}, {NID_proxyCertInfo, "3011 020105 300c 06082b06010505071500 0400"},
    {NID_proxyCertInfo, "3014 020105 300f 06082b060105050715 00 0403616263"},
    {NID_ct_precert_poison, "0500"}, {NID_commonName, "1303616263"}, {NID_commonName, "00ff20 41 0a 0d 09"},
};

static X509_EXTENSION *extension(int kind, const char *digits) {
    char value[512] = "DER:";
    for (size_t at = 4; *digits && at + 1 < sizeof value; digits++)
        if (*digits != ' ')
            value[at++] = *digits, value[at] = 0;
    // The value of nothing at all cannot be said so.
    return value[4] ? X509V3_EXT_conf_nid(NULL, NULL, kind, value) : NULL;
}

static void print(BIO *out, int kind, const char *digits) {
    X509_EXTENSION *one = extension(kind, digits);
    printf("-- %s %s: %d\n", OBJ_nid2sn(kind), digits, one != NULL);
    ERR_clear_error();
    if (!one)
        return;
    static const unsigned long flags[] = {X509V3_EXT_DEFAULT, X509V3_EXT_ERROR_UNKNOWN, X509V3_EXT_DUMP_UNKNOWN};
    for (int i = 0; i < COUNT(flags); i++) {
        int ret = X509V3_EXT_print(out, one, flags[i], 4 * i);
        show(out, "extension", ret);
    }
    fflush(stdout);
    int ret = X509V3_EXT_print_fp(stdout, one, X509V3_EXT_ERROR_UNKNOWN, 2);
    printf(" stream: %d\n", ret);
    ERR_clear_error();
    X509_EXTENSION_free(one);
}

static void names(BIO *out, const char *digits) {
    X509_EXTENSION *one = extension(NID_subject_alt_name, digits);
    X509 *x = X509_new();
    if (one)
        X509_add_ext(x, one, -1);
    GENERAL_NAMES *found = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; found && i < sk_GENERAL_NAME_num(found); i++) {
        int ret = GENERAL_NAME_print(out, sk_GENERAL_NAME_value(found, i));
        show(out, "name", ret);
    }
    GENERAL_NAMES_free(found);
    X509_EXTENSION_free(one);
    X509_free(x);
    ERR_clear_error();
}

static void extensions(void) {
    BIO *out = BIO_new(BIO_s_mem());
    for (int i = 0; i < COUNT(values); i++)
        print(out, values[i].kind, values[i].value);
    static const char *lists[] = {NAMES};
    for (int i = 0; i < COUNT(lists); i++) {
        print(out, NID_subject_alt_name, lists[i]);
        names(out, lists[i]);
    }
    print(out, NID_issuer_alt_name, "3003820161");
    BIO_free(out);
}

// A pipe that takes nothing.
static void refused(void) {
    BIO *out = BIO_new_mem_buf("x", 1);
    X509 *x = X509_new();
    int ret = X509_print(out, x);
    printf("refused: %d\n", ret);
    X509_EXTENSION *one = extension(NID_subject_alt_name, "3003820161");
    ret = X509V3_EXT_print(out, one, 0, 0);
    printf("extension: %d\n", ret >= 0);
    X509_EXTENSION_free(one);
    X509_free(x);
    BIO_free(out);
    ERR_clear_error();
}

int main(void) {
    setvbuf(stdout, NULL, _IOFBF, 1 << 20);
    extensions();
    certs();
    corpus();
    refused();
    return 0;
}
