// SSL_CONF: commands of command lines and files, and what they set.
#include "common.h"

static const struct { const char *command, *value; } commands[] = {
    {"no_tls1_2", NULL}, {"no_ticket", NULL}, {"serverpref", NULL}, {"comp", NULL}, {"strict", NULL}, {"bugs", NULL},
    {"no_middlebox", NULL}, {"legacy_server_connect", NULL}, {"sigalgs", "RSA+SHA256:ECDSA+SHA256"}, {"sigalgs", "nonsense"},
    {"client_sigalgs", "ed25519"}, {"groups", "P-256:X25519"}, {"groups", "P-256:P-256"}, {"curves", "nonsense"},
    {"named_curve", "auto"}, {"named_curve", "P-384"}, {"named_curve", "P-384:P-256"}, {"cipher", "ECDHE+AESGCM"},
    {"cipher", "nonsense"}, {"ciphersuites", "TLS_AES_128_GCM_SHA256"}, {"ciphersuites", "nonsense"},
    {"min_protocol", "TLSv1.2"}, {"max_protocol", "TLSv1.3"}, {"max_protocol", "nonsense"}, {"min_protocol", "None"},
    {"cert", "/nowhere"}, {"key", "/nowhere"}, {"num_tickets", "3"}, {"record_padding", "0"}, {"nonsense", "x"},
    {"SignatureAlgorithms", "RSA+SHA256"}, {"Groups", "X25519"}, {"CipherString", "HIGH"}, {"Ciphersuites", ""},
    {"Protocol", "-ALL,TLSv1.2"}, {"Protocol", "ALL"}, {"Protocol", "nonsense"}, {"MinProtocol", "TLSv1"},
    {"MaxProtocol", "TLSv1.2"}, {"Options", "-SessionTicket,ServerPreference"}, {"Options", "Nonsense"},
    {"VerifyMode", "Peer"}, {"VerifyMode", "Require"}, {"VerifyMode", "Request,Once"}, {"VerifyMode", "RequirePostHandshake"},
    {"ECDHParameters", "automatic"}, {"ECDHParameters", "P-256"}, {"NumTickets", "x"}, {"cipher", NULL}, {"", NULL},
    {"verifycafile", "/nowhere"}, {"RequestCAFile", "/nowhere"},
};

static void say_state(SSL_CTX *ctx) {
    say("  options %llx, verify %d, min %lx max %lx, tickets %d, ciphers %d", (unsigned long long)SSL_CTX_get_options(ctx),
        SSL_CTX_get_verify_mode(ctx), (long)SSL_CTX_get_min_proto_version(ctx), (long)SSL_CTX_get_max_proto_version(ctx),
        (int)SSL_CTX_get_num_tickets(ctx), sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(ctx)) > 0);
}

static void run(unsigned flags, const char *prefix) {
    CASE("flags %x, prefix %s", flags, prefix ? prefix : "none");
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL_CONF_CTX *conf = SSL_CONF_CTX_new();
    say("flags %x", SSL_CONF_CTX_set_flags(conf, flags));
    if (prefix)
        say("prefix %d", SSL_CONF_CTX_set1_prefix(conf, prefix));
    SSL_CONF_CTX_set_ssl_ctx(conf, ctx);
    for (int i = 0; i < COUNT(commands); i++) {
        char command[100];
        snprintf(command, sizeof command, "%s%s", prefix ? prefix : flags & SSL_CONF_FLAG_CMDLINE ? "-" : "", commands[i].command);
        int type = SSL_CONF_cmd_value_type(conf, command);
        say("%s %s: %d, type %d", command, commands[i].value ? commands[i].value : "NULL",
            SSL_CONF_cmd(conf, command, commands[i].value), type);
        say_queue();
        say_state(ctx);
    }
    say("without prefix: %d", SSL_CONF_cmd(conf, "no_tls1_2", NULL));
    say("no command: %d", SSL_CONF_cmd(conf, NULL, NULL));
    say_queue();
    say("finish: %d, flags left %x", SSL_CONF_CTX_finish(conf), SSL_CONF_CTX_clear_flags(conf, SSL_CONF_FLAG_CLIENT));
    SSL_CONF_CTX_free(conf);
    SSL_CTX_free(ctx);
}

static void line(void) {
    CASE("a command line");
    char *words[] = {"-cipher", "HIGH", "-no_ticket", "-unknown", "x", "-groups", NULL}, **at = words;
    int count = 6;
    SSL_CONF_CTX *conf = SSL_CONF_CTX_new();
    SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_SHOW_ERRORS);
    while (count > 0) {
        int taken = SSL_CONF_cmd_argv(conf, &count, &at);
        say("%s: %d, left %d", *at ? *at : "end", taken, count);
        say_queue();
        if (taken <= 0) {
            at++;
            count--;
        }
    }
    SSL_CONF_CTX_free(conf);
}

static void files(void) {
    CASE("certificates");
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL_CONF_CTX *conf = SSL_CONF_CTX_new();
    SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_CERTIFICATE);
    SSL_CONF_CTX_set_ssl_ctx(conf, ctx);
    say("%d", SSL_CONF_cmd(conf, "Certificate", path("chain.pem")));
    say("%d", SSL_CONF_cmd(conf, "PrivateKey", path("chain.key")));
    say("%d", SSL_CONF_cmd(conf, "VerifyCAFile", path("root.pem")));
    say("%d", SSL_CONF_cmd(conf, "ChainCAFile", path("roots.pem")));
    say("%d", SSL_CONF_cmd(conf, "ClientCAFile", path("roots.pem")));
    say("%d", SSL_CONF_CTX_finish(conf));
    say_queue();
    say("own: %s, matches %d", subject_of(SSL_CTX_get0_certificate(ctx)), SSL_CTX_check_private_key(ctx));
    say_names("names", SSL_CTX_get0_CA_list(ctx));
    X509_STORE *store = NULL;
    SSL_CTX_get0_verify_cert_store(ctx, &store);
    say("store %d", store != NULL);
    say("section: %d", SSL_CTX_config(ctx, "nonsense"));
    say_queue();
    SSL_CONF_CTX_free(conf);
    SSL_CTX_free(ctx);
}

static void body(void) {
    const unsigned both = SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_SHOW_ERRORS;
    run(both | SSL_CONF_FLAG_CMDLINE, NULL);
    run(both | SSL_CONF_FLAG_FILE, NULL);
    run(both | SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CERTIFICATE, "SSL");
    run(both | SSL_CONF_FLAG_CMDLINE | SSL_CONF_FLAG_CERTIFICATE, "--x-");
    run(SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CMDLINE, NULL);
    line();
    files();
}

SINGLE(body)
