// The life of a client certificate: who answers what and when, in the handshake and after it, in memory.
#include "given.h"
#include "memory.h"
#include <gnutls/ocsp.h>

// --- the client's function ---
enum { GIVE, NOTHING, AGAIN_ONCE, INTERRUPTED_ONCE, MINUS_ONE, OTHER_ERROR, NO_KEY, NO_CERTS, WRONG_KEY, POSITIVE, RAW_TYPE };
static const char *answers[] = {"gives", "gives nothing", "says again, once", "says interrupted, once", "says -1", "says an error of its own", "gives no key",
                                "gives a key alone", "gives a wrong key", "answers 1", "gives a raw key"};
static int answer, asked;
static gnutls_privkey_t wrong;
static int retrieve(gnutls_session_t session UNUSED, const gnutls_datum_t *names UNUSED, int count UNUSED, const gnutls_pk_algorithm_t *kinds UNUSED,
                    int kinds_count UNUSED, gnutls_pcert_st **certs, unsigned *size, gnutls_privkey_t *privkey) {
    asked++;
    say("  asked, time %d", asked);
    *certs = chain, *size = chain_size, *privkey = key;
    switch (answer) {
    case NOTHING: *size = 0, *certs = NULL, *privkey = NULL; return 0;
    case AGAIN_ONCE: return asked == 1 ? GNUTLS_E_AGAIN : 0;
    case INTERRUPTED_ONCE: return asked == 1 ? GNUTLS_E_INTERRUPTED : 0;
    case MINUS_ONE: return -1;
    case OTHER_ERROR: return GNUTLS_E_EXPIRED;
    case NO_KEY: *privkey = NULL; return 0;
    case NO_CERTS: *size = 0, *certs = NULL; return 0;
    case WRONG_KEY: *privkey = wrong; return 0;
    case POSITIVE: return 1;
    case RAW_TYPE: {
        static gnutls_pcert_st raw;
        raw = chain[0];
        raw.type = GNUTLS_CRT_RAWPK;
        *certs = &raw, *size = 1;
        return 0;
    }
    }
    return 0;
}

static gnutls_certificate_credentials_t of_server, of_client, asking;

static void shake_on(int *ours, int *theirs) {
    for (int i = 0; i < 12 && (is_waiting(*ours) || is_waiting(*theirs)); i++) {
        int before = *ours;
        if (is_waiting(*ours)) {
            *ours = gnutls_handshake(client);
            if (*ours != before)
                say("client: %d %s", *ours, name_of(*ours));
            if (*ours < 0 && !is_waiting(*ours))
                say_result("client's alert", gnutls_alert_send_appropriate(client, *ours));
        }
        before = *theirs;
        if (is_waiting(*theirs)) {
            *theirs = gnutls_handshake(server);
            if (*theirs != before)
                say("server: %d %s", *theirs, name_of(*theirs));
            if (*theirs < 0 && !is_waiting(*theirs))
                say_result("server's alert", gnutls_alert_send_appropriate(server, *theirs));
        }
    }
}

static void who(void) {
    unsigned size = 77, status = 77;
    const gnutls_datum_t *list = gnutls_certificate_get_peers(server, &size);
    int result = gnutls_certificate_verify_peers2(server, &status);
    say("server sees %s; verified %d %s %#x", subject_of(list), result, name_of(result), status);
    say("client's own: %s, request %u", subject_of(gnutls_certificate_get_ours(client)), gnutls_certificate_client_get_request_status(client));
}

static void exchange(void) {
    say_result("send", gnutls_record_send(client, "x", 1));
    for (int i = 0; i < 3; i++)
        take("server", server);
    say_result("send", gnutls_record_send(server, "y", 1));
    for (int i = 0; i < 3; i++)
        take("client", client);
}

static void in_handshake(const char *version, unsigned request) {
    CASE("in the handshake, request %u, %s, the function %s", request, version + 17, answers[answer]);
    asked = 0;
    new_pair(of_server, 0, asking, 0, version);
    gnutls_certificate_server_set_request(server, request);
    int ours = GNUTLS_E_AGAIN, theirs = GNUTLS_E_AGAIN;
    shake_on(&ours, &theirs);
    if (ours == 0 && theirs == 0)
        who(), exchange();
    end_pair();
}

static void on_live(unsigned request, unsigned flags) {
    CASE("on the live connection, request %u, flags %#x, the function %s", request, flags, answers[answer]);
    asked = 0;
    new_pair(of_server, GNUTLS_POST_HANDSHAKE_AUTH, asking, GNUTLS_POST_HANDSHAKE_AUTH | flags, T13);
    int ours = GNUTLS_E_AGAIN, theirs = GNUTLS_E_AGAIN;
    shake_on(&ours, &theirs);
    gnutls_certificate_server_set_request(server, request);
    for (int round = 0; round < 2; round++) {
        say_result("server", gnutls_reauth(server, 0));
        take("client", client);
        if (!flags) {
            int result = gnutls_reauth(client, 0);
            say("client: %d %s", result, name_of(result));
            if (result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED)
                say_result("client again", gnutls_reauth(client, 0));
        } else {
            take("client", client);
        }
        int result = gnutls_reauth(server, 0);
        say("server: %d %s", result, name_of(result));
        if (result < 0)
            break;
        who();
    }
    exchange();
    end_pair();
}

static void body(void) {
    load("client");
    gnutls_datum_t data;
    MUST(gnutls_load_file(file_of("second.key"), &data));
    MUST(gnutls_privkey_init(&wrong));
    MUST(gnutls_privkey_import_x509_raw(wrong, &data, GNUTLS_X509_FMT_PEM, NULL, 0));
    gnutls_free(data.data);
    of_server = credentials("server", "root.pem"), of_client = credentials("client", "root.pem"), asking = credentials(NULL, "root.pem");
    gnutls_certificate_set_retrieve_function2(asking, retrieve);
    for (answer = GIVE; answer <= RAW_TYPE; answer++) {
        if (answer == NO_KEY) // the original does not survive it
            continue;
        for (unsigned request = GNUTLS_CERT_REQUEST; request <= GNUTLS_CERT_REQUIRE; request++) {
            for (int v = 0; v < 2; v++)
                in_handshake(v ? T13 : T12, request);
            on_live(request, 0);
            on_live(request, GNUTLS_AUTO_REAUTH);
        }
    }
}
SINGLE(body)
