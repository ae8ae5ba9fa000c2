// Calls every exported function with nothing but zeros, then with a live first argument and zeros,
// each in a child of its own, and prints what came of it. The table is made by tests/null.rs from
// the list of exports and the prototypes in Debian's headers.
#include "../libssl/common.h"

enum { NO_HANDLE, CTX, SSL_, SESSION, CIPHER, CONFIG, METHOD, BIO_ };

static const struct {
    const char *name;
    char returns; // v: void, i: int, l: long, p: pointer
    int first;
} table[] = {
#include "table.inc"
};

static void *live(int kind) {
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    switch (kind) {
    case CTX: return ctx;
    case SSL_: return SSL_new(ctx);
    case SESSION: return SSL_SESSION_new();
    case CIPHER: return (void *)sk_SSL_CIPHER_value(SSL_CTX_get_ciphers(ctx), 0);
    case CONFIG: return SSL_CONF_CTX_new();
    case METHOD: return (void *)TLS_method();
    case BIO_: return BIO_new(BIO_s_mem());
    default: return NULL;
    }
}

static void call(int i, void *first) {
    void *function = dlsym(RTLD_DEFAULT, table[i].name);
    if (!function) {
        say("missing");
        return;
    }
    // On this machine's ABI, integers and pointers travel alike, and six registers hold zeros enough.
    typedef long Function(void *, long, long, long, long, long, long, long);
    long ret = ((Function *)function)(first, 0, 0, 0, 0, 0, 0, 0);
    unsigned long code = ERR_peek_error();
    char error[64] = "";
    // The number of the reason: its text may not be loaded yet.
    if (code)
        snprintf(error, sizeof error, ", reason %d", (int)ERR_GET_REASON(code));
    switch (table[i].returns) {
    case 'i': say("%d%s", (int)ret, error); break;
    case 'l': say("%ld%s", ret, error); break;
    case 'p': say("%s%s", ret ? "pointer" : "NULL", error); break;
    default: say("returns%s", error);
    }
}

static void in_child(int i, int with_handle) {
    printf("%s %s: ", table[i].name, with_handle ? "live" : "null");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        alarm(10);
        // What a function may print is not compared.
        int quiet = open("/dev/null", O_WRONLY);
        dup2(quiet, 2);
        void *first = with_handle ? live(table[i].first) : NULL;
        ERR_clear_error();
        call(i, first);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status))
        say(WTERMSIG(status) == SIGALRM ? "hangs" : "crash");
    else if (WEXITSTATUS(status) != 0)
        say("exits with %d", WEXITSTATUS(status));
}

static void body(void) {
    for (int i = 0; i < COUNT(table); i++) {
        in_child(i, 0);
        if (table[i].first)
            in_child(i, 1);
    }
}

SINGLE(body)
