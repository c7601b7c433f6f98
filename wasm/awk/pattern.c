/* Regular expressions: from the pattern to the code of an automaton over bytes. */
#include "regex.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

enum { MOST_CODE = 200000, MOST_REPEATS = 32767, LAST_POINT = 0x10ffff, RAW_BYTE = 0x110000, FOREVER = -1 };

typedef enum { T_EMPTY, T_SET, T_CAT, T_ALT, T_REPEAT, T_GROUP, T_ASSERT } Shape;

typedef struct {
    uint32_t lo, hi;
} Range;

typedef struct {
    Range *ranges;
    int count, room;
} Set;

typedef struct Tree {
    Shape shape;
    struct Tree *left, *right;
    Set set;
    int low, high; /* how often; or the number of the group or assertion */
} Tree;

static const char *at, *end;
static int groups, depth;
static bool fold_case;
static Program *made;

static Tree *tree(Shape shape, Tree *left, Tree *right) {
    Tree *t = allocate(sizeof *t);
    *t = (Tree){.shape = shape, .left = left, .right = right};
    return t;
}

static void free_tree(Tree *t) {
    if (!t)
        return;
    free_tree(t->left);
    free_tree(t->right);
    free(t->set.ranges);
    free(t);
}

/* --- sets of characters --- */

static void add_range(Set *s, uint32_t lo, uint32_t hi) {
    if (s->count == s->room) {
        s->room = s->room * 2 + 4;
        s->ranges = reallocate(s->ranges, (size_t)s->room * sizeof *s->ranges);
    }
    s->ranges[s->count++] = (Range){lo, hi};
}

static void add_other_case(Set *s, uint32_t lo, uint32_t hi) {
    if (hi - lo > 2000)
        return;
    for (uint32_t c = lo; c <= hi; c++) {
        uint32_t other = iswlower(c) ? towupper(c) : towlower(c);
        if (other != c)
            add_range(s, other, other);
    }
}

static void add(Set *s, uint32_t lo, uint32_t hi) {
    add_range(s, lo, hi);
    if (fold_case && hi <= LAST_POINT)
        add_other_case(s, lo, hi);
}

static int by_start(const void *a, const void *b) {
    const Range *x = a, *y = b;
    return x->lo < y->lo ? -1 : x->lo > y->lo;
}

static void normalise(Set *s) {
    if (s->count)
        qsort(s->ranges, (size_t)s->count, sizeof *s->ranges, by_start);
    int kept = 0;
    for (int i = 0; i < s->count; i++) {
        if (kept && s->ranges[i].lo <= s->ranges[kept - 1].hi + 1) {
            if (s->ranges[i].hi > s->ranges[kept - 1].hi)
                s->ranges[kept - 1].hi = s->ranges[i].hi;
        } else {
            s->ranges[kept++] = s->ranges[i];
        }
    }
    s->count = kept;
}

static void complement(Set *s) {
    Set other = {0};
    uint32_t from = 0, last = utf8 ? LAST_POINT : 255;
    normalise(s);
    for (int i = 0; i < s->count && from <= last; i++) {
        if (s->ranges[i].lo > from)
            add_range(&other, from, s->ranges[i].lo - 1);
        from = s->ranges[i].hi + 1;
    }
    if (from <= last)
        add_range(&other, from, last);
    free(s->ranges);
    *s = other;
}

static const struct {
    const char *name;
    int (*narrow)(int);
    int (*wide)(wint_t);
} classes[] = {{"alpha", isalpha, iswalpha}, {"digit", isdigit, iswdigit}, {"alnum", isalnum, iswalnum},
               {"upper", isupper, iswupper}, {"lower", islower, iswlower}, {"space", isspace, iswspace},
               {"blank", isblank, iswblank}, {"punct", ispunct, iswpunct}, {"print", isprint, iswprint},
               {"graph", isgraph, iswgraph}, {"cntrl", iscntrl, iswcntrl}, {"xdigit", isxdigit, iswxdigit}};

static void add_class(Set *s, int which) {
    uint32_t last = utf8 ? 0x1ffff : 255, from = UNKNOWN;
    for (uint32_t c = 0; c <= last; c++) {
        bool in = c < 128 ? classes[which].narrow((int)c) != 0 : utf8 && classes[which].wide(c) != 0;
        if (in && from == UNKNOWN)
            from = c;
        if (!in && from != UNKNOWN) {
            add(s, from, c - 1);
            from = UNKNOWN;
        }
    }
    if (from != UNKNOWN)
        add(s, from, last);
}

static void add_word(Set *s) {
    add_class(s, 2);
    add(s, '_', '_');
}

/* --- the pattern --- */

static uint32_t take_character(void) {
    size_t len = char_length(at, end);
    unsigned char c = (unsigned char)*at;
    uint32_t point = len == 1 && utf8 && c >= 0x80 ? RAW_BYTE + c : decode(at, len);
    at += len;
    return point;
}

static int hex_digit(int c) { return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1; }

/* What follows a backslash, where it stands for one character. */
static uint32_t escaped(void) {
    static const char names[] = "ntrfvab", values[] = "\n\t\r\f\v\a\b";
    char c = *at;
    const char *known = c ? strchr(names, c) : NULL;
    if (known) {
        at++;
        return (unsigned char)values[known - names];
    }
    uint32_t value = 0;
    if (c >= '0' && c <= '7') {
        for (int i = 0; i < 3 && at < end && *at >= '0' && *at <= '7'; i++)
            value = value * 8 + (uint32_t)(*at++ - '0');
        return utf8 && (value & 255) >= 0x80 ? RAW_BYTE + (value & 255) : value & 255;
    }
    if (c == 'x' && at + 1 < end && hex_digit(at[1]) >= 0) {
        at++;
        for (int i = 0; i < 2 && at < end && hex_digit(*at) >= 0; i++)
            value = value * 16 + (uint32_t)hex_digit(*at++);
        return utf8 && value >= 0x80 ? RAW_BYTE + value : value;
    }
    return take_character();
}

static bool named_class(Set *s) {
    if (at + 1 >= end || at[0] != '[' || at[1] != ':')
        return false;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        size_t len = strlen(classes[i].name);
        if ((size_t)(end - at) >= len + 4 && memcmp(at + 2, classes[i].name, len) == 0 && memcmp(at + 2 + len, ":]", 2) == 0) {
            add_class(s, (int)i);
            at += len + 4;
            return true;
        }
    }
    return false;
}

static uint32_t bracket_member(void) {
    if (at + 4 < end && at[0] == '[' && (at[1] == '.' || at[1] == '=') && at[3] == at[1] && at[4] == ']') {
        at += 5;
        return (unsigned char)at[-3];
    }
    if (*at == '\\' && at + 1 < end) {
        at++;
        return escaped();
    }
    return take_character();
}

static Tree *bracket(void) {
    Tree *t = tree(T_SET, NULL, NULL);
    const char *open = at;
    bool negated = at < end && *at == '^', first = true;
    at += negated;
    for (; at < end && (*at != ']' || first); first = false) {
        if (named_class(&t->set))
            continue;
        uint32_t lo = bracket_member(), hi = lo;
        if (at + 1 < end && *at == '-' && at[1] != ']') {
            at++;
            hi = bracket_member();
            if (hi < lo)
                fatal("Invalid range end: /[%.*s/", (int)(end - open), open);
        }
        add(&t->set, lo, hi);
    }
    if (at >= end)
        fatal("Unmatched [, [^, [:, [., or [=: /[%.*s/", (int)(end - open), open);
    at++;
    if (negated)
        complement(&t->set);
    return t;
}

static Tree *assertion(int which) {
    Tree *t = tree(T_ASSERT, NULL, NULL);
    t->low = which;
    made->asserts = true;
    return t;
}

static Tree *backslash(void) {
    static const char edges[] = "`'yB<>";
    static const int meanings[] = {AT_START, AT_END, WORD_EDGE, NO_WORD_EDGE, WORD_START, WORD_END};
    Tree *t = tree(T_SET, NULL, NULL);
    if (at >= end) {
        add(&t->set, '\\', '\\');
        return t;
    }
    const char *edge = *at ? strchr(edges, *at) : NULL;
    if (edge) {
        at++;
        free_tree(t);
        return assertion(meanings[edge - edges]);
    }
    if (*at && strchr("wWsS", *at)) {
        char c = *at++;
        if ((c | 32) == 'w')
            add_word(&t->set);
        else
            add_class(&t->set, 5);
        if (c < 'a')
            complement(&t->set);
        return t;
    }
    uint32_t c = escaped();
    add(&t->set, c, c);
    return t;
}

static Tree *alternatives(void);

static Tree *atom(void) {
    char c = *at;
    if (c == '(') {
        if (++depth > 1000)
            fatal("regular expression nested too deeply");
        at++;
        Tree *t = tree(T_GROUP, NULL, NULL);
        t->low = ++groups;
        t->left = alternatives();
        if (at >= end)
            fatal("Unmatched ( or \\(");
        at++;
        depth--;
        return t;
    }
    at++;
    if (c == '[')
        return bracket();
    if (c == '^')
        return assertion(AT_START);
    if (c == '$')
        return assertion(AT_END);
    if (c == '\\')
        return backslash();
    Tree *t = tree(T_SET, NULL, NULL);
    if (c == '.') {
        add_range(&t->set, 0, utf8 ? LAST_POINT : 255);
        return t;
    }
    at--;
    uint32_t point = take_character();
    add(&t->set, point, point);
    return t;
}

/* {low}, {low,}, {low,high}, {,high}; anything else is a brace. */
static bool interval(int *low, int *high) {
    const char *p = at + 1;
    long bounds[2] = {0, 0};
    bool given[2] = {false, false};
    for (int i = 0; i < 2; i++) {
        for (; p < end && *p >= '0' && *p <= '9'; p++, given[i] = true)
            if (bounds[i] < 100000)
                bounds[i] = bounds[i] * 10 + (*p - '0');
        if (i == 0 && p < end && *p == '}' && given[0]) {
            bounds[1] = bounds[0];
            given[1] = true;
            break;
        }
        if (i == 0) {
            if (p >= end || *p != ',')
                return false;
            p++;
        }
    }
    if (p >= end || *p != '}' || (!given[0] && !given[1]))
        return false;
    if (bounds[0] > MOST_REPEATS || bounds[1] > MOST_REPEATS)
        fatal("Regular expression too big");
    *low = (int)bounds[0];
    *high = given[1] ? (int)bounds[1] : FOREVER;
    if (*high != FOREVER && *low > *high)
        fatal("Invalid content of \\{\\}");
    at = p;
    return true;
}

static Tree *repeated(void) {
    Tree *t = atom();
    while (at < end) {
        int low = 0, high = FOREVER;
        if (*at == '+')
            low = 1;
        else if (*at == '?')
            high = 1;
        else if (*at != '*' && (*at != '{' || !interval(&low, &high)))
            break;
        at++;
        t = tree(T_REPEAT, t, NULL);
        t->low = low;
        t->high = high;
    }
    return t;
}

static Tree *sequence(void) {
    Tree *t = NULL;
    /* A star with nothing before it is a star. */
    bool first = true;
    while (at < end && *at != '|' && (*at != ')' || !depth)) {
        Tree *next;
        int low, high;
        if (first && (strchr("*+?", *at) || (*at == '{' && !interval(&low, &high)))) {
            next = tree(T_SET, NULL, NULL);
            add(&next->set, (unsigned char)*at, (unsigned char)*at);
            at++;
        } else {
            next = repeated();
        }
        t = t ? tree(T_CAT, t, next) : next;
        first = false;
    }
    return t ? t : tree(T_EMPTY, NULL, NULL);
}

static Tree *alternatives(void) {
    Tree *t = sequence();
    while (at < end && *at == '|') {
        at++;
        t = tree(T_ALT, t, sequence());
    }
    return t;
}

/* --- code --- */

static int emit(int op, int x, int y) {
    if (made->count == made->room) {
        made->room = made->room * 2 + 16;
        made->code = reallocate(made->code, (size_t)made->room * sizeof *made->code);
    }
    if (made->count >= MOST_CODE)
        fatal("Regular expression too big");
    made->code[made->count] = (Instruction){(uint8_t)op, 0, 0, x, y};
    return made->count++;
}

static int emit_bytes(int lo, int hi) {
    int i = emit(R_BYTES, 0, 0);
    made->code[i].lo = (uint8_t)lo;
    made->code[i].hi = (uint8_t)hi;
    return i;
}

typedef struct {
    uint8_t lo[4], hi[4];
    int len;
} Bytes;

static Bytes *pieces;
static int piece_count, piece_room;

static void add_piece(const Bytes *piece) {
    if (piece_count == piece_room) {
        piece_room = piece_room * 2 + 16;
        pieces = reallocate(pieces, (size_t)piece_room * sizeof *pieces);
    }
    pieces[piece_count++] = *piece;
}

/* Cuts a range of characters into ranges whose encodings are all combinations of a range for each byte. */
static void cut_range(uint32_t lo, uint32_t hi) {
    static const uint32_t last[] = {0x7f, 0x7ff, 0xffff, LAST_POINT};
    for (int i = 0; i < 3; i++)
        if (lo <= last[i] && hi > last[i]) {
            cut_range(lo, last[i]);
            cut_range(last[i] + 1, hi);
            return;
        }
    for (int i = 1; i < 4 && hi > 0x7f; i++) {
        uint32_t mask = (1u << 6 * i) - 1;
        if ((lo & ~mask) == (hi & ~mask))
            continue;
        if (lo & mask) {
            cut_range(lo, lo | mask);
            cut_range((lo | mask) + 1, hi);
            return;
        }
        if ((hi & mask) != mask) {
            cut_range(lo, (hi & ~mask) - 1);
            cut_range(hi & ~mask, hi);
            return;
        }
    }
    Bytes piece = {{0}, {0}, 0};
    char low[4], high[4];
    piece.len = (int)encode(lo, low);
    encode(hi, high);
    memcpy(piece.lo, low, 4);
    memcpy(piece.hi, high, 4);
    add_piece(&piece);
}

static void emit_piece(const Bytes *piece) {
    for (int i = 0; i < piece->len; i++)
        emit_bytes(piece->lo[i], piece->hi[i]);
}

/* Single bytes are one instruction; the longer encodings are alternatives after it. */
static void emit_set(Set *s) {
    ByteSet single = {{0}};
    int singles = 0;
    normalise(s);
    piece_count = 0;
    for (int i = 0; i < s->count; i++) {
        uint32_t lo = s->ranges[i].lo, hi = s->ranges[i].hi, byte_limit = utf8 ? 0x80 : 0x100;
        for (; lo <= hi && (lo < byte_limit || lo >= RAW_BYTE); lo++, singles++)
            single.bits[(lo & 255) >> 5] |= 1u << (lo & 31);
        if (lo <= hi)
            cut_range(lo, hi < LAST_POINT ? hi : LAST_POINT);
    }
    if (singles == 1 && !piece_count) {
        uint32_t c = s->ranges[0].lo & 255;
        emit_bytes((int)c, (int)c);
        return;
    }
    int total = piece_count + 1, *jumps = allocate((size_t)total * sizeof *jumps);
    for (int i = 0; i < total; i++) {
        int split = i + 1 < total ? emit(R_SPLIT, 0, 0) : -1;
        if (split >= 0)
            made->code[split].x = made->count;
        if (i == 0) {
            made->sets = reallocate(made->sets, (size_t)(made->set_count + 1) * sizeof *made->sets);
            made->sets[made->set_count] = single;
            emit(R_SET, made->set_count++, 0);
        } else {
            emit_piece(&pieces[i - 1]);
        }
        jumps[i] = split >= 0 ? emit(R_JUMP, 0, 0) : -1;
        if (split >= 0)
            made->code[split].y = made->count;
    }
    for (int i = 0; i < total; i++)
        if (jumps[i] >= 0)
            made->code[jumps[i]].x = made->count;
    free(jumps);
}

static void emit_tree(Tree *t);

static void emit_optional(Tree *t, int times) {
    int *splits = allocate((size_t)times * sizeof *splits);
    for (int i = 0; i < times; i++) {
        splits[i] = emit(R_SPLIT, made->count + 1, 0);
        emit_tree(t);
    }
    for (int i = 0; i < times; i++)
        made->code[splits[i]].y = made->count;
    free(splits);
}

static void emit_repeat(Tree *t) {
    int last = made->count;
    for (int i = 0; i < t->low; i++) {
        last = made->count;
        emit_tree(t->left);
    }
    if (t->high != FOREVER) {
        emit_optional(t->left, t->high - t->low);
    } else if (t->low) {
        int split = emit(R_SPLIT, last, 0);
        made->code[split].y = made->count;
    } else {
        int split = emit(R_SPLIT, made->count + 1, 0);
        emit_tree(t->left);
        emit(R_JUMP, split, 0);
        made->code[split].y = made->count;
    }
}

static void emit_tree(Tree *t) {
    int split, jump;
    switch (t->shape) {
    case T_EMPTY:
        return;
    case T_SET:
        emit_set(&t->set);
        return;
    case T_CAT:
        emit_tree(t->left);
        emit_tree(t->right);
        return;
    case T_ALT:
        split = emit(R_SPLIT, made->count + 1, 0);
        emit_tree(t->left);
        jump = emit(R_JUMP, 0, 0);
        made->code[split].y = made->count;
        emit_tree(t->right);
        made->code[jump].x = made->count;
        return;
    case T_REPEAT:
        emit_repeat(t);
        return;
    case T_GROUP:
        emit(R_SAVE, t->low * 2, 0);
        emit_tree(t->left);
        emit(R_SAVE, t->low * 2 + 1, 0);
        return;
    case T_ASSERT:
        emit(R_ASSERT, t->low, 0);
        return;
    }
}

void compile_pattern(Program *program, const char *pattern, size_t len, bool ignore_case) {
    made = program;
    at = pattern;
    end = pattern + len;
    groups = depth = 0;
    fold_case = ignore_case;
    *program = (Program){.ignore_case = ignore_case};
    Tree *t = alternatives();
    while (at < end) { /* a bracket that closes nothing stands for itself */
        Tree *stray = tree(T_SET, NULL, NULL);
        uint32_t c = take_character();
        add(&stray->set, c, c);
        t = tree(T_CAT, tree(T_CAT, t, stray), alternatives());
    }
    int loop = emit(R_SPLIT, 3, 1);
    emit_bytes(0, 255);
    emit(R_JUMP, loop, 0);
    program->search = loop;
    program->start = program->count;
    emit_tree(t);
    emit(R_MATCH, 0, 0);
    program->groups = groups;
    free_tree(t);
}
