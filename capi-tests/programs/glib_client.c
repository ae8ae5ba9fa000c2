// A program that does its TLS with GLib, which loads glib-networking's module for it: sends a line, prints the answer.
// glib_client PORT CA CERTIFICATE KEY
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    GError *error = NULL;
    if (argc != 5)
        return 2;
    GSocketClient *client = g_socket_client_new();
    GSocketConnection *plain = g_socket_client_connect_to_host(client, "127.0.0.1", (guint16)atoi(argv[1]), NULL, &error);
    GTlsDatabase *trusted = error ? NULL : g_tls_file_database_new(argv[2], &error);
    GTlsCertificate *own = error ? NULL : g_tls_certificate_new_from_files(argv[3], argv[4], &error);
    GSocketConnectable *identity = g_network_address_new("localhost", 0);
    GIOStream *tls = error ? NULL : g_tls_client_connection_new(G_IO_STREAM(plain), identity, &error);
    if (tls) {
        g_tls_connection_set_database(G_TLS_CONNECTION(tls), trusted);
        g_tls_connection_set_certificate(G_TLS_CONNECTION(tls), own);
        g_tls_connection_handshake(G_TLS_CONNECTION(tls), NULL, &error);
    }
    if (!error) {
        char answer[256] = "";
        const char *line = "hello from glib\n";
        printf("protocol %d, peer's errors %d\n", g_tls_connection_get_protocol_version(G_TLS_CONNECTION(tls)),
               g_tls_connection_get_peer_certificate_errors(G_TLS_CONNECTION(tls)));
        g_output_stream_write_all(g_io_stream_get_output_stream(tls), line, strlen(line), NULL, NULL, &error);
        if (!error)
            g_input_stream_read(g_io_stream_get_input_stream(tls), answer, sizeof answer - 1, NULL, &error);
        printf("answer: %s", answer);
        g_io_stream_close(tls, NULL, NULL);
    }
    if (error)
        printf("error: %s\n", error->message);
    return error != NULL;
}
