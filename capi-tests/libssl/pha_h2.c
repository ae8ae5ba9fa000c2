// Post-handshake authentication where HTTP/2 was agreed. RFC 8740 forbids it to HTTP/2, not to TLS: the
// original asks, and leaves the rest to the program. Key updates and tickets are as with any protocol (its section 4).
#include "pha.h"

static const unsigned char h2[] = "\x02h2";

static int choose(SSL *ssl UNUSED, const unsigned char **out, unsigned char *length, const unsigned char *offer,
                  unsigned offered, void *argument UNUSED) {
    return SSL_select_next_proto((unsigned char **)out, length, h2, sizeof h2 - 1, offer, offered) == OPENSSL_NPN_NEGOTIATED
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void say_protocol(const SSL *ssl) {
    const unsigned char *name;
    unsigned length;
    SSL_get0_alpn_selected(ssl, &name, &length);
    say("protocol: %.*s", (int)length, (const char *)name);
}

static void client(void) {
    SSL_CTX *ctx = new_pha_client();
    use_cert(ctx, "client");
    MUST(SSL_CTX_set_alpn_protos(ctx, h2, sizeof h2 - 1) == 0);
    SSL *ssl = dial(ctx);
    converse(ssl);
    say_protocol(ssl);
    obey(ssl, "answer");
    if (obey(ssl, "under the next keys"))
        say("pending: %d", SSL_get_key_update_type(ssl));
    hang_up(ssl);
    SSL_CTX_free(ctx);
}

static void server(void) {
    SSL_CTX *ctx = new_pha_server(SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
    SSL_CTX_set_alpn_select_cb(ctx, choose, NULL);
    SSL *ssl = answer(ctx);
    converse(ssl);
    say_protocol(ssl);
    ask(ssl, "who are you?");
    say("key_update: %d, new_session_ticket: %d", SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED), SSL_new_session_ticket(ssl));
    put(ssl, "and under these keys?");
    get(ssl);
    say("pending: %d", SSL_get_key_update_type(ssl));
    hang_up(ssl);
    SSL_CTX_free(ctx);
}

SIDES(server, client)
