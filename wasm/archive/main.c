/* One module, several programs: it is what it is called. */
#include "archive.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* What GNU's getopt says; musl's words are others. */
void option_error(const char *program, char **argv, bool missing) {
    const char *word = argv[optind - 1];
    bool is_long = strncmp(word, "--", 2) == 0 && !(missing && argv[optind - 1] == optarg);
    if (missing && is_long)
        fprintf(stderr, "%s: option '%s' requires an argument\n", program, word);
    else if (missing)
        fprintf(stderr, "%s: option requires an argument -- '%c'\n", program, optopt);
    else if (is_long)
        fprintf(stderr, "%s: unrecognized option '%s'\n", program, word);
    else
        fprintf(stderr, "%s: invalid option -- '%c'\n", program, optopt);
}

int main(int argc, char **argv) {
    opterr = 0;
    const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
    return strcmp(name, "tar") == 0 ? tar_main(argc, argv) : gzip_main(argc, argv);
}
