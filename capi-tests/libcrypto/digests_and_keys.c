// Digests, HMAC, ciphers as ticket keys need them, signatures of digests, and keys that are made.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/md5.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

static void queue(void) {
    unsigned long code;
    while ((code = ERR_get_error()) != 0)
        printf("  queue: %s: %s\n", ERR_lib_error_string(code), ERR_reason_error_string(code));
}

static void hex(const char *what, const unsigned char *bytes, size_t len) {
    printf("%s (%zu):", what, len);
    for (size_t i = 0; i < len; i++)
        printf(" %02x", bytes[i]);
    printf("\n");
}

static const char MESSAGE[] = "the quick brown fox jumps over the lazy dog, and a little further";

static void digests(void) {
    static const char *names[] = {"MD5", "md5", "SSL3-MD5", "SHA1", "sha256", "SHA2-256", "SHA384", "SHA512", "RSA-MD5", "nothing"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const EVP_MD *md = EVP_get_digestbyname(names[i]);
        printf("== %s: %d\n", names[i], md != NULL);
        if (!md)
            continue;
        printf("%s, number %d, %d bytes, %d at once, flags %lx, is SHA256 %d\n", EVP_MD_get0_name(md), EVP_MD_get_type(md),
               EVP_MD_get_size(md), EVP_MD_get_block_size(md), EVP_MD_get_flags(md), EVP_MD_is_a(md, "SHA256"));
        unsigned char value[EVP_MAX_MD_SIZE];
        unsigned int len = 0;
        EVP_MD_CTX *ctx = EVP_MD_CTX_new(), *copy = EVP_MD_CTX_new();
        printf("init %d", EVP_DigestInit_ex(ctx, md, NULL));
        for (size_t at = 0; at < sizeof MESSAGE; at += 10)
            printf(" %d", EVP_DigestUpdate(ctx, MESSAGE + at, at + 10 < sizeof MESSAGE ? 10 : sizeof MESSAGE - at));
        printf(", copied %d, the same %d\n", EVP_MD_CTX_copy(copy, ctx), EVP_MD_CTX_md(copy) == EVP_MD_CTX_get0_md(ctx));
        printf("final %d\n", EVP_DigestFinal_ex(ctx, value, &len));
        hex("digest", value, len);
        EVP_DigestFinal(copy, value, &len);
        hex("copy", value, len);
        EVP_MD_CTX_free(ctx);
        EVP_MD_CTX_free(copy);
        printf("at once %d\n", EVP_Digest(MESSAGE, 3, value, &len, md, NULL));
        hex("digest", value, len);
        HMAC_CTX *mac = HMAC_CTX_new();
        printf("hmac %d", HMAC_Init_ex(mac, "key", 3, md, NULL));
        printf(" %d %d", HMAC_Update(mac, (const unsigned char *)MESSAGE, 40), (int)HMAC_size(mac));
        printf(" %d\n", HMAC_Final(mac, value, &len));
        hex("hmac", value, len);
        // The key stays.
        printf("again %d", HMAC_Init_ex(mac, NULL, 0, NULL, NULL));
        printf(" %d", HMAC_Update(mac, (const unsigned char *)MESSAGE, 40));
        printf(" %d\n", HMAC_Final(mac, value, &len));
        hex("hmac", value, len);
        HMAC_CTX_free(mac);
        printf("at once %d\n", HMAC(md, "a key", 5, (const unsigned char *)MESSAGE, sizeof MESSAGE, value, &len) == value);
        hex("hmac", value, len);
        unsigned char key[64], iv[16];
        int made = EVP_BytesToKey(EVP_aes_256_cbc(), md, (const unsigned char *)"saltsalt", (const unsigned char *)"secret", 6, 3, key, iv);
        printf("key of a password: %d\n", made);
        hex("key", key, (size_t)made);
        hex("iv", iv, sizeof iv);
    }
    EVP_MD_CTX *empty = EVP_MD_CTX_new();
    printf("== nothing set: %d %d\n", EVP_DigestInit_ex(empty, NULL, NULL), EVP_MD_CTX_get0_md(empty) == NULL);
    ERR_clear_error();
    EVP_MD_CTX_free(empty);
}

static void cipher(const char *name, int padded) {
    const EVP_CIPHER *cipher = EVP_get_cipherbyname(name);
    printf("== %s, padded %d: %d\n", name, padded, cipher != NULL);
    if (!cipher)
        return;
    printf("%s, number %d, key %d, iv %d, block %d, mode %d, flags %lx\n", EVP_CIPHER_get0_name(cipher), EVP_CIPHER_get_nid(cipher),
           EVP_CIPHER_get_key_length(cipher), EVP_CIPHER_get_iv_length(cipher), EVP_CIPHER_get_block_size(cipher),
           EVP_CIPHER_get_mode(cipher), (unsigned long)EVP_CIPHER_get_flags(cipher) & EVP_CIPH_MODE);
    unsigned char key[32], iv[16], sealed[128], opened[128];
    for (int i = 0; i < 32; i++)
        key[i] = (unsigned char)(3 * i + 1), iv[i % 16] = (unsigned char)i;
    for (int total = 0; total <= 49; total += total < 30 ? 15 : 2) {
        EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new(), *copy = EVP_CIPHER_CTX_new();
        int len = 0, out = 0, all = 0;
        // The cipher first, key and start value later, as programs do to ask for lengths between.
        printf("%d bytes: %d", total, EVP_CipherInit_ex(ctx, cipher, NULL, NULL, NULL, 1));
        printf(" %d %d %d", EVP_CIPHER_CTX_set_padding(ctx, padded), EVP_CIPHER_CTX_get_key_length(ctx), EVP_CIPHER_CTX_get_block_size(ctx));
        printf(" %d", EVP_EncryptInit_ex(ctx, NULL, NULL, key, iv));
        for (int at = 0; at < total; at += 7) {
            int piece = total - at < 7 ? total - at : 7;
            printf(" %d", EVP_EncryptUpdate(ctx, sealed + len, &out, (const unsigned char *)MESSAGE + at, piece));
            printf("/%d", out);
            len += out;
        }
        out = 0;
        printf(" final %d", EVP_EncryptFinal_ex(ctx, sealed + len, &out));
        printf("/%d\n", out);
        queue();
        all = len + out;
        hex("  sealed", sealed, (size_t)all);
        printf("  open %d %d", EVP_DecryptInit_ex(ctx, cipher, NULL, key, iv), EVP_CIPHER_CTX_set_padding(ctx, padded)); // in any order
        len = 0;
        for (int at = 0; at < all; at += 20) {
            int piece = all - at < 20 ? all - at : 20;
            printf(" %d", EVP_DecryptUpdate(ctx, opened + len, &out, sealed + at, piece));
            printf("/%d", out);
            len += out;
        }
        printf(" %d", EVP_CIPHER_get_mode(cipher) == EVP_CIPH_CTR_MODE || EVP_CIPHER_CTX_copy(copy, ctx));
        out = 0;
        printf(" final %d", EVP_DecryptFinal_ex(ctx, opened + len, &out));
        printf("/%d, right %d\n", out, memcmp(opened, MESSAGE, (size_t)(len + out)) == 0);
        queue();
        if (EVP_CIPHER_get_mode(cipher) != EVP_CIPH_CTR_MODE) {
            printf("  copy %d", EVP_DecryptFinal_ex(copy, opened + len, &out));
            printf("/%d\n", out);
            ERR_clear_error();
        }
        EVP_CIPHER_CTX_free(ctx);
        EVP_CIPHER_CTX_free(copy);
    }
    // Bytes that are not what was sealed.
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int out = 0;
    memset(sealed, 7, sizeof sealed);
    printf("wrong: %d", EVP_DecryptInit_ex(ctx, cipher, NULL, key, iv));
    printf(" %d", EVP_DecryptUpdate(ctx, opened, &out, sealed, 32));
    printf("/%d", out);
    printf(" %d\n", EVP_DecryptFinal_ex(ctx, opened + out, &out));
    queue();
    printf("cut: %d", EVP_DecryptInit_ex(ctx, cipher, NULL, key, iv));
    printf(" %d", EVP_DecryptUpdate(ctx, opened, &out, sealed, 17));
    printf(" %d\n", EVP_DecryptFinal_ex(ctx, opened + out, &out));
    queue();
    printf("length of the key: %d %d\n", EVP_CIPHER_CTX_set_key_length(ctx, EVP_CIPHER_get_key_length(cipher)),
           EVP_CIPHER_CTX_set_key_length(ctx, 5));
    ERR_clear_error();
    EVP_CIPHER_CTX_free(ctx);
}

static void sign(const char *what, EVP_PKEY *key, const EVP_MD *md, int padding) {
    printf("== %s\n", what);
    unsigned char digest[EVP_MAX_MD_SIZE], signature[600];
    unsigned int len;
    EVP_Digest(MESSAGE, sizeof MESSAGE, digest, &len, md, NULL);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    size_t most = 0, signed_len = sizeof signature;
    printf("too early: %d\n", EVP_PKEY_sign(ctx, signature, &signed_len, digest, len));
    queue();
    printf("begin: %d", EVP_PKEY_sign_init(ctx));
    printf(" padding %d", padding ? EVP_PKEY_CTX_set_rsa_padding(ctx, padding) : 1);
    printf(" digest %d\n", EVP_PKEY_CTX_set_signature_md(ctx, md));
    int ret = EVP_PKEY_sign(ctx, NULL, &most, digest, len);
    printf("most: %d %d", ret, most == (size_t)EVP_PKEY_get_size(key));
    signed_len = most;
    ret = EVP_PKEY_sign(ctx, signature, &signed_len, digest, len);
    printf(", signed: %d %d\n", ret, signed_len <= most && signed_len > 8);
    printf("with what is no digest: %d\n", EVP_PKEY_sign(ctx, digest, &(size_t){sizeof digest}, digest, 5) > 0);
    ERR_clear_error();
    printf("verify: %d", EVP_PKEY_verify_init(ctx));
    printf(" %d %d", padding ? EVP_PKEY_CTX_set_rsa_padding(ctx, padding) : 1, EVP_PKEY_CTX_set_signature_md(ctx, md));
    printf(" %d", EVP_PKEY_verify(ctx, signature, signed_len, digest, len));
    digest[0] ^= 1;
    printf(" %d", EVP_PKEY_verify(ctx, signature, signed_len, digest, len) > 0);
    digest[0] ^= 1;
    signature[signed_len - 1] ^= 1;
    printf(" %d", EVP_PKEY_verify(ctx, signature, signed_len, digest, len) > 0);
    printf(" %d\n", EVP_PKEY_verify(ctx, signature, signed_len - 3, digest, len) > 0);
    ERR_clear_error();
    EVP_PKEY_CTX_free(ctx);
}

static void describe(const char *what, EVP_PKEY *key) {
    printf("%s: %d", what, key != NULL);
    if (key)
        printf(", kind %d, %d bits, %d strong, signs %d, itself %d", EVP_PKEY_get_id(key), EVP_PKEY_get_bits(key),
               EVP_PKEY_get_security_bits(key), EVP_PKEY_can_sign(key), EVP_PKEY_eq(key, key));
    printf("\n");
    if (!key)
        return;
    // Written and read again, it is the same.
    BIO *bio = BIO_new(BIO_s_mem());
    printf("written %d", PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL));
    printf(" %d", PEM_write_bio_PUBKEY(bio, key));
    EVP_PKEY *again = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL), *public = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    printf(", the same %d %d\n", EVP_PKEY_eq(key, again), EVP_PKEY_eq(key, public));
    EVP_PKEY_free(again);
    EVP_PKEY_free(public);
    BIO_free(bio);
}

static EVP_PKEY *make(int kind, int curve, int bits) {
    printf("== a key of kind %d, %d, %d\n", kind, curve, bits);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(kind, NULL);
    printf("context: %d\n", ctx != NULL);
    if (!ctx)
        return NULL;
    EVP_PKEY *key = NULL;
    printf("too early: %d\n", EVP_PKEY_keygen(ctx, &key));
    queue();
    printf("begin: %d", EVP_PKEY_keygen_init(ctx));
    if (curve)
        printf(" curve %d", EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, curve));
    if (bits)
        printf(" bits %d", EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits));
    printf("\n");
    printf("what is not its own: %d\n", kind == EVP_PKEY_RSA ? EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, NID_X9_62_prime256v1) > 0
                                                             : EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048) > 0);
    ERR_clear_error();
    printf("made: %d\n", EVP_PKEY_keygen(ctx, &key));
    queue();
    EVP_PKEY_CTX_free(ctx);
    describe("key", key);
    return key;
}

static void made(void) {
    EVP_PKEY *rsa = make(EVP_PKEY_RSA, 0, 2048), *p256 = make(EVP_PKEY_EC, NID_X9_62_prime256v1, 0);
    EVP_PKEY *p384 = make(EVP_PKEY_EC, NID_secp384r1, 0), *ed = make(EVP_PKEY_ED25519, 0, 0);
    EVP_PKEY_free(make(EVP_PKEY_EC, NID_secp521r1, 0));
    sign("RSA, PKCS #1", rsa, EVP_sha256(), RSA_PKCS1_PADDING);
    sign("P-256", p256, EVP_sha256(), 0);
    sign("P-384", p384, EVP_sha384(), 0);
    printf("== of different kinds: %d %d\n", EVP_PKEY_eq(rsa, p256), EVP_PKEY_eq(p256, ed));
    ERR_clear_error();
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(p256);
    EVP_PKEY_free(p384);
    EVP_PKEY_free(ed);
    printf("== in one call\n");
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    describe("EC", key);
    EVP_PKEY_free(key);
    key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    describe("RSA", key);
    EVP_PKEY_free(key);
    key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    describe("Ed25519", key);
    EVP_PKEY_free(key);
    printf("an unknown curve: %d\n", EVP_PKEY_Q_keygen(NULL, NULL, "EC", "no curve") == NULL);
    printf("an unknown kind: %d\n", EVP_PKEY_Q_keygen(NULL, NULL, "none") == NULL);
    ERR_clear_error();
    printf("== by a curve's parameters\n");
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *parameters = NULL;
    printf("%d", EVP_PKEY_paramgen_init(ctx));
    printf(" %d", EVP_PKEY_CTX_ctrl_str(ctx, "ec_paramgen_curve", "P-384"));
    printf(" %d\n", EVP_PKEY_paramgen(ctx, &parameters));
    EVP_PKEY_CTX_free(ctx);
    ctx = EVP_PKEY_CTX_new(parameters, NULL);
    key = NULL;
    printf("%d", EVP_PKEY_keygen_init(ctx));
    printf(" %d\n", EVP_PKEY_keygen(ctx, &key));
    describe("key", key);
    EVP_PKEY_free(key);
    EVP_PKEY_free(parameters);
    EVP_PKEY_CTX_free(ctx);
    printf("== by the older interface\n");
    EC_KEY *ec = EC_KEY_new(), *named = EC_KEY_new_by_curve_name(NID_secp384r1);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    printf("%d", EC_KEY_set_group(ec, group));
    printf(" %d", EC_KEY_generate_key(ec));
    EVP_PKEY *holder = EVP_PKEY_new(), *other = EVP_PKEY_new();
    printf(" %d", EVP_PKEY_set1_EC_KEY(holder, ec));
    printf(" %d", EC_KEY_generate_key(named));
    printf(" %d\n", EVP_PKEY_assign_EC_KEY(other, named));
    describe("EC", holder);
    describe("EC, taken over", other);
    EC_GROUP_free(group);
    EC_KEY_free(ec);
    EVP_PKEY_free(holder);
    EVP_PKEY_free(other);
    RSA *old = RSA_new();
    BIGNUM *exponent = BN_new();
    printf("empty: %d %d\n", RSA_get0_n(old) == NULL, RSA_get0_e(old) == NULL);
    printf("%d", BN_set_word(exponent, RSA_F4));
    printf(" %d", RSA_generate_key_ex(old, 2048, exponent, NULL));
    printf(" %d bits, %d\n", RSA_bits(old), BN_cmp(RSA_get0_e(old), exponent));
    holder = EVP_PKEY_new();
    printf("%d\n", EVP_PKEY_assign_RSA(holder, old));
    describe("RSA, taken over", holder);
    EVP_PKEY_free(holder);
    BN_free(exponent);
}

static void agree(const char *what, EVP_PKEY *key, EVP_PKEY *peer) {
    printf("== %s agree\n", what);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    unsigned char secret[2][128];
    size_t len = sizeof secret[0], most = 0;
    printf("too early: %d\n", EVP_PKEY_derive(ctx, secret[0], &len));
    queue();
    printf("begin: %d", EVP_PKEY_derive_init(ctx));
    int set = EVP_PKEY_derive_set_peer(ctx, peer);
    printf(" %d\n", set);
    queue();
    if (set == 1) {
        printf("length: %d", EVP_PKEY_derive(ctx, NULL, &most));
        printf(" %zu", most);
        len = most - 1;
        printf(", too small %d", EVP_PKEY_derive(ctx, secret[0], &len));
        ERR_clear_error();
        len = sizeof secret[0];
        memset(secret, 0, sizeof secret);
        printf(", made %d", EVP_PKEY_derive(ctx, secret[0], &len));
        printf(" %zu", len);
        EVP_PKEY_CTX *other = EVP_PKEY_CTX_new(peer, NULL);
        len = sizeof secret[1];
        int begun = EVP_PKEY_derive_init(other);
        set = EVP_PKEY_derive_set_peer(other, key);
        printf(", by the other %d %d", begun, set);
        printf(" %d", EVP_PKEY_derive(other, secret[1], &len));
        printf(", the same %d\n", memcmp(secret[0], secret[1], len) == 0 && secret[0][0] + secret[0][1] + secret[0][2] + secret[0][3] != 0);
        EVP_PKEY_CTX_free(other);
    }
    EVP_PKEY_CTX_free(ctx);
}

static void agreements(void) {
    EVP_PKEY *keys[4][2];
    static const char *curves[] = {"P-256", "P-384", "P-521"};
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 2; j++)
            keys[i][j] = i < 3 ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", curves[i]) : EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
    for (int i = 0; i < 4; i++)
        agree(i < 3 ? curves[i] : "X25519", keys[i][0], keys[i][1]);
    agree("two curves", keys[0][0], keys[1][0]);
    agree("two kinds", keys[0][0], keys[3][0]);
    describe("X25519", keys[3][0]);
    unsigned char bits[64];
    size_t len = sizeof bits;
    printf("bits: %d", EVP_PKEY_get_raw_private_key(keys[3][0], bits, &len));
    EVP_PKEY *again = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, bits, len);
    printf(" %zu, the same %d\n", len, EVP_PKEY_eq(keys[3][0], again));
    EVP_PKEY_free(again);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 2; j++)
            EVP_PKEY_free(keys[i][j]);
}

// Too little room, another digest without a key, Ed25519 in pieces.
static void refusals(void) {
    HMAC_CTX *mac = HMAC_CTX_new();
    printf("no key: %d", HMAC_Init_ex(mac, NULL, 0, EVP_sha256(), NULL));
    printf(" %d", HMAC_Init_ex(mac, "key", 3, EVP_sha1(), NULL));
    printf(" %d", HMAC_Init_ex(mac, NULL, 0, EVP_sha512(), NULL));
    printf(" %d", HMAC_Init_ex(mac, "key", 3, EVP_sha512(), NULL));
    printf(" %d\n", HMAC_Init_ex(mac, NULL, 0, EVP_sha512(), NULL));
    HMAC_CTX_free(mac);
    EVP_MAC *kind = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(kind);
    char name[] = "SHA256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", name, 0), OSSL_PARAM_construct_end()};
    unsigned char out[64];
    size_t len = 0;
    printf("mac: %d", EVP_MAC_init(ctx, (const unsigned char *)"key", 3, params));
    printf(" %d", EVP_MAC_update(ctx, (const unsigned char *)"abc", 3));
    int ended = EVP_MAC_final(ctx, out, &len, 5);
    printf(", short %d", ended);
    ended = EVP_MAC_final(ctx, out, &len, sizeof out);
    printf(", again %d %zu %02x\n", ended, len, ended ? out[0] : 0);
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(kind);
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    printf("pieces: %d", EVP_DigestSignInit(md, NULL, NULL, NULL, key));
    printf(" %d", EVP_DigestSignUpdate(md, "abc", 3));
    EVP_MD_CTX_reset(md);
    printf(", %d", EVP_DigestVerifyInit(md, NULL, NULL, NULL, key));
    printf(" %d\n", EVP_DigestVerifyUpdate(md, "abc", 3));
    EVP_MD_CTX_free(md);
    EVP_PKEY_free(key);
    ERR_clear_error();
}

int main(void) {
    digests();
    refusals();
    static const char *ciphers[] = {"AES-128-CBC", "aes-192-cbc", "AES-256-CBC", "AES256", "AES-256-ECB", "AES-128-CTR", "AES-0-CBC"};
    for (size_t i = 0; i < sizeof ciphers / sizeof ciphers[0]; i++) {
        cipher(ciphers[i], 1);
        cipher(ciphers[i], 0);
    }
    made();
    agreements();
    unsigned char random[2][32];
    printf("== random: %d %d\n", RAND_bytes(random[0], 32), RAND_bytes(random[1], 32));
    printf("differ: %d\n", memcmp(random[0], random[1], 32) != 0);
    return 0;
}
