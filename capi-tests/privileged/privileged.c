// A handshake in a program that may run set-user-ID with the drop-in in its rpath: what Standin's environment variables
// ask for must not be done for whoever started it.
#include "../libssl/common.h"

static void body(void) {
    SSL_CTX *client_ctx = new_client(T13), *server_ctx = new_server(T13);
    SSL *client = SSL_new(client_ctx), *server = SSL_new(server_ctx);
    join(client, server, 0);
    MUST(shake_both(client, server));
    say("done");
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(client_ctx);
    SSL_CTX_free(server_ctx);
}

SINGLE(body)
