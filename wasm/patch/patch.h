/* patch: a difference in memory, and the file it is for. */
#ifndef PATCH_H
#define PATCH_H

#include <stdbool.h>
#include <stddef.h>

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
    char *heading;
} Hunk;

typedef struct {
    char *old_name, *new_name, *index_name;
    bool old_null, new_null;
    int mode;
    long first_line; /* of the hunks, in the input */
    Lines head;
    Hunk *hunks;
    int count;
} Change;

typedef struct {
    bool reverse, dry_run, forward, backup, force, silent, remove_empty, ignore_blanks, verbose;
    int strip, fuzz;
    const char *output, *reject, *suffix, *target;
} Options;

extern Options option;

void add_line(Lines *l, const char *text, size_t len);
void read_lines(const char *name, Lines *l);
bool next_change(const Lines *input, long *at, Change *c);
int apply(Change *c);
_Noreturn void give_up(const char *what, const char *name);

#endif
