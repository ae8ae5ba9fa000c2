// Configuration files that a program loads: what is right and wrong in them, and what their sections for TLS then do.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

// What the CONF functions say last; what they call says more, which is not compared here.
static void last(void) {
    unsigned long code = ERR_peek_last_error();
    if (code && ERR_GET_LIB(code) == ERR_LIB_CONF)
        printf("  last: %s\n", ERR_reason_error_string(code));
    ERR_clear_error();
}

static const char *file(void) {
    static char name[64];
    snprintf(name, sizeof name, "/tmp/standin-configuration-%d", (int)getpid());
    return name;
}

static void load(const char *what, const char *text, const char *application, unsigned long flags) {
    FILE *f = fopen(file(), "w");
    fputs(text, f);
    fclose(f);
    printf("== %s, %lx: %d\n", what, flags, CONF_modules_load_file(file(), application, flags));
    last();
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    static const char *names[] = {"one", "two", "none"};
    for (int i = 0; i < 3; i++) {
        printf("  %s: %d", names[i], SSL_CTX_config(ctx, names[i]));
        printf(", versions %lx %lx, no tickets %d, prefers %d\n", (long)SSL_CTX_get_min_proto_version(ctx), (long)SSL_CTX_get_max_proto_version(ctx),
               (SSL_CTX_get_options(ctx) & SSL_OP_NO_TICKET) != 0, (SSL_CTX_get_options(ctx) & SSL_OP_CIPHER_SERVER_PREFERENCE) != 0);
        ERR_clear_error();
    }
    SSL_CTX_free(ctx);
}

#define START "openssl_conf = all\n[all]\nssl_conf = mine\n"

int main(void) {
    setenv("STANDIN_TEST_VERSION", "TLSv1.3", 1);
    load("two sections", START "[mine]\none = first\ntwo = second\n[first]\nMinProtocol = TLSv1.3\n[second]\nMaxProtocol = TLSv1.2\nOptions = -SessionTicket\n", NULL, 0);
    load("comments, spaces, quotes", "# first\n openssl_conf=all # here\n\n[ all ]\nssl_conf = \"mine\"\n[mine]\none = 'first'\n[first]\nMinProtocol = \"TLSv1.3\" # a \"comment\"\n", NULL, 0);
    load("lines that go on", START "[mine]\none = first\n[first]\nOptions = -SessionTicket,\\\nServerPreference\n", NULL, 0);
    load("variables", "version = TLSv1.2\nopenssl_conf = all\n[all]\nssl_conf = mine\n[mine]\none = first\ntwo = second\n[first]\nwanted = TLSv1.3\nMinProtocol = $wanted\n[second]\nMaxProtocol = ${version}\n", NULL, CONF_MFLAGS_IGNORE_ERRORS);
    load("variables of sections and of the environment", "openssl_conf = all\n[values]\nversion = TLSv1.3\n[all]\nssl_conf = mine\n[mine]\none = first\ntwo = second\n[first]\nMinProtocol = $values::version\n[second]\nMinProtocol = ${ENV::STANDIN_TEST_VERSION}\n", NULL, 0);
    load("names told apart", START "[mine]\none = first\n[first]\na.Options = -SessionTicket\nb.Options = ServerPreference\n", NULL, 0);
    load("no such variable", START "[mine]\none = first\n[first]\nMinProtocol = $none\n", NULL, 0);
    load("a brace that is open", START "[mine]\none = ${first\n", NULL, 0);
    load("a bracket that is open", START "[mine\none = first\n", NULL, 0);
    load("no value", START "[mine]\none\n", NULL, 0);
    load("nothing named", "other = all\n[all]\nssl_conf = mine\n", NULL, 0);
    load("a section that is missing", "openssl_conf = all\n", NULL, 0);
    load("no section for TLS", START, NULL, 0);
    load("no section for TLS, ignored", START, NULL, CONF_MFLAGS_IGNORE_ERRORS);
    load("no commands", START "[mine]\none = first\n", NULL, 0);
    load("no commands in it", START "[mine]\none = first\n[first]\n", NULL, 0);
    load("no answer", START "[mine]\none = first\n", NULL, CONF_MFLAGS_IGNORE_RETURN_CODES);
    load("by the name of a program", "mine = all\nopenssl_conf = other\n[all]\nssl_conf = all_tls\n[all_tls]\none = first\n[first]\nMinProtocol = TLSv1.3\n", "mine", 0);
    load("by another name", "openssl_conf = other\n[other]\nssl_conf = all_tls\n[all_tls]\none = first\n[first]\nMinProtocol = TLSv1.3\n", "yours", 0);
    load("by another name, or the usual one", "openssl_conf = other\n[other]\nssl_conf = all_tls\n[all_tls]\none = first\n[first]\nMinProtocol = TLSv1.3\n", "yours", CONF_MFLAGS_DEFAULT_SECTION);
    load("nothing", "", NULL, 0);
    remove(file());
    printf("== missing: %d", CONF_modules_load_file(file(), NULL, 0));
    printf(" %d\n", CONF_modules_load_file(file(), NULL, CONF_MFLAGS_IGNORE_MISSING_FILE));
    ERR_clear_error();
    return 0;
}
