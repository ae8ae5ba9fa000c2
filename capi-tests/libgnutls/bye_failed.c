// gnutls_bye on a session that has failed: what it returns, and what the peer hears.
#include "memory.h"
#define PHA GNUTLS_POST_HANDSHAKE_AUTH

static const char *versions[] = {T12, T13};
static gnutls_certificate_credentials_t of_server, of_client, of_nobody;

static void drain(const char *what, gnutls_session_t session) {
    for (int i = 0; i < 4 && take(what, session) > 0; i++)
        ;
}

static void failed_pull(int version, int number) {
    CASE("TLS 1.%d, reading fails with errno %d", version + 2, number);
    new_pair(of_server, PHA, of_client, PHA, versions[version]);
    shake_pair();
    server_end.errno_in = number;
    take("server", server);
    take("server", server);
    say_result("send", gnutls_record_send(server, "a", 1));
    say_result("bye", gnutls_bye(server, GNUTLS_SHUT_WR));
    drain("client", client);
    end_pair();
    new_pair(of_server, PHA, of_client, PHA, versions[version]);
    shake_pair();
    server_end.errno_in = number;
    say_result("bye", gnutls_bye(server, GNUTLS_SHUT_RDWR));
    say_result("bye", gnutls_bye(server, GNUTLS_SHUT_RDWR));
    drain("client", client);
    end_pair();
    if (!version)
        return;
    new_pair(of_server, PHA, of_client, PHA, versions[version]);
    shake_pair();
    gnutls_certificate_server_set_request(server, GNUTLS_CERT_REQUIRE);
    server_end.errno_in = number;
    say_result("reauth", gnutls_reauth(server, 0));
    say_result("reauth", gnutls_reauth(server, 0));
    say_result("bye", gnutls_bye(server, GNUTLS_SHUT_WR));
    take("client", client);
    drain("client", client);
    end_pair();
}

static void failed_handshake(int version, int alert) {
    CASE("TLS 1.%d, a certificate is required%s", version + 2, alert ? ", and it is said" : "");
    new_pair(of_server, 0, of_nobody, 0, versions[version]);
    gnutls_certificate_server_set_request(server, GNUTLS_CERT_REQUIRE);
    if (alert) {
        shake_pair();
    } else {
        int ours = 0, theirs = 0;
        for (int i = 0; i < 3; i++)
            ours = gnutls_handshake(client), theirs = i == 2 ? theirs : gnutls_handshake(server);
        say("client %d %s, server %d %s", ours, name_of(ours), theirs, name_of(theirs));
    }
    say_result("bye of the server", gnutls_bye(server, GNUTLS_SHUT_WR));
    say_result("bye of the client", gnutls_bye(client, GNUTLS_SHUT_WR));
    drain("client", client);
    say_result("handshake of the server", gnutls_handshake(server));
    say_result("send of the server", gnutls_record_send(server, "a", 1));
    end_pair();
}

static void failed_round(int alert) {
    CASE("a later request is answered by nobody%s", alert ? ", and it is said" : "");
    new_pair(of_server, PHA, of_nobody, PHA, T13);
    shake_pair();
    gnutls_certificate_server_set_request(server, GNUTLS_CERT_REQUIRE);
    say_result("reauth", gnutls_reauth(server, 0));
    take("client", client);
    say_result("reauth", gnutls_reauth(client, 0));
    int result = (int)say_result("reauth", gnutls_reauth(server, 0));
    if (alert)
        say_result("send alert", gnutls_alert_send_appropriate(server, result));
    say_result("bye", gnutls_bye(server, GNUTLS_SHUT_WR));
    drain("client", client);
    say("alert %d", gnutls_alert_get(client));
    end_pair();
}

static void body(void) {
    of_server = credentials("server", "root.pem"), of_client = credentials("client", "root.pem"), of_nobody = credentials(NULL, "root.pem");
    const int numbers[] = {ECONNRESET, EPIPE, EIO, EINTR};
    for (int version = 0; version < 2; version++) {
        for (int i = 0; i < COUNT(numbers); i++)
            failed_pull(version, numbers[i]);
        failed_handshake(version, 0);
        failed_handshake(version, 1);
    }
    failed_round(0);
    failed_round(1);
    gnutls_certificate_free_credentials(of_server);
    gnutls_certificate_free_credentials(of_client);
    gnutls_certificate_free_credentials(of_nobody);
}

SINGLE(body)
