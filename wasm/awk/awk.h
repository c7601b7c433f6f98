/*
 * awk: the language of POSIX with what people use of GNU awk.
 *
 * A program is read into tokens (lex.c), a tree (parse.c) and code for a stack machine (code.c), which vm.c runs. Strings
 * are counted bytes (text.c), arrays keep the order of insertion (table.c), regular expressions are automata that
 * take one step a byte whatever the pattern (regex*.c), and recursion in awk is none in C.
 */
#ifndef AWK_H
#define AWK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* --- values --- */

typedef struct {
    uint32_t refs, len, cap, chars; /* chars: how many characters, or UNKNOWN */
    char data[];                    /* and a NUL */
} Str;

enum { UNKNOWN = 0xffffffff };

typedef struct Table Table;
typedef struct Regex Regex;

/* INPUT is text from outside that may look like a number; nobody has looked yet. STRNUM does. */
typedef enum { UNSET, NUM, STR, INPUT, STRNUM, REGEX, ARRAY } Kind;

typedef struct {
    Kind kind;
    union {
        Str *s;
        Table *table;
        Regex *regex;
    };
    double n;
} Val;

extern bool utf8;

void *allocate(size_t size);
void *reallocate(void *old, size_t size);

Str *str_new(const char *data, size_t len);
Str *str_room(size_t len);
void str_free(Str *s);
Str *str_append(Str *s, const char *data, size_t len); /* takes s, which nobody else may hold */
uint32_t str_chars(Str *s);
size_t char_length(const char *p, const char *end);
size_t char_offset(Str *s, size_t index);
size_t encode(uint32_t point, char out[4]);
uint32_t decode(const char *p, size_t len);
Str *str_case(Str *s, bool upper);

static inline Str *str_keep(Str *s) {
    s->refs++;
    return s;
}
static inline void str_drop(Str *s) {
    if (--s->refs == 0)
        str_free(s);
}

static inline Val number(double n) { return (Val){NUM, {NULL}, n}; }
static inline Val text(Str *s) { return (Val){STR, {s}, 0}; }
static inline Val text_of(const char *s, size_t len) { return text(str_new(s, len)); }
static inline Val input_text(Str *s) { return (Val){INPUT, {s}, 0}; }

void table_drop(Table *t);
Val keep(Val v);
static inline void drop(Val *v) {
    if (v->kind >= STR) {
        if (v->kind <= STRNUM)
            str_drop(v->s);
        else if (v->kind == ARRAY)
            table_drop(v->table);
    }
}

double parse_number(const char *p, size_t len, size_t *used);
bool looks_numeric(const char *p, size_t len, double *n);
double to_number(Val *v);
Str *to_text(Val *v); /* a reference of one's own */
Str *number_text(double n, const char *format);
bool truth(Val *v);
void settle(Val *v); /* INPUT becomes STR or STRNUM */
int compare(Val *a, Val *b);
const char *key_of(Val *v, char small[40], size_t *len, Str **held);

/* --- arrays --- */

typedef struct {
    Str *key;
    Val value;
    uint32_t hash;
} Entry;

struct Table {
    uint32_t refs, count, used, room, mask;
    Entry *entries;
    int32_t *index;
};

Table *table_new(void);
Val *table_find(Table *t, const char *key, size_t len);
Val *table_get(Table *t, const char *key, size_t len); /* made if missing */
bool table_delete(Table *t, const char *key, size_t len);
void table_clear(Table *t);
void table_set(Table *t, const char *key, Val v); /* takes v */
void table_set_index(Table *t, long index, Val v);
Table *subtable(Val *element);

/* --- regular expressions --- */

enum { MOST_GROUPS = 64 };

Regex *regex_new(const char *pattern, size_t len, bool ignore_case);
void regex_free(Regex *r);
Regex *regex_cached(Str *pattern);
bool regex_test(Regex *r, const char *text, size_t len);
bool regex_find(Regex *r, const char *text, size_t len, size_t from, size_t *start, size_t *end);
int regex_groups(Regex *r);
void regex_captures(Regex *r, const char *text, size_t len, size_t start, size_t end, int *pairs);
const char *regex_source(Regex *r, size_t *len);

/* --- the program --- */

typedef struct Node Node;
typedef struct Function Function;

struct Function {
    const char *name;
    char **params;
    bool *is_array;
    int count, locals, code, line;
    Node *body;
    bool defined;
};

typedef struct {
    char *name;
    Val value;
    bool is_array, is_scalar;
} Global;

extern Global *globals;
extern int global_count;
extern Function *functions;
extern int function_count;

enum Special {
    S_NF, S_NR, S_FNR, S_FS, S_OFS, S_ORS, S_RS, S_SUBSEP, S_CONVFMT, S_OFMT, S_RSTART, S_RLENGTH, S_FILENAME, S_RT,
    S_FPAT, S_FIELDWIDTHS, S_IGNORECASE, S_ERRNO, S_ARGIND, S_ARGC, S_SCALARS,
    S_ARGV = S_SCALARS, S_ENVIRON, S_PROCINFO, S_SPECIALS
};

void special_changed(int which);
void set_special(int which, Val v);
int global_index(const char *name);
const char *special_text(int which, size_t *len);
bool ignoring_case(void);

/* --- fields and input --- */

typedef struct Input Input;

Val field(int n);
double field_number(int n);
void field_set(int n, Val v);
int field_count(void);
void set_field_count(int n);
void set_record(Str *s);
void finish_fields(void);
void splitter_changed(void);
int split_into(Table *t, Val *source, Val *separator, Table *separators, bool by_pattern);

Input *input_open(int fd, FILE *pipe);
int input_close(Input *in);
int input_record(Input *in, Str **record); /* 1, 0 at the end, -1 */
int main_record(Str **record);
void main_nextfile(void);
void run_begin_file(void), run_end_file(void);
extern double nr, fnr;

/* --- output --- */

enum Redirect { TO_STDOUT, TO_FILE, TO_APPEND, TO_PIPE, TO_COPROCESS, FROM_FILE, FROM_PIPE, FROM_COPROCESS };

FILE *output_to(int how, Str *name);
Input *input_from(int how, Str *name);
int close_named(Str *name, const char *end);
int flush_named(Str *name);
void flush_all(void);
int close_everything(void);
void written(FILE *f, const char *what);
extern FILE *main_output;
Str *format(Val *args, int count);

/* --- running --- */

enum { FINISHED, DO_NEXT, DO_EXIT, DO_NEXTFILE };

extern int exit_status;
int run(int start);
double call_compare(int function, Val *args, int count);
extern const char *source_name;
int current_line(void);
_Noreturn void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
Val call_builtin(int which, Val *args, int count);
void start_random(void);
int subst(Val *args, bool global, Val *result);
char **inplace_files(void);
void seed_environment(char **argv, int argc);
bool assign_argument(const char *text);
void sort_keys(Table *t, Entry ***entries, uint32_t *count);
void table_sorted(Table *t, const char *order, Entry ***entries, uint32_t *count);

#endif
