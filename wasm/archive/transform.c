/* What --transform and --mode do to a member's names and mode. */
#include "tar.h"
#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Change {
    struct Change *next;
    regex_t pattern;
    char *with;
    int which, first; /* for which names; from which match on */
    bool global;
} Change;

static Change *changes, **last_change = &changes;

/* --- names --- */

typedef struct {
    char text[LONGEST_NAME * 2];
    size_t len;
    char lasting, once; /* 'U', 'L' and 'u', 'l' of the replacement */
} Output;

static void put(Output *out, const char *text, size_t len) {
    for (size_t i = 0; i < len && out->len < sizeof out->text - 1; i++) {
        char how = out->once ? out->once : out->lasting, c = text[i];
        out->once = 0;
        out->text[out->len++] = (char)(how == 'U' || how == 'u'   ? toupper((unsigned char)c)
                                       : how == 'L' || how == 'l' ? tolower((unsigned char)c)
                                                                  : c);
    }
}

static void put_replacement(Output *out, const char *with, const char *name, const regmatch_t *groups) {
    static const char letters[] = "abfnrtv", meant[] = "\a\b\f\n\r\t\v";
    for (const char *w = with; *w; w++) {
        int group = *w == '&' ? 0 : -1;
        char c = *w;
        if (*w == '\\' && w[1]) {
            c = *++w;
            group = c >= '0' && c <= '9' ? c - '0' : -1;
            if (strchr("ULE", c)) {
                out->lasting = c == 'E' ? 0 : c;
                continue;
            }
            if (strchr("ul", c)) {
                out->once = c;
                continue;
            }
            const char *known = strchr(letters, c);
            c = known ? meant[known - letters] : c;
        }
        if (group < 0)
            put(out, &c, 1);
        else if (groups[group].rm_so >= 0)
            put(out, name + groups[group].rm_so, (size_t)(groups[group].rm_eo - groups[group].rm_so));
    }
    out->lasting = out->once = 0;
}

static char *changed_by(const Change *c, const char *name) {
    static Output out;
    regmatch_t groups[10];
    const char *p = name;
    out = (Output){0};
    for (int match = 1, flags = 0; *p || match == 1; match++, flags = REG_NOTBOL) {
        if (regexec(&c->pattern, p, 10, groups, flags) != 0)
            break;
        size_t end = (size_t)groups[0].rm_eo;
        put(&out, p, (size_t)groups[0].rm_so);
        if (match < c->first)
            put(&out, p + groups[0].rm_so, end - (size_t)groups[0].rm_so);
        else
            put_replacement(&out, c->with, p, groups);
        p += end;
        if (match >= c->first && !c->global)
            break;
        if (groups[0].rm_so == groups[0].rm_eo && *p)
            put(&out, p++, 1);
    }
    put(&out, p, strlen(p));
    return strdup(out.text);
}

char *renamed(const char *name, int which) {
    char *now = strdup(name);
    for (Change *c = changes; c; c = c->next) {
        if (!(c->which & which))
            continue;
        char *next = changed_by(c, now);
        free(now);
        now = next;
    }
    return now;
}

static int flag_for(char letter) {
    switch (tolower((unsigned char)letter)) {
    case 'r': return FOR_NAMES;
    case 'h': return FOR_LINKS;
    case 's': return FOR_SYMLINKS;
    }
    return 0;
}

/* "rhS": a small letter adds its kind, a capital takes it away. Returns what follows. */
static const char *take_which(const char *p, int *which) {
    for (; flag_for(*p); p++)
        *which = islower((unsigned char)*p) ? *which | flag_for(*p) : *which & ~flag_for(*p);
    return p;
}

static _Noreturn void unknown_flag(char letter) {
    char what[64];
    snprintf(what, sizeof what, "Unknown flag in transform expression: %c", letter);
    usage_error(what);
}

static const char *take_flags(const char *p, Change *c, int *pattern_flags) {
    for (; *p && *p != ';'; p++) {
        const char *after = take_which(p, &c->which);
        if (after != p)
            p = after - 1;
        else if (*p == 'g')
            c->global = true;
        else if (*p == 'i')
            *pattern_flags |= REG_ICASE;
        else if (*p == 'x')
            *pattern_flags |= REG_EXTENDED;
        else if (isdigit((unsigned char)*p)) {
            char *end;
            c->first = (int)strtol(p, &end, 10);
            p = end - 1;
        } else
            unknown_flag(*p);
    }
    return p;
}

/* What ends at the next `mark`, which a backslash makes part of it. */
static const char *take_part(const char *p, char mark, char *out, size_t room) {
    size_t len = 0;
    for (; *p != mark; p++) {
        if (!*p || len + 3 > room)
            usage_error("Invalid transform expression");
        if (*p == '\\' && p[1] == mark)
            p++;
        else if (*p == '\\' && p[1])
            out[len++] = *p++;
        out[len++] = *p;
    }
    out[len] = '\0';
    return p + 1;
}

static const char *add_change(const char *p, int which) {
    char parts[2][LONGEST_NAME];
    int flags = 0;
    Change *c = calloc(1, sizeof *c);
    if (*p++ != 's' || !*p)
        usage_error("Invalid transform expression");
    char mark = *p++;
    for (int i = 0; i < 2; i++)
        p = take_part(p, mark, parts[i], sizeof parts[i]);
    c->which = which;
    c->first = 1;
    c->with = strdup(parts[1]);
    p = take_flags(p, c, &flags);
    if (regcomp(&c->pattern, parts[0], flags) != 0)
        usage_error("Invalid transform expression");
    *last_change = c;
    last_change = &c->next;
    return p;
}

/* "flags=rh;s/a/b/;s/c/d/g". */
void add_changes(const char *text) {
    static int which = FOR_NAMES | FOR_LINKS | FOR_SYMLINKS;
    for (const char *p = text; *p; p += *p == ';') {
        if (strncmp(p, "flags=", 6) == 0) {
            which = 0;
            p = take_which(p + 6, &which);
            if (*p && *p != ';')
                unknown_flag(*p);
        } else {
            p = add_change(p, which);
        }
    }
}

/* --- modes --- */

static mode_t who_bits(const char **p) {
    mode_t who = 0;
    for (; **p && strchr("ugoa", **p); ++*p)
        who |= **p == 'u' ? 04700 : **p == 'g' ? 02070 : **p == 'o' ? 01007 : 07777;
    return who;
}

static mode_t permission_bits(const char **p, mode_t mode) {
    mode_t bits = 0;
    if (**p && strchr("ugo", **p)) {
        mode_t same = mode >> (**p == 'u' ? 6 : **p == 'g' ? 3 : 0) & 7;
        ++*p;
        return same * 0111;
    }
    for (; **p && strchr("rwxXst", **p); ++*p) {
        switch (**p) {
        case 'r': bits |= 0444; break;
        case 'w': bits |= 0222; break;
        case 'x': bits |= 0111; break;
        case 'X': bits |= S_ISDIR(mode) || mode & 0111 ? 0111 : 0; break;
        case 's': bits |= 06000; break;
        case 't': bits |= 01000; break;
        }
    }
    return bits;
}

/* One "ug+rw"; NULL if it is none. */
static const char *change_once(const char *p, mode_t *mode, mode_t mask) {
    mode_t who = who_bits(&p), allowed = who ? who : 07777 & ~mask;
    if (!*p || !strchr("+-=", *p))
        return NULL;
    while (*p && strchr("+-=", *p)) {
        char how = *p++;
        mode_t bits = permission_bits(&p, *mode) & allowed;
        if (how == '-')
            *mode &= ~bits;
        else if (how == '+')
            *mode |= bits;
        else
            *mode = (*mode & ~((who ? who : 07777) & (S_ISDIR(*mode) ? 01777 : 07777))) | bits;
    }
    return *p == ',' ? p + 1 : *p ? NULL : p;
}

/* What chmod would make of a mode; (mode_t)-1 if the text is no change of modes. */
mode_t changed_mode(const char *text, mode_t mode) {
    char *end;
    long octal = strtol(text, &end, 8);
    if (*text >= '0' && *text <= '7' && !*end && octal <= 07777)
        return (mode & ~07777u) | (mode_t)octal;
    mode_t mask = umask(0);
    umask(mask);
    do
        text = change_once(text, &mode, mask);
    while (text && *text);
    return text ? mode : (mode_t)-1;
}

const char *check_mode(const char *text) {
    if (changed_mode(text, 0) == (mode_t)-1) {
        complain(2, "Invalid mode given on option");
        give_up();
    }
    return text;
}
