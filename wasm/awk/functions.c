/* The functions that awk has. */
#include "code.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

static uint64_t random_state[4];
static double seed, seed_before;

/* xoshiro256**, seeded by splitmix64. */
static void seed_random(double from) {
    uint64_t x;
    memcpy(&x, &from, sizeof x);
    for (int i = 0; i < 4; i++) {
        uint64_t z = (x += 0x9e3779b97f4a7c15u);
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        random_state[i] = z ^ z >> 31;
    }
}

static double next_random(void) {
    uint64_t *s = random_state, answer = s[1] * 5, t = s[1] << 17;
    answer = (answer << 7 | answer >> 57) * 9;
    s[2] ^= s[0], s[3] ^= s[1], s[1] ^= s[2], s[0] ^= s[3], s[2] ^= t;
    s[3] = s[3] << 45 | s[3] >> 19;
    return (double)(answer >> 11) / 9007199254740992.0;
}

void start_random(void) { seed_random(seed = 0); }

static Val truth_value(bool b) { return number(b); }

/* --- strings --- */

static double length_of(Val *v) {
    if (v->kind == ARRAY)
        return v->table->count;
    Str *s = to_text(v);
    double n = str_chars(s);
    str_drop(s);
    return n;
}

static Val substr(Val *args, int count) {
    Str *s = to_text(&args[0]);
    double from = trunc(to_number(&args[1])), total = str_chars(s), to = total + 1;
    if (!(from >= 1)) /* as GNU awk: the length is not shortened by it */
        from = 1;
    if (count > 2)
        to = from + trunc(to_number(&args[2]));
    if (to > total + 1)
        to = total + 1;
    if (!(from < to)) {
        str_drop(s);
        return text_of("", 0);
    }
    size_t start = char_offset(s, (size_t)from - 1), end;
    if (total == s->len)
        end = (size_t)to - 1;
    else {
        const char *p = s->data + start, *limit = s->data + s->len;
        for (double n = from; n < to; n++)
            p += char_length(p, limit);
        end = (size_t)(p - s->data);
    }
    Val v = text_of(s->data + start, end - start);
    str_drop(s);
    return v;
}

static double characters_before(Str *s, size_t offset) {
    if (str_chars(s) == s->len)
        return (double)offset;
    double n = 0;
    const char *end = s->data + offset;
    for (const char *p = s->data; p < end; p += char_length(p, s->data + s->len))
        n++;
    return n;
}

static double index_of(Val *args) {
    Str *s = to_text(&args[0]), *wanted = to_text(&args[1]);
    const char *found = memmem(s->data, s->len, wanted->data, wanted->len);
    double n = found ? characters_before(s, (size_t)(found - s->data)) + 1 : 0;
    str_drop(s);
    str_drop(wanted);
    return n;
}

static Regex *regex_of(Val *v) {
    if (v->kind == REGEX && !ignoring_case())
        return v->regex;
    Str *pattern = to_text(v);
    Regex *r = regex_cached(pattern);
    str_drop(pattern);
    return r;
}

static double match(Val *args, int count) {
    Str *s = to_text(&args[0]);
    Regex *r = regex_of(&args[1]);
    size_t start = 0, end = 0, len;
    bool found = regex_find(r, s->data, s->len, 0, &start, &end);
    double from = found ? characters_before(s, start) + 1 : 0, length = -1;
    if (found)
        length = characters_before(s, end) + 1 - from;
    if (count > 2) {
        Table *t = args[2].table;
        table_clear(t);
        if (found) {
            const char *between = special_text(S_SUBSEP, &len);
            int pairs[MOST_GROUPS * 2], groups = regex_groups(r);
            if (groups >= MOST_GROUPS)
                groups = MOST_GROUPS - 1;
            regex_captures(r, s->data, s->len, start, end, pairs);
            for (int i = 0; i <= groups; i++) {
                int a = pairs[i * 2], b = pairs[i * 2 + 1];
                if (a < 0 || b < 0)
                    continue;
                char key[64];
                table_set_index(t, i, input_text(str_new(s->data + a, (size_t)(b - a))));
                double first = characters_before(s, (size_t)a) + 1;
                snprintf(key, sizeof key, "%d%.*sstart", i, (int)len, between);
                table_set(t, key, number(first));
                snprintf(key, sizeof key, "%d%.*slength", i, (int)len, between);
                table_set(t, key, number(characters_before(s, (size_t)b) + 1 - first));
            }
        }
    }
    set_special(S_RSTART, number(from));
    set_special(S_RLENGTH, number(length));
    str_drop(s);
    return from;
}

/* --- replacing --- */

/* In sub and gsub: & is the match, \& an ampersand, \\& a backslash and the match, \\\& a backslash and an ampersand. */
static Str *put_replacement(Str *out, Str *with, const char *match, size_t len) {
    const char *p = with->data, *end = p + with->len;
    while (p < end) {
        if (*p == '\\') {
            if (end - p >= 4 && memcmp(p, "\\\\\\&", 4) == 0) {
                out = str_append(out, "\\&", 2);
                p += 4;
            } else if (end - p >= 3 && memcmp(p, "\\\\&", 3) == 0) {
                out = str_append(out, "\\", 1);
                out = str_append(out, match, len);
                p += 3;
            } else if (end - p >= 2 && p[1] == '&') {
                out = str_append(out, "&", 1);
                p += 2;
            } else {
                out = str_append(out, p++, 1);
            }
        } else if (*p == '&') {
            out = str_append(out, match, len);
            p++;
        } else {
            const char *next = p;
            while (next < end && *next != '&' && *next != '\\')
                next++;
            out = str_append(out, p, (size_t)(next - p));
            p = next;
        }
    }
    return out;
}

/* In gensub: \0 to \9 are groups, & is the match. */
static Str *put_groups(Str *out, Str *with, const char *text, int *pairs, int groups) {
    const char *p = with->data, *end = p + with->len;
    while (p < end) {
        int group = -1;
        if (*p == '\\' && p + 1 < end) {
            p++;
            if (*p >= '0' && *p <= '9')
                group = *p - '0';
            else if (*p != '&' && *p != '\\')
                out = str_append(out, "\\", 1);
        } else if (*p == '&') {
            group = 0;
        }
        if (group < 0)
            out = str_append(out, p, 1);
        else if (group <= groups && pairs[group * 2] >= 0 && pairs[group * 2 + 1] >= 0)
            out = str_append(out, text + pairs[group * 2], (size_t)(pairs[group * 2 + 1] - pairs[group * 2]));
        p++;
    }
    return out;
}

/* Replaces the `only`th match, or all if it is 0; `with` is gensub's if `grouped`. NULL if nothing was found. */
static Str *replace(Regex *r, Str *with, Str *s, int only, bool grouped, int *replaced) {
    size_t at = 0, copied = 0, start, end;
    int number = 0, pairs[MOST_GROUPS * 2], groups = regex_groups(r);
    long last_end = -1;
    Str *out = NULL;
    *replaced = 0;
    if (groups >= MOST_GROUPS)
        groups = MOST_GROUPS - 1;
    while (at <= s->len && regex_find(r, s->data, s->len, at, &start, &end)) {
        if (start == end && (long)start == last_end) { /* nothing right after a match is no match */
            if (start >= s->len)
                break;
            at = start + char_length(s->data + start, s->data + s->len);
            if (!regex_find(r, s->data, s->len, at, &start, &end))
                break;
        }
        if (++number == only || !only) {
            if (!out)
                out = str_room(0);
            out = str_append(out, s->data + copied, start - copied);
            if (grouped) {
                if (groups)
                    regex_captures(r, s->data, s->len, start, end, pairs);
                pairs[0] = (int)start;
                pairs[1] = (int)end;
                out = put_groups(out, with, s->data, pairs, groups);
            } else {
                out = put_replacement(out, with, s->data + start, end - start);
            }
            copied = end;
            ++*replaced;
            if (only)
                break;
        }
        last_end = (long)end;
        if (end > start) {
            at = end;
        } else {
            if (end >= s->len)
                break;
            at = end + char_length(s->data + end, s->data + s->len);
        }
    }
    if (out)
        out = str_append(out, s->data + copied, s->len - copied);
    return out;
}

/* args: pattern, replacement, target. */
int subst(Val *args, bool global, Val *result) {
    Regex *r = regex_of(&args[0]);
    Str *with = to_text(&args[1]), *s = to_text(&args[2]);
    int count;
    Str *made = replace(r, with, s, global ? 0 : 1, false, &count);
    if (made)
        *result = text(made);
    str_drop(with);
    str_drop(s);
    return count;
}

static Val gensub(Val *args, int count) {
    Regex *r = regex_of(&args[0]);
    Str *with = to_text(&args[1]), *how = to_text(&args[2]), *s;
    if (count > 3) {
        s = to_text(&args[3]);
    } else {
        Val record = field(0);
        s = to_text(&record);
        drop(&record);
    }
    bool all = how->len && (how->data[0] | 32) == 'g';
    double which = all ? 0 : to_number(&args[2]);
    if (!all && which < 1) {
        warn("gensub: third argument `%s' treated as 1", how->data);
        which = 1;
    }
    int replaced;
    Str *made = replace(r, with, s, (int)which, true, &replaced);
    str_drop(with);
    str_drop(how);
    if (!made)
        return text(s);
    str_drop(s);
    return text(made);
}

/* --- numbers --- */

static Val bits(int which, Val *args, int count) {
    uint64_t all = 0;
    for (int i = 0; i < count; i++) {
        double n = to_number(&args[i]);
        if (n < 0)
            fatal("%s: argument %d negative value %g is not allowed", builtin_name(which), i + 1, n);
        uint64_t x = (uint64_t)n;
        if (i == 0)
            all = x;
        else if (which == B_AND)
            all &= x;
        else if (which == B_OR)
            all |= x;
        else if (which == B_XOR)
            all ^= x;
        else if (which == B_LSHIFT)
            all = x < 64 ? all << x : 0;
        else
            all = x < 64 ? all >> x : 0;
    }
    if (which == B_COMPL)
        all = ~all & 0x1fffffffffffffu;
    return number((double)all);
}

static double string_to_number(Val *v) {
    settle(v);
    if (v->kind != STR && v->kind != STRNUM)
        return to_number(v);
    const char *p = v->s->data;
    bool negative = false;
    p += strspn(p, " \t\n");
    if (*p == '-' || *p == '+')
        negative = *p++ == '-';
    double n = 0;
    if (p[0] == '0' && (p[1] | 32) == 'x') {
        for (p += 2; (*p >= '0' && *p <= '9') || ((*p | 32) >= 'a' && (*p | 32) <= 'f'); p++)
            n = n * 16 + (*p <= '9' ? *p - '0' : (*p | 32) - 'a' + 10);
    } else if (p[0] == '0' && strspn(p, "01234567") == strspn(p, "0123456789.eE")) {
        for (; *p >= '0' && *p <= '7'; p++)
            n = n * 8 + (*p - '0');
    } else {
        return to_number(v);
    }
    return negative ? -n : n;
}

/* --- time --- */

static Val format_time(Val *args, int count) {
    Str *wanted = NULL;
    const char *pattern = "%a %b %e %H:%M:%S %Z %Y";
    if (count > 0) {
        wanted = to_text(&args[0]);
        pattern = wanted->data;
    } else {
        Val *v = table_find(globals[S_PROCINFO].value.table, "strftime", 8);
        if (v) {
            wanted = to_text(v);
            pattern = wanted->data;
        }
    }
    time_t when = count > 1 ? (time_t)floor(to_number(&args[1])) : time(NULL);
    struct tm parts;
    if (count > 2 && truth(&args[2]))
        gmtime_r(&when, &parts);
    else
        localtime_r(&when, &parts);
    size_t room = 256;
    char *out = allocate(room);
    size_t len = 0;
    if (*pattern)
        while (!(len = strftime(out, room, pattern, &parts)) && room < 1 << 20)
            out = reallocate(out, room *= 2);
    Val v = text_of(out, len);
    free(out);
    if (wanted)
        str_drop(wanted);
    return v;
}

static double make_time(Val *args, int count) {
    Str *s = to_text(&args[0]);
    struct tm parts = {0};
    int n = sscanf(s->data, "%d %d %d %d %d %d %d", &parts.tm_year, &parts.tm_mon, &parts.tm_mday, &parts.tm_hour, &parts.tm_min,
                   &parts.tm_sec, &parts.tm_isdst);
    str_drop(s);
    if (n < 6)
        return -1;
    parts.tm_year -= 1900;
    parts.tm_mon--;
    if (n < 7)
        parts.tm_isdst = -1;
    return (double)(count > 1 && truth(&args[1]) ? timegm(&parts) : mktime(&parts));
}

/* --- arrays and the world --- */

static double sort_array(int which, Val *args, int count) {
    Table *from = args[0].table, *to = count > 1 ? args[1].table : from;
    Str *order = count > 2 ? to_text(&args[2]) : NULL;
    Entry **entries;
    uint32_t n;
    table_sorted(from, order ? order->data : which == B_ASORT ? "@val_type_asc" : "@ind_str_asc", &entries, &n);
    Val *values = allocate(n * sizeof *values);
    for (uint32_t i = 0; i < n; i++)
        values[i] = which == B_ASORT ? keep(entries[i]->value) : text(str_keep(entries[i]->key));
    free(entries);
    table_clear(to);
    for (uint32_t i = 0; i < n; i++)
        table_set_index(to, (long)i + 1, values[i]);
    free(values);
    if (order)
        str_drop(order);
    return n;
}

static double run_command(Val *v) {
    Str *command = to_text(v);
    flush_all();
    int status = system(command->data);
    str_drop(command);
    if (status == -1)
        return -1;
    return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
}

static double flush(Val *args, int count) {
    Str *name = count ? to_text(&args[0]) : NULL;
    int status = 0;
    if (name && name->len)
        status = flush_named(name);
    else
        flush_all();
    if (name)
        str_drop(name);
    return status;
}

static double close_output(Val *args, int count) {
    Str *name = to_text(&args[0]), *end = count > 1 ? to_text(&args[1]) : NULL;
    double status = close_named(name, end ? end->data : NULL);
    str_drop(name);
    if (end)
        str_drop(end);
    return status;
}

static Val type_of(Val *v) {
    settle(v);
    static const char *const names[] = {"untyped", "number", "string", "string", "strnum", "regexp", "array"};
    const char *name = names[v->kind];
    return text_of(name, strlen(name));
}

static double logarithm(double x) {
    if (x < 0)
        warn("log: received negative argument %g", x);
    return x < 0 ? -NAN : log(x); /* its sign, which is printed, differs between machines */
}

static double root(double x) {
    if (x < 0)
        warn("sqrt: called with negative argument %g", x);
    return x < 0 ? -NAN : sqrt(x);
}

Val call_builtin(int which, Val *args, int count) {
    switch (which) {
    case B_LENGTH: return number(length_of(&args[0]));
    case B_SUBSTR: return substr(args, count);
    case B_INDEX: return number(index_of(args));
    case B_SPLIT: case B_PATSPLIT:
        return number(split_into(args[1].table, &args[0], count > 2 ? &args[2] : NULL, count > 3 ? args[3].table : NULL,
                                 which == B_PATSPLIT));
    case B_GENSUB: return gensub(args, count);
    case B_MATCH: return number(match(args, count));
    case B_SPRINTF: return text(format(args, count));
    case B_SIN: return number(sin(to_number(&args[0])));
    case B_COS: return number(cos(to_number(&args[0])));
    case B_ATAN2: return number(atan2(to_number(&args[0]), to_number(&args[1])));
    case B_EXP: return number(exp(to_number(&args[0])));
    case B_LOG: return number(logarithm(to_number(&args[0])));
    case B_SQRT: return number(root(to_number(&args[0])));
    case B_INT: return number(trunc(to_number(&args[0])));
    case B_RAND: return number(next_random());
    case B_SRAND:
        seed_before = seed;
        seed = count ? to_number(&args[0]) : (double)time(NULL);
        seed_random(seed);
        return number(seed_before);
    case B_TOLOWER: case B_TOUPPER: {
        Str *s = to_text(&args[0]);
        Val v = text(str_case(s, which == B_TOUPPER));
        str_drop(s);
        return v;
    }
    case B_SYSTEM: return number(run_command(&args[0]));
    case B_CLOSE: return number(close_output(args, count));
    case B_FFLUSH: return number(flush(args, count));
    case B_SYSTIME: return number((double)time(NULL));
    case B_STRFTIME: return format_time(args, count);
    case B_MKTIME: return number(make_time(args, count));
    case B_AND: case B_OR: case B_XOR: case B_COMPL: case B_LSHIFT: case B_RSHIFT: return bits(which, args, count);
    case B_STRTONUM: return number(string_to_number(&args[0]));
    case B_ASORT: case B_ASORTI: return number(sort_array(which, args, count));
    case B_ISARRAY: return truth_value(args[0].kind == ARRAY);
    case B_TYPEOF: return type_of(&args[0]);
    default: fatal("unknown function");
    }
}
