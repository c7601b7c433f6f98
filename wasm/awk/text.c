/* Strings, characters and numbers. */
#include "awk.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

bool utf8 = true;

void *allocate(size_t size) {
    void *made = malloc(size ? size : 1);
    if (!made)
        fatal("out of memory");
    return made;
}

void *reallocate(void *old, size_t size) {
    void *made = realloc(old, size ? size : 1);
    if (!made)
        fatal("out of memory");
    return made;
}

Str *str_room(size_t len) {
    if (len > 0x7fffff00)
        fatal("string too long");
    Str *s = allocate(sizeof *s + len + 1);
    *s = (Str){1, (uint32_t)len, (uint32_t)len, UNKNOWN};
    s->data[len] = '\0';
    return s;
}

Str *str_new(const char *data, size_t len) {
    Str *s = str_room(len);
    memcpy(s->data, data, len);
    return s;
}

void str_free(Str *s) { free(s); }

Str *str_append(Str *s, const char *data, size_t len) {
    size_t wanted = (size_t)s->len + len;
    if (wanted > s->cap) {
        size_t room = wanted + wanted / 2 + 16;
        if (room > 0x7fffff00)
            fatal("string too long");
        s = reallocate(s, sizeof *s + room + 1);
        s->cap = (uint32_t)room;
    }
    memcpy(s->data + s->len, data, len);
    s->len = (uint32_t)wanted;
    s->data[wanted] = '\0';
    s->chars = UNKNOWN;
    return s;
}

Val keep(Val v) {
    if (v.kind >= STR && v.kind <= STRNUM)
        v.s->refs++;
    else if (v.kind == ARRAY)
        v.table->refs++;
    return v;
}

/* --- characters --- */

size_t char_length(const char *p, const char *end) {
    unsigned char c = (unsigned char)*p;
    if (!utf8 || c < 0xc2 || c > 0xf4)
        return 1;
    size_t len = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    if ((size_t)(end - p) < len)
        return 1;
    for (size_t i = 1; i < len; i++)
        if (((unsigned char)p[i] & 0xc0) != 0x80)
            return 1;
    if ((c == 0xe0 && (unsigned char)p[1] < 0xa0) || (c == 0xf0 && (unsigned char)p[1] < 0x90) ||
        (c == 0xf4 && (unsigned char)p[1] > 0x8f))
        return 1;
    return len;
}

uint32_t decode(const char *p, size_t len) {
    const unsigned char *u = (const unsigned char *)p;
    if (len == 1)
        return u[0];
    if (len == 2)
        return (u[0] & 31u) << 6 | (u[1] & 63u);
    if (len == 3)
        return (u[0] & 15u) << 12 | (u[1] & 63u) << 6 | (u[2] & 63u);
    return (u[0] & 7u) << 18 | (u[1] & 63u) << 12 | (u[2] & 63u) << 6 | (u[3] & 63u);
}

size_t encode(uint32_t point, char out[4]) {
    if (!utf8 || point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xc0 | point >> 6);
        out[1] = (char)(0x80 | (point & 63));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xe0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 63));
        out[2] = (char)(0x80 | (point & 63));
        return 3;
    }
    out[0] = (char)(0xf0 | (point >> 18 & 7));
    out[1] = (char)(0x80 | (point >> 12 & 63));
    out[2] = (char)(0x80 | (point >> 6 & 63));
    out[3] = (char)(0x80 | (point & 63));
    return 4;
}

uint32_t str_chars(Str *s) {
    if (s->chars != UNKNOWN)
        return s->chars;
    uint32_t count = 0;
    const char *end = s->data + s->len;
    if (utf8)
        for (const char *p = s->data; p < end; p += char_length(p, end))
            count++;
    return s->chars = utf8 ? count : s->len;
}

/* Where character number `index` starts, counted from 0. */
size_t char_offset(Str *s, size_t index) {
    if (str_chars(s) == s->len)
        return index < s->len ? index : s->len;
    const char *p = s->data, *end = s->data + s->len;
    while (index-- > 0 && p < end)
        p += char_length(p, end);
    return (size_t)(p - s->data);
}

Str *str_case(Str *s, bool upper) {
    Str *out = str_room(0);
    const char *p = s->data, *end = p + s->len;
    while (p < end) {
        char small[4];
        size_t len = char_length(p, end), made = 1;
        if (len > 1) {
            uint32_t point = decode(p, len);
            made = encode(upper ? (point == 0xdf ? point : towupper(point)) : towlower(point), small);
        } else if (upper) {
            small[0] = *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
        } else {
            small[0] = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
        }
        out = str_append(out, small, made);
        p += len;
    }
    return out;
}

/* --- numbers --- */

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static double special_number(const char *p, size_t len, size_t *used) {
    /* As in GNU awk, only with a sign: a column called "nan" or "info" is text. */
    if (len >= 4 && (p[0] == '+' || p[0] == '-')) {
        bool whole = len == 4 || is_blank(p[4]);
        double sign = p[0] == '-' ? -1 : 1;
        if (whole && strncasecmp(p + 1, "inf", 3) == 0)
            return *used = 4, sign * INFINITY;
        if (whole && strncasecmp(p + 1, "nan", 3) == 0)
            return *used = 4, copysign(NAN, sign);
    }
    *used = 0;
    return 0;
}

static double slow_number(const char *p, size_t len) {
    char small[64], *copy = len < sizeof small ? small : allocate(len + 1);
    memcpy(copy, p, len);
    copy[len] = '\0';
    double n = strtod(copy, NULL);
    if (copy != small)
        free(copy);
    return n;
}

/* A decimal number at the start of the text, without blanks before it; `used` is 0 if there is none. */
double parse_number(const char *p, size_t len, size_t *used) {
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const char *at = p, *end = p + len;
    uint64_t mantissa = 0;
    int digits = 0, scale = 0, seen = 0;
    bool negative = false;
    if (at < end && (*at == '-' || *at == '+'))
        negative = *at++ == '-';
    for (; at < end && is_digit(*at); at++, seen++)
        if (digits < 18)
            mantissa = mantissa * 10 + (uint64_t)(*at - '0'), digits += mantissa != 0;
        else
            digits++, scale++;
    if (at < end && *at == '.')
        for (at++; at < end && is_digit(*at); at++, seen++)
            if (digits < 18)
                mantissa = mantissa * 10 + (uint64_t)(*at - '0'), digits += mantissa != 0, scale--;
            else
                digits++;
    if (!seen)
        return special_number(p, len, used);
    const char *mark = at;
    if (at + 1 < end && (*at == 'e' || *at == 'E')) {
        const char *e = at + 1;
        bool down = false;
        int exponent = 0;
        if (*e == '-' || *e == '+')
            down = *e++ == '-';
        if (e < end && is_digit(*e)) {
            for (; e < end && is_digit(*e); e++)
                exponent = exponent < 10000 ? exponent * 10 + (*e - '0') : exponent;
            scale += down ? -exponent : exponent;
            mark = e;
        }
    }
    *used = (size_t)(mark - p);
    double n = (double)mantissa;
    if (digits < 16 && scale >= -22 && scale <= 22)
        n = scale < 0 ? n / tens[-scale] : n * tens[scale];
    else
        return slow_number(p, *used);
    return negative ? -n : n;
}

bool looks_numeric(const char *p, size_t len, double *n) {
    const char *end = p + len;
    while (p < end && is_blank(*p))
        p++;
    while (end > p && is_blank(end[-1]))
        end--;
    size_t used = 0;
    if (p < end)
        *n = parse_number(p, (size_t)(end - p), &used);
    return used && p + used == end;
}

static double text_number(Str *s) {
    const char *p = s->data, *end = p + s->len;
    size_t used;
    while (p < end && is_blank(*p))
        p++;
    return p < end ? parse_number(p, (size_t)(end - p), &used) : 0;
}

void settle(Val *v) {
    if (v->kind == INPUT)
        v->kind = looks_numeric(v->s->data, v->s->len, &v->n) ? STRNUM : STR;
}

double to_number(Val *v) {
    switch (v->kind) {
    case NUM:
    case STRNUM:
        return v->n;
    case STR:
        return text_number(v->s);
    case INPUT:
        settle(v);
        return v->kind == STRNUM ? v->n : text_number(v->s);
    case ARRAY:
        fatal("attempt to use array in a scalar context");
    default:
        return 0;
    }
}

static size_t integer_text(double n, char *out) {
    char digits[24];
    int count = 0;
    size_t len = 0;
    uint64_t rest = (uint64_t)(n < 0 ? -n : n);
    do
        digits[count++] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (n < 0)
        out[len++] = '-';
    while (count)
        out[len++] = digits[--count];
    return len;
}

static size_t number_into(double n, const char *format, char *out, size_t room) {
    if (n == (double)(int64_t)n && n > -1e18 && n < 1e18)
        return integer_text(n, out);
    if (isnan(n))
        return (size_t)snprintf(out, room, "%cnan", signbit(n) ? '-' : '+');
    if (isinf(n))
        return (size_t)snprintf(out, room, "%cinf", n < 0 ? '-' : '+');
    if (n == floor(n))
        return (size_t)snprintf(out, room, "%.0f", n);
    return (size_t)snprintf(out, room, format, n);
}

Str *number_text(double n, const char *format) {
    char out[400];
    size_t len = number_into(n, format, out, sizeof out);
    return str_new(out, len < sizeof out ? len : sizeof out - 1);
}

Str *to_text(Val *v) {
    size_t unused;
    switch (v->kind) {
    case NUM:
        return number_text(v->n, special_text(S_CONVFMT, &unused));
    case STR:
    case INPUT:
    case STRNUM:
        return str_keep(v->s);
    case REGEX: {
        const char *source = regex_source(v->regex, &unused);
        return str_new(source, unused);
    }
    case ARRAY:
        fatal("attempt to use array in a scalar context");
    default:
        return str_new("", 0);
    }
}

/* The text of a subscript, without making a string where it is a whole number. */
const char *key_of(Val *v, char small[40], size_t *len, Str **held) {
    *held = NULL;
    if (v->kind == NUM && v->n == (double)(int64_t)v->n && v->n > -1e18 && v->n < 1e18) {
        *len = integer_text(v->n, small);
        return small;
    }
    if (v->kind >= STR && v->kind <= STRNUM) {
        *len = v->s->len;
        return v->s->data;
    }
    *held = to_text(v);
    *len = (*held)->len;
    return (*held)->data;
}

bool truth(Val *v) {
    settle(v);
    switch (v->kind) {
    case NUM:
    case STRNUM:
        return v->n != 0;
    case STR:
        return v->s->len != 0;
    case ARRAY:
        fatal("attempt to use array in a scalar context");
    default:
        return false;
    }
}

int compare(Val *a, Val *b) {
    settle(a);
    settle(b);
    bool numbers = (a->kind <= NUM || a->kind == STRNUM) && (b->kind <= NUM || b->kind == STRNUM);
    if (numbers) {
        double x = to_number(a), y = to_number(b);
        return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
    }
    Str *x = to_text(a), *y = to_text(b);
    uint32_t shorter = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->data, y->data, shorter);
    if (!order)
        order = x->len < y->len ? -1 : x->len > y->len;
    str_drop(x);
    str_drop(y);
    return order < 0 ? -1 : order > 0;
}
