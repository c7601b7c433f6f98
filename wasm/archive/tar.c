/* tar: the command line, in GNU tar's three styles. */
#include "tar.h"
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

Options option = {.file = "-", .recursion = true, .owner = -1, .group = -1};
int exit_code;

static char **patterns, **names;
static char **words; /* the command line in the new style */
static int pattern_count, name_count;

void complain(int how, const char *format, ...) {
    va_list args;
    fflush(stdout);
    if (*format && strcmp(format, "%s") != 0) {
        fputs("tar: ", stderr);
        va_start(args, format);
        vfprintf(stderr, format, args);
        va_end(args);
        fputc('\n', stderr);
    } else {
        fputc('\n', stderr);
    }
    if (how > exit_code)
        exit_code = how;
}

_Noreturn void give_up(void) {
    complain(2, "Error is not recoverable: exiting now");
    exit(2);
}

_Noreturn void usage_error(const char *what) {
    fprintf(stderr, "tar: %s\nTry 'tar --help' or 'tar --usage' for more information.\n", what);
    exit(2);
}

/* --- names --- */

/* A name without what leads out of the archive or the folder; each beginning that is removed is told once. */
const char *safe_part(const char *name) {
    static char told[16][64];
    static int count;
    const char *safe = name;
    while (*safe == '/')
        safe++;
    for (const char *p = name; (p = strstr(p, "..")); p += 2)
        if ((p == name || p[-1] == '/') && (p[2] == '/' || !p[2])) {
            safe = p + 2;
            while (*safe == '/')
                safe++;
        }
    if (safe == name)
        return name;
    char removed[64];
    snprintf(removed, sizeof removed, "%.*s", (int)(safe - name), name);
    for (int i = 0; i < count; i++)
        if (strcmp(told[i], removed) == 0)
            return *safe ? safe : ".";
    if (count < 16)
        strcpy(told[count++], removed);
    complain(0, "Removing leading `%s' from %s", removed, "member names");
    return *safe ? safe : ".";
}

/* A pattern matches a whole name or what follows one of its slashes, and all below. */
bool excluded(const char *name) {
    for (int i = 0; i < pattern_count; i++) {
        for (const char *p = name; p; p = strchr(p, '/'), p = p ? p + 1 : NULL) {
            size_t len = strlen(p);
            char copy[LONGEST_NAME];
            snprintf(copy, sizeof copy, "%.*s", (int)(len > 1 && p[len - 1] == '/' ? len - 1 : len), p);
            if (fnmatch(patterns[i], copy, FNM_LEADING_DIR) == 0)
                return true;
            if (option.anchored)
                break;
        }
    }
    return false;
}

static void add_name(const char *name) {
    names = realloc(names, (size_t)(name_count + 1) * sizeof *names);
    names[name_count++] = strdup(name);
}

static void add_pattern(const char *pattern) {
    patterns = realloc(patterns, (size_t)(pattern_count + 1) * sizeof *patterns);
    patterns[pattern_count] = strdup(pattern);
    size_t len = strlen(pattern);
    if (len > 1 && pattern[len - 1] == '/')
        patterns[pattern_count][len - 1] = '\0';
    pattern_count++;
}

/* Names or patterns from a file, one a line or each ended by a NUL. */
static void add_from_file(const char *file, void (*add)(const char *)) {
    FILE *f = strcmp(file, "-") == 0 ? stdin : fopen(file, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    if (!f) {
        complain(2, "%s: Cannot open: %s", file, strerror(errno));
        give_up();
    }
    while ((len = getdelim(&line, &room, option.null_names ? 0 : '\n', f)) > 0) {
        if (line[len - 1] == '\n' && !option.null_names)
            line[len - 1] = '\0';
        if (*line)
            add(line);
    }
    free(line);
    if (f != stdin)
        fclose(f);
}

/* --- options --- */

static void set_mode(int mode) {
    if (option.mode && option.mode != mode)
        usage_error("You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option");
    option.mode = mode;
}

static void set_program(const char *program) {
    bool gzip = strcmp(program, "gzip") == 0;
    option.filter = gzip ? BY_GZIP : BY_PROGRAM;
    option.program = program;
}

static char *name_of(long id, bool group) {
    struct passwd *user = group ? NULL : getpwuid((uid_t)id);
    struct group *found = group ? getgrgid((gid_t)id) : NULL;
    return user ? strdup(user->pw_name) : found ? strdup(found->gr_name) : NULL;
}

static void set_owner(const char *text, bool group) {
    char *end;
    long id = strtol(text, &end, 10);
    const char *colon = strchr(text, ':');
    char *name = colon ? strndup(text, (size_t)(colon - text)) : strdup(text);
    if (end != text && !*end) {
        name = name_of(id, group);
    } else if (colon) {
        id = atol(colon + 1);
    } else {
        struct passwd *user = group ? NULL : getpwnam(text);
        struct group *found = group ? getgrnam(text) : NULL;
        id = user ? (long)user->pw_uid : found ? (long)found->gr_gid : -1; /* a name nobody has goes with the file's own number */
    }
    *(group ? &option.group : &option.owner) = id;
    *(group ? &option.group_name : &option.owner_name) = name;
}

static void set_mtime(const char *text) {
    struct tm parts = {0};
    const char *rest;
    option.given_mtime = true;
    if (*text == '@') {
        option.mtime = atoll(text + 1);
    } else if ((rest = strptime(text, "%Y-%m-%d", &parts))) {
        int hour = 0, minute = 0, second = 0;
        sscanf(rest, "%*[ T]%d:%d:%d", &hour, &minute, &second);
        parts.tm_hour = hour, parts.tm_min = minute, parts.tm_sec = second;
        option.mtime = timegm(&parts);
    } else {
        struct stat facts;
        if (stat(text, &facts) != 0)
            usage_error("Unknown date format of --mtime");
        option.mtime = facts.st_mtime;
    }
}

enum Long {
    L_STRIP = 256, L_EXCLUDE, L_XFORM, L_ZSTD, L_LZMA, L_OWNER, L_GROUP, L_MTIME, L_SORT, L_NO_RECURSION, L_RECURSION, L_NUMERIC,
    L_SKIP_OLD, L_OVERWRITE, L_KEEP_NEWER, L_WILDCARDS, L_NO_WILDCARDS, L_REMOVE, L_NULL, L_NO_NULL, L_EXCLUDE_VCS, L_IGNORED,
    L_IGNORED_VALUE, L_FULL_TIME, L_HELP, L_VERSION, L_ANCHORED, L_NO_ANCHORED, L_ONE_TOP, L_MODE, L_NO_SAME_PERM, L_DELETE, L_SHOW
};

static const struct option longs[] = {
    {"create", 0, 0, 'c'}, {"extract", 0, 0, 'x'}, {"get", 0, 0, 'x'}, {"list", 0, 0, 't'}, {"append", 0, 0, 'r'},
    {"update", 0, 0, 'u'}, {"diff", 0, 0, 'd'}, {"compare", 0, 0, 'd'}, {"file", 1, 0, 'f'}, {"directory", 1, 0, 'C'},
    {"verbose", 0, 0, 'v'}, {"gzip", 0, 0, 'z'}, {"gunzip", 0, 0, 'z'}, {"ungzip", 0, 0, 'z'}, {"bzip2", 0, 0, 'j'},
    {"xz", 0, 0, 'J'}, {"zstd", 0, 0, L_ZSTD}, {"lzma", 0, 0, L_LZMA}, {"auto-compress", 0, 0, 'a'},
    {"use-compress-program", 1, 0, 'I'}, {"absolute-names", 0, 0, 'P'}, {"preserve-permissions", 0, 0, 'p'},
    {"same-permissions", 0, 0, 'p'}, {"touch", 0, 0, 'm'}, {"keep-old-files", 0, 0, 'k'}, {"to-stdout", 0, 0, 'O'},
    {"dereference", 0, 0, 'h'}, {"files-from", 1, 0, 'T'}, {"exclude-from", 1, 0, 'X'}, {"exclude", 1, 0, L_EXCLUDE},
    {"strip-components", 1, 0, L_STRIP}, {"transform", 1, 0, L_XFORM}, {"xform", 1, 0, L_XFORM}, {"owner", 1, 0, L_OWNER},
    {"group", 1, 0, L_GROUP}, {"mtime", 1, 0, L_MTIME}, {"sort", 1, 0, L_SORT}, {"no-recursion", 0, 0, L_NO_RECURSION},
    {"recursion", 0, 0, L_RECURSION}, {"numeric-owner", 0, 0, L_NUMERIC}, {"skip-old-files", 0, 0, L_SKIP_OLD},
    {"overwrite", 0, 0, L_OVERWRITE}, {"keep-newer-files", 0, 0, L_KEEP_NEWER}, {"wildcards", 0, 0, L_WILDCARDS},
    {"no-wildcards", 0, 0, L_NO_WILDCARDS}, {"remove-files", 0, 0, L_REMOVE}, {"null", 0, 0, L_NULL}, {"no-null", 0, 0, L_NO_NULL},
    {"exclude-vcs", 0, 0, L_EXCLUDE_VCS}, {"full-time", 0, 0, L_FULL_TIME}, {"help", 0, 0, L_HELP}, {"version", 0, 0, L_VERSION},
    {"anchored", 0, 0, L_ANCHORED}, {"no-anchored", 0, 0, L_NO_ANCHORED}, {"mode", 1, 0, L_MODE},
    {"no-same-permissions", 0, 0, L_NO_SAME_PERM}, {"delete", 0, 0, L_DELETE}, {"format", 1, 0, L_IGNORED_VALUE},
    {"no-same-owner", 0, 0, L_IGNORED}, {"same-owner", 0, 0, L_IGNORED}, {"warning", 1, 0, L_IGNORED_VALUE},
    {"blocking-factor", 1, 0, L_IGNORED_VALUE}, {"checkpoint", 2, 0, L_IGNORED_VALUE}, {"ignore-failed-read", 0, 0, L_IGNORED},
    {"force-local", 0, 0, L_IGNORED}, {"sparse", 0, 0, L_IGNORED}, {"show-transformed-names", 0, 0, L_SHOW},
    {"ignore-zeros", 0, 0, L_IGNORED}, {"unlink-first", 0, 0, L_IGNORED}, {"recursive-unlink", 0, 0, L_IGNORED},
    {"no-overwrite-dir", 0, 0, L_IGNORED}, {"delay-directory-restore", 0, 0, L_IGNORED}, {"posix", 0, 0, L_IGNORED},
    {"no-xattrs", 0, 0, L_IGNORED}, {"no-acls", 0, 0, L_IGNORED}, {"no-selinux", 0, 0, L_IGNORED}, {"old-archive", 0, 0, L_IGNORED},
    {"verbatim-files-from", 0, 0, L_IGNORED}, {"no-auto-compress", 0, 0, L_IGNORED}, {0}};

static void help(void) {
    puts("Usage: tar [OPTION...] [FILE]...\n"
         "tar saves many files together into a single archive, and can restore individual files from it.\n\n"
         "  tar -cf archive.tar foo bar   create archive.tar from files foo and bar\n"
         "  tar -tvf archive.tar          list all files in archive.tar verbosely\n"
         "  tar -xf archive.tar           extract all files from archive.tar\n\n"
         " -c create   -x extract   -t list   -r append   -u update   -d compare\n"
         " -f FILE   -C FOLDER   -v   -z gzip   -j bzip2   -J xz   --zstd   -a by suffix   -I PROGRAM\n"
         " -p   -m   -k   -O   -P   -h   -T FILE   -X FILE   --exclude=PATTERN   --strip-components=N   --transform=EXPRESSION\n"
         " --wildcards   --sort=name   --owner=   --group=   --mtime=   --mode=   --numeric-owner   --no-recursion   --remove-files\n"
         " --skip-old-files   --keep-newer-files   --overwrite   --null   --exclude-vcs   --full-time");
    exit(0);
}

static void exclude_vcs(void) {
    static const char *const known[] = {".git", ".gitignore", ".gitmodules", ".gitattributes", ".svn", "CVS", ".hg", ".hgignore", ".bzr"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        add_pattern(known[i]);
}

static void take_folder(const char *name) {
    char marked[LONGEST_NAME];
    snprintf(marked, sizeof marked, "\n-C%s", name);
    add_name(marked);
}

static void take_option(int c) {
    switch (c) {
    case 1: add_name(optarg); break;
    case 'c': case 'x': case 't': case 'r': case 'u': case 'd': set_mode(c); break;
    case 'A': case L_DELETE:
        complain(2, "%s is not done here; make a new archive", c == 'A' ? "-A" : "--delete");
        exit(2);
    case 'f': option.file = optarg; break;
    case 'C': take_folder(optarg); break;
    case 'v': option.verbose++; break;
    case 'z': set_program("gzip"); break;
    case 'j': set_program("bzip2"); break;
    case 'J': set_program("xz"); break;
    case L_ZSTD: set_program("zstd"); break;
    case L_LZMA: set_program("lzma"); break;
    case 'I': set_program(optarg); break;
    case 'a': option.filter = BY_SUFFIX; break;
    case 'P': option.absolute = true; break;
    case 'p': option.preserve = true; break;
    case L_NO_SAME_PERM: option.preserve = false; break;
    case 'm': option.touch = true; break;
    case 'k': option.keep = true; break;
    case 'O': option.to_stdout = true; break;
    case 'h': option.dereference = true; break;
    case 'T': add_from_file(optarg, add_name); break;
    case 'X': add_from_file(optarg, add_pattern); break;
    case L_EXCLUDE: add_pattern(optarg); break;
    case L_EXCLUDE_VCS: exclude_vcs(); break;
    case L_STRIP: option.strip = atoi(optarg); break;
    case L_XFORM: add_changes(optarg); break;
    case L_OWNER: set_owner(optarg, false); break;
    case L_GROUP: set_owner(optarg, true); break;
    case L_MTIME: set_mtime(optarg); break;
    case L_MODE: option.change_mode = check_mode(optarg); break;
    case L_SORT: option.sort = strcmp(optarg, "name") == 0; break;
    case L_NO_RECURSION: option.recursion = false; break;
    case L_RECURSION: option.recursion = true; break;
    case L_NUMERIC: option.numeric = true; break;
    case L_SKIP_OLD: option.skip_old = true; break;
    case L_KEEP_NEWER: option.keep_newer = true; break;
    case L_WILDCARDS: option.wildcards = true; break;
    case L_NO_WILDCARDS: option.wildcards = false; break;
    case L_ANCHORED: option.anchored = true; break;
    case L_NO_ANCHORED: option.anchored = false; break;
    case L_REMOVE: option.remove = true; break;
    case L_NULL: option.null_names = true; break;
    case L_NO_NULL: option.null_names = false; break;
    case L_SHOW: option.show_changed = true; break;
    case L_FULL_TIME: option.full_time = true; break;
    case L_HELP: help(); break;
    case L_VERSION: puts("tar (pagebox) 1.0, options as GNU tar"); exit(0);
    case '?': case ':':
        option_error("tar", words, c == ':');
        fprintf(stderr, "Try 'tar --help' or 'tar --usage' for more information.\n");
        exit(64);
    default: break;
    }
}

/* `tar czf a.tar.gz b` becomes `tar -c -z -f a.tar.gz b`. */
static char **new_style(int *argc, char **argv) {
    static const char with_value[] = "fCTXIbgHKLNV";
    if (*argc < 2 || argv[1][0] == '-' || !argv[1][0])
        return argv;
    size_t letters = strlen(argv[1]);
    char **made = calloc((size_t)*argc + letters * 2 + 1, sizeof *made);
    int count = 0, next = 2;
    made[count++] = argv[0];
    for (size_t i = 0; i < letters; i++) {
        char word[3] = {'-', argv[1][i], 0};
        made[count++] = strdup(word);
        if (strchr(with_value, argv[1][i])) {
            if (next >= *argc)
                usage_error("Old option requires an argument.");
            made[count++] = argv[next++];
        }
    }
    while (next < *argc)
        made[count++] = argv[next++];
    *argc = count;
    return made;
}

int tar_main(int argc, char **argv) {
    argv = new_style(&argc, argv);
    argv[0] = "tar";
    words = argv;
    option.preserve = geteuid() == 0;
    for (int c; (c = getopt_long(argc, argv, "-:ctxrudAf:C:vzjJZI:aPpmkOhT:X:SwWlsBRiUb:g:H:K:L:N:V:on", longs, NULL)) != -1;)
        take_option(c);
    for (; optind < argc; optind++)
        add_name(argv[optind]);
    if (!option.mode) {
        fprintf(stderr, "tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\n"
                        "Try 'tar --help' or 'tar --usage' for more information.\n");
        return 2;
    }
    if (option.mode == 'c' || option.mode == 'r' || option.mode == 'u') {
        if (option.mode == 'c' && !name_count) {
            fprintf(stderr, "tar: Cowardly refusing to create an empty archive\n"
                            "Try 'tar --help' or 'tar --usage' for more information.\n");
            return 2;
        }
        create(names, name_count);
    } else {
        extract(names, name_count);
    }
    if (fflush(stdout) != 0)
        complain(2, "stdout: Cannot write: %s", strerror(errno));
    if (exit_code == 2)
        fprintf(stderr, "tar: Exiting with failure status due to previous errors\n");
    return exit_code;
}
