/*
 * Regular expressions: running them.
 *
 * Whether and where something matches is found by a deterministic automaton whose states are made when they are first
 * met; when there are too many, all are forgotten and it starts afresh. A state is the set of instructions that
 * wait for the next byte, and what was before. Assertions wait too, since they depend on the next byte, so that a match is
 * noticed one step late. What the groups hold is found by stepping through all threads at once. Neither ever goes back.
 */
#include "regex.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_STATES = 2000, DEAD = 0, AFTER_WORD = 1, AFTER_START = 2, HASHED = 4096 };

typedef struct State {
    struct State *chain;
    uint32_t hash;
    int flags, count;
    int code[];
} State;

typedef struct {
    State **states;
    int32_t *next; /* by state and class: 0 unknown, else 1 + (state << 1 | match) */
    int count, room;
    int32_t first[4];
    State *hashed[HASHED];
    int32_t number[HASHED];
} Automaton;

struct Regex {
    Program program;
    Str *source, *literal;
    uint8_t class_of[257];
    int classes;
    Automaton *whole, *search;
    uint32_t *mark, generation;
    int *stack, *list, *resolved;
};

/* --- classes of bytes --- */

static void number_classes(Regex *r) {
    ByteSet edges = {{0}};
    Program *p = &r->program;
#define EDGE(c) (edges.bits[(c) >> 5] |= 1u << ((c) & 31))
    for (int i = p->start; i < p->count; i++) {
        Instruction *in = &p->code[i];
        if (in->op == R_BYTES) {
            EDGE(in->lo);
            if (in->hi < 255)
                EDGE(in->hi + 1);
        } else if (in->op == R_SET) {
            for (int c = 1; c < 256; c++)
                if (in_set(&p->sets[in->x], c) != in_set(&p->sets[in->x], c - 1))
                    EDGE(c);
        }
    }
    for (int c = 1; c < 256 && p->asserts; c++)
        if (is_word(c) != is_word(c - 1))
            EDGE(c);
    int class = 0;
    for (int c = 0; c < 256; c++) {
        if (c && in_set(&edges, c))
            class++;
        r->class_of[c] = (uint8_t)class;
    }
    r->classes = class + 2;
}

static void find_literal(Regex *r, const char *pattern, size_t len) {
    Program *p = &r->program;
    int wanted = p->count - 1 - p->start;
    if (wanted < 1 || p->ignore_case)
        return;
    for (int i = p->start; i < p->count - 1; i++)
        if (p->code[i].op != R_BYTES || p->code[i].lo != p->code[i].hi)
            return;
    (void)pattern, (void)len;
    r->literal = str_room((size_t)wanted);
    for (int i = 0; i < wanted; i++)
        r->literal->data[i] = (char)p->code[p->start + i].lo;
}

Regex *regex_new(const char *pattern, size_t len, bool ignore_case) {
    Regex *r = allocate(sizeof *r);
    memset(r, 0, sizeof *r);
    r->source = str_new(pattern, len);
    compile_pattern(&r->program, pattern, len, ignore_case);
    number_classes(r);
    find_literal(r, pattern, len);
    size_t size = (size_t)r->program.count * sizeof(int);
    r->mark = allocate(size);
    memset(r->mark, 0, size);
    r->stack = allocate(size * 2);
    r->list = allocate(size);
    r->resolved = allocate(size);
    return r;
}

static void forget(Automaton *a) {
    for (int i = 1; i < a->count; i++)
        free(a->states[i]);
    free(a->states);
    free(a->next);
    memset(a, 0, sizeof *a);
}

static void free_automaton(Automaton *a) {
    if (a) {
        forget(a);
        free(a);
    }
}

void regex_free(Regex *r) {
    free_automaton(r->whole);
    free_automaton(r->search);
    free(r->program.code);
    free(r->program.sets);
    free(r->mark);
    free(r->stack);
    free(r->list);
    free(r->resolved);
    str_drop(r->source);
    if (r->literal)
        str_drop(r->literal);
    free(r);
}

const char *regex_source(Regex *r, size_t *len) {
    *len = r->source->len;
    return r->source->data;
}

int regex_groups(Regex *r) { return r->program.groups; }

/* --- states --- */

static bool holds(int assertion, int flags, int next) {
    bool before = flags & AFTER_WORD, after = is_word(next);
    switch (assertion) {
    case AT_START:
        return flags & AFTER_START;
    case AT_END:
        return next == END_OF_TEXT;
    case WORD_EDGE:
        return before != after;
    case NO_WORD_EDGE:
        return before == after;
    case WORD_START:
        return !before && after;
    default:
        return before && !after;
    }
}

/* Adds what `from` leads to without taking a byte. With next < 0 assertions are kept; else they are decided. */
static int close_over(Regex *r, int from, int *list, int count, int flags, int next) {
    int top = 0;
    r->stack[top++] = from;
    while (top) {
        int pc = r->stack[--top];
        if (r->mark[pc] == r->generation)
            continue;
        r->mark[pc] = r->generation;
        Instruction *in = &r->program.code[pc];
        switch (in->op) {
        case R_SPLIT:
            r->stack[top++] = in->y;
            r->stack[top++] = in->x;
            break;
        case R_JUMP:
            r->stack[top++] = in->x;
            break;
        case R_SAVE:
            r->stack[top++] = pc + 1;
            break;
        case R_ASSERT:
            if (next < 0)
                list[count++] = pc;
            else if (holds(in->x, flags, next))
                r->stack[top++] = pc + 1;
            break;
        default:
            list[count++] = pc;
        }
    }
    return count;
}

static void new_generation(Regex *r) {
    if (++r->generation == 0) {
        memset(r->mark, 0, (size_t)r->program.count * sizeof *r->mark);
        r->generation = 1;
    }
}

static int by_number(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static int state_for(Regex *r, Automaton *a, int *list, int count, int flags) {
    if (!count)
        return DEAD;
    if (!r->program.asserts)
        flags = 0;
    qsort(list, (size_t)count, sizeof *list, by_number);
    uint32_t hash = (uint32_t)flags + 17;
    for (int i = 0; i < count; i++)
        hash = (hash ^ (uint32_t)list[i]) * 16777619u;
    for (int slot = (int)(hash % HASHED);; slot = (slot + 1) % HASHED) {
        State *s = a->hashed[slot];
        if (!s) {
            if (a->count >= MOST_STATES)
                return -1;
            s = allocate(sizeof *s + (size_t)count * sizeof *list);
            *s = (State){NULL, hash, flags, count};
            memcpy(s->code, list, (size_t)count * sizeof *list);
            if (a->count >= a->room) {
                a->room = a->room ? a->room * 2 : 16;
                a->states = reallocate(a->states, (size_t)a->room * sizeof *a->states);
                a->next = reallocate(a->next, (size_t)a->room * (size_t)r->classes * sizeof *a->next);
            }
            if (!a->count)
                a->states[a->count++] = NULL; /* DEAD */
            memset(a->next + (size_t)a->count * (size_t)r->classes, 0, (size_t)r->classes * sizeof *a->next);
            a->states[a->count] = s;
            a->hashed[slot] = s;
            a->number[slot] = a->count;
            return a->count++;
        }
        if (s->hash == hash && s->flags == flags && s->count == count &&
            memcmp(s->code, list, (size_t)count * sizeof *list) == 0)
            return a->number[slot];
    }
}

static int state_or_afresh(Regex *r, Automaton *a, int *list, int count, int flags) {
    int state = state_for(r, a, list, count, flags);
    if (state < 0) {
        forget(a);
        state = state_for(r, a, list, count, flags);
    }
    return state;
}

static int first_state(Regex *r, Automaton *a, int pc, int flags) {
    if (!r->program.asserts)
        flags = 0;
    if (!a->first[flags]) {
        new_generation(r);
        int count = close_over(r, pc, r->list, 0, 0, -1);
        int state = state_or_afresh(r, a, r->list, count, flags);
        a->first[flags] = state;
    }
    return a->first[flags];
}

/* Follows `c` from a state: 1 + (next state << 1 | whether what was before `c` matches). */
static int32_t step(Regex *r, Automaton *a, int state, int c) {
    int class = c == END_OF_TEXT ? r->classes - 1 : r->class_of[c];
    State *s = a->states[state];
    int count = 0, reached = 0;
    bool match = false;
    new_generation(r);
    for (int i = 0; i < s->count; i++)
        count = close_over(r, s->code[i], r->resolved, count, s->flags, c);
    new_generation(r);
    for (int i = 0; i < count; i++) {
        Instruction *in = &r->program.code[r->resolved[i]];
        if (in->op == R_MATCH)
            match = true;
        else if (c != END_OF_TEXT && (in->op == R_SET ? in_set(&r->program.sets[in->x], c) : c >= in->lo && c <= in->hi))
            reached = close_over(r, r->resolved[i] + 1, r->list, reached, 0, -1);
    }
    int before = a->count;
    int next = state_or_afresh(r, a, r->list, reached, is_word(c) ? AFTER_WORD : 0);
    int32_t entry = 1 + (next << 1 | match);
    if (a->count >= before) /* else the states are others now */
        a->next[(size_t)state * (size_t)r->classes + (size_t)class] = entry;
    return entry;
}

static int flags_at(const char *text, size_t at) {
    return at == 0 ? AFTER_START : is_word((unsigned char)text[at - 1]) ? AFTER_WORD : 0;
}

static Automaton *automaton(Automaton **a) {
    if (!*a) {
        *a = allocate(sizeof **a);
        memset(*a, 0, sizeof **a);
    }
    return *a;
}

#define STEP(entry, c)                                                                                                         \
    int32_t entry = a->next[(size_t)state * (size_t)r->classes + ((c) == END_OF_TEXT ? (size_t)r->classes - 1 : r->class_of[c])]; \
    if (!entry)                                                                                                                \
        entry = step(r, a, state, c)

static bool matches_somewhere(Regex *r, const char *text, size_t len, size_t from) {
    Automaton *a = automaton(&r->search);
    int state = first_state(r, a, r->program.search, flags_at(text, from));
    for (size_t i = from; i < len; i++) {
        int c = (unsigned char)text[i];
        STEP(entry, c);
        entry--;
        if (entry & 1)
            return true;
        state = entry >> 1;
        if (state == DEAD)
            return false;
    }
    STEP(last, END_OF_TEXT);
    return (last - 1) & 1;
}

bool regex_test(Regex *r, const char *text, size_t len) {
    if (r->literal)
        return memmem(text, len, r->literal->data, r->literal->len) != NULL;
    return matches_somewhere(r, text, len, 0);
}

/* Where the longest match that begins at `from` ends; -1 if there is none. */
static long longest(Regex *r, const char *text, size_t len, size_t from) {
    Automaton *a = automaton(&r->whole);
    int state = first_state(r, a, r->program.start, flags_at(text, from));
    long found = -1;
    size_t i = from;
    for (; i < len; i++) {
        int c = (unsigned char)text[i];
        STEP(entry, c);
        entry--;
        if (entry & 1)
            found = (long)i;
        state = entry >> 1;
        if (state == DEAD)
            return found;
    }
    STEP(last, END_OF_TEXT);
    return (last - 1) & 1 ? (long)len : found;
}

/* The leftmost longest match at or after `from`. */
bool regex_find(Regex *r, const char *text, size_t len, size_t from, size_t *start, size_t *end) {
    if (r->literal) {
        const char *found = memmem(text + from, len - from, r->literal->data, r->literal->len);
        if (!found)
            return false;
        *start = (size_t)(found - text);
        *end = *start + r->literal->len;
        return true;
    }
    if (len - from > 16 && !matches_somewhere(r, text, len, from))
        return false;
    for (size_t i = from; i <= len; i++) {
        if (utf8 && i > from && i < len && ((unsigned char)text[i] & 0xc0) == 0x80)
            continue;
        long found = longest(r, text, len, i);
        if (found >= 0) {
            *start = i;
            *end = (size_t)found;
            return true;
        }
    }
    return false;
}

/* --- groups --- */

typedef struct {
    int *code, *saved, count; /* saved: `width` offsets for each thread */
} Threads;

static int width;

static void start_thread(Regex *r, Threads *t, int pc, int *saved, const char *text, size_t len, size_t at) {
    if (r->mark[pc] == r->generation)
        return;
    r->mark[pc] = r->generation;
    Instruction *in = &r->program.code[pc];
    int next = at < len ? (unsigned char)text[at] : END_OF_TEXT, old;
    switch (in->op) {
    case R_JUMP:
        start_thread(r, t, in->x, saved, text, len, at);
        return;
    case R_SPLIT:
        start_thread(r, t, in->x, saved, text, len, at);
        start_thread(r, t, in->y, saved, text, len, at);
        return;
    case R_SAVE:
        if (in->x >= width) {
            start_thread(r, t, pc + 1, saved, text, len, at);
            return;
        }
        old = saved[in->x];
        saved[in->x] = (int)at;
        start_thread(r, t, pc + 1, saved, text, len, at);
        saved[in->x] = old;
        return;
    case R_ASSERT:
        if (holds(in->x, flags_at(text, at), next))
            start_thread(r, t, pc + 1, saved, text, len, at);
        return;
    default:
        t->code[t->count] = pc;
        memcpy(t->saved + (size_t)t->count * (size_t)width, saved, (size_t)width * sizeof(int));
        t->count++;
    }
}

/* What the groups of a match hold: pairs of offsets, -1 for a group that took no part. */
void regex_captures(Regex *r, const char *text, size_t len, size_t start, size_t end, int *pairs) {
    int groups = r->program.groups < MOST_GROUPS ? r->program.groups : MOST_GROUPS - 1;
    width = (groups + 1) * 2;
    size_t size = (size_t)r->program.count;
    Threads now = {allocate(size * sizeof(int)), allocate(size * (size_t)width * sizeof(int)), 0};
    Threads later = {allocate(size * sizeof(int)), allocate(size * (size_t)width * sizeof(int)), 0};
    for (int i = 0; i < width; i++)
        pairs[i] = -1;
    new_generation(r);
    start_thread(r, &now, r->program.start, pairs, text, len, start);
    for (size_t i = start; i <= end && now.count; i++) {
        new_generation(r);
        later.count = 0;
        for (int k = 0; k < now.count; k++) {
            int pc = now.code[k], *saved = now.saved + (size_t)k * (size_t)width;
            Instruction *in = &r->program.code[pc];
            if (in->op == R_MATCH) {
                if (i == end) {
                    memcpy(pairs, saved, (size_t)width * sizeof(int));
                    later.count = 0;
                    break;
                }
            } else if (i < end) {
                int c = (unsigned char)text[i];
                if (in->op == R_SET ? in_set(&r->program.sets[in->x], c) : c >= in->lo && c <= in->hi)
                    start_thread(r, &later, pc + 1, saved, text, len, i + 1);
            }
        }
        Threads swap = now;
        now = later;
        later = swap;
    }
    pairs[0] = (int)start;
    pairs[1] = (int)end;
    free(now.code), free(now.saved), free(later.code), free(later.saved);
}

/* --- patterns that are strings --- */

enum { REMEMBERED = 64 };

Regex *regex_cached(Str *pattern) {
    static struct {
        Regex *regex;
        unsigned used;
    } known[REMEMBERED];
    static unsigned clock;
    int oldest = 0;
    bool ignore_case = ignoring_case();
    for (int i = 0; i < REMEMBERED; i++) {
        Regex *r = known[i].regex;
        if (r && r->source->len == pattern->len && r->program.ignore_case == ignore_case &&
            memcmp(r->source->data, pattern->data, pattern->len) == 0) {
            known[i].used = ++clock;
            return r;
        }
        if (known[i].used < known[oldest].used)
            oldest = i;
    }
    if (known[oldest].regex)
        regex_free(known[oldest].regex);
    known[oldest].regex = regex_new(pattern->data, pattern->len, ignore_case);
    known[oldest].used = ++clock;
    return known[oldest].regex;
}
