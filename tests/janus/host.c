/* A program that has Janus ports: host FILES COMMANDS. Ends when its standard input does. */
#include <stdio.h>
#include <string.h>

#include "janus.h"

static void journal(const char *line, void *data)
{
    printf("%s%s\n", (const char *)data, line);
    fflush(stdout);
}

static int who(struct janus_exchange *exchange, void *data)
{
    struct janus_client *client = janus_exchange_client(exchange);
    char name[64] = "nobody", signer[64] = "", method[16], path[64], query[64], answer[512];
    unsigned char der[4096];
    size_t length;
    int levels = janus_web_cert_levels(client);
    if (janus_web_cert_info(client, "CN", -1, name, sizeof name) > 0)
        janus_web_cert_info(client, "CNAME", 1, signer, sizeof signer);
    janus_exchange_method(exchange, method, sizeof method);
    janus_exchange_path(exchange, path, sizeof path);
    janus_exchange_query(exchange, query, sizeof query);
    janus_exchange_body(exchange, &length);
    if (!strcmp(path, "/fail"))
        return 7;
    /* What does not fit is cut off and ends with NUL; how long it is is said nevertheless. */
    char cut[4] = "....";
    if (janus_exchange_field(exchange, "user-agent", cut, sizeof cut) < 5 || strlen(cut) != 3
        || janus_exchange_field(exchange, "none", cut, sizeof cut) != -1
        || janus_exchange_field(exchange, NULL, cut, sizeof cut) != -1
        || janus_exchange_method(exchange, NULL, 0) != (ptrdiff_t)strlen(method) || janus_exchange_body(exchange, NULL)
        || janus_web_cert_info(client, NULL, 0, cut, sizeof cut) != -1 || janus_client_write(client, NULL, 1) != -1)
        return 2;
    janus_exchange_set_status(exchange, 202);
    janus_exchange_set_field(exchange, "Content-Type", "text/plain");
    if (janus_exchange_set_field(exchange, "Content-Length", "1") != -1
        || janus_exchange_set_field(exchange, "X", "a\nb") != -1 || janus_exchange_set_status(exchange, 100) != -1)
        return 1;
    int written = snprintf(answer, sizeof answer, "%s %s %s?%s body=%zu levels=%d cn=%s ca=%s der=%d none=%d", (char *)data,
                           method, path, query, length, levels, name, signer,
                           janus_cert_der(client, 0, der, sizeof der) > 200 && der[0] == 0x30,
                           (int)janus_cert_der(client, 9, der, sizeof der));
    return janus_exchange_write(exchange, (unsigned char *)answer, written);
}

static int talk(struct janus_client *client, void *data)
{
    char name[64] = "", user[64] = "", line[256];
    unsigned char input[256];
    (void)data;
    janus_sock_cert_info(client, "CN", -1, name, sizeof name);
    janus_client_user(client, user, sizeof user);
    ptrdiff_t length = janus_client_read(client, input, sizeof input);
    int written = snprintf(line, sizeof line, "levels=%d default=%s user=%s read=%d\n", janus_sock_cert_levels(client), name,
                           user, length > 0);
    return janus_client_write(client, (unsigned char *)line, written);
}

static int log_on(struct janus_client *client, void *data)
{
    char name[64];
    (void)data;
    if (janus_log_on(client, "") != -1 || janus_log_on(client, NULL) != -1)
        return 2;
    if (janus_sock_cert_info(client, "CN", 0, name, sizeof name) < 0)
        return janus_client_journal(client, "comes without a certificate");
    return janus_log_on(client, name);
}

static int not_carol(const char *port, const struct janus_path *path, void *data)
{
    char name[64];
    unsigned char der[4096];
    (void)data;
    if (janus_path_levels(path) < 2 || janus_path_der(path, 1, der, sizeof der) < 200
        || janus_path_info(path, "SHOESIZE", 0, name, sizeof name) != -1)
        return 3;
    return !strcmp(port, "TIGHT") && janus_path_info(path, "CN", 0, name, sizeof name) > 0 && !strcmp(name, "carol");
}

/* Every function with NULL where that is wrong: none crashes, each says so. */
static int wrong_arguments(const struct janus *ports)
{
    char text[8] = "xyz";
    unsigned char bytes[8];
    size_t length;
    int failed = janus_run(NULL, "", NULL) == -1 && janus_run(ports, NULL, NULL) == -1
        && janus_run(ports, "\xff", NULL) == -1 && janus_on_web(NULL, "x", who, NULL) == -1
        && janus_on_web(ports, NULL, who, NULL) == -1 && janus_on_web(ports, "x", NULL, NULL) == -1
        && janus_on_client(NULL, "x", talk, NULL) == -1 && janus_on_client(ports, NULL, talk, NULL) == -1
        && janus_on_client(ports, "x", NULL, NULL) == -1 && janus_tighten(NULL, NULL, NULL) == -1;
    failed = failed && janus_web_cert_levels(NULL) == -1 && janus_sock_cert_levels(NULL) == -1
        && janus_web_cert_info(NULL, "CN", 0, text, sizeof text) == -1
        && janus_sock_cert_info(NULL, "CN", 0, text, sizeof text) == -1
        && janus_cert_der(NULL, 0, bytes, sizeof bytes) == -1 && janus_client_port(NULL, text, sizeof text) == -1
        && janus_client_address(NULL, text, sizeof text) == -1 && janus_client_user(NULL, text, sizeof text) == -1
        && janus_log_on(NULL, "x") == -1 && janus_client_journal(NULL, "x") == -1
        && janus_client_read(NULL, bytes, sizeof bytes) == -1 && janus_client_write(NULL, bytes, 1) == -1;
    failed = failed && !janus_exchange_client(NULL) && janus_exchange_method(NULL, text, sizeof text) == -1
        && janus_exchange_path(NULL, text, sizeof text) == -1 && janus_exchange_query(NULL, text, sizeof text) == -1
        && janus_exchange_field(NULL, "x", text, sizeof text) == -1 && !janus_exchange_body(NULL, &length)
        && janus_exchange_set_status(NULL, 200) == -1 && janus_exchange_set_field(NULL, "x", "y") == -1
        && janus_exchange_write(NULL, bytes, 1) == -1;
    failed = failed && janus_path_levels(NULL) == -1 && janus_path_info(NULL, "CN", 0, text, sizeof text) == -1
        && janus_path_der(NULL, 0, bytes, sizeof bytes) == -1;
    janus_free(NULL);
    janus_text_free(NULL);
    return failed && !strcmp(text, "xyz");
}

int main(int argc, char **argv)
{
    char *answer;
    if (argc < 3 || janus_new(NULL, NULL, NULL, NULL, 0) || janus_new("/no/such/folder", NULL, NULL, NULL, 0)
        || janus_new(".", "no address", NULL, NULL, 0))
        return 2;
    struct janus *ports = janus_new(argv[1], "127.0.0.1", journal, "> ", 0);
    if (!ports || !wrong_arguments(ports) || janus_on_web(ports, "who", who, "C says")
        || janus_on_client(ports, "talk", talk, NULL) || janus_on_client(ports, "log_on", log_on, NULL)
        || janus_tighten(ports, not_carol, NULL))
        return 2;
    int failed = janus_run(ports, argv[2], &answer);
    printf("%sfailed: %d\nready\n", answer, failed);
    fflush(stdout);
    janus_text_free(answer);
    while (getchar() != EOF)
        ;
    janus_free(ports);
    puts("freed");
    return 0;
}
