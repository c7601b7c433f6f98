/* The command line, the variables that awk knows, and the order in which things run. */
#include "code.h"
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static const char version[] = "awk (pagebox) 1.0, with extensions of GNU awk";
const char *source_name = "cmd. line";
static Str *program;
static bool in_place;
static char in_place_name[4096], in_place_copy[4096];

/* --- messages --- */

static void message(const char *level, const char *format, va_list args) {
    if (main_output)
        fflush(main_output);
    fprintf(stderr, "awk: ");
    if (current_line())
        fprintf(stderr, "%s%s%d: ", source_name, *source_name ? ":" : "", current_line());
    if (fnr > 0) {
        Str *name = to_text(&globals[S_FILENAME].value);
        fprintf(stderr, "(FILENAME=%s FNR=%.0f) ", name->len ? name->data : "-", fnr);
        str_drop(name);
    }
    fprintf(stderr, "%s: ", level);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

_Noreturn void fatal(const char *format, ...) {
    va_list args;
    va_start(args, format);
    message("fatal", format, args);
    va_end(args);
    _exit(2);
}

void warn(const char *format, ...) {
    va_list args;
    va_start(args, format);
    message("warning", format, args);
    va_end(args);
}

/* --- variables --- */

static const char *const special_names[S_SPECIALS] = {
    "NF", "NR", "FNR", "FS", "OFS", "ORS", "RS", "SUBSEP", "CONVFMT", "OFMT", "RSTART", "RLENGTH", "FILENAME", "RT", "FPAT",
    "FIELDWIDTHS", "IGNORECASE", "ERRNO", "ARGIND", "ARGC", "ARGV", "ENVIRON", "PROCINFO"};

static Str *texts[S_SCALARS]; /* the text of a special variable, once somebody asked */

const char *special_text(int which, size_t *len) {
    if (!texts[which])
        texts[which] = to_text(&globals[which].value);
    *len = texts[which]->len;
    return texts[which]->data;
}

bool ignoring_case(void) { return globals[S_IGNORECASE].value.kind != UNSET && truth(&globals[S_IGNORECASE].value); }

/* Takes the value. */
void set_special(int which, Val v) {
    if (v.kind == ARRAY)
        fatal("attempt to use array in a scalar context");
    if (which == S_NF || which == S_NR || which == S_FNR) {
        double n = to_number(&v);
        drop(&v);
        if (which == S_NF)
            set_field_count((int)n);
        else
            *(which == S_NR ? &nr : &fnr) = n;
        return;
    }
    if (which == S_FS || which == S_RS || which == S_FPAT || which == S_FIELDWIDTHS)
        finish_fields();
    drop(&globals[which].value);
    globals[which].value = v;
    if (texts[which]) {
        str_drop(texts[which]);
        texts[which] = NULL;
    }
    special_changed(which);
}

static void set_text(int which, const char *s) { globals[which].value = text_of(s, strlen(s)); }

static void make_specials(void) {
    for (int i = 0; i < S_SPECIALS; i++)
        global_index(special_names[i]);
    set_text(S_FS, " ");
    set_text(S_OFS, " ");
    set_text(S_ORS, "\n");
    set_text(S_RS, "\n");
    set_text(S_SUBSEP, "\034");
    set_text(S_CONVFMT, "%.6g");
    set_text(S_OFMT, "%.6g");
    set_text(S_FPAT, "[^[:space:]]+");
    globals[S_RSTART].value = number(0);
    globals[S_RLENGTH].value = number(0);
    globals[S_ARGIND].value = number(0);
    globals[S_IGNORECASE].value = number(0);
    for (int i = S_ARGV; i < S_SPECIALS; i++) {
        globals[i].value = (Val){ARRAY, {.table = table_new()}, 0};
        globals[i].is_array = true;
    }
    special_changed(S_FS);
}

static void fill_environment(void) {
    Table *t = globals[S_ENVIRON].value.table;
    for (char **e = environ; e && *e; e++) {
        char *equals = strchr(*e, '=');
        if (!equals)
            continue;
        Val *v = table_get(t, *e, (size_t)(equals - *e));
        drop(v);
        *v = input_text(str_new(equals + 1, strlen(equals + 1)));
    }
    t = globals[S_PROCINFO].value.table;
    table_set(t, "version", text_of("5.2.1", 5));
    table_set(t, "strftime", text_of("%a %b %e %H:%M:%S %Z %Y", 23));
    table_set(t, "FS", text_of("FS", 2));
    table_set(t, "pid", number(getpid()));
    table_set(t, "ppid", number(getppid()));
    table_set(t, "uid", number(getuid()));
    table_set(t, "gid", number(getgid()));
    table_set(t, "platform", text_of("posix", 5));
}

/* NAME=value among the arguments; false if it is none. */
bool assign_argument(const char *argument) {
    const char *equals = strchr(argument, '=');
    size_t len = equals ? (size_t)(equals - argument) : 0;
    if (!len || (*argument >= '0' && *argument <= '9'))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!((argument[i] | 32) >= 'a' && (argument[i] | 32) <= 'z') && argument[i] != '_' && !(argument[i] >= '0' && argument[i] <= '9'))
            return false;
    char *name = strndup(argument, len);
    if (builtin_named(name, len) >= 0)
        fatal("cannot use gawk builtin `%s' as variable name", name);
    int index = global_index(name);
    if (globals[index].is_array)
        fatal("cannot use array `%s' as a variable", name);
    free(name);
    Val v = input_text(unescape(equals + 1, strlen(equals + 1)));
    if (index < S_SCALARS) {
        set_special(index, v);
    } else {
        drop(&globals[index].value);
        globals[index].value = v;
    }
    return true;
}

/* --- editing in place --- */

void begin_inplace(const char *name) {
    if (!in_place)
        return;
    snprintf(in_place_name, sizeof in_place_name, "%s", name);
    snprintf(in_place_copy, sizeof in_place_copy, "%s.awk%d", name, (int)getpid());
    main_output = fopen(in_place_copy, "w");
    if (!main_output) {
        main_output = stdout;
        fatal("inplace: cannot create `%s': %s", in_place_copy, strerror(errno));
    }
}

void end_inplace(void) {
    struct stat status;
    if (!in_place || main_output == stdout)
        return;
    FILE *made = main_output;
    main_output = stdout;
    if (fclose(made) != 0)
        fatal("inplace: cannot write `%s': %s", in_place_copy, strerror(errno));
    if (stat(in_place_name, &status) == 0)
        chmod(in_place_copy, status.st_mode & 07777);
    if (rename(in_place_copy, in_place_name) != 0)
        fatal("inplace: cannot replace `%s': %s", in_place_name, strerror(errno));
}

/* --- the command line --- */

static void add_program(const char *s, size_t len) {
    if (!program)
        program = str_room(0);
    else
        program = str_append(program, "\n", 1);
    program = str_append(program, s, len);
}

static void add_program_file(const char *name) {
    int fd = strcmp(name, "-") == 0 || strcmp(name, "/dev/stdin") == 0 ? 0 : open(name, O_RDONLY);
    Str *s = str_room(0);
    char buffer[8192];
    ssize_t got = 0;
    while (fd >= 0 && (got = read(fd, buffer, sizeof buffer)) > 0)
        s = str_append(s, buffer, (size_t)got);
    if (fd < 0 || got < 0)
        fatal("cannot open source file `%s' for reading: %s", name, strerror(errno));
    if (fd)
        close(fd);
    if (s->len > 2 && s->data[0] == '#' && s->data[1] == '!')
        s->data[0] = '#';
    add_program(s->data, s->len);
    str_drop(s);
    source_name = name;
}

static _Noreturn void usage(FILE *f, int status) {
    fprintf(f, "Usage: awk [-F separator] [-v name=value] [-f program-file | 'program'] [file ...]\n"
               "  -f file, --file=file              read the program from a file\n"
               "  -F fs, --field-separator=fs       what parts the fields\n"
               "  -v name=value, --assign=...       set a variable before the program begins\n"
               "  -b, --characters-as-bytes         every byte is a character\n"
               "  -e text, --source=text            a part of the program\n"
               "  -i inplace                        write the output of each file back to it\n"
               "  -h, --help; -V, --version\n");
    exit(status);
}

static void set_separator(const char *fs) {
    Str *s = unescape(fs, strlen(fs));
    set_special(S_FS, text(s));
}

static void set_variable(const char *assignment) {
    if (!assign_argument(assignment))
        fatal("`%s' is not a legal variable name", assignment);
}

static void include(const char *name) {
    if (strcmp(name, "inplace") != 0 && strcmp(name, "inplace.awk") != 0)
        fatal("cannot open source file `%s' for reading: only `inplace' is here", name);
    in_place = true;
}

/* An option's argument, which is the rest of the word or the next one. */
static const char *option_value(char **argv, int *i, const char *rest, const char *name) {
    if (*rest)
        return rest;
    if (!argv[*i + 1]) {
        fprintf(stderr, "awk: option requires an argument -- '%s'\n", name);
        usage(stderr, 2);
    }
    return argv[++*i];
}

static void take_option(char option, const char *value) {
    switch (option) {
    case 'F': set_separator(value); break;
    case 'v': set_variable(value); break;
    case 'f': add_program_file(value); break;
    case 'e': add_program(value, strlen(value)); break;
    case 'i': include(value); break;
    }
}

static bool long_option(char **argv, int *i) {
    static const struct {
        const char *name;
        char option;
    } options[] = {{"field-separator", 'F'}, {"assign", 'v'}, {"file", 'f'}, {"source", 'e'}, {"include", 'i'}};
    static const char *const ignored[] = {"posix", "traditional", "re-interval", "lint", "optimize", "sandbox", "non-decimal-data"};
    const char *word = argv[*i] + 2, *equals = strchr(word, '=');
    size_t len = equals ? (size_t)(equals - word) : strlen(word);
    if (strcmp(word, "version") == 0) {
        puts(version);
        exit(0);
    }
    if (strcmp(word, "help") == 0)
        usage(stdout, 0);
    if (strcmp(word, "characters-as-bytes") == 0)
        return !(utf8 = false);
    for (size_t k = 0; k < sizeof options / sizeof *options; k++)
        if (strlen(options[k].name) == len && memcmp(word, options[k].name, len) == 0) {
            take_option(options[k].option, equals ? equals + 1 : option_value(argv, i, "", options[k].name));
            return true;
        }
    for (size_t k = 0; k < sizeof ignored / sizeof *ignored; k++)
        if (strlen(ignored[k]) == len && memcmp(word, ignored[k], len) == 0)
            return true;
    return false;
}

static int read_options(char **argv) {
    int i = 1;
    for (; argv[i] && argv[i][0] == '-' && argv[i][1]; i++) {
        const char *word = argv[i];
        if (strcmp(word, "--") == 0)
            return i + 1;
        if (word[1] == '-') {
            if (!long_option(argv, &i)) {
                fprintf(stderr, "awk: unrecognized option '%s'\n", word);
                usage(stderr, 2);
            }
            continue;
        }
        for (const char *p = word + 1; *p; p++) {
            char name[2] = {*p, 0};
            if (strchr("Fvfei", *p)) {
                take_option(*p, option_value(argv, &i, p + 1, name));
                break;
            }
            if (*p == 'b')
                utf8 = false;
            else if (*p == 'V')
                puts(version), exit(0);
            else if (*p == 'h')
                usage(stdout, 0);
            else if (!strchr("cPrOSntM", *p)) {
                fprintf(stderr, "awk: invalid option -- '%c'\n", *p);
                usage(stderr, 2);
            }
        }
    }
    return i;
}

static void set_arguments(char **argv) {
    Table *t = globals[S_ARGV].value.table;
    int count = 0;
    table_set_index(t, count++, text_of("awk", 3));
    for (; *argv; argv++)
        table_set_index(t, count++, input_text(str_new(*argv, strlen(*argv))));
    globals[S_ARGC].value = number(count);
}

/* --- running --- */

_Noreturn void leave(void) {
    static bool leaving;
    if (!leaving) {
        leaving = true;
        if (code_start[CODE_END] >= 0)
            run(code_start[CODE_END]);
    }
    end_inplace();
    int status = close_everything();
    exit(exit_status ? exit_status & 255 : status);
}

static void run_main(void) {
    Str *record;
    while (main_record(&record) > 0) {
        set_record(record);
        int how = code_start[CODE_MAIN] >= 0 ? run(code_start[CODE_MAIN]) : FINISHED;
        if (how == DO_EXIT)
            return;
        if (how == DO_NEXTFILE)
            main_nextfile();
    }
}

static bool wants_utf8(void) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strcmp(value, "C") != 0 && strcmp(value, "POSIX") != 0;
    }
    return true;
}

int main(int argc, char **argv) {
    (void)argc;
    setlocale(LC_CTYPE, "C.UTF-8");
    utf8 = wants_utf8();
    main_output = stdout;
    make_specials();
    int first = read_options(argv);
    if (!program) {
        if (!argv[first])
            usage(stderr, 1);
        add_program(argv[first], strlen(argv[first]));
        first++;
    }
    fill_environment();
    set_arguments(argv + first);
    start_random();
    parse_program(read_tokens(program->data, source_name));
    make_code();
    if (code_start[CODE_BEGIN] >= 0 && run(code_start[CODE_BEGIN]) == DO_EXIT)
        leave();
    if (code_start[CODE_MAIN] >= 0 || code_start[CODE_END] >= 0 || code_start[CODE_BEGINFILE] >= 0)
        run_main();
    leave();
}
