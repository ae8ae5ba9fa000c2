// Extensions in words, right and wrong, with the errors that a program shows; attributes of names and their limits.
#include "common.h"
#include <openssl/asn1.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static X509 *load(const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.pem", getenv("CERTS"), name);
    BIO *bio = BIO_new_file(path, "r");
    X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return x;
}

static void show(X509_EXTENSION *extension) {
    if (!extension) {
        printf(" none\n");
        queue();
        return;
    }
    unsigned char *der = NULL;
    int len = i2d_X509_EXTENSION(extension, &der);
    printf(" ");
    for (int i = 0; i < len; i++)
        printf("%02x", der[i]);
    printf("\n");
    OPENSSL_free(der);
    X509_EXTENSION_free(extension);
    queue();
}

static const struct {
    int nid;
    const char *words[40];
} kinds[] = {
    {NID_basic_constraints, {"CA:TRUE", "CA:true", "CA:FALSE", "CA:Y", "CA:YES", "CA:yes", "CA:y", "CA:N", "CA:no", "CA:True", "CA:1", "CA", "CA:", "",
                             "CA:TRUE, pathlen:0", "CA:TRUE,pathlen:10", "CA:TRUE,pathlen:-1", "CA:TRUE,pathlen:0x10", "CA:TRUE,pathlen:a",
                             "CA:TRUE,pathlen:99999999999999999999", "CA:TRUE,", ",CA:TRUE", "CA:TRUE,,pathlen:1", "critical,CA:TRUE",
                             "critical, CA:TRUE", "critical,  CA:TRUE", " critical,CA:TRUE", "CRITICAL,CA:TRUE", "critical", "critical,", "ca:TRUE", "CA:TRUE:x", "CA:TRUE\nx", "CA:TRUE,CA:FALSE", "@section"}},
    {NID_key_usage, {"digitalSignature", "critical,keyCertSign,cRLSign", "digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment", "keyAgreement,encipherOnly,decipherOnly",
                     "Digital Signature, CRL Sign", "digitalsignature", "", "nothing", "digitalSignature:x", "digitalSignature,", "contentCommitment", "keyUsage"}},
    {NID_netscape_cert_type, {"client", "server,email", "sslCA,emailCA,objCA", "SSL Client", "none"}},
    {NID_ext_key_usage, {"serverAuth", "serverAuth,clientAuth", "critical,OCSPSigning", "1.2.3.4", "TLS Web Server Authentication", "msSmartcardLogin", "anyExtendedKeyUsage",
                         "serverAuth:clientAuth", "nonsense", "", "serverAuth,serverAuth", "1.2.3.4.", "9.9"}},
    {NID_subject_alt_name, {"DNS:a.example", "DNS:*.example,DNS:b.example", "DNS:", "DNS", "dns:x", "IP:1.2.3.4", "IP:1.2.3", "IP:256.0.0.1", "IP:::1", "IP:fe80::1%eth0", "IP:2001:db8::1.2.3.4", "IP:1.2.3.4/24",
                            "IP Address:1.2.3.4", "email:a@b.example", "email:copy", "email:move", "email:copy,DNS:c", "URI:http://x/", "RID:1.2.3", "RID:serverAuth", "RID:zzz", "dirName:name", "otherName:1.2.3;UTF8:text",
                            "otherName:1.2.3;UTF8String:text", "otherName:1.2.3;IA5:text", "otherName:1.2.3;INTEGER:5", "otherName:1.2.3", "otherName:zzz;UTF8:x", "otherName:msUPN;UTF8:a@b", "otherName:1.2.3;WHAT:x", "otherName:1.2.3;FORMAT:HEX,OCT:0102",
                            "DNS:\xc3\xa9", "x400:y", "critical,DNS:x", "DNS:a,", "EMAIL:a@b", "DNS.1:a.example,IP.2:1.1.1.1", "URI.x:http://y/", "issuer:copy", "DNS: spaced out "}},
    {NID_issuer_alt_name, {"DNS:a", "issuer:copy", "issuer:copy,DNS:x", "email:copy", "issuer:x"}},
    {NID_subject_key_identifier, {"hash", "01:02:03", "0102", "010", "xyz", "", "HASH", "none", "01:2", "critical,hash"}},
    {NID_authority_key_identifier, {"keyid", "keyid,issuer", "keyid:always", "issuer:always", "keyid,issuer:always", "keyid:always,issuer:always", "issuer", "other", "keyid:sometimes", "", "none", "keyid,keyid"}},
    {NID_certificate_policies, {"1.2.3.4", "1.2.3.4,anyPolicy", "@polsect", "ia5org,1.2.3", "nonsense"}},
    {NID_crl_distribution_points, {"URI:http://x/crl", "URI:http://x/crl,URI:http://y/crl", "DNS:x", "section", "URI:", "", "dirName:x", "critical,URI:http://z/"}},
    {NID_freshest_crl, {"URI:http://x/delta"}},
    {NID_info_access, {"OCSP;URI:http://x/", "OCSP;URI:http://x/,caIssuers;URI:http://y/", "OCSP", "OCSP;URI", "OCSP:URI:x", "nonsense;URI:x", "1.2.3.4;DNS:x", "OCSP;IP:1.2.3.4", "OCSP;zz:x", ""}},
    {NID_sinfo_access, {"caRepository;URI:http://x/"}},
    {NID_name_constraints, {"permitted;DNS:x", "permitted;DNS:.x,excluded;DNS:y", "permitted;IP:1.2.3.0/255.255.255.0", "permitted;IP:1.2.3.4", "permitted;IP:1.2.3.0/24", "permitted;IP:::/ffff::", "permitted;email:.x", "excluded;URI:.y", "permitted;dirName:x", "DNS:x", "other;DNS:x", "permitted;zz:x", "permitted", "", "critical,permitted;DNS:x"}},
    {NID_tlsfeature, {"status_request", "status_request,status_request_v2", "5", "17,5", "65535", "65536", "-1", "x", "", "STATUS_REQUEST", "status_request:x", "0x5"}},
    {NID_policy_constraints, {"requireExplicitPolicy:0", "inhibitPolicyMapping:1", "requireExplicitPolicy:0,inhibitPolicyMapping:2", "", "other:1", "requireExplicitPolicy:x"}},
    {NID_inhibit_any_policy, {"2", "0x10", "x", "-1", ""}},
    {NID_policy_mappings, {"1.2.3:1.2.4", "1.2.3", "zz:1.2.3"}},
    {NID_id_pkix_OCSP_noCheck, {"ignored", "", "NULL"}},
    {NID_netscape_comment, {"a comment", "", "critical,x", "\xc3\xa9", "DER:0c0161", "DER:0c:01:61", "DER:zz", "DER:", "DER:010", "ASN1:UTF8String:hello", "ASN1:NULL", "ASN1:INTEGER:0x10", "ASN1:INT:-5", "ASN1:BOOL:TRUE", "ASN1:OID:1.2.3", "ASN1:IA5STRING:x",
                            "ASN1:EXPLICIT:0,UTF8:x", "ASN1:IMPLICIT:1,IA5:x", "ASN1:FORMAT:HEX,OCTETSTRING:0102", "ASN1:FORMAT:BITLIST,BITSTRING:1,5", "ASN1:PRINTABLE:x", "ASN1:UTCTIME:200101000000Z", "ASN1:GENTIME:20200101000000Z", "ASN1:SEQUENCE:x", "ASN1:SEQUENCE", "ASN1:nonsense:x", "ASN1:", "ASN1:ENUM:3", "ASN1:OCTWRAP,UTF8:x", "ASN1:SEQWRAP,UTF8:x", "ASN1:EXP:0A,NULL", "ASN1:BMP:ab", "ASN1:BOOL:maybe", "ASN1:INT:x", "ASN1:UTCTIME:x", "ASN1:OID:zz", "ASN1:VISIBLE:x", "ASN1:NULL:x", "ASN1:FORMAT:UTF8,UTF8:\xc3\xa9"}},
    {NID_netscape_base_url, {"http://x/"}},
    {NID_crl_reason, {"keyCompromise", "CACompromise", "1", "x"}},
    {NID_crl_number, {"1", "0x10", "x"}},
    {NID_delta_crl, {"1"}},
    {NID_invalidity_date, {"20200101000000Z"}},
    {NID_private_key_usage_period, {"x"}},
    {NID_commonName, {"x"}},
    {NID_ct_precert_scts, {"x"}},
    {NID_undef, {"x"}},
    {-1, {"x"}},
    {99999, {"x"}},
};

static void extensions(void) {
    X509 *issuer = load("root"), *subject = load("client");
    X509_NAME *name = X509_get_subject_name(subject);
    X509_NAME_add_entry_by_txt(name, "emailAddress", MBSTRING_ASC, (const unsigned char *)"me@example.org", -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "emailAddress", MBSTRING_ASC, (const unsigned char *)"too@example.org", -1, 1, 0);
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        int nid = kinds[kind].nid;
        const char *sn = OBJ_nid2sn(nid);
        ERR_clear_error();
        for (int i = 0; i < 40 && kinds[kind].words[i]; i++) {
            const char *words = kinds[kind].words[i];
            X509V3_CTX ctx;
            memset(&ctx, 0, sizeof ctx);
            X509V3_set_ctx(&ctx, issuer, subject, NULL, NULL, 0);
            if (nid == NID_subject_alt_name && strstr(words, "move")) {
                X509 *copy = X509_new();
                X509_set_subject_name(copy, name);
                X509V3_set_ctx(&ctx, issuer, copy, NULL, NULL, 0);
                printf("%s = %s:", sn, words);
                show(X509V3_EXT_nconf_nid(NULL, &ctx, nid, words));
                printf("  left: %d of 4\n", X509_NAME_entry_count(X509_get_subject_name(copy)));
                X509_free(copy);
                continue;
            }
            printf("%s = %s:", sn ? sn : "-", words);
            show(X509V3_EXT_nconf_nid(NULL, &ctx, nid, words));
            if (sn && i < 4) {
                printf("  by name:");
                show(X509V3_EXT_nconf(NULL, &ctx, sn, words));
                printf("  older:");
                show(X509V3_EXT_conf_nid(NULL, &ctx, nid, words));
                printf("  older, by name:");
                show(X509V3_EXT_conf(NULL, &ctx, sn, words));
            }
        }
    }
    printf("== by a name that is none\n");
    X509V3_CTX ctx;
    memset(&ctx, 0, sizeof ctx);
    X509V3_set_ctx(&ctx, issuer, subject, NULL, NULL, 0);
    static const char *const names[] = {"zz", "1.2.3.4", "X509v3 Key Usage", "keyUsage", ""};
    for (int i = 0; i < 5; i++) {
        printf("%s:", names[i]);
        show(X509V3_EXT_nconf(NULL, &ctx, names[i], "digitalSignature"));
        printf("%s, DER:", names[i]);
        show(X509V3_EXT_nconf(NULL, &ctx, names[i], "critical,DER:0500"));
        printf("%s, ASN1:", names[i]);
        show(X509V3_EXT_nconf(NULL, &ctx, names[i], "ASN1:UTF8:x"));
    }
    printf("== without a subject, without an issuer, only tested\n");
    static const struct {
        int nid;
        const char *words;
    } all[] = {{NID_subject_key_identifier, "hash"}, {NID_authority_key_identifier, "keyid:always"}, {NID_authority_key_identifier, "keyid"}, {NID_authority_key_identifier, "issuer:always"}, {NID_subject_alt_name, "email:copy"}, {NID_issuer_alt_name, "issuer:copy"}, {NID_key_usage, "cRLSign"}};
    for (int i = 0; i < 7; i++)
        for (int way = 0; way < 4; way++) {
            X509V3_set_ctx(&ctx, way & 1 ? issuer : NULL, way & 2 ? subject : NULL, NULL, NULL, 0);
            printf("%s %d:", all[i].words, way);
            show(X509V3_EXT_nconf_nid(NULL, &ctx, all[i].nid, all[i].words));
        }
    X509V3_set_ctx_test(&ctx);
    for (int i = 0; i < 7; i++) {
        printf("%s tested:", all[i].words);
        show(X509V3_EXT_nconf_nid(NULL, &ctx, all[i].nid, all[i].words));
    }
    // An issuer that has no identifier, and one that is the subject.
    X509 *bare = X509_new();
    X509_NAME_add_entry_by_txt(X509_get_subject_name(bare), "CN", MBSTRING_ASC, (const unsigned char *)"bare", -1, -1, 0);
    ASN1_INTEGER_set(X509_get_serialNumber(bare), 7);
    static const char *const ways[] = {"keyid", "keyid:always", "keyid,issuer", "issuer", "issuer:always"};
    for (int i = 0; i < 5; i++) {
        X509V3_set_ctx(&ctx, bare, subject, NULL, NULL, 0);
        printf("bare issuer, %s:", ways[i]);
        show(X509V3_EXT_nconf_nid(NULL, &ctx, NID_authority_key_identifier, ways[i]));
        X509V3_set_ctx(&ctx, bare, bare, NULL, NULL, 0);
        printf("itself, %s:", ways[i]);
        show(X509V3_EXT_nconf_nid(NULL, &ctx, NID_authority_key_identifier, ways[i]));
    }
    printf("without a key:");
    show(X509V3_EXT_nconf_nid(NULL, &ctx, NID_subject_key_identifier, "hash"));
    X509_free(bare);
    X509_free(issuer);
    X509_free(subject);
}

static void one(const char *what, X509_NAME *name, int added) {
    unsigned char *der = NULL;
    int len = i2d_X509_NAME(name, &der);
    printf("%s: %d, %d entries, ", what, added, X509_NAME_entry_count(name));
    for (int i = 0; i < len; i++)
        printf("%02x", der[i]);
    printf("\n");
    OPENSSL_free(der);
    queue();
}

static void attributes(void) {
    printf("== attributes\n");
    static const char *const fields[] = {"CN", "C", "emailAddress", "serialNumber", "O", "OU", "L", "ST", "DC", "dnQualifier", "UID", "SN", "GN", "initials", "title", "street", "name", "postalCode", "1.2.3.4", "commonName", "zz", "", "unstructuredName", "challengePassword", "jurisdictionC"};
    static const int types[] = {MBSTRING_ASC, MBSTRING_UTF8, V_ASN1_UTF8STRING, V_ASN1_PRINTABLESTRING, V_ASN1_IA5STRING, V_ASN1_T61STRING, V_ASN1_BMPSTRING, V_ASN1_APP_CHOOSE, V_ASN1_UNDEF, MBSTRING_BMP, MBSTRING_UNIV, V_ASN1_INTEGER};
    static const struct {
        const char *bytes;
        int len;
    } values[] = {{"DE", -1}, {"a*b@c", -1}, {"\xc3\xa9t\xc3\xa9", -1}, {"", -1}, {"", 0}, {"DEU", 3}, {"\xff\xfe", 2}, {"ABCD", 4}, {"\xe2\x82\xac", -1}};
    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++)
        for (size_t t = 0; t < sizeof types / sizeof *types; t++)
            for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
                if (f > 4 && v > 2)
                    continue;
                char what[100];
                snprintf(what, sizeof what, "%s, type %x, value %d", fields[f], types[t], (int)v);
                X509_NAME *name = X509_NAME_new();
                one(what, name, X509_NAME_add_entry_by_txt(name, fields[f], types[t], (const unsigned char *)values[v].bytes, values[v].len, -1, 0));
                X509_NAME_free(name);
            }
    printf("== limits\n");
    static char text[40000];
    memset(text, 'a', sizeof text - 1);
    static const int lengths[] = {1, 2, 3, 15, 16, 17, 32, 33, 40, 41, 63, 64, 65, 128, 129, 255, 256, 257, 32767, 32768, 32769};
    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            X509_NAME *name = X509_NAME_new();
            int added = X509_NAME_add_entry_by_txt(name, fields[f], MBSTRING_ASC, (const unsigned char *)text, lengths[l], -1, 0);
            printf("%s, %d: %d, %d\n", fields[f], lengths[l], added, i2d_X509_NAME(name, NULL));
            queue();
            X509_NAME_free(name);
        }
    printf("== places\n");
    static const struct {
        int loc, set;
    } places[] = {{-1, 0}, {-1, -1}, {0, 0}, {1, 0}, {1, 1}, {0, 1}, {5, 0}, {100, 0}, {2, -1}, {-1, 1}, {0, -1}, {-5, 0}};
    X509_NAME *name = X509_NAME_new();
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char value[2] = {(char)('a' + i), 0};
        one("placed", name, X509_NAME_add_entry_by_NID(name, i % 2 ? NID_commonName : NID_organizationName, MBSTRING_ASC, (const unsigned char *)value, 1, places[i].loc, places[i].set));
        for (int e = 0; e < X509_NAME_entry_count(name); e++)
            printf(" %d", X509_NAME_ENTRY_set(X509_NAME_get_entry(name, e)));
        printf("\n");
    }
    for (int at = 9; at >= 0; at -= 3) {
        X509_NAME_ENTRY *taken = X509_NAME_delete_entry(name, at);
        one("deleted", name, taken != NULL);
        for (int e = 0; e < X509_NAME_entry_count(name); e++)
            printf(" %d", X509_NAME_ENTRY_set(X509_NAME_get_entry(name, e)));
        printf("\n");
        if (taken) {
            one("back", name, X509_NAME_add_entry(name, taken, 0, at % 2));
            X509_NAME_ENTRY_free(taken);
        }
    }
    one("none", name, X509_NAME_delete_entry(name, 100) != NULL);
    one("number 0", name, X509_NAME_add_entry_by_NID(name, 0, MBSTRING_ASC, (const unsigned char *)"x", 1, -1, 0));
    one("number of none", name, X509_NAME_add_entry_by_NID(name, 99999, MBSTRING_ASC, (const unsigned char *)"x", 1, -1, 0));
    ASN1_OBJECT *object = OBJ_txt2obj("1.2.3.4.5", 1);
    one("object", name, X509_NAME_add_entry_by_OBJ(name, object, MBSTRING_UTF8, (const unsigned char *)"x", 1, -1, 0));
    X509_NAME_ENTRY *made = X509_NAME_ENTRY_create_by_txt(NULL, "CN", MBSTRING_ASC, (const unsigned char *)"made", -1);
    one("made", name, made ? X509_NAME_add_entry(name, made, -1, 0) : -1);
    X509_NAME_ENTRY_free(made);
    made = X509_NAME_ENTRY_create_by_NID(NULL, NID_countryName, MBSTRING_ASC, (const unsigned char *)"Germany", -1);
    one("too long", name, made != NULL);
    made = X509_NAME_ENTRY_create_by_OBJ(NULL, object, V_ASN1_UTF8STRING, (const unsigned char *)"made", 2);
    one("made by object", name, made ? X509_NAME_add_entry(name, made, -1, 0) : -1);
    printf("set: %d", X509_NAME_ENTRY_set_object(made, OBJ_nid2obj(NID_localityName)));
    printf(" %d\n", X509_NAME_ENTRY_set_data(made, MBSTRING_ASC, (const unsigned char *)"there", -1));
    queue();
    one("set", name, X509_NAME_add_entry(name, made, 0, 0));
    X509_NAME_ENTRY *copy = X509_NAME_ENTRY_dup(made);
    one("copied", name, X509_NAME_add_entry(name, copy, 0, 0));
    X509_NAME_ENTRY_free(copy);
    X509_NAME_ENTRY_free(made);
    ASN1_OBJECT_free(object);
    X509_NAME_free(name);
}

int main(void) {
    extensions();
    attributes();
    return 0;
}
