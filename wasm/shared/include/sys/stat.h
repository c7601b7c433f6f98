/* <sys/stat.h>: wasi-libc's, and the mask of new files' permissions. */
#ifndef PAGEBOX_SYS_STAT_H
#define PAGEBOX_SYS_STAT_H

#include_next <sys/stat.h>

#ifdef __cplusplus
extern "C" {
#endif

mode_t umask(mode_t);

#ifdef __cplusplus
}
#endif

#endif
