/* <sys/ioctl.h>: wasi-libc's, and the size and foreground group of a terminal. */
#ifndef PAGEBOX_SYS_IOCTL_H
#define PAGEBOX_SYS_IOCTL_H

#include_next <sys/ioctl.h>

struct winsize {
    unsigned short ws_row, ws_col, ws_xpixel, ws_ypixel;
};

#define TIOCGPGRP 0x540F
#define TIOCSPGRP 0x5410
#define TIOCGWINSZ 0x5413

#endif
