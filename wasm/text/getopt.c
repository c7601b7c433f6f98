/* getopt: a script's arguments in a form that a loop can take apart. */
#include "text.h"
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 256 };

static bool quiet, silent, unquoted, alternative;
static const char *speaker = "getopt";

static void put_quoted(const char *s) {
    if (unquoted) {
        printf(" %s", s);
        return;
    }
    fputs(" '", stdout);
    for (; *s; s++)
        if (*s == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*s);
    putchar('\'');
}

/* "name,name:,name::" becomes what getopt_long wants. */
static int add_longs(struct option *longs, int count, char *text) {
    for (char *word = strtok(text, ", \t\n"); word && count < MOST - 1; word = strtok(NULL, ", \t\n")) {
        size_t len = strlen(word);
        int takes = no_argument;
        if (len && word[len - 1] == ':')
            takes = required_argument, word[--len] = '\0';
        if (len && word[len - 1] == ':')
            takes = optional_argument, word[--len] = '\0';
        longs[count++] = (struct option){word, takes, NULL, 1000};
    }
    return count;
}

static void complain(char **argv, bool missing, const char *shorts) {
    const char *word = argv[optind - 1];
    if (quiet)
        return;
    if (optopt && optopt < 1000 && strchr(shorts, optopt) == NULL && strncmp(word, "--", 2) != 0)
        fprintf(stderr, "%s: invalid option -- '%c'\n", speaker, optopt);
    else if (missing && strncmp(word, "--", 2) != 0)
        fprintf(stderr, "%s: option requires an argument -- '%c'\n", speaker, optopt);
    else if (missing)
        fprintf(stderr, "%s: option '%s' requires an argument\n", speaker, word);
    else if (strchr(word, '=') && optopt)
        fprintf(stderr, "%s: option '%.*s' doesn't allow an argument\n", speaker, (int)strcspn(word, "="), word);
    else
        fprintf(stderr, "%s: unrecognized option '%s'\n", speaker, word);
}

static int rewrite(int argc, char **argv, const char *shorts, const struct option *longs) {
    char pattern[512];
    int status = 0, which = -1;
    bool ordered = *shorts == '+' || *shorts == '-';
    snprintf(pattern, sizeof pattern, "%.1s:%s", ordered ? shorts : "", shorts + ordered);
    optind = 0;
    for (int c; which = -1, (c = (alternative ? getopt_long_only : getopt_long)(argc, argv, pattern, longs, &which)) != -1;) {
        if (c == '?' || c == ':') {
            complain(argv, c == ':', shorts);
            status = 1;
        } else if (silent) {
            continue;
        } else if (c == 1) {
            put_quoted(optarg);
        } else if (which >= 0) {
            printf(" --%s", longs[which].name);
            if (longs[which].has_arg)
                put_quoted(optarg ? optarg : "");
        } else {
            const char *at = strchr(shorts, c);
            printf(" -%c", c);
            if (at && at[1] == ':')
                put_quoted(optarg ? optarg : "");
        }
    }
    if (silent)
        return status;
    fputs(" --", stdout);
    for (; optind < argc; optind++)
        put_quoted(argv[optind]);
    putchar('\n');
    return status;
}

int getopt_main(int argc, char **argv) {
    static const struct option own[] = {{"options", 1, 0, 'o'}, {"longoptions", 1, 0, 'l'}, {"long", 1, 0, 'l'}, {"name", 1, 0, 'n'},
                                        {"quiet", 0, 0, 'q'}, {"quiet-output", 0, 0, 'Q'}, {"shell", 1, 0, 's'}, {"test", 0, 0, 'T'},
                                        {"unquoted", 0, 0, 'u'}, {"help", 0, 0, 'h'}, {"version", 0, 0, 'V'}, {"alternative", 0, 0, 'a'}, {0}};
    static struct option longs[MOST];
    const char *shorts = NULL;
    int count = 0, next;
    bool old = argc > 1 && argv[1][0] != '-';
    if (argc == 1) {
        fputs("getopt: missing optstring argument\nTry 'getopt --help' for more information.\n", stderr);
        return 2;
    }
    if (old) {
        shorts = argv[1];
        unquoted = true;
        optind = 2;
    } else {
        for (int c; (c = getopt_long(argc, argv, "+ao:l:n:qQs:TuhV", own, NULL)) != -1;) {
            switch (c) {
            case 'o': shorts = optarg; break;
            case 'l': count = add_longs(longs, count, optarg); break;
            case 'n': speaker = optarg; break;
            case 'a': alternative = true; break;
            case 'q': quiet = true; break;
            case 'Q': silent = true; break;
            case 'u': unquoted = true; break;
            case 'T': return 4;
            case 'h': puts("Usage: getopt [-o letters] [-l name,name:] [-n program] [-a] [-q] [-Q] [-u] -- argument ..."); return 0;
            case 'V': puts("getopt (pagebox) 1.0"); return 0;
            case '?':
                bad_option(argv);
            }
        }
        if (!shorts && optind < argc)
            shorts = argv[optind++];
    }
    if (!shorts) {
        fputs("getopt: missing optstring argument\nTry 'getopt --help' for more information.\n", stderr);
        return 2;
    }
    next = optind;
    argv[next - 1] = (char *)speaker;
    return finish(rewrite(argc - next + 1, argv + next - 1, shorts, longs));
}
