// Exported keying material agrees on both sides; the key log has its lines; Finished messages and
// randoms can be read.
#include "common.h"

static char labels[16][64];
static int lines;

static void on_line(const SSL *ssl, const char *line) {
    int at = (int)strcspn(line, " ");
    if (lines < COUNT(labels))
        snprintf(labels[lines++], sizeof labels[0], "%s %.*s %zu", SSL_is_server((SSL *)ssl) ? "server" : "client", at, line,
                 strlen(line));
}

static int by_text(const void *a, const void *b) { return strcmp(a, b); }

static void compare(const char *what, SSL *client, SSL *server, size_t length, const char *label, const unsigned char *context,
                    size_t context_length, int use) {
    unsigned char a[300] = {0}, b[300] = {0};
    int c = SSL_export_keying_material(client, a, length, label, strlen(label), context, context_length, use);
    int s = SSL_export_keying_material(server, b, length, label, strlen(label), context, context_length, use);
    say("%s: %d %d, equal %d, all zero %d", what, c, s, memcmp(a, b, length) == 0, memcmp(a, (char[300]){0}, length) == 0);
    say_queue();
}

static void body(void) {
    for EACH_VERSION (version) {
        CASE("%s", version_name(version));
        SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
        lines = 0;
        SSL_CTX_set_keylog_callback(ctx, on_line);
        SSL_CTX_set_keylog_callback(server_ctx, on_line);
        say("keylog get: %d", SSL_CTX_get_keylog_callback(ctx) == on_line);
        MUST(SSL_CTX_set_cipher_list(ctx, "ECDHE-ECDSA-AES128-GCM-SHA256"));
        MUST(SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256"));
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        join(client, server, 0);
        compare("before the handshake", client, server, 32, "EXPORTER-test", NULL, 0, 0);
        int done = shake_both(client, server);
        say("done %d", done);
        qsort(labels, lines, sizeof labels[0], by_text);
        for (int i = 0; i < lines; i++)
            say("%s", labels[i]);
        compare("no context", client, server, 32, "EXPORTER-test", NULL, 0, 0);
        compare("empty context", client, server, 32, "EXPORTER-test", (const unsigned char *)"", 0, 1);
        compare("context", client, server, 300, "EXPORTER-test", (const unsigned char *)"context", 7, 1);
        compare("forbidden label", client, server, 32, "key expansion", NULL, 0, 0);
        compare("short label", client, server, 16, "x", NULL, 0, 0);
        unsigned char a[64], b[64];
        size_t n = SSL_get_finished(client, a, sizeof a), m = SSL_get_peer_finished(server, b, sizeof b);
        say("finished of the client: %zu %zu, equal %d", n, m, n == m && memcmp(a, b, n) == 0);
        n = SSL_get_finished(server, a, sizeof a), m = SSL_get_peer_finished(client, b, sizeof b);
        say("finished of the server: %zu %zu, equal %d", n, m, n == m && memcmp(a, b, n) == 0);
        n = SSL_get_client_random(client, a, 32), m = SSL_get_client_random(server, b, 32);
        say("client random: %zu %zu, equal %d, length %zu", n, m, memcmp(a, b, 32) == 0, SSL_get_client_random(client, NULL, 0));
        n = SSL_get_server_random(client, a, 32), m = SSL_get_server_random(server, b, 32);
        say("server random: %zu %zu, equal %d", n, m, memcmp(a, b, 32) == 0);
        SSL_free(client), SSL_free(server);
        SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
    }
}

SINGLE(body)
