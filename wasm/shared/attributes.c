/*
 * Modes and owners of files, which preview1 does not have.
 *
 * A preview1 filestat knows a file's type, size and times. Without the rest `ls -l`, `test -x` and `os.stat` lie, so the
 * kernel offers it as extension calls (docs/abi.md), and the linker puts the functions below in the place of
 * wasi-libc's (`--wrap`, and plain definitions where wasi-libc only has stubs that fail).
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wasi/api.h>
#include <wasi/libc-find-relpath.h>
#include <wasi/libc.h>

#define PAGEBOX(call) __attribute__((import_module("pagebox"), import_name(#call)))

enum { ROOT_FD = 3, SECTOR = 512, BLOCK = 4096 };

typedef struct {
    uint32_t mode, uid, gid;
} record;

PAGEBOX(path_stat)
extern int32_t pagebox_path_stat(int32_t dirfd, int32_t follow, const char *path, size_t length, record *out);
PAGEBOX(fd_stat)
extern int32_t pagebox_fd_stat(int32_t fd, record *out);
PAGEBOX(path_chmod)
extern int32_t pagebox_path_chmod(int32_t dirfd, int32_t follow, const char *path, size_t length, uint32_t mode);
PAGEBOX(fd_chmod)
extern int32_t pagebox_fd_chmod(int32_t fd, uint32_t mode);
PAGEBOX(umask)
extern int32_t pagebox_umask(int32_t mask);
PAGEBOX(isatty)
extern int32_t pagebox_isatty(int32_t fd, uint32_t *out);

static int answer(int32_t error) {
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

static void complete(struct stat *status, const record *found) {
    status->st_mode = found->mode;
    status->st_uid = found->uid;
    status->st_gid = found->gid;
    status->st_blksize = BLOCK;
    status->st_blocks = (status->st_size + BLOCK - 1) / BLOCK * (BLOCK / SECTOR);
}

extern int __real___wasilibc_nocwd_fstatat(int dirfd, const char *path, struct stat *status, int flags);
extern int __real_fstat(int fd, struct stat *status);

int __wrap___wasilibc_nocwd_fstatat(int dirfd, const char *path, struct stat *status, int flags) {
    record found;
    if (__real___wasilibc_nocwd_fstatat(dirfd, path, status, flags) != 0)
        return -1;
    int follow = (flags & AT_SYMLINK_NOFOLLOW) == 0;
    if (answer(pagebox_path_stat(dirfd, follow, path, strlen(path), &found)) != 0)
        return -1;
    complete(status, &found);
    return 0;
}

int __wrap_fstat(int fd, struct stat *status) {
    record found;
    if (__real_fstat(fd, status) != 0 || answer(pagebox_fd_stat(fd, &found)) != 0)
        return -1;
    complete(status, &found);
    return 0;
}

/* preview1 has no users. The owner of our own folder in /proc is who we are; the kernel decides in the end. */
static bool who_am_i(record *self) {
    static const char path[] = "proc/self";
    return pagebox_path_stat(ROOT_FD, 1, path, sizeof path - 1, self) == 0;
}

uid_t getuid(void) {
    record self;
    return who_am_i(&self) ? self.uid : 0;
}

gid_t getgid(void) {
    record self;
    return who_am_i(&self) ? self.gid : 0;
}

uid_t geteuid(void) { return getuid(); }
gid_t getegid(void) { return getgid(); }

static uint32_t granted(const record *file) {
    uid_t user = getuid();
    if (user == 0)
        return R_OK | W_OK | (file->mode & 0111 || S_ISDIR(file->mode) ? X_OK : 0);
    if (user == file->uid)
        return file->mode >> 6 & 7;
    return (getgid() == file->gid ? file->mode >> 3 : file->mode) & 7;
}

int __wrap___wasilibc_nocwd_faccessat(int dirfd, const char *path, int wanted, int flags) {
    record file;
    if ((wanted & ~(R_OK | W_OK | X_OK)) != 0 || (flags & ~AT_EACCESS) != 0)
        return answer(EINVAL);
    if (answer(pagebox_path_stat(dirfd, 1, path, strlen(path), &file)) != 0)
        return -1;
    return answer(wanted & ~granted(&file) ? EACCES : 0);
}

/* Both with and without a directory to start from: relative paths are resolved as wasi-libc resolves all others. */
static int change_mode(const char *path, mode_t mode, int follow) {
    char relative[PATH_MAX + 1], *rest = relative;
    const char *prefix;
    int dirfd = __wasilibc_find_relpath(path, &prefix, &rest, sizeof relative);
    if (dirfd == -1)
        return -1;
    return answer(pagebox_path_chmod(dirfd, follow, rest, strlen(rest), mode));
}

int __wrap_chmod(const char *path, mode_t mode) { return change_mode(path, mode, 1); }

int __wrap_fchmodat(int dirfd, const char *path, mode_t mode, int flags) {
    int follow = (flags & AT_SYMLINK_NOFOLLOW) == 0;
    if (dirfd == AT_FDCWD || path[0] == '/')
        return change_mode(path, mode, follow);
    return answer(pagebox_path_chmod(dirfd, follow, path, strlen(path), mode));
}

/* Where `path` starts, and in `rest` (PATH_MAX + 1 bytes) what is left of it from there. */
static int place(int dirfd, const char *path, char *rest) {
    char relative[PATH_MAX + 1], *found = relative;
    const char *prefix;
    if (dirfd == AT_FDCWD || path[0] == '/') {
        dirfd = __wasilibc_find_relpath(path, &prefix, &found, sizeof relative);
        if (dirfd == -1)
            return -1;
        path = found;
    }
    if (strlen(path) > PATH_MAX)
        return answer(ENAMETOOLONG);
    strcpy(rest, path);
    return dirfd;
}

/* wasi-libc makes both paths absolute in one static buffer: the second overwrites the first. */
int __wrap_linkat(int from, const char *old, int to, const char *new, int flags) {
    char old_rest[PATH_MAX + 1], new_rest[PATH_MAX + 1];
    int old_dir = place(from, old, old_rest);
    int new_dir = old_dir == -1 ? -1 : place(to, new, new_rest);
    if (new_dir == -1)
        return -1;
    return answer(__wasi_path_link(old_dir, flags & AT_SYMLINK_FOLLOW ? __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW : 0,
                                   old_rest, new_dir, new_rest));
}

int __wrap_link(const char *old, const char *new) { return __wrap_linkat(AT_FDCWD, old, AT_FDCWD, new, 0); }

int __wrap_fchmod(int fd, mode_t mode) { return answer(pagebox_fd_chmod(fd, mode)); }

mode_t umask(mode_t mask) { return (mode_t)pagebox_umask((int32_t)mask); }

/* wasi-libc takes every character device that cannot be seeked for a terminal. */
int __wrap_isatty(int fd) {
    uint32_t is_terminal = 0;
    if (answer(pagebox_isatty(fd, &is_terminal)) != 0)
        return 0;
    if (!is_terminal)
        errno = ENOTTY;
    return is_terminal != 0;
}
