// Exporters and the PRF: labels and contexts of every length, NULL, at every state.
#include "memory.h"
static gnutls_certificate_credentials_t of_server, of_client;
static char text[70000];

static void one(const char *what, size_t label_size, const char *label, size_t context_size, const char *context, size_t size) {
    static unsigned char ours[70000], theirs[70000];
    for (int kind = 0; kind < 4; kind++) {
        int results[2];
        memset(ours, 0xaa, sizeof ours), memset(theirs, 0xaa, sizeof theirs);
        for (int side = 0; side < 2; side++) {
            gnutls_session_t session = side ? server : client;
            char *out = (char *)(side ? theirs : ours);
            results[side] = kind == 0 ? gnutls_prf_rfc5705(session, label_size, label, context_size, context, size, out)
                                      : kind == 3 ? gnutls_prf_raw(session, label_size, label, context_size, context, size, out)
                                                  : gnutls_prf(session, label_size, label, kind - 1, context_size, context, size, out);
        }
        int changed = 0;
        for (size_t i = 0; i < size && i < sizeof ours; i++)
            changed |= ours[i] != 0xaa;
        say("%s, kind %d: %d %s, %d %s; %s, %s, behind %s", what, kind, results[0], name_of(results[0]), results[1], name_of(results[1]),
            memcmp(ours, theirs, sizeof ours) ? "differ" : "the same", changed ? "filled" : "as it was", size < sizeof ours && ours[size] != 0xaa ? "touched" : "as it was");
    }
}

static void all(void) {
    static const size_t sizes[] = {0, 1, 5, 6, 31, 50, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 127, 128, 242, 243, 244, 249, 250, 255, 256, 1000};
    for (int i = 0; i < COUNT(sizes); i++) {
        char what[64];
        snprintf(what, sizeof what, "a label of %zu", sizes[i]);
        one(what, sizes[i], text, 0, NULL, 32);
    }
    static const size_t contexts[] = {0, 1, 32, 255, 256, 65535, 65536};
    for (int i = 0; i < COUNT(contexts); i++) {
        char what[64];
        snprintf(what, sizeof what, "a context of %zu", contexts[i]);
        one(what, 5, "label", contexts[i], text, 32);
        snprintf(what, sizeof what, "no context, said to be of %zu", contexts[i]);
        if (contexts[i] == 0)
            one(what, 5, "label", contexts[i], NULL, 32);
    }
    static const size_t outs[] = {0, 8, 32, 33, 48, 255, 256, 8160, 8161, 12240, 12241, 16384, 65535};
    for (int i = 0; i < COUNT(outs); i++) {
        char what[64];
        snprintf(what, sizeof what, "%zu bytes", outs[i]);
        one(what, 5, "label", 0, NULL, outs[i]);
    }
    // Labels of the protocol's own.
    one("master secret", 13, "master secret", 0, NULL, 48);
    one("client finished", 15, "client finished", 0, NULL, 12);
    one("a zero byte", 3, "a\0b", 3, "c\0d", 32);
}

// The raw PRF over what the other one takes by itself.
static void raw(void) {
    unsigned char seed[67], ours[50], theirs[50];
    gnutls_datum_t randoms[2];
    gnutls_session_get_random(client, &randoms[0], &randoms[1]);
    for (int server_first = 0; server_first < 2; server_first++) {
        memcpy(seed, randoms[server_first].data, 32);
        memcpy(seed + 32, randoms[!server_first].data, 32);
        memcpy(seed + 64, "end", 3);
        say_result("raw", gnutls_prf_raw(server, 5, "label", sizeof seed, (char *)seed, sizeof ours, (char *)ours));
        say_result("prf", gnutls_prf(client, 5, "label", server_first, 3, "end", sizeof theirs, (char *)theirs));
        say("the same: %d", !memcmp(ours, theirs, sizeof ours));
    }
}

static void body(void) {
    memset(text, 't', sizeof text);
    of_server = credentials("server", NULL), of_client = credentials(NULL, "root.pem");
    for (int v = 0; v < 2; v++) {
        CASE("before, %s", v ? T13 : T12);
        new_pair(of_server, 0, of_client, 0, v ? T13 : T12);
        one("before", 5, "label", 0, NULL, 32);
        gnutls_handshake(client);
        one("begun", 5, "label", 0, NULL, 32);
        gnutls_handshake(server);
        shake_pair();
        CASE("connected, %s", v ? T13 : T12);
        all();
        if (!v)
            raw();
        gnutls_bye(client, GNUTLS_SHUT_WR);
        gnutls_bye(server, GNUTLS_SHUT_WR);
        take("client", client);
        CASE("over, %s", v ? T13 : T12);
        one("over", 5, "label", 3, "ctx", 32);
        end_pair();
    }
    gnutls_certificate_free_credentials(of_server);
    gnutls_certificate_free_credentials(of_client);
}
SINGLE(body)
