/*
 * The working directory of a tool.
 *
 * wasi-libc starts every program at "/" and resolves relative paths against its own idea of where it is. This
 * constructor is linked into every tool: it asks the kernel where the process stands and goes there before main.
 * A tool that cannot do so must not run at all: at "/" a relative path names the wrong tree, and `rm -r build` there
 * removes something else. $PWD is never read, because it may be unset or stale.
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>
#include <wasi/libc.h>

enum { ROOT_FD = 3, CANNOT_START = 126 };

__attribute__((import_module("pagebox"), import_name("getcwd")))
extern int32_t pagebox_getcwd(char *buffer, uint32_t size, uint32_t *length);

static void refuse(const char *reason) {
    static const char prefix[] = "pagebox: cannot enter the working directory: ";
    write(STDERR_FILENO, prefix, sizeof prefix - 1);
    write(STDERR_FILENO, reason, strlen(reason));
    write(STDERR_FILENO, "\n", 1);
    _Exit(CANNOT_START);
}

/*
 * wasi-libc drops the leading "/" and "." of a preopen's name, so "/" and "." become the same empty prefix and the
 * one that was opened last takes every path. Registering "/" again makes absolute paths absolute.
 */
static void prefer_root(void) {
    if (__wasilibc_register_preopened_fd(ROOT_FD, "/") != 0)
        refuse("out of memory");
}

__attribute__((constructor(101)))
static void enter_working_directory(void) {
    static char directory[PATH_MAX + 1];
    uint32_t length = 0;
    prefer_root();
    int32_t error = pagebox_getcwd(directory, PATH_MAX, &length);
    if (error != 0)
        refuse(strerror(error));
    if (length > PATH_MAX)
        refuse(strerror(ERANGE));
    directory[length] = '\0';
    if (directory[0] != '/')
        refuse("it has no name");
    if (strcmp(directory, "/") != 0 && chdir(directory) != 0)
        refuse(strerror(errno));
}
