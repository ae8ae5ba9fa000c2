// What comes first is not TLS, or not what may come: the error, and the alert that goes with it.
#include "memory.h"

static const struct {
    const char *what, *bytes;
    int len, server, client;
} firsts[] = {
    {"HTTP", "GET / HTTP/1.0\r\n\r\n", 18, 1, 1},
    {"HTTPS through a proxy", "CONNECT a:1 HTTP/1.0\r\n\r\n", 24, 1, 1},
    {"zeros", "\0\0\0\0\0\0\0\0", 8, 1, 1},
    {"application data", "\x17\x03\x03\0\x01\0", 6, 1, 1},
    {"an alert", "\x15\x03\x01\0\x02\x02\x28", 7, 0, 1},
    {"close_notify", "\x15\x03\x01\0\x02\x01\0", 7, 0, 1},
    {"a long record", "\x16\x03\x01\xff\xff", 5, 1, 1},
};

static void one(int at, int at_client) {
    static gnutls_certificate_credentials_t of_server, of_client;
    if (!of_server)
        of_server = credentials("server", NULL), of_client = credentials(NULL, "root.pem");
    CASE("%s, to the %s", firsts[at].what, at_client ? "client" : "server");
    new_pair(of_server, 0, of_client, 0, "NORMAL");
    gnutls_session_t session = at_client ? client : server;
    struct end *end = at_client ? &client_end : &server_end;
    if (at_client)
        gnutls_handshake(client);
    size_t before = end->out->len;
    end->in->bytes = malloc(64);
    memcpy(end->in->bytes, firsts[at].bytes, (size_t)firsts[at].len);
    end->in->len = (size_t)firsts[at].len;
    int result = (int)say_result("handshake", gnutls_handshake(session));
    say("alert that came: %d", gnutls_alert_get(session));
    say_result("alert", gnutls_alert_send_appropriate(session, result));
    if (firsts[at].server && end->out->len - before >= 7)
        say("level %d, alert %d", end->out->bytes[end->out->len - 2], end->out->bytes[end->out->len - 1]);
    end_pair();
}

static void body(void) {
    for (int at = 0; at < COUNT(firsts); at++)
        for (int at_client = 0; at_client < 2; at_client++)
            if (at_client ? firsts[at].client : firsts[at].server)
                one(at, at_client);
}

SINGLE(body)
