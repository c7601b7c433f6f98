/* <stdlib.h>: wasi-libc's, and temporary files. */
#ifndef PAGEBOX_STDLIB_H
#define PAGEBOX_STDLIB_H

#include_next <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

int mkstemp(char *);
int mkostemp(char *, int);
int mkstemps(char *, int);
int mkostemps(char *, int, int);
char *mkdtemp(char *);

#ifdef __cplusplus
}
#endif

#endif
