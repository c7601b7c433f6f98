/* Reading differences: the names, and the unified format. */
#include "patch.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void add_line(Lines *l, const char *text, size_t len) {
    if (l->count == l->room) {
        l->room = l->room * 2 + 64;
        l->lines = realloc(l->lines, (size_t)l->room * sizeof *l->lines);
        if (!l->lines)
            give_up("out of memory", NULL);
    }
    char *copy = malloc(len + 1);
    memcpy(copy, text, len);
    copy[len] = '\0';
    l->lines[l->count++] = (Line){copy, len};
}

void read_lines(const char *name, Lines *l) {
    FILE *f = name ? fopen(name, "r") : stdin;
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    if (!f)
        give_up("Can't open patch file", name);
    while ((len = getline(&line, &room, f)) > 0)
        add_line(l, line, (size_t)len);
    if (ferror(f))
        give_up("read error", name);
    free(line);
    if (name)
        fclose(f);
}

bool begins(const Line *l, const char *with) { return strncmp(l->text, with, strlen(with)) == 0; }

/* A name in double quotes, with C's escapes; NULL if it is not one. */
static char *unquoted(const char *p, const char **rest) {
    static const char letters[] = "abfnrtv\\\"", meant[] = "\a\b\f\n\r\t\v\\\"";
    char *name = malloc(strlen(p) + 1), *out = name;
    for (p++; *p && *p != '"' && *p != '\n'; p++) {
        const char *known = *p == '\\' && p[1] ? strchr(letters, p[1]) : NULL;
        if (known) {
            *out++ = meant[known - letters];
            p++;
        } else if (*p == '\\' && p[1] >= '0' && p[1] <= '3' && p[2] >= '0' && p[2] <= '7' && p[3] >= '0' && p[3] <= '7') {
            *out++ = (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0'));
            p += 3;
        } else {
            *out++ = *p;
        }
    }
    *out = '\0';
    *rest = p + 1;
    if (*p == '"')
        return name;
    free(name);
    return NULL;
}

/* The name in a "--- name<TAB>time" line. */
static char *name_in(const Line *l, size_t skip, bool *null) {
    const char *p = l->text + skip;
    size_t len = strcspn(p, "\t\r\n");
    const char *space = memchr(p, ' ', len); /* "name 2024-01-01 ..." */
    if (!memchr(p, '\t', strlen(p)) && space && space[1] >= '0' && space[1] <= '9' && len - (size_t)(space - p) > 10)
        len = (size_t)(space - p);
    const char *time = p + len;
    char *name = *p == '"' ? unquoted(p, &time) : NULL;
    if (!name)
        name = strndup(p, len);
    *null = strcmp(name, "/dev/null") == 0;
    if (strstr(time, "1970-01-01 00:00:00"))
        *null = true;
    return name;
}

bool read_range(const char **p, long *start, long *count) {
    char *rest;
    *start = strtol(*p, &rest, 10);
    if (rest == *p)
        return false;
    *count = 1;
    if (*rest == ',') {
        *p = rest + 1;
        *count = strtol(*p, &rest, 10);
    }
    *p = rest;
    return *start >= 0 && *count >= 0;
}

void add_hunk(Change *c, Hunk h) {
    c->hunks = realloc(c->hunks, (size_t)(c->count + 1) * sizeof h);
    c->hunks[c->count++] = h;
}

_Noreturn void malformed(const Lines *input, long line) {
    char what[64];
    snprintf(what, sizeof what, "malformed patch at line %ld: %.20s", line + 1, line < input->count ? input->lines[line].text : "");
    what[strcspn(what, "\n")] = '\0';
    give_up(what, NULL);
}

/* Whether "\ No newline at end of file" follows a line. */
bool unfinished(const Lines *input, long line) {
    const Line *l = &input->lines[line];
    return line + 1 < input->count && l[1].text[0] == '\\' && l->text[l->len - 1] == '\n';
}

static bool read_hunk(const Lines *input, long *at, Change *c) {
    Hunk h = {0};
    const char *p = input->lines[*at].text + 4;
    if (!begins(&input->lines[*at], "@@ -") || !read_range(&p, &h.old_start, &h.old_count))
        return false;
    p += strspn(p, " ");
    if (*p++ != '+' || !read_range(&p, &h.new_start, &h.new_count))
        return false;
    long old = h.old_count, new = h.new_count, line = *at + 1;
    while ((old > 0 || new > 0) && line < input->count) {
        Line l = input->lines[line];
        char kind = l.text[0];
        if (kind == '\n' || kind == '\r' || kind == '\t') /* a blank that somebody trimmed */
            kind = ' ', l.text = strcpy(malloc(l.len + 2), " "), strcat(l.text, input->lines[line].text), l.len++;
        if (kind == '\\') {
            line++;
            continue;
        }
        if (kind != ' ' && kind != '-' && kind != '+')
            break;
        old -= kind != '+';
        new -= kind != '-';
        add_line(&h.body, l.text, l.len - unfinished(input, line));
        line++;
    }
    if (old || new)
        malformed(input, line);
    if (line < input->count && input->lines[line].text[0] == '\\')
        line++;
    add_hunk(c, h);
    *at = line;
    return true;
}

static bool may_be(Format format) { return option.format == ANY || option.format == format; }

/* Which format begins here. */
static Format format_at(const Lines *input, long at) {
    const Line *l = &input->lines[at];
    bool names = at + 2 < input->count;
    if (names && may_be(UNIFIED) && begins(l, "--- ") && begins(l + 1, "+++ ") && begins(l + 2, "@@ -"))
        return UNIFIED;
    if (names && may_be(CONTEXT) && begins(l, "*** ") && begins(l + 1, "--- ") && begins(l + 2, "********"))
        return CONTEXT;
    return may_be(NORMAL) && begins_normal(input, at) ? NORMAL : ANY;
}

static bool next_hunk(const Lines *input, long *at, Change *c) {
    if (*at >= input->count)
        return false;
    if (c->format == UNIFIED)
        return read_hunk(input, at, c);
    return (c->format == CONTEXT ? read_context_hunk : read_normal_hunk)(input, at, c);
}

static bool read_hunks(const Lines *input, long *at, Change *c) {
    const Line *l = &input->lines[*at];
    if (c->format != NORMAL) {
        c->old_name = name_in(l, 4, &c->old_null);
        c->new_name = name_in(l + 1, 4, &c->new_null);
        add_line(&c->head, l->text, l->len);
        add_line(&c->head, l[1].text, l[1].len);
        *at += 2;
    }
    c->first_line = *at + 1;
    while (next_hunk(input, at, c))
        ;
    return c->count > 0;
}

/* The next file's difference; false when there is none. */
bool next_change(const Lines *input, long *at, Change *c) {
    *c = (Change){0};
    for (; *at < input->count; ++*at) {
        const Line *l = &input->lines[*at];
        if ((c->format = format_at(input, *at)) != ANY)
            return read_hunks(input, at, c);
        add_line(&c->head, l->text, l->len);
        if (begins(l, "Index: "))
            c->index_name = name_in(l, 7, &(bool){false});
        else if (begins(l, "new file mode ") || begins(l, "new mode "))
            c->mode = (int)strtol(strrchr(l->text, ' '), NULL, 8) & 0777;
    }
    return false;
}
