/*
 * Calls that a signal may end.
 *
 * wasi-libc makes each of its calls by one function, and knows no EINTR. These take their place (`--wrap`): when the kernel
 * ends a call because a caught signal is pending, the handlers run, and the call goes on if they want that. A program that
 * catches no signal does not set the hook, and so has none of the code behind it.
 */
#include <errno.h>
#include <stdbool.h>
#include <time.h>
#include <wasi/api.h>

#include "interrupts.h"

int (*pagebox_on_signal)(void);
volatile uint32_t pagebox_signal_word;

/* Runs handlers after a call. Whether the call, if it was interrupted, is to be made again. */
static bool goes_on(__wasi_errno_t error, bool restarts) {
    if (pagebox_on_signal == NULL || (error != EINTR && pagebox_signal_word == 0))
        return false;
    int verdict = pagebox_on_signal();
    return error == EINTR && (verdict == PAGEBOX_NO_HANDLER || (restarts && verdict == PAGEBOX_RESTART));
}

extern __wasi_errno_t __real___wasi_fd_read(__wasi_fd_t, const __wasi_iovec_t *, size_t, __wasi_size_t *);
extern __wasi_errno_t __real___wasi_fd_write(__wasi_fd_t, const __wasi_ciovec_t *, size_t, __wasi_size_t *);
extern __wasi_errno_t __real___wasi_poll_oneoff(const __wasi_subscription_t *, __wasi_event_t *, __wasi_size_t, __wasi_size_t *);

__wasi_errno_t __wrap___wasi_fd_read(__wasi_fd_t fd, const __wasi_iovec_t *vectors, size_t count, __wasi_size_t *done) {
    __wasi_errno_t error;
    do
        error = __real___wasi_fd_read(fd, vectors, count, done);
    while (goes_on(error, true));
    return error;
}

__wasi_errno_t __wrap___wasi_fd_write(__wasi_fd_t fd, const __wasi_ciovec_t *vectors, size_t count, __wasi_size_t *done) {
    __wasi_errno_t error;
    do
        error = __real___wasi_fd_write(fd, vectors, count, done);
    while (goes_on(error, true));
    return error;
}

__wasi_errno_t __wrap___wasi_poll_oneoff(const __wasi_subscription_t *in, __wasi_event_t *out, __wasi_size_t count,
                                         __wasi_size_t *done) {
    __wasi_errno_t error;
    do
        error = __real___wasi_poll_oneoff(in, out, count, done);
    while (goes_on(error, false));
    return error;
}

extern __wasi_errno_t __real___wasi_path_open(__wasi_fd_t, __wasi_lookupflags_t, const char *, __wasi_oflags_t, __wasi_rights_t,
                                              __wasi_rights_t, __wasi_fdflags_t, __wasi_fd_t *);

/* Opening a FIFO waits for its other end. */
__wasi_errno_t __wrap___wasi_path_open(__wasi_fd_t dir, __wasi_lookupflags_t lookup, const char *path, __wasi_oflags_t how,
                                       __wasi_rights_t base, __wasi_rights_t inheriting, __wasi_fdflags_t flags,
                                       __wasi_fd_t *opened) {
    __wasi_errno_t error;
    do
        error = __real___wasi_path_open(dir, lookup, path, how, base, inheriting, flags, opened);
    while (goes_on(error, true));
    return error;
}

static const uint64_t second = 1000000000;

static uint64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * second + (uint64_t)time.tv_nsec;
}

/* wasi-libc's answers ENOTSUP for every error, and never says what is left. */
int __wrap_clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted, struct timespec *left) {
    if (wanted->tv_sec < 0 || wanted->tv_nsec < 0 || wanted->tv_nsec >= (long)second || (flags & ~TIMER_ABSTIME) != 0)
        return EINVAL;
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return ENOTSUP;
    uint64_t seconds = (uint64_t)wanted->tv_sec, end = UINT64_MAX;
    if (seconds < UINT64_MAX / second - 1)
        end = seconds * second + (uint64_t)wanted->tv_nsec;
    uint64_t start = (flags & TIMER_ABSTIME) != 0 ? 0 : now(clock);
    end = end > UINT64_MAX - start ? UINT64_MAX : end + start;
    __wasi_subscription_t until = {.u.tag = __WASI_EVENTTYPE_CLOCK};
    until.u.u.clock.id = clock == CLOCK_REALTIME ? __WASI_CLOCKID_REALTIME : __WASI_CLOCKID_MONOTONIC;
    until.u.u.clock.flags = __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME;
    until.u.u.clock.timeout = end;
    __wasi_event_t event;
    __wasi_size_t count;
    __wasi_errno_t error = __wrap___wasi_poll_oneoff(&until, &event, 1, &count);
    if (error == EINTR && left != NULL && (flags & TIMER_ABSTIME) == 0) {
        uint64_t time = now(clock), rest = time < end ? end - time : 0;
        *left = (struct timespec){.tv_sec = (time_t)(rest / second), .tv_nsec = (long)(rest % second)};
    }
    return error != 0 ? error : event.error;
}

int __wrap___clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted, struct timespec *left) {
    return __wrap_clock_nanosleep(clock, flags, wanted, left);
}
