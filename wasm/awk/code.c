/* From the tree to code for the stack machine in vm.c. */
#include "code.h"
#include <stdlib.h>
#include <string.h>

int32_t *code;
int *lines;
Val *constants;
int range_count;
int code_start[CODE_PARTS];

static int count, room, constant_count, line;
static Function *current;

typedef struct Jumps {
    struct Jumps *outer;
    int *breaks, *continues, break_count, continue_count;
    bool is_switch;
} Jumps;

static Jumps *innermost;

static void gen(Node *n);
static void gen_statement(Node *n);

static int emit(int word) {
    if (count == room) {
        room = room * 2 + 256;
        code = reallocate(code, (size_t)room * sizeof *code);
        lines = reallocate(lines, (size_t)room * sizeof *lines);
    }
    lines[count] = line;
    code[count] = word;
    return count++;
}

static int emit1(int op, int a) {
    emit(op);
    return emit(a);
}

static void emit2(int op, int a, int b) {
    emit(op);
    emit(a);
    emit(b);
}

static void land(int where) { code[where] = count; }

static int constant(Val v) {
    if ((constant_count & (constant_count - 1)) == 0)
        constants = reallocate(constants, (size_t)(constant_count ? constant_count * 2 : 1) * sizeof *constants);
    constants[constant_count] = v;
    return constant_count++;
}

static void gen_number(double n) { emit1(OP_CONST, constant(number(n))); }

static Node *inner(Node *n) {
    while (n->kind == N_GROUP && n->count == 1)
        n = n->list[0];
    return n;
}

static int gen_regex_constant(Str *pattern) {
    Val v = {REGEX, {NULL}, 0};
    v.regex = regex_new(pattern->data, pattern->len, false);
    return constant(v);
}

/* A pattern as an operand: a constant is compiled once, anything else is a string. */
static void gen_pattern(Node *n) {
    n = inner(n);
    if (n->kind == N_MATCH_RECORD || n->kind == N_REGEX)
        emit1(OP_CONST, gen_regex_constant(n->text));
    else
        gen(n);
}

/* --- which names are arrays --- */

static bool changed;

static bool is_array(Node *n) {
    n = inner(n);
    return n->kind == N_GLOBAL ? globals[n->index].is_array : n->kind == N_LOCAL ? current->is_array[n->index] : false;
}

static void mark_array(Node *n) {
    n = inner(n);
    if (n->kind == N_GLOBAL && !globals[n->index].is_array)
        globals[n->index].is_array = changed = true;
    if (n->kind == N_LOCAL && !current->is_array[n->index])
        current->is_array[n->index] = changed = true;
}

static void find_arrays(Node *n);

static void find_arrays_in_call(Node *n) {
    Function *f = &functions[n->index];
    for (int i = 0; i < n->count; i++) {
        if (i < f->count && f->is_array[i])
            mark_array(n->list[i]);
        else if (i < f->count && is_array(n->list[i]))
            f->is_array[i] = changed = true;
    }
}

static void find_arrays_in_builtin(Node *n) {
    for (int i = 0; i < n->count; i++) {
        bool array = (n->op == B_SPLIT && (i == 1 || i == 3)) || (n->op == B_PATSPLIT && (i == 1 || i == 3)) ||
                     ((n->op == B_ASORT || n->op == B_ASORTI) && i < 2) || (n->op == B_MATCH && i == 2);
        if (array)
            mark_array(n->list[i]);
    }
}

static void find_arrays(Node *n) {
    if (!n)
        return;
    if (n->kind == N_ELEMENT || n->kind == N_DELETE)
        mark_array(n->a);
    if (n->kind == N_IN || n->kind == N_FOR_IN)
        mark_array(n->b);
    if (n->kind == N_CALL)
        find_arrays_in_call(n);
    if (n->kind == N_BUILTIN)
        find_arrays_in_builtin(n);
    find_arrays(n->a);
    find_arrays(n->b);
    find_arrays(n->c);
    find_arrays(n->d);
    for (int i = 0; i < n->count; i++)
        find_arrays(n->list[i]);
}

static void find_all_arrays(void) {
    do {
        changed = false;
        for (int i = 0; i < function_count; i++) {
            current = &functions[i];
            find_arrays(functions[i].body);
        }
        current = NULL;
        for (int i = 0; i < rule_count; i++) {
            find_arrays(rules[i].pattern);
            find_arrays(rules[i].until);
            find_arrays(rules[i].body);
        }
    } while (changed);
}

/* --- variables --- */

static void gen_subscript(Node *n) {
    for (int i = 0; i < n->count; i++)
        gen(n->list[i]);
    if (n->count > 1)
        emit1(OP_JOIN, n->count);
}

static void gen_array(Node *n) {
    n = inner(n);
    if (n->kind == N_GLOBAL) {
        emit1(OP_ARRG, n->index);
    } else if (n->kind == N_LOCAL) {
        emit1(OP_ARRL, n->index);
    } else if (n->kind == N_ELEMENT) {
        gen_array(n->a);
        gen_subscript(n);
        emit(OP_SUB_ARRAY);
    } else {
        fatal("attempt to use a scalar value as array");
    }
}

static void gen_load(Node *n) {
    switch (n->kind) {
    case N_GLOBAL:
        if (n->index < S_SCALARS)
            emit1(OP_LOADS, n->index);
        else
            emit1(globals[n->index].is_array ? OP_ARRG : OP_LOADG, n->index);
        return;
    case N_LOCAL:
        emit1(current->is_array[n->index] ? OP_ARRL : OP_LOADL, n->index);
        return;
    case N_FIELD:
        if (n->a->kind == N_NUMBER && n->a->n >= 0 && n->a->n < 1000000) {
            emit1(OP_FIELDK, (int)n->a->n);
        } else {
            gen(n->a);
            emit(OP_FIELD);
        }
        return;
    default:
        gen_array(n->a);
        gen_subscript(n);
        emit(OP_ELEM);
    }
}

/* Stores the value that is on top, and leaves it there. What the target needs besides lies below. */
static void gen_target(Node *n) {
    if (n->kind == N_FIELD) {
        gen(n->a);
    } else if (n->kind == N_ELEMENT) {
        gen_array(n->a);
        gen_subscript(n);
    }
}

static void gen_store(Node *n) {
    switch (n->kind) {
    case N_GLOBAL:
        if (globals[n->index].is_array)
            fatal("attempt to use array `%s' in a scalar context", globals[n->index].name);
        emit1(n->index < S_SCALARS ? OP_STORES : OP_STOREG, n->index);
        return;
    case N_LOCAL:
        if (current->is_array[n->index])
            fatal("attempt to use array `%s' in a scalar context", current->params[n->index]);
        emit1(OP_STOREL, n->index);
        return;
    case N_FIELD:
        emit(OP_FIELD_SET);
        return;
    default:
        emit(OP_ELEM_SET);
    }
}

static int arithmetic(int op) {
    switch (op) {
    case '+': return OP_ADD;
    case '-': return OP_SUB;
    case '*': return OP_MUL;
    case '/': return OP_DIV;
    case '%': return OP_MOD;
    default: return OP_POW;
    }
}

/* A number is all that is wanted, so that a field need not become a string first. */
static void gen_numeric(Node *n) {
    n = inner(n);
    if (n->kind == N_FIELD && n->a->kind == N_NUMBER && n->a->n >= 0 && n->a->n < 1000000)
        emit1(OP_FIELDNUM, (int)n->a->n);
    else
        gen(n);
}

static bool same_variable(Node *a, Node *b) {
    return a->kind == b->kind && a->index == b->index && (a->kind == N_LOCAL || (a->kind == N_GLOBAL && a->index >= S_SPECIALS));
}

static Node *leftmost(Node *n) {
    while (n->kind == N_CONCAT)
        n = n->a;
    return n;
}

static bool mentions(Node *n, Node *variable) {
    if (!n)
        return false;
    if (same_variable(n, variable) || n->kind == N_CALL || n->kind == N_ASSIGN || n->kind == N_OP_ASSIGN || n->kind == N_GETLINE)
        return true;
    for (int i = 0; i < n->count; i++)
        if (mentions(n->list[i], variable))
            return true;
    return mentions(n->a, variable) || mentions(n->b, variable) || mentions(n->c, variable) || mentions(n->d, variable);
}

static void gen_appended(Node *n, Node *target) {
    if (n->kind != N_CONCAT)
        return;
    gen_appended(n->a, target);
    gen(n->b);
    emit1(target->kind == N_GLOBAL ? OP_APPENDG : OP_APPENDL, target->index);
}

/* `s = s x y` grows the string in place. */
static bool gen_append(Node *n) {
    if (n->b->kind != N_CONCAT || !same_variable(leftmost(n->b), n->a) || is_array(n->a))
        return false;
    for (Node *part = n->b; part->kind == N_CONCAT; part = part->a)
        if (mentions(part->b, n->a))
            return false;
    gen_appended(n->b, n->a);
    gen_load(n->a);
    return true;
}

static void gen_assign(Node *n) {
    if (gen_append(n))
        return;
    gen_target(n->a);
    gen(n->b);
    gen_store(n->a);
}

static void gen_op_assign(Node *n) {
    Node *target = n->a;
    if (target->kind == N_ELEMENT) {
        gen_target(target);
        gen_numeric(n->b);
        emit1(OP_ELEM_OP, arithmetic(n->op));
        return;
    }
    if (target->kind == N_FIELD) {
        gen(target->a);
        emit(OP_DUP);
        emit(OP_FIELD);
    } else {
        gen_load(target);
    }
    gen_numeric(n->b);
    emit(arithmetic(n->op));
    gen_store(target);
}

static void gen_increment(Node *n) {
    int flags = (n->n > 0 ? 1 : 0) | (n->prefix ? 2 : 0);
    Node *target = n->a;
    if (is_array(target))
        fatal("attempt to use an array in a scalar context");
    if (target->kind == N_ELEMENT || target->kind == N_FIELD) {
        gen_target(target);
        emit1(target->kind == N_ELEMENT ? OP_ELEM_INCR : OP_INCRFIELD, flags);
    } else {
        emit2(target->kind == N_LOCAL ? OP_INCRL : target->index < S_SCALARS ? OP_INCRS : OP_INCRG, target->index, flags);
    }
}

/* --- calls --- */

static void gen_call(Node *n) {
    Function *f = &functions[n->index];
    if (n->count > f->count)
        fatal("function `%s' called with more arguments than declared", f->name);
    for (int i = 0; i < n->count; i++) {
        if (f->is_array[i])
            gen_array(n->list[i]);
        else
            gen(n->list[i]);
    }
    emit2(OP_CALL, n->index, n->count);
}

static void wrong_count(Node *n) {
    fprintf(stderr, "awk: %s%s%d: fatal: %d is invalid as number of arguments for %s\n", source_name, *source_name ? ":" : "",
            n->line, n->count, builtin_name(n->op));
    exit(1);
}

/* sub and gsub: the count is left, and what they made is stored in the target if it is not 0. */
static void gen_substitute(Node *n) {
    static Node zero = {.kind = N_NUMBER}, record = {.kind = N_FIELD, .a = &zero};
    Node *target = n->count > 2 ? inner(n->list[2]) : &record;
    bool lvalue = target->kind == N_GLOBAL || target->kind == N_LOCAL || target->kind == N_FIELD || target->kind == N_ELEMENT;
    if (n->count < 2 || n->count > 3)
        wrong_count(n);
    gen_pattern(n->list[0]);
    gen(n->list[1]);
    gen(target);
    emit1(OP_SUBST, n->op == B_GSUB);
    if (!lvalue)
        return;
    emit(OP_DUP);
    int none = emit1(OP_JZ, 0);
    gen_target(target);
    emit(OP_RESULT);
    gen_store(target);
    emit(OP_POP);
    land(none);
}

static bool takes_pattern(int which, int i) {
    return (which == B_MATCH && i == 1) || (which == B_SPLIT && i == 2) || (which == B_GENSUB && i == 0) ||
           (which == B_PATSPLIT && i == 2);
}

static bool takes_array(int which, int i) {
    return ((which == B_SPLIT || which == B_PATSPLIT) && (i == 1 || i == 3)) || (which == B_MATCH && i == 2) ||
           ((which == B_ASORT || which == B_ASORTI) && i < 2);
}

static void check_count(Node *n) {
    static const signed char most[] = {
        [B_LENGTH] = 1, [B_SUBSTR] = 3, [B_INDEX] = 2, [B_SPLIT] = 4, [B_GENSUB] = 4, [B_MATCH] = 3, [B_SPRINTF] = 127,
        [B_SIN] = 1, [B_COS] = 1, [B_ATAN2] = 2, [B_EXP] = 1, [B_LOG] = 1, [B_SQRT] = 1, [B_INT] = 1, [B_RAND] = 0,
        [B_SRAND] = 1, [B_TOLOWER] = 1, [B_TOUPPER] = 1, [B_SYSTEM] = 1, [B_CLOSE] = 2, [B_FFLUSH] = 1, [B_SYSTIME] = 0,
        [B_STRFTIME] = 3, [B_MKTIME] = 2, [B_AND] = 127, [B_OR] = 127, [B_XOR] = 127, [B_COMPL] = 1, [B_LSHIFT] = 2,
        [B_RSHIFT] = 2, [B_STRTONUM] = 1, [B_ASORT] = 3, [B_ASORTI] = 3, [B_PATSPLIT] = 4, [B_ISARRAY] = 1, [B_TYPEOF] = 2};
    static const signed char least[] = {
        [B_SUBSTR] = 2, [B_INDEX] = 2, [B_SPLIT] = 2, [B_GENSUB] = 3, [B_MATCH] = 2, [B_SPRINTF] = 1, [B_SIN] = 1, [B_COS] = 1,
        [B_ATAN2] = 2, [B_EXP] = 1, [B_LOG] = 1, [B_SQRT] = 1, [B_INT] = 1, [B_TOLOWER] = 1, [B_TOUPPER] = 1, [B_SYSTEM] = 1,
        [B_CLOSE] = 1, [B_MKTIME] = 1, [B_AND] = 2, [B_OR] = 2, [B_XOR] = 2, [B_COMPL] = 1, [B_LSHIFT] = 2, [B_RSHIFT] = 2,
        [B_STRTONUM] = 1, [B_ASORT] = 1, [B_ASORTI] = 1, [B_PATSPLIT] = 2, [B_ISARRAY] = 1, [B_TYPEOF] = 1};
    if (n->count < least[n->op] || n->count > most[n->op])
        wrong_count(n);
}

static void gen_builtin(Node *n) {
    if (n->op == B_SUB || n->op == B_GSUB) {
        gen_substitute(n);
        return;
    }
    check_count(n);
    for (int i = 0; i < n->count; i++) {
        if (takes_array(n->op, i))
            gen_array(n->list[i]);
        else if (takes_pattern(n->op, i))
            gen_pattern(n->list[i]);
        else
            gen(n->list[i]);
    }
    if (n->op == B_LENGTH && !n->count) {
        emit1(OP_FIELDK, 0);
        emit2(OP_BUILTIN, B_LENGTH, 1);
    } else {
        emit2(OP_BUILTIN, n->op, n->count);
    }
}

/* Leaves 1, 0 or -1; what was read is the result, for the variable. */
static void gen_getline(Node *n) {
    if (n->b)
        gen(n->b);
    emit2(OP_GETLINE, n->op, n->a != NULL);
    if (!n->a)
        return;
    emit(OP_DUP);
    gen_number(0);
    emit1(OP_COMPARE, '>');
    int none = emit1(OP_JZ, 0);
    gen_target(n->a);
    emit(OP_RESULT);
    gen_store(n->a);
    emit(OP_POP);
    land(none);
}

/* --- expressions --- */

static void gen_logical(Node *n) {
    gen(n->a);
    int out = emit1(n->kind == N_AND ? OP_JZ : OP_JNZ, 0);
    gen(n->b);
    emit(OP_BOOL);
    int end = emit1(OP_JMP, 0);
    land(out);
    gen_number(n->kind == N_OR);
    land(end);
}

static void gen_condition(Node *n) {
    gen(n->a);
    int no = emit1(OP_JZ, 0);
    gen(n->b);
    int end = emit1(OP_JMP, 0);
    land(no);
    gen(n->c);
    land(end);
}

static void gen_in(Node *n) {
    Node *key = n->a;
    if (key->kind == N_GROUP && key->count > 1)
        gen_subscript(key);
    else
        gen(key);
    gen_array(n->b);
    emit(OP_IN);
}

/* What cannot work is refused before anything runs. */
static void check_division(Node *n) {
    Node *divisor = inner(n->b);
    if ((n->op != '/' && n->op != '%') || divisor->kind != N_NUMBER || divisor->n != 0 || inner(n->a)->kind != N_NUMBER)
        return;
    fprintf(stderr, "awk: %s%s%d: error: division by zero attempted%s\n", source_name, *source_name ? ":" : "", n->line,
            n->op == '%' ? " in `%'" : "");
    exit(1);
}

static void gen(Node *n) {
    int before = line;
    line = n->line ? n->line : line;
    switch (n->kind) {
    case N_NUMBER: gen_number(n->n); break;
    case N_STRING: emit1(OP_CONST, constant(text(str_keep(n->text)))); break;
    case N_REGEX: emit1(OP_CONST, gen_regex_constant(n->text)); break;
    case N_MATCH_RECORD: emit1(OP_MATCHREC, gen_regex_constant(n->text)); break;
    case N_GLOBAL: case N_LOCAL: case N_FIELD: case N_ELEMENT: gen_load(n); break;
    case N_GROUP:
        if (n->count > 1)
            fatal("a list in parentheses is no value");
        gen(n->list[0]);
        break;
    case N_ASSIGN: gen_assign(n); break;
    case N_OP_ASSIGN: gen_op_assign(n); break;
    case N_INCREMENT: gen_increment(n); break;
    case N_CONDITION: gen_condition(n); break;
    case N_AND: case N_OR: gen_logical(n); break;
    case N_NOT: gen(n->a); emit(OP_NOT); break;
    case N_NEGATE: gen_numeric(n->a); emit(OP_NEG); break;
    case N_PLUS: gen_numeric(n->a); emit(OP_PLUS); break;
    case N_IN: gen_in(n); break;
    case N_MATCH: gen(n->a); gen_pattern(n->b); emit1(OP_MATCH, n->negated); break;
    case N_COMPARE: gen(n->a); gen(n->b); emit1(OP_COMPARE, n->op); break;
    case N_CONCAT: gen(n->a); gen(n->b); emit(OP_CONCAT); break;
    case N_ARITHMETIC: check_division(n); gen_numeric(n->a); gen_numeric(n->b); emit(arithmetic(n->op)); break;
    case N_CALL: gen_call(n); break;
    case N_BUILTIN: gen_builtin(n); break;
    case N_GETLINE: gen_getline(n); break;
    default: gen_statement(n);
    }
    line = before;
}

/* --- statements --- */

static void note(int **list, int *number, int where) {
    *list = reallocate(*list, (size_t)(*number + 1) * sizeof **list);
    (*list)[(*number)++] = where;
}

static void enter(Jumps *j, bool is_switch) {
    *j = (Jumps){.outer = innermost, .is_switch = is_switch};
    innermost = j;
}

static void leave(Jumps *j, int continue_at) {
    for (int i = 0; i < j->break_count; i++)
        land(j->breaks[i]);
    for (int i = 0; i < j->continue_count; i++)
        code[j->continues[i]] = continue_at;
    free(j->breaks);
    free(j->continues);
    innermost = j->outer;
}

static void gen_print(Node *n) {
    for (int i = 0; i < n->count; i++)
        gen(n->list[i]);
    if (n->op != TO_STDOUT)
        gen(n->a);
    emit2(n->kind == N_PRINT ? OP_PRINT : OP_PRINTF, n->count, n->op);
}

static void gen_while(Node *n) {
    Jumps j;
    enter(&j, false);
    int top = count;
    gen(n->a);
    int out = emit1(OP_JZ, 0);
    gen_statement(n->b);
    emit1(OP_JMP, top);
    land(out);
    leave(&j, top);
}

static void gen_do(Node *n) {
    Jumps j;
    enter(&j, false);
    int top = count;
    gen_statement(n->b);
    int test = count;
    gen(n->a);
    emit1(OP_JNZ, top);
    leave(&j, test);
}

static void gen_for(Node *n) {
    Jumps j;
    if (n->a)
        gen_statement(n->a);
    enter(&j, false);
    int top = count, out = -1;
    if (n->b) {
        gen(n->b);
        out = emit1(OP_JZ, 0);
    }
    gen_statement(n->d);
    int step = count;
    if (n->c)
        gen_statement(n->c);
    emit1(OP_JMP, top);
    if (out >= 0)
        land(out);
    leave(&j, step);
}

static void gen_for_in(Node *n) {
    Jumps j;
    gen_array(n->b);
    emit(OP_FORIN);
    enter(&j, false);
    int top = count, out = emit1(OP_FORNEXT, 0);
    gen_store(n->a);
    emit(OP_POP);
    gen_statement(n->c);
    emit1(OP_JMP, top);
    leave(&j, top);
    land(out);
    emit(OP_FOREND);
}

static void gen_switch(Node *n) {
    Jumps j;
    int *entries = allocate((size_t)(n->count + 1) * sizeof *entries), otherwise = -1;
    gen(n->a);
    enter(&j, true);
    for (int i = 0; i < n->count; i++) {
        entries[i] = -1;
        if (!n->list[i]->a)
            continue;
        gen_pattern(n->list[i]->a);
        entries[i] = emit1(OP_CASE, 0); /* takes both and jumps, or the constant alone */
    }
    emit(OP_POP);
    otherwise = emit1(OP_JMP, 0);
    bool has_default = false;
    for (int i = 0; i < n->count; i++) {
        if (entries[i] >= 0) {
            land(entries[i]);
        } else {
            land(otherwise);
            has_default = true;
        }
        gen_statement(n->list[i]->b);
    }
    if (!has_default)
        land(otherwise);
    leave(&j, 0);
    free(entries);
}

static void gen_if(Node *n) {
    gen(n->a);
    int no = emit1(OP_JZ, 0);
    gen_statement(n->b);
    if (n->c) {
        int end = emit1(OP_JMP, 0);
        land(no);
        gen_statement(n->c);
        land(end);
    } else {
        land(no);
    }
}

static void gen_delete(Node *n) {
    Node *target = inner(n->a);
    if (target->kind == N_ELEMENT) {
        gen_array(target->a);
        gen_subscript(target);
        emit(OP_DELETE);
    } else {
        gen_array(target);
        emit(OP_DELETE_ALL);
    }
}

static void gen_jump(Node *n) {
    Jumps *j = innermost;
    while (n->kind == N_CONTINUE && j && j->is_switch)
        j = j->outer;
    int where = emit1(OP_JMP, 0);
    if (n->kind == N_BREAK)
        note(&j->breaks, &j->break_count, where);
    else
        note(&j->continues, &j->continue_count, where);
}

static void gen_statement(Node *n) {
    int before = line;
    line = n->line ? n->line : line;
    switch (n->kind) {
    case N_BLOCK:
        for (int i = 0; i < n->count; i++)
            gen_statement(n->list[i]);
        break;
    case N_EXPRESSION: gen(n->a); emit(OP_POP); break;
    case N_PRINT: case N_PRINTF: gen_print(n); break;
    case N_IF: gen_if(n); break;
    case N_WHILE: gen_while(n); break;
    case N_DO: gen_do(n); break;
    case N_FOR: gen_for(n); break;
    case N_FOR_IN: gen_for_in(n); break;
    case N_SWITCH: gen_switch(n); break;
    case N_BREAK: case N_CONTINUE: gen_jump(n); break;
    case N_NEXT: emit(OP_NEXT); break;
    case N_NEXTFILE: emit(OP_NEXTFILE); break;
    case N_EXIT:
        if (n->a)
            gen(n->a);
        emit1(OP_EXIT, n->a != NULL);
        break;
    case N_RETURN:
        if (n->a)
            gen(n->a);
        emit1(OP_RETURN, n->a != NULL);
        break;
    case N_DELETE: gen_delete(n); break;
    default: gen(n);
    }
    line = before;
}

/* --- rules --- */

static void gen_body(Rule *r) {
    if (r->body)
        gen_statement(r->body);
    else
        emit2(OP_PRINT, 0, TO_STDOUT);
}

static void gen_rule(Rule *r) {
    line = r->line;
    if (!r->pattern) {
        gen_body(r);
        return;
    }
    if (!r->until) {
        gen(r->pattern);
        int no = emit1(OP_JZ, 0);
        gen_body(r);
        land(no);
        return;
    }
    int range = range_count++;
    emit1(OP_ACTIVE, range);
    int active = emit1(OP_JNZ, 0);
    gen(r->pattern);
    int no = emit1(OP_JZ, 0);
    emit2(OP_SET_ACTIVE, range, 1);
    land(active);
    gen(r->until);
    int still = emit1(OP_JZ, 0);
    emit2(OP_SET_ACTIVE, range, 0);
    land(still);
    gen_body(r);
    land(no);
}

void make_code(void) {
    static const int kinds[CODE_PARTS] = {RULE_BEGIN, RULE_END, RULE_BEGINFILE, RULE_ENDFILE, RULE_MAIN};
    find_all_arrays();
    for (int i = 0; i < function_count; i++) {
        current = &functions[i];
        functions[i].code = count;
        line = functions[i].line;
        gen_statement(functions[i].body);
        emit1(OP_RETURN, 0);
    }
    current = NULL;
    for (int part = 0; part < CODE_PARTS; part++) {
        code_start[part] = -1;
        for (int i = 0; i < rule_count; i++)
            if ((int)rules[i].kind == kinds[part]) {
                if (code_start[part] < 0)
                    code_start[part] = count;
                gen_rule(&rules[i]);
            }
        if (code_start[part] >= 0)
            emit(OP_STOP);
    }
}
