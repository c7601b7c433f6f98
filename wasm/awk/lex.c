/* From text to tokens, all at once: whether a slash divides depends on the token before it. */
#include "parse.h"
#include <stdlib.h>
#include <string.h>

static Tokens made;
static int room, line;

static const struct {
    const char *name;
    int kind;
} keywords[] = {
    {"BEGIN", K_BEGIN}, {"END", K_ENDRULE}, {"BEGINFILE", K_BEGINFILE}, {"ENDFILE", K_ENDFILE}, {"function", K_FUNCTION},
    {"func", K_FUNCTION}, {"if", K_IF}, {"else", K_ELSE}, {"while", K_WHILE}, {"for", K_FOR}, {"do", K_DO}, {"break", K_BREAK},
    {"continue", K_CONTINUE}, {"next", K_NEXT}, {"nextfile", K_NEXTFILE}, {"exit", K_EXIT}, {"return", K_RETURN},
    {"delete", K_DELETE}, {"in", K_IN}, {"getline", K_GETLINE}, {"print", K_PRINT}, {"printf", K_PRINTF},
    {"switch", K_SWITCH}, {"case", K_CASE}, {"default", K_DEFAULT}};

static const char *const builtins[] = {
    "length", "substr", "index", "split", "sub", "gsub", "gensub", "match", "sprintf", "sin", "cos", "atan2", "exp", "log",
    "sqrt", "int", "rand", "srand", "tolower", "toupper", "system", "close", "fflush", "systime", "strftime", "mktime", "and",
    "or", "xor", "compl", "lshift", "rshift", "strtonum", "asort", "asorti", "patsplit", "isarray", "typeof"};

int builtin_named(const char *name, size_t len) {
    for (int i = 0; i < (int)(sizeof builtins / sizeof *builtins); i++)
        if (strlen(builtins[i]) == len && memcmp(builtins[i], name, len) == 0)
            return i;
    return -1;
}

const char *builtin_name(int which) { return builtins[which]; }

static Token *push(int kind, const char *from) {
    if (made.count == room) {
        room = room * 2 + 64;
        made.tokens = reallocate(made.tokens, (size_t)room * sizeof *made.tokens);
    }
    Token *t = &made.tokens[made.count++];
    *t = (Token){.kind = kind, .line = line, .from = from};
    return t;
}

/* The line of the source and a mark under the place, as GNU awk shows it. */
_Noreturn void syntax_error(const Tokens *tokens, const Token *at, const char *what) {
    const char *from = at->from;
    if (at->kind == K_END || at->kind == K_NEWLINE)
        while (from > tokens->source && (*from == '\n' || *from == '\0') && from[-1] == '\n')
            from--;
    const char *start = from;
    while (start > tokens->source && start[-1] != '\n')
        start--;
    size_t len = strcspn(start, "\n");
    fflush(stdout);
    const char *colon = *tokens->name ? ":" : "";
    fprintf(stderr, "awk: %s%s%d: %.*s\nawk: %s%s%d: %*s^ %s\n", tokens->name, colon, at->line, (int)len, start,
            tokens->name, colon, at->line, (int)(from - start), "", what);
    exit(1);
}

static bool is_letter(char c) { return ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Whether the last token ends an operand, so that a slash after it divides. */
static bool after_operand(void) {
    if (!made.count)
        return false;
    Token *last = &made.tokens[made.count - 1];
    switch (last->kind) {
    case K_NUMBER: case K_STRING: case K_REGEX: case K_TYPED_REGEX: case K_NAME: case ')': case ']': case '$':
    case K_INCR: case K_DECR:
        return true;
    case K_BUILTIN:
        return last->value == B_LENGTH;
    default:
        return false;
    }
}

static int hex(int c) { return is_digit((char)c) ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1; }

/* The text of a string constant. A backslash that means nothing is dropped, with a warning. */
Str *unescape(const char *p, size_t len) {
    static const char names[] = "\"\\/abfnrtv", values[] = "\"\\/\a\b\f\n\r\t\v";
    Str *out = str_room(0);
    const char *end = p + len;
    while (p < end) {
        char c = *p++;
        if (c != '\\' || p == end) {
            out = str_append(out, &c, 1);
            continue;
        }
        c = *p++;
        const char *known = strchr(names, c);
        char small[4];
        size_t made_len = 1;
        if (c == '\n')
            continue;
        if (c && known) {
            small[0] = values[known - names];
        } else if (c >= '0' && c <= '7') {
            int n = c - '0';
            for (int i = 0; i < 2 && p < end && *p >= '0' && *p <= '7'; i++)
                n = n * 8 + (*p++ - '0');
            small[0] = (char)n;
        } else if (c == 'x' && p < end && hex(*p) >= 0) {
            int n = 0;
            for (int i = 0; i < 2 && p < end && hex(*p) >= 0; i++)
                n = n * 16 + hex(*p++);
            small[0] = (char)n;
        } else if (c == 'u' && p < end && hex(*p) >= 0) {
            uint32_t n = 0;
            for (int i = 0; i < 8 && p < end && hex(*p) >= 0; i++)
                n = n * 16 + (uint32_t)hex(*p++);
            made_len = encode(n, small);
        } else {
            if ((unsigned char)c < 0x80)
                warn("escape sequence `\\%c' treated as plain `%c'", c, c);
            small[0] = c;
        }
        out = str_append(out, small, made_len);
    }
    return out;
}

static const char *lex_string(const char *p) {
    const char *from = p++;
    Token *t = push(K_STRING, from);
    const char *start = p;
    for (; *p != '"'; p++) {
        if (*p == '\\' && p[1]) {
            if (*++p == '\n')
                line++;
        } else if (*p == '\n' || *p == '\0') {
            syntax_error(&made, t, "unterminated string");
        }
    }
    t->text = unescape(start, (size_t)(p - start));
    return p + 1;
}

static const char *lex_regex(const char *p, int kind) {
    const char *from = p++;
    Token *t = push(kind, from);
    Str *text = str_room(0);
    bool inside = false;
    for (const char *opened = p; *p && *p != '\n' && (*p != '/' || inside); p++) {
        if (*p == '\\' && p[1] == '/') {
            text = str_append(text, ++p, 1);
            continue;
        }
        if (*p == '\\' && p[1] == '\n') {
            p++, line++;
            continue;
        }
        if (*p == '\\' && p[1])
            text = str_append(text, p++, 1);
        else if (*p == '[' && !inside)
            inside = true, opened = p;
        else if (*p == ']' && inside && p > opened + 1 && !(p == opened + 2 && opened[1] == '^'))
            inside = false;
        else if (*p == '[' && inside && p[1] == ':' && strstr(p, ":]")) {
            const char *close = strstr(p + 2, ":]");
            if (close && close - p < 12) {
                text = str_append(text, p, (size_t)(close + 1 - p));
                p = close + 1;
            }
        }
        text = str_append(text, p, 1);
    }
    if (*p != '/') {
        t->from++;
        syntax_error(&made, t, "unterminated regexp");
    }
    t->text = text;
    return p + 1;
}

static const char *lex_number(const char *p) {
    Token *t = push(K_NUMBER, p);
    size_t used;
    if (p[0] == '0' && (p[1] | 32) == 'x' && hex(p[2]) >= 0) {
        double n = 0;
        for (p += 2; hex(*p) >= 0; p++)
            n = n * 16 + hex(*p);
        t->n = n;
        return p;
    }
    t->n = parse_number(p, strlen(p), &used);
    const char *digits = p;
    while (is_digit(*digits))
        digits++;
    if (*p == '0' && digits == p + used && used > 1 && !memchr(p, '8', used) && !memchr(p, '9', used))
        t->n = (double)strtoull(p, NULL, 8);
    return p + used;
}

static const char *lex_word(const char *p) {
    const char *from = p;
    while (is_letter(*p) || is_digit(*p))
        p++;
    size_t len = (size_t)(p - from);
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strlen(keywords[i].name) == len && memcmp(keywords[i].name, from, len) == 0) {
            push(keywords[i].kind, from);
            return p;
        }
    int builtin = builtin_named(from, len);
    Token *t = push(builtin >= 0 ? K_BUILTIN : *p == '(' ? K_FUNCTION_NAME : K_NAME, from);
    t->value = builtin;
    t->text = str_new(from, len);
    return p;
}

static const struct {
    const char *text;
    int kind;
} operators[] = {{"**=", K_POW_ASSIGN}, {"**", '^'}, {"^=", K_POW_ASSIGN}, {"&&", K_AND}, {"||", K_OR}, {"!~", K_NOMATCH},
                 {"<=", K_LE}, {">=", K_GE}, {"==", K_EQ}, {"!=", K_NE}, {"++", K_INCR}, {"--", K_DECR}, {">>", K_APPEND},
                 {"+=", K_ADD_ASSIGN}, {"-=", K_SUB_ASSIGN}, {"*=", K_MUL_ASSIGN}, {"%=", K_MOD_ASSIGN}, {"|&", K_PIPE_BOTH}};

static const char *lex_operator(const char *p) {
    if (*p == '/' && !after_operand())
        return lex_regex(p, K_REGEX);
    if (*p == '@' && p[1] == '/') {
        return lex_regex(p + 1, K_TYPED_REGEX);
    }
    if (p[0] == '/' && p[1] == '=') {
        push(K_DIV_ASSIGN, p);
        return p + 2;
    }
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t len = strlen(operators[i].text);
        if (strncmp(p, operators[i].text, len) == 0) {
            push(operators[i].kind, p);
            return p + len;
        }
    }
    Token *t = push((unsigned char)*p, p);
    if (!strchr("{}()[];,+-*/%^!<>|?:~$=", *p)) {
        char what[64];
        snprintf(what, sizeof what, "invalid char '%c' in expression", *p);
        syntax_error(&made, t, what);
    }
    return p + 1;
}

Tokens read_tokens(const char *source, const char *name) {
    made = (Tokens){NULL, 0, source, name};
    room = 0;
    line = 1;
    const char *p = source;
    while (*p) {
        if (*p == ' ' || *p == '\t' || *p == '\r') {
            p++;
        } else if (*p == '\\' && (p[1] == '\n' || (p[1] == '\r' && p[2] == '\n'))) {
            p += p[1] == '\r' ? 3 : 2;
            line++;
        } else if (*p == '#') {
            p += strcspn(p, "\n");
        } else if (*p == '\n') {
            push(K_NEWLINE, p++);
            line++;
        } else if (*p == '"') {
            p = lex_string(p);
        } else if (is_digit(*p) || (*p == '.' && is_digit(p[1]))) {
            p = lex_number(p);
        } else if (is_letter(*p)) {
            p = lex_word(p);
        } else {
            p = lex_operator(p);
        }
    }
    push(K_END, p);
    return made;
}
