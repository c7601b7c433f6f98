/* Between the parts of tar. */
#ifndef TAR_H
#define TAR_H

#include "archive.h"
#include <sys/stat.h>

enum { BLOCK = 512, RECORD = 10240, LONGEST_NAME = 4096 };

typedef struct {
    uint64_t at, size;
} Piece;

typedef struct {
    char *name, *link, *user, *group, *shown; /* shown: the name to tell, if it is another */
    char type;
    mode_t mode;
    uint32_t uid, gid;
    unsigned major, minor;
    uint64_t size, real_size; /* in the archive, and without the holes */
    bool sparse;
    Piece *pieces; /* what of a sparse file is in the archive */
    size_t piece_count;
    struct timespec mtime;
} Member;

typedef enum { NO_FILTER, BY_SUFFIX, BY_GZIP, BY_PROGRAM } Filter;

typedef struct {
    int mode; /* 'c', 'x', 't', 'r', 'u', 'd' */
    const char *file, *program, *into;
    Filter filter;
    int verbose, strip, level;
    bool absolute, keep, skip_old, overwrite, keep_newer, to_stdout, preserve, touch, dereference, recursion, numeric, wildcards;
    bool remove, sort, ignore_failed, null_names, one_top_level, anchored, no_overwrite_dir, totals, full_time, show_changed;
    long owner, group;
    const char *owner_name, *group_name;
    time_t mtime;
    bool given_mtime;
    const char *change_mode;
} Options;

extern Options option;
extern int exit_code;

void complain(int how, const char *format, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void give_up(void);
_Noreturn void usage_error(const char *what);
const char *safe_part(const char *name);
bool excluded(const char *name);

/* which names a transformation is for: members, targets of hard links, targets of symbolic ones */
enum { FOR_NAMES = 1, FOR_LINKS = 2, FOR_SYMLINKS = 4 };

void add_changes(const char *text);
char *renamed(const char *name, int which);
const char *check_mode(const char *text);
mode_t changed_mode(const char *text, mode_t mode);

/* a sparse file's contents, with its holes */
bool old_sparse(Member *m, const unsigned char *header);
void pax_sparse(Member *m, const char *key, size_t key_len, const char *value);
bool pax_sparse_map(Member *m);
bool pieces_fit(const Member *m);

typedef struct {
    const Member *member;
    size_t piece;
    uint64_t at, taken;
} Contents;

size_t read_contents(Contents *c, void *out, size_t size);

/* the archive as bytes */
void open_for_reading(void);
void open_for_writing(bool append);
size_t read_bytes(void *out, size_t size);
void skip_bytes(uint64_t size);
void write_bytes(const void *data, size_t size);
void close_reading(void);
void close_writing(void);

/* the archive as members */
size_t take(void *out, size_t size); /* read_bytes, for what goes before a member's contents */
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
