/* What both benchmarks share: CPU time, rows, each measured in a process of its own, and how they are printed. */
#ifndef STANDIN_BENCH_MEASURE_H
#define STANDIN_BENCH_MEASURE_H

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
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

/* --- what is measured: the time of both ends or of one alone, or allocations --- */

enum what { BOTH, SERVER, CLIENT, ALLOCATIONS };

static enum what measured = BOTH;
static long long since, spent;
static long allocations;

void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t), *__libc_memalign(size_t, size_t);

/* The program's own stand before those of libc, for every library in the process. */
void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    allocations++;
    return __libc_realloc(old, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    allocations++;
    return (*out = __libc_memalign(alignment, size)) ? 0 : ENOMEM;
}

/* From here on `side` works; asked for only where it matters, since looking at the clock costs as well. */
static void turn(enum what side)
{
    if (measured != SERVER && measured != CLIENT)
        return;
    long long now = cpu_now();
    if (since)
        spent += now - since;
    since = side == measured ? now : 0;
}

/* Begins to measure. */
static void begin(enum what what)
{
    measured = what;
    spent = 0;
    since = what == BOTH ? cpu_now() : 0;
    allocations = 0;
}

/* Nanoseconds that have been spent since. */
static long long spent_until_now(void)
{
    return measured == BOTH ? cpu_now() - since : spent;
}

/* Is more to be done than `count` times? */
static bool goes_on(long count)
{
    return measured == ALLOCATIONS ? count < 512 : spent_until_now() < SLICE;
}

/* What each time cost: microseconds, or allocations. */
static double each(long count)
{
    return measured == ALLOCATIONS ? (double)allocations / count : spent_until_now() / 1e3 / count;
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

static int name_all(const struct row *rows, size_t size)
{
    for (size_t i = 0; i < size; i++)
        puts(rows[i].name);
    return 0;
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
