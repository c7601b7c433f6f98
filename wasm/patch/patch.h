/* patch: a difference in memory, and the file it is for. */
#ifndef PATCH_H
#define PATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct {
    char *text; /* with its newline, if it has one */
    size_t len;
} Line;

typedef struct {
    Line *lines;
    long count, room;
} Lines;

typedef struct {
    long old_start, old_count, new_start, new_count;
    Lines body; /* the first byte of each is ' ', '-' or '+' */
} Hunk;

typedef enum { ANY, UNIFIED, CONTEXT, NORMAL } Format;

typedef struct {
    char *old_name, *new_name, *index_name;
    bool old_null, new_null;
    Format format;
    int mode;
    long first_line; /* of the hunks, in the input */
    Lines head;
    Hunk *hunks;
    int count;
} Change;

typedef struct {
    bool reverse, dry_run, forward, backup, force, silent, remove_empty, ignore_blanks, verbose;
    int strip, fuzz;
    Format format;
    const char *output, *reject, *suffix, *target;
} Options;

extern Options option;

void add_line(Lines *l, const char *text, size_t len);
void read_lines(const char *name, Lines *l);
void add_hunk(Change *c, Hunk h);
_Noreturn void malformed(const Lines *input, long line);
bool begins(const Line *l, const char *with);
bool read_range(const char **p, long *start, long *count);
bool unfinished(const Lines *input, long line);
bool read_context_hunk(const Lines *input, long *at, Change *c);
bool read_normal_hunk(const Lines *input, long *at, Change *c);
bool begins_normal(const Lines *input, long at);
void write_reject(FILE *f, const Hunk *h, Format format);
bool next_change(const Lines *input, long *at, Change *c);
int apply(Change *c);
_Noreturn void give_up(const char *what, const char *name);

#endif
