/* patch: the command line. */
#include "patch.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Options option = {.strip = -1, .fuzz = 2};

_Noreturn void give_up(const char *what, const char *name) {
    fflush(stdout);
    if (name)
        fprintf(stderr, "patch: **** %s %s : %s\n", what, name, strerror(errno));
    else
        fprintf(stderr, "patch: **** %s\n", what);
    exit(2);
}

static const struct option longs[] = {
    {"strip", 1, 0, 'p'}, {"reverse", 0, 0, 'R'}, {"input", 1, 0, 'i'}, {"directory", 1, 0, 'd'}, {"dry-run", 0, 0, 1},
    {"forward", 0, 0, 'N'}, {"backup", 0, 0, 'b'}, {"force", 0, 0, 'f'}, {"batch", 0, 0, 't'}, {"silent", 0, 0, 's'},
    {"quiet", 0, 0, 's'}, {"remove-empty-files", 0, 0, 'E'}, {"ignore-whitespace", 0, 0, 'l'}, {"fuzz", 1, 0, 'F'},
    {"output", 1, 0, 'o'}, {"reject-file", 1, 0, 'r'}, {"suffix", 1, 0, 'z'}, {"unified", 0, 0, 'u'}, {"verbose", 0, 0, 2},
    {"no-backup-if-mismatch", 0, 0, 3}, {"help", 0, 0, 4}, {"version", 0, 0, 'v'}, {"context", 0, 0, 'c'},
    {"normal", 0, 0, 'n'}, {"posix", 0, 0, 5}, {"binary", 0, 0, 5}, {0}};

static void help(void) {
    puts("Usage: patch [OPTION]... [ORIGFILE [PATCHFILE]]\n\n"
         "  -p NUM  --strip=NUM       strip NUM leading components from file names\n"
         "  -i FILE  --input=FILE     read the patch from FILE instead of standard input\n"
         "  -d DIR  --directory=DIR   go to DIR first\n"
         "  -R  --reverse             the patch was made with old and new files swapped\n"
         "  -N  --forward             ignore what seems to be applied already\n"
         "  -b  --backup  -z SUFFIX   keep the original\n"
         "  -F NUM  --fuzz=NUM        how many lines of context may differ (2)\n"
         "  -l  --ignore-whitespace   blanks may differ\n"
         "  -o FILE  -r FILE          where the result and the rejects go\n"
         "  -E -f -t -s --dry-run --verbose\n"
         "  -u -c -n  --unified --context --normal   only that format");
    exit(0);
}

static const char *folder, *input_name;

static void take_option(int c) {
    switch (c) {
    case 'p': option.strip = atoi(optarg); break;
    case 'R': option.reverse = true; break;
    case 'i': input_name = optarg; break;
    case 'd': folder = optarg; break;
    case 1: option.dry_run = true; break;
    case 'N': option.forward = true; break;
    case 'b': option.backup = true; break;
    case 'f': case 't': option.force = true; break;
    case 's': option.silent = true; break;
    case 'E': option.remove_empty = true; break;
    case 'l': option.ignore_blanks = true; break;
    case 'F': option.fuzz = atoi(optarg); break;
    case 'o': option.output = optarg; break;
    case 'r': option.reject = optarg; break;
    case 'z': option.suffix = optarg; option.backup = true; break;
    case 'u': option.format = UNIFIED; break;
    case 'c': option.format = CONTEXT; break;
    case 'n': option.format = NORMAL; break;
    case 2: option.verbose = true; break;
    case 4: help(); break;
    case 'v': puts("patch (pagebox) 1.0"); exit(0);
    case '?':
        fprintf(stderr, "patch: Try 'patch --help' for more information.\n");
        exit(2);
    }
}

int main(int argc, char **argv) {
    Lines input = {0};
    Change c;
    long at = 0;
    int status = 0, changes = 0;
    for (int o; (o = getopt_long(argc, argv, "p:Ri:d:NbftsElF:o:r:z:ucnv", longs, NULL)) != -1;)
        take_option(o);
    if (folder && chdir(folder) != 0)
        give_up("Can't change to directory", folder);
    if (optind < argc)
        option.target = argv[optind++];
    if (optind < argc)
        input_name = argv[optind];
    read_lines(input_name && strcmp(input_name, "-") != 0 ? input_name : NULL, &input);
    for (; next_change(&input, &at, &c); changes++)
        status |= apply(&c);
    if (!changes) {
        if (input.count)
            give_up("Only garbage was found in the patch input.", NULL);
        return 0;
    }
    if (fflush(stdout) != 0)
        give_up("write error", "standard output");
    return status;
}
