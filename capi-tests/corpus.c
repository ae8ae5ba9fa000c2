// Makes certificates that are right and wrong in many ways: `make-corpus DIR`. Each case is DIR/NAME.chain.pem, the
// certificate first, DIR/NAME.roots.pem, and where there are any DIR/NAME.crls.pem; DIR/cases lists the names.
#define PROGRAM "corpus"
#include "authority.h"

#include <openssl/pkcs12.h>
#include <openssl/rsa.h>

static FILE *cases;

// What a certificate is to be; zero means the usual.
typedef struct {
    const char *name;       // common name, "" for none at all
    const char *subject;    // or a whole subject, as /C=../O=../CN=..
    const Pair *issuer;     // NULL: self-signed
    const char *constraints, *usage, *extended, *hosts, *limits, *skid, *akid;
    const char *other;      // OID=value
    const char *again;      // a second one: OID=value
    EVP_PKEY *key;
    const EVP_MD *digest;
    int version1, pss, bad_signature, bad_inner;
    long from, until;       // days from now
    const char *not_before, *not_after;
    long serial;
} Wish;

static void extend_by_name(X509 *cert, X509 *issuer, const char *kind, const char *value) {
    if (!value || !*value)
        return;
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    add_extension(cert, X509V3_EXT_conf(NULL, &ctx, kind, value), value);
}

static void extend_pair(X509 *cert, X509 *issuer, const char *pair) {
    char kind[256];
    if (!pair)
        return;
    snprintf(kind, sizeof kind, "%.*s", (int)(strchr(pair, '=') - pair), pair);
    extend_by_name(cert, issuer, kind, strchr(pair, '=') + 1);
}

static void fill_name(X509_NAME *name, const Wish *wish) {
    if (wish->subject) {
        char text[512], *save = NULL;
        snprintf(text, sizeof text, "%s", wish->subject);
        for (char *part = strtok_r(text, "/", &save); part; part = strtok_r(NULL, "/", &save)) {
            char *value = strchr(part, '=');
            *value++ = 0;
            MUST(X509_NAME_add_entry_by_txt(name, part, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0));
        }
    } else if (!wish->name || *wish->name) {
        MUST(X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const unsigned char *)"Corpus", -1, -1, 0));
        MUST(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                        (const unsigned char *)(wish->name ? wish->name : "leaf"), -1, -1, 0));
    }
}

static EVP_PKEY *some_key(void) {
    static EVP_PKEY *keys[64];
    static int next;
    int at = next++ % 64;
    if (!keys[at])
        keys[at] = EVP_EC_gen("P-256");
    return keys[at];
}

static void set_time(ASN1_TIME *time, const char *text) {
    if (!text)
        return;
    time->type = strlen(text) > 13 ? V_ASN1_GENERALIZEDTIME : V_ASN1_UTCTIME;
    MUST(ASN1_STRING_set(time, text, -1));
}

static Pair make(Wish wish) {
    static long serial = 1;
    Pair made = {X509_new(), wish.key ? wish.key : some_key()};
    X509 *issuer = wish.issuer ? wish.issuer->cert : made.cert;
    EVP_PKEY *signer = wish.issuer ? wish.issuer->key : made.key;
    MUST(X509_set_version(made.cert, wish.version1 ? 0 : 2));
    MUST(ASN1_INTEGER_set(X509_get_serialNumber(made.cert), wish.serial ? wish.serial : serial++));
    X509_gmtime_adj(X509_getm_notBefore(made.cert), (wish.from ? wish.from : -1) * DAY);
    X509_gmtime_adj(X509_getm_notAfter(made.cert), (wish.until ? wish.until : 3650) * DAY);
    set_time(X509_getm_notBefore(made.cert), wish.not_before);
    set_time(X509_getm_notAfter(made.cert), wish.not_after);
    fill_name(X509_get_subject_name(made.cert), &wish);
    MUST(X509_set_issuer_name(made.cert, X509_get_subject_name(issuer)));
    MUST(X509_set_pubkey(made.cert, made.key));
    if (!wish.version1) {
        extend_by_name(made.cert, issuer, "subjectKeyIdentifier", wish.skid ? wish.skid : "hash");
        if (wish.akid || X509_get_ext_by_NID(issuer, NID_subject_key_identifier, -1) >= 0)
            extend_by_name(made.cert, issuer, "authorityKeyIdentifier", wish.akid ? wish.akid : "keyid");
        extend_by_name(made.cert, issuer, "basicConstraints", wish.constraints);
        extend_by_name(made.cert, issuer, "keyUsage", wish.usage);
        extend_by_name(made.cert, issuer, "extendedKeyUsage", wish.extended);
        extend_by_name(made.cert, issuer, "subjectAltName", wish.hosts);
        extend_by_name(made.cert, issuer, "nameConstraints", wish.limits);
        extend_pair(made.cert, issuer, wish.other);
        extend_pair(made.cert, issuer, wish.again);
    }
    if (wish.pss) {
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        EVP_PKEY_CTX *how;
        MUST(EVP_DigestSignInit(ctx, &how, EVP_sha256(), NULL, signer));
        MUST(EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING));
        MUST(EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST));
        MUST(X509_sign_ctx(made.cert, ctx));
        EVP_MD_CTX_free(ctx);
    } else {
        int own = EVP_PKEY_is_a(signer, "ED25519") || EVP_PKEY_is_a(signer, "ED448");
        MUST(X509_sign(made.cert, signer, own ? NULL : wish.digest ? wish.digest : EVP_sha256()));
    }
    if (wish.bad_signature || wish.bad_inner) {
        unsigned char *der = NULL, *at;
        int len = i2d_X509(made.cert, &der);
        if (wish.bad_signature)
            der[len - 1] ^= 1;
        else // The signature algorithm inside: ecdsa-with-SHA256 becomes ecdsa-with-SHA384.
            for (at = der; at < der + len - 8; at++)
                if (!memcmp(at, "\x2a\x86\x48\xce\x3d\x04\x03\x02", 8)) {
                    at[7] = 3;
                    break;
                }
        const unsigned char *read = der;
        X509 *bad = d2i_X509(NULL, &read, len);
        must(bad != NULL, "a bad certificate");
        made.cert = bad;
    }
    return made;
}

static FILE *create_part(const char *name, const char *what) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.%s.pem", dir, name, what);
    FILE *f = fopen(path, "w");
    must(f != NULL, path);
    return f;
}

#define LIST(...) (const Pair *[]){__VA_ARGS__, NULL}
static void write_all(const char *name, const char *what, const Pair **pairs) {
    FILE *f = create_part(name, what);
    for (; *pairs; pairs++)
        MUST(PEM_write_X509(f, (*pairs)->cert));
    fclose(f);
}

static void put(const char *name, const Pair **chain, const Pair **roots) {
    write_all(name, "chain", chain);
    write_all(name, "roots", roots);
    fprintf(cases, "%s\n", name);
}

#define CA .constraints = "critical,CA:TRUE", .usage = "critical,keyCertSign,cRLSign"
#define LEAF .constraints = "critical,CA:FALSE", .usage = "critical,digitalSignature", .extended = "serverAuth,clientAuth", \
        .hosts = "DNS:leaf.example.org,IP:192.0.2.1,email:leaf@example.org"

static Pair root, middle;

// Long chains and round ones, which are verified in ways of their own: NAME.links has them, the certificate first.
static void put_links(const char *name, const Pair *pairs, int count, const Pair *trusted) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.links", dir, name);
    FILE *f = fopen(path, "w");
    must(f != NULL, path);
    for (int i = 0; i < count; i++)
        MUST(PEM_write_X509(f, pairs[i].cert));
    fclose(f);
    snprintf(path, sizeof path, "%s/%s.trusted", dir, name);
    f = fopen(path, "w");
    must(f != NULL, path);
    MUST(PEM_write_X509(f, trusted->cert));
    fclose(f);
}

#define MOST 1001
static void chains_without_end(void) {
    static Pair links[MOST];
    char name[64];
    for (int at = MOST - 1; at >= 0; at--) {
        snprintf(name, sizeof name, "link %d", at);
        const Pair *issuer = at == MOST - 1 ? &root : &links[at + 1];
        links[at] = at ? make((Wish){CA, .name = name, .issuer = issuer}) : make((Wish){LEAF, .issuer = issuer});
    }
    put_links("thousand", links, MOST, &root);
    put_links("hundred", links + MOST - 100, 100, &root);
    put_links("hundred-and-two", links + MOST - 102, 102, &root);
    put_links("seventeen", links + MOST - 17, 17, &root);
    put_links("thirteen", links + MOST - 13, 13, &root);
    // Each of a ring is issued by the next, the last by the first.
    for (int size = 1; size <= 3; size++) {
        Pair ring[4], first = make((Wish){CA, .name = "ring 0"});
        for (int at = size; at > 0; at--) {
            snprintf(name, sizeof name, "ring %d", at % size);
            const Pair *issuer = at == size ? &first : &ring[at + 1];
            ring[at] = make((Wish){CA, .name = name, .issuer = issuer, .key = at % size ? NULL : first.key});
        }
        // What stands for the first is not its own issuer, but the second's.
        ring[0] = make((Wish){LEAF, .issuer = &ring[1]});
        if (size > 1)
            ring[size] = make((Wish){CA, .name = "ring 0", .issuer = &ring[1], .key = first.key});
        snprintf(name, sizeof name, "ring-of-%d", size);
        put_links(name, ring, size + 1, &root);
        snprintf(name, sizeof name, "ring-of-%d-trusted", size);
        put_links(name, ring, size + 1, &first);
    }
    // Names that take turns, with keys that are never the right ones.
    Pair turns[2] = {make((Wish){CA, .name = "turn 0", .skid = ""}), make((Wish){CA, .name = "turn 1", .skid = ""})};
    for (int at = 0; at < MOST; at++) {
        snprintf(name, sizeof name, "turn %d", at % 2);
        Pair issuer = turns[(at + 1) % 2];
        issuer.key = some_key();
        links[at] = make((Wish){CA, .name = name, .issuer = &issuer, .skid = "", .akid = ""});
    }
    put_links("turns", links, MOST, &root);
}

// The leaf alone is special.
static void leaf_case(const char *name, Wish wish) {
    wish.issuer = &middle;
    Pair leaf = make(wish);
    put(name, LIST(&leaf, &middle), LIST(&root));
}

// The authority between is special.
static void middle_case(const char *name, Wish wish) {
    wish.issuer = &root;
    if (!wish.name)
        wish.name = "Special Authority";
    Pair special = make(wish);
    Pair leaf = make((Wish){LEAF, .issuer = &special});
    put(name, LIST(&leaf, &special), LIST(&root));
}

// The root is special.
static void root_case(const char *name, Wish wish) {
    if (!wish.name)
        wish.name = "Special Root";
    Pair special = make(wish);
    Pair leaf = make((Wish){LEAF, .issuer = &special});
    put(name, LIST(&leaf), LIST(&special));
}

static void limited(const char *name, const char *limits, Wish leaf) {
    Pair special = make((Wish){CA, .name = "Limited Authority", .issuer = &root, .limits = limits});
    leaf.issuer = &special;
    Pair made = make(leaf);
    put(name, LIST(&made, &special), LIST(&root));
}

static X509_CRL *list(const Pair *issuer, X509 *revoked, long from, long until, const char *critical) {
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *last = X509_gmtime_adj(NULL, from * DAY), *next = X509_gmtime_adj(NULL, until * DAY);
    MUST(X509_CRL_set_version(crl, 1));
    MUST(X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->cert)));
    MUST(X509_CRL_set1_lastUpdate(crl, last));
    MUST(X509_CRL_set1_nextUpdate(crl, next));
    if (revoked) {
        X509_REVOKED *entry = X509_REVOKED_new();
        MUST(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked)));
        MUST(X509_REVOKED_set_revocationDate(entry, last));
        MUST(X509_CRL_add0_revoked(crl, entry));
    }
    if (critical) {
        X509V3_CTX ctx;
        X509V3_set_ctx(&ctx, issuer->cert, NULL, NULL, crl, 0);
        X509_EXTENSION *extension = X509V3_EXT_conf(NULL, &ctx, critical, "critical,DER:0500");
        MUST(X509_CRL_add_ext(crl, extension, -1));
    }
    MUST(X509_CRL_sign(crl, issuer->key, EVP_sha256()));
    return crl;
}

static void revocation(const char *name, const Pair *leaf, const Pair *authority, X509_CRL *first, X509_CRL *second) {
    FILE *f = create_part(name, "crls");
    if (first)
        MUST(PEM_write_X509_CRL(f, first));
    if (second)
        MUST(PEM_write_X509_CRL(f, second));
    fclose(f);
    put(name, LIST(leaf, authority), LIST(&root));
}

static void chain_of(const char *name, int length) {
    static Pair pairs[256];
    const Pair *files[256];
    pairs[0] = root;
    for (int i = 1; i <= length; i++) {
        char text[64];
        snprintf(text, sizeof text, "Authority %d of %s", i, name);
        pairs[i] = make((Wish){CA, .name = text, .issuer = &pairs[i - 1]});
    }
    Pair leaf = make((Wish){LEAF, .issuer = &pairs[length]});
    files[0] = &leaf;
    for (int i = 0; i < length; i++)
        files[i + 1] = &pairs[length - i];
    files[length + 1] = NULL;
    put(name, files, LIST(&root));
}

static void relations(void) {
    Pair own = make((Wish){LEAF, .name = "Own"});
    put("self-signed", LIST(&own), LIST(&root));
    put("self-signed-trusted", LIST(&own), LIST(&own));
    Pair leaf = make((Wish){LEAF, .issuer = &middle});
    put("good", LIST(&leaf, &middle), LIST(&root));
    put("good-with-root", LIST(&leaf, &middle, &root), LIST(&root));
    put("disordered", LIST(&leaf, &root, &own, &middle), LIST(&root));
    put("no-middle", LIST(&leaf), LIST(&root));
    put("middle-trusted", LIST(&leaf), LIST(&middle));
    put("middle-and-root-trusted", LIST(&leaf, &middle), LIST(&middle, &root));
    put("leaf-trusted", LIST(&leaf), LIST(&leaf));
    put("nobody-trusted", LIST(&leaf, &middle, &root), LIST(&own));
    put("twice", LIST(&leaf, &middle, &middle, &leaf), LIST(&root));
    // Two roots of one name and two keys.
    Pair twin = make((Wish){CA, .name = "Corpus Root"});
    put("twin-root-first", LIST(&leaf, &middle), LIST(&twin, &root));
    put("twin-root-only", LIST(&leaf, &middle), LIST(&twin));
    put("twin-root-sent", LIST(&leaf, &middle, &twin), LIST(&root));
    Pair mimic = make((Wish){CA, .name = "Corpus Root", .key = twin.key, .skid = "", .akid = ""});
    Pair mimicked = make((Wish){LEAF, .issuer = &mimic, .akid = ""});
    put("mimic", LIST(&mimicked, &mimic), LIST(&root));
    // One authority, an old certificate and a new one.
    Pair old = make((Wish){CA, .name = "Renewed", .issuer = &root, .from = -20, .until = -10});
    Pair renewed = make((Wish){CA, .name = "Renewed", .issuer = &root, .key = old.key});
    Pair of_renewed = make((Wish){LEAF, .issuer = &renewed});
    put("old-and-new", LIST(&of_renewed, &old, &renewed), LIST(&root));
    put("old-only", LIST(&of_renewed, &old), LIST(&root));
    // Each other's issuer.
    Pair a = make((Wish){CA, .name = "Cyclic A", .issuer = &root});
    Pair b = make((Wish){CA, .name = "Cyclic B", .issuer = &a});
    Pair a_by_b = make((Wish){CA, .name = "Cyclic A", .issuer = &b, .key = a.key});
    Pair of_a = make((Wish){LEAF, .issuer = &a_by_b});
    put("cyclic", LIST(&of_a, &a_by_b, &b), LIST(&own));
    put("cyclic-with-way-out", LIST(&of_a, &a_by_b, &b, &a), LIST(&root));
    // A way that leads nowhere, and an older root behind.
    Pair crossed = make((Wish){CA, .name = "Corpus Root", .issuer = &own, .key = root.key});
    put("cross-signed", LIST(&leaf, &middle, &crossed), LIST(&root));
    put("cross-signed-untrusted", LIST(&leaf, &middle, &crossed), LIST(&twin));
    // Names that differ in case and spaces.
    Pair upper = make((Wish){CA, .subject = "/O=Corpus/CN=Case  And Space", .issuer = &root});
    Pair lower = make((Wish){CA, .subject = "/O=corpus/CN=case and SPACE ", .issuer = &root, .key = upper.key});
    Pair of_upper = make((Wish){LEAF, .issuer = &upper});
    put("name-in-other-case", LIST(&of_upper, &lower), LIST(&root));
    Pair other_name = make((Wish){CA, .subject = "/O=corpus/CN=case and SPACES", .issuer = &root, .key = upper.key});
    put("name-differs", LIST(&of_upper, &other_name), LIST(&root));
    // Of one name: self-issued, not self-signed.
    Pair rolled = make((Wish){CA, .name = "Corpus Root", .issuer = &root});
    Pair of_rolled = make((Wish){LEAF, .issuer = &rolled});
    put("self-issued", LIST(&of_rolled, &rolled), LIST(&root));
}

static void keys(void) {
    Pair weak = make((Wish){CA, .name = "Weak", .issuer = &root, .key = EVP_RSA_gen(1024)});
    Pair leaf = make((Wish){LEAF, .issuer = &weak});
    put("weak-authority", LIST(&leaf, &weak), LIST(&root));
    leaf_case("weak-leaf", (Wish){LEAF, .key = EVP_RSA_gen(1024)});
    leaf_case("sha1", (Wish){LEAF, .digest = EVP_sha1()});
    leaf_case("sha384", (Wish){LEAF, .digest = EVP_sha384()});
    leaf_case("sha512", (Wish){LEAF, .digest = EVP_sha512()});
    Pair rsa = make((Wish){CA, .name = "RSA", .issuer = &root, .key = EVP_RSA_gen(2048)});
    Pair by_rsa = make((Wish){LEAF, .issuer = &rsa});
    put("rsa", LIST(&by_rsa, &rsa), LIST(&root));
    Pair by_pss = make((Wish){LEAF, .issuer = &rsa, .pss = 1});
    put("rsa-pss", LIST(&by_pss, &rsa), LIST(&root));
    Pair by_rsa_sha1 = make((Wish){LEAF, .issuer = &rsa, .digest = EVP_sha1()});
    put("rsa-sha1", LIST(&by_rsa_sha1, &rsa), LIST(&root));
    Pair p384 = make((Wish){CA, .name = "P-384", .issuer = &root, .key = EVP_EC_gen("P-384")});
    Pair by_p384 = make((Wish){LEAF, .issuer = &p384, .digest = EVP_sha384()});
    put("p384", LIST(&by_p384, &p384), LIST(&root));
    Pair p521 = make((Wish){CA, .name = "P-521", .issuer = &root, .key = EVP_EC_gen("P-521")});
    Pair by_p521 = make((Wish){LEAF, .issuer = &p521, .digest = EVP_sha512()});
    put("p521", LIST(&by_p521, &p521), LIST(&root));
    Pair ed = make((Wish){CA, .name = "Ed25519", .issuer = &root, .key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")});
    Pair by_ed = make((Wish){LEAF, .issuer = &ed});
    put("ed25519", LIST(&by_ed, &ed), LIST(&root));
    // A key of another kind than the one that signed, under one name.
    Pair other = make((Wish){CA, .name = "P-384", .issuer = &root, .key = EVP_RSA_gen(2048), .skid = ""});
    Pair plain = make((Wish){LEAF, .issuer = &p384, .akid = ""});
    put("key-of-other-kind", LIST(&plain, &other), LIST(&root));
    leaf_case("bad-signature", (Wish){LEAF, .bad_signature = 1});
    leaf_case("signature-algorithms-differ", (Wish){LEAF, .bad_inner = 1});
    middle_case("bad-signature-of-authority", (Wish){CA, .bad_signature = 1});
    root_case("bad-signature-of-root", (Wish){CA, .bad_signature = 1});
}

static void extensions(void) {
    leaf_case("unknown-critical", (Wish){LEAF, .other = "1.2.3.4.5=critical,DER:0500"});
    leaf_case("unknown", (Wish){LEAF, .other = "1.2.3.4.5=DER:0500"});
    middle_case("unknown-critical-authority", (Wish){CA, .other = "1.2.3.4.5=critical,DER:0500"});
    root_case("unknown-critical-root", (Wish){CA, .other = "1.2.3.4.5=critical,DER:0500"});
    leaf_case("server-only", (Wish){LEAF, .extended = "serverAuth"});
    leaf_case("client-only", (Wish){LEAF, .extended = "clientAuth"});
    leaf_case("code-only", (Wish){LEAF, .extended = "critical,codeSigning"});
    leaf_case("any-usage", (Wish){LEAF, .extended = "anyExtendedKeyUsage"});
    leaf_case("sgc", (Wish){LEAF, .extended = "msSGC"});
    leaf_case("no-usages", (Wish){LEAF, .usage = NULL, .extended = NULL});
    leaf_case("encipherment-only", (Wish){LEAF, .usage = "keyEncipherment"});
    leaf_case("agreement-only", (Wish){LEAF, .usage = "keyAgreement"});
    leaf_case("crl-sign-only", (Wish){LEAF, .usage = "cRLSign"});
    leaf_case("leaf-is-authority", (Wish){CA, .name = "leaf"});
    leaf_case("leaf-with-cert-sign", (Wish){LEAF, .usage = "keyCertSign,digitalSignature"});
    leaf_case("no-constraints", (Wish){LEAF, .constraints = NULL});
    leaf_case("path-length-of-leaf", (Wish){LEAF, .constraints = "CA:FALSE,pathlen:3"});
    leaf_case("netscape-client", (Wish){LEAF, .other = "nsCertType=client"});
    leaf_case("netscape-server", (Wish){LEAF, .other = "nsCertType=server"});
    middle_case("authority-without-constraints", (Wish){.usage = "keyCertSign"});
    middle_case("authority-without-anything", (Wish){0});
    middle_case("no-authority", (Wish){LEAF});
    middle_case("authority-without-cert-sign", (Wish){CA, .usage = "digitalSignature"});
    middle_case("authority-for-clients", (Wish){CA, .extended = "clientAuth"});
    middle_case("authority-constraints-not-critical", (Wish){.constraints = "CA:TRUE", .usage = "keyCertSign"});
    middle_case("authority-netscape", (Wish){.other = "nsCertType=sslCA"});
    middle_case("authority-version-1", (Wish){.version1 = 1});
    root_case("root-version-1", (Wish){.version1 = 1});
    root_case("root-without-constraints", (Wish){.usage = "keyCertSign"});
    root_case("root-without-anything", (Wish){0});
    root_case("root-without-cert-sign", (Wish){CA, .usage = "digitalSignature"});
    root_case("root-no-authority", (Wish){LEAF});
    root_case("root-without-identifiers", (Wish){CA, .skid = "", .akid = ""});
    leaf_case("wrong-key-identifier", (Wish){LEAF, .akid = "", .other = "authorityKeyIdentifier=DER:30068004DEADBEEF"});
    leaf_case("wrong-issuer-serial", (Wish){LEAF, .akid = "",
              .other = "authorityKeyIdentifier=DER:3003820177"});
    leaf_case("issuer-and-serial", (Wish){LEAF, .akid = "keyid,issuer:always"});
    leaf_case("no-identifiers", (Wish){LEAF, .skid = "", .akid = ""});
    leaf_case("identifiers-critical", (Wish){LEAF, .skid = "critical,hash", .akid = ""});
    leaf_case("nameless", (Wish){LEAF, .name = ""});
    leaf_case("nameless-hosts-critical", (Wish){LEAF, .name = "", .hosts = "critical,DNS:leaf.example.org"});
    leaf_case("nameless-without-hosts", (Wish){LEAF, .name = "", .hosts = NULL});
    leaf_case("host-in-common-name", (Wish){LEAF, .name = "leaf.example.org", .hosts = NULL});
    leaf_case("wildcard", (Wish){LEAF, .hosts = "DNS:*.example.org"});
    leaf_case("wildcard-too-wide", (Wish){LEAF, .hosts = "DNS:*.org"});
    leaf_case("wildcard-inside", (Wish){LEAF, .hosts = "DNS:l*f.example.org"});
    leaf_case("wildcard-at-the-end", (Wish){LEAF, .hosts = "DNS:le*.example.org"});
    leaf_case("other-host", (Wish){LEAF, .hosts = "DNS:other.example.org"});
    leaf_case("host-with-capitals", (Wish){LEAF, .hosts = "DNS:LEAF.Example.ORG"});
    leaf_case("address-only", (Wish){LEAF, .name = "leaf.example.org", .hosts = "IP:192.0.2.1"});
    leaf_case("policies", (Wish){LEAF, .other = "certificatePolicies=critical,DER:3007300506032A0304"});
    leaf_case("proxy", (Wish){.usage = "digitalSignature", .other = "1.3.6.1.5.5.7.1.14=critical,DER:300C300A06082B06010505071500"});
    leaf_case("tls-feature", (Wish){LEAF, .other = "tlsfeature=status_request"});
    leaf_case("negative-serial", (Wish){LEAF, .serial = -5});
}

static void encodings(void) {
    leaf_case("usage-empty", (Wish){LEAF, .usage = NULL, .other = "keyUsage=DER:03020700"});
    leaf_case("usage-no-bits", (Wish){LEAF, .usage = NULL, .other = "keyUsage=DER:030100"});
    leaf_case("usage-broken", (Wish){LEAF, .usage = NULL, .other = "keyUsage=DER:0500"});
    leaf_case("constraints-broken", (Wish){LEAF, .constraints = NULL, .other = "basicConstraints=DER:30030101"});
    leaf_case("constraints-junk-behind", (Wish){LEAF, .constraints = NULL, .other = "basicConstraints=DER:30000500"});
    leaf_case("constraints-twice", (Wish){LEAF, .other = "basicConstraints=CA:FALSE"});
    leaf_case("usages-twice", (Wish){LEAF, .other = "extendedKeyUsage=serverAuth"});
    leaf_case("hosts-twice", (Wish){LEAF, .other = "subjectAltName=DNS:again.example.org"});
    leaf_case("hosts-broken", (Wish){LEAF, .hosts = NULL, .other = "subjectAltName=DER:3003820561"});
    leaf_case("hosts-empty", (Wish){LEAF, .hosts = NULL, .other = "subjectAltName=DER:3000"});
    leaf_case("host-with-zero", (Wish){LEAF, .hosts = NULL,
              .other = "subjectAltName=DER:301482126C6561662E6578616D706C652E6F72670078"});
    leaf_case("extended-broken", (Wish){LEAF, .extended = NULL, .other = "extendedKeyUsage=DER:3002060A"});
    leaf_case("extended-empty", (Wish){LEAF, .extended = NULL, .other = "extendedKeyUsage=DER:3000"});
    leaf_case("skid-broken", (Wish){LEAF, .skid = "", .other = "subjectKeyIdentifier=DER:0500"});
    leaf_case("akid-broken", (Wish){LEAF, .akid = "", .other = "authorityKeyIdentifier=DER:0500"});
    leaf_case("akid-empty", (Wish){LEAF, .akid = "", .other = "authorityKeyIdentifier=DER:3000"});
    leaf_case("points-broken", (Wish){LEAF, .other = "crlDistributionPoints=DER:0500"});
    middle_case("authority-constraints-broken", (Wish){.usage = "keyCertSign", .other = "basicConstraints=DER:0500"});
    middle_case("authority-path-length-negative", (Wish){.usage = "keyCertSign",
                .other = "basicConstraints=critical,DER:30060101FF0201FF"});
    middle_case("authority-path-length-huge", (Wish){.usage = "keyCertSign",
                .other = "basicConstraints=critical,DER:300C0101FF020700FFFFFFFFFFFF"});
    middle_case("authority-true-is-1", (Wish){.usage = "keyCertSign", .other = "basicConstraints=critical,DER:3003010101"});
    root_case("root-constraints-broken", (Wish){.usage = "keyCertSign", .other = "basicConstraints=DER:0500"});
    leaf_case("time-without-seconds", (Wish){LEAF, .not_before = "2401010000Z"});
    leaf_case("time-with-zone", (Wish){LEAF, .not_before = "240101000000+0100"});
    leaf_case("time-no-date", (Wish){LEAF, .not_before = "240231000000Z"});
    leaf_case("time-no-digits", (Wish){LEAF, .not_after = "2x0101000000Z"});
    leaf_case("time-empty-zone", (Wish){LEAF, .not_after = "400101000000"});
    leaf_case("time-with-fraction", (Wish){LEAF, .not_after = "20600101000000.5Z"});
    leaf_case("time-far", (Wish){LEAF, .not_after = "99991231235959Z"});
    leaf_case("time-1950", (Wish){LEAF, .not_before = "500101000000Z", .not_after = "491231235959Z"});
}

static void pkcs12(const char *name, const char *password, const Pair *own, int with_key, const Pair **others) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.p12", dir, name);
    FILE *f = fopen(path, "wb");
    STACK_OF(X509) *list = sk_X509_new_null();
    for (; *others; others++)
        sk_X509_push(list, (*others)->cert);
    PKCS12 *p12 = PKCS12_create(password, "friendly", with_key ? own->key : NULL, own ? own->cert : NULL, list, 0, 0, 2048,
                                2048, 0);
    must(p12 != NULL && f != NULL, path);
    MUST(i2d_PKCS12_fp(f, p12));
    fclose(f);
}

int main(int argc, char **argv) {
    must(argc == 2, "usage: make-corpus DIR");
    dir = argv[1];
    char path[4096];
    snprintf(path, sizeof path, "%s/cases", dir);
    cases = fopen(path, "w");
    must(cases != NULL, path);
    root = make((Wish){CA, .name = "Corpus Root"});
    middle = make((Wish){CA, .name = "Corpus Authority", .issuer = &root});
    relations();
    Pair boxed = make((Wish){LEAF, .issuer = &middle, .key = EVP_EC_gen("P-256")});
    pkcs12("all", "secret", &boxed, 1, LIST(&middle, &root));
    pkcs12("key", "secret", &boxed, 1, LIST(NULL));
    pkcs12("certificates", "secret", NULL, 0, LIST(&middle, &root, &boxed));
    pkcs12("no-password", "", &boxed, 1, LIST(&middle));
    keys();
    extensions();
    encodings();

    leaf_case("expired", (Wish){LEAF, .from = -20, .until = -10});
    leaf_case("not-yet", (Wish){LEAF, .from = 10, .until = 20});
    leaf_case("never", (Wish){LEAF, .from = 20, .until = -20});
    middle_case("expired-authority", (Wish){CA, .from = -20, .until = -10});
    middle_case("not-yet-authority", (Wish){CA, .from = 10});
    root_case("expired-root", (Wish){CA, .from = -20, .until = -10});
    middle_case("path-length-0", (Wish){CA, .constraints = "critical,CA:TRUE,pathlen:0"});
    Pair short_root = make((Wish){CA, .name = "Short Root", .constraints = "critical,CA:TRUE,pathlen:0"});
    Pair below = make((Wish){CA, .name = "Below", .issuer = &short_root});
    Pair far = make((Wish){LEAF, .issuer = &below});
    put("path-length-exceeded", LIST(&far, &below), LIST(&short_root));
    Pair same = make((Wish){CA, .name = "Short Root", .issuer = &short_root});
    Pair of_same = make((Wish){LEAF, .issuer = &same});
    put("path-length-self-issued", LIST(&of_same, &same), LIST(&short_root));
    chain_of("three-authorities", 3);
    chain_of("twenty-authorities", 20);
    chain_of("hundred-authorities", 100);
    chain_of("hundred-and-twenty-authorities", 120);

    limited("dns-permitted", "permitted;DNS:example.org", (Wish){LEAF});
    limited("dns-not-permitted", "critical,permitted;DNS:example.net", (Wish){LEAF});
    limited("dns-excluded", "excluded;DNS:leaf.example.org", (Wish){LEAF});
    limited("dns-excluded-above", "excluded;DNS:.example.org", (Wish){LEAF});
    limited("dns-none-in-leaf", "permitted;DNS:example.net", (Wish){LEAF, .hosts = NULL});
    limited("dns-in-common-name", "permitted;DNS:example.net", (Wish){LEAF, .name = "leaf.example.org", .hosts = NULL});
    limited("dns-suffix-of-label", "permitted;DNS:ample.org", (Wish){LEAF});
    limited("ip-permitted", "permitted;IP:192.0.2.0/255.255.255.0", (Wish){LEAF});
    limited("ip-not-permitted", "permitted;IP:10.0.0.0/255.0.0.0", (Wish){LEAF});
    limited("ip-excluded", "excluded;IP:192.0.2.1/255.255.255.255", (Wish){LEAF});
    limited("ip-of-other-kind", "permitted;IP:2001:db8::/ffff:ffff::", (Wish){LEAF});
    limited("email-permitted", "permitted;email:example.org", (Wish){LEAF});
    limited("email-one-permitted", "permitted;email:leaf@example.org", (Wish){LEAF});
    limited("email-not-permitted", "permitted;email:other@example.org", (Wish){LEAF});
    limited("email-below", "permitted;email:.example.org", (Wish){LEAF});
    limited("email-in-subject", "permitted;email:example.net",
            (Wish){LEAF, .hosts = NULL, .subject = "/O=Corpus/CN=x/emailAddress=a@example.org"});
    limited("uri-permitted", "permitted;URI:.example.org",
            (Wish){LEAF, .hosts = "URI:https://www.example.org/path"});
    limited("uri-not-permitted", "permitted;URI:example.org", (Wish){LEAF, .hosts = "URI:https://www.example.org/"});
    limited("uri-with-port", "excluded;URI:www.example.org", (Wish){LEAF, .hosts = "URI:https://www.example.org:8080/"});
    limited("uri-without-scheme", "permitted;URI:example.org", (Wish){LEAF, .hosts = "URI:example.org"});
    // O=Corpus, as a directory name.
    Pair within = make((Wish){CA, .name = "Limited Authority", .issuer = &root, .other =
        "nameConstraints=DER:301AA01830163014A4123010310E300C060355040A0C05436F72707573"});
    put("directory-broken", LIST(&within), LIST(&root));
    Pair bounded = make((Wish){CA, .name = "Bounded", .issuer = &root, .other =
        "nameConstraints=DER:3014A0123010820B6578616D706C652E6F7267800101"});
    Pair of_bounded = make((Wish){LEAF, .issuer = &bounded});
    put("minimum-of-one", LIST(&of_bounded, &bounded), LIST(&root));
    Pair odd = make((Wish){CA, .name = "Odd", .issuer = &root, .other = "nameConstraints=DER:3009A0073005870301020A"});
    Pair of_odd = make((Wish){LEAF, .issuer = &odd});
    put("network-broken", LIST(&of_odd, &odd), LIST(&root));
    Pair registered = make((Wish){CA, .name = "Registered", .issuer = &root,
                                  .other = "nameConstraints=DER:3008A006300488022A03"});
    Pair of_registered = make((Wish){LEAF, .issuer = &registered, .hosts = "RID:1.2.3"});
    put("registered-id", LIST(&of_registered, &registered), LIST(&root));

    // What was revoked.
    Pair fine = make((Wish){LEAF, .issuer = &middle}), gone = make((Wish){LEAF, .issuer = &middle});
    X509_CRL *of_root = list(&root, NULL, -1, 30, NULL), *of_middle = list(&middle, gone.cert, -1, 30, NULL);
    revocation("crl-fine", &fine, &middle, of_middle, of_root);
    revocation("crl-revoked", &gone, &middle, of_middle, of_root);
    revocation("crl-authority-revoked", &fine, &middle, of_middle, list(&root, middle.cert, -1, 30, NULL));
    revocation("crl-missing", &fine, &middle, NULL, NULL);
    revocation("crl-of-root-missing", &fine, &middle, of_middle, NULL);
    revocation("crl-expired", &fine, &middle, list(&middle, gone.cert, -20, -10, NULL), of_root);
    revocation("crl-expired-revoked", &gone, &middle, list(&middle, gone.cert, -20, -10, NULL), of_root);
    revocation("crl-not-yet", &fine, &middle, list(&middle, gone.cert, 10, 20, NULL), of_root);
    revocation("crl-old-and-new", &gone, &middle, list(&middle, NULL, -20, -10, NULL), of_middle);
    revocation("crl-critical", &fine, &middle, list(&middle, NULL, -1, 30, "1.2.3.4.5"), of_root);
    Pair false_middle = middle;
    false_middle.key = root.key;
    revocation("crl-by-other-key", &fine, &middle, list(&false_middle, NULL, -1, 30, NULL), of_root);
    Pair mute = make((Wish){.name = "Mute", .issuer = &root, .constraints = "critical,CA:TRUE",
                            .usage = "critical,keyCertSign"});
    Pair of_mute = make((Wish){LEAF, .issuer = &mute});
    revocation("crl-without-crl-sign", &of_mute, &mute, list(&mute, NULL, -1, 30, NULL), of_root);

    // Large.
    static char many[64 * 2048];
    for (int i = 0; i < 2000; i++)
        sprintf(many + strlen(many), "%sDNS:host%d.example.org", i ? "," : "", i);
    leaf_case("two-thousand-hosts", (Wish){LEAF, .hosts = many});
    limited("two-thousand-hosts-limited", "permitted;DNS:example.org", (Wish){LEAF, .hosts = many});
    chains_without_end();

    // The name and the key of a certificate that is trusted, with another host in it: signed by that key, and by nobody.
    Pair pinned = make((Wish){LEAF, .name = "pinned"}), named = pinned;
    pinned = make((Wish){.name = "pinned", .constraints = "critical,CA:FALSE", .hosts = "DNS:pinned.example.org", .key = named.key});
    Pair itself = make((Wish){LEAF, .name = "pinned", .key = pinned.key});
    Pair stranger = make((Wish){CA, .name = "Stranger"});
    Pair certified = make((Wish){LEAF, .name = "pinned", .key = pinned.key, .issuer = &stranger});
    put("pinned", LIST(&pinned), LIST(&pinned));
    put("pinned-key-signs-itself", LIST(&itself), LIST(&pinned));
    put("pinned-key-certified", LIST(&certified), LIST(&pinned));
    fclose(cases);
    return 0;
}
