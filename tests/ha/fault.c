/* Preloaded into a server: its disk fails or is slow, and its clock is off, as a file says that the variable HA_FAULT names.
 *
 *   slow_ms=200       each fsync takes so much longer
 *   fail_path=DIR     what is opened, read or written below this folder fails with EIO
 *   clock_ms=600000   the time of day is so far ahead; the monotonic clock is not
 *
 * The file is looked at every few milliseconds, so a fault comes and goes while the server runs. No file: no fault. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define LOOK_NS 5000000L
#define REAL(name) ((__typeof__(&name))real(#name))

static _Atomic long long slow_ms, clock_ms, looked_ns;
/* Two texts in turn, so that whoever reads the one is not disturbed by the next look. */
static char folders[2][PATH_MAX];
static _Atomic(const char *) fail_path = folders[0];
static atomic_flag looking = ATOMIC_FLAG_INIT;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static int real_clock(clockid_t which, struct timespec *at) {
    static __typeof__(&clock_gettime) call;
    if (!call) call = REAL(clock_gettime);
    return call(which, at);
}

static void read_faults(void) {
    char *next = fail_path == folders[0] ? folders[1] : folders[0], line[PATH_MAX + 16];
    long long slow = 0, ahead = 0;
    const char *name = getenv("HA_FAULT");
    FILE *file = name ? fopen(name, "re") : NULL;
    next[0] = 0;
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        if (!strncmp(line, "slow_ms=", 8)) slow = atoll(line + 8);
        if (!strncmp(line, "clock_ms=", 9)) ahead = atoll(line + 9);
        if (!strncmp(line, "fail_path=", 10)) strncpy(next, line + 10, PATH_MAX - 1);
    }
    if (file) fclose(file);
    slow_ms = slow;
    clock_ms = ahead;
    fail_path = next;
}

static void look(void) {
    struct timespec at;
    real_clock(CLOCK_MONOTONIC, &at);
    long long now = at.tv_sec * 1000000000LL + at.tv_nsec;
    /* One thread looks, the others go on with what is known; so does the looking thread in its own calls. */
    if (now - looked_ns < LOOK_NS || atomic_flag_test_and_set(&looking)) return;
    int before = errno;
    looked_ns = now;
    read_faults();
    errno = before;
    atomic_flag_clear(&looking);
}

static int is_below(const char *path) {
    const char *folder = fail_path;
    size_t length = strlen(folder);
    return length && !strncmp(path, folder, length) && (path[length] == '/' || !path[length]);
}

static int fails(int fd) {
    char link[64], path[PATH_MAX];
    look();
    if (!*fail_path) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (!is_below(path)) return 0;
    errno = EIO;
    return 1;
}

static void drag(void) {
    struct timespec wait = {slow_ms / 1000, slow_ms % 1000 * 1000000};
    if (slow_ms) nanosleep(&wait, NULL);
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
        va_end(more); \
        look(); \
        if (is_below(path)) return errno = EIO, -1; \
        return REAL(name)(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

ssize_t pread64(int fd, void *to, size_t n, off64_t at) { return fails(fd) ? -1 : REAL(pread64)(fd, to, n, at); }
ssize_t pwrite64(int fd, const void *from, size_t n, off64_t at) { return fails(fd) ? -1 : REAL(pwrite64)(fd, from, n, at); }
int fsync(int fd) { return fails(fd) ? -1 : (drag(), REAL(fsync)(fd)); }
int fdatasync(int fd) { return fails(fd) ? -1 : (drag(), REAL(fdatasync)(fd)); }

int clock_gettime(clockid_t which, struct timespec *at) {
    int failed = real_clock(which, at);
    if (failed || (which != CLOCK_REALTIME && which != CLOCK_REALTIME_COARSE)) return failed;
    look();
    at->tv_sec += clock_ms / 1000;
    return 0;
}

int gettimeofday(struct timeval *at, void *zone) {
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec, at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
