/* Terminals: settings, window size, foreground group. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "pagebox.h"

static int answer(int32_t error) {
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

/* Which bit of a termios field is which mode of the kernel's. */
static const struct {
    size_t field;
    tcflag_t bit;
    uint32_t mode;
} modes[] = {
    {offsetof(struct termios, c_lflag), ICANON, PAGEBOX_TTY_CANONICAL},
    {offsetof(struct termios, c_lflag), ECHO, PAGEBOX_TTY_ECHO},
    {offsetof(struct termios, c_lflag), ISIG, PAGEBOX_TTY_SIGNALS},
    {offsetof(struct termios, c_oflag), OPOST, PAGEBOX_TTY_POST},
    {offsetof(struct termios, c_lflag), ECHOE, PAGEBOX_TTY_ECHO_ERASE},
    {offsetof(struct termios, c_lflag), ECHOCTL, PAGEBOX_TTY_ECHO_CONTROL},
    {offsetof(struct termios, c_lflag), IEXTEN, PAGEBOX_TTY_EXTENDED},
    {offsetof(struct termios, c_iflag), ICRNL, PAGEBOX_TTY_CR_TO_NL},
    {offsetof(struct termios, c_iflag), INLCR, PAGEBOX_TTY_NL_TO_CR},
    {offsetof(struct termios, c_iflag), IGNCR, PAGEBOX_TTY_IGNORE_CR},
    {offsetof(struct termios, c_iflag), IXON, PAGEBOX_TTY_FLOW},
    {offsetof(struct termios, c_oflag), ONLCR, PAGEBOX_TTY_NL_TO_CRNL},
    {offsetof(struct termios, c_lflag), TOSTOP, PAGEBOX_TTY_STOP_BACKGROUND},
};

static const struct {
    unsigned char index;
    size_t field;
} characters[] = {
    {VMIN, offsetof(struct pagebox_tty, minimum)},   {VINTR, offsetof(struct pagebox_tty, intr)},
    {VQUIT, offsetof(struct pagebox_tty, quit)},     {VSUSP, offsetof(struct pagebox_tty, susp)},
    {VERASE, offsetof(struct pagebox_tty, erase)},   {VWERASE, offsetof(struct pagebox_tty, werase)},
    {VKILL, offsetof(struct pagebox_tty, kill)},     {VEOF, offsetof(struct pagebox_tty, eof)},
    {VEOL, offsetof(struct pagebox_tty, eol)},       {VLNEXT, offsetof(struct pagebox_tty, lnext)},
    {VREPRINT, offsetof(struct pagebox_tty, reprint)}, {VSTART, offsetof(struct pagebox_tty, start)},
    {VSTOP, offsetof(struct pagebox_tty, stop)},
};

#define COUNT(list) (sizeof(list) / sizeof *(list))

int tcgetattr(int fd, struct termios *settings) {
    struct pagebox_tty found;
    if (answer(pagebox_tty_get_2(fd, &found)) != 0)
        return -1;
    memset(settings, 0, sizeof *settings);
    settings->c_cflag = CS8 | CREAD | CLOCAL;
    settings->__c_ispeed = settings->__c_ospeed = B38400;
    for (size_t n = 0; n < COUNT(modes); ++n)
        if ((found.modes & modes[n].mode) != 0)
            *(tcflag_t *)((char *)settings + modes[n].field) |= modes[n].bit;
    if ((found.modes & PAGEBOX_TTY_ECHO_ERASE) != 0)
        settings->c_lflag |= ECHOK | ECHOKE;
    for (size_t n = 0; n < COUNT(characters); ++n)
        settings->c_cc[characters[n].index] = *((uint8_t *)&found + characters[n].field);
    return 0;
}

/* A read that gives up after a time does not exist: without VMIN it never waits. */
int tcsetattr(int fd, int when, const struct termios *settings) {
    struct pagebox_tty wanted = {0};
    if (when < TCSANOW || when > TCSAFLUSH)
        return answer(EINVAL);
    if ((settings->c_lflag & ICANON) == 0 && settings->c_cc[VTIME] != 0)
        return answer(EINVAL);
    for (size_t n = 0; n < COUNT(modes); ++n)
        if ((*(const tcflag_t *)((const char *)settings + modes[n].field) & modes[n].bit) != 0)
            wanted.modes |= modes[n].mode;
    for (size_t n = 0; n < COUNT(characters); ++n)
        *((uint8_t *)&wanted + characters[n].field) = settings->c_cc[characters[n].index];
    return answer(pagebox_tty_set_2(fd, &wanted, when == TCSAFLUSH));
}

void cfmakeraw(struct termios *settings) {
    settings->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    settings->c_oflag &= ~(tcflag_t)OPOST;
    settings->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    settings->c_cflag = (settings->c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8;
    settings->c_cc[VMIN] = 1;
    settings->c_cc[VTIME] = 0;
}

speed_t cfgetispeed(const struct termios *settings) { return settings->__c_ispeed; }
speed_t cfgetospeed(const struct termios *settings) { return settings->__c_ospeed; }

/* What was written has been taken by the terminal when write returns. */
int tcdrain(int fd) {
    struct pagebox_tty found;
    return answer(pagebox_tty_get_2(fd, &found));
}

int tcflush(int fd, int queue) {
    struct pagebox_tty found;
    if (queue < TCIFLUSH || queue > TCIOFLUSH)
        return answer(EINVAL);
    int32_t error = pagebox_tty_get_2(fd, &found);
    if (error == 0 && queue != TCOFLUSH)
        error = pagebox_tty_set_2(fd, &found, 1);
    return answer(error);
}

pid_t tcgetpgrp(int fd) {
    uint32_t group;
    return answer(pagebox_tty_getpgrp(fd, &group)) == 0 ? (pid_t)group : -1;
}

int tcsetpgrp(int fd, pid_t group) { return answer(pagebox_tty_setpgrp(fd, group)); }

static int window_size(int fd, struct winsize *size) {
    uint16_t found[2];
    if (answer(pagebox_tty_size(fd, found)) != 0)
        return -1;
    *size = (struct winsize){.ws_row = found[0], .ws_col = found[1]};
    return 0;
}

extern int __real_ioctl(int fd, int request, ...);

int __wrap_ioctl(int fd, int request, ...) {
    va_list list;
    va_start(list, request);
    void *argument = va_arg(list, void *);
    va_end(list);
    switch (request) {
    case TIOCGWINSZ:
        return window_size(fd, argument);
    case TIOCGPGRP:
        *(pid_t *)argument = tcgetpgrp(fd);
        return *(pid_t *)argument == -1 ? -1 : 0;
    case TIOCSPGRP:
        return tcsetpgrp(fd, *(const pid_t *)argument);
    default:
        return __real_ioctl(fd, request, argument);
    }
}

static const char name[] = "/dev/tty";

int ttyname_r(int fd, char *buffer, size_t size) {
    if (!isatty(fd))
        return errno;
    if (size < sizeof name)
        return ERANGE;
    memcpy(buffer, name, sizeof name);
    return 0;
}

char *ttyname(int fd) {
    static char found[sizeof name];
    return answer(ttyname_r(fd, found, sizeof found)) == 0 ? found : NULL;
}
