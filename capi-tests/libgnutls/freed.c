// What is made and freed again and again takes no more memory in the end.
#include "common.h"
#include <malloc.h>

#define TIMES 4000

static gnutls_datum_t cert_pem, key_pem, root_pem, crl_pem;

static void certificate(void) {
    gnutls_certificate_credentials_t cred;
    MUST(gnutls_certificate_allocate_credentials(&cred));
    gnutls_certificate_free_credentials(cred);
}

static void full_certificate(void) {
    gnutls_certificate_credentials_t cred;
    MUST(gnutls_certificate_allocate_credentials(&cred));
    MUST(gnutls_certificate_set_x509_key_mem(cred, &cert_pem, &key_pem, GNUTLS_X509_FMT_PEM));
    MUST(gnutls_certificate_set_x509_trust_mem(cred, &root_pem, GNUTLS_X509_FMT_PEM));
    MUST(gnutls_certificate_set_x509_crl_mem(cred, &crl_pem, GNUTLS_X509_FMT_PEM));
    gnutls_certificate_free_credentials(cred);
}

static void another_list(void) {
    gnutls_certificate_credentials_t cred;
    gnutls_x509_trust_list_t list;
    MUST(gnutls_certificate_allocate_credentials(&cred));
    MUST(gnutls_x509_trust_list_init(&list, 0));
    gnutls_certificate_set_trust_list(cred, list, 0);
    gnutls_certificate_free_credentials(cred);
}

static void keys(void) {
    static gnutls_certificate_credentials_t cred;
    if (!cred)
        MUST(gnutls_certificate_allocate_credentials(&cred));
    MUST(gnutls_certificate_set_x509_key_mem(cred, &cert_pem, &key_pem, GNUTLS_X509_FMT_PEM));
    gnutls_certificate_free_keys(cred);
}

static void psk_client(void) {
    gnutls_psk_client_credentials_t cred;
    gnutls_datum_t key = {(unsigned char *)"0123456789abcdef", 16};
    MUST(gnutls_psk_allocate_client_credentials(&cred));
    MUST(gnutls_psk_set_client_credentials(cred, "somebody", &key, GNUTLS_PSK_KEY_RAW));
    gnutls_psk_free_client_credentials(cred);
}

static void psk_server(void) {
    gnutls_psk_server_credentials_t cred;
    MUST(gnutls_psk_allocate_server_credentials(&cred));
    MUST(gnutls_psk_set_server_credentials_hint(cred, "a hint of some length"));
    gnutls_psk_free_server_credentials(cred);
}

static void anonymous_client(void) {
    gnutls_anon_client_credentials_t cred;
    MUST(gnutls_anon_allocate_client_credentials(&cred));
    gnutls_anon_free_client_credentials(cred);
}

static void anonymous_server(void) {
    gnutls_anon_server_credentials_t cred;
    MUST(gnutls_anon_allocate_server_credentials(&cred));
    gnutls_anon_free_server_credentials(cred);
}

static void priority(void) {
    gnutls_priority_t made;
    MUST(gnutls_priority_init(&made, "NORMAL", NULL));
    gnutls_priority_deinit(made);
}

static void session(void) {
    gnutls_session_t made;
    MUST(gnutls_init(&made, GNUTLS_CLIENT));
    MUST(gnutls_server_name_set(made, GNUTLS_NAME_DNS, "localhost", 9));
    gnutls_deinit(made);
}

// A session has a reference of its own to its priorities.
static void shared_priority(void) {
    gnutls_priority_t made;
    gnutls_session_t held;
    MUST(gnutls_priority_init(&made, "NORMAL", NULL));
    MUST(gnutls_init(&held, GNUTLS_SERVER));
    MUST(gnutls_priority_set(held, made));
    gnutls_deinit(held);
    gnutls_priority_deinit(made);
}

// The second string, and the credentials that are no longer there.
static void credentials_of_a_session(void) {
    static gnutls_certificate_credentials_t cred;
    gnutls_session_t made;
    if (!cred)
        MUST(gnutls_certificate_allocate_credentials(&cred));
    MUST(gnutls_init(&made, GNUTLS_SERVER));
    MUST(gnutls_credentials_set(made, GNUTLS_CRD_CERTIFICATE, cred));
    MUST(gnutls_credentials_set(made, GNUTLS_CRD_CERTIFICATE, cred));
    gnutls_credentials_clear(made);
    void *found = made;
    if (gnutls_credentials_get(made, GNUTLS_CRD_CERTIFICATE, &found) >= 0)
        say("there are still credentials");
    MUST(gnutls_credentials_set(made, GNUTLS_CRD_CERTIFICATE, cred));
    gnutls_deinit(made);
}

static void ticket_key(void) {
    gnutls_datum_t key;
    MUST(gnutls_session_ticket_key_generate(&key));
    gnutls_free(key.data);
}

static void again_and_again(const char *what, void (*once)(void), int times) {
    for (int i = 0; i < times / 10; i++)
        once();
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < times; i++)
        once();
    size_t after = mallinfo2().uordblks;
    // The allocator keeps a little.
    say("%s: %s", what, after > before + 10000 + (size_t)times * 8 ? "grown" : "freed");
}

static void body(void) {
    MUST(gnutls_load_file(file_of("client.pem"), &cert_pem));
    MUST(gnutls_load_file(file_of("client.key"), &key_pem));
    MUST(gnutls_load_file(file_of("root.pem"), &root_pem));
    MUST(gnutls_load_file(file_of("root.crl"), &crl_pem));
    again_and_again("certificate credentials", certificate, TIMES);
    again_and_again("certificate credentials with all", full_certificate, 100);
    again_and_again("with a list of the program's", another_list, TIMES);
    again_and_again("keys", keys, 100);
    again_and_again("a client's pre-shared key", psk_client, TIMES);
    again_and_again("a server's pre-shared keys", psk_server, TIMES);
    again_and_again("a client's anonymity", anonymous_client, TIMES);
    again_and_again("a server's anonymity", anonymous_server, TIMES);
    again_and_again("priorities", priority, TIMES / 4);
    again_and_again("sessions", session, TIMES);
    again_and_again("priorities of sessions", shared_priority, TIMES / 4);
    again_and_again("credentials of sessions", credentials_of_a_session, TIMES);
    again_and_again("ticket keys", ticket_key, TIMES);
    gnutls_free(cert_pem.data);
    gnutls_free(key_pem.data);
    gnutls_free(root_pem.data);
    gnutls_free(crl_pem.data);
}

SINGLE(body)
