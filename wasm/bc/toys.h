/* What bc.c uses of toybox, for a program of its own. */
#ifndef TOYS_H
#define TOYS_H

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define minof(a, b) ((a) < (b) ? (a) : (b))
#define maxof(a, b) ((a) > (b) ? (a) : (b))

/* The options, in bits; bc.c has 1 << 8 for its own use. */
#define FLAG_w 1
#define FLAG_s 2
#define FLAG_q 4
#define FLAG_l 8
#define FLAG_i 16
#define FLAG(x) (!!(toys.optflags & FLAG_##x))
#define CFG_TOYBOX_FREE 0

#define GLOBALS(...) struct bc_globals { __VA_ARGS__ };

#define TT bc_globals
#define USE_BC(...)

struct toy_name {
    char *name;
};

struct toy_context {
    struct toy_name *which;
    char **optargs;
    int optc, exitval;
    unsigned optflags;
};

extern struct toy_context toys;
extern struct bc_globals bc_globals;

void *xmalloc(size_t size);
void *xzalloc(size_t size);
void *xrealloc(void *memory, size_t size);
char *xstrdup(const char *text);
/* Where a byte of a text is first; -1 if it is not there. */
int stridx(char *text, char byte);

#endif
