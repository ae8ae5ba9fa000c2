// A client certificate chosen late, and another one shown when the server asks again: Standin by cgo.
package main

/*
#include <openssl/ssl.h>
#include <stdlib.h>

int choose(SSL *ssl, X509 **certificate, EVP_PKEY **key);

// cgo cannot name a function type that takes pointers to pointers of C, nor call macros.
static void ask_go(SSL_CTX *ctx) { SSL_CTX_set_client_cert_cb(ctx, choose); }
*/
import "C"

import (
	"fmt"
	"os"
	"unsafe"
)

var directory string

// Who is to be shown; empty as long as nobody has chosen.
var choice string

func path(name string) *C.char { return C.CString(directory + "/" + name) }

func must(answer C.int, what string) {
	if answer != 1 {
		fmt.Fprintln(os.Stderr, what, "failed")
		os.Exit(1)
	}
}

// Not now (-1) as long as nobody has chosen; then the chosen one, which the library takes over.
//
//export choose
func choose(ssl *C.SSL, certificate **C.X509, key **C.EVP_PKEY) C.int {
	if choice == "" {
		return -1
	}
	mode := C.CString("r")
	bio := C.BIO_new_file(path(choice+".pem"), mode)
	*certificate = C.PEM_read_bio_X509(bio, nil, nil, nil)
	C.BIO_free(bio)
	bio = C.BIO_new_file(path(choice+".key"), mode)
	*key = C.PEM_read_bio_PrivateKey(bio, nil, nil, nil)
	C.BIO_free(bio)
	choice = ""
	return 1
}

func context(method *C.SSL_METHOD, verify C.int) *C.SSL_CTX {
	ctx := C.SSL_CTX_new(method)
	must(C.SSL_CTX_load_verify_locations(ctx, path("root.pem"), nil), "trust")
	C.SSL_CTX_set_verify(ctx, verify, nil)
	return ctx
}

func peer(ssl *C.SSL) string {
	certificate := C.SSL_get1_peer_certificate(ssl)
	defer C.X509_free(certificate)
	text := (*C.char)(C.calloc(1, 100))
	defer C.free(unsafe.Pointer(text))
	C.X509_NAME_get_text_by_NID(C.X509_get_subject_name(certificate), C.NID_commonName, text, 100)
	return C.GoString(text)
}

// Reads what comes; there is no data, but messages of the handshake are answered.
func read(ssl *C.SSL) C.int {
	room := C.malloc(1)
	defer C.free(room)
	return C.SSL_read(ssl, room, 1)
}

// Both sides in turn until the server is done; the choice is made when the client waits for it.
func run(what string, client, server *C.SSL, step func(*C.SSL) C.int, done func() bool, wanted string) {
	for i := 0; i < 100; i++ {
		if C.SSL_get_error(client, step(client)) == C.SSL_ERROR_WANT_X509_LOOKUP {
			fmt.Printf("%s: waits for a certificate\n", what)
			choice = wanted
		} else if done() {
			fmt.Printf("%s: the client is %s\n", what, peer(server))
			return
		}
	}
	must(0, what)
}

func main() {
	directory = os.Args[1]
	serverContext := context(C.TLS_server_method(), C.SSL_VERIFY_PEER|C.SSL_VERIFY_FAIL_IF_NO_PEER_CERT)
	must(C.SSL_CTX_use_certificate_chain_file(serverContext, path("server.pem")), "certificate")
	must(C.SSL_CTX_use_PrivateKey_file(serverContext, path("server.key"), C.SSL_FILETYPE_PEM), "key")
	name := []byte("example")
	must(C.SSL_CTX_set_session_id_context(serverContext, (*C.uchar)(&name[0]), C.uint(len(name))), "name")
	clientContext := context(C.TLS_client_method(), C.SSL_VERIFY_PEER)
	C.ask_go(clientContext)
	C.SSL_CTX_set_post_handshake_auth(clientContext, 1)

	client, server := C.SSL_new(clientContext), C.SSL_new(serverContext)
	var left, right *C.BIO
	C.BIO_new_bio_pair(&left, 0, &right, 0)
	C.SSL_set_bio(client, left, left)
	C.SSL_set_bio(server, right, right)
	C.SSL_set_connect_state(client)
	C.SSL_set_accept_state(server)

	handshake := func(ssl *C.SSL) C.int { return C.SSL_do_handshake(ssl) }
	run("handshake", client, server, handshake, func() bool { return handshake(server) == 1 }, "client")
	// The library keeps what was chosen: only who has no certificate is asked.
	C.SSL_certs_clear(client)
	must(C.SSL_verify_client_post_handshake(server), "asking again")
	must(handshake(server), "asking again")
	run("asked again", client, server, read, func() bool { return read(server) <= 0 && peer(server) != "Client" }, "second")

	C.SSL_free(client)
	C.SSL_free(server)
	C.SSL_CTX_free(clientContext)
	C.SSL_CTX_free(serverContext)
}
