"""A client certificate chosen late, and another one shown when the server asks again: Standin by ctypes."""

import sys
from ctypes import CDLL, CFUNCTYPE, POINTER, byref, c_int, c_size_t, c_void_p, create_string_buffer

tls = CDLL(sys.argv[1])
directory = sys.argv[2]

# What is not an int must be declared: ctypes cuts pointers off otherwise.
for name in ["TLS_client_method", "TLS_server_method", "SSL_CTX_new", "SSL_new", "SSL_get1_peer_certificate",
             "X509_get_subject_name", "BIO_new_file", "PEM_read_bio_X509", "PEM_read_bio_PrivateKey"]:
    getattr(tls, name).restype = c_void_p

ClientCertificate = CFUNCTYPE(c_int, c_void_p, POINTER(c_void_p), POINTER(c_void_p))
WANT_X509_LOOKUP = 4
VERIFY_PEER = 1
VERIFY_FAIL_IF_NO_PEER_CERT = 2
PEM = 1


def path(name):
    return f"{directory}/{name}".encode()


def load(name):
    """A certificate and its key, both of which the callback gives away."""
    loaded = []
    for suffix, read in [(".pem", tls.PEM_read_bio_X509), (".key", tls.PEM_read_bio_PrivateKey)]:
        bio = c_void_p(tls.BIO_new_file(path(name + suffix), b"r"))
        loaded.append(read(bio, None, None, None))
        tls.BIO_free(bio)
    return loaded


choice = None


@ClientCertificate
def choose(ssl, certificate, key):
    """Not now (-1) as long as nobody has chosen; then the chosen one, which the library takes over."""
    global choice
    if choice is None:
        return -1
    certificate[0], key[0] = load(choice)
    choice = None
    return 1


def context(method, verify):
    ctx = c_void_p(tls.SSL_CTX_new(c_void_p(method)))
    assert tls.SSL_CTX_load_verify_locations(ctx, path("root.pem"), None) == 1
    tls.SSL_CTX_set_verify(ctx, c_int(verify), None)
    return ctx


server_ctx = context(tls.TLS_server_method(), VERIFY_PEER | VERIFY_FAIL_IF_NO_PEER_CERT)
assert tls.SSL_CTX_use_certificate_chain_file(server_ctx, path("server.pem")) == 1
assert tls.SSL_CTX_use_PrivateKey_file(server_ctx, path("server.key"), PEM) == 1
assert tls.SSL_CTX_set_session_id_context(server_ctx, b"example", 7) == 1
client_ctx = context(tls.TLS_client_method(), VERIFY_PEER)
tls.SSL_CTX_set_client_cert_cb(client_ctx, choose)
tls.SSL_CTX_set_post_handshake_auth(client_ctx, 1)

client, server = c_void_p(tls.SSL_new(client_ctx)), c_void_p(tls.SSL_new(server_ctx))
left, right = c_void_p(), c_void_p()
tls.BIO_new_bio_pair(byref(left), c_size_t(0), byref(right), c_size_t(0))
tls.SSL_set_bio(client, left, left)
tls.SSL_set_bio(server, right, right)
tls.SSL_set_connect_state(client)
tls.SSL_set_accept_state(server)


def peer():
    certificate = c_void_p(tls.SSL_get1_peer_certificate(server))
    text = create_string_buffer(100)
    NID_COMMON_NAME = 13
    subject = c_void_p(tls.X509_get_subject_name(certificate))
    tls.X509_NAME_get_text_by_NID(subject, NID_COMMON_NAME, text, 100)
    tls.X509_free(certificate)
    return text.value.decode()


def run(what, client_step, server_step, wanted):
    """Both sides in turn until the server is done; the choice is made when the client waits for it."""
    global choice
    for _ in range(100):
        error = tls.SSL_get_error(client, client_step())
        if error == WANT_X509_LOOKUP:
            print(f"{what}: waits for a certificate")
            choice = wanted
            continue
        if server_step():
            print(f"{what}: the client is {peer()}")
            return
    sys.exit(f"{what}: does not end")


def read(ssl):
    """Reads what comes; there is no data, but messages of the handshake are answered."""
    return tls.SSL_read(ssl, create_string_buffer(1), 1)


run("handshake", lambda: tls.SSL_do_handshake(client), lambda: tls.SSL_do_handshake(server) == 1, "client")
# The library keeps what was chosen: only who has no certificate is asked.
tls.SSL_certs_clear(client)
assert tls.SSL_verify_client_post_handshake(server) == 1
assert tls.SSL_do_handshake(server) == 1
run("asked again", lambda: read(client), lambda: read(server) <= 0 and peer() != "Client", "second")

for ssl in (client, server):
    tls.SSL_free(ssl)
for ctx in (client_ctx, server_ctx):
    tls.SSL_CTX_free(ctx)
