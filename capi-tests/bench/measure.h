/* What both benchmarks share: CPU time, rows, each measured in a process of its own, and how they are printed. */
#ifndef STANDIN_BENCH_MEASURE_H
#define STANDIN_BENCH_MEASURE_H

#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How long one row is measured, in nanoseconds of CPU. */
#define SLICE 150000000LL
#define RECORD 16384

extern char **environ;

static const char *directory;
static const char *self = "/proc/self/exe";

/* Says what the library knows of the failure. */
static void explain(void);

static _Noreturn void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    explain();
    exit(1);
}

#define CHECK(what) ((what) ? (void)0 : die("bench: line %d: %s", __LINE__, #what))

static long long cpu_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* --- whose time it is: both ends', or that of one alone --- */

enum whose { BOTH, SERVER, CLIENT };

static enum whose measured = BOTH;
static long long since, spent;

/* From here on `side` works; asked for only where it matters, since looking at the clock costs as well. */
static void turn(enum whose side)
{
    if (measured == BOTH)
        return;
    long long now = cpu_now();
    if (since)
        spent += now - since;
    since = side == measured ? now : 0;
}

/* Begins to measure. */
static void begin(enum whose side)
{
    measured = side;
    spent = 0;
    since = side == BOTH ? cpu_now() : 0;
}

/* Nanoseconds that have been spent since. */
static long long spent_until_now(void)
{
    return measured == BOTH ? cpu_now() - since : spent;
}

/* --- rows --- */

struct row {
    const char *name, *words, *unit;
    double (*measure)(void);
};

/* Heap in use, in bytes. */
static double heap(void)
{
    struct mallinfo2 now = mallinfo2();
    return (double)now.uordblks + (double)now.hblkhd;
}

/* CPU of a whole process `bench process DIR`, from exec to exit, in microseconds. */
static double process(void)
{
    enum { PROCESSES = 20 };
    char *args[] = { (char *)self, "process", (char *)directory, NULL };
    double used = 0;
    for (int i = 0; i < PROCESSES; i++) {
        struct rusage usage;
        int status;
        pid_t pid;
        CHECK(posix_spawn(&pid, self, NULL, NULL, args, environ) == 0);
        CHECK(wait4(pid, &status, 0, &usage) == pid && status == 0);
        used += usage.ru_utime.tv_sec * 1e6 + usage.ru_utime.tv_usec;
        used += usage.ru_stime.tv_sec * 1e6 + usage.ru_stime.tv_usec;
    }
    return used / PROCESSES;
}

/* Each row is measured in a process of its own: one that fails does not take the others with it, and none finds the
 * heap as another has left it. */
static bool measure(const struct row *row)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        printf("%s\t%s\t%.3f\t%s\n", row->name, row->words, row->measure(), row->unit);
        fflush(stdout);
        _exit(0);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid);
    if (status == 0)
        return true;
    printf("%s\t%s\t-\t%s\n", row->name, row->words, row->unit);
    return false;
}

static bool is_wanted(const char *name, int count, char **names)
{
    for (int i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return count == 0;
}

/* Prints which library it is that `function` belongs to, and measures the rows that are named, or all. */
static int measure_all(const struct row *rows, size_t size, void *function, const char *version, int count, char **names)
{
    Dl_info library;
    CHECK(dladdr(function, &library));
    printf("# %s\t%s\n", library.dli_fname, version);
    bool ok = true;
    for (size_t i = 0; i < size; i++)
        if (is_wanted(rows[i].name, count, names))
            ok &= measure(&rows[i]);
    return ok ? 0 : 1;
}

#endif
