/* Arrays: entries in the order of their insertion, and an index of them by hash. */
#include "awk.h"
#include <stdlib.h>
#include <string.h>

enum { EMPTY = -1, GONE = -2 };

static uint32_t hash_of(const char *key, size_t len) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)key[i]) * 16777619u;
    return h ^ h >> 15;
}

Table *table_new(void) {
    Table *t = allocate(sizeof *t);
    *t = (Table){.refs = 1};
    return t;
}

void table_clear(Table *t) {
    for (uint32_t i = 0; i < t->used; i++)
        if (t->entries[i].key) {
            str_drop(t->entries[i].key);
            drop(&t->entries[i].value);
        }
    free(t->entries);
    free(t->index);
    *t = (Table){.refs = t->refs};
}

void table_drop(Table *t) {
    if (--t->refs == 0) {
        table_clear(t);
        free(t);
    }
}

static void rebuild(Table *t) {
    uint32_t slots = 16, used = 0;
    while (slots < t->count * 3 + 3)
        slots *= 2;
    t->room = slots / 2;
    Entry *entries = allocate(t->room * sizeof *entries);
    t->index = reallocate(t->index, slots * sizeof *t->index);
    t->mask = slots - 1;
    for (uint32_t i = 0; i < slots; i++)
        t->index[i] = EMPTY;
    for (uint32_t i = 0; i < t->used; i++) {
        if (!t->entries[i].key)
            continue;
        uint32_t at = t->entries[i].hash & t->mask;
        while (t->index[at] != EMPTY)
            at = (at + 1) & t->mask;
        t->index[at] = (int32_t)used;
        entries[used++] = t->entries[i];
    }
    free(t->entries);
    t->entries = entries;
    t->used = used;
}

static int32_t *slot_of(Table *t, const char *key, size_t len, uint32_t hash) {
    for (uint32_t at = hash & t->mask;; at = (at + 1) & t->mask) {
        int32_t i = t->index[at];
        if (i == EMPTY)
            return NULL;
        if (i == GONE)
            continue;
        Entry *e = &t->entries[i];
        if (e->hash == hash && e->key->len == len && memcmp(e->key->data, key, len) == 0)
            return &t->index[at];
    }
}

Val *table_find(Table *t, const char *key, size_t len) {
    if (!t->count)
        return NULL;
    int32_t *slot = slot_of(t, key, len, hash_of(key, len));
    return slot ? &t->entries[*slot].value : NULL;
}

Val *table_get(Table *t, const char *key, size_t len) {
    uint32_t hash = hash_of(key, len);
    int32_t *slot = t->index ? slot_of(t, key, len, hash) : NULL;
    if (slot)
        return &t->entries[*slot].value;
    if (t->used == t->room)
        rebuild(t);
    uint32_t at = hash & t->mask;
    while (t->index[at] >= 0)
        at = (at + 1) & t->mask;
    t->index[at] = (int32_t)t->used;
    Entry *e = &t->entries[t->used++];
    *e = (Entry){str_new(key, len), {UNSET, {NULL}, 0}, hash};
    t->count++;
    return &e->value;
}

bool table_delete(Table *t, const char *key, size_t len) {
    int32_t *slot = t->count ? slot_of(t, key, len, hash_of(key, len)) : NULL;
    if (!slot)
        return false;
    Entry *e = &t->entries[*slot];
    *slot = GONE;
    str_drop(e->key);
    drop(&e->value);
    e->key = NULL;
    e->value = (Val){UNSET, {NULL}, 0};
    if (--t->count == 0)
        table_clear(t);
    return true;
}

void table_set(Table *t, const char *key, Val v) {
    Val *element = table_get(t, key, strlen(key));
    drop(element);
    *element = v;
}

void table_set_index(Table *t, long index, Val v) {
    char key[24];
    snprintf(key, sizeof key, "%ld", index);
    table_set(t, key, v);
}

/* The array in an element, made if there is nothing yet. */
Table *subtable(Val *element) {
    if (element->kind == UNSET)
        *element = (Val){ARRAY, {.table = table_new()}, 0};
    if (element->kind != ARRAY)
        fatal("attempt to use a scalar value as array");
    return element->table;
}

/* --- the order of a walk --- */

static int sort_how;
static int sort_function;

enum { BY_INDEX_TEXT = 1, BY_INDEX_NUMBER, BY_VALUE_TEXT, BY_VALUE_NUMBER, BY_VALUE_TYPE, BY_FUNCTION, DESCENDING = 16 };

static int compare_texts(Val *a, Val *b) {
    Str *x = to_text(a), *y = to_text(b);
    Val left = text(x), right = text(y);
    int order = compare(&left, &right);
    str_drop(x);
    str_drop(y);
    return order;
}

static int by_number(Val *a, Val *b) {
    double x = to_number(a), y = to_number(b);
    return x < y ? -1 : x > y;
}

static int rank(Val *v) {
    settle(v);
    return v->kind == ARRAY ? 2 : v->kind == STR ? 1 : 0;
}

static int by_type(Val *a, Val *b) {
    int x = rank(a), y = rank(b);
    if (x != y)
        return x - y;
    return x == 2 ? 0 : compare(a, b);
}

static int compare_entries(const void *left, const void *right) {
    Entry *a = *(Entry *const *)left, *b = *(Entry *const *)right;
    Val keys[2] = {input_text(a->key), input_text(b->key)};
    int order = 0;
    switch (sort_how & 15) {
    case BY_INDEX_TEXT:
        order = compare_texts(&keys[0], &keys[1]);
        break;
    case BY_INDEX_NUMBER:
        order = by_number(&keys[0], &keys[1]);
        if (!order)
            order = compare_texts(&keys[0], &keys[1]);
        break;
    case BY_VALUE_TEXT:
        order = a->value.kind == ARRAY || b->value.kind == ARRAY ? rank(&a->value) - rank(&b->value)
                                                                 : compare_texts(&a->value, &b->value);
        break;
    case BY_VALUE_NUMBER:
        order = a->value.kind == ARRAY || b->value.kind == ARRAY ? rank(&a->value) - rank(&b->value)
                                                                 : by_number(&a->value, &b->value);
        if (!order && a->value.kind != ARRAY && b->value.kind != ARRAY)
            order = compare_texts(&a->value, &b->value);
        break;
    case BY_VALUE_TYPE:
        order = by_type(&a->value, &b->value);
        break;
    case BY_FUNCTION: {
        Val args[4] = {keep(keys[0]), keep(a->value), keep(keys[1]), keep(b->value)};
        double answer = call_compare(sort_function, args, 4);
        order = answer < 0 ? -1 : answer > 0;
        break;
    }
    }
    if (!order && (sort_how & 15) != BY_INDEX_TEXT && (sort_how & 15) != BY_FUNCTION)
        order = compare_texts(&keys[0], &keys[1]);
    return sort_how & DESCENDING ? -order : order;
}

static int sort_named(const char *name) {
    static const struct {
        const char *name;
        int how;
    } orders[] = {{"@ind_str_", BY_INDEX_TEXT}, {"@ind_num_", BY_INDEX_NUMBER}, {"@val_str_", BY_VALUE_TEXT},
                  {"@val_num_", BY_VALUE_NUMBER}, {"@val_type_", BY_VALUE_TYPE}};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        size_t len = strlen(orders[i].name);
        if (strncmp(name, orders[i].name, len) == 0) {
            if (strcmp(name + len, "asc") == 0)
                return orders[i].how;
            if (strcmp(name + len, "desc") == 0)
                return orders[i].how | DESCENDING;
        }
    }
    for (sort_function = 0; sort_function < function_count; sort_function++)
        if (functions[sort_function].defined && strcmp(functions[sort_function].name, name) == 0)
            return BY_FUNCTION;
    return 0;
}

/* qsort would leave equal elements in any order. */
static void merge_sort(Entry **entries, Entry **spare, uint32_t count) {
    if (count < 2)
        return;
    uint32_t half = count / 2, i = 0, j = half, k = 0;
    merge_sort(entries, spare, half);
    merge_sort(entries + half, spare, count - half);
    while (i < half && j < count)
        spare[k++] = compare_entries(&entries[j], &entries[i]) < 0 ? entries[j++] : entries[i++];
    while (i < half)
        spare[k++] = entries[i++];
    while (j < count)
        spare[k++] = entries[j++];
    memcpy(entries, spare, count * sizeof *entries);
}

void table_sorted(Table *t, const char *order, Entry ***entries, uint32_t *count) {
    Entry **found = allocate(t->count * sizeof *found);
    *count = 0;
    for (uint32_t i = 0; i < t->used; i++)
        if (t->entries[i].key)
            found[(*count)++] = &t->entries[i];
    sort_how = order ? sort_named(order) : 0;
    if (sort_how) {
        Entry **spare = allocate(*count * sizeof *spare);
        merge_sort(found, spare, *count);
        free(spare);
    }
    *entries = found;
}

/* The entries in the order that PROCINFO["sorted_in"] asks for. */
void sort_keys(Table *t, Entry ***entries, uint32_t *count) {
    Val *wanted = table_find(globals[S_PROCINFO].value.table, "sorted_in", 9);
    Str *order = wanted ? to_text(wanted) : NULL;
    table_sorted(t, order ? order->data : NULL, entries, count);
    if (order)
        str_drop(order);
}
