/* From tokens to a tree. */
#include "parse.h"
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 2000 };

static Tokens tokens;
static int at, depth, loops, switches;
static Function *current; /* the function whose body is read */
Rule *rules;
int rule_count;
Function *functions;
int function_count;
Global *globals;
int global_count;

static Node *expression(bool no_in, bool no_greater);
static Node *statement(void);
static Node *unary(bool no_in, bool no_greater);

static Token *peek(void) { return &tokens.tokens[at]; }
static int kind(void) { return peek()->kind; }
static int kind_after(int n) { return at + n < tokens.count ? tokens.tokens[at + n].kind : K_END; }

_Noreturn static void complain(void) {
    bool eol = kind() == K_NEWLINE || kind() == K_END;
    syntax_error(&tokens, peek(), eol ? "unexpected newline or end of string" : "syntax error");
}

static bool accept(int wanted) {
    if (kind() != wanted)
        return false;
    at++;
    return true;
}

static void expect(int wanted) {
    if (!accept(wanted))
        complain();
}

static void skip_newlines(void) {
    while (accept(K_NEWLINE))
        ;
}

static void skip_terminators(void) {
    while (kind() == K_NEWLINE || kind() == ';')
        at++;
}

static Node *node(NodeKind k, Node *a, Node *b) {
    Node *n = allocate(sizeof *n);
    *n = (Node){.kind = k, .a = a, .b = b, .line = peek()->line};
    return n;
}

static void append(Node *parent, Node *child) {
    if ((parent->count & (parent->count - 1)) == 0)
        parent->list = reallocate(parent->list, (size_t)(parent->count ? parent->count * 2 : 1) * sizeof *parent->list);
    parent->list[parent->count++] = child;
}

int global_index(const char *name) {
    for (int i = 0; i < global_count; i++)
        if (strcmp(globals[i].name, name) == 0)
            return i;
    globals = reallocate(globals, (size_t)(global_count + 1) * sizeof *globals);
    globals[global_count] = (Global){.name = strdup(name)};
    return global_count++;
}

static int function_index(const char *name) {
    for (int i = 0; i < function_count; i++)
        if (strcmp(functions[i].name, name) == 0)
            return i;
    functions = reallocate(functions, (size_t)(function_count + 1) * sizeof *functions);
    functions[function_count] = (Function){.name = strdup(name), .line = peek()->line};
    return function_count++;
}

static Node *variable(const Token *t) {
    if (current)
        for (int i = 0; i < current->count; i++)
            if (strcmp(current->params[i], t->text->data) == 0) {
                Node *n = node(N_LOCAL, NULL, NULL);
                n->index = i;
                return n;
            }
    Node *n = node(N_GLOBAL, NULL, NULL);
    n->index = global_index(t->text->data);
    return n;
}

static bool is_lvalue(Node *n) {
    return n->kind == N_GLOBAL || n->kind == N_LOCAL || n->kind == N_FIELD || n->kind == N_ELEMENT;
}

/* --- operands --- */

static void arguments(Node *call, int close) {
    skip_newlines();
    while (kind() != close) {
        append(call, expression(false, false));
        skip_newlines();
        if (!accept(','))
            break;
        skip_newlines();
    }
    expect(close);
}

static Node *subscripts(Node *n) {
    while (kind() == '[') {
        Node *element = node(N_ELEMENT, n, NULL);
        at++;
        arguments(element, ']');
        if (!element->count)
            complain();
        n = element;
    }
    return n;
}

static Node *regex_node(Str *pattern, NodeKind k) {
    Node *n = node(k, NULL, NULL);
    n->text = pattern;
    return n;
}

/* (expression), (list) in array, (list) for print */
static Node *grouping(bool no_in) {
    at++;
    skip_newlines();
    Node *first = expression(false, false);
    skip_newlines();
    if (kind() != ',') {
        expect(')');
        Node *group = node(N_GROUP, NULL, NULL);
        append(group, first);
        return group;
    }
    Node *list = node(N_GROUP, NULL, NULL);
    append(list, first);
    while (accept(',')) {
        skip_newlines();
        append(list, expression(false, false));
        skip_newlines();
    }
    expect(')');
    if (kind() == K_IN && !no_in) {
        at++;
        if (kind() != K_NAME)
            complain();
        Token *name = peek();
        at++;
        Node *in = node(N_IN, list, subscripts(variable(name)));
        return in;
    }
    return list;
}

static Node *getline_target(Node *n, bool no_in, bool no_greater) {
    (void)no_in, (void)no_greater;
    if (kind() == K_NAME || kind() == '$') {
        if (kind() == '$') {
            at++;
            Node *f = node(N_FIELD, NULL, NULL);
            f->a = kind() == K_INCR || kind() == K_DECR || kind() == '-' ? unary(true, true) : NULL;
            if (!f->a) {
                extern Node *primary_for_getline(void);
                f->a = primary_for_getline();
            }
            n->a = f;
        } else {
            Token *name = peek();
            at++;
            n->a = subscripts(variable(name));
        }
    }
    return n;
}

static Node *primary(bool no_in, bool no_greater);

Node *primary_for_getline(void) { return primary(true, true); }

static Node *simple_getline(bool no_in, bool no_greater) {
    Node *n = node(N_GETLINE, NULL, NULL);
    n->op = -1;
    at++;
    getline_target(n, no_in, no_greater);
    if (kind() == '<') {
        at++;
        n->op = FROM_FILE;
        n->b = primary(true, true);
    }
    return n;
}

static Node *builtin_call(void) {
    Token *t = peek();
    Node *n = node(N_BUILTIN, NULL, NULL);
    n->op = t->value;
    at++;
    if (kind() == '(') {
        at++;
        arguments(n, ')');
    } else if (t->value != B_LENGTH) {
        complain();
    }
    return n;
}

static Node *primary(bool no_in, bool no_greater) {
    Token *t = peek();
    Node *n;
    switch (t->kind) {
    case K_NUMBER:
        n = node(N_NUMBER, NULL, NULL);
        n->n = t->n;
        at++;
        return n;
    case K_STRING:
        at++;
        return regex_node(t->text, N_STRING);
    case K_REGEX:
        at++;
        return regex_node(t->text, N_MATCH_RECORD);
    case K_TYPED_REGEX:
        at++;
        return regex_node(t->text, N_REGEX);
    case K_NAME:
        at++;
        return subscripts(variable(t));
    case K_FUNCTION_NAME:
        n = node(N_CALL, NULL, NULL);
        n->index = function_index(t->text->data);
        at += 2;
        arguments(n, ')');
        return n;
    case K_BUILTIN:
        return builtin_call();
    case K_GETLINE:
        return simple_getline(no_in, no_greater);
    case '(':
        return grouping(no_in);
    case '$':
        at++;
        n = node(N_FIELD, NULL, NULL);
        if (kind() == K_INCR || kind() == K_DECR || kind() == '-' || kind() == '+' || kind() == '!')
            n->a = unary(no_in, no_greater);
        else
            n->a = primary(no_in, no_greater);
        return n;
    default:
        complain();
    }
}

static Node *postfix(bool no_in, bool no_greater) {
    if (kind() == K_INCR || kind() == K_DECR) {
        int op = kind();
        at++;
        Node *n = node(N_INCREMENT, NULL, NULL);
        n->a = primary(no_in, no_greater);
        if (n->a->kind == N_GROUP && n->a->count == 1 && is_lvalue(n->a->list[0]))
            n->a = n->a->list[0];
        if (!is_lvalue(n->a))
            complain();
        n->n = op == K_INCR ? 1 : -1;
        n->prefix = true;
        return n;
    }
    Node *a = primary(no_in, no_greater);
    if ((kind() == K_INCR || kind() == K_DECR) && is_lvalue(a)) {
        Node *n = node(N_INCREMENT, a, NULL);
        n->n = kind() == K_INCR ? 1 : -1;
        at++;
        return n;
    }
    return a;
}

static Node *power(bool no_in, bool no_greater) {
    Node *a = postfix(no_in, no_greater);
    if (kind() != '^')
        return a;
    at++;
    skip_newlines();
    Node *n = node(N_ARITHMETIC, a, NULL);
    n->op = '^';
    n->b = kind() == '-' || kind() == '+' || kind() == '!' ? unary(no_in, no_greater) : power(no_in, no_greater);
    return n;
}

static Node *unary(bool no_in, bool no_greater) {
    if (++depth > DEEPEST)
        fatal("expression nested too deeply");
    Node *n;
    int op = kind();
    if (op == '!' || op == '-' || op == '+') {
        at++;
        n = node(op == '!' ? N_NOT : op == '-' ? N_NEGATE : N_PLUS, NULL, NULL);
        n->a = unary(no_in, no_greater);
    } else {
        n = power(no_in, no_greater);
    }
    depth--;
    return n;
}

static Node *binary(Node *a, Node *b, int op) {
    Node *n = node(N_ARITHMETIC, a, b);
    n->op = op;
    return n;
}

static Node *product(bool no_in, bool no_greater) {
    Node *a = unary(no_in, no_greater);
    while (kind() == '*' || kind() == '/' || kind() == '%') {
        int op = kind();
        at++;
        skip_newlines();
        a = binary(a, unary(no_in, no_greater), op);
    }
    return a;
}

static Node *sum(bool no_in, bool no_greater) {
    Node *a = product(no_in, no_greater);
    while (kind() == '+' || kind() == '-') {
        int op = kind();
        at++;
        skip_newlines();
        a = binary(a, product(no_in, no_greater), op);
    }
    return a;
}

static bool starts_operand(bool no_in) {
    switch (kind()) {
    case K_NUMBER: case K_STRING: case K_REGEX: case K_NAME: case K_FUNCTION_NAME: case K_BUILTIN: case '$': case '!': case '(':
    case '-': case '+': case K_INCR: case K_DECR: case K_TYPED_REGEX:
        return true;
    case K_GETLINE:
        return false;
    default:
        (void)no_in;
        return false;
    }
}

static Node *concatenation(bool no_in, bool no_greater) {
    Node *a = sum(no_in, no_greater);
    while (starts_operand(no_in) && !(kind() == K_IN)) {
        Node *n = node(N_CONCAT, a, NULL);
        n->b = sum(no_in, no_greater);
        a = n;
    }
    return a;
}

static Node *piped(bool no_in, bool no_greater) {
    Node *a = concatenation(no_in, no_greater);
    while ((kind() == '|' || kind() == K_PIPE_BOTH) && kind_after(1) == K_GETLINE) {
        Node *n = node(N_GETLINE, NULL, a);
        n->op = kind() == '|' ? FROM_PIPE : FROM_COPROCESS;
        at += 2;
        a = getline_target(n, no_in, no_greater);
    }
    return a;
}

static Node *comparison(bool no_in, bool no_greater) {
    Node *a = piped(no_in, no_greater);
    int op = kind();
    if (op != '<' && op != K_LE && op != K_EQ && op != K_NE && op != K_GE && (op != '>' || no_greater))
        return a;
    at++;
    Node *n = node(N_COMPARE, a, NULL);
    n->op = op;
    n->b = piped(no_in, no_greater);
    return n;
}

static Node *matching(bool no_in, bool no_greater) {
    Node *a = comparison(no_in, no_greater);
    while (kind() == '~' || kind() == K_NOMATCH) {
        Node *n = node(N_MATCH, a, NULL);
        n->negated = kind() == K_NOMATCH;
        at++;
        n->b = comparison(no_in, no_greater);
        a = n;
    }
    return a;
}

static Node *membership(bool no_in, bool no_greater) {
    Node *a = matching(no_in, no_greater);
    while (kind() == K_IN && !no_in) {
        at++;
        if (kind() != K_NAME)
            complain();
        Token *name = peek();
        at++;
        a = node(N_IN, a, subscripts(variable(name)));
    }
    return a;
}

static Node *conjunction(bool no_in, bool no_greater) {
    Node *a = membership(no_in, no_greater);
    while (accept(K_AND)) {
        skip_newlines();
        Node *n = node(N_AND, a, NULL);
        n->b = membership(no_in, no_greater);
        a = n;
    }
    return a;
}

static Node *disjunction(bool no_in, bool no_greater) {
    Node *a = conjunction(no_in, no_greater);
    while (accept(K_OR)) {
        skip_newlines();
        Node *n = node(N_OR, a, NULL);
        n->b = conjunction(no_in, no_greater);
        a = n;
    }
    return a;
}

static int assignment_operator(int token) {
    static const int known[][2] = {{K_ADD_ASSIGN, '+'}, {K_SUB_ASSIGN, '-'}, {K_MUL_ASSIGN, '*'}, {K_DIV_ASSIGN, '/'},
                                   {K_MOD_ASSIGN, '%'}, {K_POW_ASSIGN, '^'}, {'=', '='}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i][0] == token)
            return known[i][1];
    return 0;
}

/* The target of an assignment may be the last operand of what was read: `!x = y`, `a && b = c`, `1 + $2 = 3`. */
static Node **target_of(Node **n) {
    while (!is_lvalue(*n)) {
        switch ((*n)->kind) {
        case N_NOT: case N_NEGATE: case N_PLUS:
            n = &(*n)->a;
            break;
        case N_AND: case N_OR: case N_MATCH: case N_COMPARE: case N_CONCAT: case N_ARITHMETIC:
            n = &(*n)->b;
            break;
        case N_GROUP:
            if ((*n)->count == 1 && is_lvalue((*n)->list[0]))
                return &(*n)->list[0];
            complain();
        default:
            complain();
        }
    }
    return n;
}

static Node *expression(bool no_in, bool no_greater) {
    if (++depth > DEEPEST)
        fatal("expression nested too deeply");
    Node *a = disjunction(no_in, no_greater);
    int op = assignment_operator(kind());
    if (op) {
        /* `(x) = 1` is no assignment in GNU awk, and nobody writes it. */
        Node **target = target_of(&a);
        at++;
        skip_newlines();
        Node *n = node(op == '=' ? N_ASSIGN : N_OP_ASSIGN, *target, NULL);
        n->op = op;
        n->b = expression(no_in, no_greater);
        *target = n;
    } else if (accept('?')) {
        Node *n = node(N_CONDITION, a, NULL);
        skip_newlines();
        n->b = expression(no_in, no_greater);
        skip_newlines();
        expect(':');
        skip_newlines();
        n->c = expression(no_in, no_greater);
        a = n;
    }
    depth--;
    return a;
}

/* --- statements --- */

static void end_of_statement(void) {
    if (kind() == '}' || kind() == K_END)
        return;
    if (kind() != ';' && kind() != K_NEWLINE)
        complain();
    while (kind() == ';' || kind() == K_NEWLINE)
        at++;
}

static Node *block(void) {
    Node *b = node(N_BLOCK, NULL, NULL);
    expect('{');
    skip_terminators();
    while (kind() != '}') {
        if (kind() == K_END)
            complain();
        append(b, statement());
        skip_terminators();
    }
    at++;
    return b;
}

static Node *body(void) {
    skip_newlines();
    if (accept(';')) {
        skip_newlines();
        return node(N_BLOCK, NULL, NULL);
    }
    loops++;
    Node *b = statement();
    loops--;
    return b;
}

static Node *print_statement(void) {
    Node *n = node(kind() == K_PRINT ? N_PRINT : N_PRINTF, NULL, NULL);
    n->op = TO_STDOUT;
    at++;
    if (kind() != ';' && kind() != K_NEWLINE && kind() != '}' && kind() != '>' && kind() != K_APPEND && kind() != '|' &&
        kind() != K_PIPE_BOTH && kind() != K_END) {
        Node *first = expression(false, true);
        if (first->kind == N_GROUP && kind() != ',') {
            n->list = first->list;
            n->count = first->count;
        } else {
            append(n, first);
            while (accept(',')) {
                skip_newlines();
                append(n, expression(false, true));
            }
        }
    } else if (n->kind == N_PRINTF) {
        complain();
    }
    int to = kind() == '>' ? TO_FILE : kind() == K_APPEND ? TO_APPEND : kind() == '|' ? TO_PIPE
           : kind() == K_PIPE_BOTH ? TO_COPROCESS : TO_STDOUT;
    if (to != TO_STDOUT) {
        at++;
        n->op = to;
        n->a = concatenation(false, true);
    }
    return n;
}

static Node *simple_statement(void) {
    if (kind() == K_PRINT || kind() == K_PRINTF)
        return print_statement();
    if (kind() == K_DELETE) {
        at++;
        Node *n = node(N_DELETE, NULL, NULL);
        bool bracketed = accept('(');
        if (kind() != K_NAME)
            complain();
        Token *name = peek();
        at++;
        n->a = subscripts(variable(name));
        if (bracketed)
            expect(')');
        return n;
    }
    Node *value = expression(false, false);
    return node(N_EXPRESSION, value, NULL);
}

static Node *for_statement(void) {
    at++;
    expect('(');
    if (kind() == K_NAME && kind_after(1) == K_IN && kind_after(2) == K_NAME) {
        int close = at + 3, nested = 0;
        while (tokens.tokens[close].kind == '[' || nested) { /* for (k in a[i]) */
            if (tokens.tokens[close].kind == '[')
                nested++;
            if (tokens.tokens[close].kind == ']')
                nested--;
            if (tokens.tokens[close].kind == K_END)
                complain();
            close++;
        }
        if (tokens.tokens[close].kind == ')') {
            Node *n = node(N_FOR_IN, variable(peek()), NULL);
            at += 2;
            Token *name = peek();
            at++;
            n->b = subscripts(variable(name));
            expect(')');
            n->c = body();
            return n;
        }
    }
    Node *n = node(N_FOR, NULL, NULL);
    if (kind() != ';')
        n->a = simple_statement();
    expect(';');
    skip_newlines();
    if (kind() != ';')
        n->b = expression(false, false);
    expect(';');
    skip_newlines();
    if (kind() != ')')
        n->c = simple_statement();
    expect(')');
    n->d = body();
    return n;
}

static Node *if_statement(void) {
    Node *n = node(N_IF, NULL, NULL);
    at++;
    expect('(');
    n->a = expression(false, false);
    skip_newlines();
    expect(')');
    skip_newlines();
    n->b = accept(';') ? node(N_BLOCK, NULL, NULL) : statement();
    int before = at;
    skip_terminators();
    if (accept(K_ELSE)) {
        skip_newlines();
        n->c = accept(';') ? node(N_BLOCK, NULL, NULL) : statement();
    } else {
        at = before;
    }
    return n;
}

static Node *switch_statement(void) {
    Node *n = node(N_SWITCH, NULL, NULL);
    at++;
    expect('(');
    n->a = expression(false, false);
    expect(')');
    skip_newlines();
    expect('{');
    skip_newlines();
    switches++;
    while (!accept('}')) {
        Node *c = node(N_CASE, NULL, NULL);
        if (accept(K_CASE)) {
            bool minus = kind() == '-' || kind() == '+', negative = kind() == '-';
            at += minus;
            c->a = primary(false, false);
            if (negative)
                c->a->n = -c->a->n;
        } else {
            expect(K_DEFAULT);
        }
        expect(':');
        skip_terminators();
        c->b = node(N_BLOCK, NULL, NULL);
        while (kind() != K_CASE && kind() != K_DEFAULT && kind() != '}') {
            if (kind() == K_END)
                complain();
            append(c->b, statement());
            skip_terminators();
        }
        append(n, c);
    }
    switches--;
    return n;
}

static Node *jump_statement(NodeKind k) {
    Node *n = node(k, NULL, NULL);
    if (k == N_BREAK && !loops && !switches)
        syntax_error(&tokens, peek(), "`break' is not allowed outside a loop or switch");
    if (k == N_CONTINUE && !loops)
        syntax_error(&tokens, peek(), "`continue' is not allowed outside a loop");
    if (k == N_RETURN && !current)
        syntax_error(&tokens, peek(), "`return' used outside function context");
    at++;
    if ((k == N_EXIT || k == N_RETURN) && kind() != ';' && kind() != K_NEWLINE && kind() != '}' && kind() != K_END)
        n->a = expression(false, false);
    end_of_statement();
    return n;
}

static Node *loop_statement(void) {
    Node *n = node(kind() == K_DO ? N_DO : N_WHILE, NULL, NULL);
    if (accept(K_DO)) {
        n->b = body();
        skip_terminators();
        expect(K_WHILE);
        expect('(');
        n->a = expression(false, false);
        expect(')');
        end_of_statement();
        return n;
    }
    at++;
    expect('(');
    n->a = expression(false, false);
    skip_newlines();
    expect(')');
    n->b = body();
    return n;
}

static Node *statement(void) {
    if (++depth > DEEPEST)
        fatal("program nested too deeply");
    Node *n;
    switch (kind()) {
    case '{': n = block(); break;
    case K_IF: n = if_statement(); break;
    case K_WHILE: case K_DO: n = loop_statement(); break;
    case K_FOR: n = for_statement(); break;
    case K_SWITCH: n = switch_statement(); break;
    case K_BREAK: n = jump_statement(N_BREAK); break;
    case K_CONTINUE: n = jump_statement(N_CONTINUE); break;
    case K_NEXT: n = jump_statement(N_NEXT); break;
    case K_NEXTFILE: n = jump_statement(N_NEXTFILE); break;
    case K_EXIT: n = jump_statement(N_EXIT); break;
    case K_RETURN: n = jump_statement(N_RETURN); break;
    case ';': at++; n = node(N_BLOCK, NULL, NULL); break;
    default:
        n = simple_statement();
        end_of_statement();
    }
    depth--;
    return n;
}

/* --- the program --- */

static void read_function(void) {
    at++;
    if (kind() != K_NAME && kind() != K_FUNCTION_NAME)
        complain();
    Token *name = peek();
    int index = function_index(name->text->data);
    if (functions[index].defined)
        syntax_error(&tokens, name, "function name previously defined");
    at++;
    expect('(');
    char **params = NULL;
    int count = 0;
    skip_newlines();
    while (kind() == K_NAME) {
        params = reallocate(params, (size_t)(count + 1) * sizeof *params);
        params[count++] = peek()->text->data;
        at++;
        skip_newlines();
        if (!accept(','))
            break;
        skip_newlines();
    }
    expect(')');
    skip_newlines();
    functions[index].params = params;
    functions[index].count = count;
    functions[index].defined = true;
    functions[index].is_array = allocate((size_t)count + 1);
    memset(functions[index].is_array, 0, (size_t)count + 1);
    Function here = functions[index];
    current = &here; /* the array may move while its body names others */
    Node *b = block();
    functions[index].body = b;
    current = NULL;
}

static void read_rule(void) {
    Rule r = {.kind = RULE_MAIN, .line = peek()->line};
    bool special = true;
    if (accept(K_BEGIN))
        r.kind = RULE_BEGIN;
    else if (accept(K_ENDRULE))
        r.kind = RULE_END;
    else if (accept(K_BEGINFILE))
        r.kind = RULE_BEGINFILE;
    else if (accept(K_ENDFILE))
        r.kind = RULE_ENDFILE;
    else
        special = false;
    if (!special && kind() != '{') {
        r.pattern = expression(false, false);
        if (accept(',')) {
            skip_newlines();
            r.until = expression(false, false);
        }
    }
    if (kind() == '{')
        r.body = block();
    else if (special)
        complain();
    rules = reallocate(rules, (size_t)(rule_count + 1) * sizeof *rules);
    rules[rule_count++] = r;
}

void parse_program(Tokens read) {
    tokens = read;
    at = 0;
    skip_terminators();
    while (kind() != K_END) {
        if (kind() == K_FUNCTION)
            read_function();
        else
            read_rule();
        if (kind() != K_END && kind() != ';' && kind() != K_NEWLINE && tokens.tokens[at - 1].kind != '}')
            complain();
        skip_terminators();
    }
    for (int i = 0; i < function_count; i++)
        if (!functions[i].defined) {
            fprintf(stderr, "awk: %s%s%d: fatal: function `%s' not defined\n", tokens.name, *tokens.name ? ":" : "",
                    functions[i].line, functions[i].name);
            exit(2);
        }
}
