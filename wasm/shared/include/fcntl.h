/* <fcntl.h>: wasi-libc's, with close-on-exec and copies of descriptors. */
#ifndef PAGEBOX_FCNTL_H
#define PAGEBOX_FCNTL_H

#include_next <fcntl.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where wasi-libc has 0; a bit that none of its flags uses, and that it never sees. */
#undef O_CLOEXEC
#define O_CLOEXEC 0x20000000

#define F_DUPFD 0
#define F_DUPFD_CLOEXEC 1030

int open(const char *, int, ...) __asm__("pagebox_open");
int openat(int, const char *, int, ...) __asm__("pagebox_openat");

#ifdef __cplusplus
}
#endif

#endif
