// Types, enumerations and macros of GnuTLS 3.7's API, with the tags and values that they have there.
#ifndef STANDIN_GNUTLS_TYPES_H
#define STANDIN_GNUTLS_TYPES_H

#pragma GCC system_header

#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gnutls_cipher_algorithm {
    GNUTLS_CIPHER_UNKNOWN = 0,
    GNUTLS_CIPHER_NULL = 1,
    GNUTLS_CIPHER_ARCFOUR_128 = 2,
    GNUTLS_CIPHER_3DES_CBC = 3,
    GNUTLS_CIPHER_AES_128_CBC = 4,
    GNUTLS_CIPHER_AES_256_CBC = 5,
    GNUTLS_CIPHER_ARCFOUR_40 = 6,
    GNUTLS_CIPHER_CAMELLIA_128_CBC = 7,
    GNUTLS_CIPHER_CAMELLIA_256_CBC = 8,
    GNUTLS_CIPHER_AES_192_CBC = 9,
    GNUTLS_CIPHER_AES_128_GCM = 10,
    GNUTLS_CIPHER_AES_256_GCM = 11,
    GNUTLS_CIPHER_CAMELLIA_192_CBC = 12,
    GNUTLS_CIPHER_SALSA20_256 = 13,
    GNUTLS_CIPHER_ESTREAM_SALSA20_256 = 14,
    GNUTLS_CIPHER_CAMELLIA_128_GCM = 15,
    GNUTLS_CIPHER_CAMELLIA_256_GCM = 16,
    GNUTLS_CIPHER_RC2_40_CBC = 17,
    GNUTLS_CIPHER_DES_CBC = 18,
    GNUTLS_CIPHER_AES_128_CCM = 19,
    GNUTLS_CIPHER_AES_256_CCM = 20,
    GNUTLS_CIPHER_AES_128_CCM_8 = 21,
    GNUTLS_CIPHER_AES_256_CCM_8 = 22,
    GNUTLS_CIPHER_CHACHA20_POLY1305 = 23,
    GNUTLS_CIPHER_GOST28147_TC26Z_CFB = 24,
    GNUTLS_CIPHER_GOST28147_CPA_CFB = 25,
    GNUTLS_CIPHER_GOST28147_CPB_CFB = 26,
    GNUTLS_CIPHER_GOST28147_CPC_CFB = 27,
    GNUTLS_CIPHER_GOST28147_CPD_CFB = 28,
    GNUTLS_CIPHER_AES_128_CFB8 = 29,
    GNUTLS_CIPHER_AES_192_CFB8 = 30,
    GNUTLS_CIPHER_AES_256_CFB8 = 31,
    GNUTLS_CIPHER_AES_128_XTS = 32,
    GNUTLS_CIPHER_AES_256_XTS = 33,
    GNUTLS_CIPHER_GOST28147_TC26Z_CNT = 34,
    GNUTLS_CIPHER_CHACHA20_64 = 35,
    GNUTLS_CIPHER_CHACHA20_32 = 36,
    GNUTLS_CIPHER_AES_128_SIV = 37,
    GNUTLS_CIPHER_AES_256_SIV = 38,
    GNUTLS_CIPHER_AES_192_GCM = 39,
    GNUTLS_CIPHER_MAGMA_CTR_ACPKM = 40,
    GNUTLS_CIPHER_KUZNYECHIK_CTR_ACPKM = 41,
    GNUTLS_CIPHER_IDEA_PGP_CFB = 200,
    GNUTLS_CIPHER_3DES_PGP_CFB = 201,
    GNUTLS_CIPHER_CAST5_PGP_CFB = 202,
    GNUTLS_CIPHER_BLOWFISH_PGP_CFB = 203,
    GNUTLS_CIPHER_SAFER_SK128_PGP_CFB = 204,
    GNUTLS_CIPHER_AES128_PGP_CFB = 205,
    GNUTLS_CIPHER_AES192_PGP_CFB = 206,
    GNUTLS_CIPHER_AES256_PGP_CFB = 207,
    GNUTLS_CIPHER_TWOFISH_PGP_CFB = 208,
} gnutls_cipher_algorithm_t;
typedef enum {
    GNUTLS_KX_UNKNOWN = 0,
    GNUTLS_KX_RSA = 1,
    GNUTLS_KX_DHE_DSS = 2,
    GNUTLS_KX_DHE_RSA = 3,
    GNUTLS_KX_ANON_DH = 4,
    GNUTLS_KX_SRP = 5,
    GNUTLS_KX_RSA_EXPORT = 6,
    GNUTLS_KX_SRP_RSA = 7,
    GNUTLS_KX_SRP_DSS = 8,
    GNUTLS_KX_PSK = 9,
    GNUTLS_KX_DHE_PSK = 10,
    GNUTLS_KX_ANON_ECDH = 11,
    GNUTLS_KX_ECDHE_RSA = 12,
    GNUTLS_KX_ECDHE_ECDSA = 13,
    GNUTLS_KX_ECDHE_PSK = 14,
    GNUTLS_KX_RSA_PSK = 15,
    GNUTLS_KX_VKO_GOST_12 = 16,
} gnutls_kx_algorithm_t;
typedef enum {
    GNUTLS_PARAMS_RSA_EXPORT = 1,
    GNUTLS_PARAMS_DH = 2,
    GNUTLS_PARAMS_ECDH = 3,
} gnutls_params_type_t;
typedef enum {
    GNUTLS_CRD_CERTIFICATE = 1,
    GNUTLS_CRD_ANON = 2,
    GNUTLS_CRD_SRP = 3,
    GNUTLS_CRD_PSK = 4,
    GNUTLS_CRD_IA = 5,
} gnutls_credentials_type_t;
typedef enum {
    GNUTLS_MAC_UNKNOWN = 0,
    GNUTLS_MAC_NULL = 1,
    GNUTLS_MAC_MD5 = 2,
    GNUTLS_MAC_SHA1 = 3,
    GNUTLS_MAC_RMD160 = 4,
    GNUTLS_MAC_MD2 = 5,
    GNUTLS_MAC_SHA256 = 6,
    GNUTLS_MAC_SHA384 = 7,
    GNUTLS_MAC_SHA512 = 8,
    GNUTLS_MAC_SHA224 = 9,
    GNUTLS_MAC_SHA3_224 = 10,
    GNUTLS_MAC_SHA3_256 = 11,
    GNUTLS_MAC_SHA3_384 = 12,
    GNUTLS_MAC_SHA3_512 = 13,
    GNUTLS_MAC_MD5_SHA1 = 14,
    GNUTLS_MAC_GOSTR_94 = 15,
    GNUTLS_MAC_STREEBOG_256 = 16,
    GNUTLS_MAC_STREEBOG_512 = 17,
    GNUTLS_MAC_AEAD = 200,
    GNUTLS_MAC_UMAC_96 = 201,
    GNUTLS_MAC_UMAC_128 = 202,
    GNUTLS_MAC_AES_CMAC_128 = 203,
    GNUTLS_MAC_AES_CMAC_256 = 204,
    GNUTLS_MAC_AES_GMAC_128 = 205,
    GNUTLS_MAC_AES_GMAC_192 = 206,
    GNUTLS_MAC_AES_GMAC_256 = 207,
    GNUTLS_MAC_GOST28147_TC26Z_IMIT = 208,
    GNUTLS_MAC_SHAKE_128 = 209,
    GNUTLS_MAC_SHAKE_256 = 210,
    GNUTLS_MAC_MAGMA_OMAC = 211,
    GNUTLS_MAC_KUZNYECHIK_OMAC = 212,
} gnutls_mac_algorithm_t;
typedef enum {
    GNUTLS_DIG_UNKNOWN = 0,
    GNUTLS_DIG_NULL = 1,
    GNUTLS_DIG_MD5 = 2,
    GNUTLS_DIG_SHA1 = 3,
    GNUTLS_DIG_RMD160 = 4,
    GNUTLS_DIG_MD2 = 5,
    GNUTLS_DIG_SHA256 = 6,
    GNUTLS_DIG_SHA384 = 7,
    GNUTLS_DIG_SHA512 = 8,
    GNUTLS_DIG_SHA224 = 9,
    GNUTLS_DIG_SHA3_224 = 10,
    GNUTLS_DIG_SHA3_256 = 11,
    GNUTLS_DIG_SHA3_384 = 12,
    GNUTLS_DIG_SHA3_512 = 13,
    GNUTLS_DIG_MD5_SHA1 = 14,
    GNUTLS_DIG_GOSTR_94 = 15,
    GNUTLS_DIG_STREEBOG_256 = 16,
    GNUTLS_DIG_STREEBOG_512 = 17,
    GNUTLS_DIG_SHAKE_128 = 209,
    GNUTLS_DIG_SHAKE_256 = 210,
} gnutls_digest_algorithm_t;
typedef enum {
    GNUTLS_COMP_UNKNOWN = 0,
    GNUTLS_COMP_NULL = 1,
    GNUTLS_COMP_DEFLATE = 2,
    GNUTLS_COMP_ZLIB = 2,
    GNUTLS_COMP_BROTLI = 3,
    GNUTLS_COMP_ZSTD = 4,
} gnutls_compression_method_t;
typedef enum {
    GNUTLS_SERVER = 1,
    GNUTLS_CLIENT = 2,
    GNUTLS_DATAGRAM = 4,
    GNUTLS_NONBLOCK = 8,
    GNUTLS_NO_EXTENSIONS = 16,
    GNUTLS_NO_REPLAY_PROTECTION = 32,
    GNUTLS_NO_SIGNAL = 64,
    GNUTLS_ALLOW_ID_CHANGE = 128,
    GNUTLS_ENABLE_FALSE_START = 256,
    GNUTLS_FORCE_CLIENT_CERT = 512,
    GNUTLS_NO_TICKETS = 1024,
    GNUTLS_KEY_SHARE_TOP = 2048,
    GNUTLS_KEY_SHARE_TOP2 = 4096,
    GNUTLS_KEY_SHARE_TOP3 = 8192,
    GNUTLS_POST_HANDSHAKE_AUTH = 16384,
    GNUTLS_NO_AUTO_REKEY = 32768,
    GNUTLS_SAFE_PADDING_CHECK = 0x10000,
    GNUTLS_ENABLE_EARLY_START = 0x20000,
    GNUTLS_ENABLE_RAWPK = 0x40000,
    GNUTLS_AUTO_REAUTH = 0x80000,
    GNUTLS_ENABLE_EARLY_DATA = 0x100000,
    GNUTLS_NO_AUTO_SEND_TICKET = 0x200000,
    GNUTLS_NO_END_OF_EARLY_DATA = 0x400000,
    GNUTLS_NO_TICKETS_TLS12 = 0x800000,
} gnutls_init_flags_t;
typedef enum {
    GNUTLS_AL_WARNING = 1,
    GNUTLS_AL_FATAL = 2,
} gnutls_alert_level_t;
typedef enum {
    GNUTLS_A_CLOSE_NOTIFY = 0,
    GNUTLS_A_UNEXPECTED_MESSAGE = 10,
    GNUTLS_A_BAD_RECORD_MAC = 20,
    GNUTLS_A_DECRYPTION_FAILED = 21,
    GNUTLS_A_RECORD_OVERFLOW = 22,
    GNUTLS_A_DECOMPRESSION_FAILURE = 30,
    GNUTLS_A_HANDSHAKE_FAILURE = 40,
    GNUTLS_A_SSL3_NO_CERTIFICATE = 41,
    GNUTLS_A_BAD_CERTIFICATE = 42,
    GNUTLS_A_UNSUPPORTED_CERTIFICATE = 43,
    GNUTLS_A_CERTIFICATE_REVOKED = 44,
    GNUTLS_A_CERTIFICATE_EXPIRED = 45,
    GNUTLS_A_CERTIFICATE_UNKNOWN = 46,
    GNUTLS_A_ILLEGAL_PARAMETER = 47,
    GNUTLS_A_UNKNOWN_CA = 48,
    GNUTLS_A_ACCESS_DENIED = 49,
    GNUTLS_A_DECODE_ERROR = 50,
    GNUTLS_A_DECRYPT_ERROR = 51,
    GNUTLS_A_EXPORT_RESTRICTION = 60,
    GNUTLS_A_PROTOCOL_VERSION = 70,
    GNUTLS_A_INSUFFICIENT_SECURITY = 71,
    GNUTLS_A_INTERNAL_ERROR = 80,
    GNUTLS_A_INAPPROPRIATE_FALLBACK = 86,
    GNUTLS_A_USER_CANCELED = 90,
    GNUTLS_A_NO_RENEGOTIATION = 100,
    GNUTLS_A_MISSING_EXTENSION = 109,
    GNUTLS_A_UNSUPPORTED_EXTENSION = 110,
    GNUTLS_A_CERTIFICATE_UNOBTAINABLE = 111,
    GNUTLS_A_UNRECOGNIZED_NAME = 112,
    GNUTLS_A_UNKNOWN_PSK_IDENTITY = 115,
    GNUTLS_A_CERTIFICATE_REQUIRED = 116,
    GNUTLS_A_NO_APPLICATION_PROTOCOL = 120,
    GNUTLS_A_MAX = 120,
} gnutls_alert_description_t;
typedef enum {
    GNUTLS_HANDSHAKE_HELLO_REQUEST = 0,
    GNUTLS_HANDSHAKE_CLIENT_HELLO = 1,
    GNUTLS_HANDSHAKE_SERVER_HELLO = 2,
    GNUTLS_HANDSHAKE_HELLO_VERIFY_REQUEST = 3,
    GNUTLS_HANDSHAKE_NEW_SESSION_TICKET = 4,
    GNUTLS_HANDSHAKE_END_OF_EARLY_DATA = 5,
    GNUTLS_HANDSHAKE_ENCRYPTED_EXTENSIONS = 8,
    GNUTLS_HANDSHAKE_CERTIFICATE_PKT = 11,
    GNUTLS_HANDSHAKE_SERVER_KEY_EXCHANGE = 12,
    GNUTLS_HANDSHAKE_CERTIFICATE_REQUEST = 13,
    GNUTLS_HANDSHAKE_SERVER_HELLO_DONE = 14,
    GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY = 15,
    GNUTLS_HANDSHAKE_CLIENT_KEY_EXCHANGE = 16,
    GNUTLS_HANDSHAKE_FINISHED = 20,
    GNUTLS_HANDSHAKE_CERTIFICATE_STATUS = 22,
    GNUTLS_HANDSHAKE_SUPPLEMENTAL = 23,
    GNUTLS_HANDSHAKE_KEY_UPDATE = 24,
    GNUTLS_HANDSHAKE_COMPRESSED_CERTIFICATE_PKT = 25,
    GNUTLS_HANDSHAKE_CHANGE_CIPHER_SPEC = 254,
    GNUTLS_HANDSHAKE_CLIENT_HELLO_V2 = 1024,
    GNUTLS_HANDSHAKE_HELLO_RETRY_REQUEST = 1025,
} gnutls_handshake_description_t;
typedef enum {
    GNUTLS_CERT_INVALID = 2,
    GNUTLS_CERT_REVOKED = 32,
    GNUTLS_CERT_SIGNER_NOT_FOUND = 64,
    GNUTLS_CERT_SIGNER_NOT_CA = 128,
    GNUTLS_CERT_INSECURE_ALGORITHM = 256,
    GNUTLS_CERT_NOT_ACTIVATED = 512,
    GNUTLS_CERT_EXPIRED = 1024,
    GNUTLS_CERT_SIGNATURE_FAILURE = 2048,
    GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED = 4096,
    GNUTLS_CERT_UNEXPECTED_OWNER = 16384,
    GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE = 32768,
    GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE = 0x10000,
    GNUTLS_CERT_MISMATCH = 0x20000,
    GNUTLS_CERT_PURPOSE_MISMATCH = 0x40000,
    GNUTLS_CERT_MISSING_OCSP_STATUS = 0x80000,
    GNUTLS_CERT_INVALID_OCSP_STATUS = 0x100000,
    GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS = 0x200000,
} gnutls_certificate_status_t;
typedef enum {
    GNUTLS_CERT_IGNORE = 0,
    GNUTLS_CERT_REQUEST = 1,
    GNUTLS_CERT_REQUIRE = 2,
} gnutls_certificate_request_t;
typedef enum {
    GNUTLS_OPENPGP_CERT = 0,
    GNUTLS_OPENPGP_CERT_FINGERPRINT = 1,
} gnutls_openpgp_crt_status_t;
typedef enum {
    GNUTLS_SHUT_RDWR = 0,
    GNUTLS_SHUT_WR = 1,
} gnutls_close_request_t;
typedef enum {
    GNUTLS_SSL3 = 1,
    GNUTLS_TLS1_0 = 2,
    GNUTLS_TLS1 = 2,
    GNUTLS_TLS1_1 = 3,
    GNUTLS_TLS1_2 = 4,
    GNUTLS_TLS1_3 = 5,
    GNUTLS_DTLS0_9 = 200,
    GNUTLS_DTLS1_0 = 201,
    GNUTLS_DTLS1_2 = 202,
    GNUTLS_DTLS_VERSION_MIN = 200,
    GNUTLS_DTLS_VERSION_MAX = 202,
    GNUTLS_TLS_VERSION_MAX = 5,
    GNUTLS_VERSION_UNKNOWN = 255,
} gnutls_protocol_t;
typedef enum {
    GNUTLS_CRT_UNKNOWN = 0,
    GNUTLS_CRT_X509 = 1,
    GNUTLS_CRT_OPENPGP = 2,
    GNUTLS_CRT_RAWPK = 3,
    GNUTLS_CRT_MAX = 3,
} gnutls_certificate_type_t;
typedef enum {
    GNUTLS_X509_FMT_DER = 0,
    GNUTLS_X509_FMT_PEM = 1,
} gnutls_x509_crt_fmt_t;
typedef enum gnutls_certificate_print_formats {
    GNUTLS_CRT_PRINT_FULL = 0,
    GNUTLS_CRT_PRINT_ONELINE = 1,
    GNUTLS_CRT_PRINT_UNSIGNED_FULL = 2,
    GNUTLS_CRT_PRINT_COMPACT = 3,
    GNUTLS_CRT_PRINT_FULL_NUMBERS = 4,
} gnutls_certificate_print_formats_t;
typedef enum {
    GNUTLS_PK_UNKNOWN = 0,
    GNUTLS_PK_RSA = 1,
    GNUTLS_PK_DSA = 2,
    GNUTLS_PK_DH = 3,
    GNUTLS_PK_ECDSA = 4,
    GNUTLS_PK_ECDH_X25519 = 5,
    GNUTLS_PK_RSA_PSS = 6,
    GNUTLS_PK_EDDSA_ED25519 = 7,
    GNUTLS_PK_GOST_01 = 8,
    GNUTLS_PK_GOST_12_256 = 9,
    GNUTLS_PK_GOST_12_512 = 10,
    GNUTLS_PK_ECDH_X448 = 11,
    GNUTLS_PK_EDDSA_ED448 = 12,
    GNUTLS_PK_MAX = 12,
} gnutls_pk_algorithm_t;
typedef enum {
    GNUTLS_SIGN_UNKNOWN = 0,
    GNUTLS_SIGN_RSA_SHA1 = 1,
    GNUTLS_SIGN_RSA_SHA = 1,
    GNUTLS_SIGN_DSA_SHA1 = 2,
    GNUTLS_SIGN_DSA_SHA = 2,
    GNUTLS_SIGN_RSA_MD5 = 3,
    GNUTLS_SIGN_RSA_MD2 = 4,
    GNUTLS_SIGN_RSA_RMD160 = 5,
    GNUTLS_SIGN_RSA_SHA256 = 6,
    GNUTLS_SIGN_RSA_SHA384 = 7,
    GNUTLS_SIGN_RSA_SHA512 = 8,
    GNUTLS_SIGN_RSA_SHA224 = 9,
    GNUTLS_SIGN_DSA_SHA224 = 10,
    GNUTLS_SIGN_DSA_SHA256 = 11,
    GNUTLS_SIGN_ECDSA_SHA1 = 12,
    GNUTLS_SIGN_ECDSA_SHA224 = 13,
    GNUTLS_SIGN_ECDSA_SHA256 = 14,
    GNUTLS_SIGN_ECDSA_SHA384 = 15,
    GNUTLS_SIGN_ECDSA_SHA512 = 16,
    GNUTLS_SIGN_DSA_SHA384 = 17,
    GNUTLS_SIGN_DSA_SHA512 = 18,
    GNUTLS_SIGN_ECDSA_SHA3_224 = 20,
    GNUTLS_SIGN_ECDSA_SHA3_256 = 21,
    GNUTLS_SIGN_ECDSA_SHA3_384 = 22,
    GNUTLS_SIGN_ECDSA_SHA3_512 = 23,
    GNUTLS_SIGN_DSA_SHA3_224 = 24,
    GNUTLS_SIGN_DSA_SHA3_256 = 25,
    GNUTLS_SIGN_DSA_SHA3_384 = 26,
    GNUTLS_SIGN_DSA_SHA3_512 = 27,
    GNUTLS_SIGN_RSA_SHA3_224 = 28,
    GNUTLS_SIGN_RSA_SHA3_256 = 29,
    GNUTLS_SIGN_RSA_SHA3_384 = 30,
    GNUTLS_SIGN_RSA_SHA3_512 = 31,
    GNUTLS_SIGN_RSA_PSS_SHA256 = 32,
    GNUTLS_SIGN_RSA_PSS_SHA384 = 33,
    GNUTLS_SIGN_RSA_PSS_SHA512 = 34,
    GNUTLS_SIGN_EDDSA_ED25519 = 35,
    GNUTLS_SIGN_RSA_RAW = 36,
    GNUTLS_SIGN_ECDSA_SECP256R1_SHA256 = 37,
    GNUTLS_SIGN_ECDSA_SECP384R1_SHA384 = 38,
    GNUTLS_SIGN_ECDSA_SECP521R1_SHA512 = 39,
    GNUTLS_SIGN_RSA_PSS_RSAE_SHA256 = 40,
    GNUTLS_SIGN_RSA_PSS_RSAE_SHA384 = 41,
    GNUTLS_SIGN_RSA_PSS_RSAE_SHA512 = 42,
    GNUTLS_SIGN_GOST_94 = 43,
    GNUTLS_SIGN_GOST_256 = 44,
    GNUTLS_SIGN_GOST_512 = 45,
    GNUTLS_SIGN_EDDSA_ED448 = 46,
    GNUTLS_SIGN_MAX = 46,
} gnutls_sign_algorithm_t;
typedef enum {
    GNUTLS_ECC_CURVE_INVALID = 0,
    GNUTLS_ECC_CURVE_SECP224R1 = 1,
    GNUTLS_ECC_CURVE_SECP256R1 = 2,
    GNUTLS_ECC_CURVE_SECP384R1 = 3,
    GNUTLS_ECC_CURVE_SECP521R1 = 4,
    GNUTLS_ECC_CURVE_SECP192R1 = 5,
    GNUTLS_ECC_CURVE_X25519 = 6,
    GNUTLS_ECC_CURVE_ED25519 = 7,
    GNUTLS_ECC_CURVE_GOST256CPA = 8,
    GNUTLS_ECC_CURVE_GOST256CPB = 9,
    GNUTLS_ECC_CURVE_GOST256CPC = 10,
    GNUTLS_ECC_CURVE_GOST256CPXA = 11,
    GNUTLS_ECC_CURVE_GOST256CPXB = 12,
    GNUTLS_ECC_CURVE_GOST512A = 13,
    GNUTLS_ECC_CURVE_GOST512B = 14,
    GNUTLS_ECC_CURVE_GOST512C = 15,
    GNUTLS_ECC_CURVE_GOST256A = 16,
    GNUTLS_ECC_CURVE_GOST256B = 17,
    GNUTLS_ECC_CURVE_GOST256C = 18,
    GNUTLS_ECC_CURVE_GOST256D = 19,
    GNUTLS_ECC_CURVE_X448 = 20,
    GNUTLS_ECC_CURVE_ED448 = 21,
    GNUTLS_ECC_CURVE_MAX = 21,
} gnutls_ecc_curve_t;
typedef enum {
    GNUTLS_GROUP_INVALID = 0,
    GNUTLS_GROUP_SECP192R1 = 5,
    GNUTLS_GROUP_SECP224R1 = 1,
    GNUTLS_GROUP_SECP256R1 = 2,
    GNUTLS_GROUP_SECP384R1 = 3,
    GNUTLS_GROUP_SECP521R1 = 4,
    GNUTLS_GROUP_X25519 = 6,
    GNUTLS_GROUP_X448 = 20,
    GNUTLS_GROUP_GC256A = 16,
    GNUTLS_GROUP_GC256B = 17,
    GNUTLS_GROUP_GC256C = 18,
    GNUTLS_GROUP_GC256D = 19,
    GNUTLS_GROUP_GC512A = 13,
    GNUTLS_GROUP_GC512B = 14,
    GNUTLS_GROUP_GC512C = 15,
    GNUTLS_GROUP_FFDHE2048 = 256,
    GNUTLS_GROUP_FFDHE3072 = 257,
    GNUTLS_GROUP_FFDHE4096 = 258,
    GNUTLS_GROUP_FFDHE8192 = 259,
    GNUTLS_GROUP_FFDHE6144 = 260,
    GNUTLS_GROUP_MAX = 260,
} gnutls_group_t;
typedef enum {
    GNUTLS_SEC_PARAM_UNKNOWN = 0,
    GNUTLS_SEC_PARAM_INSECURE = 5,
    GNUTLS_SEC_PARAM_EXPORT = 10,
    GNUTLS_SEC_PARAM_VERY_WEAK = 15,
    GNUTLS_SEC_PARAM_WEAK = 20,
    GNUTLS_SEC_PARAM_LOW = 25,
    GNUTLS_SEC_PARAM_LEGACY = 30,
    GNUTLS_SEC_PARAM_MEDIUM = 35,
    GNUTLS_SEC_PARAM_HIGH = 40,
    GNUTLS_SEC_PARAM_ULTRA = 45,
    GNUTLS_SEC_PARAM_FUTURE = 50,
    GNUTLS_SEC_PARAM_MAX = 50,
} gnutls_sec_param_t;
typedef enum {
    GNUTLS_CB_TLS_UNIQUE = 0,
    GNUTLS_CB_TLS_SERVER_END_POINT = 1,
    GNUTLS_CB_TLS_EXPORTER = 2,
} gnutls_channel_binding_t;
typedef enum {
    GNUTLS_GOST_PARAMSET_UNKNOWN = 0,
    GNUTLS_GOST_PARAMSET_TC26_Z = 1,
    GNUTLS_GOST_PARAMSET_CP_A = 2,
    GNUTLS_GOST_PARAMSET_CP_B = 3,
    GNUTLS_GOST_PARAMSET_CP_C = 4,
    GNUTLS_GOST_PARAMSET_CP_D = 5,
} gnutls_gost_paramset_t;
typedef enum {
    GNUTLS_CTYPE_CLIENT = 0,
    GNUTLS_CTYPE_SERVER = 1,
    GNUTLS_CTYPE_OURS = 2,
    GNUTLS_CTYPE_PEERS = 3,
} gnutls_ctype_target_t;
typedef void *gnutls_transport_ptr_t;
struct gnutls_session_int;
typedef struct gnutls_session_int *gnutls_session_t;
struct gnutls_dh_params_int;
typedef struct gnutls_dh_params_int *gnutls_dh_params_t;
struct gnutls_x509_privkey_int;
typedef struct gnutls_x509_privkey_int *gnutls_rsa_params_t;
struct gnutls_priority_st;
typedef struct gnutls_priority_st *gnutls_priority_t;
typedef struct {
    unsigned char *data;
    unsigned int size;
} gnutls_datum_t;
typedef struct gnutls_library_config_st {
    const char *name;
    const char *value;
} gnutls_library_config_st;
typedef struct gnutls_params_st {
    gnutls_params_type_t type;
    union params {
    gnutls_dh_params_t dh;
    gnutls_rsa_params_t rsa_export;
    } params;
    int deinit;
    } gnutls_params_st;
typedef int gnutls_params_function(gnutls_session_t, gnutls_params_type_t, gnutls_params_st *);
typedef struct {
    size_t low;
    size_t high;
} gnutls_range_st;
typedef struct mbuffer_st *gnutls_packet_t;
typedef enum {
    GNUTLS_NAME_DNS = 1,
} gnutls_server_name_type_t;
typedef enum {
    GNUTLS_SFLAGS_SAFE_RENEGOTIATION = 1,
    GNUTLS_SFLAGS_EXT_MASTER_SECRET = 2,
    GNUTLS_SFLAGS_ETM = 4,
    GNUTLS_SFLAGS_HB_LOCAL_SEND = 8,
    GNUTLS_SFLAGS_HB_PEER_SEND = 16,
    GNUTLS_SFLAGS_FALSE_START = 32,
    GNUTLS_SFLAGS_RFC7919 = 64,
    GNUTLS_SFLAGS_SESSION_TICKET = 128,
    GNUTLS_SFLAGS_POST_HANDSHAKE_AUTH = 256,
    GNUTLS_SFLAGS_EARLY_START = 512,
    GNUTLS_SFLAGS_EARLY_DATA = 1024,
    GNUTLS_SFLAGS_CLI_REQUESTED_OCSP = 2048,
    GNUTLS_SFLAGS_SERV_REQUESTED_OCSP = 4096,
} gnutls_session_flags_t;
typedef enum {
    GNUTLS_SUPPLEMENTAL_UNKNOWN = 0,
} gnutls_supplemental_data_format_type_t;
typedef enum {
    GNUTLS_SRTP_AES128_CM_HMAC_SHA1_80 = 1,
    GNUTLS_SRTP_AES128_CM_HMAC_SHA1_32 = 2,
    GNUTLS_SRTP_NULL_HMAC_SHA1_80 = 5,
    GNUTLS_SRTP_NULL_HMAC_SHA1_32 = 6,
} gnutls_srtp_profile_t;
typedef enum {
    GNUTLS_ALPN_MANDATORY = 1,
    GNUTLS_ALPN_SERVER_PRECEDENCE = 2,
} gnutls_alpn_flags_t;
typedef int gnutls_certificate_verify_function(gnutls_session_t);
typedef enum {
    GNUTLS_DT_UNKNOWN = 0,
    GNUTLS_DT_DNS_HOSTNAME = 1,
    GNUTLS_DT_KEY_PURPOSE_OID = 2,
    GNUTLS_DT_RFC822NAME = 3,
    GNUTLS_DT_IP_ADDRESS = 4,
} gnutls_vdata_types_t;
typedef struct {
    gnutls_vdata_types_t type;
    unsigned char *data;
    unsigned int size;
} gnutls_typed_vdata_st;
typedef int (*gnutls_db_store_func) (void *, gnutls_datum_t key, gnutls_datum_t data);
typedef int (*gnutls_db_remove_func) (void *, gnutls_datum_t key);
typedef gnutls_datum_t(*gnutls_db_retr_func) (void *, gnutls_datum_t key);
typedef int (*gnutls_handshake_hook_func) (gnutls_session_t, unsigned int htype, unsigned when, unsigned int incoming, const gnutls_datum_t *msg);
typedef int (*gnutls_handshake_simple_hook_func) (gnutls_session_t);
struct gnutls_pubkey_st;
typedef struct gnutls_pubkey_st *gnutls_pubkey_t;
struct gnutls_privkey_st;
typedef struct gnutls_privkey_st *gnutls_privkey_t;
struct gnutls_x509_privkey_int;
typedef struct gnutls_x509_privkey_int *gnutls_x509_privkey_t;
struct gnutls_x509_crl_int;
typedef struct gnutls_x509_crl_int *gnutls_x509_crl_t;
struct gnutls_x509_crt_int;
typedef struct gnutls_x509_crt_int *gnutls_x509_crt_t;
struct gnutls_x509_crq_int;
typedef struct gnutls_x509_crq_int *gnutls_x509_crq_t;
struct gnutls_openpgp_keyring_int;
typedef struct gnutls_openpgp_keyring_int *gnutls_openpgp_keyring_t;
struct gnutls_certificate_credentials_st;
typedef struct gnutls_certificate_credentials_st *gnutls_certificate_credentials_t;
typedef gnutls_certificate_credentials_t gnutls_certificate_server_credentials;
typedef gnutls_certificate_credentials_t gnutls_certificate_client_credentials;
typedef struct gnutls_anon_server_credentials_st *gnutls_anon_server_credentials_t;
typedef struct gnutls_anon_client_credentials_st *gnutls_anon_client_credentials_t;
typedef enum gnutls_certificate_flags {
    GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH = 1,
    GNUTLS_CERTIFICATE_API_V2 = 2,
    GNUTLS_CERTIFICATE_SKIP_OCSP_RESPONSE_CHECK = 4,
    GNUTLS_CERTIFICATE_VERIFY_CRLS = 8,
} gnutls_certificate_flags;
typedef int (*gnutls_status_request_ocsp_func) (gnutls_session_t session, void *ptr, gnutls_datum_t *ocsp_response);
typedef struct gnutls_ocsp_data_st {
    unsigned int version;
    gnutls_datum_t response;
    time_t exptime;
    unsigned char padding[32];
} gnutls_ocsp_data_st;
typedef time_t(*gnutls_time_func) (time_t *t);
typedef int (*mutex_init_func) (void **mutex);
typedef int (*mutex_lock_func) (void **mutex);
typedef int (*mutex_unlock_func) (void **mutex);
typedef int (*mutex_deinit_func) (void **mutex);
typedef void *(*gnutls_alloc_function) (size_t);
typedef void *(*gnutls_calloc_function) (size_t, size_t);
typedef int (*gnutls_is_secure_function) (const void *);
typedef void (*gnutls_free_function) (void *);
typedef void *(*gnutls_realloc_function) (void *, size_t);
typedef void (*gnutls_log_func) (int, const char *);
typedef void (*gnutls_audit_log_func) (gnutls_session_t, const char *);
typedef int (*gnutls_keylog_func) (gnutls_session_t session, const char *label, const gnutls_datum_t *secret);
typedef struct iovec giovec_t;
typedef ssize_t(*gnutls_pull_func) (gnutls_transport_ptr_t, void *, size_t);
typedef ssize_t(*gnutls_push_func) (gnutls_transport_ptr_t, const void *, size_t);
typedef int (*gnutls_pull_timeout_func) (gnutls_transport_ptr_t, unsigned int ms);
typedef ssize_t(*gnutls_vec_push_func) (gnutls_transport_ptr_t, const giovec_t *iov, int iovcnt);
typedef int (*gnutls_errno_func) (gnutls_transport_ptr_t);
typedef enum gnutls_random_art {
    GNUTLS_RANDOM_ART_OPENSSH = 1,
} gnutls_random_art_t;
typedef struct gnutls_srp_server_credentials_st *gnutls_srp_server_credentials_t;
typedef struct gnutls_srp_client_credentials_st *gnutls_srp_client_credentials_t;
typedef int gnutls_srp_server_credentials_function(gnutls_session_t, const char *username, gnutls_datum_t *salt, gnutls_datum_t *verifier, gnutls_datum_t *generator, gnutls_datum_t *prime);
typedef int gnutls_srp_client_credentials_function(gnutls_session_t, char **, char **);
typedef struct gnutls_psk_server_credentials_st *gnutls_psk_server_credentials_t;
typedef struct gnutls_psk_client_credentials_st *gnutls_psk_client_credentials_t;
typedef enum gnutls_psk_key_flags {
    GNUTLS_PSK_KEY_RAW = 0,
    GNUTLS_PSK_KEY_HEX = 1,
} gnutls_psk_key_flags;
typedef int gnutls_psk_server_credentials_function(gnutls_session_t, const char *username, gnutls_datum_t *key);
typedef int gnutls_psk_server_credentials_function2(gnutls_session_t, const gnutls_datum_t *username, gnutls_datum_t *key);
typedef int gnutls_psk_client_credentials_function(gnutls_session_t, char **username, gnutls_datum_t *key);
typedef int gnutls_psk_client_credentials_function2(gnutls_session_t, gnutls_datum_t *username, gnutls_datum_t *key);
typedef enum gnutls_x509_subject_alt_name_t {
    GNUTLS_SAN_DNSNAME = 1,
    GNUTLS_SAN_RFC822NAME = 2,
    GNUTLS_SAN_URI = 3,
    GNUTLS_SAN_IPADDRESS = 4,
    GNUTLS_SAN_OTHERNAME = 5,
    GNUTLS_SAN_DN = 6,
    GNUTLS_SAN_REGISTERED_ID = 7,
    GNUTLS_SAN_MAX = 7,
    GNUTLS_SAN_OTHERNAME_XMPP = 1000,
    GNUTLS_SAN_OTHERNAME_KRB5PRINCIPAL = 1001,
    GNUTLS_SAN_OTHERNAME_MSUSERPRINCIPAL = 1002,
    GNUTLS_SAN_OTHERNAME_SRV = 1003,
} gnutls_x509_subject_alt_name_t;
struct gnutls_openpgp_crt_int;
typedef struct gnutls_openpgp_crt_int *gnutls_openpgp_crt_t;
struct gnutls_openpgp_privkey_int;
typedef struct gnutls_openpgp_privkey_int *gnutls_openpgp_privkey_t;
struct gnutls_pkcs11_privkey_st;
typedef struct gnutls_pkcs11_privkey_st *gnutls_pkcs11_privkey_t;
typedef enum {
    GNUTLS_PRIVKEY_X509 = 0,
    GNUTLS_PRIVKEY_OPENPGP = 1,
    GNUTLS_PRIVKEY_PKCS11 = 2,
    GNUTLS_PRIVKEY_EXT = 3,
} gnutls_privkey_type_t;
typedef struct gnutls_retr2_st {
    gnutls_certificate_type_t cert_type;
    gnutls_privkey_type_t key_type;
    union {
    gnutls_x509_crt_t *x509;
    gnutls_openpgp_crt_t pgp;
    } cert;
    unsigned int ncerts;
    union {
    gnutls_x509_privkey_t x509;
    gnutls_openpgp_privkey_t pgp;
    gnutls_pkcs11_privkey_t pkcs11;
    } key;
    unsigned int deinit_all;
    } gnutls_retr2_st;
typedef int gnutls_certificate_retrieve_function(gnutls_session_t, const gnutls_datum_t *req_ca_rdn, int nreqs, const gnutls_pk_algorithm_t *pk_algos, int pk_algos_length, gnutls_retr2_st *);
typedef int (*gnutls_tdb_store_func) (const char *db_name, const char *host, const char *service, time_t expiration, const gnutls_datum_t *pubkey);
typedef int (*gnutls_tdb_store_commitment_func) (const char *db_name, const char *host, const char *service, time_t expiration, gnutls_digest_algorithm_t hash_algo, const gnutls_datum_t *hash);
typedef int (*gnutls_tdb_verify_func) (const char *db_name, const char *host, const char *service, const gnutls_datum_t *pubkey);
struct gnutls_tdb_int;
typedef struct gnutls_tdb_int *gnutls_tdb_t;
typedef enum {
    GNUTLS_PIN_USER = 1,
    GNUTLS_PIN_SO = 2,
    GNUTLS_PIN_FINAL_TRY = 4,
    GNUTLS_PIN_COUNT_LOW = 8,
    GNUTLS_PIN_CONTEXT_SPECIFIC = 16,
    GNUTLS_PIN_WRONG = 32,
} gnutls_pin_flag_t;
typedef int (*gnutls_pin_callback_t) (void *userdata, int attempt, const char *token_url, const char *token_label, unsigned int flags, char *pin, size_t pin_max);
typedef struct gnutls_buffer_st *gnutls_buffer_t;
typedef void *gnutls_ext_priv_data_t;
typedef int (*gnutls_ext_recv_func) (gnutls_session_t session, const unsigned char *data, size_t len);
typedef int (*gnutls_ext_send_func) (gnutls_session_t session, gnutls_buffer_t extdata);
typedef void (*gnutls_ext_deinit_data_func) (gnutls_ext_priv_data_t data);
typedef int (*gnutls_ext_pack_func) (gnutls_ext_priv_data_t data, gnutls_buffer_t packed_data);
typedef int (*gnutls_ext_unpack_func) (gnutls_buffer_t packed_data, gnutls_ext_priv_data_t *data);
typedef int (*gnutls_ext_raw_process_func)(void *ctx, unsigned tls_id, const unsigned char *data, unsigned data_size);
typedef enum {
    GNUTLS_EXT_ANY = 0,
    GNUTLS_EXT_APPLICATION = 1,
    GNUTLS_EXT_TLS = 2,
    GNUTLS_EXT_MANDATORY = 3,
    GNUTLS_EXT_NONE = 4,
    GNUTLS_EXT_VERSION_NEG = 5,
} gnutls_ext_parse_type_t;
typedef enum {
    GNUTLS_EXT_FLAG_OVERRIDE_INTERNAL = 1,
    GNUTLS_EXT_FLAG_CLIENT_HELLO = 2,
    GNUTLS_EXT_FLAG_TLS12_SERVER_HELLO = 4,
    GNUTLS_EXT_FLAG_TLS13_SERVER_HELLO = 8,
    GNUTLS_EXT_FLAG_EE = 16,
    GNUTLS_EXT_FLAG_HRR = 32,
    GNUTLS_EXT_FLAG_IGNORE_CLIENT_REQUEST = 64,
    GNUTLS_EXT_FLAG_TLS = 128,
    GNUTLS_EXT_FLAG_DTLS = 256,
} gnutls_ext_flags_t;
typedef int (*gnutls_supp_recv_func) (gnutls_session_t session, const unsigned char *data, size_t data_size);
typedef int (*gnutls_supp_send_func) (gnutls_session_t session, gnutls_buffer_t buf);
typedef struct gnutls_anti_replay_st *gnutls_anti_replay_t;
typedef int (*gnutls_db_add_func) (void *, time_t exp_time, const gnutls_datum_t *key, const gnutls_datum_t *data);
typedef enum {
    GNUTLS_ENCRYPTION_LEVEL_INITIAL = 0,
    GNUTLS_ENCRYPTION_LEVEL_EARLY = 1,
    GNUTLS_ENCRYPTION_LEVEL_HANDSHAKE = 2,
    GNUTLS_ENCRYPTION_LEVEL_APPLICATION = 3,
} gnutls_record_encryption_level_t;
typedef int (*gnutls_handshake_read_func) (gnutls_session_t session, gnutls_record_encryption_level_t level, gnutls_handshake_description_t htype, const void *data, size_t data_size);
typedef int (*gnutls_handshake_secret_func) (gnutls_session_t session, gnutls_record_encryption_level_t level, const void *secret_read, const void *secret_write, size_t secret_size);
typedef int (*gnutls_alert_read_func) (gnutls_session_t session, gnutls_record_encryption_level_t level, gnutls_alert_level_t alert_level, gnutls_alert_description_t alert_desc);
typedef enum gnutls_fips_mode_t {
    GNUTLS_FIPS140_DISABLED = 0,
    GNUTLS_FIPS140_STRICT = 1,
    GNUTLS_FIPS140_SELFTESTS = 2,
    GNUTLS_FIPS140_LAX = 3,
    GNUTLS_FIPS140_LOG = 4,
} gnutls_fips_mode_t;
typedef struct gnutls_fips140_context_st *gnutls_fips140_context_t;
typedef enum {
    GNUTLS_FIPS140_OP_INITIAL = 0,
    GNUTLS_FIPS140_OP_APPROVED = 1,
    GNUTLS_FIPS140_OP_NOT_APPROVED = 2,
    GNUTLS_FIPS140_OP_ERROR = 3,
} gnutls_fips140_operation_state_t;
typedef unsigned int gnutls_connection_end_t ;
typedef gnutls_cipher_algorithm_t gnutls_cipher_algorithm ;
typedef gnutls_kx_algorithm_t gnutls_kx_algorithm ;
typedef gnutls_mac_algorithm_t gnutls_mac_algorithm ;
typedef gnutls_digest_algorithm_t gnutls_digest_algorithm ;
typedef gnutls_compression_method_t gnutls_compression_method ;
typedef gnutls_connection_end_t gnutls_connection_end ;
typedef gnutls_x509_crt_fmt_t gnutls_x509_crt_fmt ;
typedef gnutls_pk_algorithm_t gnutls_pk_algorithm ;
typedef gnutls_sign_algorithm_t gnutls_sign_algorithm ;
typedef gnutls_close_request_t gnutls_close_request ;
typedef gnutls_certificate_request_t gnutls_certificate_request ;
typedef gnutls_certificate_status_t gnutls_certificate_status ;
typedef gnutls_session_t gnutls_session ;
typedef gnutls_alert_level_t gnutls_alert_level ;
typedef gnutls_alert_description_t gnutls_alert_description ;
typedef gnutls_x509_subject_alt_name_t gnutls_x509_subject_alt_name ;
typedef gnutls_openpgp_privkey_t gnutls_openpgp_privkey ;
typedef gnutls_openpgp_keyring_t gnutls_openpgp_keyring ;
typedef gnutls_x509_crt_t gnutls_x509_crt ;
typedef gnutls_x509_privkey_t gnutls_x509_privkey ;
typedef gnutls_x509_crl_t gnutls_x509_crl ;
typedef gnutls_x509_crq_t gnutls_x509_crq ;
typedef gnutls_certificate_credentials_t gnutls_certificate_credentials ;
typedef gnutls_anon_server_credentials_t gnutls_anon_server_credentials ;
typedef gnutls_anon_client_credentials_t gnutls_anon_client_credentials ;
typedef gnutls_srp_client_credentials_t gnutls_srp_client_credentials ;
typedef gnutls_srp_server_credentials_t gnutls_srp_server_credentials ;
typedef gnutls_dh_params_t gnutls_dh_params ;
typedef gnutls_rsa_params_t gnutls_rsa_params ;
typedef gnutls_params_type_t gnutls_params_type ;
typedef gnutls_credentials_type_t gnutls_credentials_type ;
typedef gnutls_certificate_type_t gnutls_certificate_type ;
typedef gnutls_datum_t gnutls_datum ;
typedef gnutls_transport_ptr_t gnutls_transport_ptr ;
typedef gnutls_openpgp_crt_status_t gnutls_openpgp_key_status_t ;
typedef gnutls_openpgp_crt_t gnutls_openpgp_key_t ;
typedef enum gnutls_certificate_import_flags {
    GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED = 1,
    GNUTLS_X509_CRT_LIST_FAIL_IF_UNSORTED = 2,
    GNUTLS_X509_CRT_LIST_SORT = 4,
} gnutls_certificate_import_flags;
typedef enum gnutls_x509_crt_flags {
    GNUTLS_X509_CRT_FLAG_IGNORE_SANITY = 1,
} gnutls_x509_crt_flags;
typedef enum {
    GNUTLS_KEYID_USE_SHA1 = 0,
    GNUTLS_KEYID_USE_SHA256 = 1,
    GNUTLS_KEYID_USE_SHA512 = 2,
    GNUTLS_KEYID_USE_BEST_KNOWN = 0x40000000,
} gnutls_keyid_flags_t;
typedef enum gnutls_info_access_what_t {
    GNUTLS_IA_ACCESSMETHOD_OID = 1,
    GNUTLS_IA_ACCESSLOCATION_GENERALNAME_TYPE = 2,
    GNUTLS_IA_URI = 106,
    GNUTLS_IA_UNKNOWN = 10000,
    GNUTLS_IA_OCSP_URI = 10006,
    GNUTLS_IA_CAISSUERS_URI = 10106,
} gnutls_info_access_what_t;
typedef struct gnutls_name_constraints_st *gnutls_x509_name_constraints_t;
typedef enum gnutls_x509_crl_reason_flags_t {
    GNUTLS_CRL_REASON_UNSPECIFIED = 0,
    GNUTLS_CRL_REASON_PRIVILEGE_WITHDRAWN = 1,
    GNUTLS_CRL_REASON_CERTIFICATE_HOLD = 2,
    GNUTLS_CRL_REASON_CESSATION_OF_OPERATION = 4,
    GNUTLS_CRL_REASON_SUPERSEDED = 8,
    GNUTLS_CRL_REASON_AFFILIATION_CHANGED = 16,
    GNUTLS_CRL_REASON_CA_COMPROMISE = 32,
    GNUTLS_CRL_REASON_KEY_COMPROMISE = 64,
    GNUTLS_CRL_REASON_UNUSED = 128,
    GNUTLS_CRL_REASON_AA_COMPROMISE = 32768,
} gnutls_x509_crl_reason_flags_t;
typedef struct gnutls_x509_spki_st *gnutls_x509_spki_t;
typedef struct gnutls_x509_tlsfeatures_st *gnutls_x509_tlsfeatures_t;
typedef enum gnutls_x509_qualifier_t {
    GNUTLS_X509_QUALIFIER_UNKNOWN = 0,
    GNUTLS_X509_QUALIFIER_URI = 1,
    GNUTLS_X509_QUALIFIER_NOTICE = 2,
} gnutls_x509_qualifier_t;
typedef struct gnutls_x509_policy_st {
    char *oid;
    unsigned int qualifiers;
    struct {
    gnutls_x509_qualifier_t type;
    char *data;
    unsigned int size;
    } qualifier[8];
    } gnutls_x509_policy_st;
typedef struct gnutls_x509_dn_st *gnutls_x509_dn_t;
typedef struct gnutls_x509_ava_st {
    gnutls_datum_t oid;
    gnutls_datum_t value;
    unsigned long value_tag;
} gnutls_x509_ava_st;
typedef struct gnutls_x509_crl_iter *gnutls_x509_crl_iter_t;
typedef enum gnutls_certificate_verify_flags {
    GNUTLS_VERIFY_DISABLE_CA_SIGN = 1,
    GNUTLS_VERIFY_DO_NOT_ALLOW_IP_MATCHES = 2,
    GNUTLS_VERIFY_DO_NOT_ALLOW_SAME = 4,
    GNUTLS_VERIFY_ALLOW_ANY_X509_V1_CA_CRT = 8,
    GNUTLS_VERIFY_ALLOW_SIGN_RSA_MD2 = 16,
    GNUTLS_VERIFY_ALLOW_SIGN_RSA_MD5 = 32,
    GNUTLS_VERIFY_DISABLE_TIME_CHECKS = 64,
    GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS = 128,
    GNUTLS_VERIFY_DO_NOT_ALLOW_X509_V1_CA_CRT = 256,
    GNUTLS_VERIFY_DISABLE_CRL_CHECKS = 512,
    GNUTLS_VERIFY_ALLOW_UNSORTED_CHAIN = 1024,
    GNUTLS_VERIFY_DO_NOT_ALLOW_UNSORTED_CHAIN = 2048,
    GNUTLS_VERIFY_DO_NOT_ALLOW_WILDCARDS = 4096,
    GNUTLS_VERIFY_USE_TLS1_RSA = 8192,
    GNUTLS_VERIFY_IGNORE_UNKNOWN_CRIT_EXTENSIONS = 16384,
    GNUTLS_VERIFY_ALLOW_SIGN_WITH_SHA1 = 32768,
    GNUTLS_VERIFY_RSA_PSS_FIXED_SALT_LENGTH = 0x10000,
} gnutls_certificate_verify_flags;
typedef enum gnutls_certificate_verification_profiles_t {
    GNUTLS_PROFILE_UNKNOWN = 0,
    GNUTLS_PROFILE_VERY_WEAK = 1,
    GNUTLS_PROFILE_LOW = 2,
    GNUTLS_PROFILE_LEGACY = 4,
    GNUTLS_PROFILE_MEDIUM = 5,
    GNUTLS_PROFILE_HIGH = 6,
    GNUTLS_PROFILE_ULTRA = 7,
    GNUTLS_PROFILE_FUTURE = 8,
    GNUTLS_PROFILE_SUITEB128 = 32,
    GNUTLS_PROFILE_SUITEB192 = 33,
} gnutls_certificate_verification_profiles_t;
typedef enum gnutls_pkcs_encrypt_flags_t {
    GNUTLS_PKCS_PLAIN = 1,
    GNUTLS_PKCS_PKCS12_3DES = 2,
    GNUTLS_PKCS_PKCS12_ARCFOUR = 4,
    GNUTLS_PKCS_PKCS12_RC2_40 = 8,
    GNUTLS_PKCS_PBES2_3DES = 16,
    GNUTLS_PKCS_PBES2_AES_128 = 32,
    GNUTLS_PKCS_PBES2_AES_192 = 64,
    GNUTLS_PKCS_PBES2_AES_256 = 128,
    GNUTLS_PKCS_NULL_PASSWORD = 256,
    GNUTLS_PKCS_PBES2_DES = 512,
    GNUTLS_PKCS_PBES1_DES_MD5 = 1024,
    GNUTLS_PKCS_PBES2_GOST_TC26Z = 2048,
    GNUTLS_PKCS_PBES2_GOST_CPA = 4096,
    GNUTLS_PKCS_PBES2_GOST_CPB = 8192,
    GNUTLS_PKCS_PBES2_GOST_CPC = 16384,
    GNUTLS_PKCS_PBES2_GOST_CPD = 32768,
} gnutls_pkcs_encrypt_flags_t;
typedef enum {
    GNUTLS_KEYGEN_SEED = 1,
    GNUTLS_KEYGEN_DIGEST = 2,
    GNUTLS_KEYGEN_SPKI = 3,
} gnutls_keygen_types_t;
typedef struct {
    gnutls_keygen_types_t type;
    unsigned char *data;
    unsigned int size;
} gnutls_keygen_data_st;
typedef struct gnutls_x509_trust_list_st *gnutls_x509_trust_list_t;
typedef struct gnutls_x509_trust_list_iter *gnutls_x509_trust_list_iter_t;
typedef enum gnutls_trust_list_flags_t {
    GNUTLS_TL_VERIFY_CRL = 1,
    GNUTLS_TL_USE_IN_TLS = 2,
    GNUTLS_TL_NO_DUPLICATES = 4,
    GNUTLS_TL_NO_DUPLICATE_KEY = 8,
    GNUTLS_TL_GET_COPY = 16,
    GNUTLS_TL_FAIL_ON_INVALID_CRL = 32,
} gnutls_trust_list_flags_t;
typedef int gnutls_verify_output_function(gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer, gnutls_x509_crl_t crl, unsigned int verification_output);
typedef int gnutls_x509_trust_list_getissuer_function(gnutls_x509_trust_list_t list, const gnutls_x509_crt_t cert, gnutls_x509_crt_t **issuers, unsigned int *issuers_size);
typedef struct gnutls_x509_ext_st {
    char *oid;
    unsigned int critical;
    gnutls_datum_t data;
} gnutls_x509_ext_st;
struct gnutls_pkcs7_int;
typedef struct gnutls_pkcs7_int *gnutls_pkcs7_t;
typedef struct gnutls_pkcs7_attrs_st *gnutls_pkcs7_attrs_t;
typedef struct gnutls_pkcs7_signature_info_st {
    gnutls_sign_algorithm_t algo;
    gnutls_datum_t sig;
    gnutls_datum_t issuer_dn;
    gnutls_datum_t signer_serial;
    gnutls_datum_t issuer_keyid;
    time_t signing_time;
    gnutls_pkcs7_attrs_t signed_attrs;
    gnutls_pkcs7_attrs_t unsigned_attrs;
    char pad[64];
} gnutls_pkcs7_signature_info_st;
typedef enum gnutls_pkcs7_sign_flags {
    GNUTLS_PKCS7_EMBED_DATA = 1,
    GNUTLS_PKCS7_INCLUDE_TIME = 2,
    GNUTLS_PKCS7_INCLUDE_CERT = 4,
    GNUTLS_PKCS7_WRITE_SPKI = 8,
} gnutls_pkcs7_sign_flags;
typedef struct gnutls_subject_alt_names_st *gnutls_subject_alt_names_t;
typedef struct gnutls_x509_crl_dist_points_st *gnutls_x509_crl_dist_points_t;
typedef struct gnutls_x509_aia_st *gnutls_x509_aia_t;
typedef struct gnutls_x509_aki_st *gnutls_x509_aki_t;
typedef struct gnutls_x509_key_purposes_st *gnutls_x509_key_purposes_t;
typedef struct gnutls_x509_policies_st *gnutls_x509_policies_t;
typedef struct gnutls_x509_ct_scts_st *gnutls_x509_ct_scts_t;
typedef int (*gnutls_pkcs11_token_callback_t) (void *const userdata, const char *const label, unsigned retry);
struct gnutls_pkcs11_obj_st;
typedef struct gnutls_pkcs11_obj_st *gnutls_pkcs11_obj_t;
typedef enum gnutls_pkcs11_obj_flags {
    GNUTLS_PKCS11_OBJ_FLAG_LOGIN = 1,
    GNUTLS_PKCS11_OBJ_FLAG_MARK_TRUSTED = 2,
    GNUTLS_PKCS11_OBJ_FLAG_MARK_SENSITIVE = 4,
    GNUTLS_PKCS11_OBJ_FLAG_LOGIN_SO = 8,
    GNUTLS_PKCS11_OBJ_FLAG_MARK_PRIVATE = 16,
    GNUTLS_PKCS11_OBJ_FLAG_MARK_NOT_PRIVATE = 32,
    GNUTLS_PKCS11_OBJ_FLAG_RETRIEVE_ANY = 64,
    GNUTLS_PKCS11_OBJ_FLAG_RETRIEVE_TRUSTED = 2,
    GNUTLS_PKCS11_OBJ_FLAG_MARK_DISTRUSTED = 256,
    GNUTLS_PKCS11_OBJ_FLAG_RETRIEVE_DISTRUSTED = 256,
    GNUTLS_PKCS11_OBJ_FLAG_COMPARE = 512,
    GNUTLS_PKCS11_OBJ_FLAG_PRESENT_IN_TRUSTED_MODULE = 1024,
    GNUTLS_PKCS11_OBJ_FLAG_MARK_CA = 2048,
    GNUTLS_PKCS11_OBJ_FLAG_MARK_KEY_WRAP = 4096,
    GNUTLS_PKCS11_OBJ_FLAG_COMPARE_KEY = 8192,
    GNUTLS_PKCS11_OBJ_FLAG_OVERWRITE_TRUSTMOD_EXT = 16384,
    GNUTLS_PKCS11_OBJ_FLAG_MARK_ALWAYS_AUTH = 32768,
    GNUTLS_PKCS11_OBJ_FLAG_MARK_EXTRACTABLE = 0x10000,
    GNUTLS_PKCS11_OBJ_FLAG_NEVER_EXTRACTABLE = 0x20000,
    GNUTLS_PKCS11_OBJ_FLAG_CRT = 0x40000,
    GNUTLS_PKCS11_OBJ_FLAG_WITH_PRIVKEY = 0x80000,
    GNUTLS_PKCS11_OBJ_FLAG_PUBKEY = 0x100000,
    GNUTLS_PKCS11_OBJ_FLAG_NO_STORE_PUBKEY = 0x100000,
    GNUTLS_PKCS11_OBJ_FLAG_PRIVKEY = 0x200000,
    GNUTLS_PKCS11_OBJ_FLAG_MARK_NOT_SENSITIVE = 0x400000,
} gnutls_pkcs11_obj_flags;
typedef enum {
    GNUTLS_PKCS11_URL_GENERIC = 0,
    GNUTLS_PKCS11_URL_LIB = 1,
    GNUTLS_PKCS11_URL_LIB_VERSION = 2,
} gnutls_pkcs11_url_type_t;
typedef enum {
    GNUTLS_PKCS11_OBJ_ID_HEX = 1,
    GNUTLS_PKCS11_OBJ_LABEL = 2,
    GNUTLS_PKCS11_OBJ_TOKEN_LABEL = 3,
    GNUTLS_PKCS11_OBJ_TOKEN_SERIAL = 4,
    GNUTLS_PKCS11_OBJ_TOKEN_MANUFACTURER = 5,
    GNUTLS_PKCS11_OBJ_TOKEN_MODEL = 6,
    GNUTLS_PKCS11_OBJ_ID = 7,
    GNUTLS_PKCS11_OBJ_LIBRARY_VERSION = 8,
    GNUTLS_PKCS11_OBJ_LIBRARY_DESCRIPTION = 9,
    GNUTLS_PKCS11_OBJ_LIBRARY_MANUFACTURER = 10,
} gnutls_pkcs11_obj_info_t;
typedef enum {
    GNUTLS_PKCS11_TOKEN_LABEL = 0,
    GNUTLS_PKCS11_TOKEN_SERIAL = 1,
    GNUTLS_PKCS11_TOKEN_MANUFACTURER = 2,
    GNUTLS_PKCS11_TOKEN_MODEL = 3,
    GNUTLS_PKCS11_TOKEN_MODNAME = 4,
} gnutls_pkcs11_token_info_t;
typedef enum {
    GNUTLS_PKCS11_OBJ_UNKNOWN = 0,
    GNUTLS_PKCS11_OBJ_X509_CRT = 1,
    GNUTLS_PKCS11_OBJ_PUBKEY = 2,
    GNUTLS_PKCS11_OBJ_PRIVKEY = 3,
    GNUTLS_PKCS11_OBJ_SECRET_KEY = 4,
    GNUTLS_PKCS11_OBJ_DATA = 5,
    GNUTLS_PKCS11_OBJ_X509_CRT_EXTENSION = 6,
} gnutls_pkcs11_obj_type_t;
typedef enum gnutls_openpgp_crt_fmt {
    GNUTLS_OPENPGP_FMT_RAW = 0,
    GNUTLS_OPENPGP_FMT_BASE64 = 1,
} gnutls_openpgp_crt_fmt_t;
typedef unsigned char gnutls_openpgp_keyid_t[8];
typedef int (*gnutls_openpgp_recv_key_func) (gnutls_session_t session, const unsigned char *keyfpr, unsigned int keyfpr_length, gnutls_datum_t *key);
struct tpm_key_list_st;
typedef struct tpm_key_list_st *gnutls_tpm_key_list_t;
typedef enum {
    GNUTLS_TPMKEY_FMT_RAW = 0,
    GNUTLS_TPMKEY_FMT_DER = 0,
    GNUTLS_TPMKEY_FMT_CTK_PEM = 1,
} gnutls_tpmkey_fmt_t;
typedef enum gnutls_pubkey_flags {
    GNUTLS_PUBKEY_DISABLE_CALLBACKS = 4,
    GNUTLS_PUBKEY_GET_OPENPGP_FINGERPRINT = 8,
} gnutls_pubkey_flags_t;
typedef enum gnutls_abstract_export_flags {
    GNUTLS_EXPORT_FLAG_NO_LZ = 1,
} gnutls_abstract_export_flags_t;
typedef int (*gnutls_privkey_sign_func) (gnutls_privkey_t key, void *userdata, const gnutls_datum_t *raw_data, gnutls_datum_t *signature);
typedef int (*gnutls_privkey_decrypt_func) (gnutls_privkey_t key, void *userdata, const gnutls_datum_t *ciphertext, gnutls_datum_t *plaintext);
typedef int (*gnutls_privkey_decrypt_func2) (gnutls_privkey_t key, void *userdata, const gnutls_datum_t *ciphertext, unsigned char *plaintext, size_t plaintext_size);
typedef int (*gnutls_privkey_sign_hash_func) (gnutls_privkey_t key, gnutls_sign_algorithm_t algo, void *userdata, unsigned int flags, const gnutls_datum_t *hash, gnutls_datum_t *signature);
typedef int (*gnutls_privkey_sign_data_func) (gnutls_privkey_t key, gnutls_sign_algorithm_t algo, void *userdata, unsigned int flags, const gnutls_datum_t *data, gnutls_datum_t *signature);
typedef void (*gnutls_privkey_deinit_func) (gnutls_privkey_t key, void *userdata);
typedef int (*gnutls_privkey_info_func) (gnutls_privkey_t key, unsigned int flags, void *userdata);
typedef enum gnutls_privkey_flags {
    GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE = 1,
    GNUTLS_PRIVKEY_IMPORT_COPY = 2,
    GNUTLS_PRIVKEY_DISABLE_CALLBACKS = 4,
    GNUTLS_PRIVKEY_SIGN_FLAG_TLS1_RSA = 16,
    GNUTLS_PRIVKEY_FLAG_PROVABLE = 32,
    GNUTLS_PRIVKEY_FLAG_EXPORT_COMPAT = 64,
    GNUTLS_PRIVKEY_SIGN_FLAG_RSA_PSS = 128,
    GNUTLS_PRIVKEY_FLAG_REPRODUCIBLE = 256,
    GNUTLS_PRIVKEY_FLAG_CA = 512,
    GNUTLS_PRIVKEY_FLAG_RSA_PSS_FIXED_SALT_LENGTH = 1024,
} gnutls_privkey_flags_t;
typedef struct gnutls_pcert_st {
    gnutls_pubkey_t pubkey;
    gnutls_datum_t cert;
    gnutls_certificate_type_t type;
} gnutls_pcert_st;
typedef int gnutls_certificate_retrieve_function2(gnutls_session_t, const gnutls_datum_t *req_ca_rdn, int nreqs, const gnutls_pk_algorithm_t *pk_algos, int pk_algos_length, gnutls_pcert_st**, unsigned int *pcert_length, gnutls_privkey_t *privkey);
struct gnutls_cert_retr_st {
    unsigned version;
    gnutls_certificate_credentials_t cred;
    const gnutls_datum_t *req_ca_rdn;
    unsigned nreqs;
    const gnutls_pk_algorithm_t *pk_algos;
    unsigned pk_algos_length;
    unsigned char padding[64];
};
typedef int gnutls_certificate_retrieve_function3( gnutls_session_t, const struct gnutls_cert_retr_st *info, gnutls_pcert_st **certs, unsigned int *certs_length, gnutls_ocsp_data_st **ocsp, unsigned int *ocsp_length, gnutls_privkey_t *privkey, unsigned int *flags);
typedef struct api_cipher_hd_st *gnutls_cipher_hd_t;
typedef enum gnutls_cipher_flags_t {
    GNUTLS_CIPHER_PADDING_PKCS7 = 1,
} gnutls_cipher_flags_t;
typedef struct api_aead_cipher_hd_st *gnutls_aead_cipher_hd_t;
typedef struct hash_hd_st *gnutls_hash_hd_t;
typedef struct hmac_hd_st *gnutls_hmac_hd_t;
typedef enum gnutls_rnd_level {
    GNUTLS_RND_NONCE = 0,
    GNUTLS_RND_RANDOM = 1,
    GNUTLS_RND_KEY = 2,
} gnutls_rnd_level_t;
typedef int (*gnutls_cipher_init_func) (gnutls_cipher_algorithm_t, void **ctx, int enc);
typedef int (*gnutls_cipher_setkey_func) (void *ctx, const void *key, size_t keysize);
typedef int (*gnutls_cipher_setiv_func) (void *ctx, const void *iv, size_t ivsize);
typedef int (*gnutls_cipher_getiv_func) (void *ctx, void *iv, size_t ivsize);
typedef int (*gnutls_cipher_encrypt_func) (void *ctx, const void *plain, size_t plainsize, void *encr, size_t encrsize);
typedef int (*gnutls_cipher_decrypt_func) (void *ctx, const void *encr, size_t encrsize, void *plain, size_t plainsize);
typedef int (*gnutls_cipher_auth_func) (void *ctx, const void *data, size_t datasize);
typedef void (*gnutls_cipher_tag_func) (void *ctx, void *tag, size_t tagsize);
typedef int (*gnutls_cipher_aead_encrypt_func) (void *ctx, const void *nonce, size_t noncesize, const void *auth, size_t authsize, size_t tag_size, const void *plain, size_t plainsize, void *encr, size_t encrsize);
typedef int (*gnutls_cipher_aead_decrypt_func) (void *ctx, const void *nonce, size_t noncesize, const void *auth, size_t authsize, size_t tag_size, const void *encr, size_t encrsize, void *plain, size_t plainsize);
typedef void (*gnutls_cipher_deinit_func) (void *ctx);
typedef int (*gnutls_mac_init_func) (gnutls_mac_algorithm_t, void **ctx);
typedef int (*gnutls_mac_setkey_func) (void *ctx, const void *key, size_t keysize);
typedef int (*gnutls_mac_setnonce_func) (void *ctx, const void *nonce, size_t noncesize);
typedef int (*gnutls_mac_hash_func) (void *ctx, const void *text, size_t textsize);
typedef int (*gnutls_mac_output_func) (void *src_ctx, void *digest, size_t digestsize);
typedef void (*gnutls_mac_deinit_func) (void *ctx);
typedef int (*gnutls_mac_fast_func) (gnutls_mac_algorithm_t, const void *nonce, size_t nonce_size, const void *key, size_t keysize, const void *text, size_t textsize, void *digest);
typedef void *(*gnutls_mac_copy_func) (const void *ctx);
typedef int (*gnutls_digest_init_func) (gnutls_digest_algorithm_t, void **ctx);
typedef int (*gnutls_digest_hash_func) (void *ctx, const void *text, size_t textsize);
typedef int (*gnutls_digest_output_func) (void *src_ctx, void *digest, size_t digestsize);
typedef void (*gnutls_digest_deinit_func) (void *ctx);
typedef int (*gnutls_digest_fast_func) (gnutls_digest_algorithm_t, const void *text, size_t textsize, void *digest);
typedef void *(*gnutls_digest_copy_func) (const void *ctx);
typedef enum gnutls_ocsp_print_formats_t {
    GNUTLS_OCSP_PRINT_FULL = 0,
    GNUTLS_OCSP_PRINT_COMPACT = 1,
} gnutls_ocsp_print_formats_t;
typedef enum gnutls_ocsp_resp_status_t {
    GNUTLS_OCSP_RESP_SUCCESSFUL = 0,
    GNUTLS_OCSP_RESP_MALFORMEDREQUEST = 1,
    GNUTLS_OCSP_RESP_INTERNALERROR = 2,
    GNUTLS_OCSP_RESP_TRYLATER = 3,
    GNUTLS_OCSP_RESP_SIGREQUIRED = 5,
    GNUTLS_OCSP_RESP_UNAUTHORIZED = 6,
} gnutls_ocsp_resp_status_t;
typedef enum gnutls_ocsp_cert_status_t {
    GNUTLS_OCSP_CERT_GOOD = 0,
    GNUTLS_OCSP_CERT_REVOKED = 1,
    GNUTLS_OCSP_CERT_UNKNOWN = 2,
} gnutls_ocsp_cert_status_t;
typedef enum gnutls_x509_crl_reason_t {
    GNUTLS_X509_CRLREASON_UNSPECIFIED = 0,
    GNUTLS_X509_CRLREASON_KEYCOMPROMISE = 1,
    GNUTLS_X509_CRLREASON_CACOMPROMISE = 2,
    GNUTLS_X509_CRLREASON_AFFILIATIONCHANGED = 3,
    GNUTLS_X509_CRLREASON_SUPERSEDED = 4,
    GNUTLS_X509_CRLREASON_CESSATIONOFOPERATION = 5,
    GNUTLS_X509_CRLREASON_CERTIFICATEHOLD = 6,
    GNUTLS_X509_CRLREASON_REMOVEFROMCRL = 8,
    GNUTLS_X509_CRLREASON_PRIVILEGEWITHDRAWN = 9,
    GNUTLS_X509_CRLREASON_AACOMPROMISE = 10,
} gnutls_x509_crl_reason_t;
typedef enum gnutls_ocsp_verify_reason_t {
    GNUTLS_OCSP_VERIFY_SIGNER_NOT_FOUND = 1,
    GNUTLS_OCSP_VERIFY_SIGNER_KEYUSAGE_ERROR = 2,
    GNUTLS_OCSP_VERIFY_UNTRUSTED_SIGNER = 4,
    GNUTLS_OCSP_VERIFY_INSECURE_ALGORITHM = 8,
    GNUTLS_OCSP_VERIFY_SIGNATURE_FAILURE = 16,
    GNUTLS_OCSP_VERIFY_CERT_NOT_ACTIVATED = 32,
    GNUTLS_OCSP_VERIFY_CERT_EXPIRED = 64,
} gnutls_ocsp_verify_reason_t;
struct gnutls_ocsp_req_int;
typedef struct gnutls_ocsp_req_int *gnutls_ocsp_req_t;
typedef const struct gnutls_ocsp_req_int *gnutls_ocsp_req_const_t;
struct gnutls_ocsp_resp_int;
typedef struct gnutls_ocsp_resp_int *gnutls_ocsp_resp_t;
typedef const struct gnutls_ocsp_resp_int *gnutls_ocsp_resp_const_t;
struct gnutls_pkcs12_int;
typedef struct gnutls_pkcs12_int *gnutls_pkcs12_t;
struct gnutls_pkcs12_bag_int;
typedef struct gnutls_pkcs12_bag_int *gnutls_pkcs12_bag_t;
typedef enum gnutls_pkcs12_bag_type_t {
    GNUTLS_BAG_EMPTY = 0,
    GNUTLS_BAG_PKCS8_ENCRYPTED_KEY = 1,
    GNUTLS_BAG_PKCS8_KEY = 2,
    GNUTLS_BAG_CERTIFICATE = 3,
    GNUTLS_BAG_CRL = 4,
    GNUTLS_BAG_SECRET = 5,
    GNUTLS_BAG_ENCRYPTED = 10,
    GNUTLS_BAG_UNKNOWN = 20,
} gnutls_pkcs12_bag_type_t;
typedef struct {
    unsigned int record_seq;
    unsigned int hsk_read_seq;
    unsigned int hsk_write_seq;
} gnutls_dtls_prestate_st;
typedef int (*gnutls_privkey_import_url_func)(gnutls_privkey_t pkey, const char *url, unsigned flags);
typedef int (*gnutls_x509_crt_import_url_func)(gnutls_x509_crt_t pkey, const char *url, unsigned flags);
typedef int (*gnutls_pubkey_import_url_func)(gnutls_pubkey_t pkey, const char *url, unsigned flags);
typedef int (*gnutls_get_raw_issuer_func)(const char *url, gnutls_x509_crt_t crt, gnutls_datum_t *issuer_der, unsigned flags);
typedef struct gnutls_custom_url_st {
    const char *name;
    unsigned name_size;
    gnutls_privkey_import_url_func import_key;
    gnutls_x509_crt_import_url_func import_crt;
    gnutls_pubkey_import_url_func import_pubkey;
    gnutls_get_raw_issuer_func get_issuer;
    void *future1;
    void *future2;
} gnutls_custom_url_st;
typedef enum {
    GNUTLS_KTLS_RECV = 1,
    GNUTLS_KTLS_SEND = 2,
    GNUTLS_KTLS_DUPLEX = 3,
} gnutls_transport_ktls_enable_flags_t;
struct system_key_iter_st;
typedef struct system_key_iter_st *gnutls_system_key_iter_t;

#define GNUTLS_VERSION "3.7.9"
#define GNUTLS_VERSION_MAJOR 3
#define GNUTLS_VERSION_MINOR 7
#define GNUTLS_VERSION_PATCH 9
#define GNUTLS_VERSION_NUMBER 0x030709
#define GNUTLS_CIPHER_RIJNDAEL_128_CBC GNUTLS_CIPHER_AES_128_CBC
#define GNUTLS_CIPHER_RIJNDAEL_256_CBC GNUTLS_CIPHER_AES_256_CBC
#define GNUTLS_CIPHER_RIJNDAEL_CBC GNUTLS_CIPHER_AES_128_CBC
#define GNUTLS_CIPHER_ARCFOUR GNUTLS_CIPHER_ARCFOUR_128
#define GNUTLS_SKIP_GLOBAL_INIT int _gnutls_global_init_skip(void); int _gnutls_global_init_skip(void) {return 1;}
#define GNUTLS_MAC_SHA GNUTLS_MAC_SHA1
#define GNUTLS_DIG_SHA GNUTLS_DIG_SHA1
#define GNUTLS_MAX_ALGORITHM_NUM 128
#define GNUTLS_MAX_SESSION_ID_SIZE 32
#define GNUTLS_SERVER (1)
#define GNUTLS_CLIENT (1<<1)
#define GNUTLS_DATAGRAM (1<<2)
#define GNUTLS_NONBLOCK (1<<3)
#define GNUTLS_NO_EXTENSIONS (1<<4)
#define GNUTLS_NO_REPLAY_PROTECTION (1<<5)
#define GNUTLS_NO_SIGNAL (1<<6)
#define GNUTLS_ALLOW_ID_CHANGE (1<<7)
#define GNUTLS_ENABLE_FALSE_START (1<<8)
#define GNUTLS_FORCE_CLIENT_CERT (1<<9)
#define GNUTLS_NO_TICKETS (1<<10)
#define GNUTLS_ENABLE_CERT_TYPE_NEG 0
#define GNUTLS_HANDSHAKE_ANY ((unsigned int)-1)
#define GNUTLS_CRT_RAW GNUTLS_CRT_RAWPK
#define GNUTLS_PK_ECC GNUTLS_PK_ECDSA
#define GNUTLS_PK_EC GNUTLS_PK_ECDSA
#define GNUTLS_PK_ECDHX GNUTLS_PK_ECDH_X25519
#define GNUTLS_CURVE_TO_BITS(curve) (unsigned int)(((unsigned int)1<<31)|((unsigned int)(curve)))
#define GNUTLS_BITS_TO_CURVE(bits) (((unsigned int)(bits)) & 0x7FFFFFFF)
#define GNUTLS_BITS_ARE_CURVE(bits) (((unsigned int)(bits)) & 0x80000000)
#define GNUTLS_SEC_PARAM_NORMAL GNUTLS_SEC_PARAM_MEDIUM
#define GNUTLS_DEFAULT_HANDSHAKE_TIMEOUT ((unsigned int)-1)
#define GNUTLS_INDEFINITE_TIMEOUT ((unsigned int)-2)
#define GNUTLS_KU_PEER 1
#define GNUTLS_SIGN_FLAG_SECURE_FOR_CERTS 1
#define gnutls_sign_algorithm_get_name gnutls_sign_get_name
#define GNUTLS_HEARTBEAT_WAIT 1
#define GNUTLS_RECORD_WAIT 1
#define gnutls_read gnutls_record_recv
#define gnutls_write gnutls_record_send
#define gnutls_record_set_max_empty_records(session,x)
#define GNUTLS_HB_PEER_ALLOWED_TO_SEND (1)
#define GNUTLS_HB_PEER_NOT_ALLOWED_TO_SEND (1<<1)
#define GNUTLS_HB_LOCAL_ALLOWED_TO_SEND (1<<2)
#define GNUTLS_ALPN_MAND GNUTLS_ALPN_MANDATORY
#define GNUTLS_PRIORITY_INIT_DEF_APPEND 1
#define GNUTLS_PRIORITY_LIST_INIT_KEYWORDS 1
#define GNUTLS_PRIORITY_LIST_SPECIAL 2
#define GNUTLS_MAX_SESSION_ID 32
#define GNUTLS_HOOK_POST (1)
#define GNUTLS_HOOK_PRE (0)
#define GNUTLS_HOOK_BOTH (-1)
#define gnutls_handshake_post_client_hello_func gnutls_handshake_simple_hook_func
#define gnutls_check_version_numeric(a,b,c) ((GNUTLS_VERSION_MAJOR >= (a)) && ((GNUTLS_VERSION_NUMBER >= ( ((a) << 16) + ((b) << 8) + (c) )) || gnutls_check_version(#a "." #b "." #c)))
#define gnutls_cred_set gnutls_credentials_set
#define GNUTLS_OCSP_SR_IS_AVAIL 1
#define gnutls_transport_set_int(s,i) gnutls_transport_set_int2(s, i, i)
#define GNUTLS_IDNA_FORCE_2008 (1<<1)
#define gnutls_srp_base64_encode_alloc gnutls_srp_base64_encode2
#define gnutls_srp_base64_decode_alloc gnutls_srp_base64_decode2
#define gnutls_pem_base64_encode_alloc gnutls_pem_base64_encode2
#define gnutls_pem_base64_decode_alloc gnutls_pem_base64_decode2
#define GNUTLS_KEY_DIGITAL_SIGNATURE 128
#define GNUTLS_KEY_NON_REPUDIATION 64
#define GNUTLS_KEY_KEY_ENCIPHERMENT 32
#define GNUTLS_KEY_DATA_ENCIPHERMENT 16
#define GNUTLS_KEY_KEY_AGREEMENT 8
#define GNUTLS_KEY_KEY_CERT_SIGN 4
#define GNUTLS_KEY_CRL_SIGN 2
#define GNUTLS_KEY_ENCIPHER_ONLY 1
#define GNUTLS_KEY_DECIPHER_ONLY 32768
#define GNUTLS_SCOMMIT_FLAG_ALLOW_BROKEN 1
#define GNUTLS_PKCS11_PIN_USER GNUTLS_PIN_USER
#define GNUTLS_PKCS11_PIN_SO GNUTLS_PIN_SO
#define GNUTLS_PKCS11_PIN_FINAL_TRY GNUTLS_PIN_FINAL_TRY
#define GNUTLS_PKCS11_PIN_COUNT_LOW GNUTLS_PIN_COUNT_LOW
#define GNUTLS_PKCS11_PIN_CONTEXT_SPECIFIC GNUTLS_PIN_CONTEXT_SPECIFIC
#define GNUTLS_PKCS11_PIN_WRONG GNUTLS_PIN_WRONG
#define GNUTLS_UTF8_IGNORE_ERRS 1
#define GNUTLS_EXT_RAW_FLAG_TLS_CLIENT_HELLO 1
#define GNUTLS_EXT_RAW_FLAG_DTLS_CLIENT_HELLO (1<<1)
#define GNUTLS_FIPS140_SET_MODE_THREAD 1
#define GNUTLS_FIPS140_SET_LAX_MODE() do { if (gnutls_fips140_mode_enabled()) gnutls_fips140_set_mode(GNUTLS_FIPS140_LAX, GNUTLS_FIPS140_SET_MODE_THREAD); } while(0)
#define GNUTLS_FIPS140_SET_STRICT_MODE() do { if (gnutls_fips140_mode_enabled()) gnutls_fips140_set_mode(GNUTLS_FIPS140_STRICT, GNUTLS_FIPS140_SET_MODE_THREAD); } while(0)
#define GNUTLS_E_SUCCESS 0
#define GNUTLS_E_UNKNOWN_COMPRESSION_ALGORITHM -3
#define GNUTLS_E_UNKNOWN_CIPHER_TYPE -6
#define GNUTLS_E_LARGE_PACKET -7
#define GNUTLS_E_UNSUPPORTED_VERSION_PACKET -8
#define GNUTLS_E_TLS_PACKET_DECODING_ERROR GNUTLS_E_UNEXPECTED_PACKET_LENGTH
#define GNUTLS_E_UNEXPECTED_PACKET_LENGTH -9
#define GNUTLS_E_INVALID_SESSION -10
#define GNUTLS_E_FATAL_ALERT_RECEIVED -12
#define GNUTLS_E_UNEXPECTED_PACKET -15
#define GNUTLS_E_WARNING_ALERT_RECEIVED -16
#define GNUTLS_E_ERROR_IN_FINISHED_PACKET -18
#define GNUTLS_E_UNEXPECTED_HANDSHAKE_PACKET -19
#define GNUTLS_E_UNKNOWN_CIPHER_SUITE -21
#define GNUTLS_E_UNWANTED_ALGORITHM -22
#define GNUTLS_E_MPI_SCAN_FAILED -23
#define GNUTLS_E_DECRYPTION_FAILED -24
#define GNUTLS_E_MEMORY_ERROR -25
#define GNUTLS_E_DECOMPRESSION_FAILED -26
#define GNUTLS_E_COMPRESSION_FAILED -27
#define GNUTLS_E_AGAIN -28
#define GNUTLS_E_EXPIRED -29
#define GNUTLS_E_DB_ERROR -30
#define GNUTLS_E_SRP_PWD_ERROR GNUTLS_E_KEYFILE_ERROR
#define GNUTLS_E_KEYFILE_ERROR -31
#define GNUTLS_E_INSUFFICIENT_CREDENTIALS -32
#define GNUTLS_E_INSUFICIENT_CREDENTIALS GNUTLS_E_INSUFFICIENT_CREDENTIALS
#define GNUTLS_E_INSUFFICIENT_CRED GNUTLS_E_INSUFFICIENT_CREDENTIALS
#define GNUTLS_E_INSUFICIENT_CRED GNUTLS_E_INSUFFICIENT_CREDENTIALS
#define GNUTLS_E_HASH_FAILED -33
#define GNUTLS_E_BASE64_DECODING_ERROR -34
#define GNUTLS_E_MPI_PRINT_FAILED -35
#define GNUTLS_E_REHANDSHAKE -37
#define GNUTLS_E_GOT_APPLICATION_DATA -38
#define GNUTLS_E_RECORD_LIMIT_REACHED -39
#define GNUTLS_E_ENCRYPTION_FAILED -40
#define GNUTLS_E_PK_ENCRYPTION_FAILED -44
#define GNUTLS_E_PK_DECRYPTION_FAILED -45
#define GNUTLS_E_PK_SIGN_FAILED -46
#define GNUTLS_E_X509_UNSUPPORTED_CRITICAL_EXTENSION -47
#define GNUTLS_E_KEY_USAGE_VIOLATION -48
#define GNUTLS_E_NO_CERTIFICATE_FOUND -49
#define GNUTLS_E_INVALID_REQUEST -50
#define GNUTLS_E_SHORT_MEMORY_BUFFER -51
#define GNUTLS_E_INTERRUPTED -52
#define GNUTLS_E_PUSH_ERROR -53
#define GNUTLS_E_PULL_ERROR -54
#define GNUTLS_E_RECEIVED_ILLEGAL_PARAMETER -55
#define GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE -56
#define GNUTLS_E_PKCS1_WRONG_PAD -57
#define GNUTLS_E_RECEIVED_ILLEGAL_EXTENSION -58
#define GNUTLS_E_INTERNAL_ERROR -59
#define GNUTLS_E_DH_PRIME_UNACCEPTABLE -63
#define GNUTLS_E_FILE_ERROR -64
#define GNUTLS_E_TOO_MANY_EMPTY_PACKETS -78
#define GNUTLS_E_UNKNOWN_PK_ALGORITHM -80
#define GNUTLS_E_TOO_MANY_HANDSHAKE_PACKETS -81
#define GNUTLS_E_RECEIVED_DISALLOWED_NAME -82
#define GNUTLS_E_CERTIFICATE_REQUIRED -112
#define GNUTLS_E_NO_TEMPORARY_RSA_PARAMS -84
#define GNUTLS_E_NO_COMPRESSION_ALGORITHMS -86
#define GNUTLS_E_NO_CIPHER_SUITES -87
#define GNUTLS_E_OPENPGP_GETKEY_FAILED -88
#define GNUTLS_E_PK_SIG_VERIFY_FAILED -89
#define GNUTLS_E_ILLEGAL_SRP_USERNAME -90
#define GNUTLS_E_SRP_PWD_PARSING_ERROR GNUTLS_E_KEYFILE_PARSING_ERROR
#define GNUTLS_E_KEYFILE_PARSING_ERROR -91
#define GNUTLS_E_NO_TEMPORARY_DH_PARAMS -93
#define GNUTLS_E_ASN1_ELEMENT_NOT_FOUND -67
#define GNUTLS_E_ASN1_IDENTIFIER_NOT_FOUND -68
#define GNUTLS_E_ASN1_DER_ERROR -69
#define GNUTLS_E_ASN1_VALUE_NOT_FOUND -70
#define GNUTLS_E_ASN1_GENERIC_ERROR -71
#define GNUTLS_E_ASN1_VALUE_NOT_VALID -72
#define GNUTLS_E_ASN1_TAG_ERROR -73
#define GNUTLS_E_ASN1_TAG_IMPLICIT -74
#define GNUTLS_E_ASN1_TYPE_ANY_ERROR -75
#define GNUTLS_E_ASN1_SYNTAX_ERROR -76
#define GNUTLS_E_ASN1_DER_OVERFLOW -77
#define GNUTLS_E_OPENPGP_UID_REVOKED -79
#define GNUTLS_E_CERTIFICATE_ERROR -43
#define GNUTLS_E_X509_CERTIFICATE_ERROR GNUTLS_E_CERTIFICATE_ERROR
#define GNUTLS_E_CERTIFICATE_KEY_MISMATCH -60
#define GNUTLS_E_UNSUPPORTED_CERTIFICATE_TYPE -61
#define GNUTLS_E_X509_UNKNOWN_SAN -62
#define GNUTLS_E_OPENPGP_FINGERPRINT_UNSUPPORTED -94
#define GNUTLS_E_X509_UNSUPPORTED_ATTRIBUTE -95
#define GNUTLS_E_UNKNOWN_HASH_ALGORITHM -96
#define GNUTLS_E_UNKNOWN_PKCS_CONTENT_TYPE -97
#define GNUTLS_E_UNKNOWN_PKCS_BAG_TYPE -98
#define GNUTLS_E_INVALID_PASSWORD -99
#define GNUTLS_E_MAC_VERIFY_FAILED -100
#define GNUTLS_E_CONSTRAINT_ERROR -101
#define GNUTLS_E_WARNING_IA_IPHF_RECEIVED -102
#define GNUTLS_E_WARNING_IA_FPHF_RECEIVED -103
#define GNUTLS_E_IA_VERIFY_FAILED -104
#define GNUTLS_E_UNKNOWN_ALGORITHM -105
#define GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM -106
#define GNUTLS_E_SAFE_RENEGOTIATION_FAILED -107
#define GNUTLS_E_UNSAFE_RENEGOTIATION_DENIED -108
#define GNUTLS_E_UNKNOWN_SRP_USERNAME -109
#define GNUTLS_E_PREMATURE_TERMINATION -110
#define GNUTLS_E_MALFORMED_CIDR -111
#define GNUTLS_E_BASE64_ENCODING_ERROR -201
#define GNUTLS_E_INCOMPATIBLE_GCRYPT_LIBRARY -202
#define GNUTLS_E_INCOMPATIBLE_CRYPTO_LIBRARY -202
#define GNUTLS_E_INCOMPATIBLE_LIBTASN1_LIBRARY -203
#define GNUTLS_E_OPENPGP_KEYRING_ERROR -204
#define GNUTLS_E_X509_UNSUPPORTED_OID -205
#define GNUTLS_E_RANDOM_FAILED -206
#define GNUTLS_E_BASE64_UNEXPECTED_HEADER_ERROR -207
#define GNUTLS_E_OPENPGP_SUBKEY_ERROR -208
#define GNUTLS_E_CRYPTO_ALREADY_REGISTERED GNUTLS_E_ALREADY_REGISTERED
#define GNUTLS_E_ALREADY_REGISTERED -209
#define GNUTLS_E_HANDSHAKE_TOO_LARGE -210
#define GNUTLS_E_CRYPTODEV_IOCTL_ERROR -211
#define GNUTLS_E_CRYPTODEV_DEVICE_ERROR -212
#define GNUTLS_E_CHANNEL_BINDING_NOT_AVAILABLE -213
#define GNUTLS_E_BAD_COOKIE -214
#define GNUTLS_E_OPENPGP_PREFERRED_KEY_ERROR -215
#define GNUTLS_E_INCOMPAT_DSA_KEY_WITH_TLS_PROTOCOL -216
#define GNUTLS_E_INSUFFICIENT_SECURITY -217
#define GNUTLS_E_HEARTBEAT_PONG_RECEIVED -292
#define GNUTLS_E_HEARTBEAT_PING_RECEIVED -293
#define GNUTLS_E_UNRECOGNIZED_NAME -294
#define GNUTLS_E_PKCS11_ERROR -300
#define GNUTLS_E_PKCS11_LOAD_ERROR -301
#define GNUTLS_E_PARSING_ERROR -302
#define GNUTLS_E_PKCS11_PIN_ERROR -303
#define GNUTLS_E_PKCS11_SLOT_ERROR -305
#define GNUTLS_E_LOCKING_ERROR -306
#define GNUTLS_E_PKCS11_ATTRIBUTE_ERROR -307
#define GNUTLS_E_PKCS11_DEVICE_ERROR -308
#define GNUTLS_E_PKCS11_DATA_ERROR -309
#define GNUTLS_E_PKCS11_UNSUPPORTED_FEATURE_ERROR -310
#define GNUTLS_E_PKCS11_KEY_ERROR -311
#define GNUTLS_E_PKCS11_PIN_EXPIRED -312
#define GNUTLS_E_PKCS11_PIN_LOCKED -313
#define GNUTLS_E_PKCS11_SESSION_ERROR -314
#define GNUTLS_E_PKCS11_SIGNATURE_ERROR -315
#define GNUTLS_E_PKCS11_TOKEN_ERROR -316
#define GNUTLS_E_PKCS11_USER_ERROR -317
#define GNUTLS_E_CRYPTO_INIT_FAILED -318
#define GNUTLS_E_TIMEDOUT -319
#define GNUTLS_E_USER_ERROR -320
#define GNUTLS_E_ECC_NO_SUPPORTED_CURVES -321
#define GNUTLS_E_ECC_UNSUPPORTED_CURVE -322
#define GNUTLS_E_PKCS11_REQUESTED_OBJECT_NOT_AVAILBLE -323
#define GNUTLS_E_CERTIFICATE_LIST_UNSORTED -324
#define GNUTLS_E_ILLEGAL_PARAMETER -325
#define GNUTLS_E_NO_PRIORITIES_WERE_SET -326
#define GNUTLS_E_X509_UNSUPPORTED_EXTENSION -327
#define GNUTLS_E_SESSION_EOF -328
#define GNUTLS_E_TPM_ERROR -329
#define GNUTLS_E_TPM_KEY_PASSWORD_ERROR -330
#define GNUTLS_E_TPM_SRK_PASSWORD_ERROR -331
#define GNUTLS_E_TPM_SESSION_ERROR -332
#define GNUTLS_E_TPM_KEY_NOT_FOUND -333
#define GNUTLS_E_TPM_UNINITIALIZED -334
#define GNUTLS_E_TPM_NO_LIB -335
#define GNUTLS_E_NO_CERTIFICATE_STATUS -340
#define GNUTLS_E_OCSP_RESPONSE_ERROR -341
#define GNUTLS_E_RANDOM_DEVICE_ERROR -342
#define GNUTLS_E_AUTH_ERROR -343
#define GNUTLS_E_NO_APPLICATION_PROTOCOL -344
#define GNUTLS_E_SOCKETS_INIT_ERROR -345
#define GNUTLS_E_KEY_IMPORT_FAILED -346
#define GNUTLS_E_INAPPROPRIATE_FALLBACK -347
#define GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR -348
#define GNUTLS_E_PRIVKEY_VERIFICATION_ERROR -349
#define GNUTLS_E_UNEXPECTED_EXTENSIONS_LENGTH -350
#define GNUTLS_E_ASN1_EMBEDDED_NULL_IN_STRING -351
#define GNUTLS_E_SELF_TEST_ERROR -400
#define GNUTLS_E_NO_SELF_TEST -401
#define GNUTLS_E_LIB_IN_ERROR_STATE -402
#define GNUTLS_E_PK_GENERATION_ERROR -403
#define GNUTLS_E_IDNA_ERROR -404
#define GNUTLS_E_NEED_FALLBACK -405
#define GNUTLS_E_SESSION_USER_ID_CHANGED -406
#define GNUTLS_E_HANDSHAKE_DURING_FALSE_START -407
#define GNUTLS_E_UNAVAILABLE_DURING_HANDSHAKE -408
#define GNUTLS_E_PK_INVALID_PUBKEY -409
#define GNUTLS_E_PK_INVALID_PRIVKEY -410
#define GNUTLS_E_NOT_YET_ACTIVATED -411
#define GNUTLS_E_INVALID_UTF8_STRING -412
#define GNUTLS_E_NO_EMBEDDED_DATA -413
#define GNUTLS_E_INVALID_UTF8_EMAIL -414
#define GNUTLS_E_INVALID_PASSWORD_STRING -415
#define GNUTLS_E_CERTIFICATE_TIME_ERROR -416
#define GNUTLS_E_RECORD_OVERFLOW -417
#define GNUTLS_E_ASN1_TIME_ERROR -418
#define GNUTLS_E_INCOMPATIBLE_SIG_WITH_KEY -419
#define GNUTLS_E_PK_INVALID_PUBKEY_PARAMS -420
#define GNUTLS_E_PK_NO_VALIDATION_PARAMS -421
#define GNUTLS_E_OCSP_MISMATCH_WITH_CERTS -422
#define GNUTLS_E_NO_COMMON_KEY_SHARE -423
#define GNUTLS_E_REAUTH_REQUEST -424
#define GNUTLS_E_TOO_MANY_MATCHES -425
#define GNUTLS_E_CRL_VERIFICATION_ERROR -426
#define GNUTLS_E_MISSING_EXTENSION -427
#define GNUTLS_E_DB_ENTRY_EXISTS -428
#define GNUTLS_E_EARLY_DATA_REJECTED -429
#define GNUTLS_E_X509_DUPLICATE_EXTENSION -430
#define GNUTLS_E_UNIMPLEMENTED_FEATURE -1250
#define GNUTLS_E_INT_RET_0 -1251
#define GNUTLS_E_INT_CHECK_AGAIN -1252
#define GNUTLS_E_APPLICATION_ERROR_MAX -65000
#define GNUTLS_E_APPLICATION_ERROR_MIN -65500
#define GNUTLS_VERIFY_ALLOW_X509_V1_CA_CRT (0)
#define GNUTLS_A_MISSING_SRP_USERNAME GNUTLS_A_UNKNOWN_PSK_IDENTITY
#define GNUTLS_A_UNKNOWN_SRP_USERNAME GNUTLS_A_UNKNOWN_PSK_IDENTITY
#define GNUTLS_OPENPGP_KEY GNUTLS_OPENPGP_CERT
#define GNUTLS_OPENPGP_KEY_FINGERPRINT GNUTLS_OPENPGP_CERT_FINGERPRINT
#define gnutls_openpgp_send_key gnutls_openpgp_send_cert
#define gnutls_openpgp_key_init gnutls_openpgp_crt_init
#define gnutls_openpgp_key_deinit gnutls_openpgp_crt_deinit
#define gnutls_openpgp_key_import gnutls_openpgp_crt_import
#define gnutls_openpgp_key_export gnutls_openpgp_crt_export
#define gnutls_openpgp_key_get_key_usage gnutls_openpgp_crt_get_key_usage
#define gnutls_openpgp_key_get_fingerprint gnutls_openpgp_crt_get_fingerprint
#define gnutls_openpgp_key_get_pk_algorithm gnutls_openpgp_crt_get_pk_algorithm
#define gnutls_openpgp_key_get_name gnutls_openpgp_crt_get_name
#define gnutls_openpgp_key_get_version gnutls_openpgp_crt_get_version
#define gnutls_openpgp_key_get_creation_time gnutls_openpgp_crt_get_creation_time
#define gnutls_openpgp_key_get_expiration_time gnutls_openpgp_crt_get_expiration_time
#define gnutls_openpgp_key_get_id gnutls_openpgp_crt_get_id
#define gnutls_openpgp_key_check_hostname gnutls_openpgp_crt_check_hostname
#define gnutls_openpgp_crt_get_id gnutls_openpgp_crt_get_key_id
#define GNUTLS_X509_CRT_FULL GNUTLS_CRT_PRINT_FULL
#define GNUTLS_X509_CRT_ONELINE GNUTLS_CRT_PRINT_ONELINE
#define GNUTLS_X509_CRT_UNSIGNED_FULL GNUTLS_CRT_PRINT_UNSIGNED_FULL
#define GNUTLS_SUPPLEMENTAL_USER_MAPPING_DATA 0
#define GNUTLS_OID_X520_COUNTRY_NAME "2.5.4.6"
#define GNUTLS_OID_X520_ORGANIZATION_NAME "2.5.4.10"
#define GNUTLS_OID_X520_ORGANIZATIONAL_UNIT_NAME "2.5.4.11"
#define GNUTLS_OID_X520_COMMON_NAME "2.5.4.3"
#define GNUTLS_OID_X520_LOCALITY_NAME "2.5.4.7"
#define GNUTLS_OID_X520_STATE_OR_PROVINCE_NAME "2.5.4.8"
#define GNUTLS_OID_X520_INITIALS "2.5.4.43"
#define GNUTLS_OID_X520_GENERATION_QUALIFIER "2.5.4.44"
#define GNUTLS_OID_X520_SURNAME "2.5.4.4"
#define GNUTLS_OID_X520_GIVEN_NAME "2.5.4.42"
#define GNUTLS_OID_X520_TITLE "2.5.4.12"
#define GNUTLS_OID_X520_DN_QUALIFIER "2.5.4.46"
#define GNUTLS_OID_X520_PSEUDONYM "2.5.4.65"
#define GNUTLS_OID_X520_POSTALCODE "2.5.4.17"
#define GNUTLS_OID_X520_NAME "2.5.4.41"
#define GNUTLS_OID_LDAP_DC "0.9.2342.19200300.100.1.25"
#define GNUTLS_OID_LDAP_UID "0.9.2342.19200300.100.1.1"
#define GNUTLS_OID_PKCS9_EMAIL "1.2.840.113549.1.9.1"
#define GNUTLS_OID_PKIX_DATE_OF_BIRTH "1.3.6.1.5.5.7.9.1"
#define GNUTLS_OID_PKIX_PLACE_OF_BIRTH "1.3.6.1.5.5.7.9.2"
#define GNUTLS_OID_PKIX_GENDER "1.3.6.1.5.5.7.9.3"
#define GNUTLS_OID_PKIX_COUNTRY_OF_CITIZENSHIP "1.3.6.1.5.5.7.9.4"
#define GNUTLS_OID_PKIX_COUNTRY_OF_RESIDENCE "1.3.6.1.5.5.7.9.5"
#define GNUTLS_KP_TLS_WWW_SERVER "1.3.6.1.5.5.7.3.1"
#define GNUTLS_KP_TLS_WWW_CLIENT "1.3.6.1.5.5.7.3.2"
#define GNUTLS_KP_CODE_SIGNING "1.3.6.1.5.5.7.3.3"
#define GNUTLS_KP_MS_SMART_CARD_LOGON "1.3.6.1.4.1.311.20.2.2"
#define GNUTLS_KP_EMAIL_PROTECTION "1.3.6.1.5.5.7.3.4"
#define GNUTLS_KP_TIME_STAMPING "1.3.6.1.5.5.7.3.8"
#define GNUTLS_KP_OCSP_SIGNING "1.3.6.1.5.5.7.3.9"
#define GNUTLS_KP_IPSEC_IKE "1.3.6.1.5.5.7.3.17"
#define GNUTLS_KP_ANY "2.5.29.37.0"
#define GNUTLS_KP_FLAG_DISALLOW_ANY 1
#define GNUTLS_OID_AIA "1.3.6.1.5.5.7.1.1"
#define GNUTLS_OID_AD_OCSP "1.3.6.1.5.5.7.48.1"
#define GNUTLS_OID_AD_CAISSUERS "1.3.6.1.5.5.7.48.2"
#define GNUTLS_FSAN_SET 0
#define GNUTLS_FSAN_APPEND 1
#define GNUTLS_FSAN_ENCODE_OCTET_STRING (1<<1)
#define GNUTLS_FSAN_ENCODE_UTF8_STRING (1<<2)
#define GNUTLS_X509EXT_OID_SUBJECT_KEY_ID "2.5.29.14"
#define GNUTLS_X509EXT_OID_KEY_USAGE "2.5.29.15"
#define GNUTLS_X509EXT_OID_PRIVATE_KEY_USAGE_PERIOD "2.5.29.16"
#define GNUTLS_X509EXT_OID_SAN "2.5.29.17"
#define GNUTLS_X509EXT_OID_IAN "2.5.29.18"
#define GNUTLS_X509EXT_OID_BASIC_CONSTRAINTS "2.5.29.19"
#define GNUTLS_X509EXT_OID_NAME_CONSTRAINTS "2.5.29.30"
#define GNUTLS_X509EXT_OID_CRL_DIST_POINTS "2.5.29.31"
#define GNUTLS_X509EXT_OID_CRT_POLICY "2.5.29.32"
#define GNUTLS_X509EXT_OID_AUTHORITY_KEY_ID "2.5.29.35"
#define GNUTLS_X509EXT_OID_EXTENDED_KEY_USAGE "2.5.29.37"
#define GNUTLS_X509EXT_OID_INHIBIT_ANYPOLICY "2.5.29.52"
#define GNUTLS_X509EXT_OID_AUTHORITY_INFO_ACCESS "1.3.6.1.5.5.7.1.1"
#define GNUTLS_X509EXT_OID_PROXY_CRT_INFO "1.3.6.1.5.5.7.1.14"
#define GNUTLS_X509EXT_OID_TLSFEATURES "1.3.6.1.5.5.7.1.24"
#define GNUTLS_X509EXT_OID_CT_SCT_V1 "1.3.6.1.4.1.11129.2.4.2"
#define GNUTLS_X509_OID_POLICY_ANY "2.5.29.54"
#define GNUTLS_EXT_FLAG_APPEND 1
#define GNUTLS_NAME_CONSTRAINTS_FLAG_APPEND GNUTLS_EXT_FLAG_APPEND
#define GNUTLS_CRL_REASON_SUPERSEEDED GNUTLS_CRL_REASON_SUPERSEDED,
#define GNUTLS_X509_NO_WELL_DEFINED_EXPIRATION ((time_t)4294197631)
#define GNUTLS_MAX_QUALIFIERS 8
#define GNUTLS_X509_DN_OID_RETURN_OID 1
#define GNUTLS_X509_DN_FLAG_COMPAT 1
#define gnutls_x509_crl_get_certificate_count gnutls_x509_crl_get_crt_count
#define gnutls_x509_crl_get_certificate gnutls_x509_crl_get_crt_serial
#define GNUTLS_VERIFY_ALLOW_BROKEN (GNUTLS_VERIFY_ALLOW_SIGN_RSA_MD2|GNUTLS_VERIFY_ALLOW_SIGN_RSA_MD5)
#define GNUTLS_PROFILE_TO_VFLAGS(x) (((unsigned)x)<<24)
#define GNUTLS_VFLAGS_PROFILE_MASK (0xff000000)
#define GNUTLS_VFLAGS_TO_PROFILE(x) ((((unsigned)x)>>24)&0xff)
#define GNUTLS_PKCS8_PLAIN GNUTLS_PKCS_PLAIN
#define GNUTLS_PKCS8_USE_PKCS12_3DES GNUTLS_PKCS_PKCS12_3DES
#define GNUTLS_PKCS8_USE_PKCS12_ARCFOUR GNUTLS_PKCS_PKCS12_ARCFOUR
#define GNUTLS_PKCS8_USE_PKCS12_RC2_40 GNUTLS_PKCS_PKCS12_RC2_40
#define GNUTLS_PKCS_CIPHER_MASK(x) ((x)&(~(GNUTLS_PKCS_NULL_PASSWORD)))
#define GNUTLS_PKCS_USE_PKCS12_3DES GNUTLS_PKCS_PKCS12_3DES
#define GNUTLS_PKCS_USE_PKCS12_ARCFOUR GNUTLS_PKCS_PKCS12_ARCFOUR
#define GNUTLS_PKCS_USE_PKCS12_RC2_40 GNUTLS_PKCS_PKCS12_RC2_40
#define GNUTLS_PKCS_USE_PBES2_3DES GNUTLS_PKCS_PBES2_3DES
#define GNUTLS_PKCS_USE_PBES2_AES_128 GNUTLS_PKCS_PBES2_AES_128
#define GNUTLS_PKCS_USE_PBES2_AES_192 GNUTLS_PKCS_PBES2_AES_192
#define GNUTLS_PKCS_USE_PBES2_AES_256 GNUTLS_PKCS_PBES2_AES_256
#define GNUTLS_PKCS_USE_PBES2_GOST_TC26Z GNUTLS_PKCS_PBES2_GOST_TC26Z
#define GNUTLS_PKCS_USE_PBES2_GOST_CPA GNUTLS_PKCS_PBES2_GOST_CPA
#define GNUTLS_PKCS_USE_PBES2_GOST_CPB GNUTLS_PKCS_PBES2_GOST_CPB
#define GNUTLS_PKCS_USE_PBES2_GOST_CPC GNUTLS_PKCS_PBES2_GOST_CPC
#define GNUTLS_PKCS_USE_PBES2_GOST_CPD GNUTLS_PKCS_PBES2_GOST_CPD
#define GNUTLS_TL_VERIFY_CRL 1
#define GNUTLS_TL_USE_IN_TLS (1<<1)
#define GNUTLS_TL_NO_DUPLICATES (1<<2)
#define GNUTLS_TL_NO_DUPLICATE_KEY (1<<3)
#define GNUTLS_TL_GET_COPY (1<<4)
#define GNUTLS_TL_FAIL_ON_INVALID_CRL (1<<5)
#define GNUTLS_PKCS7_EDATA_GET_RAW (1<<24)
#define GNUTLS_PKCS7_ATTR_ENCODE_OCTET_STRING 1
#define gnutls_x509_ext_import_issuer_alt_name gnutls_x509_ext_import_subject_alt_name
#define gnutls_x509_ext_export_issuer_alt_name gnutls_x509_ext_export_subject_alt_name
#define GNUTLS_PKCS11_MAX_PIN_LEN 256
#define GNUTLS_PKCS11_FLAG_MANUAL 0
#define GNUTLS_PKCS11_FLAG_AUTO 1
#define GNUTLS_PKCS11_FLAG_AUTO_TRUSTED (1<<1)
#define gnutls_pkcs11_obj_attr_t gnutls_pkcs11_obj_flags
#define gnutls_pkcs11_copy_x509_crt(url,crt,label,flags) gnutls_pkcs11_copy_x509_crt2(url, crt, label, NULL, flags)
#define gnutls_pkcs11_copy_x509_privkey(url,key,label,usage,flags) gnutls_pkcs11_copy_x509_privkey2(url, key, label, NULL, usage, flags)
#define GNUTLS_PKCS11_OBJ_ATTR_CRT_ALL GNUTLS_PKCS11_OBJ_FLAG_CRT
#define GNUTLS_PKCS11_OBJ_ATTR_MATCH 0
#define GNUTLS_PKCS11_OBJ_ATTR_ALL 0
#define GNUTLS_PKCS11_OBJ_ATTR_CRT_TRUSTED (GNUTLS_PKCS11_OBJ_FLAG_CRT|GNUTLS_PKCS11_OBJ_FLAG_MARK_TRUSTED)
#define GNUTLS_PKCS11_OBJ_ATTR_CRT_WITH_PRIVKEY (GNUTLS_PKCS11_OBJ_FLAG_CRT|GNUTLS_PKCS11_OBJ_FLAG_WITH_PRIVKEY)
#define GNUTLS_PKCS11_OBJ_ATTR_CRT_TRUSTED_CA (GNUTLS_PKCS11_OBJ_FLAG_CRT|GNUTLS_PKCS11_OBJ_FLAG_MARK_CA|GNUTLS_PKCS11_OBJ_FLAG_MARK_TRUSTED)
#define GNUTLS_PKCS11_OBJ_ATTR_PUBKEY GNUTLS_PKCS11_OBJ_FLAG_PUBKEY
#define GNUTLS_PKCS11_OBJ_ATTR_PRIVKEY GNUTLS_PKCS11_OBJ_FLAG_PRIVKEY
#define GNUTLS_PKCS11_TOKEN_HW 1
#define GNUTLS_PKCS11_TOKEN_TRUSTED (1<<1)
#define GNUTLS_PKCS11_TOKEN_RNG (1<<2)
#define GNUTLS_PKCS11_TOKEN_LOGIN_REQUIRED (1<<3)
#define GNUTLS_PKCS11_TOKEN_PROTECTED_AUTHENTICATION_PATH (1<<4)
#define GNUTLS_PKCS11_TOKEN_INITIALIZED (1<<5)
#define GNUTLS_PKCS11_TOKEN_USER_PIN_COUNT_LOW (1<<6)
#define GNUTLS_PKCS11_TOKEN_USER_PIN_FINAL_TRY (1<<7)
#define GNUTLS_PKCS11_TOKEN_USER_PIN_LOCKED (1<<8)
#define GNUTLS_PKCS11_TOKEN_SO_PIN_COUNT_LOW (1<<9)
#define GNUTLS_PKCS11_TOKEN_SO_PIN_FINAL_TRY (1<<10)
#define GNUTLS_PKCS11_TOKEN_SO_PIN_LOCKED (1<<11)
#define GNUTLS_PKCS11_TOKEN_USER_PIN_INITIALIZED (1<<12)
#define GNUTLS_PKCS11_TOKEN_ERROR_STATE (1<<13)
#define gnutls_pkcs11_obj_list_import_url(p_list,n_list,url,attrs,flags) gnutls_pkcs11_obj_list_import_url3(p_list, n_list, url, attrs|flags)
#define gnutls_pkcs11_obj_list_import_url2(p_list,n_list,url,attrs,flags) gnutls_pkcs11_obj_list_import_url4(p_list, n_list, url, attrs|flags)
#define gnutls_pkcs11_privkey_generate(url,pk,bits,label,flags) gnutls_pkcs11_privkey_generate3(url, pk, bits, label, NULL, 0, NULL, 0, flags)
#define gnutls_pkcs11_privkey_generate2(url,pk,bits,label,fmt,pubkey,flags) gnutls_pkcs11_privkey_generate3(url, pk, bits, label, NULL, fmt, pubkey, 0, flags)
#define gnutls_x509_crt_import_pkcs11_url gnutls_x509_crt_import_url
#define GNUTLS_OPENPGP_KEYID_SIZE 8
#define GNUTLS_OPENPGP_V4_FINGERPRINT_SIZE 20
#define GNUTLS_OPENPGP_MASTER_KEYID_IDX INT_MAX
#define GNUTLS_TPM_KEY_SIGNING (1<<1)
#define GNUTLS_TPM_REGISTER_KEY (1<<2)
#define GNUTLS_TPM_KEY_USER (1<<3)
#define GNUTLS_PUBKEY_VERIFY_FLAG_TLS_RSA GNUTLS_PUBKEY_VERIFY_FLAG_TLS1_RSA
#define GNUTLS_PUBKEY_VERIFY_FLAG_TLS1_RSA GNUTLS_VERIFY_USE_TLS1_RSA
#define GNUTLS_SIGN_ALGO_TO_FLAGS(sig) (unsigned int)((sig)<<20)
#define GNUTLS_FLAGS_TO_SIGN_ALGO(flags) (unsigned int)((flags)>>20)
#define GNUTLS_PRIVKEY_INFO_PK_ALGO 1
#define GNUTLS_PRIVKEY_INFO_SIGN_ALGO (1<<1)
#define GNUTLS_PRIVKEY_INFO_HAVE_SIGN_ALGO (1<<2)
#define GNUTLS_PRIVKEY_INFO_PK_ALGO_BITS (1<<3)
#define gnutls_pubkey_get_pk_rsa_raw gnutls_pubkey_export_rsa_raw
#define gnutls_pubkey_get_pk_dsa_raw gnutls_pubkey_export_dsa_raw
#define gnutls_pubkey_get_pk_ecc_raw gnutls_pubkey_export_ecc_raw
#define gnutls_pubkey_get_pk_ecc_x962 gnutls_pubkey_export_ecc_x962
#define gnutls_pubkey_import_pkcs11_url(key,url,flags) gnutls_pubkey_import_url(key, url, flags)
#define GNUTLS_SUBGROUP_TO_BITS(group,subgroup) (unsigned int)((subgroup<<16)|(group))
#define GNUTLS_BITS_TO_SUBGROUP(bits) ((bits >> 16) & 0xFFFF)
#define GNUTLS_BITS_TO_GROUP(bits) (bits & 0xFFFF)
#define GNUTLS_BITS_HAVE_SUBGROUP(bits) ((bits) & 0xFFFF0000)
#define gnutls_privkey_import_pkcs11_url(key,url) gnutls_privkey_import_url(key, url, 0)
#define gnutls_privkey_sign_raw_data(key,flags,data,sig) gnutls_privkey_sign_hash ( key, 0, GNUTLS_PRIVKEY_SIGN_FLAG_TLS1_RSA, data, sig)
#define GNUTLS_PCERT_NO_CERT 1
#define GNUTLS_CERT_RETR_DEINIT_ALL 1
#define GNUTLS_OCSP_NONCE "1.3.6.1.5.5.7.48.1.2"
#define GNUTLS_OCSP_RESP_ID_KEY 1
#define GNUTLS_OCSP_RESP_ID_DN 2
#define GNUTLS_PKCS12_SP_INCLUDE_SELF_SIGNED 1
#define GNUTLS_COOKIE_KEY_SIZE 16
#define GNUTLS_SELF_TEST_FLAG_ALL 1
#define GNUTLS_SELF_TEST_FLAG_NO_COMPAT (1<<1)

#ifdef __cplusplus
}
#endif

#endif
