/* Reading records, from files, pipes and the files that the arguments name. */
#include "code.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { AMOUNT = 65536 };

struct Input {
    int fd;
    FILE *pipe;
    char *buffer;
    size_t at, end, room;
    bool over, failed;
};

double nr, fnr;
static Input *main_input;
static int argument;
static bool main_over;

Input *input_open(int fd, FILE *pipe) {
    Input *in = allocate(sizeof *in);
    *in = (Input){.fd = fd, .pipe = pipe, .room = AMOUNT, .buffer = allocate(AMOUNT)};
    return in;
}

int input_close(Input *in) {
    int status = in->pipe ? pclose(in->pipe) : in->fd > 2 ? close(in->fd) : 0;
    free(in->buffer);
    free(in);
    return status;
}

/* Reads more behind what is there; false at the end. */
static bool fill(Input *in) {
    if (in->over)
        return false;
    if (in->at) {
        memmove(in->buffer, in->buffer + in->at, in->end - in->at);
        in->end -= in->at;
        in->at = 0;
    }
    if (in->end == in->room) {
        in->room *= 2;
        in->buffer = reallocate(in->buffer, in->room);
    }
    ssize_t got;
    do
        got = read(in->fd, in->buffer + in->end, in->room - in->end);
    while (got < 0 && errno == EINTR);
    if (got <= 0) {
        in->over = true;
        in->failed = got < 0;
        return false;
    }
    in->end += (size_t)got;
    return true;
}

static void set_terminator(const char *p, size_t len) {
    static const char *last = "";
    static size_t last_len = (size_t)-1;
    if (len == last_len && len == 1 && *p == *last)
        return;
    static char kept;
    set_special(S_RT, text_of(p, len));
    last_len = len;
    kept = len ? *p : 0;
    last = &kept;
}

static int take(Input *in, Str **record, size_t len, size_t separator) {
    *record = str_new(in->buffer + in->at, len);
    set_terminator(in->buffer + in->at + len, separator);
    in->at += len + separator;
    return 1;
}

static int record_to_byte(Input *in, Str **record, char byte) {
    size_t seen = 0;
    for (;;) {
        char *found = memchr(in->buffer + in->at + seen, byte, in->end - in->at - seen);
        if (found)
            return take(in, record, (size_t)(found - in->buffer) - in->at, 1);
        seen = in->end - in->at;
        if (!fill(in))
            return in->at < in->end ? take(in, record, in->end - in->at, 0) : 0;
    }
}

static int paragraph(Input *in, Str **record) {
    while (in->at < in->end || fill(in)) {
        if (in->buffer[in->at] != '\n')
            break;
        in->at++;
    }
    size_t seen = 0;
    for (;;) {
        char *start = in->buffer + in->at, *found = NULL;
        for (char *p = start + seen; (p = memchr(p, '\n', (size_t)(in->buffer + in->end - p))); p++)
            if (p + 1 < in->buffer + in->end && p[1] == '\n') {
                found = p;
                break;
            }
        if (found) {
            size_t len = (size_t)(found - start), more = len + 2;
            while (in->at + more < in->end || fill(in)) {
                if (in->buffer[in->at + more] != '\n')
                    break;
                more++;
            }
            return take(in, record, len, more - len);
        }
        size_t waiting = in->end - in->at;
        seen = waiting ? waiting - 1 : 0;
        if (!fill(in)) {
            if (!waiting)
                return 0;
            bool ended = in->buffer[in->end - 1] == '\n';
            return take(in, record, waiting - ended, ended);
        }
    }
}

static int record_to_regex(Input *in, Str **record, Regex *r) {
    for (;;) {
        size_t start, end, from = 0, len = in->end - in->at;
        const char *text = in->buffer + in->at;
        bool found = false;
        while (len && from <= len && regex_find(r, text, len, from, &start, &end)) {
            found = end > start;
            if (found)
                break;
            from = start + 1;
        }
        /* What reaches to the end of the buffer may be longer. */
        if (found && (end < len || in->over))
            return take(in, record, start, end - start);
        if (!fill(in)) {
            if (found)
                continue;
            if (!len)
                return 0;
            return take(in, record, len, 0);
        }
    }
}

int input_record(Input *in, Str **record) {
    size_t len;
    const char *rs = special_text(S_RS, &len);
    int status;
    if (len == 0) {
        status = paragraph(in, record);
    } else if (len == 1) {
        status = record_to_byte(in, record, *rs);
    } else {
        Str *pattern = to_text(&globals[S_RS].value);
        status = record_to_regex(in, record, regex_cached(pattern));
        str_drop(pattern);
    }
    if (status == 0 && in->failed) {
        set_special(S_ERRNO, text_of(strerror(errno), strlen(strerror(errno))));
        return -1;
    }
    return status;
}

/* --- the files that the arguments name --- */

static void run_part(int part) {
    extern _Noreturn void leave(void);
    int how = code_start[part] >= 0 ? run(code_start[part]) : FINISHED;
    if (how == DO_EXIT)
        leave();
    if (how == DO_NEXTFILE && part == CODE_BEGINFILE)
        main_nextfile();
}

void run_begin_file(void) { run_part(CODE_BEGINFILE); }
void run_end_file(void) { run_part(CODE_ENDFILE); }

static bool open_main(const char *name) {
    struct stat status;
    int fd = 0;
    if (strcmp(name, "-") != 0 && strcmp(name, "/dev/stdin") != 0) {
        if (stat(name, &status) == 0 && S_ISDIR(status.st_mode)) {
            warn("command line argument `%s' is a directory: skipped", name);
            return false;
        }
        fd = open(name, O_RDONLY);
    }
    if (fd < 0) {
        char reason[256];
        snprintf(reason, sizeof reason, "%s", strerror(errno));
        set_special(S_ERRNO, text_of(reason, strlen(reason)));
        if (code_start[CODE_BEGINFILE] >= 0) {
            run_begin_file();
            return false;
        }
        fatal("cannot open file `%s' for reading: %s", name, reason);
    }
    main_input = input_open(fd, NULL);
    return true;
}

extern void begin_inplace(const char *name);
extern void end_inplace(void);

static bool next_argument(void) {
    static bool any;
    double count = to_number(&globals[S_ARGC].value);
    Table *names = globals[S_ARGV].value.table;
    while (++argument < count) {
        char key[16];
        int len = snprintf(key, sizeof key, "%d", argument);
        Val *v = table_find(names, key, (size_t)len);
        if (!v)
            continue;
        Str *name = to_text(v);
        if (name->len && !assign_argument(name->data)) {
            any = true;
            set_special(S_FILENAME, input_text(str_keep(name)));
            set_special(S_ARGIND, number(argument));
            fnr = 0;
            bool opened = open_main(name->data);
            if (opened) {
                begin_inplace(name->data);
                str_drop(name);
                run_begin_file();
                if (main_input) /* BEGINFILE may say nextfile */
                    return true;
                continue;
            }
        }
        str_drop(name);
    }
    if (any)
        return false;
    any = true;
    main_input = input_open(0, NULL);
    fnr = 0;
    run_begin_file();
    return true;
}

static void close_main(void) {
    if (main_input) {
        input_close(main_input);
        main_input = NULL;
    }
}

void main_nextfile(void) {
    if (main_input) {
        run_end_file();
        end_inplace();
    }
    close_main();
}

int main_record(Str **record) {
    while (!main_over) {
        if (!main_input && !next_argument()) {
            main_over = true;
            break;
        }
        int status = input_record(main_input, record);
        if (status > 0) {
            nr++;
            fnr++;
            return 1;
        }
        if (status < 0) {
            Str *name = to_text(&globals[S_FILENAME].value);
            warn("error reading input file `%s': %s", name->data, strerror(errno));
            str_drop(name);
            exit_status = 2;
        }
        main_nextfile();
    }
    return 0;
}
