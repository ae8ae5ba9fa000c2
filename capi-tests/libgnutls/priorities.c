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
    for (int i = 0; list && i < count; i++)
        for (int k = 0; k < served_count; k++)
            if (list[i] == served[k])
                sprintf(line + strlen(line), " %u", list[i]);
    say("  %s:%s", what, line);
}

// The names of the suites that both libraries know of.
static void say_suites(gnutls_priority_t priority) {
    static const char *served[] = {"GNUTLS_AES_256_GCM_SHA384", "GNUTLS_AES_128_GCM_SHA256", "GNUTLS_CHACHA20_POLY1305_SHA256",
                                   "GNUTLS_ECDHE_ECDSA_AES_256_GCM_SHA384", "GNUTLS_ECDHE_ECDSA_AES_128_GCM_SHA256",
                                   "GNUTLS_ECDHE_RSA_AES_256_GCM_SHA384", "GNUTLS_ECDHE_RSA_AES_128_GCM_SHA256"};
    unsigned index, place = 0;
    int result;
    for (; (result = gnutls_priority_get_cipher_suite_index(priority, place, &index)) != GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE; place++) {
        unsigned char id[2];
        const char *name = result == 0 ? gnutls_cipher_suite_info(index, id, NULL, NULL, NULL, NULL) : NULL;
        for (int i = 0; name && i < COUNT(served); i++)
            if (strcmp(name, served[i]) == 0)
                say("  suite: %s", name);
    }
}

static void body(void) {
    static const unsigned macs[] = {GNUTLS_MAC_AEAD}, exchanges[] = {GNUTLS_KX_ECDHE_RSA, GNUTLS_KX_ECDHE_ECDSA};
    static const unsigned types[] = {GNUTLS_CRT_X509}, compressions[] = {GNUTLS_COMP_NULL};
    static const unsigned signs[] = {GNUTLS_SIGN_RSA_SHA256, GNUTLS_SIGN_RSA_SHA384, GNUTLS_SIGN_RSA_SHA512, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256,
                                     GNUTLS_SIGN_RSA_PSS_RSAE_SHA384, GNUTLS_SIGN_RSA_PSS_RSAE_SHA512, GNUTLS_SIGN_ECDSA_SECP256R1_SHA256,
                                     GNUTLS_SIGN_ECDSA_SECP384R1_SHA384, GNUTLS_SIGN_EDDSA_ED25519};
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
        count = gnutls_priority_mac_list(priority, &list);
        say_list("macs", count, list, macs, COUNT(macs));
        count = gnutls_priority_kx_list(priority, &list);
        say_list("exchanges", count, list, exchanges, COUNT(exchanges));
        count = gnutls_priority_sign_list(priority, &list);
        say_list("signatures", count, list, signs, COUNT(signs));
        count = gnutls_priority_ecc_curve_list(priority, &list);
        say_list("curves", count, list, groups, COUNT(groups));
        count = gnutls_priority_certificate_type_list(priority, &list);
        say_list("types", count, list, types, COUNT(types));
        for (int side = GNUTLS_CTYPE_CLIENT; side <= GNUTLS_CTYPE_SERVER; side++) {
            list = NULL;
            count = gnutls_priority_certificate_type_list2(priority, &list, (gnutls_ctype_target_t)side);
            say_list("types of a side", count, list, types, COUNT(types));
        }
        count = gnutls_priority_compression_list(priority, &list);
        say_list("compressions", count, list, compressions, COUNT(compressions));
        say_suites(priority);
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
