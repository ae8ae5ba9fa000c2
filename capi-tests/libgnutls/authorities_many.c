// Requests that name many authorities: how much fits, what a client makes of more.
#include "memory.h"

static int told_names;
static size_t told_bytes;
static int told(gnutls_session_t session UNUSED, const gnutls_datum_t *names, int count, const gnutls_pk_algorithm_t *kinds UNUSED,
                int kinds_count UNUSED, gnutls_pcert_st **certs UNUSED, unsigned *size, gnutls_privkey_t *key UNUSED) {
    told_names = count, told_bytes = 0;
    for (int i = 0; i < count; i++)
        told_bytes += 2 + names[i].size;
    *size = 0;
    return 0;
}

// The root's certificate, each time with another name: nobody looks at its signature.
static gnutls_x509_crt_t *made;
static int made_count;
static void make(int count) {
    gnutls_datum_t pem, der;
    gnutls_x509_crt_t root;
    MUST(gnutls_load_file(file_of("root.pem"), &pem));
    MUST(gnutls_x509_crt_init(&root));
    MUST(gnutls_x509_crt_import(root, &pem, GNUTLS_X509_FMT_PEM));
    MUST(gnutls_x509_crt_export2(root, GNUTLS_X509_FMT_DER, &der));
    made = calloc((size_t)count, sizeof *made), made_count = count;
    for (int i = 0; i < count; i++) {
        static const char known[] = "Standin tests";
        for (unsigned at = 0; at + sizeof known <= der.size; at++)
            if (memcmp(der.data + at, known, 7) == 0) // the digits stand behind these
                for (int digit = 12, rest = i; digit >= 8; digit--, rest /= 10)
                    der.data[at + (unsigned)digit] = (unsigned char)('0' + rest % 10);
        MUST(gnutls_x509_crt_init(&made[i]));
        MUST(gnutls_x509_crt_import(made[i], &der, GNUTLS_X509_FMT_DER));
    }
    gnutls_x509_crt_deinit(root);
    gnutls_free(pem.data);
    gnutls_free(der.data);
}

static void attempt(const char *version, int names, unsigned long limit, int later) {
    CASE("%d names, limit %lu, %s%s", names, limit, version + 17, later ? ", on the live connection" : "");
    gnutls_certificate_credentials_t of_server = credentials("server", NULL), of_client = credentials(NULL, "root.pem");
    for (int i = 0; i < names; i++) {
        int result = gnutls_certificate_set_x509_trust(of_server, made + i, 1);
        if (result != 1)
            say("trust %d: %d %s", i, result, name_of(result));
    }
    gnutls_certificate_set_retrieve_function2(of_client, told);
    new_pair(of_server, GNUTLS_POST_HANDSHAKE_AUTH, of_client, GNUTLS_POST_HANDSHAKE_AUTH, version);
    if (limit)
        gnutls_handshake_set_max_packet_length(client, limit);
    if (!later)
        gnutls_certificate_server_set_request(server, GNUTLS_CERT_REQUEST);
    told_names = -1, told_bytes = 0;
    int both = shake_pair();
    if (both && later) {
        gnutls_certificate_server_set_request(server, GNUTLS_CERT_REQUEST);
        say_result("server", gnutls_reauth(server, 0));
        char byte[8];
        long got; // a message of many records comes a record at a time
        for (int i = 0; i < 20 && (got = gnutls_record_recv(client, byte, sizeof byte)) == GNUTLS_E_AGAIN; i++)
            ;
        say_result("client", got);
        say_result("client", gnutls_reauth(client, 0));
        say_result("server", gnutls_reauth(server, 0));
        say_result("send", gnutls_record_send(client, "x", 1));
        take("server", server);
    }
    say("told: %d names in %zu bytes", told_names, told_bytes);
    if (!both)
        say("alerts: %d %d", gnutls_alert_get(client), gnutls_alert_get(server));
    end_pair();
    gnutls_certificate_free_credentials(of_server);
    gnutls_certificate_free_credentials(of_client);
}

static void body(void) {
    static const int counts[] = {0, 10, 100, 400, 1000, 1300, 2000};
    make(2000);
    for (int v = 0; v < 2; v++)
        for (int i = 0; i < COUNT(counts); i++)
            for (int later = 0; later <= v; later++)
                if (v || counts[i] < 2000) // under TLS 1.2 the original sends what nobody can read
                    attempt(v ? T13 : T12, counts[i], 0, later);
    for (int v = 0; v < 2; v++) {
        attempt(v ? T13 : T12, 1000, 20000, 0);
        attempt(v ? T13 : T12, 1300, 200000, v);
    }
    for (int i = 0; i < made_count; i++)
        gnutls_x509_crt_deinit(made[i]);
    free(made);
}

SINGLE(body)
