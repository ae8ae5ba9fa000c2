// Priority strings: which are taken, and where the others are wrong.
#include "common.h"

static const char *strings[] = {
    NULL, "NORMAL", "PERFORMANCE", "SECURE128", "SECURE192", "SECURE256", "PFS", "LEGACY", "SUITEB128", "SUITEB192", "NONE", "", " ",
    "normal", "NORMAL:", "NORMAL:+NOTHING", "NORMAL:-VERS-ALL", "NORMAL:-VERS-ALL:+VERS-TLS1.3", "NORMAL:-VERS-TLS1.3",
    "NORMAL:-VERS-ALL:+VERS-TLS1.9", "NORMAL:%COMPAT", "NORMAL:%NOPE", "NORMAL:%SERVER_PRECEDENCE:+SIGN-ALL",
    "NORMAL:-CIPHER-ALL", "NORMAL:-CIPHER-ALL:+AES-128-GCM", "NORMAL:-CIPHER-ALL:+NOTHING-GCM", "NORMAL:-KX-ALL",
    "NORMAL:-KX-ALL:+ECDHE-RSA", "NORMAL:-MAC-ALL", "NORMAL:-MAC-ALL:+AEAD",
    "NORMAL:-GROUP-ALL:+GROUP-X25519", "NORMAL:+GROUP-NOTHING", "NORMAL:-SIGN-ALL:+SIGN-ECDSA-SHA256", "NORMAL:+SIGN-NOTHING",
    "NORMAL:+CTYPE-X509", "NORMAL:+CTYPE-NOTHING", "NORMAL:+COMP-NULL", "NORMAL:-CURVE-ALL:+CURVE-SECP384R1", "NORMAL:!AES-256-GCM",
    "NONE:+VERS-TLS1.3:+AES-256-GCM:+AEAD:+GROUP-SECP256R1:+SIGN-ALL", "NONE:+VERS-TLS1.3:+AES-256-GCM", "+NORMAL", "NORMAL:+SECURE128",
    "NORMAL:+ANON-ECDH", "NORMAL:+ECDHE-PSK:+DHE-PSK:+PSK", "NORMAL:%PROFILE_MEDIUM", "NORMAL:%PROFILE_NOTHING",
    "@NOTHING", "@NOTHING:+AES-128-GCM", "NORMAL: -VERS-TLS1.3", "NORMAL:-VERS-TLS1.3 ", "NORMAL:AES-128-GCM",
};

static void say_list(const char *what, int count, const unsigned *list, const unsigned *served, int served_count) {
    char line[512] = "";
    // Only what both libraries know of.
    for (int i = 0; i < count; i++)
        for (int k = 0; k < served_count; k++)
            if (list[i] == served[k])
                sprintf(line + strlen(line), " %u", list[i]);
    say("  %s:%s", what, line);
}

static void body(void) {
    static const unsigned protocols[] = {GNUTLS_TLS1_2, GNUTLS_TLS1_3};
    static const unsigned ciphers[] = {GNUTLS_CIPHER_AES_128_GCM, GNUTLS_CIPHER_AES_256_GCM, GNUTLS_CIPHER_CHACHA20_POLY1305};
    static const unsigned groups[] = {GNUTLS_GROUP_SECP256R1, GNUTLS_GROUP_SECP384R1, GNUTLS_GROUP_X25519};
    for (int i = 0; i < COUNT(strings); i++) {
        gnutls_priority_t priority;
        const char *where = "untouched";
        const unsigned *list = NULL;
        CASE("\"%s\"", strings[i] ? strings[i] : "NULL");
        int result = (int)say_result("init", gnutls_priority_init(&priority, strings[i], &where));
        if (result < 0) {
            say("  at: %s", where ? where : "NULL");
            continue;
        }
        int count = gnutls_priority_protocol_list(priority, &list);
        say_list("protocols", count, list, protocols, COUNT(protocols));
        count = gnutls_priority_cipher_list(priority, &list);
        say_list("ciphers", count, list, ciphers, COUNT(ciphers));
        count = gnutls_priority_group_list(priority, &list);
        say_list("groups", count, list, groups, COUNT(groups));
        gnutls_priority_deinit(priority);
    }
    CASE("added to the default");
    static const char *added[] = {NULL, "-VERS-TLS1.3", "+NOTHING", "%SERVER_PRECEDENCE"};
    for (int i = 0; i < COUNT(added); i++) {
        gnutls_priority_t priority;
        const char *where = "untouched";
        int result = (int)say_result("init2", gnutls_priority_init2(&priority, added[i], &where, GNUTLS_PRIORITY_INIT_DEF_APPEND));
        say("  at: %s", where ? where : "NULL");
        if (result >= 0)
            gnutls_priority_deinit(priority);
    }
}

SINGLE(body)
