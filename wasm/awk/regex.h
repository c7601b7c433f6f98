/* Between the parts of a regular expression: its code, and what runs it. */
#ifndef REGEX_H
#define REGEX_H

#include "awk.h"

enum Op { R_BYTES, R_SET, R_SPLIT, R_JUMP, R_SAVE, R_ASSERT, R_MATCH };
enum Assertion { AT_START = 1, AT_END, WORD_EDGE, NO_WORD_EDGE, WORD_START, WORD_END };
enum { END_OF_TEXT = 256 };

/* BYTES: from lo to hi. SET: number x. SPLIT: x before y. JUMP: x. SAVE: slot x. ASSERT: x. */
typedef struct {
    uint8_t op, lo, hi;
    int32_t x, y;
} Instruction;

typedef struct {
    uint32_t bits[8];
} ByteSet;

typedef struct {
    Instruction *code;
    int count, room;
    ByteSet *sets;
    int set_count;
    int start, search; /* where a match begins; where one that may begin anywhere later does */
    int groups;
    bool asserts, ignore_case;
} Program;

void compile_pattern(Program *program, const char *pattern, size_t len, bool ignore_case);
static inline bool is_word(int c) {
    return c < 256 && ((c | 32) >= 'a' && (c | 32) <= 'z' ? true : (c >= '0' && c <= '9') || c == '_');
}
static inline bool in_set(const ByteSet *s, int c) { return s->bits[c >> 5] >> (c & 31) & 1; }

#endif
