// The queue of errors.
#ifndef STANDIN_OPENSSL_ERR_H
#define STANDIN_OPENSSL_ERR_H

#pragma GCC system_header

#include "../standin.h"
#include "bio.h"
#include "crypto.h"
#include "lhash.h"

#define ERR_TXT_MALLOCED 0x1
#define ERR_TXT_STRING 0x2
#define ERR_FLAG_MARK 0x1
#define ERR_FLAG_CLEAR 0x2
#define ERR_NUM_ERRORS 16
#define ERR_LIB_NONE 1
#define ERR_LIB_SYS 2
#define ERR_LIB_BN 3
#define ERR_LIB_RSA 4
#define ERR_LIB_DH 5
#define ERR_LIB_EVP 6
#define ERR_LIB_BUF 7
#define ERR_LIB_OBJ 8
#define ERR_LIB_PEM 9
#define ERR_LIB_DSA 10
#define ERR_LIB_X509 11
#define ERR_LIB_ASN1 13
#define ERR_LIB_CONF 14
#define ERR_LIB_CRYPTO 15
#define ERR_LIB_EC 16
#define ERR_LIB_SSL 20
#define ERR_LIB_BIO 32
#define ERR_LIB_PKCS7 33
#define ERR_LIB_X509V3 34
#define ERR_LIB_PKCS12 35
#define ERR_LIB_RAND 36
#define ERR_LIB_DSO 37
#define ERR_LIB_ENGINE 38
#define ERR_LIB_OCSP 39
#define ERR_LIB_UI 40
#define ERR_LIB_COMP 41
#define ERR_LIB_ECDSA 42
#define ERR_LIB_ECDH 43
#define ERR_LIB_OSSL_STORE 44
#define ERR_LIB_FIPS 45
#define ERR_LIB_CMS 46
#define ERR_LIB_TS 47
#define ERR_LIB_HMAC 48
#define ERR_LIB_CT 50
#define ERR_LIB_ASYNC 51
#define ERR_LIB_KDF 52
#define ERR_LIB_SM2 53
#define ERR_LIB_ESS 54
#define ERR_LIB_PROP 55
#define ERR_LIB_CRMF 56
#define ERR_LIB_PROV 57
#define ERR_LIB_CMP 58
#define ERR_LIB_OSSL_ENCODER 59
#define ERR_LIB_OSSL_DECODER 60
#define ERR_LIB_HTTP 61
#define ERR_LIB_USER 128
#define ERR_SYSTEM_FLAG 0x80000000
#define ERR_SYSTEM_MASK 0x7FFFFFFF
#define ERR_LIB_OFFSET 23L
#define ERR_LIB_MASK 0xFF
#define ERR_RFLAGS_OFFSET 18L
#define ERR_RFLAGS_MASK 0x1F
#define ERR_REASON_MASK 0x7FFFFF
#define ERR_RFLAG_FATAL 0x40000L
#define ERR_RFLAG_COMMON 0x80000L
#define ERR_R_SYS_LIB 0x80002L
#define ERR_R_BN_LIB 0x80003L
#define ERR_R_RSA_LIB 0x80004L
#define ERR_R_DH_LIB 0x80005L
#define ERR_R_EVP_LIB 0x80006L
#define ERR_R_BUF_LIB 0x80007L
#define ERR_R_OBJ_LIB 0x80008L
#define ERR_R_PEM_LIB 0x80009L
#define ERR_R_DSA_LIB 0x8000AL
#define ERR_R_X509_LIB 0x8000BL
#define ERR_R_ASN1_LIB 0x8000DL
#define ERR_R_CONF_LIB 0x8000EL
#define ERR_R_CRYPTO_LIB 0x8000FL
#define ERR_R_EC_LIB 0x80010L
#define ERR_R_SSL_LIB 0x80014L
#define ERR_R_BIO_LIB 0x80020L
#define ERR_R_PKCS7_LIB 0x80021L
#define ERR_R_X509V3_LIB 0x80022L
#define ERR_R_PKCS12_LIB 0x80023L
#define ERR_R_RAND_LIB 0x80024L
#define ERR_R_DSO_LIB 0x80025L
#define ERR_R_ENGINE_LIB 0x80026L
#define ERR_R_UI_LIB 0x80028L
#define ERR_R_ECDSA_LIB 0x8002AL
#define ERR_R_OSSL_STORE_LIB 0x8002CL
#define ERR_R_CMS_LIB 0x8002EL
#define ERR_R_TS_LIB 0x8002FL
#define ERR_R_CT_LIB 0x80032L
#define ERR_R_PROV_LIB 0x80039L
#define ERR_R_ESS_LIB 0x80036L
#define ERR_R_CMP_LIB 0x8003AL
#define ERR_R_OSSL_ENCODER_LIB 0x8003BL
#define ERR_R_OSSL_DECODER_LIB 0x8003CL
#define ERR_R_FATAL 0xC0000L
#define ERR_R_MALLOC_FAILURE 0xC0100L
#define ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED 0xC0101L
#define ERR_R_PASSED_NULL_PARAMETER 0xC0102L
#define ERR_R_INTERNAL_ERROR 0xC0103L
#define ERR_R_DISABLED 0xC0104L
#define ERR_R_INIT_FAIL 0xC0105L
#define ERR_R_PASSED_INVALID_ARGUMENT 0x80106L
#define ERR_R_OPERATION_FAIL 0xC0107L
#define ERR_R_INVALID_PROVIDER_FUNCTIONS 0xC0108L
#define ERR_R_INTERRUPTED_OR_CANCELLED 0x80109L
#define ERR_R_NESTED_ASN1_ERROR 0x8010AL
#define ERR_R_MISSING_ASN1_EOS 0x8010BL
#define ERR_R_UNSUPPORTED 0x8010CL
#define ERR_R_FETCH_FAILED 0x8010DL
#define ERR_R_INVALID_PROPERTY_DEFINITION 0x8010EL
#define ERR_R_UNABLE_TO_GET_READ_LOCK 0xC010FL
#define ERR_R_UNABLE_TO_GET_WRITE_LOCK 0xC0110L
#define ERR_MAX_DATA_SIZE 1024

#define ERR_PUT_error(l, f, r, fn, ln) ERR_put_error((l), (f), (r), (fn), (ln))
#define ERR_SYSTEM_ERROR(errcode) (((errcode) & ERR_SYSTEM_FLAG) != 0)
#define ERR_PACK(lib, func, reason) \
    ((((unsigned long) (lib) & ERR_LIB_MASK) << ERR_LIB_OFFSET) | (((unsigned long) (reason) & ERR_REASON_MASK)))
#define ERR_raise(lib, reason) ERR_raise_data((lib), (reason), NULL)
#define ERR_put_error(lib, func, reason, file, line) \
    (ERR_new(), ERR_set_debug((file), (line), OPENSSL_FUNC), ERR_set_error((lib), (reason), NULL))
#define ERR_load_crypto_strings() OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL)
#define ERR_free_strings() do { } while (0)

#ifndef OPENSSL_FILE
#define OPENSSL_FILE __FILE__
#define OPENSSL_LINE __LINE__
#endif
#ifndef OPENSSL_FUNC
#define OPENSSL_FUNC __func__
#endif
#define ERR_raise_data (ERR_new(), ERR_set_debug(OPENSSL_FILE, OPENSSL_LINE, OPENSSL_FUNC), ERR_set_error)

// The library in a packed error.
__attribute__((unused)) static inline int ERR_GET_LIB(unsigned long error) {
    return error & ERR_SYSTEM_FLAG ? ERR_LIB_SYS : (int)((error >> ERR_LIB_OFFSET) & ERR_LIB_MASK);
}

// The reason in a packed error.
__attribute__((unused)) static inline int ERR_GET_REASON(unsigned long error) {
    return (int)(error & (error & ERR_SYSTEM_FLAG ? ERR_SYSTEM_MASK : ERR_REASON_MASK));
}

__attribute__((unused)) static inline int ERR_GET_RFLAGS(unsigned long error) {
    return error & ERR_SYSTEM_FLAG ? 0 : (int)(error & (ERR_RFLAGS_MASK << ERR_RFLAGS_OFFSET));
}

__attribute__((unused)) static inline int ERR_FATAL_ERROR(unsigned long error) {
    return (ERR_GET_RFLAGS(error) & ERR_RFLAG_FATAL) != 0;
}

__attribute__((unused)) static inline int ERR_COMMON_ERROR(unsigned long error) {
    return (ERR_GET_RFLAGS(error) & ERR_RFLAG_COMMON) != 0;
}

#endif
