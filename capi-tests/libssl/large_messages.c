// Messages that are longer than a record, than a list may be, and than SSL_CTX_set_max_cert_list says.
#include "common.h"

// Names of CAs whose list takes some `size` bytes.
static STACK_OF(X509_NAME) *many_names(int size) {
    STACK_OF(X509_NAME) *names = sk_X509_NAME_new_null();
    for (int total = 0, number = 0; total < size; number++) {
        char text[64];
        snprintf(text, sizeof text, "An authority with a long name, number %06d of all", number);
        X509_NAME *name = X509_NAME_new();
        MUST(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (unsigned char *)text, -1, -1, 0));
        MUST(sk_X509_NAME_push(names, name));
        total += 2 + i2d_X509_NAME(name, NULL);
    }
    return names;
}

// A certificate of some `size` bytes.
static X509 *large_cert(int size) {
    static EVP_PKEY *key;
    if (key == NULL)
        key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    char *comment = malloc(size);
    memset(comment, 'x', size);
    ASN1_IA5STRING *text = ASN1_IA5STRING_new();
    MUST(ASN1_STRING_set(text, comment, size));
    MUST(X509_set_version(cert, 2) && X509_set_pubkey(cert, key));
    MUST(ASN1_INTEGER_set(X509_get_serialNumber(cert), size));
    MUST(X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC, (unsigned char *)"large", -1, -1, 0));
    MUST(X509_set_issuer_name(cert, X509_get_subject_name(cert)));
    X509_gmtime_adj(X509_getm_notBefore(cert), 0), X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    MUST(X509_add1_ext_i2d(cert, NID_netscape_comment, text, 0, 0) == 1);
    MUST(X509_sign(cert, key, EVP_sha256()));
    ASN1_IA5STRING_free(text);
    free(comment);
    return cert;
}

static int waits(SSL *ssl, int result) {
    int error = SSL_get_error(ssl, result);
    return result != 1 && (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE);
}

static void connect_once(SSL_CTX *ctx, SSL_CTX *server_ctx) {
    SSL_CTX_set_info_callback(ctx, NULL), SSL_CTX_set_info_callback(server_ctx, NULL);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    join(client, server, 400000);
    char byte;
    int server_done = 0, client_done = 0;
    for (int i = 0; i < 20; i++) {
        if (client_done != 1) {
            ERR_clear_error();
            client_done = SSL_connect(client);
            if (client_done != 1 && !waits(client, client_done)) {
                say("client:"), say_queue();
                break;
            }
        }
        if (server_done != 1) {
            ERR_clear_error();
            server_done = SSL_accept(server);
            if (server_done != 1 && !waits(server, server_done)) {
                say("server:"), say_queue();
                ERR_clear_error();
                int result = client_done == 1 ? SSL_read(client, &byte, 1) : SSL_connect(client);
                say("client: %d %s", result, error_name(SSL_get_error(client, result))), say_queue();
                break;
            }
        }
        if (client_done == 1 && server_done == 1)
            break;
    }
    say("done %d, names for the client %d, for the server %d, certificates %d", client_done == 1 && server_done == 1,
        sk_X509_NAME_num(SSL_get0_peer_CA_list(client)), sk_X509_NAME_num(SSL_get0_peer_CA_list(server)),
        sk_X509_num(SSL_get_peer_cert_chain(server)));
    ERR_clear_error();
    SSL_free(client), SSL_free(server);
}

static void names_of(const char *whose, int version, int size) {
    CASE("%s: %s names, %d bytes", version_name(version), whose, size);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    if (*whose == 'c')
        SSL_CTX_set0_CA_list(ctx, many_names(size));
    else
        SSL_CTX_set_client_CA_list(server_ctx, many_names(size));
    connect_once(ctx, server_ctx);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void chain(int version, int size, int limit) {
    CASE("%s: chain of %d bytes, limit %d", version_name(version), size, limit);
    SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
    SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
    use_cert(ctx, "client");
    for (int left = size; left > 0; left -= 10000)
        MUST(SSL_CTX_add_extra_chain_cert(ctx, large_cert(left < 10000 ? left : 10000)));
    if (limit != 0)
        say("limit was %ld", SSL_CTX_set_max_cert_list(server_ctx, limit));
    connect_once(ctx, server_ctx);
    SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
}

static void body(void) {
    static const int names[] = {10000, 16300, 20000, 40000, 60000, 66000, 200000};
    for EACH_VERSION (version)
        for (int i = 0; i < COUNT(names); i++) {
            names_of("server's", version, names[i]);
            if (version == T13)
                names_of("client's", version, names[i]);
        }
    for EACH_VERSION (version) {
        chain(version, 5000, 0);
        chain(version, 20000, 0);
        chain(version, 55000, 0);
        chain(version, 120000, 0);
        chain(version, 55000, 60000);
        chain(version, 5000, 4000);
        chain(version, 20000, 25000);
        chain(version, 60000, 25000);
    }
}

SINGLE(body)
