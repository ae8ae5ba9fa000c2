/*
 * Janus ports for C programs: servers whose definition says whether they ask their clients for certificates.
 *
 * Strings are UTF-8 and end with NUL. A function that returns a length writes at most `size` bytes to `buffer`, the last
 * of them NUL, and returns how long the text is without it, as snprintf does: more than fits means that it was cut off.
 * `buffer` may be NULL if `size` is 0. Bytes that are no text are not followed by NUL. -1 means that there is nothing,
 * or that an argument is wrong.
 *
 * Callbacks are called on the threads of connections, several at once. What they are given is valid until they return.
 */

#ifndef STANDIN_JANUS_H
#define STANDIN_JANUS_H

#include <stddef.h>
#include <stdint.h>

/*
 A set of ports. From any thread.
 */
struct janus;

/*
 A client on a connection.
 */
struct janus_client;

/*
 A request and the answer to it.
 */
struct janus_exchange;

/*
 A client's certificate with those that vouch for it, up to a CA of the port.
 */
struct janus_path;

/*
 Takes a line of the journal, without its line end.
 */
typedef void (*janus_journal_fn)(const char *line, void *data);

/*
 Answers a request. 0: it is answered; otherwise the client is told that the handler failed.
 */
typedef int (*janus_web_fn)(struct janus_exchange *exchange, void *data);

/*
 Serves a connection, or a new session. 0: all is well; otherwise the connection ends, or the log-on has failed.
 */
typedef int (*janus_client_fn)(struct janus_client *client, void *data);

/*
 Looks at a client's certificate that has been verified. 0: it stays accepted; otherwise it is refused.
 */
typedef int (*janus_tighten_fn)(const char *port, const struct janus_path *path, void *data);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/*
 Makes a set of ports, without any yet.

 `files`: the folder in which each file of procedures is a folder. `address`: what ports listen on, an IPv4 or IPv6
 address; NULL: all IPv4 addresses. `journal` may be NULL: lines go to standard error. `json`: not 0 makes each line
 a JSON object. Returns NULL if an argument is wrong. To be freed with `janus_free`.

 # Safety
 Strings end with NUL. `journal` may be called with `journal_data` on any thread until `janus_free` has returned.
 */
struct janus *janus_new(const char *files, const char *address, janus_journal_fn journal, void *journal_data, int json);

/*
 Breaks all connections, waits until all callbacks have returned, and frees the set. NULL is ignored. Not to be called
 from a callback.

 # Safety
 `ports` comes from `janus_new` and is not used any more.
 */
void janus_free(struct janus *ports);

/*
 Runs JANUS commands, in the form of a file: each begins with JANUS.

 Returns how many of them failed, or -1 if an argument is wrong. `answer`, unless it is NULL, is set to the answers,
 a line each: those of commands that failed begin with `ERROR`. To be freed with `janus_text_free`.

 # Safety
 `ports` comes from `janus_new`; `commands` ends with NUL; `answer` is NULL or can be written to.
 */
int janus_run(const struct janus *ports, const char *commands, char **answer);

/*
 Frees an answer of `janus_run`. NULL is ignored.

 # Safety
 `answer` comes from `janus_run` and is not used any more.
 */
void janus_text_free(char *answer);

/*
 `CMD 'CALL name'` of a rule of a WEBSERV port means this function from now on. Returns 0, or -1 if an argument is
 wrong.

 # Safety
 `ports` comes from `janus_new`; `name` ends with NUL; `function` may be called with `data` on several threads at once
 until `janus_free` has returned.
 */
int janus_on_web(const struct janus *ports, const char *name, janus_web_fn function, void *data);

/*
 `CMD 'CALL name'` of another port than WEBSERV, and `NEWSESCMD 'CALL name'` of any, means this function from now on.
 Returns 0, or -1 if an argument is wrong.

 # Safety
 As for `janus_on_web`.
 */
int janus_on_client(const struct janus *ports, const char *name, janus_client_fn function, void *data);

/*
 Shows the certificates that are verified to a function, which may refuse them nevertheless; there is no way to have
 one accepted that does not verify. NULL: to none any more. Returns 0, or -1 if an argument is wrong.

 # Safety
 As for `janus_on_web`.
 */
int janus_tighten(const struct janus *ports, janus_tighten_fn function, void *data);

/*
 `$Web_Cert_Levels`: how many levels the client's certificate has. 0 without one, or else at least 2, since the CA
 counts whether it was sent or not. If the port has not asked for a certificate the client is asked now, once in a
 session, if its connection allows that (TLS 1.3 with post-handshake authentication). -1: the connection is broken.

 # Safety
 `client` is what the callback was given.
 */
int janus_web_cert_levels(struct janus_client *client);

/*
 `$Sock_Cert_Levels`: as `janus_web_cert_levels`.

 # Safety
 `client` is what the callback was given.
 */
int janus_sock_cert_levels(struct janus_client *client);

/*
 `$Web_Cert_Info`: what a certificate says for an item, e.g. `COMMONNAME`. `level`: 0 is the client's certificate, 1
 its signer's; a negative one stands for the default, which is 0. Asks as `janus_web_cert_levels` does. -1: there is
 no certificate of that level, it says nothing, or no such item is known.

 # Safety
 `client` is what the callback was given, `item` ends with NUL, `buffer` has room for `size` bytes.
 */
ptrdiff_t janus_web_cert_info(struct janus_client *client, const char *item, int level, char *buffer, size_t size);

/*
 `$Sock_Cert_Info`: as `janus_web_cert_info`, but the default level is 1.

 # Safety
 As for `janus_web_cert_info`.
 */
ptrdiff_t janus_sock_cert_info(struct janus_client *client, const char *item, int level, char *buffer, size_t size);

/*
 The certificate of a level, DER. Asks as `janus_web_cert_levels` does. -1: there is none.

 # Safety
 `client` is what the callback was given, `buffer` has room for `size` bytes.
 */
ptrdiff_t janus_cert_der(struct janus_client *client, int level, uint8_t *buffer, size_t size);

/*
 Name of the port.

 # Safety
 `client` is what the callback was given, `buffer` has room for `size` bytes.
 */
ptrdiff_t janus_client_port(struct janus_client *client, char *buffer, size_t size);

/*
 The client's address and port, e.g. `192.0.2.1:4711`.

 # Safety
 `client` is what the callback was given, `buffer` has room for `size` bytes.
 */
ptrdiff_t janus_client_address(struct janus_client *client, char *buffer, size_t size);

/*
 Who is logged on. -1: nobody.

 # Safety
 `client` is what the callback was given, `buffer` has room for `size` bytes.
 */
ptrdiff_t janus_client_user(struct janus_client *client, char *buffer, size_t size);

/*
 `$Sir_Login`: logs a user on. The rest of the connection runs under that name, and with SSLSES the later connections
 of its TLS session. Returns 0, or -1 if that cannot be a user's name.

 # Safety
 `client` is what the callback was given, `user` ends with NUL.
 */
int janus_log_on(struct janus_client *client, const char *user);

/*
 Writes a line into the journal. Returns 0, or -1 if an argument is wrong.

 # Safety
 `client` is what the callback was given, `message` ends with NUL.
 */
int janus_client_journal(struct janus_client *client, const char *message);

/*
 Reads from the connection, on other ports than WEBSERV: how many bytes have come, 0 at the end, -1 if the connection
 is broken or the client has kept us waiting for longer than TIMEOUT says.

 # Safety
 `client` is what the callback was given, `buffer` has room for `size` bytes.
 */
ptrdiff_t janus_client_read(struct janus_client *client, uint8_t *buffer, size_t size);

/*
 Sends all of `data` on the connection, on other ports than WEBSERV. Returns 0, or -1 if the connection is broken.

 # Safety
 `client` is what the callback was given, `data` has `size` bytes.
 */
int janus_client_write(struct janus_client *client, const uint8_t *data, size_t size);

/*
 Who asks. Valid as long as the exchange.

 # Safety
 `exchange` is what the callback was given.
 */
struct janus_client *janus_exchange_client(struct janus_exchange *exchange);

/*
 GET, POST ...

 # Safety
 `exchange` is what the callback was given, `buffer` has room for `size` bytes.
 */
ptrdiff_t janus_exchange_method(struct janus_exchange *exchange, char *buffer, size_t size);

/*
 The path of the URL, decoded, without the query.

 # Safety
 `exchange` is what the callback was given, `buffer` has room for `size` bytes.
 */
ptrdiff_t janus_exchange_path(struct janus_exchange *exchange, char *buffer, size_t size);

/*
 What stands behind the question mark, as it was sent.

 # Safety
 `exchange` is what the callback was given, `buffer` has room for `size` bytes.
 */
ptrdiff_t janus_exchange_query(struct janus_exchange *exchange, char *buffer, size_t size);

/*
 The first header field of this name, in whatever case. -1: there is none.

 # Safety
 `exchange` is what the callback was given, `name` ends with NUL, `buffer` has room for `size` bytes.
 */
ptrdiff_t janus_exchange_field(struct janus_exchange *exchange, const char *name, char *buffer, size_t size);

/*
 The body, `length` bytes. Valid as long as the exchange; NULL only if an argument is wrong.

 # Safety
 `exchange` is what the callback was given, `length` can be written to.
 */
const uint8_t *janus_exchange_body(struct janus_exchange *exchange, size_t *length);

/*
 Sets the status code, 200 to 599; it is 200 at first. Returns 0, or -1 for another code, or once more than 64 KiB of
 the answer's body have been written.

 # Safety
 `exchange` is what the callback was given.
 */
int janus_exchange_set_status(struct janus_exchange *exchange, int status);

/*
 Sets a header field of the answer. Returns 0, or -1 for what no field can hold, for fields that delimit the body, and
 once more than 64 KiB of it have been written.

 # Safety
 `exchange` is what the callback was given; `name` and `value` end with NUL.
 */
int janus_exchange_set_field(struct janus_exchange *exchange, const char *name, const char *value);

/*
 Writes more of the answer's body. Returns 0, or -1 if the connection is broken.

 # Safety
 `exchange` is what the callback was given, `data` has `size` bytes.
 */
int janus_exchange_write(struct janus_exchange *exchange, const uint8_t *data, size_t size);

/*
 How many levels there are, at least 2. -1: an argument is wrong.

 # Safety
 `path` is what the callback was given.
 */
int janus_path_levels(const struct janus_path *path);

/*
 What the certificate of a level says for an item: 0 is the client's certificate, 1 its signer's. -1: nothing.

 # Safety
 `path` is what the callback was given, `item` ends with NUL, `buffer` has room for `size` bytes.
 */
ptrdiff_t janus_path_info(const struct janus_path *path, const char *item, int level, char *buffer, size_t size);

/*
 The certificate of a level, DER. -1: there is none.

 # Safety
 `path` is what the callback was given, `buffer` has room for `size` bytes.
 */
ptrdiff_t janus_path_der(const struct janus_path *path, int level, uint8_t *buffer, size_t size);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* STANDIN_JANUS_H */
