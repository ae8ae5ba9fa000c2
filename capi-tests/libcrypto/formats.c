// Texts that are printed by format; hosts, services and addresses.
#include "common.h"
#include <limits.h>
#include <sys/socket.h>
#include <netdb.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>

#define SHOW(...)                                                                                                                          \
    do {                                                                                                                                   \
        char text[200];                                                                                                                    \
        memset(text, '#', sizeof text);                                                                                                    \
        int len = BIO_snprintf(text, sizeof text, __VA_ARGS__);                                                                            \
        printf("%d [%s]", len, text);                                                                                                      \
        memset(text, '#', sizeof text);                                                                                                    \
        len = BIO_snprintf(text, 5, __VA_ARGS__);                                                                                          \
        printf(" %d [%.5s]", len, text);                                                                                                   \
        BIO *bio = BIO_new(BIO_s_mem());                                                                                                   \
        len = BIO_printf(bio, __VA_ARGS__);                                                                                                \
        char *data;                                                                                                                        \
        long size = BIO_get_mem_data(bio, &data);                                                                                          \
        printf(" %d [%.*s]\n", len, (int)size, size ? data : "");                                                                          \
        BIO_free(bio);                                                                                                                     \
    } while (0)

#pragma GCC diagnostic ignored "-Wformat-zero-length"
static void formats(void) {
    SHOW("%d|%i|%u|%o|%x|%X|%c|%%", -5, 5, 7u, 8u, 255u, 255u, 'c');
    SHOW("%5d|%-5d|%05d|%+d|% d|%8.3d|%-8.3d|", 42, 42, 42, 42, 42, 42, 42);
    SHOW("%#x|%#o|%x", 255u, 8u, 0u);
    SHOW("%*d|%-*d|%.*d|%*.*d", 6, 42, 6, 42, 4, 42, 8, 4, 42);
    SHOW("%ld|%lu|%lx|%lld|%llu|%llx", LONG_MIN, ULONG_MAX, ULONG_MAX, LLONG_MIN, ULLONG_MAX, ULLONG_MAX);
    SHOW("%hd|%zu|%zd|%zx", 257, (size_t)-1, (size_t)-1, (size_t)-1);
    SHOW("%s|%10s|%-10s|%.2s|%10.2s|%.*s|", "text", "text", "text", "text", "text", 3, "text");
    SHOW("%.2f|%8.3f|%.0f", 1.25, -2.5, 3.0);
    SHOW("");
    SHOW("%s", "");
    char small[1] = {'#'};
    int len = BIO_snprintf(small, 1, "text");
    printf("one byte: %d %d\n", len, small[0]);
    len = BIO_snprintf(small, 1, "%s", "");
    printf("one byte, nothing: %d %d\n", len, small[0]);
    small[0] = '#';
    len = BIO_snprintf(small, 0, "text");
    printf("no byte: %d %d\n", len, small[0]);
    len = BIO_snprintf(small, 0, "%s", "");
    printf("no byte, nothing: %d %d\n", len, small[0]);
    BIO *bio = BIO_new(BIO_s_mem());
    printf("wide: %d", BIO_printf(bio, "%3000d%s%*s", 1, "x", 3000, "y"));
    printf(" %ld\n", BIO_ctrl_pending(bio));
    BIO_free(bio);
    queue();
}

static void hosts(void) {
    static const char *const all[] = {"host:port", "host", ":port", "host:", ":", "", "*", "*:*", "*:port", "host:*", "[::1]:443", "[::1]", "[::1]:", "::1", "[::1", "a:b:c", "[a]b:c", "1.2.3.4:5", "[]:1", " host : port ", "host:1:2", "[::1]x", "unix:/x"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (int part = 0; part < 2; part++) {
            char *host = (char *)"-", *service = (char *)"-";
            int answer = BIO_parse_hostserv(all[i], &host, &service, part ? BIO_PARSE_PRIO_SERV : BIO_PARSE_PRIO_HOST);
            printf("%s, %d: %d", all[i], part, answer);
            if (answer == 1) {
                printf(" %s %s", host ? host : "none", service ? service : "none");
                if (host && strcmp(host, "-"))
                    OPENSSL_free(host);
                if (service && strcmp(service, "-"))
                    OPENSSL_free(service);
            }
            printf("\n");
            queue();
        }
    char *host = NULL;
    printf("only the host: %d %s\n", BIO_parse_hostserv("a:b", &host, NULL, BIO_PARSE_PRIO_HOST), host ? host : "none");
    OPENSSL_free(host);
}

static void address(BIO_ADDR *addr) {
    unsigned char raw[16];
    size_t len = 0;
    printf("family %d, port %d", BIO_ADDR_family(addr), ntohs(BIO_ADDR_rawport(addr)));
    printf(", raw %d", BIO_ADDR_rawaddress(addr, NULL, &len));
    printf(" %zu:", len);
    if (BIO_ADDR_rawaddress(addr, raw, &len))
        for (size_t i = 0; i < len; i++)
            printf("%02x", raw[i]);
    char *name = BIO_ADDR_hostname_string(addr, 1), *service = BIO_ADDR_service_string(addr, 1), *path = BIO_ADDR_path_string(addr);
    printf(", %s %s %s\n", name ? name : "none", service ? service : "none", path ? path : "none");
    OPENSSL_free(name);
    OPENSSL_free(service);
    OPENSSL_free(path);
    ERR_clear_error();
}

static void addresses(void) {
    printf("== addresses\n");
    BIO_ADDR *addr = BIO_ADDR_new();
    address(addr);
    const unsigned char four[4] = {192, 0, 2, 1}, six[16] = {0x20, 1, 0xd, 0xb8, [15] = 1};
    printf("made: %d\n", BIO_ADDR_rawmake(addr, AF_INET, four, 4, htons(443)));
    address(addr);
    printf("wrong length: %d\n", BIO_ADDR_rawmake(addr, AF_INET, four, 3, htons(443)));
    printf("made: %d\n", BIO_ADDR_rawmake(addr, AF_INET6, six, 16, htons(8443)));
    address(addr);
    printf("made: %d\n", BIO_ADDR_rawmake(addr, AF_UNIX, "/tmp/x", 6, 0));
    address(addr);
    printf("unknown: %d\n", BIO_ADDR_rawmake(addr, 99, "/tmp/x", 6, 0));
    queue();
    BIO_ADDR_clear(addr);
    address(addr);
    static const struct {
        const char *host, *service;
        enum BIO_lookup_type way;
        int family;
    } lookups[] = {{"127.0.0.1", "443", BIO_LOOKUP_CLIENT, AF_INET}, {"::1", "8443", BIO_LOOKUP_CLIENT, AF_UNSPEC}, {"localhost", "https", BIO_LOOKUP_CLIENT, AF_INET}, {NULL, "80", BIO_LOOKUP_SERVER, AF_INET}, {NULL, "80", BIO_LOOKUP_CLIENT, AF_INET}, {"127.0.0.1", NULL, BIO_LOOKUP_CLIENT, AF_INET}, {"127.0.0.1", "no such service", BIO_LOOKUP_CLIENT, AF_INET}, {"/tmp/socket", NULL, BIO_LOOKUP_CLIENT, AF_UNIX}, {"1.2.3.4", "1", BIO_LOOKUP_CLIENT, 99}};
    for (size_t i = 0; i < sizeof lookups / sizeof *lookups; i++) {
        BIO_ADDRINFO *found = NULL;
        int answer = BIO_lookup(lookups[i].host, lookups[i].service, lookups[i].way, lookups[i].family, SOCK_STREAM, &found);
        printf("lookup %zu: %d\n", i, answer);
        queue();
        int count = 0;
        for (const BIO_ADDRINFO *one = found; one && answer == 1; one = BIO_ADDRINFO_next(one)) {
            if (count++ > 0)
                continue;
            printf("  family %d, type %d, protocol %d: ", BIO_ADDRINFO_family(one), BIO_ADDRINFO_socktype(one), BIO_ADDRINFO_protocol(one));
            address((BIO_ADDR *)BIO_ADDRINFO_address(one));
        }
        BIO_ADDRINFO_free(found);
    }
    // A connection by these functions alone.
    BIO_ADDRINFO *here = NULL;
    printf("here: %d\n", BIO_lookup_ex("127.0.0.1", "0", BIO_LOOKUP_SERVER, AF_INET, SOCK_STREAM, 0, &here));
    int server = BIO_socket(BIO_ADDRINFO_family(here), BIO_ADDRINFO_socktype(here), BIO_ADDRINFO_protocol(here), 0);
    printf("socket %d, listens %d\n", server >= 0, BIO_listen(server, BIO_ADDRINFO_address(here), BIO_SOCK_REUSEADDR));
    union BIO_sock_info_u info = {.addr = addr};
    printf("info: %d", BIO_sock_info(server, BIO_SOCK_INFO_ADDRESS, &info));
    printf(" %d\n", BIO_ADDR_rawport(addr) != 0);
    int client = BIO_socket(AF_INET, SOCK_STREAM, 0, 0);
    printf("connected: %d\n", BIO_connect(client, addr, BIO_SOCK_NODELAY | BIO_SOCK_KEEPALIVE));
    BIO_ADDR *peer = BIO_ADDR_new();
    int accepted = BIO_accept_ex(server, peer, 0);
    char *name = BIO_ADDR_hostname_string(peer, 1);
    printf("accepted: %d from %s\n", accepted >= 0, name);
    OPENSSL_free(name);
    printf("error: %d\n", BIO_sock_error(client));
    BIO_closesocket(client);
    BIO_closesocket(accepted);
    BIO_closesocket(server);
    BIO_ADDR_free(peer);
    // Nobody listens there any more.
    client = BIO_socket(AF_INET, SOCK_STREAM, 0, 0);
    printf("refused: %d\n", BIO_connect(client, addr, 0));
    queue();
    printf("bound: %d\n", BIO_bind(client, addr, BIO_SOCK_REUSEADDR) >= 0);
    ERR_clear_error();
    BIO_closesocket(client);
    printf("no socket: %d %d\n", BIO_connect(-1, addr, 0), BIO_listen(-1, addr, 0));
    queue();
    BIO_ADDRINFO_free(here);
    BIO_ADDR_free(addr);
}

static void base64(void) {
    printf("== base64\n");
    for (int len = 0; len < 8; len++) {
        unsigned char text[20], back[20];
        memset(text, '#', sizeof text);
        int size = EVP_EncodeBlock(text, (const unsigned char *)"\xff\xfe\x00\x10 abc", len);
        printf("%d: %d %s", len, size, text);
        int read = EVP_DecodeBlock(back, text, size);
        printf(" %d", read);
        for (int i = 0; i < read; i++)
            printf("%02x", back[i]);
        printf("\n");
    }
    static const char *const all[] = {"", "A", "AAAA", " AAAA", "AAAA ", "AAAA\n", "AAAA\r\n", "AA AA", "AA\nAA", "AA==", "A===", "====", "AA=A", "AAA-", "AAAA-", "AA*A", "\tAAAA", "\nAAAA", "  ", "---"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        unsigned char back[20] = {0};
        int read = EVP_DecodeBlock(back, (const unsigned char *)all[i], (int)strlen(all[i]));
        printf("%zu: %d %02x%02x%02x\n", i, read, back[0], back[1], back[2]);
    }
    printf("version: %d\n", strlen(OpenSSL_version(OPENSSL_VERSION)) > 0 && SSLeay() == OpenSSL_version_num());
    void *secret = OPENSSL_secure_malloc(10);
    printf("secret: %d %d\n", secret != NULL, CRYPTO_secure_malloc_initialized());
    OPENSSL_secure_free(secret);
    OPENSSL_assert(secret || 1);
}

int main(void) {
    base64();
    formats();
    hosts();
    addresses();
    return 0;
}
