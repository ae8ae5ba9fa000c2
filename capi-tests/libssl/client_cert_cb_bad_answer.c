// Answers of the callback that make no sense: a key that does not match, "1" with NULLs.
#include "common.h"

enum { MISMATCH, BOTH_NULL, NO_KEY, NO_CERT, TWO, SET_BUT_ZERO, LAST };
static const char *names[] = {"key of another certificate", "1 with NULLs", "1 without a key",
                              "1 without a certificate", "returns 2", "certificate set but 0 returned"};
static int answer_now;

static int choose(SSL *ssl UNUSED, X509 **cert, EVP_PKEY **key) {
    say("callback");
    if (answer_now != BOTH_NULL && answer_now != NO_CERT && answer_now != SET_BUT_ZERO)
        *cert = load_cert("client");
    if (answer_now != BOTH_NULL && answer_now != NO_KEY && answer_now != SET_BUT_ZERO)
        *key = load_key(answer_now == MISMATCH ? "second" : "client");
    return answer_now == TWO ? 2 : answer_now == SET_BUT_ZERO ? 0 : 1;
}

static void client(void) {
    for EACH_VERSION (version)
        for (answer_now = 0; answer_now < LAST; answer_now++) {
            CASE("%s: %s", version_name(version), names[answer_now]);
            SSL_CTX *ctx = new_client(version);
            SSL_CTX_set_client_cert_cb(ctx, choose);
            SSL *ssl = dial(ctx);
            converse(ssl);
            say("own certificate: %s, key %s", subject_of(SSL_get_certificate(ssl)),
                SSL_get_privatekey(ssl) ? "set" : "none");
            hang_up(ssl);
            SSL_CTX_free(ctx);
        }
}

static void server(void) {
    for EACH_VERSION (version)
        for (int i = 0; i < LAST; i++) {
            CASE("%s: %s", version_name(version), names[i]);
            SSL_CTX *ctx = new_server(version);
            SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
            SSL *ssl = answer(ctx);
            converse(ssl);
            say_peer(ssl);
            hang_up(ssl);
            SSL_CTX_free(ctx);
        }
}

SIDES(server, client)
