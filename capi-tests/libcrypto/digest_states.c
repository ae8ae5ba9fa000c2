// Digests and signatures in states that they are not made for, and all digests by their names.
#include "common.h"
#include <openssl/objects.h>
#include <openssl/rsa.h>

static void names(void) {
    static const char *const all[] = {"MD5", "md5", "ssl3-md5", "MD5-SHA1", "SHA1", "SHA-1", "sha1", "RSA-SHA1", "RSA-SHA1-2", "ssl3-sha1", "SHA224", "SHA2-224", "SHA-224", "SHA256", "SHA-256", "SHA2-256", "sha256WithRSAEncryption", "ecdsa-with-SHA256", "SHA384", "SHA512", "SHA512-224", "SHA2-512/224", "SHA-512/224", "SHA512-256", "SHA-512/256", "SHA2-512/256", "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512", "sha3-256", "id-rsassa-pkcs1-v1_5-with-sha3-256", "RSA-SHA3-256", "SHAKE128", "SHAKE-256", "SHAKE256", "RIPEMD160", "ripemd", "rmd160", "RSA-RIPEMD160", "2.16.840.1.101.3.4.2.1", "1.2.3", "", "nonsense", "UNDEF", "id-sha256", "RSA-SHA256", "RSA-SHA512/256", "RSA-MD5", "md5WithRSAEncryption"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const EVP_MD *md = EVP_get_digestbyname(all[i]);
        printf("%s: %s", all[i], md ? EVP_MD_get0_name(md) : "none");
        if (md)
            printf(", %d, size %d, block %d, flags %lx, type of key %d", EVP_MD_get_type(md), EVP_MD_get_size(md), EVP_MD_get_block_size(md), EVP_MD_get_flags(md), EVP_MD_get_pkey_type(md));
        EVP_MD *fetched = EVP_MD_fetch(NULL, all[i], NULL);
        printf("; fetched %s, %d\n", fetched ? EVP_MD_get0_name(fetched) : "none", fetched ? EVP_MD_get_type(fetched) : -1);
        EVP_MD_free(fetched);
        reasons();
        unsigned char out[EVP_MAX_MD_SIZE];
        unsigned int len = 0;
        if (md && EVP_Digest("message", 7, out, &len, md, NULL))
            hex("  digest", out, len);
        reasons();
    }
    const EVP_MD *mds[] = {EVP_sha3_224(), EVP_sha3_256(), EVP_sha3_384(), EVP_sha3_512(), EVP_shake128(), EVP_shake256(), EVP_sha512_224(), EVP_sha512_256(), EVP_md5_sha1(), EVP_ripemd160()};
    for (size_t i = 0; i < sizeof mds / sizeof *mds; i++) {
        unsigned char out[EVP_MAX_MD_SIZE];
        unsigned int len = 0;
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        printf("%s: %d", EVP_MD_get0_name(mds[i]), EVP_DigestInit_ex(ctx, mds[i], NULL));
        for (int piece = 0; piece < 50; piece++)
            EVP_DigestUpdate(ctx, "some bytes more than a block", 28);
        EVP_MD_CTX *copy = EVP_MD_CTX_new();
        printf(" %d", EVP_MD_CTX_copy_ex(copy, ctx));
        printf(" %d\n", EVP_DigestFinal_ex(ctx, out, &len));
        hex("digest", out, len);
        EVP_DigestUpdate(copy, "more", 4);
        EVP_DigestFinal_ex(copy, out, &len);
        hex("copy", out, len);
        EVP_MD_CTX_free(ctx);
        EVP_MD_CTX_free(copy);
        reasons();
    }
}

static void final(const char *what, EVP_MD_CTX *ctx) {
    unsigned char out[EVP_MAX_MD_SIZE] = {0};
    unsigned int len = 0;
    int done = EVP_DigestFinal_ex(ctx, out, &len);
    printf("%s: %d, ", what, done);
    hex("digest", out, len);
    reasons();
}

#define TRY(call)                                                                                                                          \
    do {                                                                                                                                   \
        printf("%s: %d\n", #call, (int)(call));                                                                                            \
        reasons();                                                                                                                           \
    } while (0)

static void states(void) {
    printf("== states\n");
    EVP_MD_CTX *ctx = EVP_MD_CTX_new(), *other = EVP_MD_CTX_new();
    TRY(EVP_DigestInit_ex(ctx, NULL, NULL));
    TRY(EVP_DigestUpdate(ctx, "x", 1));
    final("fresh", ctx);
    TRY(EVP_MD_CTX_copy_ex(other, ctx));
    TRY(EVP_MD_CTX_get0_md(ctx) == NULL);
    TRY(EVP_DigestInit_ex(ctx, EVP_sha256(), NULL));
    TRY(EVP_DigestUpdate(ctx, "abc", 3));
    final("abc", ctx);
    TRY(EVP_MD_CTX_get0_md(ctx) == EVP_sha256());
    TRY(EVP_DigestInit_ex(ctx, NULL, NULL));
    TRY(EVP_DigestUpdate(ctx, "abc", 3));
    final("abc again", ctx);
    TRY(EVP_DigestInit_ex(ctx, NULL, NULL));
    final("nothing", ctx);
    TRY(EVP_DigestInit_ex(ctx, EVP_sha1(), NULL));
    TRY(EVP_DigestUpdate(ctx, NULL, 0));
    TRY(EVP_DigestUpdate(ctx, "abc", 3));
    TRY(EVP_DigestInit_ex(ctx, NULL, NULL));
    TRY(EVP_DigestUpdate(ctx, "def", 3));
    final("begun again", ctx);
    TRY(EVP_DigestInit(ctx, EVP_sha1()));
    TRY(EVP_DigestUpdate(ctx, "abc", 3));
    unsigned char out[EVP_MAX_MD_SIZE];
    TRY(EVP_DigestFinal(ctx, out, NULL));
    hex("without a length", out, 20);
    TRY(EVP_MD_CTX_get0_md(ctx) == NULL);
    TRY(EVP_DigestInit_ex(ctx, NULL, NULL));
    TRY(EVP_DigestInit(ctx, NULL));
    TRY(EVP_DigestUpdate(ctx, "abc", 3));
    TRY(EVP_DigestInit_ex2(ctx, EVP_sha384(), NULL));
    TRY(EVP_MD_CTX_copy_ex(other, ctx));
    TRY(EVP_DigestUpdate(other, "abc", 3));
    TRY(EVP_DigestUpdate(ctx, "abcd", 4));
    final("copy", other);
    final("original", ctx);
    TRY(EVP_MD_CTX_copy_ex(other, NULL));
    TRY(EVP_MD_CTX_reset(ctx));
    TRY(EVP_DigestUpdate(ctx, "abc", 3));
    TRY(EVP_Digest("abc", 3, out, NULL, EVP_sha1(), NULL));
    TRY(EVP_MD_CTX_get_size(ctx));
    TRY(EVP_DigestInit_ex(ctx, EVP_sha512(), NULL));
    TRY(EVP_MD_CTX_get_size(ctx));
    TRY(EVP_MD_CTX_get_block_size(ctx));
    TRY(EVP_MD_CTX_get_type(ctx));
    final("nothing", ctx);
    EVP_MD_CTX_free(ctx);
    EVP_MD_CTX_free(other);
    EVP_MD_CTX_free(NULL);
    size_t len = 0;
    TRY(EVP_Q_digest(NULL, "SHA256", NULL, "abc", 3, out, &len));
    hex("at once", out, len);
    TRY(EVP_Q_digest(NULL, "nonsense", NULL, "abc", 3, out, &len));
}

static void in_pieces(EVP_MD_CTX *ctx, EVP_MD_CTX *other, unsigned char *signature, EVP_PKEY *key, const EVP_MD *md) {
    size_t len = 1;
    TRY(EVP_DigestSignFinal(ctx, NULL, &len));
    printf("greatest length: %zu\n", len);
    len = 1;
    TRY(EVP_DigestSignFinal(ctx, signature, &len));
    len = 1024;
    TRY(EVP_DigestSignInit(ctx, NULL, md, NULL, key));
    TRY(EVP_DigestSignUpdate(ctx, "abc", 3));
    TRY(EVP_MD_CTX_copy_ex(other, ctx));
    TRY(EVP_DigestSignFinal(ctx, signature, &len));
    TRY(EVP_DigestVerifyInit(ctx, NULL, md, NULL, key));
    TRY(EVP_DigestVerifyUpdate(ctx, "abc", 3));
    TRY(EVP_DigestVerifyFinal(ctx, signature, len));
    len = 1024;
    TRY(EVP_DigestSignFinal(other, signature, &len));
    TRY(EVP_DigestSignUpdate(other, "abc", 3));
    size_t more = 1024;
    TRY(EVP_DigestSignFinal(other, signature, &more) >= 0);
}

static void signatures(const char *name, const EVP_MD *md) {
    printf("== signatures: %s\n", name);
    EVP_PKEY *key = load_key(name);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new(), *other = EVP_MD_CTX_new();
    unsigned char signature[1024];
    size_t len = sizeof signature;
    TRY(EVP_DigestSignUpdate(ctx, "abc", 3));
    TRY(EVP_DigestVerifyUpdate(ctx, "abc", 3));
    TRY(EVP_DigestSignInit(ctx, NULL, md, NULL, NULL));
    TRY(EVP_DigestSignInit(ctx, NULL, md, NULL, key));
    TRY(EVP_DigestVerifyUpdate(ctx, "abc", 3));
    TRY(EVP_DigestVerifyFinal(ctx, signature, 10));
    TRY(EVP_DigestVerify(ctx, signature, 10, (const unsigned char *)"abc", 3));
    TRY(EVP_DigestSignUpdate(ctx, "abc", 3));
    size_t more = sizeof signature;
    if (md)
        in_pieces(ctx, other, signature, key, md);
    // One shot, then again by the same context.
    len = sizeof signature;
    TRY(EVP_DigestSignInit(ctx, NULL, md, NULL, key));
    TRY(EVP_DigestSign(ctx, signature, &len, (const unsigned char *)"abc", 3));
    TRY(EVP_DigestVerifyInit(ctx, NULL, md, NULL, key));
    TRY(EVP_DigestVerify(ctx, signature, len, (const unsigned char *)"abc", 3));
    TRY(EVP_DigestVerifyInit(ctx, NULL, md, NULL, key));
    TRY(EVP_DigestVerify(ctx, signature, len, (const unsigned char *)"abd", 3));
    ERR_clear_error();
    TRY(EVP_DigestVerifyInit(ctx, NULL, md, NULL, key));
    TRY(EVP_DigestSign(ctx, signature, &more, (const unsigned char *)"abc", 3));
    unsigned int size = 0;
    if (md) {
        TRY(EVP_DigestSignFinal(ctx, signature, &more));
        TRY(EVP_DigestSignUpdate(ctx, "abc", 3));
        TRY(EVP_DigestFinal_ex(ctx, signature, &size));
        TRY(EVP_DigestUpdate(ctx, "abc", 3));
        // In a context that has signed it is signed again.
        TRY(EVP_DigestInit_ex(ctx, EVP_sha256(), NULL));
        TRY(EVP_DigestUpdate(ctx, "abc", 3));
        final("digest afterwards", ctx);
        TRY(EVP_SignFinal(ctx, signature, &size, NULL));
        TRY(EVP_DigestSignInit(ctx, NULL, md, NULL, key));
        TRY(EVP_DigestSignUpdate(ctx, "abc", 3));
        TRY(EVP_DigestInit_ex(ctx, EVP_sha384(), NULL));
        TRY(EVP_DigestSignUpdate(ctx, "def", 3));
        more = sizeof signature;
        TRY(EVP_DigestSignFinal(ctx, signature, &more));
        TRY(EVP_DigestVerifyInit(ctx, NULL, EVP_sha384(), NULL, key));
        TRY(EVP_DigestVerify(ctx, signature, more, (const unsigned char *)"def", 3));
        TRY(EVP_DigestInit(ctx, md));
        TRY(EVP_DigestUpdate(ctx, "abc", 3));
        final("digest afterwards", ctx);
    }
    EVP_MD_CTX_free(ctx);
    EVP_MD_CTX_free(other);
    EVP_PKEY_free(key);
}

int main(void) {
    names();
    states();
    signatures("rsa", EVP_sha256());
    signatures("client", EVP_sha256());
    signatures("ed25519", NULL);
    return 0;
}
