/* Between the reading of a program and the making of code: tokens and the tree. */
#ifndef PARSE_H
#define PARSE_H

#include "awk.h"

typedef enum {
    /* tokens that are one character are that character */
    K_END = 256, K_NEWLINE, K_NUMBER, K_STRING, K_REGEX, K_TYPED_REGEX, K_NAME, K_FUNCTION_NAME, K_BUILTIN,
    K_BEGIN, K_ENDRULE, K_BEGINFILE, K_ENDFILE, K_FUNCTION, K_IF, K_ELSE, K_WHILE, K_FOR, K_DO, K_BREAK, K_CONTINUE,
    K_NEXT, K_NEXTFILE, K_EXIT, K_RETURN, K_DELETE, K_IN, K_GETLINE, K_PRINT, K_PRINTF, K_SWITCH, K_CASE, K_DEFAULT,
    K_AND, K_OR, K_NOMATCH, K_LE, K_GE, K_EQ, K_NE, K_INCR, K_DECR, K_APPEND, K_ADD_ASSIGN, K_SUB_ASSIGN, K_MUL_ASSIGN,
    K_DIV_ASSIGN, K_MOD_ASSIGN, K_POW_ASSIGN, K_PIPE_BOTH
} TokenKind;

typedef struct {
    int kind, line, value; /* value: which builtin */
    Str *text;
    double n;
    const char *from; /* in the source, for messages */
} Token;

enum Builtin {
    B_LENGTH, B_SUBSTR, B_INDEX, B_SPLIT, B_SUB, B_GSUB, B_GENSUB, B_MATCH, B_SPRINTF, B_SIN, B_COS, B_ATAN2, B_EXP, B_LOG,
    B_SQRT, B_INT, B_RAND, B_SRAND, B_TOLOWER, B_TOUPPER, B_SYSTEM, B_CLOSE, B_FFLUSH, B_SYSTIME, B_STRFTIME, B_MKTIME, B_AND,
    B_OR, B_XOR, B_COMPL, B_LSHIFT, B_RSHIFT, B_STRTONUM, B_ASORT, B_ASORTI, B_PATSPLIT, B_ISARRAY, B_TYPEOF
};

typedef enum {
    N_NUMBER, N_STRING, N_REGEX, N_MATCH_RECORD, N_GLOBAL, N_LOCAL, N_FIELD, N_ELEMENT, N_ASSIGN, N_OP_ASSIGN, N_INCREMENT,
    N_CONDITION, N_AND, N_OR, N_NOT, N_IN, N_MATCH, N_COMPARE, N_CONCAT, N_ARITHMETIC, N_NEGATE, N_PLUS, N_CALL,
    N_BUILTIN, N_GETLINE, N_GROUP,
    /* statements */
    N_BLOCK, N_EXPRESSION, N_PRINT, N_PRINTF, N_IF, N_WHILE, N_DO, N_FOR, N_FOR_IN, N_BREAK, N_CONTINUE, N_NEXT, N_NEXTFILE,
    N_EXIT, N_RETURN, N_DELETE, N_SWITCH, N_CASE
} NodeKind;

/* a, b, c, d are the parts in the order of the text; list holds arguments, subscripts or statements. */
struct Node {
    NodeKind kind;
    int op, line, index;
    bool negated, prefix;
    Node *a, *b, *c, *d;
    Node **list;
    int count;
    double n;
    Str *text;
};

typedef struct {
    enum { RULE_BEGIN, RULE_END, RULE_BEGINFILE, RULE_ENDFILE, RULE_MAIN } kind;
    Node *pattern, *until, *body;
    int line;
} Rule;

extern Rule *rules;
extern int rule_count;

typedef struct {
    Token *tokens;
    int count;
    const char *source, *name;
} Tokens;

Tokens read_tokens(const char *source, const char *name);
void parse_program(Tokens tokens);
_Noreturn void syntax_error(const Tokens *tokens, const Token *at, const char *what);
int builtin_named(const char *name, size_t len);
const char *builtin_name(int which);
Str *unescape(const char *p, size_t len);

enum { CODE_BEGIN, CODE_END, CODE_BEGINFILE, CODE_ENDFILE, CODE_MAIN, CODE_PARTS };
extern int code_start[CODE_PARTS];
void make_code(void);

#endif
