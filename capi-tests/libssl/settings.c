// Settings of SSL_CTX and SSL: what the setters answer, what the getters say after them, and what
// an SSL takes over from its SSL_CTX.
#include "common.h"

static void say_value(const char *what, long value) {
    say("%s: %ld", what, value);
    say_queue();
}
#define SHOW(call) say_value(#call, (long)(call))

static int verify_yes(int ok UNUSED, X509_STORE_CTX *store UNUSED) { return 1; }
static int security_yes(const SSL *s UNUSED, const SSL_CTX *c UNUSED, int op UNUSED, int bits UNUSED, int nid UNUSED,
                        void *other UNUSED, void *ex UNUSED) {
    return 1;
}
static int choose(SSL *ssl UNUSED, void *arg UNUSED) { return 1; }

static void of_context(const SSL_METHOD *method, const char *name) {
    CASE("SSL_CTX of %s", name);
    SSL_CTX *c = SSL_CTX_new(method);
    say_queue();
    if (!c)
        return;
    say("method is the same: %d", SSL_CTX_get_ssl_method(c) == method);
    SHOW(SSL_CTX_get_options(c));
    SHOW(SSL_CTX_set_options(c, SSL_OP_ALL | SSL_OP_NO_TICKET));
    SHOW(SSL_CTX_clear_options(c, SSL_OP_NO_TICKET));
    SHOW(SSL_CTX_get_mode(c));
    SHOW(SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS));
    SHOW(SSL_CTX_clear_mode(c, SSL_MODE_AUTO_RETRY));
    SHOW(SSL_CTX_get_verify_mode(c));
    SHOW(SSL_CTX_get_verify_depth(c));
    SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE, verify_yes);
    SSL_CTX_set_verify_depth(c, 3);
    SHOW(SSL_CTX_get_verify_mode(c));
    SHOW(SSL_CTX_get_verify_depth(c));
    SHOW(SSL_CTX_get_verify_callback(c) == verify_yes);
    SHOW(SSL_CTX_get_min_proto_version(c));
    SHOW(SSL_CTX_get_max_proto_version(c));
    static const int versions[] = {0, TLS1_VERSION, T12, T13, SSL3_VERSION, 0x0305, 0x0200, -1, DTLS1_2_VERSION};
    for (int i = 0; i < COUNT(versions); i++) {
        say("version %x", versions[i]);
        SHOW(SSL_CTX_set_min_proto_version(c, versions[i]));
        SHOW(SSL_CTX_get_min_proto_version(c));
        SHOW(SSL_CTX_set_max_proto_version(c, versions[i]));
        SHOW(SSL_CTX_get_max_proto_version(c));
    }
    SHOW(SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_BOTH));
    SHOW(SSL_CTX_get_session_cache_mode(c));
    SHOW(SSL_CTX_sess_set_cache_size(c, 77));
    SHOW(SSL_CTX_sess_get_cache_size(c));
    SHOW(SSL_CTX_sess_set_cache_size(c, -1));
    SHOW(SSL_CTX_sess_number(c));
    SHOW(SSL_CTX_set_timeout(c, 99));
    SHOW(SSL_CTX_get_timeout(c));
    SHOW(SSL_CTX_set_read_ahead(c, 1));
    SHOW(SSL_CTX_get_read_ahead(c));
    SHOW(SSL_CTX_set_max_cert_list(c, 1000));
    SHOW(SSL_CTX_get_max_cert_list(c));
    SHOW(SSL_CTX_set_max_cert_list(c, -1));
    static const long fragments[] = {0, 511, 512, 4096, 16384, 16385, -1};
    for (int i = 0; i < COUNT(fragments); i++) {
        say("fragment %ld", fragments[i]);
        SHOW(SSL_CTX_set_max_send_fragment(c, fragments[i]));
        SHOW(SSL_CTX_set_split_send_fragment(c, fragments[i]));
        SHOW(SSL_CTX_set_max_pipelines(c, fragments[i]));
    }
    SHOW(SSL_CTX_set_tlsext_max_fragment_length(c, 0));
    SHOW(SSL_CTX_set_tlsext_max_fragment_length(c, 200));
    SHOW(SSL_CTX_get_security_level(c));
    SSL_CTX_set_security_level(c, 1);
    SHOW(SSL_CTX_get_security_level(c));
    SHOW(SSL_CTX_get_security_callback(c) != NULL);
    SSL_CTX_set_security_callback(c, security_yes);
    SHOW(SSL_CTX_get_security_callback(c) == security_yes);
    SSL_CTX_set0_security_ex_data(c, &the_port);
    SHOW(SSL_CTX_get0_security_ex_data(c) == &the_port);
    SHOW(SSL_CTX_get_quiet_shutdown(c));
    SSL_CTX_set_quiet_shutdown(c, 5);
    SHOW(SSL_CTX_get_quiet_shutdown(c));
    SHOW(SSL_CTX_get_num_tickets(c));
    SHOW(SSL_CTX_set_num_tickets(c, 7));
    SHOW(SSL_CTX_get_num_tickets(c));
    SHOW(SSL_CTX_get_max_early_data(c));
    SHOW(SSL_CTX_get_recv_max_early_data(c));
    SHOW(SSL_CTX_set_purpose(c, X509_PURPOSE_SSL_CLIENT));
    SHOW(SSL_CTX_set_purpose(c, 9999));
    SHOW(SSL_CTX_set_trust(c, X509_TRUST_SSL_CLIENT));
    SHOW(SSL_CTX_set_trust(c, 9999));
    SHOW(SSL_CTX_set_session_id_context(c, (const unsigned char *)"0123456789012345678901234567890123", 32));
    SHOW(SSL_CTX_set_session_id_context(c, (const unsigned char *)"0123456789012345678901234567890123", 33));
    SHOW(SSL_CTX_get_tlsext_status_type(c));
    SHOW(SSL_CTX_set_tlsext_status_type(c, TLSEXT_STATUSTYPE_ocsp));
    SHOW(SSL_CTX_get_tlsext_status_type(c));
    unsigned char keys[80];
    SHOW(SSL_CTX_get_tlsext_ticket_keys(c, NULL, 0));
    SHOW(SSL_CTX_get_tlsext_ticket_keys(c, keys, 79));
    memset(keys, 7, sizeof keys);
    SHOW(SSL_CTX_set_tlsext_ticket_keys(c, keys, 80));
    memset(keys, 0, sizeof keys);
    SHOW(SSL_CTX_get_tlsext_ticket_keys(c, keys, 80));
    SHOW(keys[0] + keys[40] + keys[79]);
    SHOW(SSL_CTX_ctrl(c, 9999, 0, NULL));
    SHOW(SSL_CTX_callback_ctrl(c, 9999, NULL));
    SHOW(SSL_CTX_set_dh_auto(c, 1));
    SHOW(SSL_CTX_set_alpn_protos(c, (const unsigned char *)"\2h2\3abc", 7));
    SHOW(SSL_CTX_set_alpn_protos(c, (const unsigned char *)"\2h2\4abc", 7));
    SHOW(SSL_CTX_set_alpn_protos(c, (const unsigned char *)"\0", 1));
    SHOW(SSL_CTX_set_alpn_protos(c, NULL, 0));
    SHOW(SSL_CTX_set_generate_session_id(c, NULL) <= 1);
    SSL_CTX_set_cert_cb(c, choose, NULL);
    SHOW(SSL_CTX_check_private_key(c));
    SHOW(SSL_CTX_get0_certificate(c) != NULL);
    SHOW(SSL_CTX_get0_privatekey(c) != NULL);
    SHOW(sk_X509_NAME_num(SSL_CTX_get_client_CA_list(c)));
    SHOW(sk_X509_NAME_num(SSL_CTX_get0_CA_list(c)));
    SHOW(SSL_CTX_up_ref(c));
    SSL_CTX_free(c);
    SSL_CTX_free(c);
}

static void of_ssl(void) {
    CASE("SSL");
    SSL_CTX *c = SSL_CTX_new(TLS_method());
    SSL_CTX_set_options(c, SSL_OP_NO_TICKET);
    SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_CTX_set_verify(c, SSL_VERIFY_PEER, verify_yes);
    SSL_CTX_set_verify_depth(c, 3);
    SSL_CTX_set_min_proto_version(c, T12);
    SSL_CTX_set_quiet_shutdown(c, 1);
    SSL_CTX_set_num_tickets(c, 5);
    SSL_CTX_set_security_level(c, 1);
    SSL_CTX_set_read_ahead(c, 1);
    SSL_CTX_set_tlsext_status_type(c, TLSEXT_STATUSTYPE_ocsp);
    SSL *s = SSL_new(c);
    SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_verify(c, SSL_VERIFY_NONE, NULL);
    SHOW(SSL_get_options(s));
    SHOW(SSL_set_options(s, SSL_OP_CIPHER_SERVER_PREFERENCE));
    SHOW(SSL_clear_options(s, SSL_OP_NO_TICKET));
    SHOW(SSL_get_mode(s));
    SHOW(SSL_set_mode(s, SSL_MODE_AUTO_RETRY));
    SHOW(SSL_get_verify_mode(s));
    SSL_set_verify(s, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, verify_yes);
    SHOW(SSL_get_verify_mode(s));
    SHOW(SSL_get_verify_depth(s));
    SHOW(SSL_get_verify_callback(s) == verify_yes);
    SSL_set_verify(s, SSL_VERIFY_NONE, NULL);
    SHOW(SSL_get_verify_callback(s) == verify_yes);
    SSL_set_verify_depth(s, 8);
    SHOW(SSL_get_verify_depth(s));
    SHOW(SSL_CTX_get_verify_depth(c));
    SHOW(SSL_get_min_proto_version(s));
    SHOW(SSL_set_max_proto_version(s, T13));
    SHOW(SSL_set_max_proto_version(s, 0x0400));
    SHOW(SSL_get_max_proto_version(s));
    SHOW(SSL_get_quiet_shutdown(s));
    SHOW(SSL_get_num_tickets(s));
    SHOW(SSL_get_security_level(s));
    SHOW(SSL_get_read_ahead(s));
    SSL_set_read_ahead(s, 0);
    SHOW(SSL_get_read_ahead(s));
    SSL_set_read_ahead(s, 1);
    SHOW(SSL_get_tlsext_status_type(s));
    SHOW(SSL_get_default_timeout(s));
    SHOW(SSL_set_session_id_context(s, (const unsigned char *)"x", 40));
    SHOW(SSL_set_tlsext_host_name(s, ""));
    SHOW(SSL_set_tlsext_host_name(s, "a.name"));
    say("name %s, type %d", SSL_get_servername(s, 0), SSL_get_servername_type(s));
    SHOW(SSL_set_tlsext_host_name(s, NULL));
    SHOW(SSL_get_servername(s, 0) != NULL);
    SHOW(SSL_ctrl(s, SSL_CTRL_SET_TLSEXT_HOSTNAME, 9, "x"));
    SHOW(SSL_set1_host(s, "host.name"));
    SHOW(SSL_add1_host(s, "second.name"));
    SHOW(SSL_set1_host(s, NULL));
    SHOW(SSL_get0_peername(s) != NULL);
    SHOW(SSL_set_max_send_fragment(s, 100));
    SHOW(SSL_set_max_send_fragment(s, 1000));
    SHOW(SSL_set_split_send_fragment(s, 1001));
    SHOW(SSL_num_renegotiations(s));
    SHOW(SSL_total_renegotiations(s));
    SHOW(SSL_clear_num_renegotiations(s));
    SHOW(SSL_get_secure_renegotiation_support(s));
    SHOW(SSL_get_extms_support(s));
    SHOW(SSL_get_shared_group(s, 0));
    SHOW(SSL_get_verify_result(s));
    SHOW(SSL_ctrl(s, 9999, 0, NULL));
    SHOW(SSL_callback_ctrl(s, 9999, NULL));
    SHOW(SSL_client_version(s));
    SHOW(SSL_version(s));
    SHOW(SSL_is_dtls(s));
    SHOW(SSL_check_private_key(s));
    SHOW(SSL_get_certificate(s) != NULL);
    SHOW(SSL_get_privatekey(s) != NULL);
    SHOW(SSL_get_client_CA_list(s) != NULL);
    SHOW(SSL_get0_peer_CA_list(s) != NULL);
    SHOW(SSL_get_current_cipher(s) != NULL);
    SHOW(SSL_get_session(s) != NULL);
    SHOW(SSL_get_current_compression(s) != NULL);
    SHOW(SSL_get_early_data_status(s));
    SHOW(SSL_get0_dane_authority(s, NULL, NULL));
    SHOW(SSL_get_psk_identity(s) != NULL);
    SHOW(SSL_waiting_for_async(s));
    SHOW(SSL_new_session_ticket(s));
    SHOW(SSL_key_update(s, SSL_KEY_UPDATE_REQUESTED));
    SHOW(SSL_renegotiate_pending(s));
    SHOW(SSL_get_ssl_method(s) == TLS_method());
    SSL_free(s);
    SSL_CTX_free(c);
}

static void of_nobody(void) {
    CASE("NULL");
    SHOW(SSL_CTX_new(NULL) != NULL);
    SHOW(SSL_CTX_set1_sigalgs_list(NULL, "RSA+SHA256"));
    SHOW(SSL_CTX_set1_sigalgs_list(NULL, "RSA+nonsense"));
    SHOW(SSL_CTX_check_private_key(NULL));
    SHOW(SSL_check_private_key(NULL));
    SHOW(SSL_new(NULL) != NULL);
    for (int value = 0; value < 256; value++)
        say("%d %s %s %s %s", value, SSL_alert_desc_string(value), SSL_alert_desc_string_long(value),
            SSL_alert_type_string(value << 8), SSL_alert_type_string_long(value << 8));
    unsigned char *out = NULL, len = 9;
    int ret = SSL_select_next_proto(&out, &len, (const unsigned char *)"\1a\1b", 4, (const unsigned char *)"\1b\1c", 4);
    say("next proto %d %.*s", ret, len, out);
    ret = SSL_select_next_proto(&out, &len, (const unsigned char *)"\1x", 2, (const unsigned char *)"\1b\1c", 4);
    say("next proto %d %.*s", ret, len, out);
    ret = SSL_select_next_proto(&out, &len, (const unsigned char *)"\1x", 2, (const unsigned char *)"", 0);
    say("next proto %d %d", ret, len);
}

static void body(void) {
    of_context(TLS_method(), "TLS_method");
    of_context(TLS_client_method(), "TLS_client_method");
    of_context(TLS_server_method(), "TLS_server_method");
    of_context(TLSv1_2_method(), "TLSv1_2_method");
    of_ssl();
    of_nobody();
}

SINGLE(body)
