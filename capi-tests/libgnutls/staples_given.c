// Each way to give a server its OCSP staple, seen by what the client is shown and then says.
#include "common.h"
#include <gnutls/ocsp.h>

static gnutls_certificate_credentials_t cred;
static gnutls_datum_t response;

static int give(gnutls_session_t session UNUSED, void *user, gnutls_datum_t *out) {
    say("  asked for a staple: %s", (char *)user);
    out->data = gnutls_malloc(response.size);
    memcpy(out->data, response.data, out->size = response.size);
    return 0;
}

static int give_none(gnutls_session_t session UNUSED, void *user, gnutls_datum_t *out UNUSED) {
    say("  asked for a staple: %s", (char *)user);
    return GNUTLS_E_NO_CERTIFICATE_STATUS;
}

static long ahead;

static time_t other_time(time_t *out) {
    time_t now = time(NULL) + ahead;
    if (out)
        *out = now;
    return now;
}

static int fail(gnutls_session_t session UNUSED, void *user, gnutls_datum_t *out UNUSED) {
    say("  asked for a staple: %s", (char *)user);
    return GNUTLS_E_INTERNAL_ERROR;
}

static const char *ways[] = {"none", "a file", "a file that says revoked", "a file of PEM", "memory", "PEM in memory", "a function", "a function of this chain",
                             "a function of another chain", "a function that has none", "no such chain", "about another", "about another, unchecked", "garbage",
                             "a file, and a client that has not said a word", "a file and a function", "a function that fails", "a file, until long after"};

static void staple(int way) {
    switch (way) {
    case 1: case 14: case 15: case 17: say_result("file", gnutls_certificate_set_ocsp_status_request_file(cred, file_of("server.response"), 0)); break;
    case 2: say_result("file", gnutls_certificate_set_ocsp_status_request_file(cred, file_of("server-revoked.response"), 0)); break;
    case 3:
        say_result("as DER", gnutls_certificate_set_ocsp_status_request_file2(cred, file_of("server.response.pem"), 0, GNUTLS_X509_FMT_DER));
        say_result("as PEM", gnutls_certificate_set_ocsp_status_request_file2(cred, file_of("server.response.pem"), 0, GNUTLS_X509_FMT_PEM));
        break;
    case 4: say_result("memory", gnutls_certificate_set_ocsp_status_request_mem(cred, &response, 0, GNUTLS_X509_FMT_DER)); break;
    case 5: {
        gnutls_datum_t pem;
        MUST(gnutls_load_file(file_of("server.response.pem"), &pem));
        say_result("memory", gnutls_certificate_set_ocsp_status_request_mem(cred, &pem, 0, GNUTLS_X509_FMT_PEM));
        gnutls_free(pem.data);
        break;
    }
    case 6: gnutls_certificate_set_ocsp_status_request_function(cred, give, "for all"); break;
    case 7: say_result("function2", gnutls_certificate_set_ocsp_status_request_function2(cred, 0, give, "for the first")); break;
    case 8:
        MUST(gnutls_certificate_set_x509_key_file(cred, file_of("server2.pem"), file_of("server2.key"), GNUTLS_X509_FMT_PEM));
        say_result("function2", gnutls_certificate_set_ocsp_status_request_function2(cred, 1, give, "for the second"));
        break;
    case 9: gnutls_certificate_set_ocsp_status_request_function(cred, give_none, "for nothing"); break;
    case 10:
        say_result("file", gnutls_certificate_set_ocsp_status_request_file(cred, file_of("server.response"), 1));
        say_result("file2", gnutls_certificate_set_ocsp_status_request_file2(cred, file_of("server.response"), 1, GNUTLS_X509_FMT_DER));
        // The original does not survive the same from memory.
        say_result("function2", gnutls_certificate_set_ocsp_status_request_function2(cred, 1, give, "for nobody"));
        break;
    case 11: case 12:
        gnutls_certificate_free_keys(cred);
        gnutls_certificate_set_flags(cred, way == 12 ? GNUTLS_CERTIFICATE_SKIP_OCSP_RESPONSE_CHECK : 0);
        MUST(gnutls_certificate_set_x509_key_file(cred, file_of("server2.pem"), file_of("server2.key"), GNUTLS_X509_FMT_PEM));
        say_result("memory", gnutls_certificate_set_ocsp_status_request_mem(cred, &response, 0, GNUTLS_X509_FMT_DER));
        say_result("file2", gnutls_certificate_set_ocsp_status_request_file2(cred, file_of("server.response"), 0, GNUTLS_X509_FMT_DER));
        break;
    case 13:
        say_result("file", gnutls_certificate_set_ocsp_status_request_file(cred, file_of("text.pem"), 0));
        say_result("no file", gnutls_certificate_set_ocsp_status_request_file(cred, "/nonexistent", 0));
        say_result("file2", gnutls_certificate_set_ocsp_status_request_file2(cred, file_of("text.pem"), 0, GNUTLS_X509_FMT_DER));
        say_result("no file2", gnutls_certificate_set_ocsp_status_request_file2(cred, "/nonexistent", 0, GNUTLS_X509_FMT_PEM));
        break;
    }
    if (way == 16)
        gnutls_certificate_set_ocsp_status_request_function(cred, fail, "in vain");
    if (way == 15)
        gnutls_certificate_set_ocsp_status_request_function(cred, give, "beside a file");
    time_t until = gnutls_certificate_get_ocsp_expiration(cred, 0, 0, 0), any = gnutls_certificate_get_ocsp_expiration(cred, 0, -1, 0),
           next = gnutls_certificate_get_ocsp_expiration(cred, 0, 1, 0), nobody = gnutls_certificate_get_ocsp_expiration(cred, 7, 0, 0);
    say("until: %s, %s, %ld, %ld", until > time(NULL) ? "later" : until == -1 ? "-1" : until == -2 ? "-2" : "?",
        any > time(NULL) ? "later" : any == 0 ? "not known" : "?", (long)next, (long)nobody);
}

static void say_staples(gnutls_session_t session) {
    gnutls_datum_t shown = {NULL, 0};
    say("checked: %u %u", gnutls_ocsp_status_request_is_checked(session, 0), gnutls_ocsp_status_request_is_checked(session, GNUTLS_OCSP_SR_IS_AVAIL));
    int result = gnutls_ocsp_status_request_get(session, &shown);
    say("get: %d %s, %s", result, name_of(result), result < 0 ? "nothing" : shown.size == response.size ? "as long as the good one" : "another length");
    for (unsigned place = 0; place < 2; place++) {
        result = gnutls_ocsp_status_request_get2(session, place, &shown);
        say("get2 %u: %d %s, %s", place, result, name_of(result), result < 0 ? "nothing" : shown.size == response.size ? "as long as the good one" : "another length");
    }
}

static void both(void) {
    MUST(gnutls_load_file(file_of("server.response"), &response));
    for (int way = 0; way < COUNT(ways); way++)
        for (int v = 0; v < 2; v++) {
            CASE("%s, %s", ways[way], v ? "TLS 1.3" : "TLS 1.2");
            cred = credentials(is_server ? "server" : NULL, is_server ? NULL : "root.pem");
            if (is_server)
                staple(way);
            gnutls_session_t session = connected(cred, 0, v ? T13 : T12);
            if (is_server) {
                ahead = way == 17 ? 20L * 365 * 86400 : 0;
                gnutls_global_set_time_function(ahead ? other_time : time);
            }
            if (way != 14)
                say_result("enable", gnutls_ocsp_status_request_enable_client(session, NULL, 0, NULL));
            int result = say_handshake(session);
            if (result < 0) {
                if (result != GNUTLS_E_FATAL_ALERT_RECEIVED)
                    gnutls_alert_send_appropriate(session, result);
                finish(session);
                gnutls_certificate_free_credentials(cred);
                continue;
            }
            if (is_server) {
                say("flags: %#x", gnutls_session_get_flags(session) & (GNUTLS_SFLAGS_CLI_REQUESTED_OCSP | GNUTLS_SFLAGS_SERV_REQUESTED_OCSP));
                put(session, "hello");
            } else {
                say_peer(session);
                say_staples(session);
                get(session);
            }
            finish(session);
            gnutls_global_set_time_function(time);
            gnutls_certificate_free_credentials(cred);
        }
    gnutls_free(response.data);
}

SIDES(both, both)
