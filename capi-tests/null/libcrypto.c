// Calls every function of a list with nothing but NULL and 0, each in a process of its own, and prints which end by a
// signal: `null-libcrypto LIBRARY LIST`.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef long Function(long, long, long, long, long, long, long, long);

int main(int argc, char **argv) {
    void *library = argc == 3 ? dlopen(argv[1], RTLD_NOW) : NULL;
    FILE *list = argc == 3 ? fopen(argv[2], "r") : NULL;
    if (!library || !list)
        return 2;
    char name[256];
    while (fgets(name, sizeof name, list)) {
        name[strcspn(name, "\n")] = 0;
        // What returns a structure is given room for it as its first argument.
        if (strncmp(name, "OSSL_PARAM_construct", 20) == 0)
            continue;
        // It is there to end the process.
        if (strcmp(name, "OPENSSL_die") == 0)
            continue;
        Function *function = (Function *)dlsym(library, name);
        if (!function) {
            printf("%s is missing\n", name);
            continue;
        }
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            alarm(10);
            if (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout))
                _exit(0);
            function(0, 0, 0, 0, 0, 0, 0, 0);
            _exit(0);
        }
        int status = 0;
        waitpid(child, &status, 0);
        if (WIFSIGNALED(status))
            printf("%s: signal %d\n", name, WTERMSIG(status));
    }
    fclose(list);
    return 0;
}
