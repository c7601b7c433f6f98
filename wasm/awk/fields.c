/* The record and its fields. Fields are found when they are asked for, and become strings when they are looked at. */
#include "awk.h"
#include <stdlib.h>
#include <string.h>

typedef enum { BY_BLANKS, BY_BYTE, BY_REGEX, EACH_CHARACTER, BY_PATTERN, BY_WIDTHS } Way;

typedef struct {
    Way way;
    char byte;
    bool newline_too; /* in paragraph mode a newline parts fields as well */
    Regex *regex;
    int *widths, width_count; /* pairs: how much to skip, how many characters; -1 is all the rest */
} Splitter;

typedef struct {
    const char *text;
    size_t len, at;
    int number;
    bool over;
} Cursor;

typedef struct {
    uint32_t from, len;
    bool made;
    Val value;
} Field;

static Str *record, *source; /* $0, and the text that the fields are parts of */
static bool record_stale;
static Field *fields;
static int field_total, field_room;
static Cursor cursor;
static Splitter splitter;
static int chosen = S_FS; /* which of FS, FPAT and FIELDWIDTHS was set last */

/* --- one piece after the other --- */

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

static bool next_by_blanks(Cursor *c, size_t *from, size_t *len) {
    while (c->at < c->len && is_blank(c->text[c->at]))
        c->at++;
    if (c->at == c->len)
        return false;
    *from = c->at;
    while (c->at < c->len && !is_blank(c->text[c->at]))
        c->at++;
    *len = c->at - *from;
    return true;
}

static bool next_by_byte(Splitter *s, Cursor *c, size_t *from, size_t *len) {
    if (c->over || !c->len)
        return false;
    const char *start = c->text + c->at, *found = memchr(start, s->byte, c->len - c->at);
    size_t reach = found ? (size_t)(found - start) : c->len - c->at;
    const char *line = s->newline_too ? memchr(start, '\n', reach) : NULL;
    if (line)
        found = line;
    *from = c->at;
    *len = found ? (size_t)(found - start) : c->len - c->at;
    c->over = !found;
    c->at = *from + *len + (found != NULL);
    return true;
}

static bool next_by_regex(Splitter *s, Cursor *c, size_t *from, size_t *len) {
    if (c->over || !c->len)
        return false;
    size_t start, end, search = c->at;
    *from = c->at;
    while (search <= c->len && regex_find(s->regex, c->text, c->len, search, &start, &end)) {
        if (end > start) {
            *len = start - *from;
            c->at = end;
            return true;
        }
        search = start + 1; /* what is empty parts nothing */
    }
    *len = c->len - *from;
    c->at = c->len;
    c->over = true;
    return true;
}

static bool next_character(Cursor *c, size_t *from, size_t *len) {
    if (c->at >= c->len)
        return false;
    *from = c->at;
    *len = char_length(c->text + c->at, c->text + c->len);
    c->at += *len;
    return true;
}

static bool next_by_pattern(Splitter *s, Cursor *c, size_t *from, size_t *len) {
    size_t start, end;
    if (c->over || !c->len || !regex_find(s->regex, c->text, c->len, c->at, &start, &end))
        return false;
    if (c->number++ && start == end && start == c->at) {
        /* Between two fields there is something. */
        if (c->at >= c->len || !regex_find(s->regex, c->text, c->len, c->at + 1, &start, &end))
            return false;
    }
    *from = start;
    *len = end - start;
    c->at = end;
    c->over = end >= c->len;
    return true;
}

static bool next_by_widths(Splitter *s, Cursor *c, size_t *from, size_t *len) {
    if (c->number >= s->width_count)
        return false;
    int skip = s->widths[c->number * 2], width = s->widths[c->number * 2 + 1];
    const char *p = c->text + c->at, *end = c->text + c->len;
    for (; skip && p < end; skip--)
        p += char_length(p, end);
    if (p >= end)
        return false;
    *from = (size_t)(p - c->text);
    for (; width && p < end; width--)
        p += char_length(p, end);
    *len = (size_t)(p - c->text) - *from;
    c->at = (size_t)(p - c->text);
    c->number++;
    return true;
}

static bool next_piece(Splitter *s, Cursor *c, size_t *from, size_t *len) {
    switch (s->way) {
    case BY_BLANKS: return next_by_blanks(c, from, len);
    case BY_BYTE: return next_by_byte(s, c, from, len);
    case BY_REGEX: return next_by_regex(s, c, from, len);
    case EACH_CHARACTER: return next_character(c, from, len);
    case BY_PATTERN: return next_by_pattern(s, c, from, len);
    default: return next_by_widths(s, c, from, len);
    }
}

/* --- what parts the fields --- */

static Splitter by_separator(const char *text, size_t len) {
    Splitter s = {.way = BY_REGEX};
    if (len == 1 && *text == ' ')
        s.way = BY_BLANKS;
    else if (len == 0)
        s.way = EACH_CHARACTER;
    else if (len == 1 && (*text == '\\' || !ignoring_case()))
        s.way = BY_BYTE, s.byte = *text;
    else
        s.regex = regex_new(text, len, ignoring_case());
    return s;
}

static void read_widths(Splitter *s, const char *p) {
    while (*p) {
        char *rest;
        p += strspn(p, " \t\n");
        if (!*p)
            break;
        long skip = 0, width = *p == '*' ? -1 : strtol(p, &rest, 10);
        if (*p == '*')
            rest = (char *)p + 1;
        else if (rest == p)
            fatal("invalid FIELDWIDTHS value, for field %d, near `%s'", s->width_count + 1, p);
        if (*rest == ':') {
            skip = width;
            width = rest[1] == '*' ? -1 : strtol(rest + 1, &rest, 10);
            if (width < 0)
                rest += 2;
        }
        s->widths = reallocate(s->widths, (size_t)(s->width_count + 1) * 2 * sizeof *s->widths);
        s->widths[s->width_count * 2] = (int)skip;
        s->widths[s->width_count++ * 2 + 1] = (int)width;
        p = rest;
    }
}

static void choose_splitter(void) {
    size_t len, rs_len;
    const char *fs = special_text(S_FS, &len), *rs = special_text(S_RS, &rs_len);
    (void)rs;
    if (splitter.regex)
        regex_free(splitter.regex);
    free(splitter.widths);
    splitter = (Splitter){0};
    if (chosen == S_FPAT) {
        fs = special_text(S_FPAT, &len);
        splitter = (Splitter){.way = BY_PATTERN, .regex = regex_new(fs, len, ignoring_case())};
    } else if (chosen == S_FIELDWIDTHS) {
        splitter.way = BY_WIDTHS;
        read_widths(&splitter, special_text(S_FIELDWIDTHS, &len));
    } else {
        splitter = by_separator(fs, len);
        splitter.newline_too = rs_len == 0;
        if (rs_len == 0 && splitter.way == BY_REGEX) {
            char *both = allocate(len + 8);
            int both_len = snprintf(both, len + 8, "(%s)|\n", fs);
            regex_free(splitter.regex);
            splitter.regex = regex_new(both, (size_t)both_len, ignoring_case());
            free(both);
        }
    }
}

void splitter_changed(void) {
    finish_fields();
    choose_splitter();
}

void special_changed(int which) {
    if (which == S_FS || which == S_FPAT || which == S_FIELDWIDTHS) {
        finish_fields();
        chosen = which;
        choose_splitter();
    } else if (which == S_RS || which == S_IGNORECASE) {
        splitter_changed();
    }
}

/* --- the fields of the record --- */

static Field *new_field(void) {
    if (++field_total >= field_room) {
        field_room = field_room * 2 + 64;
        fields = reallocate(fields, (size_t)field_room * sizeof *fields);
    }
    fields[field_total] = (Field){0, 0, false, {UNSET, {NULL}, 0}};
    return &fields[field_total];
}

static bool split_on(int wanted) {
    size_t from = 0, len = 0;
    while (field_total < wanted) {
        if (!cursor.text || !next_piece(&splitter, &cursor, &from, &len)) {
            cursor.text = NULL;
            return false;
        }
        Field *f = new_field();
        f->from = (uint32_t)from;
        f->len = (uint32_t)len;
    }
    return true;
}

void finish_fields(void) { split_on(0x7fffffff); }

static void forget_fields(void) {
    for (int i = 1; i <= field_total; i++)
        if (fields[i].made)
            drop(&fields[i].value);
    field_total = 0;
}

/* Takes the string. */
void set_record(Str *s) {
    forget_fields();
    if (record)
        str_drop(record);
    if (source)
        str_drop(source);
    record = s;
    source = str_keep(s);
    record_stale = false;
    cursor = (Cursor){.text = s->data, .len = s->len};
}

static Val *made_field(int n) {
    Field *f = &fields[n];
    if (!f->made) {
        f->value = input_text(str_new(source->data + f->from, f->len));
        f->made = true;
    }
    return &f->value;
}

static void rebuild_record(void) {
    size_t len;
    const char *between = special_text(S_OFS, &len);
    Str *s = str_room(0);
    for (int i = 1; i <= field_total; i++) {
        Str *part = to_text(made_field(i));
        if (i > 1)
            s = str_append(s, between, len);
        s = str_append(s, part->data, part->len);
        str_drop(part);
    }
    str_drop(record);
    record = s;
    record_stale = false;
}

Val field(int n) {
    if (n == 0) {
        if (!record)
            set_record(str_new("", 0));
        if (record_stale)
            rebuild_record();
        return input_text(str_keep(record));
    }
    if (n > field_total && !split_on(n))
        return (Val){UNSET, {NULL}, 0};
    return keep(*made_field(n));
}

double field_number(int n) {
    if (n == 0 || record_stale) {
        Val v = field(n);
        double number = to_number(&v);
        drop(&v);
        return number;
    }
    if (n > field_total && !split_on(n))
        return 0;
    Field *f = &fields[n];
    if (f->made)
        return to_number(&f->value);
    const char *p = source->data + f->from, *end = p + f->len;
    size_t used;
    while (p < end && (is_blank(*p) || *p == '\r' || *p == '\f' || *p == '\v'))
        p++;
    return p < end ? parse_number(p, (size_t)(end - p), &used) : 0;
}

/* Takes the value. */
void field_set(int n, Val v) {
    if (v.kind == ARRAY)
        fatal("attempt to use array in a scalar context");
    if (n == 0) {
        Str *s = to_text(&v);
        drop(&v);
        set_record(s);
        return;
    }
    if (!record)
        set_record(str_new("", 0));
    finish_fields();
    while (field_total < n) {
        Field *f = new_field();
        f->made = true;
        f->value = text_of("", 0);
    }
    if (fields[n].made)
        drop(&fields[n].value);
    if (v.kind == UNSET)
        v = text_of("", 0);
    fields[n].value = v;
    fields[n].made = true;
    record_stale = true;
}

int field_count(void) {
    finish_fields();
    return field_total;
}

void set_field_count(int n) {
    if (n < 0)
        fatal("NF set to negative value");
    if (!record)
        set_record(str_new("", 0));
    finish_fields();
    while (field_total > n) {
        if (fields[field_total].made)
            drop(&fields[field_total].value);
        field_total--;
    }
    while (field_total < n) {
        Field *f = new_field();
        f->made = true;
        f->value = text_of("", 0);
    }
    record_stale = true;
}

/* --- split() and patsplit() --- */

static Splitter wanted_splitter(Val *separator, bool by_pattern) {
    Splitter s;
    if (!separator) {
        s = splitter;
        if (by_pattern != (s.way == BY_PATTERN)) {
            size_t len;
            const char *pattern = special_text(by_pattern ? S_FPAT : S_FS, &len);
            Str *copy = str_new(pattern, len);
            Val v = text(copy);
            s = wanted_splitter(&v, by_pattern);
            str_drop(copy);
        }
        s.newline_too = false;
        return s;
    }
    Str *pattern = to_text(separator);
    if (separator->kind == REGEX && !ignoring_case())
        s = (Splitter){.way = BY_REGEX, .regex = separator->regex};
    else if (separator->kind == REGEX || by_pattern || (pattern->len > 1 || (pattern->len == 1 && ignoring_case())))
        s = (Splitter){.way = BY_REGEX, .regex = regex_cached(pattern)};
    else
        s = by_separator(pattern->data, pattern->len);
    if (by_pattern)
        s.way = BY_PATTERN;
    str_drop(pattern);
    return s;
}

static Val piece(Str *s, size_t from, size_t to) { return input_text(str_new(s->data + from, to - from)); }

int split_into(Table *t, Val *subject, Val *separator, Table *separators, bool by_pattern) {
    Splitter s = wanted_splitter(separator, by_pattern);
    Str *whole = to_text(subject);
    Cursor c = {.text = whole->data, .len = whole->len};
    size_t from = 0, len = 0, last = 0;
    long n = 0;
    table_clear(t);
    if (separators)
        table_clear(separators);
    while (next_piece(&s, &c, &from, &len)) {
        if (separators && (n || s.way == BY_BLANKS || s.way == BY_PATTERN) && (n || from > last || s.way == BY_PATTERN))
            table_set_index(separators, n, piece(whole, last, from));
        table_set_index(t, ++n, piece(whole, from, from + len));
        last = from + len;
    }
    if (separators && ((s.way == BY_BLANKS && last < whole->len && n) || s.way == BY_PATTERN))
        table_set_index(separators, n, piece(whole, last, whole->len));
    str_drop(whole);
    return (int)n;
}
