// Credentials that are there and hold nothing, or are of the other kind: a server without a certificate, a client that has
// only a pre-shared key in mind and meets a certificate.
#include "memory.h"

static const char *who[] = {"none", "empty certificate credentials", "empty PSK credentials", "both, empty", "a certificate"};

static void attempt(const char *priority, int of_server, int of_client) {
    CASE("server: %s, client: %s, %s", who[of_server], who[of_client], priority);
    gnutls_psk_client_credentials_t client_psk;
    gnutls_psk_server_credentials_t server_psk;
    gnutls_certificate_credentials_t server_cred = credentials(of_server == 4 ? "server" : NULL, NULL), client_cred = credentials(NULL, NULL);
    MUST(gnutls_psk_allocate_client_credentials(&client_psk));
    MUST(gnutls_psk_allocate_server_credentials(&server_psk));
    new_pair(NULL, 0, NULL, 0, priority);
    if (of_server == 1 || of_server >= 3)
        MUST(gnutls_credentials_set(server, GNUTLS_CRD_CERTIFICATE, server_cred));
    if (of_server == 2 || of_server == 3)
        MUST(gnutls_credentials_set(server, GNUTLS_CRD_PSK, server_psk));
    if (of_client & 1)
        MUST(gnutls_credentials_set(client, GNUTLS_CRD_CERTIFICATE, client_cred));
    if (of_client >= 2)
        MUST(gnutls_credentials_set(client, GNUTLS_CRD_PSK, client_psk));
    shake_pair();
    say("alerts: %d %d", gnutls_alert_get(client), gnutls_alert_get(server));
    end_pair();
    gnutls_psk_free_client_credentials(client_psk);
    gnutls_psk_free_server_credentials(server_psk);
    gnutls_certificate_free_credentials(server_cred);
    gnutls_certificate_free_credentials(client_cred);
}

static void body(void) {
    static const char *priorities[] = {T12, T13, T13 ":+ECDHE-PSK:+DHE-PSK", T13 ":-KX-ALL:+ECDHE-PSK:+DHE-PSK", "NORMAL", "NORMAL:+ECDHE-PSK"};
    for (int p = 0; p < COUNT(priorities); p++)
        for (int of_server = 0; of_server < COUNT(who); of_server++)
            for (int of_client = 1; of_client <= 3; of_client++)
                if (p || of_client != 2) // TLS 1.2 has no suite to offer then
                    attempt(priorities[p], of_server, of_client);
}

SINGLE(body)
