// gnutls_record_cork and _uncork over a transport that is full, and what is left to send.
#include "memory.h"

static char big[70000], read_back[70000];

static void count_at_server(void) {
    long total = 0, got;
    while ((got = gnutls_record_recv(server, read_back, sizeof read_back)) > 0)
        total += got;
    say("the peer has %ld", total);
}

static void say_corked(void) { say("corked: %zu", gnutls_record_check_corked(client)); }

static void full_transport(void) {
    say("- a full transport");
    gnutls_record_cork(client);
    say_result("send", gnutls_record_send(client, big, 40000));
    client_end.full = 1;
    say_corked();
    say_result("uncork", gnutls_record_uncork(client, 0));
    say_corked();
    say_result("send more", gnutls_record_send(client, "zz", 2));
    say_corked();
    say_result("uncork", gnutls_record_uncork(client, 0));
    client_end.full = 0;
    say_result("uncork", gnutls_record_uncork(client, 0));
    say_corked();
    count_at_server();
    say_result("send", gnutls_record_send(client, "after", 5));
    take("server", server);
    say_result("uncork what is not corked", gnutls_record_uncork(client, 0));
    say("- a narrow transport");
    gnutls_record_cork(client);
    gnutls_record_send(client, big, 40000);
    client_end.most = 5000;
    say_result("uncork", gnutls_record_uncork(client, GNUTLS_RECORD_WAIT));
    client_end.most = 0;
    say_corked();
    count_at_server();
}

static void nothing(void) {
    say("- nothing");
    say_result("one, of length 0", gnutls_record_send(client, "x", 0));
    say_result("none, of length 0", gnutls_record_send(client, NULL, 0));
    take("server", server);
    say_result("send", gnutls_record_send(client, big, 70000));
    take("server", server);
    gnutls_record_cork(client);
    say_result("corked, of length 0", gnutls_record_send(client, "x", 0));
    say_result("uncork", gnutls_record_uncork(client, 0));
    client_end.full = 1;
    say_result("send", gnutls_record_send(client, "hello", 5));
    say_result("of length 0", gnutls_record_send(client, "x", 0));
    client_end.full = 0;
    say_result("of length 0", gnutls_record_send(client, NULL, 0));
    take("server", server);
    say_result("of length 0", gnutls_record_send(client, NULL, 0));
}

static void ended(void) {
    say("- corked and ended");
    gnutls_record_cork(client);
    gnutls_record_send(client, "12345", 5);
    client_end.full = 1;
    say_result("uncork", gnutls_record_uncork(client, 0));
    say_result("bye", gnutls_bye(client, GNUTLS_SHUT_WR));
    client_end.full = 0;
    say_result("bye", gnutls_bye(client, GNUTLS_SHUT_WR));
    take("server", server);
    take("server", server);
    gnutls_record_cork(server);
    say_result("uncork", gnutls_record_uncork(server, 0));
}

static void body(void) {
    gnutls_certificate_credentials_t of_server = credentials("server", NULL), of_client = credentials(NULL, "root.pem");
    const char *versions[] = {T12, T13};
    for (int version = 0; version < 2; version++) {
        CASE("TLS 1.%d", version + 2);
        new_pair(of_server, 0, of_client, 0, versions[version]);
        say("- before the handshake");
        gnutls_record_cork(client);
        say_result("send", gnutls_record_send(client, "x", 1));
        say_result("uncork", gnutls_record_uncork(client, 0));
        shake_pair();
        say_result("send", gnutls_record_send(client, "x", 1));
        take("server", server);
        full_transport();
        nothing();
        ended();
        end_pair();
    }
    gnutls_certificate_free_credentials(of_server);
    gnutls_certificate_free_credentials(of_client);
}

SINGLE(body)
