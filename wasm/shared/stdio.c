/*
 * Standard input and output of the tools written in C.
 *
 * wasi-libc gives both 1024 bytes, so that a tool makes a system call for every kilobyte, and takes a pipe for a
 * terminal. Here they get what the rest of the system moves at once, and the kernel says what is a terminal.
 */
#include <stdio.h>
#include <unistd.h>

enum { AMOUNT = 65536 };

extern int __wrap_isatty(int fd);

int __wrap___isatty(int fd) { return __wrap_isatty(fd); }

__attribute__((constructor(102)))
static void give_room(void) {
    static char in[AMOUNT], out[AMOUNT];
    setvbuf(stdin, in, _IOFBF, sizeof in);
    setvbuf(stdout, out, __wrap_isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, sizeof out);
}
