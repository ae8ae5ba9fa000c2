// Memory, start, versions.
#ifndef STANDIN_OPENSSL_CRYPTO_H
#define STANDIN_OPENSSL_CRYPTO_H

#pragma GCC system_header

#include "../standin.h"
#include "opensslv.h"
#include "stack.h"
#include "safestack.h"

#define CRYPTO_R_BAD_ALGORITHM_NAME 117
#define CRYPTO_R_CONFLICTING_NAMES 118
#define CRYPTO_R_HEX_STRING_TOO_SHORT 121
#define CRYPTO_R_ILLEGAL_HEX_DIGIT 102
#define CRYPTO_R_INSUFFICIENT_DATA_SPACE 106
#define CRYPTO_R_INSUFFICIENT_PARAM_SIZE 107
#define CRYPTO_R_INSUFFICIENT_SECURE_DATA_SPACE 108
#define CRYPTO_R_INVALID_NEGATIVE_VALUE 122
#define CRYPTO_R_INVALID_NULL_ARGUMENT 109
#define CRYPTO_R_INVALID_OSSL_PARAM_TYPE 110
#define CRYPTO_R_ODD_NUMBER_OF_DIGITS 103
#define CRYPTO_R_PROVIDER_ALREADY_EXISTS 104
#define CRYPTO_R_PROVIDER_SECTION_ERROR 105
#define CRYPTO_R_RANDOM_SECTION_ERROR 119
#define CRYPTO_R_SECURE_MALLOC_FAILURE 111
#define CRYPTO_R_STRING_TOO_LONG 112
#define CRYPTO_R_TOO_MANY_BYTES 113
#define CRYPTO_R_TOO_MANY_RECORDS 114
#define CRYPTO_R_TOO_SMALL_BUFFER 116
#define CRYPTO_R_UNKNOWN_NAME_IN_RANDOM_SECTION 120
#define CRYPTO_R_ZERO_LENGTH_NUMBER 115
#define OPENSSL_VERSION 0
#define OPENSSL_VERSION_STRING 6
#define SSLeay OpenSSL_version_num
#define SSLeay_version OpenSSL_version
#define SSLEAY_VERSION_NUMBER OPENSSL_VERSION_NUMBER
#define SSLEAY_VERSION OPENSSL_VERSION
#define SSLEAY_CFLAGS OPENSSL_CFLAGS
#define SSLEAY_BUILT_ON OPENSSL_BUILT_ON
#define SSLEAY_PLATFORM OPENSSL_PLATFORM
#define SSLEAY_DIR OPENSSL_DIR
#define OPENSSL_assert(e) (void) ((e) ? 0 : (OPENSSL_die("assertion failed: " #e, __FILE__, __LINE__), 1))
#define OPENSSL_secure_malloc(num) CRYPTO_secure_malloc((num), __FILE__, __LINE__)
#define OPENSSL_secure_zalloc(num) CRYPTO_secure_zalloc((num), __FILE__, __LINE__)
#define OPENSSL_secure_free(addr) CRYPTO_secure_free((addr), __FILE__, __LINE__)
#define OPENSSL_CFLAGS 1
#define OPENSSL_BUILT_ON 2
#define OPENSSL_PLATFORM 3
#define OPENSSL_DIR 4
#define OPENSSL_ENGINES_DIR 5
#define OPENSSL_FULL_VERSION_STRING 7
#define OPENSSL_MODULES_DIR 8
#define OPENSSL_CPU_INFO 9
#define OPENSSL_INFO_CONFIG_DIR 1001
#define OPENSSL_INFO_ENGINES_DIR 1002
#define OPENSSL_INFO_MODULES_DIR 1003
#define OPENSSL_INFO_DSO_EXTENSION 1004
#define OPENSSL_INFO_DIR_FILENAME_SEPARATOR 1005
#define OPENSSL_INFO_LIST_SEPARATOR 1006
#define OPENSSL_INFO_SEED_SOURCE 1007
#define OPENSSL_INFO_CPU_SETTINGS 1008
#define CRYPTO_EX_INDEX_SSL 0
#define CRYPTO_EX_INDEX_SSL_CTX 1
#define CRYPTO_EX_INDEX_SSL_SESSION 2
#define CRYPTO_EX_INDEX_X509 3
#define CRYPTO_EX_INDEX_X509_STORE 4
#define CRYPTO_EX_INDEX_X509_STORE_CTX 5
#define CRYPTO_EX_INDEX_DH 6
#define CRYPTO_EX_INDEX_DSA 7
#define CRYPTO_EX_INDEX_EC_KEY 8
#define CRYPTO_EX_INDEX_RSA 9
#define CRYPTO_EX_INDEX_ENGINE 10
#define CRYPTO_EX_INDEX_UI 11
#define CRYPTO_EX_INDEX_BIO 12
#define CRYPTO_EX_INDEX_APP 13
#define CRYPTO_EX_INDEX_UI_METHOD 14
#define CRYPTO_EX_INDEX_RAND_DRBG 15
#define CRYPTO_EX_INDEX_DRBG 15
#define CRYPTO_EX_INDEX_OSSL_LIB_CTX 16
#define CRYPTO_EX_INDEX_EVP_PKEY 17
#define CRYPTO_EX_INDEX__COUNT 18
#define CRYPTO_LOCK 1
#define CRYPTO_UNLOCK 2
#define CRYPTO_READ 4
#define CRYPTO_WRITE 8
#define OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS 0x1L
#define OPENSSL_INIT_LOAD_CRYPTO_STRINGS 0x2L
#define OPENSSL_INIT_ADD_ALL_CIPHERS 0x4L
#define OPENSSL_INIT_ADD_ALL_DIGESTS 0x8L
#define OPENSSL_INIT_NO_ADD_ALL_CIPHERS 0x10L
#define OPENSSL_INIT_NO_ADD_ALL_DIGESTS 0x20L
#define OPENSSL_INIT_LOAD_CONFIG 0x40L
#define OPENSSL_INIT_NO_LOAD_CONFIG 0x80L
#define OPENSSL_INIT_ASYNC 0x100L
#define OPENSSL_INIT_ENGINE_RDRAND 0x200L
#define OPENSSL_INIT_ENGINE_DYNAMIC 0x400L
#define OPENSSL_INIT_ENGINE_OPENSSL 0x800L
#define OPENSSL_INIT_ENGINE_CRYPTODEV 0x1000L
#define OPENSSL_INIT_ENGINE_CAPI 0x2000L
#define OPENSSL_INIT_ENGINE_PADLOCK 0x4000L
#define OPENSSL_INIT_ENGINE_AFALG 0x8000L
#define OPENSSL_INIT_ATFORK 0x20000L
#define OPENSSL_INIT_NO_ATEXIT 0x80000L
#define OPENSSL_INIT_ENGINE_ALL_BUILTIN 0x7600L
#define CRYPTO_ONCE_STATIC_INIT 0

#define OPENSSL_malloc_init() do { } while (0)
#define OPENSSL_malloc(num) CRYPTO_malloc((num), OPENSSL_FILE, OPENSSL_LINE)
#define OPENSSL_zalloc(num) CRYPTO_zalloc((num), OPENSSL_FILE, OPENSSL_LINE)
#define OPENSSL_realloc(addr, num) CRYPTO_realloc((addr), (num), OPENSSL_FILE, OPENSSL_LINE)
#define OPENSSL_clear_realloc(addr, old_num, num) \
    CRYPTO_clear_realloc((addr), (old_num), (num), OPENSSL_FILE, OPENSSL_LINE)
#define OPENSSL_clear_free(addr, num) CRYPTO_clear_free((addr), (num), OPENSSL_FILE, OPENSSL_LINE)
#define OPENSSL_secure_clear_free(addr, num) CRYPTO_secure_clear_free((addr), (num), OPENSSL_FILE, OPENSSL_LINE)
#define OPENSSL_free(addr) CRYPTO_free((addr), OPENSSL_FILE, OPENSSL_LINE)
#define OPENSSL_memdup(str, s) CRYPTO_memdup((str), (s), OPENSSL_FILE, OPENSSL_LINE)
#define OPENSSL_strdup(str) CRYPTO_strdup((str), OPENSSL_FILE, OPENSSL_LINE)
#define OPENSSL_strndup(str, n) CRYPTO_strndup((str), (n), OPENSSL_FILE, OPENSSL_LINE)
#define OPENSSL_MALLOC_MAX_NELEMS(type) (((1U << (sizeof(int) * 8 - 1)) - 1) / sizeof((type)))
#define CRYPTO_cleanup_all_ex_data() do { } while (0)
#define CRYPTO_num_locks() (1)
#define CRYPTO_set_locking_callback(func) do { } while (0)
#define CRYPTO_get_locking_callback() (NULL)
#define CRYPTO_set_add_lock_callback(func) do { } while (0)
#define CRYPTO_get_add_lock_callback() (NULL)
#define CRYPTO_THREADID_set_numeric(id, val) do { } while (0)
#define CRYPTO_THREADID_set_pointer(id, ptr) do { } while (0)
#define CRYPTO_THREADID_set_callback(threadid_func) (0)
#define CRYPTO_THREADID_get_callback() (NULL)
#define CRYPTO_THREADID_current(id) do { } while (0)
#define CRYPTO_THREADID_cmp(a, b) (- 1)
#define CRYPTO_THREADID_cpy(dest, src) do { } while (0)
#define CRYPTO_THREADID_hash(id) (0UL)
#define CRYPTO_set_id_callback(func) do { } while (0)
#define CRYPTO_get_id_callback() (NULL)
#define CRYPTO_thread_id() (0UL)
#define CRYPTO_set_dynlock_create_callback(dyn_create_function) do { } while (0)
#define CRYPTO_set_dynlock_lock_callback(dyn_lock_function) do { } while (0)
#define CRYPTO_set_dynlock_destroy_callback(dyn_destroy_function) do { } while (0)
#define CRYPTO_get_dynlock_create_callback() (NULL)
#define CRYPTO_get_dynlock_lock_callback() (NULL)
#define CRYPTO_get_dynlock_destroy_callback() (NULL)

#ifndef OPENSSL_FILE
#define OPENSSL_FILE __FILE__
#define OPENSSL_LINE __LINE__
#endif
#ifndef OPENSSL_FUNC
#define OPENSSL_FUNC __func__
#endif

#endif
