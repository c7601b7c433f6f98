/* What the tools share: names, files, the width of text. */
#include "text.h"
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <wchar.h>

const char *self;

FILE *opened(const char *name) {
    struct stat facts;
    FILE *f = fopen(name, "r");
    if (f && fstat(fileno(f), &facts) == 0 && S_ISDIR(facts.st_mode)) {
        fclose(f);
        f = NULL;
        errno = EISDIR;
    }
    if (!f)
        fprintf(stderr, strcmp(self, "rev") == 0 || strcmp(self, "column") == 0 ? "%s: cannot open %s: %s\n" : "%s: %s: %s\n", self, name,
                strerror(errno));
    return f;
}

void bad_option(char **argv) {
    const char *word = argv[optind - 1];
    if (strncmp(word, "--", 2) == 0)
        fprintf(stderr, "%s: unrecognized option '%s'\n", self, word);
    else
        fprintf(stderr, "%s: invalid option -- '%c'\n", self, optopt);
    fprintf(stderr, "Try '%s --help' for more information.\n", self);
    exit(1);
}

int width_of(const char *text, size_t len) {
    int total = 0;
    mbstate_t state = {0};
    while (len) {
        wchar_t c;
        size_t used = mbrtowc(&c, text, len, &state);
        if (used == 0 || used > len) {
            memset(&state, 0, sizeof state);
            used = 1;
            total++;
        } else {
            int width = wcwidth(c);
            total += width > 0 ? width : 0;
        }
        text += used;
        len -= used;
    }
    return total;
}

int finish(int status) {
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fprintf(stderr, "%s: write error: %s\n", self, strerror(errno));
    return 1;
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        int (*run)(int, char **);
    } tools[] = {{"rev", rev_main}, {"strings", strings_main}, {"column", column_main}, {"hexdump", hexdump_main}, {"hd", hexdump_main},
                 {"getopt", getopt_main}, {"cal", cal_main}};
    const char *slash = strrchr(argv[0], '/');
    self = slash ? slash + 1 : argv[0];
    setlocale(LC_CTYPE, "C.UTF-8");
    opterr = 0;
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
        if (strcmp(tools[i].name, self) == 0)
            return tools[i].run(argc, argv);
    fprintf(stderr, "%s: not a tool of this module\n", self);
    return 127;
}
