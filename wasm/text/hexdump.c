/* hexdump and hd: bytes as numbers, in the fixed formats. */
#include "text.h"
#include <ctype.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 16 };

static char **names;
static FILE *current;
static int status;
static unsigned long long skip, left = ~0ull;
static bool every, tried;

/* The next byte of all the files, one after the other; EOF at the end. */
static int next_byte(void) {
    for (;;) {
        if (!current) {
            if (!*names && tried)
                return EOF;
            current = *names ? opened(*names) : stdin;
            tried = true;
            if (*names)
                names++;
            if (!current) {
                status = 1;
                continue;
            }
        }
        int c = left ? getc(current) : EOF;
        if (c != EOF) {
            if (skip) {
                skip--;
                continue;
            }
            left--;
            return c;
        }
        if (!left)
            return EOF;
        if (current != stdin)
            fclose(current);
        current = NULL;
    }
}

static void put_canonical(const unsigned char *p, size_t len) {
    for (size_t i = 0; i < WIDTH; i++) {
        if (i % 8 == 0)
            putchar(' ');
        if (i < len)
            printf(" %02x", p[i]);
        else
            fputs("   ", stdout);
    }
    fputs("  |", stdout);
    for (size_t i = 0; i < len; i++)
        putchar(p[i] >= ' ' && p[i] < 127 ? p[i] : '.');
    fputs("|\n", stdout);
}

static void put_characters(const unsigned char *p, size_t len) {
    static const char named[] = "\0\a\b\f\n\r\t\v";
    static const char *const shown[] = {"\\0", "\\a", "\\b", "\\f", "\\n", "\\r", "\\t", "\\v"};
    for (size_t i = 0; i < len; i++) {
        const char *known = memchr(named, p[i], 8);
        if (known)
            printf(" %3s", shown[known - named]);
        else if (p[i] >= ' ' && p[i] < 127)
            printf("   %c", p[i]);
        else
            printf(" %03o", p[i]);
    }
    printf("%*s\n", (int)(WIDTH - len) * 4, "");
}

static void put_words(const unsigned char *p, size_t len, const char *format, int wide) {
    for (size_t i = 0; i < len; i += 2)
        printf(format, p[i] | (i + 1 < len ? p[i + 1] << 8 : 0));
    printf("%*s\n", (int)((WIDTH - len) / 2) * wide, "");
}

static void put_line(char kind, const unsigned char *p, size_t len) {
    switch (kind) {
    case 'C': put_canonical(p, len); return;
    case 'c': put_characters(p, len); return;
    case 'b':
        for (size_t i = 0; i < len; i++)
            printf(" %03o", p[i]);
        printf("%*s\n", (int)(WIDTH - len) * 4, "");
        return;
    case 'd': put_words(p, len, "   %05u", 8); return;
    case 'o': put_words(p, len, "  %06o", 8); return;
    case 'x': put_words(p, len, "    %04x", 8); return;
    default: put_words(p, len, " %04x", 5);
    }
}

static void dump(char kind) {
    unsigned char line[WIDTH], before[WIDTH];
    unsigned long long at = skip;
    bool starred = false, any = false;
    for (;;) {
        size_t len = 0;
        int c = 0;
        while (len < WIDTH && (c = next_byte()) != EOF)
            line[len++] = (unsigned char)c;
        if (len == WIDTH && any && !every && memcmp(line, before, WIDTH) == 0) {
            if (!starred)
                puts("*");
            starred = true;
        } else if (len) {
            printf(kind == 'C' ? "%08llx" : "%07llx", at);
            put_line(kind, line, len);
            memcpy(before, line, WIDTH);
            starred = false;
            any = true;
        }
        at += len;
        if (len < WIDTH)
            break;
    }
    if (any)
        printf(kind == 'C' ? "%08llx\n" : "%07llx\n", at);
}

static unsigned long long amount(const char *text) {
    char *rest;
    unsigned long long n = strtoull(text, &rest, 0);
    return *rest == 'k' || *rest == 'K' ? n << 10 : *rest == 'm' || *rest == 'M' ? n << 20 : *rest == 'b' ? n * 512 : n;
}

int hexdump_main(int argc, char **argv) {
    static const struct option longs[] = {{"canonical", 0, 0, 'C'}, {"length", 1, 0, 'n'}, {"skip", 1, 0, 's'}, {"no-squeezing", 0, 0, 'v'},
                                          {"one-byte-octal", 0, 0, 'b'}, {"one-byte-char", 0, 0, 'c'}, {"two-bytes-decimal", 0, 0, 'd'},
                                          {"two-bytes-octal", 0, 0, 'o'}, {"two-bytes-hex", 0, 0, 'x'}, {"help", 0, 0, 'h'},
                                          {"version", 0, 0, 'V'}, {0}};
    char kind = strcmp(self, "hd") == 0 ? 'C' : 0;
    for (int c; (c = getopt_long(argc, argv, "bcCdhn:os:vVxe:f:", longs, NULL)) != -1;) {
        switch (c) {
        case 'n': left = amount(optarg); break;
        case 's': skip = amount(optarg); break;
        case 'v': every = true; break;
        case 'h': puts("Usage: hexdump [-bcCdox] [-n length] [-s skip] [-v] [file ...]"); return 0;
        case 'V': puts("hexdump (pagebox) 1.0"); return 0;
        case 'e': case 'f': fputs("hexdump: formats of one's own are not here; use od or xxd\n", stderr); return 1;
        case '?': bad_option(argv); break;
        default: kind = (char)c;
        }
    }
    names = argv + optind;
    dump(kind);
    return finish(status);
}
