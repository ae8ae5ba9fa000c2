// Lists of acceptable CAs: set, added, read on both sides, loaded from files.
#include "common.h"

static STACK_OF(X509_NAME) *names_of(const char *file) {
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(path(file));
    MUST(names != NULL);
    return names;
}

static void say_lists(const char *who, SSL *ssl) {
    say("%s:", who);
    say_names("  client_CA_list", SSL_get_client_CA_list(ssl));
    say_names("  0_CA_list", SSL_get0_CA_list(ssl));
    say_names("  0_peer_CA_list", SSL_get0_peer_CA_list(ssl));
}

static void connect_once(const char *what, int version, SSL_CTX *ctx, SSL_CTX *server_ctx, STACK_OF(X509_NAME) *in_ssl) {
    CASE("%s: %s", version_name(version), what);
    SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
    if (in_ssl)
        SSL_set_client_CA_list(server, in_ssl);
    join(client, server, 0);
    say_lists("server before", server);
    say_lists("client before", client);
    int done = shake_both(client, server);
    say("done %d", done);
    say_lists("server", server);
    say_lists("client", client);
    SSL_free(client), SSL_free(server);
}

static void body(void) {
    for EACH_VERSION (version) {
        SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
        SSL_CTX_set_verify(server_ctx, SSL_VERIFY_PEER, NULL);
        say_names("at first", SSL_CTX_get_client_CA_list(server_ctx));
        connect_once("none", version, ctx, server_ctx, NULL);
        SSL_CTX_set_client_CA_list(server_ctx, names_of("roots.pem"));
        connect_once("client_CA_list of the SSL_CTX", version, ctx, server_ctx, NULL);
        X509 *upper = load_cert("upper");
        say("add_client_CA: %d", SSL_CTX_add_client_CA(server_ctx, upper));
        say("add1_to_CA_list: %d", SSL_CTX_add1_to_CA_list(server_ctx, upper));
        connect_once("one added", version, ctx, server_ctx, NULL);
        connect_once("client_CA_list of the SSL", version, ctx, server_ctx, names_of("other.pem"));
        SSL_CTX_set0_CA_list(server_ctx, names_of("lower.pem"));
        connect_once("0_CA_list and client_CA_list", version, ctx, server_ctx, NULL);
        SSL_CTX_set_client_CA_list(server_ctx, NULL);
        connect_once("0_CA_list alone", version, ctx, server_ctx, NULL);
        SSL_CTX_set0_CA_list(ctx, names_of("roots.pem"));
        connect_once("the client's own 0_CA_list", version, ctx, server_ctx, NULL);
        X509_free(upper);
        SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
    }
    CASE("files");
    static const char *files[] = {"root.pem", "roots.pem", "chain.pem", "empty.pem", "text.pem", "garbage.pem", "missing.pem"};
    for (int i = 0; i < COUNT(files); i++) {
        STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(path(files[i]));
        say_names(files[i], names);
        say_queue();
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        names = sk_X509_NAME_new_null();
        say("add_file_cert_subjects: %d", SSL_add_file_cert_subjects_to_stack(names, path(files[i])));
        say_names(files[i], names);
        say_queue();
        sk_X509_NAME_pop_free(names, X509_NAME_free);
    }
    STACK_OF(X509_NAME) *names = names_of("roots.pem"), *copy = SSL_dup_CA_list(names);
    say_names("dup", copy);
    say("twice the same: %d", SSL_add_file_cert_subjects_to_stack(names, path("roots.pem")));
    say_names("still", names);
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    sk_X509_NAME_pop_free(copy, X509_NAME_free);
}

SINGLE(body)
