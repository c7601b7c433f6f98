/* Files and commands that a program names, and printf. */
#include "awk.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

typedef struct {
    Str *name;
    int how;
    FILE *out;
    Input *in;
    pid_t pid;
} Stream;

static Stream *streams;
static int stream_count;
FILE *main_output;

void written(FILE *f, const char *what) {
    if (!ferror(f))
        return;
    if (errno == EPIPE && f == stdout) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
        _exit(141);
    }
    if (f == stdout)
        clearerr(f);
    fatal("print to \"%s\" failed: %s", what, strerror(errno));
}

static Stream *find(int how, Str *name) {
    for (int i = 0; i < stream_count; i++) {
        Stream *s = &streams[i];
        bool same = s->how == how || (how == TO_FILE && s->how == TO_APPEND) || (how == TO_APPEND && s->how == TO_FILE) ||
                    (how == FROM_COPROCESS && s->how == TO_COPROCESS) || (how == TO_COPROCESS && s->how == FROM_COPROCESS);
        if (same && s->name->len == name->len && memcmp(s->name->data, name->data, name->len) == 0)
            return s;
    }
    return NULL;
}

static Stream *remember(int how, Str *name, FILE *out, Input *in) {
    streams = reallocate(streams, (size_t)(stream_count + 1) * sizeof *streams);
    streams[stream_count] = (Stream){str_keep(name), how, out, in, 0};
    return &streams[stream_count++];
}

static int numbered(const char *name) {
    if (strcmp(name, "/dev/stdin") == 0)
        return 0;
    if (strcmp(name, "/dev/stdout") == 0)
        return 1;
    if (strcmp(name, "/dev/stderr") == 0)
        return 2;
    if (strncmp(name, "/dev/fd/", 8) == 0 && name[8] >= '0' && name[8] <= '9')
        return atoi(name + 8);
    return -1;
}

static void note_error(void) {
    const char *reason = strerror(errno);
    set_special(S_ERRNO, text_of(reason, strlen(reason)));
}

/* Starts a shell command with a pipe to it and one from it. */
static Stream *start_coprocess(Str *name) {
    int down[2], up[2];
    pid_t pid;
    posix_spawn_file_actions_t actions;
    char *argv[] = {"sh", "-c", name->data, NULL};
    if (pipe(down) != 0 || pipe(up) != 0)
        return NULL;
    for (int i = 0; i < 2; i++) {
        fcntl(down[i], F_SETFD, FD_CLOEXEC);
        fcntl(up[i], F_SETFD, FD_CLOEXEC);
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, down[0], 0);
    posix_spawn_file_actions_adddup2(&actions, up[1], 1);
    int error = posix_spawnp(&pid, "sh", &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(down[0]);
    close(up[1]);
    if (error) {
        errno = error;
        return NULL;
    }
    Stream *s = remember(TO_COPROCESS, name, fdopen(down[1], "w"), input_open(up[0], NULL));
    s->pid = pid;
    return s;
}

FILE *output_to(int how, Str *name) {
    Stream *s = find(how, name);
    if (s) {
        if (how == TO_COPROCESS && !s->out)
            fatal("two-way pipe to `%s' is closed for writing", name->data);
        return s->out;
    }
    if (!name->len)
        fatal("expression for `%s' redirection has null string value",
              how == TO_FILE ? ">" : how == TO_APPEND ? ">>" : how == TO_PIPE ? "|" : "|&");
    int fd = how == TO_FILE || how == TO_APPEND ? numbered(name->data) : -1;
    FILE *f;
    if (fd == 1 || (fd < 0 && strcmp(name->data, "-") == 0 && how == TO_FILE))
        return stdout;
    if (fd == 2)
        return stderr;
    if (how == TO_PIPE || how == TO_COPROCESS)
        flush_all();
    if (how == TO_COPROCESS) {
        s = start_coprocess(name);
        f = s ? s->out : NULL;
    } else if (fd >= 0) {
        f = fdopen(fd, "w");
    } else {
        f = how == TO_PIPE ? popen(name->data, "w") : fopen(name->data, how == TO_FILE ? "w" : "a");
    }
    if (!f)
        fatal(how >= TO_PIPE ? "cannot open pipe `%s' for output: %s" : "cannot redirect to `%s': %s", name->data,
              strerror(errno));
    if (how == TO_FILE || how == TO_APPEND) {
        setvbuf(f, NULL, _IOFBF, 16384);
        fcntl(fileno(f), F_SETFD, FD_CLOEXEC);
    }
    if (how != TO_COPROCESS)
        remember(how, name, f, NULL);
    return f;
}

Input *input_from(int how, Str *name) {
    Stream *s = find(how, name);
    if (s) {
        if (s->out)
            fflush(s->out);
        return s->in;
    }
    if (!name->len)
        fatal("expression for `%s' redirection has null string value", how == FROM_FILE ? "<" : how == FROM_PIPE ? "|" : "|&");
    flush_all();
    if (how == FROM_COPROCESS) {
        s = start_coprocess(name);
        if (!s)
            note_error();
        return s ? s->in : NULL;
    }
    if (how == FROM_PIPE) {
        FILE *f = popen(name->data, "r");
        if (!f)
            fatal("cannot open pipe `%s' for input: %s", name->data, strerror(errno));
        return remember(how, name, NULL, input_open(fileno(f), f))->in;
    }
    int fd = strcmp(name->data, "-") == 0 ? 0 : numbered(name->data);
    if (fd < 0)
        fd = open(name->data, O_RDONLY);
    if (fd < 0) {
        note_error();
        return NULL;
    }
    if (fd > 2)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    return remember(how, name, NULL, input_open(fd, NULL))->in;
}

static int exit_number(int status) {
    if (status == -1)
        return -1;
    return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int close_stream(int i) {
    Stream s = streams[i];
    int status = 0;
    memmove(&streams[i], &streams[i + 1], (size_t)(--stream_count - i) * sizeof s);
    if (s.out) {
        bool failed = fflush(s.out) != 0 && s.how != TO_PIPE && s.how != TO_COPROCESS;
        if (failed)
            fatal("flush to \"%s\" failed: %s", s.name->data, strerror(errno));
        status = s.how == TO_PIPE ? exit_number(pclose(s.out)) : fclose(s.out);
        if (failed)
            status = -1;
    }
    if (s.in) {
        int closed = input_close(s.in);
        if (s.how == FROM_PIPE)
            status = exit_number(closed);
    }
    if (s.pid && waitpid(s.pid, &status, 0) > 0)
        status = exit_number(status);
    str_drop(s.name);
    return status;
}

int close_named(Str *name, const char *end) {
    int status = -1;
    for (int i = stream_count - 1; i >= 0; i--) {
        if (streams[i].name->len != name->len || memcmp(streams[i].name->data, name->data, name->len) != 0)
            continue;
        if (end && streams[i].how == TO_COPROCESS && strcmp(end, "to") == 0) {
            status = streams[i].out ? fclose(streams[i].out) : -1;
            streams[i].out = NULL;
        } else {
            status = close_stream(i);
        }
    }
    return status;
}

int flush_named(Str *name) {
    for (int i = 0; i < stream_count; i++)
        if (streams[i].out && streams[i].name->len == name->len && memcmp(streams[i].name->data, name->data, name->len) == 0)
            return fflush(streams[i].out);
    int fd = numbered(name->data);
    return fd == 1 ? fflush(stdout) : fd == 2 ? 0 : -1;
}

void flush_all(void) {
    if (fflush(main_output) != 0)
        written(main_output, "standard output");
    for (int i = 0; i < stream_count; i++)
        if (streams[i].out)
            fflush(streams[i].out);
}

int close_everything(void) {
    int status = 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (errno == EPIPE)
            written(stdout, "standard output");
        warn("error writing standard output: %s", strerror(errno));
        clearerr(stdout);
        status = 1;
    }
    while (stream_count)
        if (close_stream(stream_count - 1) == -1)
            status = 2;
    return status;
}

/* --- printf --- */

typedef struct {
    bool left, plus, space, alternate, zero;
    int width, precision; /* -1: none */
} Spec;

static Str *padded(Str *out, const Spec *spec, const char *p, size_t len, size_t chars) {
    size_t width = spec->width > 0 ? (size_t)spec->width : 0;
    if (width > 100000000)
        fatal("field width is too large");
    size_t missing = width > chars ? width - chars : 0;
    if (spec->left)
        out = str_append(out, p, len);
    for (; missing >= 16; missing -= 16)
        out = str_append(out, "                ", 16);
    out = str_append(out, "                ", missing);
    return spec->left ? out : str_append(out, p, len);
}

static Str *put_text(Str *out, const Spec *spec, Val *v) {
    Str *s = to_text(v);
    size_t len = s->len, chars = str_chars(s);
    if (spec->precision >= 0 && (size_t)spec->precision < chars) {
        chars = (size_t)spec->precision;
        len = char_offset(s, chars);
    }
    out = padded(out, spec, s->data, len, chars);
    str_drop(s);
    return out;
}

static Str *put_character(Str *out, const Spec *spec, Val *v) {
    char small[4] = {0};
    size_t len;
    settle(v);
    if (v->kind == NUM || v->kind == STRNUM) {
        double n = to_number(v);
        if (utf8 && n >= 0 && n <= 0x10ffff)
            len = encode((uint32_t)n, small);
        else
            small[0] = (char)(long long)n, len = 1;
        return padded(out, spec, small, len, 1);
    }
    Str *s = to_text(v);
    len = s->len ? char_length(s->data, s->data + s->len) : 1; /* nothing is a NUL */
    out = padded(out, spec, s->data, len, 1);
    str_drop(s);
    return out;
}

static Str *put_number(Str *out, const Spec *spec, char conversion, double n) {
    char pattern[32], small[512], *made = small;
    int precision = spec->precision > 10000000 ? 10000000 : spec->precision, width = spec->width;
    size_t at = 0;
    bool whole = strchr("dioxXu", conversion) != NULL;
    if (width > 100000000)
        fatal("field width is too large");
    pattern[at++] = '%';
    if (spec->left) pattern[at++] = '-';
    if (spec->plus) pattern[at++] = '+';
    if (spec->space) pattern[at++] = ' ';
    if (spec->alternate) pattern[at++] = '#';
    if (spec->zero && !spec->left) pattern[at++] = '0';
    pattern[at++] = '*';
    if (isnan(n) || isinf(n)) {
        char word[8];
        snprintf(word, sizeof word, "%s%s", signbit(n) ? "-" : "+", isnan(n) ? "nan" : "inf");
        return padded(out, spec, word, 4, 4);
    }
    if (whole) {
        n = n < 0 ? ceil(n) : floor(n);
        bool is_signed = conversion == 'd' || conversion == 'i';
        if (fabs(n) >= (is_signed || n < 0 ? 9223372036854775808.0 : 18446744073709551616.0)) {
            whole = false;
            conversion = 'f';
            precision = 0;
        } else if (!is_signed && n >= 9223372036854775808.0) {
            n -= 18446744073709551616.0; /* the same bits */
        }
    }
    bool given = precision >= 0;
    if (given) {
        memcpy(pattern + at, ".*", 2);
        at += 2;
    }
    if (whole) {
        memcpy(pattern + at, "ll", 2);
        at += 2;
    }
    pattern[at++] = conversion;
    pattern[at] = '\0';
    size_t room = sizeof small;
    for (;;) {
        int len;
        if (whole)
            len = given ? snprintf(made, room, pattern, width, precision, (long long)n) : snprintf(made, room, pattern, width, (long long)n);
        else
            len = given ? snprintf(made, room, pattern, width, precision, n) : snprintf(made, room, pattern, width, n);
        if (len >= 0 && (size_t)len < room) {
            out = str_append(out, made, (size_t)len);
            break;
        }
        if (len < 0)
            fatal("out of memory in printf");
        room = (size_t)len + 1;
        made = allocate(room);
    }
    if (made != small)
        free(made);
    return out;
}

static int argument_number(Val *args, int count, int *next) {
    if (*next >= count)
        fatal("not enough arguments to satisfy format string");
    return (int)to_number(&args[(*next)++]);
}

Str *format(Val *args, int count) {
    Str *f = to_text(&args[0]), *out = str_room(0);
    const char *p = f->data, *end = p + f->len;
    int next = 1;
    while (p < end) {
        const char *percent = memchr(p, '%', (size_t)(end - p));
        out = str_append(out, p, (size_t)((percent ? percent : end) - p));
        if (!percent)
            break;
        Spec spec = {.width = 0, .precision = -1};
        int place = -1;
        p = percent + 1;
        const char *digits = p;
        while (digits < end && *digits >= '0' && *digits <= '9')
            digits++;
        if (digits > p && digits < end && *digits == '$') {
            place = atoi(p);
            p = digits + 1;
        }
        for (; p < end && strchr("-+ #0'", *p) && *p; p++) {
            spec.left |= *p == '-';
            spec.plus |= *p == '+';
            spec.space |= *p == ' ';
            spec.alternate |= *p == '#';
            spec.zero |= *p == '0';
        }
        if (p < end && *p == '*') {
            spec.width = argument_number(args, count, &next);
            if (spec.width < 0)
                spec.left = true, spec.width = -spec.width;
            p++;
        } else {
            for (; p < end && *p >= '0' && *p <= '9'; p++)
                if (spec.width < 200000000)
                    spec.width = spec.width * 10 + (*p - '0');
        }
        if (p < end && *p == '.') {
            spec.precision = 0;
            if (++p < end && *p == '*') {
                spec.precision = argument_number(args, count, &next);
                p++;
            } else {
                for (; p < end && *p >= '0' && *p <= '9'; p++)
                    if (spec.precision < 200000000)
                        spec.precision = spec.precision * 10 + (*p - '0');
            }
        }
        while (p < end && strchr("hlLqjzt", *p) && *p)
            p++;
        char conversion = p < end ? *p++ : '\0';
        if (conversion == '%') {
            out = str_append(out, "%", 1);
            continue;
        }
        if (!conversion || !strchr("diouxXcseEfFgGaA", conversion)) {
            out = str_append(out, percent, (size_t)(p - percent));
            continue;
        }
        int which = place > 0 ? place : next++;
        if (which >= count)
            fatal("not enough arguments to satisfy format string\n\t`%.*s'\n\t%*s^ ran out for this one", (int)f->len, f->data,
                  (int)(percent - f->data) + 1, "");
        if (conversion == 's')
            out = put_text(out, &spec, &args[which]);
        else if (conversion == 'c')
            out = put_character(out, &spec, &args[which]);
        else
            out = put_number(out, &spec, conversion, to_number(&args[which]));
    }
    str_drop(f);
    return out;
}
