// Alerts that a program sends: at any time, of either level, and from within its functions; and those that come.
#include "common.h"

static const char *versions[] = {T12, T13};
static const struct {
    unsigned level;
    int description;
} sent[] = {{1, 10}, {1, 45}, {1, GNUTLS_A_USER_CANCELED}, {1, GNUTLS_A_NO_RENEGOTIATION}, {1, 255}, {1, -1},
            {1, GNUTLS_A_CLOSE_NOTIFY}, {2, GNUTLS_A_ACCESS_DENIED}};

static void say_alert(gnutls_session_t session) { say("alert %d", gnutls_alert_get(session)); }

static gnutls_session_t begin(int version, gnutls_certificate_credentials_t cred) {
    return connected(cred, 0, versions[version]);
}

// On a live session; data follows, which under TLS 1.3 nobody waits for any more.
static void established(int version, int at, gnutls_certificate_credentials_t cred) {
    CASE("TLS 1.%d, level %u, alert %d", version + 2, sent[at].level, sent[at].description);
    gnutls_session_t session = begin(version, cred);
    say_handshake(session);
    int goes_on = version == 0 && sent[at].level != 2 && sent[at].description != 0;
    if (is_server) {
        say_result("send alert", gnutls_alert_send(session, sent[at].level, sent[at].description));
        if (goes_on)
            put(session, "data");
    } else {
        get(session);
        say_alert(session);
        if (goes_on)
            get(session);
        else
            say_result("again", gnutls_record_recv(session, (char[9]){0}, 9));
    }
    if (goes_on)
        say_result("bye", gnutls_bye(session, GNUTLS_SHUT_WR));
    finish(session);
}

// The handshake, whatever comes in between.
static void say_steps(gnutls_session_t session) {
    int result, last = 0;
    do {
        result = gnutls_handshake(session);
        if (result != GNUTLS_E_AGAIN && result != last)
            say_result("handshake", result);
        if (result == GNUTLS_E_WARNING_ALERT_RECEIVED)
            say_alert(session);
        last = result;
    } while (result < 0 && !gnutls_error_is_fatal(result));
}

static int warns(gnutls_session_t session) {
    say_result("  warn", gnutls_alert_send(session, GNUTLS_AL_WARNING, GNUTLS_A_UNRECOGNIZED_NAME));
    return 0;
}

// A server warns while it looks at the ClientHello, or at the client's certificate.
static void within(int version, int at_hello, gnutls_certificate_credentials_t cred) {
    CASE("TLS 1.%d, a warning at the %s", version + 2, at_hello ? "ClientHello" : "certificate");
    gnutls_session_t session = begin(version, cred);
    if (is_server && at_hello)
        gnutls_handshake_set_post_client_hello_function(session, warns);
    else if (is_server)
        gnutls_session_set_verify_function(session, warns), gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    say_steps(session);
    if (is_server)
        put(session, "data");
    else
        get(session);
    finish(session);
}

// In the place of a hello.
static void at_first(int version, int server_speaks, gnutls_certificate_credentials_t cred) {
    CASE("TLS 1.%d, the %s begins with an alert", version + 2, server_speaks ? "server" : "client");
    gnutls_session_t session = begin(version, cred);
    if (is_server == server_speaks)
        say_result("send alert", gnutls_alert_send(session, GNUTLS_AL_FATAL, GNUTLS_A_UNRECOGNIZED_NAME));
    else
        say_handshake(session), say_alert(session);
    finish(session);
}

// The client has no certificate; its server requires one, and says so.
static void required(int version, gnutls_certificate_credentials_t server_cred) {
    CASE("TLS 1.%d, a certificate is required", version + 2);
    gnutls_certificate_credentials_t cred = is_server ? server_cred : credentials(NULL, "root.pem");
    gnutls_session_t session = begin(version, cred);
    if (is_server) {
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
        int result = say_handshake(session);
        say_result("send alert", gnutls_alert_send_appropriate(session, result));
        say_result("bye", gnutls_bye(session, GNUTLS_SHUT_WR));
    } else {
        // Under TLS 1.3 it hears of it afterwards.
        if (say_handshake(session) == 0)
            get(session);
        say_alert(session);
        gnutls_certificate_free_credentials(cred);
    }
    finish(session);
}

// The client's function refuses its server.
static int refuses(gnutls_session_t session UNUSED) { return GNUTLS_E_CERTIFICATE_ERROR; }

static void refused(int version, int requires, gnutls_certificate_credentials_t cred) {
    CASE("TLS 1.%d, the server is refused%s", version + 2, requires ? ", which requires a certificate" : "");
    gnutls_session_t session = begin(version, cred);
    if (is_server && requires)
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    if (!is_server)
        gnutls_session_set_verify_function(session, refuses);
    int result = say_handshake(session);
    if (!is_server)
        say_result("send alert", gnutls_alert_send_appropriate(session, result));
    say_alert(session);
    finish(session);
}

static void both(void) {
    gnutls_certificate_credentials_t cred = credentials(is_server ? "server" : "client", "root.pem");
    for (int version = 0; version < 2; version++) {
        for (int at = 0; at < COUNT(sent); at++)
            established(version, at, cred);
        within(version, 1, cred);
        if (version == 0)
            within(version, 0, cred);
        for (int side = 0; side < 2; side++)
            at_first(version, side, cred), refused(version, side, cred);
        required(version, cred);
    }
    gnutls_certificate_free_credentials(cred);
}

SIDES(both, both)
