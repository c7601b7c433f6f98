/* Reading and writing context differences, and reading normal ones. */
#include "patch.h"
#include <stdlib.h>
#include <string.h>

static void add_kind(Lines *to, char kind, const Line *from) {
    add_line(to, from->text, from->len);
    to->lines[to->count - 1].text[0] = kind;
}

/* A line of a context difference as one of a body: "! text" becomes "!text". */
static void add_marked(Lines *to, const Lines *input, long line) {
    const Line *l = &input->lines[line];
    bool trimmed = l->text[0] == '\n'; /* a blank that somebody trimmed */
    char *text = trimmed ? strdup(" \n") : strdup(l->text + 1);
    text[0] = trimmed ? ' ' : l->text[0];
    add_line(to, text, (trimmed ? 2 : l->len - 1) - unfinished(input, line));
    free(text);
}

/* "*** 1,4 ****" or "--- 1,3 ----": the lines that follow, none where the side says nothing that the other does not. */
static bool read_side(const Lines *input, long *at, const char *mark, const char *kinds, long *start, Lines *side) {
    if (*at >= input->count || !begins(&input->lines[*at], mark))
        return false;
    const char *p = input->lines[*at].text + 4;
    long last, single;
    char *rest;
    if (!read_range(&p, start, &last))
        return false;
    single = strtol(input->lines[*at].text + 4, &rest, 10);
    long count = *rest == ',' ? last - single + 1 : 1;
    for (++*at; *at < input->count && count > 0; ++*at, count--) {
        const Line *l = &input->lines[*at];
        bool marked = strchr(kinds, l->text[0]) && (l->text[1] == ' ' || l->text[1] == '\t');
        if (!marked && l->text[0] != '\n')
            break;
        add_marked(side, input, *at);
    }
    if (*at < input->count && input->lines[*at].text[0] == '\\')
        ++*at;
    return true;
}

static void take_context(Lines *to, const Lines *from) {
    for (long i = 0; i < from->count; i++)
        if (from->lines[i].text[0] == ' ')
            add_line(to, from->lines[i].text, from->lines[i].len);
}

static bool merge(Hunk *h, const Lines *old, const Lines *new) {
    long i = 0, k = 0;
    while (i < old->count || k < new->count) {
        if (i < old->count && old->lines[i].text[0] != ' ') {
            add_kind(&h->body, '-', &old->lines[i++]);
            h->old_count++;
        } else if (k < new->count && new->lines[k].text[0] != ' ') {
            add_kind(&h->body, '+', &new->lines[k++]);
            h->new_count++;
        } else if (i < old->count && k < new->count) {
            add_kind(&h->body, ' ', &old->lines[i++]);
            k++;
            h->old_count++, h->new_count++;
        } else {
            return false;
        }
    }
    return true;
}

bool read_context_hunk(const Lines *input, long *at, Change *c) {
    Hunk h = {0};
    Lines old = {0}, new = {0};
    if (!begins(&input->lines[*at], "********"))
        return false;
    ++*at;
    if (!read_side(input, at, "*** ", " -!", &h.old_start, &old) || !read_side(input, at, "--- ", " +!", &h.new_start, &new))
        malformed(input, *at);
    if (!old.count)
        take_context(&old, &new);
    else if (!new.count)
        take_context(&new, &old);
    if (!merge(&h, &old, &new))
        malformed(input, *at);
    add_hunk(c, h);
    return true;
}

/* "3,4c5", "2d1", "7a8,9". */
static bool read_command(const Line *l, Hunk *h, char *command) {
    const char *p = l->text;
    long old_last = -1, new_last = -1;
    char *rest;
    if (*p < '0' || *p > '9')
        return false;
    h->old_start = strtol(p, &rest, 10);
    if (*rest == ',')
        old_last = strtol(rest + 1, &rest, 10);
    *command = *rest;
    if (!strchr("acd", *rest) || rest[1] < '0' || rest[1] > '9')
        return false;
    h->new_start = strtol(rest + 1, &rest, 10);
    if (*rest == ',')
        new_last = strtol(rest + 1, &rest, 10);
    h->old_count = *command == 'a' ? 0 : old_last < 0 ? 1 : old_last - h->old_start + 1;
    h->new_count = *command == 'd' ? 0 : new_last < 0 ? 1 : new_last - h->new_start + 1;
    return (*rest == '\n' || *rest == '\r') && h->old_count >= 0 && h->new_count >= 0;
}

bool begins_normal(const Lines *input, long at) {
    Hunk h = {0};
    char command;
    return at + 1 < input->count && read_command(&input->lines[at], &h, &command)
           && begins(&input->lines[at + 1], command == 'a' ? "> " : "< ");
}

static void read_lines_of(const Lines *input, long *at, const char *mark, char kind, long count, Hunk *h) {
    for (; count > 0; count--, ++*at) {
        if (*at >= input->count || !begins(&input->lines[*at], mark))
            malformed(input, *at);
        const Line *l = &input->lines[*at];
        add_line(&h->body, l->text + 1, l->len - 1 - unfinished(input, *at));
        h->body.lines[h->body.count - 1].text[0] = kind;
    }
    if (*at < input->count && input->lines[*at].text[0] == '\\')
        ++*at;
}

bool read_normal_hunk(const Lines *input, long *at, Change *c) {
    Hunk h = {0};
    char command;
    if (!begins_normal(input, *at) || !read_command(&input->lines[*at], &h, &command))
        return false;
    ++*at;
    read_lines_of(input, at, "< ", '-', h.old_count, &h);
    if (command == 'c' && (*at >= input->count || !begins(&input->lines[(*at)++], "---")))
        malformed(input, *at);
    read_lines_of(input, at, "> ", '+', h.new_count, &h);
    add_hunk(c, h);
    return true;
}

/* --- writing what was rejected --- */

static void put_text(FILE *f, const Line *l) {
    fwrite(l->text + 1, 1, l->len - 1, f);
    if (l->text[l->len - 1] != '\n')
        fputs("\n\\ No newline at end of file\n", f);
}

/* Whether the run of changes around a line both removes and adds. */
static bool replaces(const Lines *body, long at) {
    bool removes = false, adds = false;
    while (at > 0 && body->lines[at - 1].text[0] != ' ')
        at--;
    for (; at < body->count && body->lines[at].text[0] != ' '; at++) {
        removes |= body->lines[at].text[0] == '-';
        adds |= body->lines[at].text[0] == '+';
    }
    return removes && adds;
}

static void put_side(FILE *f, const Lines *body, char kind, bool plain) {
    for (long i = 0; i < body->count; i++) {
        char own = body->lines[i].text[0];
        if (own != ' ' && own != kind)
            continue;
        fprintf(f, "%c ", own != ' ' && !plain && replaces(body, i) ? '!' : own);
        put_text(f, &body->lines[i]);
    }
}

static void put_range(FILE *f, const char *before, long start, long count, const char *after) {
    fprintf(f, "%s %ld", before, start);
    if (count > 1)
        fprintf(f, ",%ld", start + count - 1);
    fprintf(f, "%s\n", after);
}

/* `plain` as GNU patch writes what it read as a normal difference. */
static void put_context(FILE *f, const Hunk *h, bool plain) {
    fputs("***************\n", f);
    put_range(f, "***", h->old_start, h->old_count, plain ? "" : " ****");
    put_side(f, &h->body, '-', plain);
    put_range(f, "---", h->new_start, h->new_count, plain ? " -----" : " ----");
    put_side(f, &h->body, '+', plain);
}

static void put_unified(FILE *f, const Hunk *h) {
    fprintf(f, "@@ -%ld", h->old_start);
    if (h->old_count != 1)
        fprintf(f, ",%ld", h->old_count);
    fprintf(f, " +%ld", h->new_start);
    if (h->new_count != 1)
        fprintf(f, ",%ld", h->new_count);
    fputs(" @@\n", f);
    for (long k = 0; k < h->body.count; k++) {
        fputc(h->body.lines[k].text[0], f);
        put_text(f, &h->body.lines[k]);
    }
}

void write_reject(FILE *f, const Hunk *h, Format format) {
    if (format == UNIFIED)
        put_unified(f, h);
    else
        put_context(f, h, format == NORMAL);
}
