#define _GNU_SOURCE
// Functions with variable arguments: stable Rust can call them but not define them. Each makes a text of its arguments
// and hands it to Rust.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define VERSIONED(name) __asm__(".symver " #name ", " #name "@@@OPENSSL_3.0.0")

// Longest text that goes with an error.
#define ERROR_TEXT 1024

typedef struct bio_st BIO;

typedef struct evp_pkey_st EVP_PKEY;

EVP_PKEY *standin_quick_key(const char *kind, size_t bits, const char *curve);
void standin_err_raise(int library, int reason, const char *text);
void standin_err_add_text(const char *text);
int BIO_write(BIO *bio, const void *data, int len);

void ERR_vset_error(int library, int reason, const char *format, va_list arguments) {
    char text[ERROR_TEXT] = "";
    if (format)
        vsnprintf(text, sizeof text, format, arguments);
    standin_err_raise(library, reason, format ? text : NULL);
}
VERSIONED(ERR_vset_error);

void ERR_set_error(int library, int reason, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    ERR_vset_error(library, reason, format, arguments);
    va_end(arguments);
}
VERSIONED(ERR_set_error);

void ERR_add_error_vdata(int count, va_list arguments) {
    for (; count > 0; count--) {
        const char *text = va_arg(arguments, const char *);
        standin_err_add_text(text ? text : "<NULL>");
    }
}
VERSIONED(ERR_add_error_vdata);

void ERR_add_error_data(int count, ...) {
    va_list arguments;
    va_start(arguments, count);
    ERR_add_error_vdata(count, arguments);
    va_end(arguments);
}
VERSIONED(ERR_add_error_data);

int BIO_vprintf(BIO *bio, const char *format, va_list arguments) {
    char *text = NULL;
    int len = vasprintf(&text, format, arguments);
    if (len < 0)
        return -1;
    len = BIO_write(bio, text, len);
    free(text);
    return len;
}
VERSIONED(BIO_vprintf);

int BIO_printf(BIO *bio, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int len = BIO_vprintf(bio, format, arguments);
    va_end(arguments);
    return len;
}
VERSIONED(BIO_printf);

// -1 when the text does not fit, as it is there.
int BIO_vsnprintf(char *to, size_t size, const char *format, va_list arguments) {
    int len = vsnprintf(to, size, format, arguments);
    return len < 0 || (size_t)len >= size ? -1 : len;
}
VERSIONED(BIO_vsnprintf);

int BIO_snprintf(char *to, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int len = BIO_vsnprintf(to, size, format, arguments);
    va_end(arguments);
    return len;
}
VERSIONED(BIO_snprintf);

// A new key. What else there is depends on the kind: for RSA how many bits, for EC the name of a curve.
EVP_PKEY *EVP_PKEY_Q_keygen(void *libctx, const char *properties, const char *kind, ...) {
    (void)libctx, (void)properties;
    va_list arguments;
    va_start(arguments, kind);
    size_t bits = kind && strcasecmp(kind, "RSA") == 0 ? va_arg(arguments, size_t) : 0;
    const char *curve = kind && strcasecmp(kind, "EC") == 0 ? va_arg(arguments, const char *) : NULL;
    va_end(arguments);
    return standin_quick_key(kind, bits, curve);
}
VERSIONED(EVP_PKEY_Q_keygen);
