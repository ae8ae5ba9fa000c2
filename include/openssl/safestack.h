// Lists of one type: sk_TYPE_num and its siblings.
#ifndef STANDIN_OPENSSL_SAFESTACK_H
#define STANDIN_OPENSSL_SAFESTACK_H

#include "stack.h"

// Functions for STACK_OF(name), whose elements are `const`-qualified pointers where told.
#define STANDIN_STACK(name, type, view)                                                                               \
    typedef int (*sk_##name##_compfunc)(type *const *, type *const *);                                                \
    typedef void (*sk_##name##_freefunc)(type *);                                                                     \
    typedef type *(*sk_##name##_copyfunc)(view *);                                                                    \
    __attribute__((unused)) static inline int sk_##name##_num(const STACK_OF(name) *sk) {                             \
        return OPENSSL_sk_num((const OPENSSL_STACK *)sk);                                                             \
    }                                                                                                                 \
    __attribute__((unused)) static inline type *sk_##name##_value(const STACK_OF(name) *sk, int at) {                 \
        return (type *)OPENSSL_sk_value((const OPENSSL_STACK *)sk, at);                                               \
    }                                                                                                                 \
    __attribute__((unused)) static inline STACK_OF(name) *sk_##name##_new_null(void) {                                \
        return (STACK_OF(name) *)OPENSSL_sk_new_null();                                                               \
    }                                                                                                                 \
    __attribute__((unused)) static inline STACK_OF(name) *sk_##name##_new(sk_##name##_compfunc compare) {             \
        return (STACK_OF(name) *)OPENSSL_sk_new((OPENSSL_sk_compfunc)compare);                                        \
    }                                                                                                                 \
    __attribute__((unused)) static inline STACK_OF(name) *sk_##name##_new_reserve(sk_##name##_compfunc compare,       \
                                                                                  int n) {                            \
        return (STACK_OF(name) *)OPENSSL_sk_new_reserve((OPENSSL_sk_compfunc)compare, n);                             \
    }                                                                                                                 \
    __attribute__((unused)) static inline int sk_##name##_reserve(STACK_OF(name) *sk, int n) {                        \
        return OPENSSL_sk_reserve((OPENSSL_STACK *)sk, n);                                                            \
    }                                                                                                                 \
    __attribute__((unused)) static inline void sk_##name##_free(STACK_OF(name) *sk) {                                 \
        OPENSSL_sk_free((OPENSSL_STACK *)sk);                                                                         \
    }                                                                                                                 \
    __attribute__((unused)) static inline void sk_##name##_zero(STACK_OF(name) *sk) {                                 \
        OPENSSL_sk_zero((OPENSSL_STACK *)sk);                                                                         \
    }                                                                                                                 \
    __attribute__((unused)) static inline type *sk_##name##_delete(STACK_OF(name) *sk, int at) {                      \
        return (type *)OPENSSL_sk_delete((OPENSSL_STACK *)sk, at);                                                    \
    }                                                                                                                 \
    __attribute__((unused)) static inline type *sk_##name##_delete_ptr(STACK_OF(name) *sk, type *element) {           \
        return (type *)OPENSSL_sk_delete_ptr((OPENSSL_STACK *)sk, (const void *)element);                             \
    }                                                                                                                 \
    __attribute__((unused)) static inline int sk_##name##_push(STACK_OF(name) *sk, type *element) {                   \
        return OPENSSL_sk_push((OPENSSL_STACK *)sk, (const void *)element);                                           \
    }                                                                                                                 \
    __attribute__((unused)) static inline int sk_##name##_unshift(STACK_OF(name) *sk, type *element) {                \
        return OPENSSL_sk_unshift((OPENSSL_STACK *)sk, (const void *)element);                                        \
    }                                                                                                                 \
    __attribute__((unused)) static inline type *sk_##name##_pop(STACK_OF(name) *sk) {                                 \
        return (type *)OPENSSL_sk_pop((OPENSSL_STACK *)sk);                                                           \
    }                                                                                                                 \
    __attribute__((unused)) static inline type *sk_##name##_shift(STACK_OF(name) *sk) {                               \
        return (type *)OPENSSL_sk_shift((OPENSSL_STACK *)sk);                                                         \
    }                                                                                                                 \
    __attribute__((unused)) static inline void sk_##name##_pop_free(STACK_OF(name) *sk, sk_##name##_freefunc free) {  \
        OPENSSL_sk_pop_free((OPENSSL_STACK *)sk, (OPENSSL_sk_freefunc)free);                                          \
    }                                                                                                                 \
    __attribute__((unused)) static inline int sk_##name##_insert(STACK_OF(name) *sk, type *element, int at) {         \
        return OPENSSL_sk_insert((OPENSSL_STACK *)sk, (const void *)element, at);                                     \
    }                                                                                                                 \
    __attribute__((unused)) static inline type *sk_##name##_set(STACK_OF(name) *sk, int at, type *element) {          \
        return (type *)OPENSSL_sk_set((OPENSSL_STACK *)sk, at, (const void *)element);                                \
    }                                                                                                                 \
    __attribute__((unused)) static inline int sk_##name##_find(STACK_OF(name) *sk, type *element) {                   \
        return OPENSSL_sk_find((OPENSSL_STACK *)sk, (const void *)element);                                           \
    }                                                                                                                 \
    __attribute__((unused)) static inline void sk_##name##_sort(STACK_OF(name) *sk) {                                 \
        OPENSSL_sk_sort((OPENSSL_STACK *)sk);                                                                         \
    }                                                                                                                 \
    __attribute__((unused)) static inline int sk_##name##_is_sorted(const STACK_OF(name) *sk) {                       \
        return OPENSSL_sk_is_sorted((const OPENSSL_STACK *)sk);                                                       \
    }                                                                                                                 \
    __attribute__((unused)) static inline STACK_OF(name) *sk_##name##_dup(const STACK_OF(name) *sk) {                 \
        return (STACK_OF(name) *)OPENSSL_sk_dup((const OPENSSL_STACK *)sk);                                           \
    }                                                                                                                 \
    __attribute__((unused)) static inline STACK_OF(name) *sk_##name##_deep_copy(                                      \
        const STACK_OF(name) *sk, sk_##name##_copyfunc copy, sk_##name##_freefunc free) {                             \
        return (STACK_OF(name) *)OPENSSL_sk_deep_copy((const OPENSSL_STACK *)sk, (OPENSSL_sk_copyfunc)copy,           \
                                                      (OPENSSL_sk_freefunc)free);                                     \
    }                                                                                                                 \
    __attribute__((unused)) static inline sk_##name##_compfunc sk_##name##_set_cmp_func(                              \
        STACK_OF(name) *sk, sk_##name##_compfunc compare) {                                                           \
        return (sk_##name##_compfunc)OPENSSL_sk_set_cmp_func((OPENSSL_STACK *)sk, (OPENSSL_sk_compfunc)compare);      \
    }

#define DEFINE_STACK_OF(type)                                                                                         \
    STACK_OF(type);                                                                                                   \
    STANDIN_STACK(type, type, const type)
#define DEFINE_STACK_OF_CONST(type)                                                                                   \
    STACK_OF(type);                                                                                                   \
    STANDIN_STACK(type, const type, const type)
#define DEFINE_SPECIAL_STACK_OF(name, type)                                                                           \
    STACK_OF(name);                                                                                                   \
    STANDIN_STACK(name, type, const type)

STANDIN_STACK(ACCESS_DESCRIPTION, ACCESS_DESCRIPTION, const ACCESS_DESCRIPTION)
STANDIN_STACK(ASN1_OBJECT, ASN1_OBJECT, const ASN1_OBJECT)
STANDIN_STACK(GENERAL_NAME, GENERAL_NAME, const GENERAL_NAME)
STANDIN_STACK(OPENSSL_STRING, char, const char)
STANDIN_STACK(OCSP_RESPID, OCSP_RESPID, const OCSP_RESPID)
STANDIN_STACK(SRTP_PROTECTION_PROFILE, SRTP_PROTECTION_PROFILE, const SRTP_PROTECTION_PROFILE)
STANDIN_STACK(SSL_CIPHER, const SSL_CIPHER, const SSL_CIPHER)
STANDIN_STACK(SSL_COMP, SSL_COMP, const SSL_COMP)
STANDIN_STACK(X509, X509, const X509)
STANDIN_STACK(X509_CRL, X509_CRL, const X509_CRL)
STANDIN_STACK(X509_EXTENSION, X509_EXTENSION, const X509_EXTENSION)
STANDIN_STACK(X509_INFO, X509_INFO, const X509_INFO)
STANDIN_STACK(X509_NAME, X509_NAME, const X509_NAME)
STANDIN_STACK(X509_NAME_ENTRY, X509_NAME_ENTRY, const X509_NAME_ENTRY)
STANDIN_STACK(X509_OBJECT, X509_OBJECT, const X509_OBJECT)
STANDIN_STACK(X509_REVOKED, X509_REVOKED, const X509_REVOKED)

#endif
