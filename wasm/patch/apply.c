/* Applying a difference to its file. */
#include "patch.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void say(const char *format, ...) {
    va_list args;
    if (option.silent)
        return;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
}

/* A name as a shell would need it. */
static const char *quoted(const char *name) {
    if (*name && *name != '#' && *name != '~' && !name[strcspn(name, " \t\n!\"$&()*;<=>[^`|'?\\")])
        return name;
    char *made = malloc(strlen(name) * 4 + 3), *out = made;
    *out++ = '\'';
    for (; *name; name++)
        if (*name == '\'')
            out = stpcpy(out, "'\\''");
        else
            *out++ = *name;
    strcpy(out, "'");
    return made;
}

static void swap_sides(Change *c) {
    char *name = c->old_name;
    bool null = c->old_null;
    c->old_name = c->new_name, c->new_name = name;
    c->old_null = c->new_null, c->new_null = null;
    for (int i = 0; i < c->count; i++) {
        Hunk *h = &c->hunks[i];
        long start = h->old_start, count = h->old_count;
        h->old_start = h->new_start, h->new_start = start;
        h->old_count = h->new_count, h->new_count = count;
        for (long k = 0; k < h->body.count; k++) {
            char *kind = h->body.lines[k].text;
            *kind = *kind == '-' ? '+' : *kind == '+' ? '-' : ' ';
        }
    }
}

/* --- which file --- */

static const char *stripped(const char *name) {
    if (!name)
        return NULL;
    if (option.strip < 0) {
        const char *slash = strrchr(name, '/');
        return slash ? slash + 1 : name;
    }
    for (int i = 0; i < option.strip; i++) {
        const char *slash = strchr(name, '/');
        if (!slash)
            return NULL;
        name = slash + strspn(slash, "/");
    }
    return *name ? name : NULL;
}

static bool leads_out(const char *name) {
    if (*name == '/')
        return true;
    for (const char *p = name; (p = strstr(p, "..")); p += 2)
        if ((p == name || p[-1] == '/') && (p[2] == '/' || !p[2]))
            return true;
    return false;
}

static int depth(const char *name) {
    int n = 0;
    for (; *name; name++)
        n += *name == '/';
    return n;
}

static const char *choose(const Change *c, bool *exists) {
    const char *candidates[3] = {c->old_null ? NULL : stripped(c->old_name), c->new_null ? NULL : stripped(c->new_name),
                                 stripped(c->index_name)};
    const char *best = NULL;
    *exists = false;
    for (int pass = 0; pass < 2 && !best; pass++)
        for (int i = 0; i < 3; i++) {
            const char *name = candidates[i];
            if (!name || leads_out(name) || (pass == 0 && access(name, F_OK) != 0))
                continue;
            if (!best || depth(name) < depth(best) || (depth(name) == depth(best) && strlen(name) < strlen(best)))
                best = name;
            *exists |= pass == 0;
        }
    return best;
}

static bool creates(const Change *c) { return c->old_null || (c->count == 1 && c->hunks[0].old_start == 0 && c->hunks[0].old_count == 0); }

/* --- where a hunk fits --- */

static bool same(const Line *file, const Line *wanted) {
    const char *a = file->text, *b = wanted->text + 1;
    if (!option.ignore_blanks)
        return file->len == wanted->len - 1 && memcmp(a, b, file->len) == 0;
    while (*a || *b) {
        size_t x = strspn(a, " \t\r\n"), y = strspn(b, " \t\r\n");
        if ((x || y) && !(x && y) && a[x] && b[y])
            return false;
        a += x, b += y;
        if (*a != *b)
            return false;
        if (!*a)
            break;
        a++, b++;
    }
    return true;
}

static bool fits(const Lines *file, const Hunk *h, long at, long prefix, long suffix) {
    long line = at;
    for (long i = prefix; i < h->body.count - suffix; i++) {
        if (h->body.lines[i].text[0] == '+')
            continue;
        if (line >= file->count || !same(&file->lines[line++], &h->body.lines[i]))
            return false;
    }
    return true;
}

static void context_of(const Hunk *h, long *before, long *after) {
    *before = *after = 0;
    while (*before < h->body.count && h->body.lines[*before].text[0] == ' ')
        ++*before;
    while (*after < h->body.count - *before && h->body.lines[h->body.count - 1 - *after].text[0] == ' ')
        ++*after;
}

/* The line, from 0, where the hunk without `fuzz` lines of context fits nearest to where it should; -1 if nowhere. */
static long locate(const Lines *file, const Hunk *h, long offset, long lowest, int fuzz, long *prefix, long *suffix) {
    long before, after, most;
    context_of(h, &before, &after);
    long widest = before > after ? before : after;
    if (fuzz > widest)
        return -1;
    *prefix = fuzz + before - widest > 0 ? fuzz + before - widest : 0;
    *suffix = fuzz + after - widest > 0 ? fuzz + after - widest : 0;
    long first = (h->old_count ? h->old_start - 1 : h->old_start) + offset + *prefix;
    long needed = h->old_count - *prefix - *suffix;
    most = file->count - needed;
    /* With less context before than after it belongs to the beginning of the file, and the other way round to the end. */
    if (!fuzz && before < after && h->old_start <= 1)
        return first >= lowest && first <= most && fits(file, h, first, *prefix, *suffix) ? first : -1;
    long farthest = first - lowest > most - first ? first - lowest : most - first;
    for (long distance = 0; distance <= farthest; distance++) {
        if (first + distance <= most && first + distance >= lowest && fits(file, h, first + distance, *prefix, *suffix))
            return first + distance;
        if (distance && first - distance >= lowest && first - distance <= most && fits(file, h, first - distance, *prefix, *suffix))
            return first - distance;
    }
    return -1;
}

/* --- writing --- */

static void make_parents(const char *path) {
    char *copy = strdup(path);
    for (char *p = copy + 1; *p; p++)
        if (*p == '/') {
            *p = '\0';
            mkdir(copy, 0777);
            *p = '/';
        }
    free(copy);
}

static void write_lines(const char *name, const Lines *l, mode_t mode) {
    char made[4096];
    snprintf(made, sizeof made, "%s.new%d", name, (int)getpid());
    FILE *f = strcmp(name, "-") == 0 ? stdout : fopen(made, "w");
    if (!f)
        give_up("Can't create file", name);
    for (long i = 0; i < l->count; i++)
        fwrite(l->lines[i].text, 1, l->lines[i].len, f);
    if (f == stdout)
        return;
    if (fclose(f) != 0) {
        unlink(made);
        give_up("write error", name);
    }
    chmod(made, mode);
    if (rename(made, name) != 0)
        give_up("Can't rename file", made);
}

static const char *reject_name(const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s%s", option.reject ? option.reject : name, option.reject ? "" : ".rej");
    return path;
}

static void save_rejects(const char *name, const Change *c, const bool *failed) {
    const char *path = reject_name(name);
    FILE *f = fopen(path, "w");
    if (!f)
        give_up("Can't create file", path);
    bool unified = c->format == UNIFIED;
    fprintf(f, unified ? "--- %s\n+++ %s\n" : "*** %s\n--- %s\n", c->old_name ? c->old_name : "/dev/null",
            c->new_name ? c->new_name : "/dev/null");
    for (int i = 0; i < c->count; i++)
        if (failed[i])
            write_reject(f, &c->hunks[i], c->format);
    fclose(f);
}

static void copy_file(const char *from, const char *to) {
    Lines l = {0};
    struct stat facts;
    if (stat(from, &facts) != 0)
        return;
    read_lines(from, &l);
    write_lines(to, &l, facts.st_mode & 07777);
}

/* --- one file --- */

static int cannot_find(const Change *c) {
    if (option.silent)
        return 1;
    printf("can't find file to patch at input line %ld\n", c->first_line);
    puts(option.strip < 0 ? "Perhaps you should have used the -p or --strip option?" : "Perhaps you used the wrong -p or --strip option?");
    puts("The text leading up to this was:\n--------------------------");
    for (long i = 0; i < c->head.count; i++)
        printf("|%s", c->head.lines[i].text);
    puts("--------------------------");
    if (option.force)
        puts("No file to patch.  Skipping patch.");
    else
        puts("File to patch: \nSkip this patch? [y] \nSkipping patch.");
    printf("%d out of %d hunk%s ignored\n", c->count, c->count, c->count == 1 ? "" : "s");
    return 1;
}

static bool looks_reversed(const Lines *file, Change *c) {
    long prefix, suffix;
    for (int fuzz = 0; fuzz <= option.fuzz; fuzz++)
        if (locate(file, &c->hunks[0], 0, 0, fuzz, &prefix, &suffix) >= 0)
            return false;
    swap_sides(c);
    bool reversed = locate(file, &c->hunks[0], 0, 0, 0, &prefix, &suffix) >= 0;
    swap_sides(c);
    return reversed;
}

static void report_place(int number, long at, int fuzz, long offset) {
    if (!fuzz && !offset && !option.verbose)
        return;
    say("Hunk #%d succeeded at %ld", number, at);
    if (fuzz)
        say(" with fuzz %d", fuzz);
    if (offset)
        say(" (offset %ld line%s)", offset, labs(offset) == 1 ? "" : "s");
    say(".\n");
}

static void copy_part(Lines *out, const Lines *file, long from, long to) {
    for (long i = from; i < to; i++)
        add_line(out, file->lines[i].text, file->lines[i].len);
}

/* Returns how many hunks failed; `inexact` when some fitted elsewhere. */
static int apply_hunks(Change *c, const Lines *file, Lines *out, bool *failed, bool *inexact) {
    long copied = 0, offset = 0, shift = 0, prefix, suffix;
    int failures = 0;
    for (int i = 0; i < c->count; i++) {
        Hunk *h = &c->hunks[i];
        long at = -1;
        int fuzz = 0;
        for (; fuzz <= option.fuzz && at < 0; fuzz++)
            at = locate(file, h, offset, copied, fuzz, &prefix, &suffix);
        fuzz--; /* the one that did it */
        if (at < 0) {
            say("Hunk #%d FAILED at %ld.\n", i + 1, (h->old_count ? h->old_start : h->old_start + 1) + offset + shift);
            failed[i] = true;
            failures++;
            continue;
        }
        long expected = (h->old_count ? h->old_start - 1 : h->old_start) + prefix;
        offset = at - expected;
        report_place(i + 1, at - prefix + 1 + shift, fuzz, offset);
        *inexact |= fuzz || offset;
        copy_part(out, file, copied, at);
        copied = at;
        for (long k = prefix; k < h->body.count - suffix; k++) {
            const Line *l = &h->body.lines[k];
            if (l->text[0] == '+')
                add_line(out, l->text + 1, l->len - 1);
            else if (l->text[0] == ' ')
                copy_part(out, file, copied, copied + 1), copied++;
            else
                copied++;
        }
        shift += h->new_count - h->old_count;
    }
    copy_part(out, file, copied, file->count);
    return failures;
}

static void store(const char *name, const Change *c, const Lines *out, bool exists, bool backup) {
    char saved[4096];
    struct stat facts;
    mode_t mode = exists && stat(name, &facts) == 0 ? facts.st_mode & 07777 : 0666 & ~umask(022);
    if (!exists)
        umask(022);
    snprintf(saved, sizeof saved, "%s%s", name, option.suffix ? option.suffix : ".orig");
    if (backup && exists)
        copy_file(name, saved);
    else if (backup)
        write_lines(saved, &(Lines){0}, mode);
    const char *to = option.output ? option.output : name;
    if (!out->count && !option.output && (c->new_null || option.remove_empty)) {
        unlink(name);
        char *folder = strdup(name);
        for (char *slash; (slash = strrchr(folder, '/')) && (*slash = '\0', rmdir(folder) == 0);)
            ;
        free(folder);
        return;
    }
    make_parents(to);
    write_lines(to, out, c->mode ? (mode_t)c->mode : mode);
}

static int skip(const char *name, Change *c) {
    bool *all = calloc((size_t)c->count, sizeof *all);
    memset(all, 1, (size_t)c->count);
    say("%d out of %d hunk%s ignored", c->count, c->count, c->count == 1 ? "" : "s");
    if (!option.dry_run) {
        say(" -- saving rejects to file %s", quoted(reject_name(name)));
        save_rejects(name, c, all);
    }
    say("\n");
    return 1;
}

int apply(Change *c) {
    Lines file = {0}, out = {0};
    bool exists = true, inexact = false;
    if (option.reverse)
        swap_sides(c);
    const char *name = option.target ? option.target : choose(c, &exists);
    if (option.target)
        exists = access(name, F_OK) == 0;
    if (!name || (!exists && !creates(c)))
        return cannot_find(c);
    say("%s file %s", option.dry_run ? "checking" : "patching", quoted(option.output ? option.output : name));
    say(option.output ? " (read from %s)\n" : "\n", quoted(name));
    fflush(stdout);
    if (exists)
        read_lines(name, &file);
    if (looks_reversed(&file, c) || (creates(c) && file.count)) {
        if (option.forward) {
            say("Reversed (or previously applied) patch detected!  Skipping patch.\n");
            return skip(name, c);
        }
        if (!option.force) {
            say("%s patch detected!  Assume -R? [n] \nApply anyway? [n] \nSkipping patch.\n",
                option.reverse ? "Unreversed" : "Reversed (or previously applied)");
            return skip(name, c);
        }
    }
    bool *failed = calloc((size_t)c->count, sizeof *failed);
    int failures = apply_hunks(c, &file, &out, failed, &inexact);
    if (failures) {
        say("%d out of %d hunk%s FAILED", failures, c->count, c->count == 1 ? "" : "s");
        if (!option.dry_run) {
            say(" -- saving rejects to file %s", quoted(reject_name(name)));
            save_rejects(name, c, failed);
        }
        say("\n");
    }
    if (!option.dry_run && (failures < c->count || option.output))
        store(name, c, &out, exists, option.backup || ((inexact || failures) && !option.output));
    else if (!option.dry_run && failures)
        store(name, c, &file, exists, true);
    return failures != 0;
}
