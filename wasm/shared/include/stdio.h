/* <stdio.h>: wasi-libc's, and programs as streams. */
#ifndef PAGEBOX_STDIO_H
#define PAGEBOX_STDIO_H

#include_next <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

FILE *popen(const char *, const char *);
int pclose(FILE *);

#ifdef __cplusplus
}
#endif

#endif
