/* Putting files into an archive. */
#include "tar.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    dev_t dev;
    ino_t ino;
    char *name;
} Link;

static Link *links;
static size_t link_count;
static struct stat archive_facts;

static const char *linked_before(const struct stat *facts, const char *name) {
    for (size_t i = 0; i < link_count; i++)
        if (links[i].dev == facts->st_dev && links[i].ino == facts->st_ino)
            return links[i].name;
    links = realloc(links, (link_count + 1) * sizeof *links);
    links[link_count++] = (Link){facts->st_dev, facts->st_ino, strdup(name)};
    return NULL;
}

/* The name under which a file is stored, from one that does not lead out of the archive. */
static char *stored_name(const char *name, bool is_dir) {
    char *changed = renamed(name, FOR_NAMES);
    size_t len = strlen(changed);
    char *out = malloc(len + 2);
    memcpy(out, changed, len + 1);
    if (is_dir && (len == 0 || out[len - 1] != '/'))
        strcpy(out + len, "/");
    free(changed);
    return out;
}

/* The name as it was given, a folder's with a slash. */
static char *shown_name(const char *path, bool is_dir) {
    size_t len = strlen(path);
    char *out = malloc(len + 2);
    memcpy(out, path, len + 1);
    if (is_dir && (len == 0 || out[len - 1] != '/'))
        strcpy(out + len, "/");
    return out;
}

/* The names of the last owner, which is most often that of the next file too. */
static const char *user_name(uid_t id) {
    static char name[64];
    static uid_t known = (uid_t)-1;
    if (id != known) {
        struct passwd *user = getpwuid(id);
        snprintf(name, sizeof name, "%s", user ? user->pw_name : "");
        known = id;
    }
    return name;
}

static const char *group_name(gid_t id) {
    static char name[64];
    static gid_t known = (gid_t)-1;
    if (id != known) {
        struct group *group = getgrgid(id);
        snprintf(name, sizeof name, "%s", group ? group->gr_name : "");
        known = id;
    }
    return name;
}

static void name_owner(Member *m, const struct stat *facts) {
    m->uid = option.owner >= 0 ? (uint32_t)option.owner : facts->st_uid;
    m->gid = option.group >= 0 ? (uint32_t)option.group : facts->st_gid;
    m->user = strdup(option.owner_name ? option.owner_name : option.owner >= 0 ? "" : user_name(facts->st_uid));
    m->group = strdup(option.group_name ? option.group_name : option.group >= 0 ? "" : group_name(facts->st_gid));
}

static void copy_contents(const char *path, int fd, uint64_t size) {
    static unsigned char buffer[65536];
    static const unsigned char zeros[BLOCK];
    uint64_t left = size;
    while (left) {
        size_t part = left < sizeof buffer ? (size_t)left : sizeof buffer;
        ssize_t got = read(fd, buffer, part);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            complain(got < 0 ? 2 : 1, got < 0 ? "%s: Read error: %s" : "%s: File shrank; padding with zeros%.0s", path, strerror(errno));
            for (; left; left -= part) {
                part = left < BLOCK ? (size_t)left : BLOCK;
                write_bytes(zeros, part);
            }
            break;
        }
        write_bytes(buffer, (size_t)got);
        left -= (uint64_t)got;
    }
    write_bytes(zeros, (BLOCK - size % BLOCK) % BLOCK);
}

static void add(const char *path, bool top);

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void add_folder(const char *path) {
    DIR *folder = opendir(path);
    char **names = NULL;
    size_t count = 0;
    if (!folder) {
        complain(2, "%s: Cannot open: %s", path, strerror(errno));
        return;
    }
    for (struct dirent *e; (e = readdir(folder));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
            names = realloc(names, (count + 1) * sizeof *names);
            names[count++] = strdup(e->d_name);
        }
    closedir(folder);
    if (option.sort && count)
        qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        char below[LONGEST_NAME];
        size_t len = strlen(path);
        snprintf(below, sizeof below, "%s%s%s", path, len && path[len - 1] == '/' ? "" : "/", names[i]);
        add(below, false);
        free(names[i]);
    }
    free(names);
}

static bool fill_member(Member *m, const char *path, const struct stat *facts) {
    char target[LONGEST_NAME];
    bool is_dir = S_ISDIR(facts->st_mode);
    *m = (Member){.mode = option.change_mode ? changed_mode(option.change_mode, facts->st_mode) : facts->st_mode, .mtime = facts->st_mtim};
    m->link = strdup("");
    if (option.given_mtime)
        m->mtime = (struct timespec){option.mtime, 0};
    const char *name = option.absolute ? path : safe_part(path);
    m->name = stored_name(name, is_dir);
    if (!option.show_changed)
        m->shown = shown_name(path, is_dir);
    m->major = major(facts->st_rdev), m->minor = minor(facts->st_rdev);
    m->type = is_dir ? '5' : S_ISLNK(facts->st_mode) ? '2' : S_ISCHR(facts->st_mode) ? '3' : S_ISFIFO(facts->st_mode) ? '6' : '0';
    name_owner(m, facts);
    if (m->type == '2') {
        ssize_t len = readlink(path, target, sizeof target - 1);
        if (len < 0) {
            complain(2, "%s: Cannot readlink: %s", path, strerror(errno));
            return false;
        }
        target[len] = '\0';
        free(m->link);
        m->link = renamed(target, FOR_SYMLINKS);
    }
    const char *earlier = !is_dir && facts->st_nlink > 1 ? linked_before(facts, name) : NULL;
    if (earlier) {
        m->type = '1';
        free(m->link);
        m->link = renamed(earlier, FOR_LINKS);
    }
    m->size = m->real_size = m->type == '0' ? (uint64_t)facts->st_size : 0;
    return true;
}

static void add(const char *path, bool top) {
    struct stat facts;
    Member m;
    int fd = -1;
    if (excluded(path))
        return;
    if ((option.dereference ? stat : lstat)(path, &facts) != 0) {
        complain(top || errno != ENOENT ? 2 : 1, "%s: Cannot stat: %s", path, strerror(errno));
        return;
    }
    if (archive_facts.st_ino && facts.st_ino == archive_facts.st_ino && facts.st_dev == archive_facts.st_dev && S_ISREG(facts.st_mode)) {
        complain(0, "%s: file is the archive; not dumped", path);
        return;
    }
    if (S_ISREG(facts.st_mode) && (fd = open(path, O_RDONLY)) < 0) {
        complain(2, "%s: Cannot open: %s", path, strerror(errno));
        return;
    }
    if (fill_member(&m, path, &facts) && !(option.mode == 'u' && newer_in_archive(m.name, m.mtime.tv_sec))) {
        if (option.verbose)
            list_member(&m, option.verbose > 1);
        write_member(&m);
        if (m.type == '0')
            copy_contents(path, fd, m.size);
    }
    bool folder = S_ISDIR(facts.st_mode);
    drop_member(&m);
    if (fd >= 0)
        close(fd);
    if (folder && option.recursion)
        add_folder(path);
    if (option.remove && (folder ? rmdir(path) : unlink(path)) != 0)
        complain(2, "%s: Cannot unlink: %s", path, strerror(errno));
}

void create(char **names, int count) {
    bool update = option.mode == 'u';
    open_for_writing(option.mode != 'c');
    if (update)
        option.mode = 'u';
    if (strcmp(option.file, "-") != 0)
        stat(option.file, &archive_facts);
    for (int i = 0; i < count; i++) {
        if (strncmp(names[i], "\n-C", 3) == 0) {
            if (chdir(names[i] + 3) != 0) {
                complain(2, "%s: Cannot open: %s", names[i] + 3, strerror(errno));
                give_up();
            }
        } else {
            for (size_t len = strlen(names[i]); len > 1 && names[i][len - 1] == '/';)
                names[i][--len] = '\0';
            add(names[i], true);
        }
    }
    write_end();
    close_writing();
}
