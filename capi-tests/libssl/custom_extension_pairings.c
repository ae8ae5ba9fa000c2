// Extensions of the program's own in all messages, between two programs: each reads what the other has added.
#include "common.h"

#define EVERYWHERE                                                                                                    \
    (SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO | SSL_EXT_TLS1_3_SERVER_HELLO |                               \
     SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS | SSL_EXT_TLS1_3_CERTIFICATE | SSL_EXT_TLS1_3_CERTIFICATE_REQUEST)

static int wrong;

static int add(SSL *ssl, unsigned type, unsigned context, const unsigned char **out, size_t *length, X509 *x UNUSED,
               size_t index, int *alert UNUSED, void *argument UNUSED) {
    char *bytes = calloc(1, 20000);
    sprintf(bytes, "%x of %s in %x, %zu", type, SSL_is_server(ssl) ? "server" : "client", context, index);
    *out = (unsigned char *)bytes, *length = type == 0xff12 ? 15000 : strlen(bytes);
    return 1;
}

static void release(SSL *ssl UNUSED, unsigned type UNUSED, unsigned context UNUSED, const unsigned char *out,
                    void *argument UNUSED) {
    free((void *)out);
}

static int parse(SSL *ssl, unsigned type, unsigned context, const unsigned char *in, size_t length, X509 *x, size_t index,
                 int *alert, void *argument UNUSED) {
    say("  parse %x: %s, context %x, %zu bytes \"%.*s\", %s %zu", type, SSL_is_server(ssl) ? "server" : "client", context,
        length, (int)length, (const char *)in, x ? subject_of(x) : "-", index);
    if (wrong != (int)context)
        return 1;
    *alert = SSL_AD_CERTIFICATE_REVOKED;
    return 0;
}

static SSL_SESSION *latest;

static int keep(SSL *ssl UNUSED, SSL_SESSION *session) {
    SSL_SESSION_free(latest);
    latest = session;
    return 1;
}

static const struct {
    const char *name, *certificate, *groups;
    int wrong_at_server, wrong_at_client;
    unsigned context;
} cases[] = {
    {"usual", NULL, NULL, 0, 0, EVERYWHERE},
    {"mutual", "chain", NULL, 0, 0, EVERYWHERE},
    {"asked in vain", NULL, NULL, 0, 0, EVERYWHERE},
    {"not when resumed", "client", NULL, 0, 0, EVERYWHERE | SSL_EXT_IGNORE_ON_RESUMPTION},
    {"another hello", "chain", "P-384:P-256", 0, 0, EVERYWHERE},
    {"wrong ServerHello", "chain", NULL, 0, SSL_EXT_TLS1_3_SERVER_HELLO, EVERYWHERE},
    {"wrong ServerHello of TLS 1.2", "chain", NULL, 0, SSL_EXT_TLS1_2_SERVER_HELLO, EVERYWHERE},
    {"wrong EncryptedExtensions", "chain", NULL, 0, SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS, EVERYWHERE},
    {"wrong CertificateRequest", "chain", NULL, 0, SSL_EXT_TLS1_3_CERTIFICATE_REQUEST, EVERYWHERE},
    {"wrong Certificate", "chain", NULL, 0, SSL_EXT_TLS1_3_CERTIFICATE, EVERYWHERE},
    {"wrong client's Certificate", "chain", NULL, SSL_EXT_TLS1_3_CERTIFICATE, 0, EVERYWHERE},
};

static void prepare_ctx(SSL_CTX *ctx, unsigned context) {
    for (unsigned type = 0xff10; type < 0xff13; type++)
        MUST(SSL_CTX_add_custom_ext(ctx, type, context, add, release, NULL, parse, NULL) == 1);
}

static void client(void) {
    for EACH_VERSION (version)
        for (int i = 0; i < COUNT(cases); i++) {
            SSL_CTX *ctx = new_client(version);
            SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
            SSL_CTX_sess_set_new_cb(ctx, keep);
            if (cases[i].certificate)
                use_cert(ctx, cases[i].certificate);
            prepare_ctx(ctx, cases[i].context);
            wrong = cases[i].wrong_at_client;
            for (int n = 0; n < 2; n++) {
                CASE("%s: %s, connection %d", version_name(version), cases[i].name, n);
                SSL *ssl = dial(ctx);
                if (latest)
                    SSL_set_session(ssl, latest);
                converse(ssl);
                say("resumed: %d", SSL_session_reused(ssl));
                say_peer(ssl);
                hang_up(ssl);
            }
            SSL_SESSION_free(latest);
            latest = NULL;
            SSL_CTX_free(ctx);
        }
}

static void server(void) {
    for EACH_VERSION (version)
        for (int i = 0; i < COUNT(cases); i++) {
            SSL_CTX *ctx = new_server(version);
            SSL_CTX_set_verify(ctx, i ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
            if (cases[i].groups)
                SSL_CTX_set1_groups_list(ctx, cases[i].groups);
            prepare_ctx(ctx, cases[i].context);
            wrong = cases[i].wrong_at_server;
            for (int n = 0; n < 2; n++) {
                CASE("%s: %s, connection %d", version_name(version), cases[i].name, n);
                SSL *ssl = answer(ctx);
                converse(ssl);
                say("resumed: %d", SSL_session_reused(ssl));
                say_peer(ssl);
                hang_up(ssl);
            }
            SSL_CTX_free(ctx);
        }
}

SIDES(server, client)
