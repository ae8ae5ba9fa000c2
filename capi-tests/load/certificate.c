// Preloaded into a client that has no option for it: every SSL_CTX has the certificate that CLIENT_CERT and CLIENT_KEY name.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <openssl/ssl.h>

SSL_CTX *SSL_CTX_new(const SSL_METHOD *method) {
    SSL_CTX *(*original)(const SSL_METHOD *) = (SSL_CTX * (*)(const SSL_METHOD *)) dlsym(RTLD_NEXT, "SSL_CTX_new");
    SSL_CTX *ctx = original(method);
    if (!ctx || SSL_CTX_use_certificate_chain_file(ctx, getenv("CLIENT_CERT")) != 1 ||
        SSL_CTX_use_PrivateKey_file(ctx, getenv("CLIENT_KEY"), SSL_FILETYPE_PEM) != 1)
        abort();
    return ctx;
}
