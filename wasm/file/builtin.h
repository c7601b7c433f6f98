/* The database inside the program. */
#ifndef BUILTIN_H
#define BUILTIN_H

#include <stddef.h>

/* The compiled database, unpacked into memory that is never given back; NULL when there is not enough. */
void *builtin_database(size_t *size);

#endif
