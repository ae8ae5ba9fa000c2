// Pipes of all kinds: what they answer when all is well, when they are empty or full, and when they are used wrongly.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <openssl/bio.h>
#include <openssl/buffer.h>
#include <openssl/err.h>

static void queue(void) {
    unsigned long code;
    while ((code = ERR_get_error()) != 0)
        printf(" [%d/%d]", ERR_GET_LIB(code), ERR_GET_REASON(code));
    putchar('\n');
}

#define SAY(call)                                                                                                     \
    do {                                                                                                              \
        long answer_ = (long)(call);                                                                                  \
        printf("%s = %ld", #call, answer_);                                                                           \
        queue();                                                                                                      \
    } while (0)

static void say_retry(const char *what, BIO *bio) {
    printf("%s: retry %d, read %d, write %d, special %d, reason %d\n", what, BIO_should_retry(bio) != 0,
           BIO_should_read(bio) != 0, BIO_should_write(bio) != 0, BIO_should_io_special(bio) != 0,
           BIO_get_retry_reason(bio));
}

static void nothing(void) {
    char b[4];
    size_t n = 9;
    SAY(BIO_write(NULL, "a", 1));
    SAY(BIO_read(NULL, b, 1));
    SAY(BIO_puts(NULL, "a"));
    SAY(BIO_gets(NULL, b, 3));
    SAY(BIO_ctrl(NULL, 1, 0, NULL));
    SAY(BIO_write_ex(NULL, "a", 1, &n));
    SAY(BIO_free(NULL));
    SAY(BIO_pending(NULL));
    SAY(BIO_find_type(NULL, BIO_TYPE_MEM) == NULL);
    BIO_free_all(NULL);
    BIO *null = BIO_new(BIO_s_null());
    SAY(BIO_read(null, b, 1));
    SAY(BIO_write(null, b, 2));
    SAY(BIO_puts(null, "ab"));
    SAY(BIO_eof(null));
    BIO_free(null);
}

static void memory(void) {
    char b[16];
    size_t n = 9;
    BIO *m = BIO_new(BIO_s_mem());
    SAY(BIO_read(m, b, 4));
    say_retry("empty", m);
    SAY(BIO_write(m, "one\ntwo\nthree", 13));
    SAY(BIO_write(m, NULL, 3));
    SAY(BIO_write(m, "abc", -1));
    SAY(BIO_write(m, "a", 0));
    SAY(BIO_read(m, b, -1));
    SAY(BIO_pending(m));
    SAY(BIO_gets(m, b, 16));
    SAY(BIO_gets(m, b, 3));
    SAY(BIO_gets(m, b, 16));
    SAY(BIO_gets(m, b, 16));
    SAY(BIO_gets(m, b, 16));
    SAY(BIO_gets(m, b, -1));
    SAY(BIO_read_ex(m, b, 16, &n));
    SAY(n);
    SAY(BIO_eof(m));
    SAY(BIO_set_mem_eof_return(m, 0));
    SAY(BIO_read(m, b, 4));
    say_retry("ended", m);
    SAY(BIO_callback_ctrl(m, BIO_CTRL_SET_CALLBACK, NULL));
    SAY(BIO_ctrl(m, 999, 0, NULL));
    SAY(BIO_printf(m, "%s %d %05.1f", "text", 42, 2.5));
    BUF_MEM *block;
    SAY(BIO_get_mem_ptr(m, &block));
    SAY(block->length);
    SAY(strncmp(block->data, "text 42 002.5", 13));
    SAY(BIO_number_written(m));
    SAY(BIO_number_read(m));
    SAY(BIO_reset(m));
    SAY(BIO_pending(m));
    BIO_free(m);
    SAY(BIO_new_mem_buf(NULL, 1) == NULL);
    BIO *r = BIO_new_mem_buf("xyz", -1);
    SAY(BIO_write(r, "a", 1));
    SAY(BIO_read(r, b, 2));
    SAY(BIO_reset(r));
    SAY(BIO_read(r, b, 4));
    SAY(BIO_read(r, b, 4));
    say_retry("read only", r);
    BIO_free(r);
    // Many bytes through it.
    m = BIO_new(BIO_s_mem());
    long in = 0, out = 0;
    for (int i = 0; i < 3000; i++) {
        in += BIO_write(m, "0123456789", 1 + i % 10);
        if (i % 3)
            out += BIO_read(m, b, 1 + i % 7);
    }
    SAY(in - out == BIO_pending(m));
    BIO *dump = BIO_new(BIO_s_mem());
    SAY(BIO_dump_indent(dump, "\0\1some bytes of no \xff meaning", 28, 4));
    SAY(BIO_dump(dump, "", 0));
    while (BIO_gets(dump, b, sizeof b) > 0)
        printf("%s|", b);
    printf("\n");
    BIO_free(dump);
    BIO_free(m);
}

// Where a pipe in memory is read, and back.
static void positions(void) {
    for (int fixed = 0; fixed < 2; fixed++) {
        BIO *bio = fixed ? BIO_new_mem_buf("0123456789", 10) : BIO_new(BIO_s_mem());
        char b[16] = "";
        BUF_MEM *block;
        char *data;
        if (!fixed)
            BIO_write(bio, "0123456789", 10);
        SAY(BIO_tell(bio));
        SAY(BIO_read(bio, b, 4));
        SAY(BIO_tell(bio));
        SAY(BIO_get_mem_data(bio, &data));
        printf("  %.6s, at %d\n", data, (int)BIO_tell(bio));
        SAY(BIO_seek(bio, 1));
        SAY(BIO_read(bio, b, 2));
        printf("  %.2s\n", b);
        SAY(BIO_seek(bio, 10));
        SAY(BIO_read(bio, b, 2));
        SAY(BIO_seek(bio, 11));
        SAY(BIO_seek(bio, -1));
        SAY(BIO_seek(bio, 100));
        SAY(BIO_tell(bio));
        SAY(BIO_seek(bio, 0));
        SAY(BIO_pending(bio));
        SAY(BIO_read(bio, b, 3));
        SAY(BIO_get_mem_ptr(bio, &block));
        printf("  %d %.7s\n", (int)block->length, block->data);
        SAY(BIO_tell(bio));
        SAY(BIO_pending(bio));
        if (!fixed) {
            BIO_read(bio, b, 2);
            SAY(BIO_write(bio, "ab", 2));
            SAY(BIO_tell(bio));
            SAY(BIO_seek(bio, 1));
            SAY(BIO_pending(bio));
        }
        SAY(BIO_read(bio, b, 16));
        SAY(BIO_get_mem_ptr(bio, &block));
        printf("  %d\n", (int)block->length);
        SAY(BIO_free(bio));
    }
}

static void files(void) {
    char b[16], path[] = "/tmp/standin-bio-XXXXXX";
    close(mkstemp(path));
    BIO *f = BIO_new(BIO_s_file());
    SAY(BIO_read(f, b, 1));
    SAY(BIO_write(f, b, 1));
    SAY(BIO_read_filename(f, "/nonexistent"));
    SAY(BIO_write_filename(f, path));
    SAY(BIO_puts(f, "first\nsecond\n"));
    SAY(BIO_flush(f));
    SAY(BIO_tell(f));
    SAY(BIO_read_filename(f, path));
    SAY(BIO_gets(f, b, 16));
    SAY(BIO_seek(f, 1));
    SAY(BIO_read(f, b, 3));
    SAY(BIO_eof(f));
    SAY(BIO_read(f, b, 16));
    SAY(BIO_read(f, b, 16));
    SAY(BIO_eof(f));
    BIO_free(f);
    SAY(BIO_new_file("/nonexistent", "r") == NULL);
    SAY(BIO_new_file("/nonexistent", "q") == NULL);
    SAY(BIO_new_file("/tmp", "w") == NULL);
    FILE *stream = fopen(path, "r");
    f = BIO_new_fp(stream, BIO_NOCLOSE);
    SAY(BIO_write(f, "x", 1));
    SAY(BIO_read(f, b, 5));
    SAY(BIO_get_close(f));
    BIO_free(f);
    fclose(stream);
    unlink(path);
}

static void pairs(void) {
    char b[64], *at = NULL;
    BIO *left, *right, *alone = BIO_new(BIO_s_bio());
    SAY(BIO_read(alone, b, 1));
    SAY(BIO_write(alone, b, 1));
    SAY(BIO_set_write_buf_size(alone, 0));
    SAY(BIO_eof(alone));
    SAY(BIO_pending(alone));
    SAY(BIO_get_write_guarantee(alone));
    SAY(BIO_new_bio_pair(&left, 8, &right, 0));
    SAY(BIO_get_write_buf_size(left, 0));
    SAY(BIO_get_write_buf_size(right, 0));
    SAY(BIO_make_bio_pair(left, alone));
    SAY(BIO_set_write_buf_size(left, 4));
    SAY(BIO_read(right, b, 5));
    say_retry("nothing there", right);
    SAY(BIO_get_read_request(left));
    SAY(BIO_write(left, "0123456789", 10));
    SAY(BIO_write(left, "0123456789", 10));
    say_retry("full", left);
    SAY(BIO_ctrl_pending(right));
    SAY(BIO_ctrl_wpending(left));
    SAY(BIO_get_write_guarantee(left));
    SAY(BIO_read(right, b, 5));
    SAY(BIO_write(left, "abcdefg", 7));
    SAY(BIO_nread0(right, &at));
    SAY(BIO_nread(right, &at, 2));
    SAY(BIO_nwrite0(left, &at));
    SAY(BIO_nwrite(left, &at, 1));
    SAY(BIO_read(right, b, 64));
    SAY(BIO_shutdown_wr(left));
    SAY(BIO_write(left, "x", 1));
    SAY(BIO_read(right, b, 1));
    SAY(BIO_eof(right));
    SAY(BIO_destroy_bio_pair(left));
    SAY(BIO_write(right, "x", 1));
    BIO_free(left);
    BIO_free(right);
    BIO_free(alone);
}

static void chains(void) {
    char b[16];
    BIO *memory = BIO_new(BIO_s_mem()), *buffer = BIO_new(BIO_f_buffer());
    SAY(BIO_read(buffer, b, 1));
    SAY(BIO_write(buffer, b, 2));
    SAY(BIO_push(buffer, memory) == buffer);
    SAY(BIO_next(buffer) == memory);
    SAY(BIO_find_type(buffer, BIO_TYPE_MEM) == memory);
    SAY(BIO_find_type(buffer, BIO_TYPE_FILTER) == buffer);
    SAY(BIO_find_type(buffer, BIO_TYPE_SOCKET) == NULL);
    SAY(BIO_method_type(buffer));
    SAY(strcmp(BIO_method_name(buffer), "buffer"));
    SAY(BIO_write(buffer, "line one\nline two\nrest", 22));
    SAY(BIO_wpending(buffer));
    SAY(BIO_pending(memory));
    SAY(BIO_flush(buffer));
    SAY(BIO_pending(memory));
    SAY(BIO_gets(buffer, b, 16));
    SAY(BIO_get_buffer_num_lines(buffer));
    SAY(BIO_pending(memory));
    SAY(BIO_pending(buffer));
    SAY(BIO_gets(buffer, b, 4));
    SAY(BIO_read(buffer, b, 16));
    SAY(BIO_read(buffer, b, 16));
    SAY(BIO_up_ref(memory));
    SAY(BIO_pop(buffer) == memory);
    SAY(BIO_next(buffer) == NULL);
    BIO_free(buffer);
    SAY(BIO_free(memory));
    SAY(BIO_free(memory));
}

// A kind of the program's own: upper case on the way through.
static int loud_write(BIO *bio, const char *data, int len) {
    char b[64];
    for (int i = 0; i < len && i < 64; i++)
        b[i] = (char)(data[i] >= 'a' && data[i] <= 'z' ? data[i] - 32 : data[i]);
    BIO_clear_retry_flags(bio);
    int ret = BIO_write(BIO_next(bio), b, len);
    BIO_copy_next_retry(bio);
    return ret;
}

static long loud_ctrl(BIO *bio, int cmd, long larg, void *parg) {
    return cmd == 4711 ? larg + 1 : BIO_next(bio) ? BIO_ctrl(BIO_next(bio), cmd, larg, parg) : 0;
}

static int loud_create(BIO *bio) {
    BIO_set_init(bio, 1);
    BIO_set_data(bio, "data");
    return 1;
}

static long watch(BIO *bio, int oper, const char *argp, size_t len, int argi, long argl, int ret, size_t *processed) {
    (void)bio, (void)argp;
    printf("  watch: %x, %zu, %d, %ld, %d, %ld\n", oper, len, argi, argl, ret, processed ? (long)*processed : -1L);
    return ret;
}

static void own_kind(void) {
    char b[16];
    BIO_METHOD *loud = BIO_meth_new(BIO_TYPE_FILTER | 77, "loud");
    SAY(BIO_meth_set_write(loud, loud_write));
    SAY(BIO_meth_set_ctrl(loud, loud_ctrl));
    SAY(BIO_meth_set_create(loud, loud_create));
    BIO *bio = BIO_push(BIO_new(loud), BIO_new(BIO_s_mem()));
    BIO_set_callback_ex(bio, watch);
    SAY(BIO_write(bio, "quiet", 5));
    SAY(BIO_read(bio, b, 5));
    SAY(BIO_puts(bio, "x"));
    SAY(BIO_ctrl(bio, 4711, 1, NULL));
    SAY(BIO_pending(bio));
    SAY(strcmp(BIO_get_data(bio), "data"));
    SAY(BIO_read(BIO_next(bio), b, 16));
    SAY(memcmp(b, "QUIET", 5));
    BIO_free_all(bio);
    BIO_meth_free(loud);
}

static void sockets(void) {
    char b[16], port[16];
    struct sockaddr_in name = {.sin_family = AF_INET};
    socklen_t len = sizeof name;
    int listener = socket(AF_INET, SOCK_STREAM, 0), taken = -1;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&name, len) || listen(listener, 1) ||
        getsockname(listener, (struct sockaddr *)&name, &len))
        return;
    snprintf(port, sizeof port, "%d", ntohs(name.sin_port));
    BIO *client = BIO_new(BIO_s_connect());
    SAY(BIO_read(client, b, 1));
    SAY(BIO_get_fd(client, NULL));
    SAY(BIO_do_connect(client));
    SAY(BIO_set_conn_hostname(client, "127.0.0.1"));
    SAY(BIO_set_conn_port(client, port) == 1);
    SAY(strcmp(BIO_get_conn_hostname(client), "127.0.0.1"));
    SAY(strcmp(BIO_get_conn_port(client), port));
    SAY(BIO_do_connect(client));
    taken = accept(listener, NULL, NULL);
    SAY(BIO_get_fd(client, NULL) >= 0);
    BIO *server = BIO_new_socket(taken, BIO_CLOSE);
    SAY(BIO_write(client, "hello", 5));
    SAY(BIO_read(server, b, 16));
    BIO_socket_nbio(taken, 1);
    SAY(BIO_read(server, b, 16));
    say_retry("no data", server);
    SAY(BIO_eof(server));
    BIO_free(client);
    BIO_socket_nbio(taken, 0);
    SAY(BIO_read(server, b, 16));
    say_retry("ended", server);
    SAY(BIO_eof(server));
    BIO_free(server);
    close(listener);
    // Nobody listens there any more.
    client = BIO_new_connect("127.0.0.1:1");
    SAY(client != NULL);
    SAY(BIO_do_connect(client));
    BIO_free(client);
    BIO *accepting = BIO_new(BIO_s_accept());
    SAY(BIO_do_accept(accepting));
    BIO_free(accepting);
    accepting = BIO_new_accept("127.0.0.1:0");
    SAY(BIO_do_accept(accepting));
    int fd = (int)BIO_get_fd(accepting, NULL);
    getsockname(fd, (struct sockaddr *)&name, &len);
    char there[64];
    snprintf(there, sizeof there, "127.0.0.1:%d", ntohs(name.sin_port));
    client = BIO_new_connect(there);
    SAY(BIO_do_connect(client));
    SAY(BIO_do_accept(accepting));
    SAY(BIO_write(client, "hi", 2));
    server = BIO_pop(accepting);
    SAY(BIO_read(server, b, 16));
    BIO_free(server);
    BIO_free(client);
    BIO_free(accepting);
}

int main(void) {
    nothing();
    memory();
    positions();
    files();
    pairs();
    chains();
    own_kind();
    sockets();
    return 0;
}
