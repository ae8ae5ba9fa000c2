-- A client certificate chosen late, and another one shown when the server asks again: Standin by LuaJIT's FFI.
local ffi = require("ffi")

ffi.cdef [[
typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_method_st SSL_METHOD;
typedef struct bio_st BIO;
typedef struct x509_st X509;
typedef struct X509_name_st X509_NAME;
typedef struct evp_pkey_st EVP_PKEY;
const SSL_METHOD *TLS_client_method(void);
const SSL_METHOD *TLS_server_method(void);
SSL_CTX *SSL_CTX_new(const SSL_METHOD *);
void SSL_CTX_free(SSL_CTX *);
int SSL_CTX_load_verify_locations(SSL_CTX *, const char *, const char *);
void SSL_CTX_set_verify(SSL_CTX *, int, void *);
int SSL_CTX_use_certificate_chain_file(SSL_CTX *, const char *);
int SSL_CTX_use_PrivateKey_file(SSL_CTX *, const char *, int);
int SSL_CTX_set_session_id_context(SSL_CTX *, const char *, unsigned);
void SSL_CTX_set_client_cert_cb(SSL_CTX *, int (*)(SSL *, X509 **, EVP_PKEY **));
void SSL_CTX_set_post_handshake_auth(SSL_CTX *, int);
SSL *SSL_new(SSL_CTX *);
void SSL_free(SSL *);
void SSL_certs_clear(SSL *);
void SSL_set_bio(SSL *, BIO *, BIO *);
void SSL_set_connect_state(SSL *);
void SSL_set_accept_state(SSL *);
int SSL_do_handshake(SSL *);
int SSL_read(SSL *, void *, int);
int SSL_get_error(const SSL *, int);
int SSL_verify_client_post_handshake(SSL *);
X509 *SSL_get1_peer_certificate(const SSL *);
int BIO_new_bio_pair(BIO **, size_t, BIO **, size_t);
BIO *BIO_new_file(const char *, const char *);
int BIO_free(BIO *);
X509 *PEM_read_bio_X509(BIO *, X509 **, void *, void *);
EVP_PKEY *PEM_read_bio_PrivateKey(BIO *, EVP_PKEY **, void *, void *);
void X509_free(X509 *);
X509_NAME *X509_get_subject_name(const X509 *);
int X509_NAME_get_text_by_NID(const X509_NAME *, int, char *, int);
]]

local tls = ffi.load(arg[1])
local directory = arg[2]
local WANT_X509_LOOKUP, VERIFY_PEER, VERIFY_FAIL_IF_NO_PEER_CERT, PEM, NID_COMMON_NAME = 4, 1, 2, 1, 13

-- What calls back into Lua must not be compiled.
jit.off()

local function path(name) return directory .. "/" .. name end

local choice

-- Not now (-1) as long as nobody has chosen; then the chosen one, which the library takes over.
local choose = ffi.cast("int (*)(SSL *, X509 **, EVP_PKEY **)", function(_, certificate, key)
    if not choice then return -1 end
    local bio = tls.BIO_new_file(path(choice .. ".pem"), "r")
    certificate[0] = tls.PEM_read_bio_X509(bio, nil, nil, nil)
    tls.BIO_free(bio)
    bio = tls.BIO_new_file(path(choice .. ".key"), "r")
    key[0] = tls.PEM_read_bio_PrivateKey(bio, nil, nil, nil)
    tls.BIO_free(bio)
    choice = nil
    return 1
end)

local function context(method, verify)
    local ctx = tls.SSL_CTX_new(method)
    assert(tls.SSL_CTX_load_verify_locations(ctx, path("root.pem"), nil) == 1)
    tls.SSL_CTX_set_verify(ctx, verify, nil)
    return ctx
end

local server_ctx = context(tls.TLS_server_method(), VERIFY_PEER + VERIFY_FAIL_IF_NO_PEER_CERT)
assert(tls.SSL_CTX_use_certificate_chain_file(server_ctx, path("server.pem")) == 1)
assert(tls.SSL_CTX_use_PrivateKey_file(server_ctx, path("server.key"), PEM) == 1)
assert(tls.SSL_CTX_set_session_id_context(server_ctx, "example", 7) == 1)
local client_ctx = context(tls.TLS_client_method(), VERIFY_PEER)
tls.SSL_CTX_set_client_cert_cb(client_ctx, choose)
tls.SSL_CTX_set_post_handshake_auth(client_ctx, 1)

local client, server = tls.SSL_new(client_ctx), tls.SSL_new(server_ctx)
local left, right = ffi.new("BIO *[1]"), ffi.new("BIO *[1]")
tls.BIO_new_bio_pair(left, 0, right, 0)
tls.SSL_set_bio(client, left[0], left[0])
tls.SSL_set_bio(server, right[0], right[0])
tls.SSL_set_connect_state(client)
tls.SSL_set_accept_state(server)

local function peer()
    local certificate = tls.SSL_get1_peer_certificate(server)
    local text = ffi.new("char[100]")
    tls.X509_NAME_get_text_by_NID(tls.X509_get_subject_name(certificate), NID_COMMON_NAME, text, 100)
    tls.X509_free(certificate)
    return ffi.string(text)
end

-- Both sides in turn until the server is done; the choice is made when the client waits for it.
local function run(what, client_step, server_step, wanted)
    for _ = 1, 100 do
        if tls.SSL_get_error(client, client_step()) == WANT_X509_LOOKUP then
            print(what .. ": waits for a certificate")
            choice = wanted
        elseif server_step() then
            print(what .. ": the client is " .. peer())
            return
        end
    end
    error(what .. ": does not end")
end

-- Reads what comes; there is no data, but messages of the handshake are answered.
local function read(ssl) return tls.SSL_read(ssl, ffi.new("char[1]"), 1) end

run("handshake", function() return tls.SSL_do_handshake(client) end,
    function() return tls.SSL_do_handshake(server) == 1 end, "client")
-- The library keeps what was chosen: only who has no certificate is asked.
tls.SSL_certs_clear(client)
assert(tls.SSL_verify_client_post_handshake(server) == 1)
assert(tls.SSL_do_handshake(server) == 1)
run("asked again", function() return read(client) end,
    function() return read(server) <= 0 and peer() ~= "Client" end, "second")

tls.SSL_free(client)
tls.SSL_free(server)
tls.SSL_CTX_free(client_ctx)
tls.SSL_CTX_free(server_ctx)
