// ALPN, server names, exporters, channel bindings, what was agreed on.
#include "common.h"

static void digest(const char *what, const void *data, size_t size) {
    // Both sides print the same: the harness compares over pairings, so only lengths are printed.
    (void)data;
    say("%s: %zu bytes", what, size);
}

static void attempt(const char *version, unsigned alpn_flags, int with_alpn, const char *cipher) {
    char priority[256];
    snprintf(priority, sizeof priority, "%s:%s", version, cipher);
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : NULL, is_server ? NULL : "root.pem");
    gnutls_session_t session = connected(cred, 0, priority);
    gnutls_datum_t ours[] = {{(unsigned char *)"one", 3}, {(unsigned char *)"two", 3}}, theirs[] = {{(unsigned char *)"two", 3}, {(unsigned char *)"one", 3}};
    gnutls_datum_t other = {(unsigned char *)"other", 5}, chosen;
    if (with_alpn == 1)
        MUST(gnutls_alpn_set_protocols(session, is_server ? ours : theirs, 2, alpn_flags));
    if (with_alpn == 2)
        MUST(gnutls_alpn_set_protocols(session, is_server ? ours : &other, is_server ? 2 : 1, alpn_flags));
    int result = say_handshake(session);
    if (result < 0) {
        if (result != GNUTLS_E_FATAL_ALERT_RECEIVED)
            gnutls_alert_send_appropriate(session, result);
        else
            say("alert: %s", gnutls_alert_get_name(gnutls_alert_get(session)));
        finish(session);
        gnutls_certificate_free_credentials(cred);
        return;
    }
    result = gnutls_alpn_get_selected_protocol(session, &chosen);
    say("alpn: %d %s %.*s", result, name_of(result), result < 0 ? 0 : (int)chosen.size, result < 0 ? "" : (char *)chosen.data);
    char name[256], small[3];
    size_t size = sizeof name;
    unsigned type = 77;
    result = gnutls_server_name_get(session, name, &size, &type, 0);
    say("name: %d %s %zu %u %s", result, name_of(result), size, type, result < 0 ? "" : name);
    size = sizeof small;
    result = gnutls_server_name_get(session, small, &size, &type, 0);
    say("name: %d %s %zu", result, name_of(result), size);
    size = sizeof name;
    say_result("second name", gnutls_server_name_get(session, name, &size, &type, 1));
    say("version %d, cipher %d, kx %d, mac %d, group %d, prf %d, suite %s", gnutls_protocol_get_version(session), gnutls_cipher_get(session),
        gnutls_kx_get(session), gnutls_mac_get(session), gnutls_group_get(session), gnutls_prf_hash_get(session), gnutls_ciphersuite_get(session));
    say("signed %d %d", gnutls_sign_algorithm_get(session), gnutls_sign_algorithm_get_client(session));
    // What a server of TLS 1.3 says of the two is what the client has offered for older versions.
    if (gnutls_protocol_get_version(session) == GNUTLS_TLS1_2)
        say("etm %u, ems %u, safe renegotiation %u", gnutls_session_etm_status(session), gnutls_session_ext_master_secret_status(session),
            gnutls_safe_renegotiation_status(session));
    char out[32], again[32];
    say_result("exporter", gnutls_prf_rfc5705(session, 5, "LABEL", 3, "ctx", sizeof out, out));
    digest("exporter", out, sizeof out);
    say_result("exporter", gnutls_prf_rfc5705(session, 5, "LABEL", 0, NULL, sizeof again, again));
    say("differ: %d", memcmp(out, again, sizeof out) != 0);
    for (int kind = GNUTLS_CB_TLS_UNIQUE; kind <= GNUTLS_CB_TLS_EXPORTER; kind++) {
        gnutls_datum_t binding = {NULL, 0};
        result = gnutls_session_channel_binding(session, (gnutls_channel_binding_t)kind, &binding);
        say("binding %d: %d %s, %u bytes", kind, result, name_of(result), binding.size);
        gnutls_free(binding.data);
    }
    gnutls_datum_t client, server;
    gnutls_session_get_random(session, &client, &server);
    say("randoms: %u %u", client.size, server.size);
    // The two sides have the same keying material.
    if (is_server) {
        gnutls_record_send(session, out, sizeof out);
        get(session);
    } else {
        char seen[32];
        ssize_t got;
        while ((got = gnutls_record_recv(session, seen, sizeof seen)) == GNUTLS_E_AGAIN)
            ;
        say("same: %d", got == sizeof seen && memcmp(seen, out, sizeof out) == 0);
        put(session, "thanks");
    }
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

static void both(void) {
    static const char *ciphers[] = {"%DISABLE_WILDCARDS", "-CIPHER-ALL:+AES-128-GCM", "-CIPHER-ALL:+CHACHA20-POLY1305", "-GROUP-ALL:+GROUP-X25519",
                                    "-GROUP-ALL:+GROUP-SECP384R1:+GROUP-SECP256R1", "%SERVER_PRECEDENCE"};
    for (int v = 0; v < 2; v++) {
        for (int i = 0; i < COUNT(ciphers); i++) {
            CASE("%s, %s", v ? "TLS 1.3" : "TLS 1.2", ciphers[i]);
            attempt(v ? T13 : T12, 0, 1, ciphers[i]);
        }
        for (int alpn = 0; alpn < 3; alpn++)
            for (unsigned flags = 0; flags < 4; flags++) {
                CASE("%s, ALPN %d, flags %u", v ? "TLS 1.3" : "TLS 1.2", alpn, flags);
                attempt(v ? T13 : T12, flags, alpn, "%DISABLE_WILDCARDS");
            }
    }
}

SIDES(both, both)
