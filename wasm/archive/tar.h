/* Between the parts of tar. */
#ifndef TAR_H
#define TAR_H

#include "archive.h"
#include <sys/stat.h>

enum { BLOCK = 512, RECORD = 10240, LONGEST_NAME = 4096 };

typedef struct {
    char *name, *link, *user, *group;
    char type;
    mode_t mode;
    uint32_t uid, gid;
    uint64_t size;
    struct timespec mtime;
} Member;

typedef enum { NO_FILTER, BY_SUFFIX, BY_GZIP, BY_PROGRAM } Filter;

typedef struct {
    int mode; /* 'c', 'x', 't', 'r', 'u', 'd' */
    const char *file, *program, *into;
    Filter filter;
    int verbose, strip, level;
    bool absolute, keep, skip_old, overwrite, keep_newer, to_stdout, preserve, touch, dereference, recursion, numeric, wildcards;
    bool remove, sort, ignore_failed, null_names, one_top_level, anchored, no_overwrite_dir, totals, full_time;
    long owner, group;
    const char *owner_name, *group_name;
    time_t mtime;
    bool given_mtime;
    int forced_mode;
} Options;

extern Options option;
extern int exit_code;

void complain(int how, const char *format, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void give_up(void);
_Noreturn void usage_error(const char *what);
const char *safe_part(const char *name);
bool excluded(const char *name);
char *renamed(const char *name);

/* the archive as bytes */
void open_for_reading(void);
void open_for_writing(bool append);
size_t read_bytes(void *out, size_t size);
void skip_bytes(uint64_t size);
void write_bytes(const void *data, size_t size);
void close_reading(void);
void close_writing(void);

/* the archive as members */
bool next_member(Member *m);
void drop_member(Member *m);
void write_member(const Member *m);
void write_end(void);
int archive_position_for_append(void);

void list_member(const Member *m, bool verbose);
void create(char **names, int count);
void extract(char **names, int count);
bool newer_in_archive(const char *name, time_t mtime);

#endif
