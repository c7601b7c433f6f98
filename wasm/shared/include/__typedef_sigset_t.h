/* wasi-libc's set has room for eight signals; ours is for all 31, bit n - 1 for signal n. */
#ifndef __wasilibc___typedef_sigset_t_h
#define __wasilibc___typedef_sigset_t_h

typedef struct {
    unsigned int __bits;
} sigset_t;

#endif
