/* Temporary files and folders, which wasi-libc leaves out. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 100, PLACES = 6 };

static int answer(int error) {
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

/* The place of the X's of a template that ends with `suffix` more bytes; NULL if there are not enough of them. */
static char *places(char *template, int suffix) {
    static const char wanted[] = "XXXXXX";
    size_t length = strlen(template);
    if (suffix < 0 || length < (size_t)suffix + PLACES)
        return NULL;
    char *found = template + length - suffix - PLACES;
    return memcmp(found, wanted, PLACES) == 0 ? found : NULL;
}

static int fill(char *place) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    uint8_t random[PLACES];
    if (getentropy(random, sizeof random) != 0)
        return -1;
    for (int n = 0; n < PLACES; ++n)
        place[n] = letters[random[n] & 63];
    return 0;
}

int mkostemps(char *template, int suffix, int flags) {
    char *place = places(template, suffix);
    if (place == NULL)
        return answer(EINVAL);
    for (int n = 0; n < TRIES && fill(place) == 0; ++n) {
        int fd = open(template, (flags & ~O_ACCMODE) | O_RDWR | O_CREAT | O_EXCL, 0600);
        if (fd == -1 && errno == EEXIST)
            continue;
        if (fd != -1)
            fchmod(fd, 0600); /* preview1 cannot create a file with a mode */
        return fd;
    }
    return -1;
}

int mkstemps(char *template, int suffix) { return mkostemps(template, suffix, 0); }
int mkostemp(char *template, int flags) { return mkostemps(template, 0, flags); }
int mkstemp(char *template) { return mkostemps(template, 0, 0); }

char *mkdtemp(char *template) {
    char *place = places(template, 0);
    if (place == NULL) {
        answer(EINVAL);
        return NULL;
    }
    for (int n = 0; n < TRIES && fill(place) == 0; ++n) {
        if (mkdir(template, 0700) == 0)
            return chmod(template, 0700) == 0 ? template : NULL;
        if (errno != EEXIST)
            break;
    }
    return NULL;
}

FILE *tmpfile(void) {
    char name[] = "/tmp/tmpf.XXXXXX";
    int fd = mkstemp(name);
    if (fd == -1)
        return NULL;
    unlink(name);
    FILE *file = fdopen(fd, "w+");
    if (file == NULL)
        close(fd);
    return file;
}
