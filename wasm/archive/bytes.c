/* The archive as a stream of bytes, compressed or not. gzip's format is read and written here, the others by their programs. */
#include "tar.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int fd = -1;
static pid_t child;
static GzReader *reader;
static GzWriter *writer;
static unsigned char held[RECORD];
static size_t held_count, held_at;
static uint64_t written;

static const struct {
    const char *magic;
    size_t len;
    const char *program;
} magics[] = {{"BZh", 3, "bzip2"}, {"\xfd" "7zXZ", 5, "xz"}, {"\x28\xb5\x2f\xfd", 4, "zstd"}, {"\x5d\x00\x00", 3, "xz"}};

static const struct {
    const char *suffix, *program;
} by_suffix[] = {{".gz", "gzip"}, {".tgz", "gzip"}, {".taz", "gzip"}, {".bz2", "bzip2"}, {".tbz", "bzip2"}, {".tbz2", "bzip2"},
                 {".xz", "xz"}, {".txz", "xz"}, {".zst", "zstd"}, {".tzst", "zstd"}, {".lzma", "lzma"}, {".tlz", "lzma"}};

static void choose_by_suffix(void) {
    if (option.filter != BY_SUFFIX)
        return;
    option.filter = NO_FILTER;
    size_t len = strlen(option.file);
    for (size_t i = 0; i < sizeof by_suffix / sizeof *by_suffix; i++) {
        size_t n = strlen(by_suffix[i].suffix);
        if (len > n && strcmp(option.file + len - n, by_suffix[i].suffix) == 0) {
            option.filter = strcmp(by_suffix[i].program, "gzip") == 0 ? BY_GZIP : BY_PROGRAM;
            option.program = by_suffix[i].program;
        }
    }
}

/* Starts `program` between the archive and a pipe; returns our end. */
static int start_program(const char *program, bool expand) {
    int ends[2];
    char command[1024];
    posix_spawn_file_actions_t actions;
    snprintf(command, sizeof command, "%s%s", program, expand ? " -d" : "");
    char *argv[] = {"sh", "-c", command, NULL};
    if (pipe(ends) != 0) {
        complain(2, "Cannot create pipe: %s", strerror(errno));
        give_up();
    }
    for (int i = 0; i < 2; i++)
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, expand ? fd : ends[0], 0);
    posix_spawn_file_actions_adddup2(&actions, expand ? ends[1] : fd, 1);
    int error = posix_spawnp(&child, "sh", &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[expand]);
    if (error) {
        complain(2, "%s: Cannot exec: %s", program, strerror(error));
        give_up();
    }
    return ends[!expand];
}

static void await_program(void) {
    int how;
    if (!child || waitpid(child, &how, 0) < 0)
        return;
    if (WIFSIGNALED(how) && WTERMSIG(how) != 13)
        complain(2, "Child died with signal %d", WTERMSIG(how));
    else if (WIFEXITED(how) && WEXITSTATUS(how))
        complain(2, "Child returned status %d", WEXITSTATUS(how));
    child = 0;
}

static size_t read_fully(unsigned char *out, size_t size) {
    size_t got = 0;
    while (got < size) {
        ssize_t n = read(fd, out + got, size - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            complain(2, "%s: Cannot read: %s", option.file, strerror(errno));
            give_up();
        }
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return got;
}

void open_for_reading(void) {
    bool standard = strcmp(option.file, "-") == 0;
    fd = standard ? STDIN_FILENO : open(option.file, O_RDONLY);
    if (fd < 0) {
        complain(2, "%s: Cannot open: %s", option.file, strerror(errno));
        give_up();
    }
    if (option.filter == BY_SUFFIX)
        option.filter = NO_FILTER;
    if (option.filter == NO_FILTER) {
        unsigned char start[6] = {0};
        held_count = read_fully(start, sizeof start);
        memcpy(held, start, held_count);
        if (lseek(fd, 0, SEEK_SET) == 0)
            held_count = 0;
        if (start[0] == 0x1f && start[1] == 0x8b)
            option.filter = BY_GZIP;
        for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
            if (memcmp(start, magics[i].magic, magics[i].len) == 0) {
                option.filter = BY_PROGRAM;
                option.program = magics[i].program;
            }
        if (option.filter != NO_FILTER && held_count) {
            complain(2, "Archive is compressed. Use %s option",
                     option.filter == BY_GZIP ? "-z" : option.program[0] == 'b' ? "-j" : option.program[0] == 'x' ? "-J" : "--zstd");
            complain(2, "Error is not recoverable: exiting now");
            exit(2);
        }
    }
    if (option.filter == BY_GZIP) {
        reader = malloc(sizeof *reader);
        gz_read_open(reader, fd);
    } else if (option.filter == BY_PROGRAM) {
        fd = start_program(option.program, true);
    }
}

static void gzip_failed(GzStatus how) {
    complain(0, "%s", "");
    fprintf(stderr, "gzip: stdin: %s\n", how == GZ_NOT_GZIP ? "not in gzip format" : how == GZ_TRUNCATED ? "unexpected end of file"
                                                      : how == GZ_CRC ? "invalid compressed data--crc error"
                                                                      : "invalid compressed data--format violated");
    complain(2, "Child returned status 1");
}

size_t read_bytes(void *out, size_t size) {
    size_t got = 0;
    while (held_at < held_count && got < size)
        ((unsigned char *)out)[got++] = held[held_at++];
    if (!reader)
        return got + read_fully((unsigned char *)out + got, size - got);
    static bool reported;
    GzStatus how;
    ssize_t n = gz_read(reader, out, size, &how);
    if ((size_t)n < size && how != GZ_END && how != GZ_TRAILING && !reported) {
        reported = true;
        gzip_failed(how);
    }
    return (size_t)n;
}

void skip_bytes(uint64_t size) {
    static unsigned char buffer[65536];
    if (!reader && !child && !held_count && size > sizeof buffer) {
        off_t before = lseek(fd, 0, SEEK_CUR), end = before >= 0 ? lseek(fd, 0, SEEK_END) : -1;
        if (end >= 0 && (uint64_t)(end - before) >= size) {
            lseek(fd, before + (off_t)size, SEEK_SET);
            return;
        }
        if (before >= 0)
            lseek(fd, before, SEEK_SET);
    }
    while (size) {
        size_t part = size < sizeof buffer ? (size_t)size : sizeof buffer, got = read_bytes(buffer, part);
        if (got < part) {
            complain(2, "Unexpected EOF in archive");
            give_up();
        }
        size -= got;
    }
}

/* A program that still writes is read to its end, so that it can say what is wrong. */
void close_reading(void) {
    if (child) {
        unsigned char rest[4096];
        while (read(fd, rest, sizeof rest) > 0)
            ;
        close(fd);
        await_program();
    }
}

void open_for_writing(bool append) {
    bool standard = strcmp(option.file, "-") == 0;
    choose_by_suffix();
    if (append) {
        if (option.filter != NO_FILTER) {
            usage_error("Cannot update compressed archives");
        }
        fd = open(option.file, O_RDWR | O_CREAT, 0666);
    } else {
        if (standard && isatty(STDOUT_FILENO)) {
            complain(2, "Refusing to write archive contents to terminal (missing -f option?)");
            give_up();
        }
        fd = standard ? STDOUT_FILENO : open(option.file, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    }
    if (fd < 0) {
        complain(2, "%s: Cannot open: %s", option.file, strerror(errno));
        give_up();
    }
    if (append) {
        option.mode = 'r';
        int end = archive_position_for_append();
        lseek(fd, end, SEEK_SET);
        ftruncate(fd, end);
        written = (uint64_t)end;
        held_count = held_at = 0;
    } else if (option.filter == BY_GZIP) {
        writer = malloc(sizeof *writer);
        gz_write_open(writer, fd, 6, NULL, 0);
    } else if (option.filter == BY_PROGRAM) {
        fd = start_program(option.program, false);
    }
}

static void flush_held(void) {
    bool good = writer ? gz_write(writer, held, held_count, false) : write_all(fd, held, held_count);
    if (!good) {
        complain(2, "%s: Cannot write: %s", option.file, strerror(errno));
        give_up();
    }
    held_count = 0;
}

void write_bytes(const void *data, size_t size) {
    const unsigned char *p = data;
    written += size;
    while (size) {
        size_t part = sizeof held - held_count < size ? sizeof held - held_count : size;
        memcpy(held + held_count, p, part);
        held_count += part;
        p += part;
        size -= part;
        if (held_count == sizeof held)
            flush_held();
    }
}

/* Two blocks of zeros, and more up to a whole record. */
void write_end(void) {
    static const unsigned char zeros[BLOCK];
    write_bytes(zeros, BLOCK);
    write_bytes(zeros, BLOCK);
    while (written % RECORD)
        write_bytes(zeros, BLOCK);
}

void close_writing(void) {
    flush_held();
    if (writer && !gz_write(writer, NULL, 0, true)) {
        complain(2, "%s: Cannot write: %s", option.file, strerror(errno));
        give_up();
    }
    if (fd > 2 && close(fd) != 0) {
        complain(2, "%s: Cannot close: %s", option.file, strerror(errno));
        give_up();
    }
    await_program();
}
