// RSA that encrypts and decrypts, signs without a digest, and without padding; by RSA's own functions and by EVP's.
#include "common.h"
#include <openssl/rsa.h>
#include <openssl/sha.h>

static const int paddings[] = {RSA_PKCS1_PADDING, RSA_NO_PADDING, RSA_PKCS1_OAEP_PADDING, RSA_PKCS1_PSS_PADDING, 0, 99};

static void by_rsa(EVP_PKEY *pkey) {
    printf("== by RSA's functions\n");
    RSA *rsa = EVP_PKEY_get1_RSA(pkey);
    const unsigned char *der = NULL;
    unsigned char *public_der = NULL;
    int public_len = i2d_RSAPublicKey(rsa, &public_der);
    der = public_der;
    RSA *public = d2i_RSAPublicKey(NULL, &der, public_len);
    OPENSSL_free(public_der);
    int size = RSA_size(rsa);
    static const int lengths[] = {0, 1, 20, 190, 214, 215, 245, 246, 255, 256, 257};
    unsigned char data[300], out[600], back[600];
    memset(data, 0x5a, sizeof data);
    data[0] = 0x11;
    for (size_t p = 0; p < sizeof paddings / sizeof *paddings; p++)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            int len = RSA_public_encrypt(lengths[l], data, out, l % 2 ? public : rsa, paddings[p]);
            printf("encrypt, padding %d, %d bytes: %d\n", paddings[p], lengths[l], len);
            queue();
            if (len == size && paddings[p] == RSA_NO_PADDING)
                hex("  same each time", out, (size_t)len);
            if (len == size) {
                int plain = RSA_private_decrypt(len, out, back, rsa, paddings[p]);
                printf("  decrypt: %d, %s\n", plain, plain == lengths[l] && memcmp(back, data, (size_t)plain) == 0 ? "the same" : "other");
                queue();
            }
            len = RSA_private_encrypt(lengths[l], data, out, rsa, paddings[p]);
            printf("sign, padding %d, %d bytes: %d\n", paddings[p], lengths[l], len);
            queue();
            if (len == size) {
                hex("  signature", out, (size_t)len);
                int plain = RSA_public_decrypt(len, out, back, public, paddings[p]);
                printf("  back: %d, %s\n", plain, plain == lengths[l] && memcmp(back, data, (size_t)plain) == 0 ? "the same" : "other");
                queue();
            }
        }
    printf("== what does not go\n");
    memset(data, 0xff, sizeof data);
    printf("too large a number: %d\n", RSA_public_encrypt(size, data, out, rsa, RSA_NO_PADDING));
    queue();
    printf("sign too large a number: %d\n", RSA_private_encrypt(size, data, out, rsa, RSA_NO_PADDING));
    queue();
    printf("decrypt too large a number: %d\n", RSA_private_decrypt(size, data, out, rsa, RSA_NO_PADDING));
    queue();
    printf("decrypt by a public key: %d\n", RSA_private_decrypt(size, data, out, public, RSA_PKCS1_PADDING));
    ERR_clear_error();
    data[0] = 0;
    printf("back, not signed: %d\n", RSA_public_decrypt(size, data, out, public, RSA_PKCS1_PADDING));
    queue();
    printf("back, too short: %d\n", RSA_public_decrypt(size - 1, data, out, public, RSA_PKCS1_PADDING));
    queue();
    printf("back, too long: %d\n", RSA_public_decrypt(size + 1, data, out, public, RSA_PKCS1_PADDING));
    queue();
    printf("decrypt, OAEP, not encrypted: %d\n", RSA_private_decrypt(size, data, out, rsa, RSA_PKCS1_OAEP_PADDING));
    queue();
    printf("decrypt, too long: %d\n", RSA_private_decrypt(size + 1, data, out, rsa, RSA_PKCS1_PADDING));
    queue();
    unsigned int len = 0;
    unsigned char digest[64] = {0};
    SHA256((const unsigned char *)"abc", 3, digest);
    static const int types[] = {NID_sha256, NID_sha1, NID_md5_sha1, NID_sha512, NID_undef, NID_rsaEncryption};
    for (int t = 0; t < 6; t++)
        for (unsigned l = 20; l <= 36; l += 4) {
            len = 0;
            printf("RSA_sign %s, %u bytes: %d", OBJ_nid2sn(types[t]), l, RSA_sign(types[t], digest, l, out, &len, rsa));
            printf(" %u\n", len);
            queue();
            if (len) {
                hex("  signature", out, len);
                printf("  verified: %d", RSA_verify(types[t], digest, l, out, len, public));
                digest[0] ^= 1;
                printf(" %d", RSA_verify(types[t], digest, l, out, len, public));
                digest[0] ^= 1;
                printf(" %d", RSA_verify(types[t], digest, l, out, len - 1, public));
                printf(" %d\n", RSA_verify(types[t], digest, l - 1, out, len, public));
                ERR_clear_error();
            }
        }
    RSA_free(rsa);
    RSA_free(public);
}

static void by_evp(EVP_PKEY *pkey, const char *name) {
    printf("== by EVP's functions: %s\n", name);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
    unsigned char data[300] = {1, 2, 3}, out[600], back[600];
    size_t len = sizeof out;
    printf("not begun: %d\n", EVP_PKEY_encrypt(ctx, out, &len, data, 3));
    queue();
    printf("not begun: %d\n", EVP_PKEY_decrypt(ctx, out, &len, data, 3));
    queue();
    int begun = EVP_PKEY_encrypt_init(ctx);
    printf("begun: %d\n", begun);
    queue();
    if (begun != 1) {
        printf("begun: %d\n", EVP_PKEY_decrypt_init(ctx));
        queue();
        EVP_PKEY_CTX_free(ctx);
        return;
    }
    printf("decrypt: %d\n", EVP_PKEY_decrypt(ctx, out, &len, data, 3));
    queue();
    static const int lengths[] = {3, 190, 191, 214, 245, 246, 256, 257};
    for (size_t p = 0; p < sizeof paddings / sizeof *paddings; p++) {
        for (int digest = 0; digest < (paddings[p] == RSA_PKCS1_OAEP_PADDING ? 5 : 1); digest++)
            for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
                EVP_PKEY_CTX *decrypt = EVP_PKEY_CTX_new(pkey, NULL);
                EVP_PKEY_encrypt_init(ctx);
                EVP_PKEY_decrypt_init(decrypt);
                int set = EVP_PKEY_CTX_set_rsa_padding(ctx, paddings[p]);
                printf("padding %d, %d, %d: %d", paddings[p], digest, lengths[l], set);
                printf(" %d", EVP_PKEY_CTX_set_rsa_padding(decrypt, paddings[p]));
                if (digest == 1 || digest == 2 || digest == 4) {
                    printf(" %d", EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()));
                    printf(" %d", EVP_PKEY_CTX_set_rsa_oaep_md(decrypt, EVP_sha256()));
                }
                if (digest == 2) {
                    printf(" %d", EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha1()));
                    printf(" %d", EVP_PKEY_CTX_set_rsa_mgf1_md(decrypt, EVP_sha1()));
                }
                if (digest >= 3)
                    printf(" %d", EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, OPENSSL_strdup("label"), 5));
                if (digest == 3)
                    printf(" %d", EVP_PKEY_CTX_set0_rsa_oaep_label(decrypt, OPENSSL_strdup("label"), 5));
                printf("\n");
                queue();
                len = 0;
                printf("  length: %d", EVP_PKEY_encrypt(ctx, NULL, &len, data, (size_t)lengths[l]));
                printf(" %zu\n", len);
                queue();
                len = sizeof out;
                int done = EVP_PKEY_encrypt(ctx, out, &len, data, (size_t)lengths[l]);
                printf("  encrypt: %d\n", done);
                queue();
                if (done == 1) {
                    size_t plain = 0;
                    printf("  length: %d", EVP_PKEY_decrypt(decrypt, NULL, &plain, out, len));
                    printf(" %zu\n", plain);
                    plain = sizeof back;
                    done = EVP_PKEY_decrypt(decrypt, back, &plain, out, len);
                    printf("  decrypt: %d", done);
                    if (done == 1)
                        printf(", %zu bytes, %s", plain, plain == (size_t)lengths[l] && memcmp(back, data, plain) == 0 ? "the same" : "other");
                    printf("\n");
                    queue();
                }
                EVP_PKEY_CTX_free(decrypt);
            }
    }
    printf("== recovery\n");
    printf("not begun: %d\n", EVP_PKEY_verify_recover(ctx, back, &len, out, len));
    queue();
    unsigned char digest[32];
    SHA256((const unsigned char *)"abc", 3, digest);
    for (int way = 0; way < 3; way++) {
        EVP_PKEY_sign_init(ctx);
        printf("way %d: %d", way, way == 2 ? EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) : 1);
        if (way == 1)
            printf(" %d", EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()));
        len = sizeof out;
        printf(" %d\n", EVP_PKEY_sign(ctx, out, &len, way == 2 ? data : digest, way == 2 ? 256 : 32));
        queue();
        hex("  signature", out, len > 300 ? 0 : len);
        EVP_PKEY_CTX *recover = EVP_PKEY_CTX_new(pkey, NULL);
        printf("  begun: %d", EVP_PKEY_verify_recover_init(recover));
        if (way == 1)
            printf(" %d", EVP_PKEY_CTX_set_signature_md(recover, EVP_sha256()));
        if (way == 2)
            printf(" %d", EVP_PKEY_CTX_set_rsa_padding(recover, RSA_NO_PADDING));
        size_t size = 0;
        printf(" %d", EVP_PKEY_verify_recover(recover, NULL, &size, out, 256));
        printf(" %zu", size);
        size = sizeof back;
        int done = EVP_PKEY_verify_recover(recover, back, &size, out, 256);
        printf(" %d\n", done);
        queue();
        if (done == 1)
            hex("  recovered", back, size);
        out[9] ^= 1;
        printf("  changed: %d\n", EVP_PKEY_verify_recover(recover, back, &size, out, 256));
        ERR_clear_error();
        EVP_PKEY_CTX_free(recover);
    }
    EVP_PKEY_CTX_free(ctx);
}

int main(void) {
    EVP_PKEY *rsa = load_key("rsa"), *ec = load_key("client"), *ed = load_key("ed25519"), *pss = load_key("pss-usual");
    by_rsa(rsa);
    by_evp(rsa, "RSA");
    by_evp(ec, "EC");
    by_evp(ed, "Ed25519");
    by_evp(pss, "RSASSA-PSS");
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ec);
    EVP_PKEY_free(ed);
    EVP_PKEY_free(pss);
    return 0;
}
