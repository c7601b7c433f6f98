/* Taking files out of an archive, and listing and comparing them. */
#include "tar.h"
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct Later {
    struct Later *next;
    char *name, *link;
    mode_t mode;
    struct timespec mtime;
} Later;

/* What waits for the end: the modes and times of folders, and links that lead out, lest a later member go through one. */
static Later *folders, *outward;
static char **wanted;
static bool *found;
static int wanted_count;
static mode_t mask;

void list_member(const Member *m, bool verbose) {
    FILE *out = option.mode == 'c' && strcmp(option.file, "-") == 0 ? stderr : option.to_stdout ? stderr : stdout;
    if (verbose) {
        static size_t width = 19;
        char mode[11] = "-rwxrwxrwx", when[32], owner[80], size[32];
        static const char letters[] = "-hlcbdp";
        mode[0] = m->type >= '0' && m->type <= '6' ? letters[m->type - '0'] : '-';
        for (int i = 0; i < 9; i++)
            if (!(m->mode >> (8 - i) & 1))
                mode[i + 1] = '-';
        if (m->mode & 04000) mode[3] = m->mode & 0100 ? 's' : 'S';
        if (m->mode & 02000) mode[6] = m->mode & 010 ? 's' : 'S';
        if (m->mode & 01000) mode[9] = m->mode & 1 ? 't' : 'T';
        if (option.numeric || !*m->user)
            snprintf(owner, sizeof owner, "%u/", m->uid);
        else
            snprintf(owner, sizeof owner, "%s/", m->user);
        size_t at = strlen(owner);
        if (option.numeric || !*m->group)
            snprintf(owner + at, sizeof owner - at, "%u", m->gid);
        else
            snprintf(owner + at, sizeof owner - at, "%s", m->group);
        if (m->type == '3' || m->type == '4')
            snprintf(size, sizeof size, "%u,%u", m->major, m->minor);
        else
            snprintf(size, sizeof size, "%llu", (unsigned long long)m->real_size);
        size_t pad = strlen(owner) + 1 + strlen(size);
        if (pad > width)
            width = pad;
        strftime(when, sizeof when, option.full_time ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M", localtime(&m->mtime.tv_sec));
        fprintf(out, "%s %s %*s %s ", mode, owner, (int)(width - strlen(owner) - 1), size, when);
    }
    fputs(m->shown ? m->shown : m->name, out);
    if (verbose && m->type == '2')
        fprintf(out, " -> %s", m->link);
    if (verbose && m->type == '1')
        fprintf(out, " link to %s", m->link);
    fputc('\n', out);
}

/* --- which members --- */

static bool selected(const char *name) {
    bool any = wanted_count == 0;
    for (int i = 0; i < wanted_count; i++) {
        size_t len = strlen(wanted[i]), own = strlen(name);
        while (len > 1 && wanted[i][len - 1] == '/')
            len--;
        while (own > 1 && name[own - 1] == '/')
            own--;
        bool same = own >= len && strncmp(name, wanted[i], len) == 0 && (own == len || name[len] == '/');
        if (!same && option.wildcards)
            same = fnmatch(wanted[i], name, FNM_LEADING_DIR) == 0;
        if (same)
            found[i] = any = true;
    }
    return any;
}

/* A name without its first components; empty when it has no more. */
static const char *without_first(const char *p) {
    for (int i = 0; i < option.strip; i++) {
        p = strchr(p, '/');
        if (!p)
            return "";
        while (*p == '/')
            p++;
    }
    return p;
}

/* A name as it is to be here: changed and stripped. What ends a folder's name is not part of it. */
static char *changed_name(const char *name, int which) {
    size_t len = strlen(name);
    while (len > 1 && name[len - 1] == '/')
        len--;
    char *plain = strndup(name, len), *changed = renamed(plain, which);
    free(plain);
    char *out = strdup(without_first(option.absolute ? changed : safe_part(changed)));
    free(changed);
    return out;
}

/* Whether a name goes up, which is told. */
static bool leads_out(const char *name) {
    if (!option.absolute)
        for (const char *dots = name; (dots = strstr(dots, "..")); dots += 2)
            if ((dots == name || dots[-1] == '/') && (dots[2] == '/' || !dots[2])) {
                complain(2, "%s: Member name contains '..'", name);
                return true;
            }
    return false;
}

/* A member's name here, never leading out. NULL: it is not wanted. */
static char *place_of(const Member *m) {
    char *place = changed_name(m->name, FOR_NAMES);
    if (!leads_out(m->name) && *place)
        return place;
    free(place);
    return NULL;
}

static void show_changed(Member *m) {
    char *changed = changed_name(m->name, FOR_NAMES);
    m->shown = malloc(strlen(changed) + 2);
    strcpy(stpcpy(m->shown, changed), m->type == '5' ? "/" : "");
    free(changed);
}

static void change_link(Member *m) {
    char *link = m->type == '1' ? changed_name(m->link, FOR_LINKS) : renamed(m->link, FOR_SYMLINKS);
    free(m->link);
    m->link = link;
}

/* --- making things --- */

static void make_parents(const char *path) {
    char copy[LONGEST_NAME];
    snprintf(copy, sizeof copy, "%s", path);
    for (char *p = copy + 1; *p; p++)
        if (*p == '/' && p[1]) {
            *p = '\0';
            mkdir(copy, 0777);
            *p = '/';
        }
}

static Later *later(Later *list, const char *name, const Member *m) {
    Later *l = malloc(sizeof *l);
    *l = (Later){list, strdup(name), strdup(m->link), m->mode, m->mtime};
    return l;
}

static mode_t mode_for(const Member *m) { return option.preserve ? m->mode : m->mode & 0777 & ~mask; }

static void set_facts(const char *path, mode_t mode, struct timespec mtime, bool is_link) {
    struct timespec times[2] = {{0, UTIME_NOW}, mtime};
    if (!is_link)
        chmod(path, mode);
    if (!option.touch)
        utimensat(AT_FDCWD, path, times, is_link ? AT_SYMLINK_NOFOLLOW : 0);
}

/* The same for a file that is still open, where what it was made with need not be set again. */
static void set_file_facts(int fd, const char *path, mode_t mode, struct timespec mtime) {
    struct timespec times[2] = {{0, UTIME_NOW}, mtime};
    if (mode != (0666 & ~mask))
        chmod(path, mode);
    if (!option.touch)
        futimens(fd, times);
}

/* Whether something of that name may be replaced; what is in the way is removed. */
static bool make_way(const char *path, const Member *m) {
    struct stat facts;
    if (lstat(path, &facts) != 0)
        return true;
    if (option.skip_old)
        return false;
    if (option.keep) {
        complain(2, "%s: Cannot open: %s", path, strerror(EEXIST));
        return false;
    }
    if (option.keep_newer && facts.st_mtime >= m->mtime.tv_sec) {
        complain(0, "Current `%s' is newer or same age", path);
        return false;
    }
    if (S_ISDIR(facts.st_mode)) {
        if (rmdir(path) != 0) {
            complain(2, "%s: Cannot open: %s", path, strerror(errno == ENOTEMPTY ? EEXIST : errno));
            return false;
        }
        return true;
    }
    unlink(path);
    return true;
}

static uint64_t padding(uint64_t size) { return (BLOCK - size % BLOCK) % BLOCK; }

static void copy_out(const char *path, int fd, const Member *m) {
    static unsigned char buffer[65536];
    bool good = true;
    Contents contents = {.member = m};
    uint64_t left = m->real_size;
    if (fd < 0) {
        skip_bytes(m->size + padding(m->size));
        return;
    }
    while (left) {
        size_t part = left < sizeof buffer ? (size_t)left : sizeof buffer, got = read_contents(&contents, buffer, part);
        if (good && !write_all(fd, buffer, got)) {
            complain(2, "%s: Cannot write: %s", path, strerror(errno));
            if (m->sparse) /* its holes could go on for ever */
                give_up();
            good = false;
        }
        if (got < part) {
            complain(2, "Unexpected EOF in archive");
            give_up();
        }
        left -= got;
    }
    skip_bytes(padding(m->size));
}

static void extract_file(const char *path, const Member *m) {
    int flags = O_WRONLY | O_CREAT | O_EXCL, fd = open(path, flags, 0666);
    if (fd < 0 && (errno == EEXIST || errno == EISDIR)) {
        if (!make_way(path, m)) {
            skip_bytes(m->size + padding(m->size));
            return;
        }
        fd = open(path, flags, 0666);
    }
    if (fd < 0 && errno == ENOENT) {
        make_parents(path);
        fd = open(path, flags, 0666);
    }
    if (fd < 0)
        complain(2, "%s: Cannot open: %s", path, strerror(errno));
    copy_out(path, fd, m);
    if (fd >= 0) {
        set_file_facts(fd, path, mode_for(m), m->mtime);
        if (close(fd) != 0)
            complain(2, "%s: Cannot close: %s", path, strerror(errno));
    }
}

static void extract_folder(char *path, const Member *m) {
    struct stat facts;
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        path[--len] = '\0';
    if (stat(path, &facts) != 0 || !S_ISDIR(facts.st_mode)) {
        if (lstat(path, &facts) == 0 && !make_way(path, m))
            return;
        if (mkdir(path, 0700) != 0) {
            make_parents(path);
            if (mkdir(path, 0700) != 0 && errno != EEXIST) {
                complain(2, "%s: Cannot mkdir: %s", path, strerror(errno));
                return;
            }
        }
    }
    folders = later(folders, path, m);
}

static void make_link(const char *path, const char *target, struct timespec mtime) {
    if (symlink(target, path) != 0) {
        make_parents(path);
        if (symlink(target, path) != 0) {
            complain(2, "%s: Cannot create symlink to `%s': %s", path, target, strerror(errno));
            return;
        }
    }
    set_facts(path, 0, mtime, true);
}

static void extract_link(const char *path, const Member *m) {
    bool leads_out = !option.absolute && (m->link[0] == '/' || strstr(m->link, ".."));
    if (!make_way(path, m))
        return;
    if (leads_out) {
        /* An empty file keeps its place. */
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0);
        if (fd < 0) {
            make_parents(path);
            fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0);
        }
        if (fd >= 0)
            close(fd);
        outward = later(outward, path, m);
    } else
        make_link(path, m->link, m->mtime);
}

static void extract_hard_link(const char *path, const Member *m) {
    const char *to = m->link;
    if (leads_out(to) || !make_way(path, m))
        return;
    if (link(to, path) != 0) {
        make_parents(path);
        if (link(to, path) != 0)
            complain(2, "%s: Cannot hard link to `%s': %s", path, m->link, strerror(errno));
    }
}

static void finish(void) {
    for (Later *l = outward; l; l = l->next) {
        unlink(l->name);
        make_link(l->name, l->link, l->mtime);
    }
    for (Later *l = folders; l; l = l->next)
        set_facts(l->name, option.preserve ? l->mode : l->mode & 0777 & ~mask, l->mtime, false);
}

/* --- one member --- */

static void extract_one(Member *m, char *path) {
    if (option.to_stdout) {
        if (m->type == '0')
            copy_out("stdout", STDOUT_FILENO, m);
        return;
    }
    switch (m->type) {
    case '0': extract_file(path, m); return;
    case '1': extract_hard_link(path, m); return;
    case '2': extract_link(path, m); return;
    case '5': extract_folder(path, m); return;
    default:
        complain(2, "%s: Cannot extract this kind of file here", m->name);
        skip_bytes(m->size + padding(m->size));
    }
}

static bool same_contents(const char *path, const Member *m) {
    static unsigned char ours[16384], theirs[16384];
    int fd = open(path, O_RDONLY);
    bool same = fd >= 0;
    Contents contents = {.member = m};
    for (uint64_t left = m->real_size; left;) {
        size_t part = left < sizeof ours ? (size_t)left : sizeof ours;
        if (read_contents(&contents, ours, part) < part)
            give_up();
        size_t got = 0;
        for (ssize_t n; fd >= 0 && got < part && (n = read(fd, theirs + got, part - got)) > 0;)
            got += (size_t)n;
        same = same && got == part && memcmp(ours, theirs, part) == 0;
        left -= part;
    }
    skip_bytes(padding(m->size));
    if (fd >= 0)
        close(fd);
    return same;
}

static void compare_one(const Member *m, const char *path) {
    struct stat facts;
    bool regular = m->type == '0';
    if (lstat(path, &facts) != 0) {
        complain(1, "%s: Warning: Cannot stat: %s", path, strerror(errno));
        skip_bytes(m->size + padding(m->size));
        return;
    }
    if (regular != S_ISREG(facts.st_mode) && m->type != '1') {
        printf("%s: File type differs\n", path);
        exit_code = exit_code ? exit_code : 1;
        skip_bytes(m->size + padding(m->size));
        return;
    }
    const char *differences[4];
    int count = 0;
    if ((facts.st_mode & 07777) != m->mode && m->type != '2')
        differences[count++] = "Mode differs";
    if (facts.st_mtime != m->mtime.tv_sec)
        differences[count++] = "Mod time differs";
    if (regular && (uint64_t)facts.st_size != m->real_size) {
        differences[count++] = "Size differs";
        skip_bytes(m->size + padding(m->size));
    } else if (regular && !same_contents(path, m)) {
        differences[count++] = "Contents differ";
    }
    for (int i = 0; i < count; i++)
        printf("%s: %s\n", path, differences[i]);
    if (count && !exit_code)
        exit_code = 1;
}

static void handle(Member *m) {
    char *path = option.mode == 't' ? NULL : place_of(m);
    if (m->type == '1' || m->type == '2')
        change_link(m);
    if (option.show_changed)
        show_changed(m);
    uint64_t whole = m->size + padding(m->size);
    if (option.verbose || option.mode == 't')
        if (option.mode == 't' || path)
            list_member(m, option.mode == 't' ? option.verbose > 0 : option.verbose > 1);
    if (option.mode == 't' || !path)
        skip_bytes(whole);
    else if (option.mode == 'd')
        compare_one(m, path);
    else
        extract_one(m, path);
    free(path);
}

void extract(char **names, int count) {
    Member m;
    wanted = malloc((size_t)(count + 1) * sizeof *wanted);
    found = calloc((size_t)count + 1, sizeof *found);
    mask = umask(0);
    umask(mask);
    open_for_reading();
    for (int i = 0; i < count; i++) {
        if (strncmp(names[i], "\n-C", 3) != 0)
            wanted[wanted_count++] = names[i];
        else if (chdir(names[i] + 3) != 0) {
            complain(2, "%s: Cannot open: %s", names[i] + 3, strerror(errno));
            give_up();
        }
    }
    while (next_member(&m)) {
        if (selected(m.name) && !excluded(m.name))
            handle(&m);
        else
            skip_bytes(m.size + padding(m.size));
        drop_member(&m);
    }
    finish();
    close_reading();
    for (int i = 0; i < wanted_count; i++)
        if (!found[i])
            complain(2, "%s: Not found in archive", wanted[i]);
}
