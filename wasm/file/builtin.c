/* The database inside the program, as pack.py writes it. */
#include "builtin.h"

#include <stdlib.h>
#include <string.h>

static const unsigned char packed[] = {
#embed "database.bin"
};

static const unsigned char *const packed_end = packed + sizeof packed;

static size_t unpacked_size(void) {
    size_t size = 0;
    for (const unsigned char *at = packed; at < packed_end; at += at[0] + 2) size += at[0] + at[at[0] + 1];
    return size;
}

void *builtin_database(size_t *size) {
    *size = unpacked_size();
    unsigned char *database = calloc(1, *size), *to = database;
    if (!database) return NULL;
    for (const unsigned char *at = packed; at < packed_end; at += at[0] + 2) {
        memcpy(to, at + 1, at[0]);
        to += at[0] + at[at[0] + 1];
    }
    return database;
}
