/* Small tools for text and bytes; one module, called by several names. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

extern const char *self;

int rev_main(int argc, char **argv);
int strings_main(int argc, char **argv);
int column_main(int argc, char **argv);
int hexdump_main(int argc, char **argv);
int cal_main(int argc, char **argv);
int getopt_main(int argc, char **argv);

FILE *opened(const char *name); /* NULL and a message if it cannot be */
void bad_option(char **argv);
int width_of(const char *text, size_t len);
int finish(int status);

#endif
