/* gzip, gunzip and zcat, with GNU gzip's options and messages. */
#include "archive.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { OK, ERROR, WARNING, AMOUNT = 65536 };

static struct {
    bool expand, to_stdout, keep, force, test, list, recursive, quiet, no_name, name, ascii;
    int level, verbose;
    const char *suffix;
} option;

static const char *self;
static int status;
static unsigned char buffer[AMOUNT];
static const char *unfinished;
static uint64_t listed_in, listed_out;
static int listed;
static uint64_t overhead;

static void fail(int how) {
    if (how == ERROR || status == OK)
        status = how;
}

static void complain(int how, const char *name, const char *what) {
    if (how == ERROR || !option.quiet)
        fprintf(stderr, "%s: %s%s%s\n", self, name, *name ? ": " : "", what);
    fail(how);
}

static void stopped(int number) {
    if (unfinished)
        unlink(unfinished);
    signal(number, SIG_DFL);
    raise(number);
}

/* --- the work --- */

static void complain_of_output(void) {
    fprintf(stderr, "\n%s: stdout: %s\n", self, strerror(errno));
    fail(ERROR);
}


static void broken_pipe(void) {
    if (errno == EPIPE) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
}

static bool compress_fd(int in, int out, const char *name, uint32_t when, uint64_t *from, uint64_t *to) {
    static GzWriter w;
    ssize_t got;
    gz_write_open(&w, out, option.level, option.no_name ? NULL : name, option.no_name ? 0 : when);
    while ((got = read(in, buffer, sizeof buffer)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (!gz_write(&w, buffer, (size_t)got, false)) {
            broken_pipe();
            complain_of_output();
            return false;
        }
    }
    bool good = gz_write(&w, NULL, 0, true);
    if (!good) {
        broken_pipe();
        complain_of_output();
    }
    *from = w.total_in;
    *to = w.total_out;
    overhead = 18 + (option.no_name ? 0 : strlen(name) + 1);
    return good;
}

/* With -cf what is not gzip's is copied. */
static bool copy_through(GzReader *r, int out) {
    bool good = write_all(out, r->z.next_in, r->z.avail_in);
    ssize_t got;
    while (good && (got = read(r->fd, buffer, sizeof buffer)) > 0)
        good = write_all(out, buffer, (size_t)got);
    return good;
}

static bool expand_fd(int in, int out, const char *label, uint64_t *from, uint64_t *to) {
    static GzReader r;
    GzStatus how;
    bool good = true;
    gz_read_open(&r, in);
    do {
        ssize_t got = gz_read(&r, buffer, sizeof buffer, &how);
        if (got > 0 && out >= 0 && !write_all(out, buffer, (size_t)got)) {
            broken_pipe();
            complain_of_output();
            good = false;
            break;
        }
    } while (how == GZ_MORE);
    if (good && how != GZ_END && how != GZ_MORE) {
        static const char *const texts[] = {[GZ_NOT_GZIP] = "not in gzip format", [GZ_TRUNCATED] = "unexpected end of file",
                                            [GZ_CRC] = "invalid compressed data--crc error",
                                            [GZ_LENGTH] = "invalid compressed data--length error",
                                            [GZ_FORMAT] = "invalid compressed data--format violated"};
        if (how == GZ_NOT_GZIP && option.force && option.to_stdout && out >= 0) {
            good = copy_through(&r, out);
        } else if (how == GZ_TRAILING) {
            if (!option.quiet)
                fprintf(stderr, "\n%s: %s: decompression OK, trailing garbage ignored\n", self, label);
            fail(WARNING);
        } else if (how == GZ_READ_ERROR) {
            complain(ERROR, label, strerror(errno));
            good = false;
        } else {
            fprintf(stderr, "\n%s: %s: %s\n", self, label, texts[how]);
            fail(ERROR);
            good = false;
        }
    }
    *from = r.total_in;
    *to = r.total_out;
    overhead = gz_overhead(&r);
    gz_read_close(&r);
    return good;
}

/* --- names --- */

static const char *const suffixes[] = {".gz", ".tgz", ".taz", "-gz", ".z", "-z", "_z", ".Z"};

static const char *suffix_of(const char *name) {
    size_t len = strlen(name), own = strlen(option.suffix);
    if (len > own && strcmp(name + len - own, option.suffix) == 0)
        return option.suffix;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        size_t n = strlen(suffixes[i]);
        if (len > n && strcasecmp(name + len - n, suffixes[i]) == 0 && name[len - n - 1] != '/')
            return suffixes[i];
    }
    return NULL;
}

static const char *base_of(const char *name) {
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

static void plain_name(const char *name, char *out, size_t room) {
    const char *suffix = suffix_of(name);
    size_t len = strlen(name) - (suffix ? strlen(suffix) : 0);
    bool tape = suffix && (strcasecmp(suffix, ".tgz") == 0 || strcasecmp(suffix, ".taz") == 0);
    snprintf(out, room, "%.*s%s", (int)len, name, tape ? ".tar" : "");
}

static void put_ratio(FILE *f, uint64_t saved_from, uint64_t to) {
    double ratio = saved_from ? 100.0 * ((double)saved_from - (double)to) / (double)saved_from : 0;
    fprintf(f, "%5.1f%%", ratio);
}

/* --- one file --- */

static void list_file(int fd, const char *name, const struct stat *facts) {
    static GzReader r;
    GzStatus how;
    gz_read_open(&r, fd);
    do
        gz_read(&r, buffer, sizeof buffer, &how);
    while (how == GZ_MORE);
    gz_read_close(&r);
    if (how != GZ_END && how != GZ_TRAILING) {
        complain(ERROR, name, how == GZ_NOT_GZIP ? "not in gzip format" : "unexpected end of file");
        return;
    }
    if (!listed++ && !option.quiet)
        printf(option.verbose ? "method  crc     date  time           compressed        uncompressed  ratio uncompressed_name\n"
                              : "         compressed        uncompressed  ratio uncompressed_name\n");
    char plain[4096], when[32] = "";
    plain_name(name, plain, sizeof plain);
    if (option.verbose) {
        unsigned char tail[8] = {0};
        lseek(fd, -8, SEEK_END);
        read(fd, tail, 4);
        strftime(when, sizeof when, "%b %e %H:%M", localtime(&facts->st_mtime));
        printf("defla %02x%02x%02x%02x %s ", tail[3], tail[2], tail[1], tail[0], when);
    }
    printf("%19llu %19llu ", (unsigned long long)r.total_in, (unsigned long long)r.total_out);
    put_ratio(stdout, r.total_out, r.total_in > gz_overhead(&r) ? r.total_in - gz_overhead(&r) : 0);
    printf(" %s\n", plain);
    listed_in += r.total_in;
    listed_out += r.total_out;
}

static bool may_overwrite(const char *name) {
    struct stat facts;
    if (option.force || lstat(name, &facts) != 0)
        return true;
    fprintf(stderr, "%s: %s already exists;", self, name);
    if (isatty(STDIN_FILENO)) {
        fprintf(stderr, " do you wish to overwrite (y or n)? ");
        int first = getchar(), c = first;
        while (c != '\n' && c != EOF)
            c = getchar();
        if (first == 'y' || first == 'Y')
            return true;
    }
    fprintf(stderr, "\tnot overwritten\n");
    fail(WARNING);
    return false;
}

static void report(const char *name, const char *made, uint64_t plain, uint64_t packed) {
    fprintf(stderr, "%s:\t", name);
    if (option.test)
        fputs(" OK", stderr);
    else {
        put_ratio(stderr, plain, packed > overhead ? packed - overhead : 0);
        fprintf(stderr, " -- %s %s", option.keep ? "created" : "replaced with", made ? made : "stdout");
    }
    fputc('\n', stderr);
}

static void take_over(const char *made, const struct stat *facts) {
    struct timespec times[2] = {facts->st_atim, facts->st_mtim};
    chmod(made, facts->st_mode & 07777);
    utimensat(AT_FDCWD, made, times, 0);
}

static void work_on(int in, const char *name, const struct stat *facts) {
    char made[4096 + 8];
    uint64_t from = 0, to = 0;
    int out = STDOUT_FILENO;
    bool to_file = !option.to_stdout && !option.test;
    if (option.test)
        out = -1;
    if (to_file) {
        if (option.expand)
            plain_name(name, made, sizeof made);
        else
            snprintf(made, sizeof made, "%s%s", name, option.suffix);
        if (!may_overwrite(made))
            return;
        unlink(made);
        out = open(made, O_WRONLY | O_CREAT | O_EXCL | O_TRUNC, 0600);
        if (out < 0) {
            complain(ERROR, made, strerror(errno));
            return;
        }
        unfinished = made;
    }
    bool good = option.expand ? expand_fd(in, out, name, &from, &to)
                              : compress_fd(in, out, base_of(name), (uint32_t)facts->st_mtime, &to, &from);
    if (to_file) {
        if (close(out) != 0 && good) {
            complain(ERROR, made, strerror(errno));
            good = false;
        }
        unfinished = NULL;
        if (!good) {
            unlink(made);
            return;
        }
        take_over(made, facts);
        if (!option.keep)
            unlink(name);
    }
    if (good && option.verbose)
        report(name, to_file ? made : NULL, to, from);
}

static void do_standard_input(void) {
    struct stat facts = {0};
    bool packed_out = !option.expand && !option.list, packed_in = option.expand || option.list;
    option.to_stdout = true;
    if (!option.force && !option.test && (packed_out ? isatty(STDOUT_FILENO) : packed_in && isatty(STDIN_FILENO))) {
        fprintf(stderr, "%s: compressed data not %s a terminal. Use -f to force %scompression.\nFor help, type: %s -h\n", self,
                packed_out ? "written to" : "read from", packed_out ? "" : "de", self);
        exit(ERROR);
    }
    if (option.list) {
        list_file(STDIN_FILENO, "stdout", &facts);
        return;
    }
    bool name_before = option.no_name;
    option.no_name = true;
    work_on(STDIN_FILENO, "stdin", &facts);
    option.no_name = name_before;
}

static void do_file(const char *name);

static void do_folder(const char *name) {
    DIR *folder = opendir(name);
    if (!folder) {
        complain(ERROR, name, strerror(errno));
        return;
    }
    char **names = NULL;
    size_t count = 0;
    for (struct dirent *e; (e = readdir(folder));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        names = realloc(names, (count + 1) * sizeof *names);
        names[count++] = strdup(e->d_name);
    }
    closedir(folder);
    for (size_t i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s%s%s", name, name[strlen(name) - 1] == '/' ? "" : "/", names[i]);
        do_file(path);
        free(names[i]);
    }
    free(names);
}

static void do_file(const char *name) {
    char with_suffix[4096 + 8];
    struct stat facts;
    if (strcmp(name, "-") == 0) {
        bool before = option.to_stdout;
        do_standard_input();
        option.to_stdout = before;
        return;
    }
    if (stat(name, &facts) != 0 && (option.expand || option.list) && errno == ENOENT && !suffix_of(name)) {
        snprintf(with_suffix, sizeof with_suffix, "%s%s", name, option.suffix);
        if (stat(with_suffix, &facts) == 0)
            name = with_suffix;
        else
            errno = ENOENT;
    }
    if (stat(name, &facts) != 0) {
        complain(ERROR, name == with_suffix ? name : (option.expand && !suffix_of(name) ? with_suffix : name), strerror(errno));
        return;
    }
    if (S_ISDIR(facts.st_mode)) {
        if (option.recursive)
            do_folder(name);
        else {
            if (!option.quiet)
                fprintf(stderr, "%s: %s is a directory -- ignored\n", self, name);
            fail(WARNING);
        }
        return;
    }
    if (!option.to_stdout && !option.test && !option.list) {
        const char *suffix = suffix_of(name);
        if (option.expand && !suffix) {
            if (!option.recursive && !option.quiet)
                fprintf(stderr, "%s: %s: unknown suffix -- ignored\n", self, name);
            fail(WARNING);
            return;
        }
        if (!option.expand && suffix && !option.force) {
            if (!option.quiet)
                fprintf(stderr, "%s: %s already has %s suffix -- unchanged\n", self, name, suffix);
            return;
        }
    }
    int fd = open(name, O_RDONLY);
    if (fd < 0) {
        complain(ERROR, name, strerror(errno));
        return;
    }
    if (option.list)
        list_file(fd, name, &facts);
    else
        work_on(fd, name, &facts);
    close(fd);
}

static void usage(FILE *f) {
    fprintf(f,
            "Usage: %s [OPTION]... [FILE]...\n"
            "Compress or uncompress FILEs (by default, compress FILES in-place).\n\n"
            "Mandatory arguments to long options are mandatory for short options too.\n\n"
            "  -c, --stdout      write on standard output, keep original files unchanged\n"
            "  -d, --decompress  decompress\n"
            "  -f, --force       force overwrite of output file and compress links\n"
            "  -h, --help        give this help\n"
            "  -k, --keep        keep (don't delete) input files\n"
            "  -l, --list        list compressed file contents\n"
            "  -n, --no-name     do not save or restore the original name and timestamp\n"
            "  -N, --name        save or restore the original name and timestamp\n"
            "  -q, --quiet       suppress all warnings\n"
            "  -r, --recursive   operate recursively on directories\n"
            "  -S, --suffix=SUF  use suffix SUF on compressed files\n"
            "  -t, --test        test compressed file integrity\n"
            "  -v, --verbose     verbose mode\n"
            "  -V, --version     display version number\n"
            "  -1, --fast        compress faster\n"
            "  -9, --best        compress better\n\n"
            "With no FILE, or when FILE is -, read standard input.\n",
            self);
}

int gzip_main(int argc, char **argv) {
    static const struct option longs[] = {
        {"stdout", 0, 0, 'c'}, {"to-stdout", 0, 0, 'c'}, {"decompress", 0, 0, 'd'}, {"uncompress", 0, 0, 'd'}, {"force", 0, 0, 'f'},
        {"help", 0, 0, 'h'}, {"keep", 0, 0, 'k'}, {"list", 0, 0, 'l'}, {"no-name", 0, 0, 'n'}, {"name", 0, 0, 'N'},
        {"quiet", 0, 0, 'q'}, {"silent", 0, 0, 'q'}, {"recursive", 0, 0, 'r'}, {"suffix", 1, 0, 'S'}, {"test", 0, 0, 't'},
        {"verbose", 0, 0, 'v'}, {"version", 0, 0, 'V'}, {"fast", 0, 0, '1'}, {"best", 0, 0, '9'}, {"ascii", 0, 0, 'a'},
        {"rsyncable", 0, 0, 'R'}, {"synchronous", 0, 0, 'R'}, {0}};
    const char *called = base_of(argv[0]);
    self = "gzip";
    argv[0] = "gzip";
    option.suffix = ".gz";
    option.level = 6;
    if (strncmp(called, "gun", 3) == 0 || strcmp(called, "uncompress") == 0)
        option.expand = true;
    if (strstr(called, "cat"))
        option.expand = option.to_stdout = true;
    for (int c; (c = getopt_long(argc, argv, ":acdfhklnNqrS:tvV123456789", longs, NULL)) != -1;) {
        switch (c) {
        case 'a': case 'R': break;
        case 'c': option.to_stdout = true; break;
        case 'd': option.expand = true; break;
        case 'f': option.force = true; break;
        case 'h': usage(stdout); return OK;
        case 'k': option.keep = true; break;
        case 'l': option.list = true; break;
        case 'n': option.no_name = true; break;
        case 'N': option.no_name = false; break;
        case 'q': option.quiet = true; break;
        case 'r': option.recursive = true; break;
        case 'S': option.suffix = optarg; break;
        case 't': option.test = option.expand = true; break;
        case 'v': option.verbose++; break;
        case 'V': puts("gzip (pagebox) 1.13, with zlib " ZLIB_VERSION); return OK;
        case '?': case ':':
            option_error(self, argv, c == ':');
            fprintf(stderr, "Try `%s --help' for more information.\n", self);
            return ERROR;
        default: option.level = c - '0';
        }
    }
    signal(SIGINT, stopped);
    signal(SIGTERM, stopped);
    if (optind == argc)
        do_standard_input();
    for (; optind < argc; optind++)
        do_file(argv[optind]);
    if (option.list && listed > 1 && !option.quiet) {
        if (option.verbose)
            printf("                            ");
        printf("%19llu %19llu ", (unsigned long long)listed_in, (unsigned long long)listed_out);
        put_ratio(stdout, listed_out, listed_in > 18 * (uint64_t)listed ? listed_in - 18 * (uint64_t)listed : 0);
        printf(" (totals)\n");
    }
    if (fflush(stdout) != 0 && status == OK) {
        fprintf(stderr, "%s: write error: %s\n", self, strerror(errno));
        status = ERROR;
    }
    return status;
}
