/* <spawn.h>: the way to start a program; there is no fork. */
#ifndef _SPAWN_H
#define _SPAWN_H

#include <features.h>
#define __NEED_mode_t
#define __NEED_pid_t
#include <__typedef_sigset_t.h>
#include <bits/alltypes.h>

#ifdef __cplusplus
extern "C" {
#endif

#define POSIX_SPAWN_SETPGROUP 2
#define POSIX_SPAWN_SETSIGDEF 4
#define POSIX_SPAWN_SETSIGMASK 8
#define POSIX_SPAWN_SETSID 128
/* As in Apple's systems: only 0 to 2 and what the file actions make are open in the child. */
#define POSIX_SPAWN_CLOEXEC_DEFAULT 0x4000

typedef struct {
    int __flags;
    pid_t __group;
    int __terminal; /* one more than the descriptor posix_spawnattr_tcsetpgrp_np was given; 0 for none */
    sigset_t __mask, __defaults;
} posix_spawnattr_t;

typedef struct {
    struct __spawn_step *__steps;
    unsigned __count;
    char *__directory;
} posix_spawn_file_actions_t;

int posix_spawn(pid_t *__restrict, const char *__restrict, const posix_spawn_file_actions_t *,
                const posix_spawnattr_t *__restrict, char *const *__restrict, char *const *__restrict);
int posix_spawnp(pid_t *__restrict, const char *__restrict, const posix_spawn_file_actions_t *,
                 const posix_spawnattr_t *__restrict, char *const *__restrict, char *const *__restrict);

int posix_spawnattr_init(posix_spawnattr_t *);
int posix_spawnattr_destroy(posix_spawnattr_t *);
int posix_spawnattr_setflags(posix_spawnattr_t *, short);
int posix_spawnattr_getflags(const posix_spawnattr_t *__restrict, short *__restrict);
int posix_spawnattr_setpgroup(posix_spawnattr_t *, pid_t);
int posix_spawnattr_getpgroup(const posix_spawnattr_t *__restrict, pid_t *__restrict);
int posix_spawnattr_setsigmask(posix_spawnattr_t *__restrict, const sigset_t *__restrict);
int posix_spawnattr_getsigmask(const posix_spawnattr_t *__restrict, sigset_t *__restrict);
int posix_spawnattr_setsigdefault(posix_spawnattr_t *__restrict, const sigset_t *__restrict);
int posix_spawnattr_getsigdefault(const posix_spawnattr_t *__restrict, sigset_t *__restrict);
/* As in glibc: the child's group is in the foreground of the terminal before the child runs. */
int posix_spawnattr_tcsetpgrp_np(posix_spawnattr_t *, int);

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *);
int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *);
int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *, int);
int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *, int, int);
int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *__restrict, int, const char *__restrict, int, mode_t);
int posix_spawn_file_actions_addchdir(posix_spawn_file_actions_t *__restrict, const char *__restrict);
#define posix_spawn_file_actions_addchdir_np posix_spawn_file_actions_addchdir

#ifdef __cplusplus
}
#endif

#endif
