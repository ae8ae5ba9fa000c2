// A configuration file's sections for TLS: loaded by the program, applied to a connection.
#include "common.h"
#include <openssl/conf.h>

static void body(void) {
    char file[64];
    snprintf(file, sizeof file, "/tmp/standin-conf-%d", (int)getpid());
    FILE *f = fopen(file, "w");
    fputs("openssl_conf = all\n[all]\nssl_conf = mine\n[mine]\nstrict = one\n[one]\nMinProtocol = TLSv1.3\nOptions = -SessionTicket\n", f);
    fclose(f);
    SSL_add_ssl_module();
    say("loaded: %d", CONF_modules_load_file(file, NULL, 0));
    remove(file);
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(ctx);
    say("applied: %d, lowest %s, no tickets %d", SSL_config(ssl, "strict"),
        version_name((int)SSL_get_min_proto_version(ssl)), (SSL_get_options(ssl) & SSL_OP_NO_TICKET) != 0);
    say("unknown: %d", SSL_config(ssl, "lenient"));
    say_queue();
    SSL_CONF_CTX *conf = SSL_CONF_CTX_new();
    SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER);
    SSL_CONF_CTX_set_ssl(conf, ssl);
    say("to a connection: %d, highest %s", SSL_CONF_cmd(conf, "MaxProtocol", "TLSv1.2"),
        version_name((int)SSL_get_max_proto_version(ssl)));
    SSL_CONF_CTX_free(conf);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

SINGLE(body)
