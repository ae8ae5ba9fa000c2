// gnutls_reauth where it may not be, what comes in between, and what a session is after a round that failed.
#include "memory.h"
#define PHA GNUTLS_POST_HANDSHAKE_AUTH

static gnutls_certificate_credentials_t of_server, of_client, of_nobody;

static void begin(void) {
    new_pair(of_server, PHA, of_client, PHA, T13);
    shake_pair();
    gnutls_certificate_server_set_request(server, GNUTLS_CERT_REQUIRE);
}

static void ask(void) {
    say_result("server asks", gnutls_reauth(server, 0));
    take("client", client);
}

static int refuses(gnutls_session_t session UNUSED, const gnutls_datum_t *names UNUSED, int count UNUSED,
                   const gnutls_pk_algorithm_t *algorithms UNUSED, int length UNUSED, gnutls_retr2_st *found UNUSED) {
    return -1;
}

static void body(void) {
    of_server = credentials("server", "root.pem"), of_client = credentials("client", "root.pem"), of_nobody = credentials(NULL, "root.pem");
    CASE("before the handshake");
    new_pair(of_server, PHA, of_client, PHA, T13);
    say_result("server", gnutls_reauth(server, 0));
    say_result("client", gnutls_reauth(client, 0));
    end_pair();

    CASE("after a bye of its own");
    begin();
    say_result("bye", gnutls_bye(server, GNUTLS_SHUT_WR));
    say_result("server", gnutls_reauth(server, 0));
    take("client", client);
    say_result("client", gnutls_reauth(client, 0));
    end_pair();

    CASE("the client says bye, and is asked");
    begin();
    say_result("server asks", gnutls_reauth(server, 0));
    say_result("bye", gnutls_bye(client, GNUTLS_SHUT_RDWR));
    say_result("bye", gnutls_bye(client, GNUTLS_SHUT_RDWR));
    say_result("server", gnutls_reauth(server, 0));
    end_pair();

    CASE("the client is asked, and says bye");
    begin();
    ask();
    say_result("bye", gnutls_bye(client, GNUTLS_SHUT_WR));
    say_result("client", gnutls_reauth(client, 0));
    say_result("server", gnutls_reauth(server, 0));
    end_pair();

    CASE("the client's function fails");
    begin();
    gnutls_certificate_credentials_t failing = credentials(NULL, "root.pem");
    gnutls_certificate_set_retrieve_function(failing, refuses);
    MUST(gnutls_credentials_set(client, GNUTLS_CRD_CERTIFICATE, failing));
    ask();
    say_result("client", gnutls_reauth(client, 0));
    say_result("send", gnutls_record_send(client, "x", 1));
    take("client", client);
    end_pair();
    gnutls_certificate_free_credentials(failing);

    CASE("the client has no credentials any more");
    begin();
    gnutls_credentials_clear(client);
    ask();
    say_result("client", gnutls_reauth(client, 0));
    say_result("send", gnutls_record_send(client, "x", 1));
    end_pair();

    CASE("nobody answers who had to");
    new_pair(of_server, PHA, of_nobody, PHA, T13);
    shake_pair();
    gnutls_certificate_server_set_request(server, GNUTLS_CERT_REQUIRE);
    ask();
    say_result("client", gnutls_reauth(client, 0));
    say_result("server", gnutls_reauth(server, 0));
    say_peer(server);
    end_pair();

    CASE("tickets that are not enabled");
    begin();
    say_result("ticket", gnutls_session_ticket_send(server, 1, 0));
    say_result("send", gnutls_record_send(server, "x", 1));
    take("client", client);
    end_pair();

    CASE("a handshake that is out of time");
    new_pair(of_server, 0, of_client, 0, T13);
    gnutls_handshake_set_timeout(client, 400);
    say_result("client", gnutls_handshake(client));
    usleep(450 * 1000);
    say_result("client", gnutls_handshake(client));
    say_result("client", gnutls_handshake(client));
    end_pair();

    CASE("the PRF of TLS 1.2");
    unsigned char ours[40], theirs[40];
    new_pair(of_server, 0, of_client, 0, T12);
    say_result("before", gnutls_prf(client, 5, "label", 0, 0, NULL, 40, (char *)ours));
    shake_pair();
    for (int server_first = 0; server_first < 2; server_first++)
        for (int extra = 0; extra < 6; extra += 5) {
            say_result("client", gnutls_prf(client, 5, "label", server_first, extra, "extra", 40, (char *)ours));
            say_result("server", gnutls_prf(server, 5, "label", server_first, extra, "extra", 40, (char *)theirs));
            say("the same: %d", !memcmp(ours, theirs, 40));
            int as_rfc5705 = gnutls_prf_rfc5705(client, 5, "label", 0, NULL, 40, (char *)theirs);
            say("as RFC 5705: %d, %d", as_rfc5705, !memcmp(ours, theirs, 40));
        }
    end_pair();
    new_pair(of_server, 0, of_client, 0, T13);
    shake_pair();
    say_result("TLS 1.3", gnutls_prf(client, 5, "label", 1, 0, NULL, 40, (char *)ours));
    end_pair();
    gnutls_certificate_free_credentials(of_server);
    gnutls_certificate_free_credentials(of_client);
    gnutls_certificate_free_credentials(of_nobody);
}

SINGLE(body)
