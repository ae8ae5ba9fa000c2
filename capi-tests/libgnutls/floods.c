// More KeyUpdates than an honest peer sends: the original takes so many in a second.
#include "memory.h"

static void flood(gnutls_session_t from, gnutls_session_t to, int updates, int asking) {
    CASE("%d KeyUpdates of the %s, %s", updates, from == client ? "client" : "server", asking ? "each asks for one" : "none asks");
    for (int i = 0; i < updates; i++)
        MUST(gnutls_session_key_update(from, asking ? GNUTLS_KU_PEER : 0));
    say_result("send", gnutls_record_send(from, "x", 1));
    char byte;
    long got = 0;
    for (int i = 0; i < 100; i++)
        if ((got = gnutls_record_recv(to, &byte, 1)) != GNUTLS_E_AGAIN)
            break;
    say_result("the peer", got);
    say_result("it sends", gnutls_record_send(to, "y", 1));
    if (got < 0)
        say("it reads on: %d", gnutls_record_recv(to, &byte, 1) > 0);
}

static void body(void) {
    gnutls_certificate_credentials_t of_server = credentials("server", NULL), of_client = credentials(NULL, "root.pem");
    const int updates[] = {1, 8, 9, 40};
    for (int i = 0; i < COUNT(updates); i++)
        for (int way = 0; way < 4; way++) {
            new_pair(of_server, 0, of_client, 0, T13);
            shake_pair();
            flood(way & 1 ? server : client, way & 1 ? client : server, updates[i], way & 2);
            end_pair();
        }
    CASE("8 and, a second later, 8 more");
    new_pair(of_server, 0, of_client, 0, T13);
    shake_pair();
    flood(client, server, 8, 0);
    usleep(1100 * 1000);
    flood(client, server, 8, 0);
    end_pair();
    gnutls_certificate_free_credentials(of_server);
    gnutls_certificate_free_credentials(of_client);
}

SINGLE(body)
