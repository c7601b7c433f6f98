/* strings: runs of printable characters in any file. */
#include "text.h"
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static struct {
    size_t least;
    char radix;
    bool names, all_space;
    const char *separator;
} option = {4, 0, false, false, "\n"};

static void put_place(const char *name, unsigned long long place) {
    if (option.names)
        printf("%s: ", name);
    if (option.radix)
        printf(option.radix == 'x' ? "%7llx " : option.radix == 'o' ? "%7llo " : "%7llu ", place);
}

static bool graphic(int c) { return (c >= ' ' && c < 127) || c == '\t' || (option.all_space && (c == '\n' || c == '\r' || c == '\f' || c == '\v')); }

static void search(FILE *f, const char *name) {
    char *held = malloc(option.least);
    size_t count = 0;
    unsigned long long at = 0;
    for (int c; (c = getc(f)) != EOF; at++) {
        if (!graphic(c)) {
            if (count >= option.least)
                fputs(option.separator, stdout);
            count = 0;
        } else if (++count < option.least) {
            held[count - 1] = (char)c;
        } else {
            if (count == option.least) {
                put_place(name, at - option.least + 1);
                fwrite(held, 1, option.least - 1, stdout);
            }
            putchar(c);
        }
    }
    if (count >= option.least)
        fputs(option.separator, stdout);
    free(held);
}

int strings_main(int argc, char **argv) {
    static const struct option longs[] = {{"all", 0, 0, 'a'}, {"bytes", 1, 0, 'n'}, {"radix", 1, 0, 't'}, {"print-file-name", 0, 0, 'f'},
                                          {"include-all-whitespace", 0, 0, 'w'}, {"output-separator", 1, 0, 's'}, {"encoding", 1, 0, 'e'},
                                          {"data", 0, 0, 'd'}, {"help", 0, 0, 'h'}, {"version", 0, 0, 'V'}, {0}};
    int status = 0;
    size_t digits = 0;
    for (int c; (c = getopt_long(argc, argv, "adfhn:ot:e:s:wVv0123456789", longs, NULL)) != -1;) {
        switch (c) {
        case 'a': case 'd': case 'e': break;
        case 'n':
            option.least = (size_t)strtoul(optarg, NULL, 0);
            if (!option.least || option.least > 1 << 20) {
                fprintf(stderr, "strings: invalid minimum string length %s\n", optarg);
                return 1;
            }
            break;
        case 't': option.radix = optarg[0]; break;
        case 'o': option.radix = 'o'; break;
        case 'f': option.names = true; break;
        case 'w': option.all_space = true; break;
        case 's': option.separator = optarg; break;
        case 'h': puts("Usage: strings [-a] [-n least] [-t o|d|x] [-f] [-w] [-s separator] [file ...]"); return 0;
        case 'v': case 'V': puts("strings (pagebox) 1.0"); return 0;
        case '?': bad_option(argv); break;
        default: option.least = digits = digits * 10 + (size_t)(c - '0');
        }
    }
    if (!option.least)
        option.least = 4;
    for (int i = optind; i < argc || i == optind; i++) {
        bool standard = i >= argc || strcmp(argv[i], "-") == 0;
        FILE *f = standard ? stdin : fopen(argv[i], "r");
        if (!f) {
            fprintf(stderr, "strings: '%s': No such file\n", argv[i]);
            status = 1;
            continue;
        }
        search(f, standard ? "{standard input}" : argv[i]);
        if (!standard)
            fclose(f);
    }
    return finish(status);
}
