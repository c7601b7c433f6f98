/* The stack machine. */
#include "code.h"
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CALLS = 500000 };

typedef struct {
    int back, base, iterators, function;
} Frame;

typedef struct {
    Str **keys;
    uint32_t count, next;
} Walk;

static Val *stack;
static int top, stack_room;
static Frame *frames;
static int frame_count, frame_room;
static Walk *walks;
static int walk_count, walk_room;
static bool *active;
static Val result;
static int at_pc = -1; /* nothing has run */
int exit_status;

int current_line(void) { return at_pc >= 0 ? lines[at_pc] : 0; }

static void push(Val v) {
    if (top == stack_room) {
        stack_room = stack_room * 2 + 1024;
        stack = reallocate(stack, (size_t)stack_room * sizeof *stack);
    }
    stack[top++] = v;
}

static void pop(void) { drop(&stack[--top]); }

/* Replaces the `n` uppermost values. */
static void leave_number(int n, double value) {
    for (int i = 0; i < n; i++)
        pop();
    push(number(value));
}

static void replace_top(int n, Val v) {
    for (int i = 0; i < n; i++)
        pop();
    push(v);
}

static double arithmetic(int op, double x, double y) {
    switch (op) {
    case OP_ADD: return x + y;
    case OP_SUB: return x - y;
    case OP_MUL: return x * y;
    case OP_DIV:
        if (y == 0)
            fatal("division by zero attempted");
        return x / y;
    case OP_MOD:
        if (y == 0)
            fatal("division by zero attempted in `%%'");
        return fmod(x, y);
    default: {
        /* Whole powers by multiplication: exact where they can be. */
        if (y == floor(y) && fabs(y) <= 1024) {
            double power = 1, base = x;
            for (int n = (int)fabs(y); n; n >>= 1, base *= base)
                if (n & 1)
                    power *= base;
            return y < 0 ? 1 / power : power;
        }
        return pow(x, y);
    }
    }
}

static bool holds(int op, int order) {
    if (order == 2) /* not a number */
        return op == K_NE;
    switch (op) {
    case '<': return order < 0;
    case K_LE: return order <= 0;
    case K_EQ: return order == 0;
    case K_NE: return order != 0;
    case '>': return order > 0;
    default: return order >= 0;
    }
}

static bool matches(Val *subject, Val *pattern) {
    Str *s = to_text(subject), *p = NULL;
    Regex *r;
    if (pattern->kind == REGEX) {
        r = pattern->regex;
        if (ignoring_case())
            r = regex_cached(p = to_text(pattern));
    } else {
        r = regex_cached(p = to_text(pattern));
    }
    bool found = regex_test(r, s->data, s->len);
    str_drop(s);
    if (p)
        str_drop(p);
    return found;
}

static void concatenate(void) {
    Str *x = to_text(&stack[top - 2]), *y = to_text(&stack[top - 1]);
    Str *both = str_room((size_t)x->len + y->len);
    memcpy(both->data, x->data, x->len);
    memcpy(both->data + x->len, y->data, y->len);
    str_drop(x);
    str_drop(y);
    replace_top(2, text(both));
}

static void append_to(Val *v) {
    Str *more = to_text(&stack[top - 1]);
    Str *s;
    if (v->kind == STR && v->s->refs == 1) {
        s = v->s;
    } else {
        Str *old = to_text(v);
        s = str_new(old->data, old->len);
        str_drop(old);
        drop(v);
    }
    *v = text(str_append(s, more->data, more->len));
    str_drop(more);
    pop();
}

static void join(int n) {
    size_t len;
    const char *between = special_text(S_SUBSEP, &len);
    Str *key = to_text(&stack[top - n]);
    if (key->refs > 1) {
        Str *own = str_new(key->data, key->len);
        str_drop(key);
        key = own;
    }
    for (int i = n - 1; i > 0; i--) {
        Str *part = to_text(&stack[top - i]);
        key = str_append(key, between, len);
        key = str_append(key, part->data, part->len);
        str_drop(part);
    }
    replace_top(n, text(key));
}

/* The element that array and key on the stack name, `below` values under the top. */
static Val *element(int below) {
    char small[40];
    size_t len;
    Str *held;
    const char *key = key_of(&stack[top - 1 - below], small, &len, &held);
    Val *found = table_get(stack[top - 2 - below].table, key, len);
    if (held)
        str_drop(held);
    return found;
}

static Table *array_in(Val *v) {
    if (v->kind == UNSET)
        *v = (Val){ARRAY, {.table = table_new()}, 0};
    if (v->kind != ARRAY)
        fatal("attempt to use a scalar value as array");
    v->table->refs++;
    return v->table;
}

static double bump(Val *v, int flags) {
    double before = to_number(v), after = before + (flags & 1 ? 1 : -1);
    drop(v);
    *v = number(after);
    return flags & 2 ? after : before;
}

static void drop_walks(int down_to) {
    while (walk_count > down_to) {
        Walk *w = &walks[--walk_count];
        for (uint32_t i = w->next; i < w->count; i++)
            str_drop(w->keys[i]);
        free(w->keys);
    }
}

static void start_walk(void) {
    Entry **entries;
    uint32_t n;
    Table *t = stack[top - 1].table;
    sort_keys(t, &entries, &n);
    Str **keys = allocate(n * sizeof *keys);
    for (uint32_t i = 0; i < n; i++)
        keys[i] = str_keep(entries[i]->key);
    free(entries);
    if (walk_count == walk_room) {
        walk_room = walk_room * 2 + 16;
        walks = reallocate(walks, (size_t)walk_room * sizeof *walks);
    }
    walks[walk_count++] = (Walk){keys, n, 0};
    pop();
}

static void call(int index, int given, int back) {
    Function *f = &functions[index];
    for (int i = given; i < f->count; i++)
        push(f->is_array[i] ? (Val){ARRAY, {.table = table_new()}, 0} : (Val){UNSET, {NULL}, 0});
    if (frame_count == frame_room) {
        if (frame_count >= MOST_CALLS)
            fatal("function `%s' calls itself too deeply", f->name);
        frame_room = frame_room * 2 + 64;
        frames = reallocate(frames, (size_t)frame_room * sizeof *frames);
    }
    frames[frame_count++] = (Frame){back, top - f->count, walk_count, index};
}

static int return_with(Val v) {
    Frame *f = &frames[--frame_count];
    drop_walks(f->iterators);
    while (top > f->base)
        pop();
    push(v);
    return f->back;
}

static void print(int n, int how) {
    Val *args = &stack[top - n - (how != TO_STDOUT)];
    FILE *f = main_output;
    Str *name = NULL;
    if (how != TO_STDOUT) {
        name = to_text(&stack[top - 1]);
        f = output_to(how, name);
    }
    size_t len;
    if (f && !n) {
        Val record = field(0);
        fwrite(record.s->data, 1, record.s->len, f);
        drop(&record);
    }
    for (int i = 0; i < n && f; i++) {
        if (i) {
            const char *between = special_text(S_OFS, &len);
            fwrite(between, 1, len, f);
        }
        if (args[i].kind == NUM) {
            Str *s = number_text(args[i].n, special_text(S_OFMT, &len));
            fwrite(s->data, 1, s->len, f);
            str_drop(s);
        } else {
            Str *s = to_text(&args[i]);
            fwrite(s->data, 1, s->len, f);
            str_drop(s);
        }
    }
    if (f) {
        const char *end = special_text(S_ORS, &len);
        fwrite(end, 1, len, f);
        written(f, name ? name->data : "standard output");
    }
    if (name)
        str_drop(name);
    for (int i = n + (how != TO_STDOUT); i > 0; i--)
        pop();
}

static void print_formatted(int n, int how) {
    Val *args = &stack[top - n - (how != TO_STDOUT)];
    Str *s = format(args, n), *name = NULL;
    FILE *f = main_output;
    if (how != TO_STDOUT) {
        name = to_text(&stack[top - 1]);
        f = output_to(how, name);
    }
    if (f) {
        fwrite(s->data, 1, s->len, f);
        written(f, name ? name->data : "standard output");
    }
    str_drop(s);
    if (name)
        str_drop(name);
    for (int i = n + (how != TO_STDOUT); i > 0; i--)
        pop();
}

static void get_line(int how, bool to_variable) {
    Str *line = NULL;
    int status;
    if (how < 0) {
        status = main_record(&line);
    } else {
        Str *name = to_text(&stack[top - 1]);
        Input *in = input_from(how, name);
        status = in ? input_record(in, &line) : -1;
        str_drop(name);
        pop();
    }
    if (status > 0 && to_variable) {
        drop(&result);
        result = input_text(line);
    } else if (status > 0) {
        set_record(line);
    }
    push(number(status));
}

static void fetch_special(int which) {
    switch (which) {
    case S_NF: push(number(field_count())); return;
    case S_NR: push(number(nr)); return;
    case S_FNR: push(number(fnr)); return;
    default: push(keep(globals[which].value));
    }
}

static bool same_case(Val *subject, Val *pattern) {
    if (pattern->kind == REGEX)
        return matches(subject, pattern);
    if (pattern->kind == NUM) {
        settle(subject);
        return (subject->kind <= NUM || subject->kind == STRNUM) && to_number(subject) == pattern->n;
    }
    settle(subject);
    if (subject->kind == NUM || subject->kind == STRNUM)
        return false;
    return compare(subject, pattern) == 0;
}

int run(int pc) {
    int floor_frames = frame_count, floor_top = top, floor_walks = walk_count;
    if (!active)
        active = calloc((size_t)range_count + 1, sizeof *active);
    for (;;) {
        at_pc = pc;
        int op = code[pc++];
        switch (op) {
        case OP_CONST: push(keep(constants[code[pc++]])); break;
        case OP_LOADG: push(keep(globals[code[pc++]].value)); break;
        case OP_STOREG: {
            Val *v = &globals[code[pc++]].value, old = *v;
            *v = keep(stack[top - 1]);
            drop(&old);
            break;
        }
        case OP_LOADS: fetch_special(code[pc++]); break;
        case OP_STORES: set_special(code[pc++], keep(stack[top - 1])); break;
        case OP_LOADL: push(keep(stack[frames[frame_count - 1].base + code[pc++]])); break;
        case OP_STOREL: {
            Val *v = &stack[frames[frame_count - 1].base + code[pc++]], old = *v;
            *v = keep(stack[top - 1]);
            drop(&old);
            break;
        }
        case OP_FIELD: {
            double n = to_number(&stack[top - 1]);
            if (n < 0)
                fatal("attempt to access field %d", (int)n);
            replace_top(1, field(n > 1e7 ? 10000000 : (int)n));
            break;
        }
        case OP_FIELDK: push(field(code[pc++])); break;
        case OP_FIELDNUM: push(number(field_number(code[pc++]))); break;
        case OP_FIELD_SET: {
            double n = to_number(&stack[top - 2]);
            if (n < 0 || n > 1e7)
                fatal("attempt to access field %d", (int)n);
            Val v = stack[top - 1];
            field_set((int)n, keep(v));
            stack[top - 2] = v;
            top--;
            break;
        }
        case OP_ARRG: {
            Val *v = &globals[code[pc++]].value;
            Table *t = array_in(v);
            push((Val){ARRAY, {.table = t}, 0});
            break;
        }
        case OP_ARRL: {
            Table *t = array_in(&stack[frames[frame_count - 1].base + code[pc++]]);
            push((Val){ARRAY, {.table = t}, 0});
            break;
        }
        case OP_SUB_ARRAY: {
            Table *t = subtable(element(0));
            t->refs++;
            replace_top(2, (Val){ARRAY, {.table = t}, 0});
            break;
        }
        case OP_JOIN: join(code[pc++]); break;
        case OP_ELEM: {
            Val v = keep(*element(0));
            replace_top(2, v);
            break;
        }
        case OP_ELEM_SET: {
            Val *e = element(1), v = stack[top - 1];
            if (e->kind == ARRAY)
                fatal("attempt to use array in a scalar context");
            if (v.kind == ARRAY)
                fatal("attempt to use array in a scalar context");
            drop(e);
            *e = keep(v);
            top--;
            replace_top(2, v);
            break;
        }
        case OP_ELEM_INCR: {
            double n = bump(element(0), code[pc++]);
            leave_number(2, n);
            break;
        }
        case OP_ELEM_OP: {
            double y = to_number(&stack[top - 1]);
            Val *e = element(1);
            double n = arithmetic(code[pc++], to_number(e), y);
            drop(e);
            *e = number(n);
            leave_number(3, n);
            break;
        }
        case OP_IN: {
            char small[40];
            size_t len;
            Str *held;
            const char *key = key_of(&stack[top - 2], small, &len, &held);
            bool found = table_find(stack[top - 1].table, key, len) != NULL;
            if (held)
                str_drop(held);
            leave_number(2, found);
            break;
        }
        case OP_DELETE: {
            char small[40];
            size_t len;
            Str *held;
            const char *key = key_of(&stack[top - 1], small, &len, &held);
            table_delete(stack[top - 2].table, key, len);
            if (held)
                str_drop(held);
            pop();
            pop();
            break;
        }
        case OP_DELETE_ALL:
            table_clear(stack[top - 1].table);
            pop();
            break;
        case OP_ADD: case OP_SUB: case OP_MUL: case OP_DIV: case OP_MOD: case OP_POW: {
            double x = to_number(&stack[top - 2]), y = to_number(&stack[top - 1]);
            leave_number(2, op == OP_ADD ? x + y : arithmetic(op, x, y));
            break;
        }
        case OP_NEG: leave_number(1, -to_number(&stack[top - 1])); break;
        case OP_PLUS: leave_number(1, to_number(&stack[top - 1])); break;
        case OP_NOT: leave_number(1, !truth(&stack[top - 1])); break;
        case OP_BOOL: leave_number(1, truth(&stack[top - 1])); break;
        case OP_CONCAT: concatenate(); break;
        case OP_APPENDG: append_to(&globals[code[pc++]].value); break;
        case OP_APPENDL: append_to(&stack[frames[frame_count - 1].base + code[pc++]]); break;
        case OP_COMPARE: {
            Val *x = &stack[top - 2], *y = &stack[top - 1];
            int order;
            if (x->kind == NUM && y->kind == NUM)
                order = x->n < y->n ? -1 : x->n > y->n ? 1 : x->n == y->n ? 0 : 2;
            else
                order = compare(x, y);
            leave_number(2, holds(code[pc++], order));
            break;
        }
        case OP_MATCH: {
            bool found = matches(&stack[top - 2], &stack[top - 1]);
            leave_number(2, found != code[pc++]);
            break;
        }
        case OP_MATCHREC: {
            Val record = field(0);
            bool found = matches(&record, &constants[code[pc++]]);
            drop(&record);
            push(number(found));
            break;
        }
        case OP_JMP: pc = code[pc]; break;
        case OP_JZ: {
            bool yes = truth(&stack[top - 1]);
            pop();
            pc = yes ? pc + 1 : code[pc];
            break;
        }
        case OP_JNZ: {
            bool yes = truth(&stack[top - 1]);
            pop();
            pc = yes ? code[pc] : pc + 1;
            break;
        }
        case OP_POP: pop(); break;
        case OP_DUP: push(keep(stack[top - 1])); break;
        case OP_CALL: {
            int index = code[pc], given = code[pc + 1];
            call(index, given, pc + 2);
            pc = functions[index].code;
            break;
        }
        case OP_RETURN: {
            Val v = {UNSET, {NULL}, 0};
            if (code[pc])
                v = stack[--top];
            pc = return_with(v);
            if (pc < 0)
                return FINISHED;
            break;
        }
        case OP_BUILTIN: {
            int which = code[pc], n = code[pc + 1];
            Val v = call_builtin(which, &stack[top - n], n);
            pc += 2;
            replace_top(n, v);
            break;
        }
        case OP_SUBST: {
            drop(&result);
            result = (Val){UNSET, {NULL}, 0};
            int n = subst(&stack[top - 3], code[pc++], &result);
            leave_number(3, n);
            break;
        }
        case OP_RESULT: push(keep(result)); break;
        case OP_GETLINE: get_line(code[pc], code[pc + 1]); pc += 2; break;
        case OP_PRINT: print(code[pc], code[pc + 1]); pc += 2; break;
        case OP_PRINTF: print_formatted(code[pc], code[pc + 1]); pc += 2; break;
        case OP_NEXT: case OP_NEXTFILE: case OP_EXIT: case OP_STOP: {
            int how = op == OP_NEXT ? DO_NEXT : op == OP_NEXTFILE ? DO_NEXTFILE : op == OP_EXIT ? DO_EXIT : FINISHED;
            if (op == OP_EXIT && code[pc])
                exit_status = (int)to_number(&stack[top - 1]);
            frame_count = floor_frames;
            drop_walks(floor_walks);
            while (top > floor_top)
                pop();
            return how;
        }
        case OP_FORIN: start_walk(); break;
        case OP_FORNEXT: {
            Walk *w = &walks[walk_count - 1];
            if (w->next == w->count) {
                pc = code[pc];
            } else {
                push(input_text(w->keys[w->next++]));
                pc++;
            }
            break;
        }
        case OP_FOREND: drop_walks(walk_count - 1); break;
        case OP_INCRG: push(number(bump(&globals[code[pc]].value, code[pc + 1]))); pc += 2; break;
        case OP_INCRL: {
            double n = bump(&stack[frames[frame_count - 1].base + code[pc]], code[pc + 1]);
            push(number(n));
            pc += 2;
            break;
        }
        case OP_INCRS: {
            fetch_special(code[pc]);
            double before = to_number(&stack[top - 1]), after = before + (code[pc + 1] & 1 ? 1 : -1);
            set_special(code[pc], number(after));
            leave_number(1, code[pc + 1] & 2 ? after : before);
            pc += 2;
            break;
        }
        case OP_INCRFIELD: {
            int n = (int)to_number(&stack[top - 1]), flags = code[pc++];
            if (n < 0)
                fatal("attempt to access field %d", n);
            double before = field_number(n), after = before + (flags & 1 ? 1 : -1);
            field_set(n, number(after));
            leave_number(1, flags & 2 ? after : before);
            break;
        }
        case OP_ACTIVE: push(number(active[code[pc++]])); break;
        case OP_SET_ACTIVE: active[code[pc]] = code[pc + 1]; pc += 2; break;
        case OP_CASE: {
            bool same = same_case(&stack[top - 2], &stack[top - 1]);
            pop();
            if (same)
                pop();
            pc = same ? code[pc] : pc + 1;
            break;
        }
        }
    }
}

/* A function of the program that compares two elements for a sort. */
double call_compare(int function, Val *args, int count) {
    int back = at_pc;
    for (int i = 0; i < count; i++)
        push(args[i]);
    for (int i = count; i > functions[function].count; i--)
        pop();
    call(function, count < functions[function].count ? count : functions[function].count, -1);
    int how = run(functions[function].code);
    at_pc = back;
    if (how != FINISHED)
        exit(exit_status);
    double n = to_number(&stack[top - 1]);
    pop();
    return n;
}
