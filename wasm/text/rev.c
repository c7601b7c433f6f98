/* rev: every line from its end to its beginning, character by character. */
#include "text.h"
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static void put_reversed(const char *line, size_t len, bool newline) {
    const char *end = line + len;
    while (end > line) {
        const char *start = end - 1;
        while (start > line && end - start < 4 && ((unsigned char)*start & 0xc0) == 0x80)
            start--;
        wchar_t c;
        mbstate_t state = {0};
        if (mbrtowc(&c, start, (size_t)(end - start), &state) != (size_t)(end - start))
            start = end - 1;
        fwrite(start, 1, (size_t)(end - start), stdout);
        end = start;
    }
    if (newline)
        putchar('\n');
}

int rev_main(int argc, char **argv) {
    static const struct option longs[] = {{"help", 0, 0, 'h'}, {"version", 0, 0, 'V'}, {"zero", 0, 0, '0'}, {0}};
    int status = 0, end = '\n';
    for (int c; (c = getopt_long(argc, argv, "hV0", longs, NULL)) != -1;) {
        if (c == '0')
            end = 0;
        else if (c == '?')
            bad_option(argv);
        else {
            puts(c == 'h' ? "Usage: rev [file ...]\n\nReverse lines characterwise." : "rev (pagebox) 1.0");
            return 0;
        }
    }
    char *line = NULL;
    size_t room = 0;
    for (int i = optind; i < argc || i == optind; i++) {
        FILE *f = i < argc ? opened(argv[i]) : stdin;
        ssize_t len;
        if (!f) {
            status = 1;
            continue;
        }
        while ((len = getdelim(&line, &room, end, f)) > 0) {
            bool newline = line[len - 1] == end;
            put_reversed(line, (size_t)(len - newline), newline && end == '\n');
            if (newline && end == 0)
                putchar(0);
        }
        if (f != stdin)
            fclose(f);
    }
    return finish(status);
}
