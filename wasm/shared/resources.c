/* The processor's time, as the kernel counts it (a nanosecond for each instruction), and limits, which it does not tell. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>
#include <wasi/api.h>

static const uint64_t second = 1000000000;

static int fail(int error) {
    errno = error;
    return -1;
}

static uint64_t used(void) {
    __wasi_timestamp_t time = 0;
    return __wasi_clock_time_get(__WASI_CLOCKID_PROCESS_CPUTIME_ID, 1, &time) == 0 ? time : 0;
}

clock_t clock(void) { return (clock_t)(used() / (second / CLOCKS_PER_SEC)); }

int getrusage(int who, struct rusage *usage) {
    if (who != RUSAGE_SELF)
        return fail(who == RUSAGE_CHILDREN ? ENOSYS : EINVAL);
    uint64_t time = used();
    memset(usage, 0, sizeof *usage);
    usage->ru_utime.tv_sec = (time_t)(time / second);
    usage->ru_utime.tv_usec = (suseconds_t)(time % second / 1000);
    return 0;
}

int getrlimit(int resource, struct rlimit *limit) {
    (void)resource, (void)limit;
    return fail(ENOSYS);
}

int setrlimit(int resource, const struct rlimit *limit) {
    (void)resource, (void)limit;
    return fail(ENOSYS);
}
