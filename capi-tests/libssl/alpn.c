// ALPN: offered, chosen, refused, no overlap; SSL_select_next_proto.
#include "common.h"

enum { FIRST, SECOND, NOACK, ALERT, NO_CALLBACK, SELECT, SWITCHED, LAST };
static const char *names[] = {"first", "second", "not acknowledged", "fatal", "no callback", "SSL_select_next_proto", "WARNING"};
static const unsigned char offer[] = "\x02h2\x08http/1.1\x03""foo";

static int choose(SSL *ssl UNUSED, const unsigned char **out, unsigned char *length, const unsigned char *in,
                  unsigned int in_length, void *arg) {
    int how = *(int *)arg;
    say("offered %u bytes: %.*s", in_length, in_length > 3 ? 2 : 0, in + 1);
    switch (how) {
    case FIRST: *out = in + 1, *length = in[0]; return SSL_TLSEXT_ERR_OK;
    case SECOND: *out = in + 4, *length = in[3]; return SSL_TLSEXT_ERR_OK;
    case NOACK: return SSL_TLSEXT_ERR_NOACK;
    case ALERT: return SSL_TLSEXT_ERR_ALERT_FATAL;
    case SWITCHED: return SSL_TLSEXT_ERR_ALERT_WARNING;
    default: {
        int ret = SSL_select_next_proto((unsigned char **)out, length, (const unsigned char *)"\x03""bar\x03""foo", 8, in, in_length);
        say("select_next_proto: %d", ret);
        return ret == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
    }
    }
}

static void say_chosen(const char *who, SSL *ssl) {
    const unsigned char *protocol = NULL;
    unsigned int length = 77;
    SSL_get0_alpn_selected(ssl, &protocol, &length);
    say("%s: %u %.*s", who, length, (int)length, protocol ? (const char *)protocol : "");
}

static void body(void) {
    for EACH_VERSION (version)
        for (int how = 0; how < LAST; how++) {
            CASE("%s: %s", version_name(version), names[how]);
            SSL_CTX *ctx = new_client(version), *server_ctx = new_server(version);
            say("set_alpn_protos: %d", SSL_CTX_set_alpn_protos(ctx, offer, sizeof offer - 1));
            if (how != NO_CALLBACK)
                SSL_CTX_set_alpn_select_cb(server_ctx, choose, &how);
            SSL *client = SSL_new(ctx), *server = SSL_new(server_ctx);
            join(client, server, 0);
            say_chosen("client before", client);
            int done = shake_both(client, server);
            say("done %d", done);
            say_chosen("client", client);
            say_chosen("server", server);
            SSL_free(client), SSL_free(server);
            SSL_CTX_free(ctx), SSL_CTX_free(server_ctx);
        }
    CASE("bad lists");
    SSL_CTX *ctx = new_client(0);
    SSL *ssl = SSL_new(ctx);
    say("empty: %d %d", SSL_CTX_set_alpn_protos(ctx, offer, 0), SSL_set_alpn_protos(ssl, NULL, 0));
    say("cut: %d %d", SSL_CTX_set_alpn_protos(ctx, offer, 5), SSL_set_alpn_protos(ssl, offer, 2));
    say("empty name: %d", SSL_CTX_set_alpn_protos(ctx, (const unsigned char *)"\0\1a", 3));
    say_queue();
    unsigned char *out = NULL, length = 0;
    say("no overlap: %d", SSL_select_next_proto(&out, &length, (const unsigned char *)"\x03""bar", 4, offer, sizeof offer - 1));
    say("falls back to %.*s", length, out);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

SINGLE(body)
