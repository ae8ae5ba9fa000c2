// Names and keys of no bytes, or of many: set, answered by functions, read from a file.
#include "memory.h"

static gnutls_datum_t user, key;
static int answer;

static gnutls_datum_t of(const char *text, size_t size) {
    gnutls_datum_t out = {gnutls_malloc(size + 1), (unsigned)size};
    for (size_t i = 0; i < size; i++)
        out.data[i] = (unsigned char)(text ? text[i] : 'n');
    return out;
}

static int ask(gnutls_session_t session UNUSED, char **name, gnutls_datum_t *secret) {
    if (user.data) {
        *name = gnutls_calloc(1, user.size + 1);
        memcpy(*name, user.data, user.size);
    }
    if (key.data)
        *secret = of((char *)key.data, key.size);
    return answer;
}

static int ask2(gnutls_session_t session UNUSED, gnutls_datum_t *name, gnutls_datum_t *secret) {
    if (user.data)
        *name = of((char *)user.data, user.size);
    if (key.data)
        *secret = of((char *)key.data, key.size);
    return answer;
}

static gnutls_datum_t server_key;
static int server_answer;
static int find(gnutls_session_t session UNUSED, const char *name, gnutls_datum_t *secret) {
    say("  asked for the key of %zu bytes", strlen(name));
    if (server_key.data)
        *secret = of((char *)server_key.data, server_key.size);
    return server_answer;
}
static int find2(gnutls_session_t session UNUSED, const gnutls_datum_t *name, gnutls_datum_t *secret) {
    say("  asked for the key of %u bytes, %s", name->size, name->data ? "a name" : "none");
    if (server_key.data)
        *secret = of((char *)server_key.data, server_key.size);
    return server_answer;
}

static const char *ways[] = {"text", "any name", "a function", "a function for any name"};

static void attempt(const char *what, int client_way, int server_way) {
    static const char *priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:+ECDHE-PSK:+DHE-PSK:+PSK";
    gnutls_psk_client_credentials_t of_client;
    gnutls_psk_server_credentials_t of_server;
    CASE("%s: %s, server %d", what, ways[client_way], server_way);
    MUST(gnutls_psk_allocate_client_credentials(&of_client));
    MUST(gnutls_psk_allocate_server_credentials(&of_server));
    new_pair(NULL, 0, NULL, 0, priority);
    int result = 0;
    if (client_way == 0)
        result = gnutls_psk_set_client_credentials(of_client, (char *)user.data, &key, GNUTLS_PSK_KEY_RAW);
    if (client_way == 1)
        result = gnutls_psk_set_client_credentials2(of_client, &user, &key, GNUTLS_PSK_KEY_RAW);
    if (client_way == 2)
        gnutls_psk_set_client_credentials_function(of_client, ask);
    if (client_way == 3)
        gnutls_psk_set_client_credentials_function2(of_client, ask2);
    say("set: %d %s", result, name_of(result));
    if (server_way)
        gnutls_psk_set_server_credentials_function2(of_server, find2);
    else
        gnutls_psk_set_server_credentials_function(of_server, find);
    MUST(gnutls_credentials_set(server, GNUTLS_CRD_PSK, of_server));
    MUST(gnutls_credentials_set(client, GNUTLS_CRD_PSK, of_client));
    result = gnutls_handshake(client);
    say("begins: %d %s", result, name_of(result));
    if (result == GNUTLS_E_AGAIN && shake_pair()) {
        gnutls_datum_t name = {NULL, 0};
        const char *text = gnutls_psk_server_get_username(server);
        say("text: %zu bytes", text ? strlen(text) : 9999);
        result = gnutls_psk_server_get_username2(server, &name);
        say("any: %d %s, %u bytes", result, name_of(result), name.size);
    }
    end_pair();
    gnutls_psk_free_client_credentials(of_client);
    gnutls_psk_free_server_credentials(of_server);
}

static void set(const char *name, long name_size, const char *secret, long secret_size) {
    gnutls_free(user.data), gnutls_free(key.data), gnutls_free(server_key.data);
    memset(&user, 0, sizeof user), memset(&key, 0, sizeof key), memset(&server_key, 0, sizeof key);
    if (name_size >= 0)
        user = of(name, (size_t)name_size), user.data[name_size] = 0;
    if (secret_size >= 0)
        key = of(secret, (size_t)secret_size), server_key = of(secret, (size_t)secret_size);
    answer = server_answer = 0;
}

static void all(const char *what) {
    for (int s = 0; s < 2; s++)
        for (int c = 0; c < COUNT(ways); c++)
            if ((user.data || c != 2) && (key.size || c < 2)) // the original does not survive that, or sends what no server reads
                attempt(what, c, s);
}

static void by_file(const char *lines, const char *name) {
    char path[] = "/tmp/standin-psk-XXXXXX";
    gnutls_psk_client_credentials_t of_client;
    gnutls_psk_server_credentials_t of_server;
    CASE("a file: %s, for %s", lines, name);
    int fd = mkstemp(path);
    must(write(fd, lines, strlen(lines)) >= 0, "write");
    close(fd);
    MUST(gnutls_psk_allocate_client_credentials(&of_client));
    MUST(gnutls_psk_allocate_server_credentials(&of_server));
    new_pair(NULL, 0, NULL, 0, "NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:+ECDHE-PSK:+DHE-PSK:+PSK");
    gnutls_datum_t secret = {(unsigned char *)"\1\2\3\4", 4};
    say_result("set", gnutls_psk_set_client_credentials(of_client, name, &secret, GNUTLS_PSK_KEY_RAW));
    say_result("file", gnutls_psk_set_server_credentials_file(of_server, path));
    MUST(gnutls_credentials_set(server, GNUTLS_CRD_PSK, of_server));
    MUST(gnutls_credentials_set(client, GNUTLS_CRD_PSK, of_client));
    shake_pair();
    end_pair();
    gnutls_psk_free_client_credentials(of_client);
    gnutls_psk_free_server_credentials(of_server);
    unlink(path);
}

static void body(void) {
    set("alice", 5, "0123456789abcdef", 16);
    all("as it should be");
    set("", 0, "0123456789abcdef", 16);
    all("an empty name");
    set(NULL, -1, "0123456789abcdef", 16);
    all("no name");
    set("alice", 5, "", 0);
    all("an empty key");
    set("alice", 5, NULL, -1);
    all("no key");
    set("alice", 5, "0", 1);
    all("a key of a byte");
    set(NULL, 200, NULL, 200);
    all("long ones");
    set(NULL, 127, NULL, 64);
    all("a name of 127 bytes");
    set(NULL, 128, NULL, 64);
    all("a name of 128 bytes");
    set(NULL, 129, NULL, 64);
    all("a name of 129 bytes");
    set(NULL, 1000, NULL, 5000);
    all("very long ones");
    set("a\0b", 3, "0123456789abcdef", 16);
    all("a name with a zero byte");
    set("\0", 1, "0123456789abcdef", 16);
    all("a name of a zero byte");
    // Answers of functions.
    static const int answers[] = {1, -1, GNUTLS_E_AGAIN, GNUTLS_E_INSUFFICIENT_CREDENTIALS, 5};
    for (int i = 0; i < COUNT(answers); i++) {
        set("alice", 5, "0123456789abcdef", 16);
        answer = answers[i];
        attempt("the client's function answers otherwise", 2, 0);
        attempt("the client's function answers otherwise", 3, 0);
        set("alice", 5, "0123456789abcdef", 16);
        server_answer = answers[i];
        attempt("the server's function answers otherwise", 0, 0);
        attempt("the server's function answers otherwise", 0, 1);
    }
    set("alice", 5, "0123456789abcdef", 16);
    server_key.size = 0;
    attempt("the server has an empty key", 0, 0);
    attempt("the server has an empty key", 0, 1);
    gnutls_free(server_key.data);
    server_key.data = NULL;
    attempt("the server has no key", 0, 0);
    attempt("the server has no key", 0, 1);
    by_file("alice:01020304", "alice");
    by_file("alice:", "alice");
    by_file("alice", "alice");
    by_file(":01020304", "alice");
    by_file(":01020304", "");
    by_file("", "alice");
    by_file("alice:01020304\nalice:05", "alice");
    by_file("alice:0102030", "alice");
    by_file("alice:zz", "alice");
    by_file("  alice:01020304", "alice");
    by_file("alice :01020304", "alice");
    by_file("alice: 01020304", "alice");
    by_file("alice:01020304 ", "alice");
    by_file("alice:01020304\r\n", "alice");
    by_file("alice:01020304:x", "alice");
    by_file("#616c696365:01020304", "alice");
    by_file("#616C696365:01020304", "alice");
    by_file("#61zz:05\nalice:01020304", "alice");
    by_file("#alice:01020304", "#alice");
    by_file("alic:05\nalice2:05\nalice:01020304\n", "alice");
    set(NULL, -1, NULL, -1);
}

SINGLE(body)
