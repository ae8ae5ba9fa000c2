// Pre-shared keys agreed on outside of TLS: what the programs about them share.
#ifndef STANDIN_TESTS_PSK_H
#define STANDIN_TESTS_PSK_H

#include "pha.h"

static const unsigned char psk_key[48] = "a key that nobody else is to know, 48 bytes long";
static const unsigned char aes128[] = {0x13, 0x01}, aes256[] = {0x13, 0x02}, chacha[] = {0x13, 0x03};

// A session of our own making. `suite`: NULL for none.
static UNUSED SSL_SESSION *psk_session(SSL *ssl, const unsigned char *suite, size_t len, int version) {
    SSL_SESSION *session = SSL_SESSION_new();
    MUST(session != NULL);
    MUST(SSL_SESSION_set1_master_key(session, psk_key, len) == 1);
    if (suite)
        MUST(SSL_SESSION_set_cipher(session, SSL_CIPHER_find(ssl, suite)) == 1);
    MUST(SSL_SESSION_set_protocol_version(session, version) == 1);
    return session;
}

// What a handshake by a key has come to.
static UNUSED void say_psk(SSL *ssl) {
    const char *identity = SSL_get_psk_identity(ssl), *hint = SSL_get_psk_identity_hint(ssl);
    say("%s, %s, resumed: %d, identity: %s, hint: %s", SSL_get_version(ssl), SSL_get_cipher(ssl), SSL_session_reused(ssl),
        identity ? identity : "none", hint ? hint : "none");
    say_peer(ssl);
}

#endif
