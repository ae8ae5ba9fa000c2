// Streams that end or fail half-way, rooms that are full, passwords that are wrong: what is said, and that nothing is left.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

static int quiet;

// What is on the queue, without the places where it was raised.
static void say_errors(void) {
    unsigned long code;
    while ((code = ERR_get_error()) != 0)
        if (!quiet)
            printf("  lib %d reason %d", ERR_GET_LIB(code), ERR_GET_REASON(code));
    if (!quiet)
        putchar('\n');
}

// A pipe that gives or takes `left` bytes, and then ends (0), fails (-1) or asks for patience (-2).
typedef struct {
    const char *data;
    size_t left;
    int then;
} Stream;

static int stop(BIO *bio, const Stream *stream) {
    if (stream->then == -2)
        BIO_set_retry_read(bio);
    return stream->then == 0 ? 0 : -1;
}

static int stream_read(BIO *bio, char *room, int size) {
    Stream *stream = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (!stream->left)
        return stop(bio, stream);
    size_t count = (size_t)size < stream->left ? (size_t)size : stream->left;
    memcpy(room, stream->data, count);
    stream->data += count;
    stream->left -= count;
    return (int)count;
}

static int stream_gets(BIO *bio, char *room, int size) {
    int at = 0;
    while (at < size - 1) {
        int count = stream_read(bio, room + at, 1);
        if (count <= 0 && !at)
            return count;
        if (count <= 0)
            break;
        if (room[at++] == '\n')
            break;
    }
    room[at] = 0;
    return at;
}

static int stream_write(BIO *bio, const char *data, int size) {
    Stream *stream = BIO_get_data(bio);
    (void)data;
    BIO_clear_retry_flags(bio);
    if (!stream->left)
        return stop(bio, stream);
    size_t count = (size_t)size < stream->left ? (size_t)size : stream->left;
    stream->left -= count;
    return (int)count;
}

static long stream_ctrl(BIO *bio, int cmd, long num, void *ptr) {
    (void)bio, (void)num, (void)ptr;
    return cmd == BIO_CTRL_FLUSH;
}

static BIO *stream_new(Stream *stream) {
    static BIO_METHOD *method;
    if (!method) {
        method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "a stream that breaks");
        BIO_meth_set_read(method, stream_read);
        BIO_meth_set_gets(method, stream_gets);
        BIO_meth_set_write(method, stream_write);
        BIO_meth_set_ctrl(method, stream_ctrl);
    }
    BIO *bio = BIO_new(method);
    BIO_set_data(bio, stream);
    BIO_set_init(bio, 1);
    return bio;
}

static size_t read_file(const char *variable, const char *name, char *room, size_t size) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv(variable), name);
    FILE *f = fopen(path, "rb");
    size_t count = f ? fread(room, 1, size, f) : 0;
    if (f)
        fclose(f);
    return count;
}

typedef struct {
    const char *name, *variable, *file;
    int (*read)(BIO *bio);
} Reader;

static int read_x509(BIO *bio) {
    X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    X509_free(x);
    return x != NULL;
}
static int read_x509_aux(BIO *bio) {
    X509 *x = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);
    X509_free(x);
    return x != NULL;
}
static int read_key(BIO *bio) {
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    EVP_PKEY_free(key);
    return key != NULL;
}
static int read_locked(BIO *bio) {
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, "secret");
    EVP_PKEY_free(key);
    return key != NULL;
}
static int read_der(BIO *bio) {
    X509 *x = d2i_X509_bio(bio, NULL);
    X509_free(x);
    return x != NULL;
}
static int read_p12(BIO *bio) {
    PKCS12 *file = d2i_PKCS12_bio(bio, NULL);
    PKCS12_free(file);
    return file != NULL;
}
static int read_any(BIO *bio) {
    char *name = NULL, *header = NULL;
    unsigned char *data = NULL;
    long size = 0;
    int result = PEM_read_bio(bio, &name, &header, &data, &size);
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
    return result;
}

static int read_answer(BIO *bio) {
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE_bio(bio, NULL);
    OCSP_RESPONSE_free(response);
    return response != NULL;
}
static int read_everything(BIO *bio) {
    STACK_OF(X509_INFO) *found = PEM_X509_INFO_read_bio(bio, NULL, NULL, NULL);
    int count = found ? sk_X509_INFO_num(found) : -1;
    sk_X509_INFO_pop_free(found, X509_INFO_free);
    return count > 0;
}

static const Reader readers[] = {
    {"certificate", "CERTS", "client.pem", read_x509},   {"trusted certificate", "CERTS", "client.pem", read_x509_aux},
    {"key", "CERTS", "client.key", read_key},            {"locked key", "CERTS", "client-encrypted.key", read_locked},
    {"DER", "CERTS", "client.der", read_der},            {"PKCS #12", "CORPUS", "all.p12", read_p12},
    {"any block", "CERTS", "client.pem", read_any},      {"OCSP", "RESPONSES", "delegated.response", read_answer},
    {"everything", "CERTS", "client.pem", read_everything},
};

static void break_reader(const Reader *reader, int then) {
    static char data[1 << 16];
    size_t size = read_file(reader->variable, reader->file, data, sizeof data);
    int read = 0;
    printf("== %s, then %d\n", reader->name, then);
    for (int part = 0; part <= 16; part++) {
        Stream stream = {data, size * part / 16, then};
        BIO *bio = stream_new(&stream);
        int result = reader->read(bio);
        printf("%d/16: %d", part, result);
        say_errors();
        BIO_free(bio);
    }
    quiet = 1;
    for (size_t cut = 0; cut < size; cut++) {
        Stream stream = {data, cut, then};
        BIO *bio = stream_new(&stream);
        int result = reader->read(bio);
        // Whether the last line's end is there does not matter to all.
        read += result && cut + 2 < size;
        say_errors();
        BIO_free(bio);
    }
    quiet = 0;
    printf("%d parts were taken for the whole\n", read);
}

// A FILE* that gives so many bytes and then fails.
static ssize_t cookie_read(void *cookie, char *room, size_t size) {
    Stream *stream = cookie;
    if (!stream->left) {
        errno = EIO;
        return stream->then;
    }
    size_t count = size < stream->left ? size : stream->left;
    memcpy(room, stream->data, count);
    stream->data += count;
    stream->left -= count;
    return (ssize_t)count;
}

static void break_files(void) {
    static char pem[1 << 16], key[1 << 16];
    size_t pem_size = read_file("CERTS", "client.pem", pem, sizeof pem);
    size_t key_size = read_file("CERTS", "client.key", key, sizeof key);
    for (int then = -1; then <= 0; then++)
        for (int part = 0; part <= 4; part++) {
            cookie_io_functions_t functions = {.read = cookie_read};
            Stream stream = {pem, pem_size * part / 4, then};
            FILE *f = fopencookie(&stream, "r", functions);
            X509 *x = PEM_read_X509(f, NULL, NULL, NULL);
            printf("== FILE, then %d, %d/4: certificate %d", then, part, x != NULL);
            say_errors();
            X509_free(x);
            fclose(f);
            stream = (Stream){key, key_size * part / 4, then};
            f = fopencookie(&stream, "r", functions);
            EVP_PKEY *read = PEM_read_PrivateKey(f, NULL, NULL, NULL);
            printf("key %d", read != NULL);
            say_errors();
            EVP_PKEY_free(read);
            fclose(f);
        }
}

static void full_rooms(void) {
    static char pem[1 << 16];
    size_t size = read_file("CERTS", "client.pem", pem, sizeof pem);
    BIO *memory = BIO_new_mem_buf(pem, (int)size);
    X509 *x = PEM_read_bio_X509(memory, NULL, NULL, NULL);
    BIO_free(memory);
    size = read_file("CERTS", "client.key", pem, sizeof pem);
    memory = BIO_new_mem_buf(pem, (int)size);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(memory, NULL, NULL, NULL);
    BIO_free(memory);
    for (int then = -1; then <= 0; then++)
        for (int part = 0; part < 5; part++) {
            Stream stream = {NULL, 200 * part, then};
            BIO *bio = stream_new(&stream);
            printf("== room for %d, then %d: certificate %d", 200 * part, then, PEM_write_bio_X509(bio, x) > 0);
            say_errors();
            stream.left = 60 * part;
            printf("key %d", PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) > 0);
            say_errors();
            stream.left = 100 * part;
            printf("DER %d", i2d_X509_bio(bio, x) > 0);
            say_errors();
            stream.left = 100 * part;
            printf("sealed key %d", PEM_write_bio_PrivateKey(bio, key, EVP_aes_128_cbc(), (const unsigned char *)"secret", 6, NULL, NULL) > 0);
            say_errors();
            stream.left = 60 * part;
            printf("key by its kind %d", PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL) > 0);
            say_errors();
            stream.left = 60 * part;
            printf("DER of keys %d", i2d_PrivateKey_bio(bio, key) > 0);
            printf(" %d", i2d_PUBKEY_bio(bio, key) > 0);
            say_errors();
            stream.left = 200 * part;
            printf("trusted %d", PEM_write_bio_X509_AUX(bio, x) > 0);
            say_errors();
            BIO_free(bio);
        }
    FILE *full = fopen("/dev/full", "w");
    setvbuf(full, NULL, _IONBF, 0);
    printf("== /dev/full: certificate %d", PEM_write_X509(full, x) > 0);
    say_errors();
    printf("key %d", PEM_write_PrivateKey(full, key, NULL, NULL, 0, NULL, NULL) > 0);
    say_errors();
    printf("DER %d", i2d_X509_fp(full, x) > 0);
    say_errors();
    fclose(full);
    X509_free(x);
    EVP_PKEY_free(key);
}

typedef struct {
    const char *password;
    int answer, asked;
} Answer;

static int answered(char *room, int size, int writes, void *arg) {
    Answer *answer = arg;
    answer->asked++;
    (void)writes;
    if (answer->password)
        snprintf(room, size, "%s", answer->password);
    return answer->answer;
}

static void passwords(const char *file) {
    static char pem[1 << 16];
    static const Answer answers[] = {{"secret", 6, 0}, {"secret", 5, 0}, {"Secret", 6, 0}, {"wrong", 5, 0}, {"", 0, 0},
                                     {NULL, 0, 0},     {NULL, -1, 0}};
    size_t size = read_file("CERTS", file, pem, sizeof pem);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        Answer answer = answers[i];
        BIO *bio = BIO_new_mem_buf(pem, (int)size);
        EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, answered, &answer);
        printf("== %s, \"%s\", %d: key %d, asked %d", file, answers[i].password ? answers[i].password : "-", answers[i].answer,
               key != NULL, answer.asked);
        say_errors();
        EVP_PKEY_free(key);
        BIO_free(bio);
    }
    // A password that is there from the start, and one that is as long as the room.
    static char long_one[5000];
    memset(long_one, 'x', sizeof long_one - 1);
    const char *texts[] = {"secret", "wrong", "", long_one};
    for (int i = 0; i < 4; i++) {
        BIO *bio = BIO_new_mem_buf(pem, (int)size);
        EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)texts[i]);
        printf("== %s, given %.10s: key %d", file, texts[i], key != NULL);
        say_errors();
        EVP_PKEY_free(key);
        BIO_free(bio);
    }
}

int main(void) {
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
        for (int then = -2; then <= 0; then++)
            break_reader(&readers[i], then);
    break_files();
    full_rooms();
    passwords("client-encrypted.key");
    passwords("client-encrypted.pem");
    return 0;
}
