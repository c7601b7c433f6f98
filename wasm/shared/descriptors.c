/* Pipes, copies of descriptors, and close-on-exec, none of which wasi-libc has. */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>
#include <wasi/api.h>

#define open open_without_cloexec
#define openat openat_without_cloexec
#include <fcntl.h>
#undef open
#undef openat

#include "pagebox.h"

static int answer(int32_t error) {
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

static uint32_t kernel_flags(int flags) { return (flags & O_CLOEXEC) != 0 ? PAGEBOX_CLOEXEC : 0; }

int pipe2(int fds[2], int flags) {
    uint32_t made[2];
    if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) != 0)
        return answer(EINVAL);
    if (answer(pagebox_fd_pipe(kernel_flags(flags), made)) != 0)
        return -1;
    __wasi_errno_t error = 0;
    for (int end = 0; end < 2; ++end) {
        fds[end] = (int)made[end];
        if ((flags & O_NONBLOCK) != 0 && error == 0)
            error = __wasi_fd_fdstat_set_flags((__wasi_fd_t)made[end], __WASI_FDFLAGS_NONBLOCK);
    }
    return answer(error);
}

int pipe(int fds[2]) { return pipe2(fds, 0); }

static int copy(int fd, int least, int flags) {
    uint32_t made;
    return answer(pagebox_fd_dup(fd, least, kernel_flags(flags), &made)) == 0 ? (int)made : -1;
}

int dup(int fd) { return copy(fd, 0, 0); }

int dup2(int fd, int to) { return answer(pagebox_fd_dup2(fd, to, 0)) == 0 ? to : -1; }

int dup3(int fd, int to, int flags) {
    if (fd == to || (flags & ~O_CLOEXEC) != 0)
        return answer(EINVAL);
    return answer(pagebox_fd_dup2(fd, to, kernel_flags(flags))) == 0 ? to : -1;
}

extern int __real_fcntl(int fd, int command, ...);

int __wrap_fcntl(int fd, int command, ...) {
    va_list list;
    va_start(list, command);
    uint32_t former;
    int value;
    switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        value = copy(fd, va_arg(list, int), command == F_DUPFD ? 0 : O_CLOEXEC);
        break;
    case F_GETFD:
        value = answer(pagebox_fd_cloexec(fd, PAGEBOX_ASK, &former)) == 0 ? (int)former : -1;
        break;
    case F_SETFD:
        value = answer(pagebox_fd_cloexec(fd, (va_arg(list, int) & FD_CLOEXEC) != 0, &former));
        break;
    case F_SETFL:
        value = __real_fcntl(fd, command, va_arg(list, int));
        break;
    default:
        value = __real_fcntl(fd, command);
    }
    va_end(list);
    return value;
}

/* Programs that include our <fcntl.h> call these for `open` and `openat`; the names here are wasi-libc's. */
extern int libc_open(const char *path, int flags, ...) __asm__("open");
extern int libc_openat(int dir, const char *path, int flags, ...) __asm__("openat");

static int mark(int fd, int flags) {
    uint32_t former;
    if (fd != -1 && (flags & O_CLOEXEC) != 0)
        pagebox_fd_cloexec(fd, 1, &former);
    return fd;
}

int pagebox_open(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(list, mode_t) : 0;
    va_end(list);
    return mark(libc_open(path, flags & ~O_CLOEXEC, mode), flags);
}

int pagebox_openat(int dir, const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(list, mode_t) : 0;
    va_end(list);
    return mark(libc_openat(dir, path, flags & ~O_CLOEXEC, mode), flags);
}
