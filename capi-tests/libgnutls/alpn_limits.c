// What may be set as application protocols, what is then offered and chosen, and extensions of a peer that does not keep to RFC 7301.
#include "memory.h"

static gnutls_certificate_credentials_t of_server, of_client;

static gnutls_datum_t named(unsigned size, char with) {
    gnutls_datum_t name = {gnutls_malloc(size + 1), size};
    memset(name.data, with, size);
    return name;
}

// The ClientHello (or the ServerHello) that waits, and in it the body of an extension; NULL for none.
static unsigned char *extension(struct pipe *pipe, unsigned type, unsigned *size) {
    unsigned char *at = pipe->bytes + 5 + 4 + 2 + 32, *end = pipe->bytes + pipe->len;
    int is_client = pipe->bytes[5] == 1;
    at += 1 + at[0];
    if (is_client)
        at += 2 + (at[0] << 8 | at[1]), at += 1 + at[0];
    else
        at += 3;
    for (at += 2; at + 4 <= end; at += 4 + (at[2] << 8 | at[3]))
        if ((unsigned)(at[0] << 8 | at[1]) == type) {
            *size = (unsigned)(at[2] << 8 | at[3]);
            return at + 4;
        }
    return NULL;
}

static void say_offered(void) {
    unsigned size = 0;
    unsigned char *body = to_server.len ? extension(&to_server, 16, &size) : NULL;
    if (!body) {
        say("offers nothing");
        return;
    }
    int names = 0;
    for (unsigned at = 2; at < size; at += 1u + body[at])
        names++;
    say("offers %d in %u bytes, the first of %u", names, size, body[2]);
}

static void say_chosen(void) {
    gnutls_datum_t chosen;
    for (int i = 0; i < 2; i++) {
        int result = gnutls_alpn_get_selected_protocol(i ? server : client, &chosen);
        say("%s: %d %s, %u bytes of %c", i ? "server" : "client", result, name_of(result), result < 0 ? 0 : chosen.size,
            result < 0 || !chosen.size ? '-' : chosen.data[0]);
    }
}

// So many names of so many bytes; the last or the first is another one.
static void names(const char *version, unsigned count, unsigned size, int odd, unsigned odd_size) {
    gnutls_datum_t list[64];
    CASE("%u names of %u bytes, number %d of %u, %s", count, size, odd, odd_size, version);
    new_pair(of_server, 0, of_client, 0, version);
    for (unsigned i = 0; i < count; i++)
        list[i] = named((int)i == odd ? odd_size : size, (char)('a' + i));
    say_result("client", gnutls_alpn_set_protocols(client, list, count, 0));
    // The server knows only the last.
    say_result("server", gnutls_alpn_set_protocols(server, count ? list + count - 1 : list, count ? 1 : 0, 0));
    int empty = count && (!size || (odd >= 0 && !odd_size));
    if (empty) { // refused by the server, or before
        int result = gnutls_handshake(client);
        if (is_waiting(result))
            result = gnutls_handshake(server);
        say("fails: %d", result < 0 && !is_waiting(result));
    } else {
        say_result("wait", gnutls_handshake(client));
        say_offered();
        shake_pair();
        say_chosen();
    }
    end_pair();
    for (unsigned i = 0; i < count; i++)
        gnutls_free(list[i].data);
}

static void set_again(void) {
    gnutls_datum_t one = {(unsigned char *)"one", 3}, two = {(unsigned char *)"two", 3}, both[] = {two, one}, none = {NULL, 0}, chosen;
    CASE("set again, before and after");
    new_pair(of_server, 0, of_client, 0, T13);
    say_result("before anything", gnutls_alpn_get_selected_protocol(client, &chosen));
    // A second time the original would offer empty names as well.
    say_result("both", gnutls_alpn_set_protocols(client, both, 2, 0));
    say_result("no list", gnutls_alpn_set_protocols(server, NULL, 0, 0));
    say_result("no name", gnutls_alpn_set_protocols(server, &none, 1, 0));
    say_result("both", gnutls_alpn_set_protocols(server, both, 2, 0));
    say_result("client", gnutls_handshake(client));
    say_offered();
    shake_pair();
    say_chosen();
    say_result("afterwards", gnutls_alpn_set_protocols(client, &one, 1, 0));
    end_pair();
}

// What a server says of an extension with that body, a client of that answer.
static void hostile(const char *what, const char *body, unsigned size, int flags, int to) {
    gnutls_datum_t list[2] = {{(unsigned char *)"h2", 2}, {(unsigned char *)"http/1.1", 8}};
    static unsigned char made[70000];
    unsigned old = 0;
    CASE("%s to a %s, flags %d", what, to ? "client" : "server", flags);
    new_pair(of_server, 0, of_client, 0, T12);
    MUST(gnutls_alpn_set_protocols(client, list, 2, 0));
    MUST(gnutls_alpn_set_protocols(server, list, 2, (unsigned)flags));
    gnutls_handshake(client);
    if (to) {
        say_result("server", gnutls_handshake(server));
    }
    struct pipe *pipe = to ? &to_client : &to_server;
    unsigned char *at = extension(pipe, 16, &old);
    must(at != NULL, "ALPN");
    size_t before = (size_t)(at - pipe->bytes), record = 5 + (size_t)(pipe->bytes[3] << 8 | pipe->bytes[4]);
    size_t message = 4 + (size_t)(pipe->bytes[6] << 16 | pipe->bytes[7] << 8 | pipe->bytes[8]);
    memcpy(made, pipe->bytes, before);
    memcpy(made + before, body, size);
    memcpy(made + before + size, at + old, pipe->len - before - old);
    made[before - 2] = (unsigned char)(size >> 8), made[before - 1] = (unsigned char)size;
    long more = (long)size - (long)old;
    // The list of extensions, the message, the record.
    unsigned char *list_at = made + 5 + 4 + 2 + 32;
    list_at += 1 + list_at[0];
    if (to)
        list_at += 3;
    else
        list_at += 2 + (list_at[0] << 8 | list_at[1]), list_at += 1 + list_at[0];
    long list_size = (list_at[0] << 8 | list_at[1]) + more;
    list_at[0] = (unsigned char)(list_size >> 8), list_at[1] = (unsigned char)list_size;
    long length = (long)message - 4 + more;
    made[6] = (unsigned char)(length >> 16), made[7] = (unsigned char)(length >> 8), made[8] = (unsigned char)length;
    length = (long)record - 5 + more;
    made[3] = (unsigned char)(length >> 8), made[4] = (unsigned char)length;
    size_t total = pipe->len + (size_t)more;
    pipe->bytes = realloc(pipe->bytes, total + 1);
    memcpy(pipe->bytes, made, total);
    pipe->len = total;
    gnutls_session_t reader = to ? client : server;
    int result = gnutls_handshake(reader);
    say("reads: %d %s", result, name_of(result));
    if (result < 0 && result != GNUTLS_E_AGAIN) {
        int level = 0;
        say("alert: %d", gnutls_error_to_alert(result, &level));
    }
    gnutls_datum_t chosen;
    result = gnutls_alpn_get_selected_protocol(reader, &chosen);
    say("chosen: %d %s %.*s", result, name_of(result), result < 0 ? 0 : (int)chosen.size, result < 0 ? "" : (char *)chosen.data);
    end_pair();
}

static void body(void) {
    // The original reads an extension as far as it needs to. What is refused here and not there is left out.
    static const struct { const char *what, *body; unsigned size, to_client; } bodies[] = {
        {"as it should be", "\0\3\2h2", 5, 1}, {"nothing", "", 0, 1}, {"an empty list", "\0\0", 2, 1}, {"half a length", "\0", 1, 1},
        {"a list that ends early", "\0\3\2h", 4, 1}, {"an empty name", "\0\1\0", 3, 0}, {"an empty name first", "\0\4\0\2h2", 6, 0},
        {"a name that is too long", "\0\3\3h2", 5, 1}, {"two that are known", "\0\14\10http/1.1\2h2", 14, 0},
        {"the same twice", "\0\6\2h2\2h2", 8, 0}, {"unknown", "\0\3\2h9", 5, 0}, {"unknown, then known", "\0\6\2h9\2h2", 8, 0}};
    of_server = credentials("server", "root.pem"), of_client = credentials(NULL, "root.pem");
    for (int v = 0; v < 2; v++) {
        const char *version = v ? T13 : T12;
        static const unsigned counts[] = {0, 1, 7, 8, 9, 20};
        static const unsigned sizes[] = {0, 1, 31, 32, 33, 63, 64, 200, 253, 254, 255, 256, 257, 300};
        for (int i = 0; i < COUNT(counts); i++)
            names(version, counts[i], 5, -1, 0);
        for (int i = 0; i < COUNT(sizes); i++)
            names(version, 1, sizes[i], -1, 0);
        names(version, 2, 5, 0, 300);
        names(version, 2, 5, 1, 300);
        names(version, 3, 5, 1, 0);
        names(version, 9, 5, 8, 300);
        names(version, 8, 200, -1, 0);
        names(version, 8, 254, -1, 0);
        names(version, 8, 255, -1, 0);
    }
    set_again();
    for (int to = 0; to < 2; to++)
        for (int i = 0; i < COUNT(bodies); i++)
            for (int flags = 0; flags < (to ? (int)bodies[i].to_client : 2); flags++)
                hostile(bodies[i].what, bodies[i].body, bodies[i].size, flags, to);
    gnutls_certificate_free_credentials(of_server);
    gnutls_certificate_free_credentials(of_client);
}

SINGLE(body)
