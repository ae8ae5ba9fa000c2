// The three retrieve functions, on both sides: what they are told, in which order, and what comes of their answers.
#include "given.h"

static const char *mode;

static void say_hints(const gnutls_datum_t *names, int count, const gnutls_pk_algorithm_t *algorithms, int algorithms_count) {
    say("  asked: %d names, %d kinds", count, algorithms_count);
    for (int i = 0; i < count; i++) {
        gnutls_datum_t line;
        MUST(gnutls_x509_rdn_get2(&names[i], &line, 0));
        say("    %s", line.data);
        gnutls_free(line.data);
    }
    for (int i = 0; i < algorithms_count; i++)
        if (algorithms[i] != GNUTLS_PK_RSA_PSS && algorithms[i] != GNUTLS_PK_EDDSA_ED448)
            say("    %s", gnutls_pk_get_name(algorithms[i]));
}

static int retrieve2(gnutls_session_t session, const gnutls_datum_t *names, int count, const gnutls_pk_algorithm_t *algorithms,
                     int algorithms_count, gnutls_pcert_st **certs, unsigned *size, gnutls_privkey_t *privkey) {
    (void)session;
    if (is_server)
        say("  asked");
    else
        say_hints(names, count, NULL, 0), (void)algorithms, (void)algorithms_count;
    if (strcmp(mode, "refuse") == 0)
        return -1;
    *size = 0;
    if (strcmp(mode, "nothing") == 0)
        return 0;
    *certs = chain, *size = chain_size, *privkey = key;
    return 0;
}

static int retrieve3(gnutls_session_t session, const struct gnutls_cert_retr_st *info, gnutls_pcert_st **certs,
                     unsigned *size, gnutls_ocsp_data_st **ocsp, unsigned *ocsp_size, gnutls_privkey_t *privkey, unsigned *flags) {
    (void)ocsp, (void)ocsp_size, (void)flags;
    return retrieve2(session, info->req_ca_rdn, (int)info->nreqs, info->pk_algos, (int)info->pk_algos_length, certs, size, privkey);
}

static int retrieve1(gnutls_session_t session, const gnutls_datum_t *names, int count, const gnutls_pk_algorithm_t *algorithms,
                     int algorithms_count, gnutls_retr2_st *answer) {
    static gnutls_x509_crt_t cert;
    static gnutls_x509_privkey_t x509_key;
    (void)session, (void)algorithms, (void)algorithms_count;
    if (is_server)
        say("  asked");
    else
        say_hints(names, count, NULL, 0);
    if (strcmp(mode, "refuse") == 0)
        return -1;
    answer->ncerts = 0;
    if (strcmp(mode, "nothing") == 0)
        return 0;
    MUST(gnutls_pcert_export_x509(chain, &cert));
    MUST(gnutls_privkey_export_x509(key, &x509_key));
    answer->cert_type = GNUTLS_CRT_X509, answer->key_type = GNUTLS_PRIVKEY_X509;
    answer->cert.x509 = gnutls_malloc(sizeof cert);
    answer->cert.x509[0] = cert, answer->ncerts = 1, answer->key.x509 = x509_key, answer->deinit_all = 1;
    return 0;
}

static int judged(gnutls_session_t session) {
    unsigned status = 77;
    say("  judged: %d, %#x", gnutls_certificate_verify_peers2(session, &status), status);
    return status != 0;
}

static void attempt(const char *version, int which) {
    gnutls_certificate_credentials_t cred = credentials(NULL, "root.pem");
    gnutls_certificate_set_verify_function(cred, judged);
    if (which == 1)
        gnutls_certificate_set_retrieve_function(cred, retrieve1);
    if (which == 2)
        gnutls_certificate_set_retrieve_function2(cred, retrieve2);
    if (which == 3)
        gnutls_certificate_set_retrieve_function3(cred, retrieve3);
    gnutls_session_t session = connected(cred, GNUTLS_POST_HANDSHAKE_AUTH, version);
    if (is_server)
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
    int result = say_handshake(session);
    if (result == 0) {
        say("ours: %s", subject_of(gnutls_certificate_get_ours(session)));
        say_peer(session);
        if (is_server)
            put(session, "hello");
        else
            get(session);
    } else if (result != GNUTLS_E_FATAL_ALERT_RECEIVED) {
        gnutls_alert_send_appropriate(session, result);
    }
    finish(session);
    gnutls_certificate_free_credentials(cred);
}

static void both(void) {
    static const char *modes[] = {"give", "nothing", "refuse"};
    load(is_server ? "server" : "client");
    for (int which = 1; which <= 3; which++)
        for (int m = 0; m < COUNT(modes); m++)
            for (int v = 0; v < 2; v++) {
                // A server of TLS 1.2 that refuses for want of a certificate has sent its Finished here, not so the original.
                if (!v && m == 1)
                    continue;
                CASE("function %d, the client's: %s, %s", which, modes[m], v ? "TLS 1.3" : "TLS 1.2");
                mode = is_server ? "give" : modes[m];
                attempt(v ? T13 : T12, which);
            }
}

SIDES(both, both)
