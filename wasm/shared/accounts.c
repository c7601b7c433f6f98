/* Users and groups as /etc/passwd and /etc/group have them, and owners of files, which nobody can change here. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE = 4096, FIELDS = 7, MEMBERS = 64 };

static int answer(int error) {
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

/* Cuts a line at its colons; whether there are exactly `wanted` fields. */
static bool split(char *line, char **fields, int wanted) {
    int count = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *rest = line; rest != NULL && count <= wanted; ++count) {
        char *field = strsep(&rest, ":");
        if (count < wanted)
            fields[count] = field;
    }
    return count == wanted;
}

static bool number(const char *text, unsigned *value) {
    char *end;
    errno = 0;
    *value = (unsigned)strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0;
}

/* --- users --- */

static bool parse_user(char *line, struct passwd *user) {
    char *field[FIELDS];
    if (!split(line, field, 7) || !number(field[2], &user->pw_uid) || !number(field[3], &user->pw_gid))
        return false;
    user->pw_name = field[0];
    user->pw_passwd = field[1];
    user->pw_gecos = field[4];
    user->pw_dir = field[5];
    user->pw_shell = field[6];
    return true;
}

static bool next_user(FILE *file, char *line, size_t size, struct passwd *user) {
    while (fgets(line, (int)size, file) != NULL)
        if (parse_user(line, user))
            return true;
    return false;
}

static int find_user(const char *name, uid_t uid, struct passwd *user, char *buffer, size_t size, struct passwd **found) {
    *found = NULL;
    if (size < 2 || size > INT_MAX)
        return ERANGE;
    FILE *file = fopen("/etc/passwd", "r");
    if (file == NULL)
        return errno == ENOENT ? 0 : errno;
    while (*found == NULL && next_user(file, buffer, size, user))
        if (name != NULL ? strcmp(name, user->pw_name) == 0 : uid == user->pw_uid)
            *found = user;
    fclose(file);
    return 0;
}

int getpwnam_r(const char *name, struct passwd *user, char *buffer, size_t size, struct passwd **found) {
    return find_user(name, 0, user, buffer, size, found);
}

int getpwuid_r(uid_t uid, struct passwd *user, char *buffer, size_t size, struct passwd **found) {
    return find_user(NULL, uid, user, buffer, size, found);
}

static struct passwd the_user;
static char user_line[LINE];
static FILE *users;

struct passwd *getpwnam(const char *name) {
    struct passwd *found;
    return answer(getpwnam_r(name, &the_user, user_line, sizeof user_line, &found)) == 0 ? found : NULL;
}

struct passwd *getpwuid(uid_t uid) {
    struct passwd *found;
    return answer(getpwuid_r(uid, &the_user, user_line, sizeof user_line, &found)) == 0 ? found : NULL;
}

void endpwent(void) {
    if (users != NULL)
        fclose(users);
    users = NULL;
}

void setpwent(void) { endpwent(); }

struct passwd *getpwent(void) {
    if (users == NULL && (users = fopen("/etc/passwd", "re")) == NULL)
        return NULL;
    return next_user(users, user_line, sizeof user_line, &the_user) ? &the_user : NULL;
}

/* --- groups --- */

static bool parse_group(char *line, struct group *group, char **members, int room) {
    char *field[FIELDS];
    int count = 0;
    if (!split(line, field, 4) || !number(field[2], &group->gr_gid))
        return false;
    for (char *rest = field[3]; rest != NULL && count < room - 1;) {
        char *member = strsep(&rest, ",");
        if (*member != '\0')
            members[count++] = member;
    }
    members[count] = NULL;
    group->gr_name = field[0];
    group->gr_passwd = field[1];
    group->gr_mem = members;
    return true;
}

static bool next_group(FILE *file, char *buffer, size_t size, struct group *group) {
    char **members = (char **)buffer; /* the caller's buffer: first the list, then the line */
    size_t used = MEMBERS * sizeof *members;
    while (fgets(buffer + used, (int)(size - used), file) != NULL)
        if (parse_group(buffer + used, group, members, MEMBERS))
            return true;
    return false;
}

static int find_group(const char *name, gid_t gid, struct group *group, char *buffer, size_t size, struct group **found) {
    size_t slack = -(size_t)buffer % sizeof(char *);
    *found = NULL;
    if (size < slack + MEMBERS * sizeof(char *) + 2 || size > INT_MAX)
        return ERANGE;
    FILE *file = fopen("/etc/group", "r");
    if (file == NULL)
        return errno == ENOENT ? 0 : errno;
    while (*found == NULL && next_group(file, buffer + slack, size - slack, group))
        if (name != NULL ? strcmp(name, group->gr_name) == 0 : gid == group->gr_gid)
            *found = group;
    fclose(file);
    return 0;
}

int getgrnam_r(const char *name, struct group *group, char *buffer, size_t size, struct group **found) {
    return find_group(name, 0, group, buffer, size, found);
}

int getgrgid_r(gid_t gid, struct group *group, char *buffer, size_t size, struct group **found) {
    return find_group(NULL, gid, group, buffer, size, found);
}

static struct group the_group;
static _Alignas(char *) char group_buffer[LINE];
static FILE *groups;

struct group *getgrnam(const char *name) {
    struct group *found;
    return answer(getgrnam_r(name, &the_group, group_buffer, sizeof group_buffer, &found)) == 0 ? found : NULL;
}

struct group *getgrgid(gid_t gid) {
    struct group *found;
    return answer(getgrgid_r(gid, &the_group, group_buffer, sizeof group_buffer, &found)) == 0 ? found : NULL;
}

void endgrent(void) {
    if (groups != NULL)
        fclose(groups);
    groups = NULL;
}

void setgrent(void) { endgrent(); }

struct group *getgrent(void) {
    if (groups == NULL && (groups = fopen("/etc/group", "re")) == NULL)
        return NULL;
    return next_group(groups, group_buffer, sizeof group_buffer, &the_group) ? &the_group : NULL;
}

/* Nobody is in more groups than the one the kernel knows. */
int getgroups(int count, gid_t list[]) {
    if (count < 0)
        return answer(EINVAL);
    if (count > 0)
        list[0] = getgid();
    return 1;
}

/* --- owners --- */

/* The kernel has no call that gives a file away; what changes nothing succeeds. */
static int change_owner(const struct stat *file, uid_t uid, gid_t gid) {
    bool same_user = uid == (uid_t)-1 || uid == file->st_uid;
    bool same_group = gid == (gid_t)-1 || gid == file->st_gid;
    return answer(same_user && same_group ? 0 : EPERM);
}

int fchownat(int dir, const char *path, uid_t uid, gid_t gid, int flags) {
    struct stat file;
    return fstatat(dir, path, &file, flags) == 0 ? change_owner(&file, uid, gid) : -1;
}

int chown(const char *path, uid_t uid, gid_t gid) { return fchownat(AT_FDCWD, path, uid, gid, 0); }
int lchown(const char *path, uid_t uid, gid_t gid) { return fchownat(AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW); }

int fchown(int fd, uid_t uid, gid_t gid) {
    struct stat file;
    return fstat(fd, &file) == 0 ? change_owner(&file, uid, gid) : -1;
}
