// What a session says of itself at each state: data, ids, resumption; and once it has ended.
#include "memory.h"

static gnutls_certificate_credentials_t of_server, of_client;

static int resumed_server; // what it would store is no session here
static void say_one(const char *who, gnutls_session_t session) {
    unsigned char id[64];
    size_t size = sizeof id, data_size = 0, zero = 0;
    gnutls_datum_t whole = {NULL, 77}, data = {NULL, 77};
    int result = gnutls_session_get_id(session, id, &size);
    say("%s: get_id %d %s %zu", who, result, name_of(result), size);
    result = gnutls_session_get_id(session, NULL, &zero);
    say("  get_id for the size: %d %s %zu", result, name_of(result), zero);
    zero = 3;
    result = gnutls_session_get_id(session, id, &zero);
    say("  get_id short: %d %s %zu", result, name_of(result), zero);
    result = gnutls_session_get_id2(session, &whole);
    say("  get_id2: %d %s %u", result, name_of(result), whole.size);
    if (session != server || !resumed_server) {
        result = gnutls_session_get_data2(session, &data);
        say("  get_data2: %d %s %s", result, name_of(result), result < 0 ? "" : data.size == 4 ? "nothing" : "a session");
        if (result >= 0)
            gnutls_free(data.data);
        result = gnutls_session_get_data(session, NULL, &data_size);
        say("  get_data: %d %s %s", result, name_of(result), data_size == 0 ? "0" : data_size == 4 ? "nothing" : "a session");
    }
    say("  resumed: %d, requested: %d", gnutls_session_is_resumed(session) != 0, gnutls_session_resumption_requested(session) != 0);
    say("  version %d, cipher %d, kx %d, mac %d, group %d, prf %d", gnutls_protocol_get_version(session), gnutls_cipher_get(session), gnutls_kx_get(session),
        gnutls_mac_get(session), gnutls_group_get(session), gnutls_prf_hash_get(session));
    // What is offered for older versions, and along with a request, differs.
    unsigned other = gnutls_protocol_get_version(session) == GNUTLS_TLS1_3 ? GNUTLS_SFLAGS_SAFE_RENEGOTIATION | GNUTLS_SFLAGS_SERV_REQUESTED_OCSP : 0;
    say("  compression %d, types %d %d %d, etm %u, ems %u, safe %d", gnutls_compression_get(session), gnutls_auth_get_type(session),
        gnutls_auth_client_get_type(session), gnutls_auth_server_get_type(session), gnutls_session_etm_status(session),
        gnutls_session_ext_master_secret_status(session), other ? 0 : gnutls_safe_renegotiation_status(session));
    say("  sign %d %d, request %u, flags %#x", gnutls_sign_algorithm_get(session), gnutls_sign_algorithm_get_client(session),
        gnutls_certificate_client_get_request_status(session), gnutls_session_get_flags(session) & ~other);
    char *desc = gnutls_session_get_desc(session);
    say("  desc: %s", desc ? desc : "NULL");
    gnutls_free(desc);
    gnutls_datum_t random[2] = {{NULL, 77}, {NULL, 77}}, binding = {NULL, 77};
    gnutls_session_get_random(session, &random[0], &random[1]);
    say("  randoms: %u %u", random[0].size, random[1].size);
    result = gnutls_session_channel_binding(session, GNUTLS_CB_TLS_UNIQUE, &binding);
    say("  binding: %d %s", result, name_of(result));
    if (result >= 0)
        gnutls_free(binding.data);
    say("  pending %zu, overhead %zu, max %zu, alert %d", gnutls_record_check_pending(session), gnutls_record_overhead_size(session), gnutls_record_get_max_size(session), gnutls_alert_get(session));
    if (gnutls_cipher_get(session) > 1)
        say("  suite %s", gnutls_ciphersuite_get(session) ? gnutls_ciphersuite_get(session) : "NULL");
    say("  peers %d, ours %d", gnutls_certificate_get_peers(session, NULL) != NULL, gnutls_certificate_get_ours(session) != NULL);
    say("  expires %d", gnutls_certificate_expiration_time_peers(session) > 0);
}

static void say_both(const char *when) {
    say("-- %s", when);
    say_one("client", client);
    say_one("server", server);
}

// What programs may go by while the handshake runs.
static void say_some(const char *who, gnutls_session_t session) {
    say("%s: resumed %d, requested %d, alert %d, pending %zu, etm %u", who, gnutls_session_is_resumed(session) != 0, gnutls_session_resumption_requested(session) != 0,
        gnutls_alert_get(session), gnutls_record_check_pending(session), gnutls_session_etm_status(session));
}

static int hello(gnutls_session_t session) {
    say("-- hello function");
    say_some("server", session);
    return 0;
}

static void step_by_step(const char *version, int tickets) {
    gnutls_datum_t key, kept = {NULL, 0};
    MUST(gnutls_session_ticket_key_generate(&key));
    for (int turn = 0; turn < (tickets ? 2 : 1); turn++) {
        CASE("%s, %s, turn %d", version + 17, tickets ? "tickets" : "none", turn);
        new_pair(of_server, tickets ? 0 : GNUTLS_NO_TICKETS, of_client, tickets ? 0 : GNUTLS_NO_TICKETS, version);
        gnutls_handshake_set_post_client_hello_function(server, hello);
        if (tickets)
            gnutls_session_ticket_enable_server(server, &key);
        gnutls_certificate_server_set_request(server, GNUTLS_CERT_REQUEST);
        say_both("before");
        if (turn) {
            say_result("set_data", gnutls_session_set_data(client, kept.data, kept.size));
            say_both("with a session");
        }
        int c = GNUTLS_E_AGAIN, s = GNUTLS_E_AGAIN;
        for (int i = 0; i < 6 && (c || s); i++) {
            if (c)
                c = gnutls_handshake(client);
            say("client: %d %s", c, name_of(c));
            say_some("client", client);
            if (s)
                s = gnutls_handshake(server);
            say("server: %d %s", s, name_of(s));
            say_some("server", server);
        }
        say_result("send", gnutls_record_send(server, "x", 1));
        char byte;
        long got;
        for (int i = 0; i < 4 && (got = gnutls_record_recv(client, &byte, 1)) == GNUTLS_E_AGAIN; i++)
            ; // a ticket each
        say_result("client", got);
        resumed_server = turn;
        say_both("after");
        resumed_server = 0;
        gnutls_free(kept.data);
        memset(&kept, 0, sizeof kept);
        if (tickets)
            say_result("get_data2", gnutls_session_get_data2(client, &kept));
        end_pair();
    }
    gnutls_free(kept.data);
    gnutls_free(key.data);
}

static void body(void) {
    of_server = credentials("server", "root.pem"), of_client = credentials("client", "root.pem");
    for (int v = 0; v < 2; v++)
        for (int tickets = 0; tickets < 2; tickets++)
            step_by_step(v ? T13 : T12, tickets);
    gnutls_certificate_free_credentials(of_server);
    gnutls_certificate_free_credentials(of_client);
}

SINGLE(body)
