// Pipes.
#ifndef STANDIN_OPENSSL_BIO_H
#define STANDIN_OPENSSL_BIO_H

#pragma GCC system_header

#include "../standin.h"
#include "crypto.h"

#define BIO_R_ACCEPT_ERROR 100
#define BIO_R_ADDRINFO_ADDR_IS_NOT_AF_INET 141
#define BIO_R_AMBIGUOUS_HOST_OR_SERVICE 129
#define BIO_R_BAD_FOPEN_MODE 101
#define BIO_R_BROKEN_PIPE 124
#define BIO_R_CONNECT_ERROR 103
#define BIO_R_CONNECT_TIMEOUT 147
#define BIO_R_GETHOSTBYNAME_ADDR_IS_NOT_AF_INET 107
#define BIO_R_GETSOCKNAME_ERROR 132
#define BIO_R_GETSOCKNAME_TRUNCATED_ADDRESS 133
#define BIO_R_GETTING_SOCKTYPE 134
#define BIO_R_INVALID_ARGUMENT 125
#define BIO_R_INVALID_SOCKET 135
#define BIO_R_IN_USE 123
#define BIO_R_LENGTH_TOO_LONG 102
#define BIO_R_LISTEN_V6_ONLY 136
#define BIO_R_LOOKUP_RETURNED_NOTHING 142
#define BIO_R_MALFORMED_HOST_OR_SERVICE 130
#define BIO_R_NBIO_CONNECT_ERROR 110
#define BIO_R_NO_ACCEPT_ADDR_OR_SERVICE_SPECIFIED 143
#define BIO_R_NO_HOSTNAME_OR_SERVICE_SPECIFIED 144
#define BIO_R_NO_PORT_DEFINED 113
#define BIO_R_NO_SUCH_FILE 128
#define BIO_R_NULL_PARAMETER 115
#define BIO_R_TRANSFER_ERROR 104
#define BIO_R_TRANSFER_TIMEOUT 105
#define BIO_R_UNABLE_TO_BIND_SOCKET 117
#define BIO_R_UNABLE_TO_CREATE_SOCKET 118
#define BIO_R_UNABLE_TO_KEEPALIVE 137
#define BIO_R_UNABLE_TO_LISTEN_SOCKET 119
#define BIO_R_UNABLE_TO_NODELAY 138
#define BIO_R_UNABLE_TO_REUSEADDR 139
#define BIO_R_UNAVAILABLE_IP_FAMILY 145
#define BIO_R_UNINITIALIZED 120
#define BIO_R_UNKNOWN_INFO_TYPE 140
#define BIO_R_UNSUPPORTED_IP_FAMILY 146
#define BIO_R_UNSUPPORTED_METHOD 121
#define BIO_R_UNSUPPORTED_PROTOCOL_FAMILY 131
#define BIO_R_WRITE_TO_READ_ONLY_BIO 126
#define BIO_R_WSASTARTUP 122
#define BIO_TYPE_DESCRIPTOR 0x100
#define BIO_TYPE_FILTER 0x200
#define BIO_TYPE_SOURCE_SINK 0x400
#define BIO_TYPE_NONE 0
#define BIO_TYPE_MEM 0x401
#define BIO_TYPE_FILE 0x402
#define BIO_TYPE_FD 0x504
#define BIO_TYPE_SOCKET 0x505
#define BIO_TYPE_NULL 0x406
#define BIO_TYPE_SSL 0x207
#define BIO_TYPE_MD 0x208
#define BIO_TYPE_BUFFER 0x209
#define BIO_TYPE_CIPHER 0x20A
#define BIO_TYPE_BASE64 0x20B
#define BIO_TYPE_CONNECT 0x50C
#define BIO_TYPE_ACCEPT 0x50D
#define BIO_TYPE_NBIO_TEST 0x210
#define BIO_TYPE_NULL_FILTER 0x211
#define BIO_TYPE_BIO 0x413
#define BIO_TYPE_LINEBUFFER 0x214
#define BIO_TYPE_DGRAM 0x515
#define BIO_TYPE_ASN1 0x216
#define BIO_TYPE_COMP 0x217
#define BIO_TYPE_CORE_TO_PROV 0x419
#define BIO_TYPE_START 128
#define BIO_NOCLOSE 0x0
#define BIO_CLOSE 0x1
#define BIO_CTRL_RESET 1
#define BIO_CTRL_EOF 2
#define BIO_CTRL_INFO 3
#define BIO_CTRL_SET 4
#define BIO_CTRL_GET 5
#define BIO_CTRL_PUSH 6
#define BIO_CTRL_POP 7
#define BIO_CTRL_GET_CLOSE 8
#define BIO_CTRL_SET_CLOSE 9
#define BIO_CTRL_PENDING 10
#define BIO_CTRL_FLUSH 11
#define BIO_CTRL_DUP 12
#define BIO_CTRL_WPENDING 13
#define BIO_CTRL_SET_CALLBACK 14
#define BIO_CTRL_GET_CALLBACK 15
#define BIO_CTRL_PEEK 29
#define BIO_CTRL_SET_FILENAME 30
#define BIO_CTRL_DGRAM_CONNECT 31
#define BIO_CTRL_DGRAM_SET_CONNECTED 32
#define BIO_CTRL_DGRAM_SET_RECV_TIMEOUT 33
#define BIO_CTRL_DGRAM_GET_RECV_TIMEOUT 34
#define BIO_CTRL_DGRAM_SET_SEND_TIMEOUT 35
#define BIO_CTRL_DGRAM_GET_SEND_TIMEOUT 36
#define BIO_CTRL_DGRAM_GET_RECV_TIMER_EXP 37
#define BIO_CTRL_DGRAM_GET_SEND_TIMER_EXP 38
#define BIO_CTRL_DGRAM_MTU_DISCOVER 39
#define BIO_CTRL_DGRAM_QUERY_MTU 40
#define BIO_CTRL_DGRAM_GET_FALLBACK_MTU 47
#define BIO_CTRL_DGRAM_GET_MTU 41
#define BIO_CTRL_DGRAM_SET_MTU 42
#define BIO_CTRL_DGRAM_MTU_EXCEEDED 43
#define BIO_CTRL_DGRAM_GET_PEER 46
#define BIO_CTRL_DGRAM_SET_PEER 44
#define BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT 45
#define BIO_CTRL_DGRAM_SET_DONT_FRAG 48
#define BIO_CTRL_DGRAM_GET_MTU_OVERHEAD 49
#define BIO_CTRL_DGRAM_SCTP_SET_IN_HANDSHAKE 50
#define BIO_CTRL_DGRAM_SET_PEEK_MODE 71
#define BIO_CTRL_GET_KTLS_SEND 73
#define BIO_CTRL_GET_KTLS_RECV 76
#define BIO_CTRL_DGRAM_SCTP_WAIT_FOR_DRY 77
#define BIO_CTRL_DGRAM_SCTP_MSG_WAITING 78
#define BIO_CTRL_SET_PREFIX 79
#define BIO_CTRL_SET_INDENT 80
#define BIO_CTRL_GET_INDENT 81
#define BIO_FP_READ 0x2
#define BIO_FP_WRITE 0x4
#define BIO_FP_APPEND 0x8
#define BIO_FP_TEXT 0x10
#define BIO_FLAGS_READ 0x1
#define BIO_FLAGS_WRITE 0x2
#define BIO_FLAGS_IO_SPECIAL 0x4
#define BIO_FLAGS_RWS 0x7
#define BIO_FLAGS_SHOULD_RETRY 0x8
#define BIO_FLAGS_UPLINK 0
#define BIO_FLAGS_BASE64_NO_NL 0x100
#define BIO_FLAGS_MEM_RDONLY 0x200
#define BIO_FLAGS_NONCLEAR_RST 0x400
#define BIO_FLAGS_IN_EOF 0x800
#define BIO_RR_SSL_X509_LOOKUP 0x1
#define BIO_RR_CONNECT 0x2
#define BIO_RR_ACCEPT 0x3
#define BIO_C_SET_CONNECT 100
#define BIO_C_DO_STATE_MACHINE 101
#define BIO_C_SET_NBIO 102
#define BIO_C_SET_FD 104
#define BIO_C_GET_FD 105
#define BIO_C_SET_FILE_PTR 106
#define BIO_C_GET_FILE_PTR 107
#define BIO_C_SET_FILENAME 108
#define BIO_C_SET_SSL 109
#define BIO_C_GET_SSL 110
#define BIO_C_SET_MD 111
#define BIO_C_GET_MD 112
#define BIO_C_GET_CIPHER_STATUS 113
#define BIO_C_SET_BUF_MEM 114
#define BIO_C_GET_BUF_MEM_PTR 115
#define BIO_C_GET_BUFF_NUM_LINES 116
#define BIO_C_SET_BUFF_SIZE 117
#define BIO_C_SET_ACCEPT 118
#define BIO_C_SSL_MODE 119
#define BIO_C_GET_MD_CTX 120
#define BIO_C_SET_BUFF_READ_DATA 122
#define BIO_C_GET_CONNECT 123
#define BIO_C_GET_ACCEPT 124
#define BIO_C_SET_SSL_RENEGOTIATE_BYTES 125
#define BIO_C_GET_SSL_NUM_RENEGOTIATES 126
#define BIO_C_SET_SSL_RENEGOTIATE_TIMEOUT 127
#define BIO_C_FILE_SEEK 128
#define BIO_C_GET_CIPHER_CTX 129
#define BIO_C_SET_BUF_MEM_EOF_RETURN 130
#define BIO_C_SET_BIND_MODE 131
#define BIO_C_GET_BIND_MODE 132
#define BIO_C_FILE_TELL 133
#define BIO_C_GET_SOCKS 134
#define BIO_C_SET_SOCKS 135
#define BIO_C_SET_WRITE_BUF_SIZE 136
#define BIO_C_GET_WRITE_BUF_SIZE 137
#define BIO_C_MAKE_BIO_PAIR 138
#define BIO_C_DESTROY_BIO_PAIR 139
#define BIO_C_GET_WRITE_GUARANTEE 140
#define BIO_C_GET_READ_REQUEST 141
#define BIO_C_SHUTDOWN_WR 142
#define BIO_C_NREAD0 143
#define BIO_C_NREAD 144
#define BIO_C_NWRITE0 145
#define BIO_C_NWRITE 146
#define BIO_C_RESET_READ_REQUEST 147
#define BIO_C_SET_MD_CTX 148
#define BIO_C_SET_PREFIX 149
#define BIO_C_GET_PREFIX 150
#define BIO_C_SET_SUFFIX 151
#define BIO_C_GET_SUFFIX 152
#define BIO_C_SET_EX_ARG 153
#define BIO_C_GET_EX_ARG 154
#define BIO_C_SET_CONNECT_MODE 155
#define BIO_FAMILY_IPV4 4
#define BIO_FAMILY_IPV6 6
#define BIO_FAMILY_IPANY 256
#define BIO_BIND_NORMAL 0
#define BIO_BIND_REUSEADDR 0x1
#define BIO_BIND_REUSEADDR_IF_UNUSED 0x1
#define BIO_SOCK_REUSEADDR 0x1
#define BIO_SOCK_V6_ONLY 0x2
#define BIO_SOCK_KEEPALIVE 0x4
#define BIO_SOCK_NONBLOCK 0x8
#define BIO_SOCK_NODELAY 0x10

#define BIO_get_ktls_send(b) (BIO_ctrl((b), BIO_CTRL_GET_KTLS_SEND, 0, NULL) > 0)
#define BIO_get_ktls_recv(b) (BIO_ctrl((b), BIO_CTRL_GET_KTLS_RECV, 0, NULL) > 0)
#define BIO_get_flags(b) BIO_test_flags((b), ~(0x0))
#define BIO_set_retry_special(b) BIO_set_flags((b), (BIO_FLAGS_IO_SPECIAL | BIO_FLAGS_SHOULD_RETRY))
#define BIO_set_retry_read(b) BIO_set_flags((b), (BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY))
#define BIO_set_retry_write(b) BIO_set_flags((b), (BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY))
#define BIO_clear_retry_flags(b) BIO_clear_flags((b), (BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY))
#define BIO_get_retry_flags(b) BIO_test_flags((b), (BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY))
#define BIO_should_read(a) BIO_test_flags((a), BIO_FLAGS_READ)
#define BIO_should_write(a) BIO_test_flags((a), BIO_FLAGS_WRITE)
#define BIO_should_io_special(a) BIO_test_flags((a), BIO_FLAGS_IO_SPECIAL)
#define BIO_retry_type(a) BIO_test_flags((a), BIO_FLAGS_RWS)
#define BIO_should_retry(a) BIO_test_flags((a), BIO_FLAGS_SHOULD_RETRY)
#define BIO_CB_FREE 0x1
#define BIO_CB_READ 0x2
#define BIO_CB_WRITE 0x3
#define BIO_CB_PUTS 0x4
#define BIO_CB_GETS 0x5
#define BIO_CB_CTRL 0x6
#define BIO_CB_RETURN 0x80
#define BIO_CB_return(a) ((a) | BIO_CB_RETURN)
#define BIO_cb_pre(a) (!((a) & BIO_CB_RETURN))
#define BIO_cb_post(a) ((a) & BIO_CB_RETURN)
#define BIO_set_app_data(s, arg) BIO_set_ex_data((s), 0, (arg))
#define BIO_get_app_data(s) BIO_get_ex_data((s), 0)
#define BIO_set_nbio(b, n) BIO_ctrl((b), BIO_C_SET_NBIO, (n), NULL)
#define BIO_set_conn_hostname(b, name) BIO_ctrl((b), BIO_C_SET_CONNECT, 0, (char *) (name))
#define BIO_set_conn_port(b, port) BIO_ctrl((b), BIO_C_SET_CONNECT, 1, (char *) (port))
#define BIO_set_conn_address(b, addr) BIO_ctrl((b), BIO_C_SET_CONNECT, 2, (char *) (addr))
#define BIO_set_conn_ip_family(b, f) BIO_int_ctrl((b), BIO_C_SET_CONNECT, 3, (f))
#define BIO_get_conn_hostname(b) ((const char *) BIO_ptr_ctrl((b), BIO_C_GET_CONNECT, 0))
#define BIO_get_conn_port(b) ((const char *) BIO_ptr_ctrl((b), BIO_C_GET_CONNECT, 1))
#define BIO_get_conn_address(b) ((const BIO_ADDR *) BIO_ptr_ctrl((b), BIO_C_GET_CONNECT, 2))
#define BIO_get_conn_ip_family(b) BIO_ctrl((b), BIO_C_GET_CONNECT, 3, NULL)
#define BIO_set_conn_mode(b, n) BIO_ctrl((b), BIO_C_SET_CONNECT_MODE, (n), NULL)
#define BIO_set_accept_name(b, name) BIO_ctrl((b), BIO_C_SET_ACCEPT, 0, (char *) (name))
#define BIO_set_accept_port(b, port) BIO_ctrl((b), BIO_C_SET_ACCEPT, 1, (char *) (port))
#define BIO_get_accept_name(b) ((const char *) BIO_ptr_ctrl((b), BIO_C_GET_ACCEPT, 0))
#define BIO_get_accept_port(b) ((const char *) BIO_ptr_ctrl((b), BIO_C_GET_ACCEPT, 1))
#define BIO_get_peer_name(b) ((const char *) BIO_ptr_ctrl((b), BIO_C_GET_ACCEPT, 2))
#define BIO_get_peer_port(b) ((const char *) BIO_ptr_ctrl((b), BIO_C_GET_ACCEPT, 3))
#define BIO_set_nbio_accept(b, n) BIO_ctrl((b), BIO_C_SET_ACCEPT, 2, (n) ? (void *) "a" : NULL)
#define BIO_set_accept_bios(b, bio) BIO_ctrl((b), BIO_C_SET_ACCEPT, 3, (char *) (bio))
#define BIO_set_accept_ip_family(b, f) BIO_int_ctrl((b), BIO_C_SET_ACCEPT, 4, (f))
#define BIO_get_accept_ip_family(b) BIO_ctrl((b), BIO_C_GET_ACCEPT, 4, NULL)
#define BIO_set_bind_mode(b, mode) BIO_ctrl((b), BIO_C_SET_BIND_MODE, (mode), NULL)
#define BIO_get_bind_mode(b) BIO_ctrl((b), BIO_C_GET_BIND_MODE, 0, NULL)
#define BIO_do_connect(b) BIO_do_handshake((b))
#define BIO_do_accept(b) BIO_do_handshake((b))
#define BIO_do_handshake(b) BIO_ctrl((b), BIO_C_DO_STATE_MACHINE, 0, NULL)
#define BIO_set_fd(b, fd, c) BIO_int_ctrl((b), BIO_C_SET_FD, (c), (fd))
#define BIO_get_fd(b, c) BIO_ctrl((b), BIO_C_GET_FD, 0, (char *) (c))
#define BIO_set_fp(b, fp, c) BIO_ctrl((b), BIO_C_SET_FILE_PTR, (c), (char *) (fp))
#define BIO_get_fp(b, fpp) BIO_ctrl((b), BIO_C_GET_FILE_PTR, 0, (char *) (fpp))
#define BIO_seek(b, ofs) (int) BIO_ctrl((b), BIO_C_FILE_SEEK, (ofs), NULL)
#define BIO_tell(b) (int) BIO_ctrl((b), BIO_C_FILE_TELL, 0, NULL)
#define BIO_read_filename(b, name) (int) BIO_ctrl((b), BIO_C_SET_FILENAME, BIO_CLOSE | BIO_FP_READ, (char *) (name))
#define BIO_write_filename(b, name) (int) BIO_ctrl((b), BIO_C_SET_FILENAME, BIO_CLOSE | BIO_FP_WRITE, (name))
#define BIO_append_filename(b, name) (int) BIO_ctrl((b), BIO_C_SET_FILENAME, BIO_CLOSE | BIO_FP_APPEND, (name))
#define BIO_rw_filename(b, name) (int) BIO_ctrl((b), BIO_C_SET_FILENAME, BIO_CLOSE | BIO_FP_READ | BIO_FP_WRITE, (name))
#define BIO_set_ssl(b, ssl, c) BIO_ctrl((b), BIO_C_SET_SSL, (c), (char *) (ssl))
#define BIO_get_ssl(b, sslp) BIO_ctrl((b), BIO_C_GET_SSL, 0, (char *) (sslp))
#define BIO_set_ssl_mode(b, client) BIO_ctrl((b), BIO_C_SSL_MODE, (client), NULL)
#define BIO_set_ssl_renegotiate_bytes(b, num) BIO_ctrl((b), BIO_C_SET_SSL_RENEGOTIATE_BYTES, (num), NULL)
#define BIO_get_num_renegotiates(b) BIO_ctrl((b), BIO_C_GET_SSL_NUM_RENEGOTIATES, 0, NULL)
#define BIO_set_ssl_renegotiate_timeout(b, seconds) BIO_ctrl((b), BIO_C_SET_SSL_RENEGOTIATE_TIMEOUT, (seconds), NULL)
#define BIO_get_mem_data(b, pp) BIO_ctrl((b), BIO_CTRL_INFO, 0, (char *) (pp))
#define BIO_set_mem_buf(b, bm, c) BIO_ctrl((b), BIO_C_SET_BUF_MEM, (c), (char *) (bm))
#define BIO_get_mem_ptr(b, pp) BIO_ctrl((b), BIO_C_GET_BUF_MEM_PTR, 0, (char *) (pp))
#define BIO_set_mem_eof_return(b, v) BIO_ctrl((b), BIO_C_SET_BUF_MEM_EOF_RETURN, (v), NULL)
#define BIO_get_buffer_num_lines(b) BIO_ctrl((b), BIO_C_GET_BUFF_NUM_LINES, 0, NULL)
#define BIO_set_buffer_size(b, size) BIO_ctrl((b), BIO_C_SET_BUFF_SIZE, (size), NULL)
#define BIO_set_read_buffer_size(b, size) BIO_int_ctrl((b), BIO_C_SET_BUFF_SIZE, (size), 0)
#define BIO_set_write_buffer_size(b, size) BIO_int_ctrl((b), BIO_C_SET_BUFF_SIZE, (size), 1)
#define BIO_set_buffer_read_data(b, buf, num) BIO_ctrl((b), BIO_C_SET_BUFF_READ_DATA, (num), (buf))
#define BIO_dup_state(b, ret) BIO_ctrl((b), BIO_CTRL_DUP, 0, (char *) (ret))
#define BIO_reset(b) (int) BIO_ctrl((b), BIO_CTRL_RESET, 0, NULL)
#define BIO_eof(b) (int) BIO_ctrl((b), BIO_CTRL_EOF, 0, NULL)
#define BIO_set_close(b, c) (int) BIO_ctrl((b), BIO_CTRL_SET_CLOSE, (c), NULL)
#define BIO_get_close(b) (int) BIO_ctrl((b), BIO_CTRL_GET_CLOSE, 0, NULL)
#define BIO_pending(b) (int) BIO_ctrl((b), BIO_CTRL_PENDING, 0, NULL)
#define BIO_wpending(b) (int) BIO_ctrl((b), BIO_CTRL_WPENDING, 0, NULL)
#define BIO_flush(b) (int) BIO_ctrl((b), BIO_CTRL_FLUSH, 0, NULL)
#define BIO_get_info_callback(b, cbp) (int) BIO_ctrl((b), BIO_CTRL_GET_CALLBACK, 0, (cbp))
#define BIO_set_info_callback(b, cb) (int) BIO_callback_ctrl((b), BIO_CTRL_SET_CALLBACK, (cb))
#define BIO_buffer_get_num_lines(b) BIO_ctrl((b), BIO_CTRL_GET, 0, NULL)
#define BIO_buffer_peek(b, s, l) BIO_ctrl((b), BIO_CTRL_PEEK, (l), (s))
#define BIO_set_write_buf_size(b, size) (int) BIO_ctrl((b), BIO_C_SET_WRITE_BUF_SIZE, (size), NULL)
#define BIO_get_write_buf_size(b, size) (size_t) BIO_ctrl((b), BIO_C_GET_WRITE_BUF_SIZE, (size), NULL)
#define BIO_make_bio_pair(b1, b2) (int) BIO_ctrl((b1), BIO_C_MAKE_BIO_PAIR, 0, (b2))
#define BIO_destroy_bio_pair(b) (int) BIO_ctrl((b), BIO_C_DESTROY_BIO_PAIR, 0, NULL)
#define BIO_shutdown_wr(b) (int) BIO_ctrl((b), BIO_C_SHUTDOWN_WR, 0, NULL)
#define BIO_get_write_guarantee(b) (int) BIO_ctrl((b), BIO_C_GET_WRITE_GUARANTEE, 0, NULL)
#define BIO_get_read_request(b) (int) BIO_ctrl((b), BIO_C_GET_READ_REQUEST, 0, NULL)
#define BIO_ctrl_dgram_connect(b, peer) (int) BIO_ctrl((b), BIO_CTRL_DGRAM_CONNECT, 0, (char *) (peer))
#define BIO_ctrl_set_connected(b, peer) (int) BIO_ctrl((b), BIO_CTRL_DGRAM_SET_CONNECTED, 0, (char *) (peer))
#define BIO_dgram_recv_timedout(b) (int) BIO_ctrl((b), BIO_CTRL_DGRAM_GET_RECV_TIMER_EXP, 0, NULL)
#define BIO_dgram_send_timedout(b) (int) BIO_ctrl((b), BIO_CTRL_DGRAM_GET_SEND_TIMER_EXP, 0, NULL)
#define BIO_dgram_get_peer(b, peer) (int) BIO_ctrl((b), BIO_CTRL_DGRAM_GET_PEER, 0, (char *) (peer))
#define BIO_dgram_set_peer(b, peer) (int) BIO_ctrl((b), BIO_CTRL_DGRAM_SET_PEER, 0, (char *) (peer))
#define BIO_dgram_get_mtu_overhead(b) (unsigned int) BIO_ctrl((b), BIO_CTRL_DGRAM_GET_MTU_OVERHEAD, 0, NULL)
#define BIO_set_prefix(b, p) BIO_ctrl((b), BIO_CTRL_SET_PREFIX, 0, (void *) (p))
#define BIO_set_indent(b, i) BIO_ctrl((b), BIO_CTRL_SET_INDENT, (i), NULL)
#define BIO_get_indent(b) BIO_ctrl((b), BIO_CTRL_GET_INDENT, 0, NULL)
#define BIO_get_ex_new_index(l, p, newf, dupf, freef) \
    CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_BIO, (l), (p), (newf), (dupf), (freef))
#define BIO_sock_cleanup() do { } while (0)

#endif
