// What retrieve functions are told of the peer, on both sides: kinds of keys, names; how often, in which order.
#include "given.h"
#include "memory.h"

static int told(gnutls_session_t session, const gnutls_datum_t *names, int count, const gnutls_pk_algorithm_t *kinds, int kinds_count,
                gnutls_pcert_st **certs, unsigned *size, gnutls_privkey_t *privkey) {
    int is_server = session == server;
    char line[512] = "";
    for (int i = 0; i < kinds_count; i++)
        snprintf(line + strlen(line), sizeof line - strlen(line), " %s", gnutls_pk_get_name(kinds[i]));
    say("  %s asked: %d names (%s), %d kinds (%s):%s", is_server ? "server" : "client", count, names ? "a list" : "NULL", kinds_count,
        kinds ? "a list" : "NULL", line);
    line[0] = 0;
    for (size_t i = 0;; i++) {
        gnutls_sign_algorithm_t sign;
        int result = gnutls_sign_algorithm_get_requested(session, i, &sign);
        if (result < 0) {
            say("  schemes:%s; %s", line, name_of(result));
            break;
        }
        snprintf(line + strlen(line), sizeof line - strlen(line), " %s", gnutls_sign_get_name(sign) ? gnutls_sign_get_name(sign) : "?");
    }
    say("  version %d, cipher %d, kx %d, request %d", gnutls_protocol_get_version(session), gnutls_cipher_get(session) != 0, gnutls_kx_get(session),
        is_server ? 9 : gnutls_certificate_client_get_request_status(session));
    *certs = chain, *size = chain_size, *privkey = key;
    if (!is_server)
        *size = 0;
    return 0;
}

static int told3(gnutls_session_t session, const struct gnutls_cert_retr_st *info, gnutls_pcert_st **certs, unsigned *size,
                 gnutls_ocsp_data_st **ocsp UNUSED, unsigned *ocsp_size UNUSED, gnutls_privkey_t *privkey, unsigned *flags) {
    void *cred = NULL;
    gnutls_credentials_get(session, GNUTLS_CRD_CERTIFICATE, &cred);
    say("  version %u, own credentials: %d, flags %u", info->version, cred == info->cred, *flags);
    return told(session, info->req_ca_rdn, (int)info->nreqs, info->pk_algos, (int)info->pk_algos_length, certs, size, privkey);
}

static int told1(gnutls_session_t session, const gnutls_datum_t *names, int count, const gnutls_pk_algorithm_t *kinds, int kinds_count,
                 gnutls_retr2_st *answer) {
    gnutls_pcert_st *certs;
    unsigned size;
    gnutls_privkey_t privkey;
    told(session, names, count, kinds, kinds_count, &certs, &size, &privkey);
    answer->ncerts = 0;
    if (session == server) {
        static gnutls_x509_crt_t cert;
        static gnutls_x509_privkey_t x509_key;
        MUST(gnutls_pcert_export_x509(chain, &cert));
        MUST(gnutls_privkey_export_x509(key, &x509_key));
        answer->cert_type = GNUTLS_CRT_X509, answer->key_type = GNUTLS_PRIVKEY_X509;
        answer->cert.x509 = gnutls_malloc(sizeof cert);
        answer->cert.x509[0] = cert, answer->ncerts = 1, answer->key.x509 = x509_key, answer->deinit_all = 1;
    }
    return 0;
}

static void attempt(const char *server_priority, const char *client_priority, int which, int names, int later) {
    CASE("function %d; server %.60s, client %.60s, names %d, later %d", which, server_priority+11, client_priority+11, names, later);
    gnutls_certificate_credentials_t of_server = credentials(NULL, names ? "root.pem" : NULL), of_client = credentials(NULL, "root.pem");
    gnutls_certificate_credentials_t both[2] = {of_server, of_client};
    for (int i = 0; i < 2; i++) {
        if (which == 1)
            gnutls_certificate_set_retrieve_function(both[i], told1);
        if (which == 2)
            gnutls_certificate_set_retrieve_function2(both[i], told);
        if (which == 3)
            gnutls_certificate_set_retrieve_function3(both[i], told3);
    }
    new_pair(of_server, GNUTLS_POST_HANDSHAKE_AUTH, of_client, GNUTLS_POST_HANDSHAKE_AUTH, T13);
    MUST(gnutls_priority_set_direct(server, server_priority, NULL));
    MUST(gnutls_priority_set_direct(client, client_priority, NULL));
    if (!later)
        gnutls_certificate_server_set_request(server, GNUTLS_CERT_REQUEST);
    if (shake_pair() && later) {
        say("asks on the live connection");
        gnutls_certificate_server_set_request(server, GNUTLS_CERT_REQUEST);
        say_result("server", gnutls_reauth(server, 0));
        take("client", client);
        say_result("client", gnutls_reauth(client, 0));
        say_result("server", gnutls_reauth(server, 0));
    }
    end_pair();
    gnutls_certificate_free_credentials(of_server);
    gnutls_certificate_free_credentials(of_client);
}

static void body(void) {
    // Only what both libraries serve; under TLS 1.2 a server of ours always takes keys for RSA and for ECDSA.
#define COMMON "-SIGN-ALL:+SIGN-RSA-SHA256:+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-EDDSA-ED25519"
#define COMMON12 "-SIGN-ALL:+SIGN-RSA-SHA256:+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-ECDSA-SHA256:+SIGN-EDDSA-ED25519"
    static const char *signs12[] = {COMMON12, "-SIGN-ALL:+SIGN-RSA-PSS-RSAE-SHA384:+SIGN-RSA-SHA256:+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SHA384"};
    static const char *signs[] = {COMMON, "-SIGN-ALL:+SIGN-ECDSA-SECP256R1-SHA256", "-SIGN-ALL:+SIGN-EDDSA-ED25519:+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-ECDSA-SECP384R1-SHA384",
                                  "-SIGN-ALL:+SIGN-RSA-PSS-RSAE-SHA384:+SIGN-RSA-SHA256:+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-ECDSA-SECP384R1-SHA384"};
    load("server");
    for (int v = 0; v < 2; v++)
        for (int which = 1; which <= 3; which++)
            for (int s = 0; s < (v ? COUNT(signs) : COUNT(signs12)); s++)
                for (int names = 0; names < 2; names++) {
                    char priority[512];
                    snprintf(priority, sizeof priority, "%s:%s", v ? T13 : T12, v ? signs[s] : signs12[s]);
                    attempt(priority, priority, which, names, 0);
                    if (v && names)
                        attempt(priority, priority, which, names, 1);
                }
    for (int v = 0; v < 2; v++) {
        char both[512], single[512], other[512];
        snprintf(both, sizeof both, "%s:+VERS-TLS1.2:%s", T13, v ? COMMON : COMMON12);
        snprintf(single, sizeof single, "%s:%s", v ? T13 : T12, v ? COMMON : COMMON12);
        snprintf(other, sizeof other, "%s:+VERS-TLS1.2:-SIGN-ALL:+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-RSA-SHA384:+SIGN-RSA-SHA256", T13);
        attempt(single, both, 3, 1, 0);
        if (v) // under TLS 1.2 the original's client misses the rest
            attempt(single, other, 3, 1, 0);
    }
    for (unsigned i = 0; i < chain_size; i++)
        gnutls_pcert_deinit(chain + i);
    gnutls_privkey_deinit(key);
}

SINGLE(body)
