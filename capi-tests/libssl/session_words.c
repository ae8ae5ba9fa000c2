// Sessions in words and in PEM, what can be set on one that a program puts together, and what a connection copies from
// another.
#include "common.h"

// The lines that are the same each time.
static void say_some(BIO *bio) {
    static const char *kept[] = {"Protocol", "Cipher", "Verify return code", "Timeout", "Extended master secret",
                                 "Max Early Data", "SSL-Session", "PSK identity", "SRP username", "Session-ID-ctx"};
    char *text, *line;
    BIO_write(bio, "", 1);
    MUST(BIO_get_mem_data(bio, &text) > 0);
    for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        for (int i = 0; i < COUNT(kept); i++)
            if (strstr(line, kept[i]))
                say("  %s", line);
}

static void words(SSL_SESSION *session) {
    BIO *bio = BIO_new(BIO_s_mem());
    say("printed: %d", SSL_SESSION_print(bio, session));
    say_some(bio);
    BIO_free(bio);

    FILE *f = tmpfile();
    say("printed to a file: %d, ", SSL_SESSION_print_fp(f, session));
    rewind(f);
    char first[64] = "";
    say("  %d %s", fgets(first, sizeof first, f) != NULL, strtok(first, "\n"));
    fclose(f);

    bio = BIO_new(BIO_s_mem());
    say("for a key log: %d", SSL_SESSION_print_keylog(bio, session));
    char *text;
    long len = BIO_get_mem_data(bio, &text);
    say("  %ld bytes, %.15s", len, len ? text : "");
    BIO_free(bio);
}

static void in_pem(SSL_SESSION *session) {
    FILE *f = tmpfile();
    MUST(PEM_write_SSL_SESSION(f, session) == 1);
    rewind(f);
    SSL_SESSION *read = PEM_read_SSL_SESSION(f, NULL, NULL, NULL);
    MUST(read != NULL);
    fclose(f);
    BIO *bio = BIO_new(BIO_s_mem());
    MUST(PEM_write_bio_SSL_SESSION(bio, read) == 1);
    SSL_SESSION *again = PEM_read_bio_SSL_SESSION(bio, NULL, NULL, NULL);
    MUST(again != NULL);
    unsigned char one[4096], other[4096], *at = one, *at2 = other;
    int len = i2d_SSL_SESSION(session, &at), len2 = i2d_SSL_SESSION(again, &at2);
    say("PEM: the same %d", len == len2 && memcmp(one, other, (size_t)len) == 0);
    SSL_SESSION_free(read);
    SSL_SESSION_free(again);
    BIO_free(bio);
    bio = BIO_new_mem_buf("nonsense", -1);
    say("PEM of nonsense: %d", PEM_read_bio_SSL_SESSION(bio, NULL, NULL, NULL) != NULL);
    say_queue();
    BIO_free(bio);
}

static void own(void) {
    CASE("a session of the program's");
    SSL_SESSION *session = SSL_SESSION_new();
    const unsigned char *bytes;
    unsigned int len;
    size_t alpn_len;
    say("compression %u, fragments %d, early data %u, hint %lu, cipher %d, ticket %d",
        SSL_SESSION_get_compress_id(session), SSL_SESSION_get_max_fragment_length(session),
        SSL_SESSION_get_max_early_data(session), SSL_SESSION_get_ticket_lifetime_hint(session),
        SSL_SESSION_get0_cipher(session) != NULL, SSL_SESSION_has_ticket(session));
    say("id context: %d", SSL_SESSION_set1_id_context(session, (const unsigned char *)"context", 7));
    bytes = SSL_SESSION_get0_id_context(session, &len);
    say("  %.*s", (int)len, bytes);
    say("too long: %d", SSL_SESSION_set1_id_context(session, (const unsigned char *)"0123456789012345678901234567890123", 33));
    say_queue();
    say("protocol: %d", SSL_SESSION_set1_alpn_selected(session, (const unsigned char *)"h2", 2));
    SSL_SESSION_get0_alpn_selected(session, &bytes, &alpn_len);
    say("  %.*s", (int)alpn_len, bytes);
    say("none: %d", SSL_SESSION_set1_alpn_selected(session, NULL, 0));
    SSL_SESSION_get0_alpn_selected(session, &bytes, &alpn_len);
    say("  %d %zu", bytes == NULL, alpn_len);
    say("early data: %d", SSL_SESSION_set_max_early_data(session, 77));
    say("  %u", SSL_SESSION_get_max_early_data(session));
    SSL_SESSION_free(session);
}

static void body(void) {
    for EACH_VERSION (version) {
        CASE("%s", version_name(version));
        SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
        MUST(SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256"));
        MUST(SSL_CTX_set_cipher_list(ctx, "ECDHE-ECDSA-AES128-GCM-SHA256"));
        SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
        join(client, server, 0);
        MUST(shake_both(client, server) == 1);
        char byte;
        SSL_read(client, &byte, 1);
        ERR_clear_error();
        words(SSL_get_session(client));
        in_pem(SSL_get_session(client));
        unsigned int len;
        const unsigned char *context = SSL_SESSION_get0_id_context(SSL_get_session(server), &len);
        say("the server's context: %.*s", (int)len, context);

        SSL *heir = SSL_new(ctx);
        say("copied: %d, the session: %d", SSL_copy_session_id(heir, client), SSL_get_session(heir) == SSL_get_session(client));
        SSL *second = SSL_new(server_ctx);
        join(heir, second, 0);
        if (shake_both(heir, second) == 1)
            say("resumed: %d", SSL_session_reused(heir));
        SSL_free(heir);
        SSL_free(second);
        SSL_free(client);
        SSL_free(server);
        SSL_CTX_free(ctx);
        SSL_CTX_free(server_ctx);
    }
    own();
}

SINGLE(body)
