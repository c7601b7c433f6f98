/*
 * What a C program for WASI can have here beyond preview1: processes, signals, pipes, terminals.
 *
 * Most programs need nothing of this header. They include <unistd.h>, <signal.h>, <spawn.h>, <sys/wait.h>, <termios.h>
 * and so on as on any Unix; those of this folder complete wasi-libc's:
 *
 *     zig cc -target wasm32-wasi -I wasm/shared/include -c program.c
 *
 * and are linked with the objects of wasm/shared/ and, for the functions of wasi-libc that are replaced, one
 * `--wrap=name` for each name in wasm/shared/wrapped.txt and in REPLACED of wasm/toolchain.py, which does all of this.
 *
 * What is there behaves as POSIX says, but for this:
 *
 *   - No fork, vfork, exec: a program cannot be copied or replaced. posix_spawn(), system() and popen() start others.
 *   - No setjmp, longjmp (the module would need exceptions), no threads, sockets, shared memory, set-user-ID.
 *   - A handler set by signal() or sigaction() runs at safe points: after a call that reads, writes, opens, waits or polls,
 *     and in raise(), kill() and sigprocmask(). A program that computes for long without one of these calls
 *     pagebox_deliver() now and then; while nothing is pending that costs one load.
 *   - A signal whose handler runs ends a waiting call with EINTR; with SA_RESTART, read, write and waitpid go on.
 *     poll, select, nanosleep and pause never do. signal() sets SA_RESTART, as in glibc.
 *   - SIGCHLD comes for children that stop as well, whatever SA_NOCLDSTOP says.
 *   - siginfo_t knows only si_signo. There are no real-time signals, no sigqueue, no alternate stack.
 *   - open() does not tell the kernel of chdir(); every function here that starts a program passes getcwd() on.
 *   - A file action of posix_spawn that opens a file opens it in the parent, before the others take effect.
 *   - Of fopen(), "e" means nothing: use fcntl(fileno(f), F_SETFD, FD_CLOEXEC).
 *   - VTIME must be 0; getrlimit, setrlimit, nice and chown to another owner fail with an errno.
 *
 * What is not there is not declared, so that a program which needs it does not compile, or fails with ENOSYS.
 *
 * The rest of this header is for those who look under the hood: the calls as they are imported (docs/abi.md). Each answers
 * an errno of wasi-libc's <errno.h>, 0 for success.
 */
#ifndef PAGEBOX_H
#define PAGEBOX_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Runs the handlers of signals that have arrived and are not blocked; returns how many ran. */
int pagebox_deliver(void);

#define PAGEBOX_IMPORT(call) __attribute__((import_module("pagebox"), import_name(#call)))

/* --- files --- */

struct pagebox_owner {
    uint32_t mode, uid, gid;
};

PAGEBOX_IMPORT(getcwd)
extern int32_t pagebox_getcwd(char *buffer, uint32_t size, uint32_t *length);
PAGEBOX_IMPORT(path_stat)
extern int32_t pagebox_path_stat(int32_t dir, int32_t follow, const char *path, size_t length, struct pagebox_owner *owner);
PAGEBOX_IMPORT(fd_stat)
extern int32_t pagebox_fd_stat(int32_t fd, struct pagebox_owner *owner);
PAGEBOX_IMPORT(path_chmod)
extern int32_t pagebox_path_chmod(int32_t dir, int32_t follow, const char *path, size_t length, uint32_t mode);
PAGEBOX_IMPORT(fd_chmod)
extern int32_t pagebox_fd_chmod(int32_t fd, uint32_t mode);
PAGEBOX_IMPORT(umask)
extern int32_t pagebox_umask(int32_t mask);
PAGEBOX_IMPORT(isatty)
extern int32_t pagebox_isatty(int32_t fd, uint32_t *answer);

/* --- descriptors --- */

enum { PAGEBOX_CLOEXEC = 1, PAGEBOX_ASK = -1 };

PAGEBOX_IMPORT(fd_pipe)
extern int32_t pagebox_fd_pipe(uint32_t flags, uint32_t fds[2]);
PAGEBOX_IMPORT(fd_dup)
extern int32_t pagebox_fd_dup(int32_t fd, int32_t least, uint32_t flags, uint32_t *copy);
PAGEBOX_IMPORT(fd_dup2)
extern int32_t pagebox_fd_dup2(int32_t fd, int32_t to, uint32_t flags);
PAGEBOX_IMPORT(fd_cloexec)
extern int32_t pagebox_fd_cloexec(int32_t fd, int32_t value, uint32_t *former);

/* --- terminals --- */

enum {
    PAGEBOX_TTY_CANONICAL = 1 << 0,
    PAGEBOX_TTY_ECHO = 1 << 1,
    PAGEBOX_TTY_SIGNALS = 1 << 2,
    PAGEBOX_TTY_POST = 1 << 3,
    PAGEBOX_TTY_ECHO_ERASE = 1 << 4,
    PAGEBOX_TTY_ECHO_CONTROL = 1 << 5,
    PAGEBOX_TTY_EXTENDED = 1 << 6,
    PAGEBOX_TTY_CR_TO_NL = 1 << 7,
    PAGEBOX_TTY_NL_TO_CR = 1 << 8,
    PAGEBOX_TTY_IGNORE_CR = 1 << 9,
    PAGEBOX_TTY_FLOW = 1 << 10,
    PAGEBOX_TTY_NL_TO_CRNL = 1 << 11,
    PAGEBOX_TTY_STOP_BACKGROUND = 1 << 12,
};

struct pagebox_tty {
    uint32_t modes;
    uint8_t minimum, intr, quit, susp, erase, werase, kill, eof, eol, lnext, reprint, start, stop, zero[3];
};

PAGEBOX_IMPORT(tty_get_2)
extern int32_t pagebox_tty_get_2(int32_t fd, struct pagebox_tty *settings);
PAGEBOX_IMPORT(tty_set_2)
extern int32_t pagebox_tty_set_2(int32_t fd, const struct pagebox_tty *settings, uint32_t flush);
PAGEBOX_IMPORT(tty_size)
extern int32_t pagebox_tty_size(int32_t fd, uint16_t rows_and_columns[2]);
PAGEBOX_IMPORT(tty_getpgrp)
extern int32_t pagebox_tty_getpgrp(int32_t fd, uint32_t *group);
PAGEBOX_IMPORT(tty_setpgrp)
extern int32_t pagebox_tty_setpgrp(int32_t fd, int32_t group);

/* --- processes --- */

enum {
    PAGEBOX_SPAWN_SEARCH = 1,
    PAGEBOX_SPAWN_SETPGROUP = 2,
    PAGEBOX_SPAWN_DEFAULT_SIGNALS = 4,
    PAGEBOX_SPAWN_CLOSE_FDS = 8,
    PAGEBOX_SPAWN_SETSID = 16,
    PAGEBOX_SPAWN_FOREGROUND = 32,
};
enum { PAGEBOX_ACTION_CLOSE = 0, PAGEBOX_ACTION_DUP2 = 1 };

struct pagebox_action {
    uint32_t operation, from, to;
};

struct pagebox_spawn {
    const char *path;
    uint32_t path_length;
    const char *arguments; /* strings back to back, each with its NUL */
    uint32_t arguments_length;
    const char *environment;
    uint32_t environment_length;
    const char *directory;
    uint32_t directory_length;
    const struct pagebox_action *actions;
    uint32_t actions_count;
    uint32_t flags;
    int32_t group;
};

PAGEBOX_IMPORT(proc_spawn)
extern int32_t pagebox_proc_spawn(const struct pagebox_spawn *request, uint32_t *pid);
PAGEBOX_IMPORT(proc_wait)
extern int32_t pagebox_proc_wait(int32_t pid, uint32_t flags, uint32_t pid_and_status[2]);
PAGEBOX_IMPORT(proc_kill)
extern int32_t pagebox_proc_kill(int32_t pid, uint32_t signal);
PAGEBOX_IMPORT(proc_ids)
extern int32_t pagebox_proc_ids(uint32_t pid_parent_group_session[4]);
PAGEBOX_IMPORT(proc_setpgid)
extern int32_t pagebox_proc_setpgid(int32_t pid, int32_t group);
PAGEBOX_IMPORT(proc_setsid)
extern int32_t pagebox_proc_setsid(void);

/* --- signals --- */

enum { PAGEBOX_SIGNAL_DEFAULT, PAGEBOX_SIGNAL_IGNORE, PAGEBOX_SIGNAL_CATCH };

PAGEBOX_IMPORT(signal_set)
extern int32_t pagebox_signal_set(uint32_t signal, int32_t disposition, uint32_t *former);
PAGEBOX_IMPORT(signal_take)
extern int32_t pagebox_signal_take(uint32_t *signal);
PAGEBOX_IMPORT(signal_flag)
extern int32_t pagebox_signal_flag(volatile uint32_t *word);
PAGEBOX_IMPORT(signal_timer)
extern int32_t pagebox_signal_timer(uint64_t nanoseconds, uint64_t interval, uint64_t *left);

#ifdef __cplusplus
}
#endif

#endif
