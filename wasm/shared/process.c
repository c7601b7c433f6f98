/*
 * Other programs: started by posix_spawn, system and popen, and waited for. There is no fork and no exec.
 *
 * wasi-libc's chdir is unknown to the kernel, so a child is always told where it starts.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interrupts.h"
#include "pagebox.h"

enum { STEPS_MAX = 2048, NOT_RUN = 127 };

static int answer(int32_t error) {
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

/* --- who am I --- */

enum id { PID, PARENT, GROUP, SESSION };

static pid_t id(enum id which) {
    uint32_t ids[4];
    return answer(pagebox_proc_ids(ids)) == 0 ? (pid_t)ids[which] : -1;
}

pid_t getpid(void) { return id(PID); }
pid_t getppid(void) { return id(PARENT); }
pid_t getpgrp(void) { return id(GROUP); }

/* The kernel tells these of the caller alone. */
static pid_t own(pid_t pid, enum id which) {
    if (pid != 0 && pid != getpid())
        return answer(ENOSYS);
    return id(which);
}

pid_t getpgid(pid_t pid) { return own(pid, GROUP); }
pid_t getsid(pid_t pid) { return own(pid, SESSION); }
int setpgid(pid_t pid, pid_t group) { return answer(pagebox_proc_setpgid(pid, group)); }
pid_t setpgrp(void) { return setpgid(0, 0); }
pid_t setsid(void) { return answer(pagebox_proc_setsid()) == 0 ? getpid() : -1; }

/* --- waiting --- */

pid_t waitpid(pid_t pid, int *status, int options) {
    uint32_t result[2];
    int32_t error;
    bool again;
    do {
        error = pagebox_proc_wait(pid, (uint32_t)options, result);
        int verdict = PAGEBOX_INTERRUPT;
        if (pagebox_on_signal != NULL && (error == EINTR || pagebox_signal_word != 0))
            verdict = pagebox_on_signal();
        again = error == EINTR && verdict != PAGEBOX_INTERRUPT;
    } while (again);
    if (answer(error) != 0)
        return -1;
    if (status != NULL && result[0] != 0)
        *status = (int)result[1];
    return (pid_t)result[0];
}

pid_t wait(int *status) { return waitpid(-1, status, 0); }

static pid_t wait_surely(pid_t pid, int *status) {
    pid_t found;
    do
        found = waitpid(pid, status, 0);
    while (found == -1 && errno == EINTR);
    return found;
}

/* --- attributes and file actions --- */

int posix_spawnattr_init(posix_spawnattr_t *attributes) {
    memset(attributes, 0, sizeof *attributes);
    return 0;
}

int posix_spawnattr_destroy(posix_spawnattr_t *attributes) {
    (void)attributes;
    return 0;
}

int posix_spawnattr_setflags(posix_spawnattr_t *attributes, short flags) {
    enum { KNOWN = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID | POSIX_SPAWN_CLOEXEC_DEFAULT };
    if ((flags & ~KNOWN) != 0)
        return EINVAL;
    attributes->__flags = flags;
    return 0;
}

int posix_spawnattr_getflags(const posix_spawnattr_t *restrict attributes, short *restrict flags) {
    *flags = (short)attributes->__flags;
    return 0;
}

int posix_spawnattr_setpgroup(posix_spawnattr_t *attributes, pid_t group) {
    attributes->__group = group;
    return 0;
}

int posix_spawnattr_getpgroup(const posix_spawnattr_t *restrict attributes, pid_t *restrict group) {
    *group = attributes->__group;
    return 0;
}

int posix_spawnattr_setsigmask(posix_spawnattr_t *restrict attributes, const sigset_t *restrict mask) {
    attributes->__mask = *mask;
    return 0;
}

int posix_spawnattr_getsigmask(const posix_spawnattr_t *restrict attributes, sigset_t *restrict mask) {
    *mask = attributes->__mask;
    return 0;
}

int posix_spawnattr_setsigdefault(posix_spawnattr_t *restrict attributes, const sigset_t *restrict defaults) {
    attributes->__defaults = *defaults;
    return 0;
}

int posix_spawnattr_getsigdefault(const posix_spawnattr_t *restrict attributes, sigset_t *restrict defaults) {
    *defaults = attributes->__defaults;
    return 0;
}

int posix_spawnattr_tcsetpgrp_np(posix_spawnattr_t *attributes, int fd) {
    attributes->__terminal = fd + 1;
    return 0;
}

enum step_kind { STEP_CLOSE, STEP_DUP2, STEP_OPEN };

struct __spawn_step {
    enum step_kind kind;
    int from, to; /* of an open, the number it gets in the child is `to` */
    char *path;
    int flags;
    mode_t mode;
};

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions) {
    memset(actions, 0, sizeof *actions);
    return 0;
}

int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions) {
    for (unsigned n = 0; n < actions->__count; ++n)
        free(actions->__steps[n].path);
    free(actions->__steps);
    free(actions->__directory);
    return posix_spawn_file_actions_init(actions);
}

static int add_step(posix_spawn_file_actions_t *actions, struct __spawn_step step) {
    if (step.from < 0 || step.to < 0)
        return EBADF;
    if (actions->__count >= STEPS_MAX)
        return ENOMEM;
    struct __spawn_step *steps = reallocarray(actions->__steps, actions->__count + 1, sizeof step);
    if (steps == NULL)
        return ENOMEM;
    actions->__steps = steps;
    steps[actions->__count++] = step;
    return 0;
}

int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *actions, int fd) {
    return add_step(actions, (struct __spawn_step){.kind = STEP_CLOSE, .from = fd});
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int from, int to) {
    return add_step(actions, (struct __spawn_step){.kind = STEP_DUP2, .from = from, .to = to});
}

int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *restrict actions, int fd, const char *restrict path,
                                     int flags, mode_t mode) {
    struct __spawn_step step = {.kind = STEP_OPEN, .to = fd, .path = strdup(path), .flags = flags, .mode = mode};
    int error = step.path == NULL ? ENOMEM : add_step(actions, step);
    if (error != 0)
        free(step.path);
    return error;
}

int posix_spawn_file_actions_addchdir(posix_spawn_file_actions_t *restrict actions, const char *restrict path) {
    char *directory = realpath(path, NULL);
    if (directory == NULL)
        return errno;
    free(actions->__directory);
    actions->__directory = directory;
    return 0;
}

/* --- starting --- */

/* The strings of a list back to back, each with its NUL. */
struct text {
    char *start;
    size_t length;
};

static int32_t pack(char *const *strings, struct text *packed) {
    for (char *const *string = strings; string != NULL && *string != NULL; ++string)
        packed->length += strlen(*string) + 1;
    char *next = packed->start = malloc(packed->length + 1);
    if (next == NULL)
        return ENOMEM;
    for (char *const *string = strings; string != NULL && *string != NULL; ++string)
        next = stpcpy(next, *string) + 1;
    return 0;
}

/* The file actions as the kernel takes them, and the files that were opened for them. */
struct plan {
    struct pagebox_action *actions;
    int *opened;
    uint32_t count, opened_count;
};

static int32_t open_for_child(struct plan *plan, const struct __spawn_step *step) {
    int fd = open(step->path, step->flags | O_CLOEXEC, step->mode);
    if (fd == -1)
        return errno;
    plan->opened[plan->opened_count++] = fd;
    plan->actions[plan->count++] = (struct pagebox_action){PAGEBOX_ACTION_DUP2, (uint32_t)fd, (uint32_t)step->to};
    return 0;
}

static int32_t make_plan(struct plan *plan, const posix_spawn_file_actions_t *wanted) {
    uint32_t count = wanted == NULL ? 0 : wanted->__count;
    plan->actions = calloc(count + 1, sizeof *plan->actions);
    plan->opened = calloc(count + 1, sizeof *plan->opened);
    if (plan->actions == NULL || plan->opened == NULL)
        return ENOMEM;
    for (uint32_t n = 0; n < count; ++n) {
        const struct __spawn_step *step = &wanted->__steps[n];
        int32_t error = 0;
        if (step->kind == STEP_OPEN)
            error = open_for_child(plan, step);
        else
            plan->actions[plan->count++] = (struct pagebox_action){
                step->kind == STEP_CLOSE ? PAGEBOX_ACTION_CLOSE : PAGEBOX_ACTION_DUP2, (uint32_t)step->from, (uint32_t)step->to};
        if (error != 0)
            return error;
    }
    return 0;
}

static void drop_plan(struct plan *plan) {
    for (uint32_t n = 0; n < plan->opened_count; ++n)
        close(plan->opened[n]);
    free(plan->actions);
    free(plan->opened);
}

static int32_t spawn_flags(const posix_spawnattr_t *attributes, struct pagebox_spawn *request) {
    if (attributes == NULL)
        return 0;
    int flags = attributes->__flags;
    if ((flags & POSIX_SPAWN_SETSIGMASK) != 0 && attributes->__mask.__bits != 0)
        return ENOTSUP; /* nothing is blocked in a program that starts */
    if ((flags & POSIX_SPAWN_SETPGROUP) != 0)
        request->flags |= PAGEBOX_SPAWN_SETPGROUP;
    if ((flags & POSIX_SPAWN_SETSID) != 0)
        request->flags |= PAGEBOX_SPAWN_SETSID;
    if ((flags & POSIX_SPAWN_CLOEXEC_DEFAULT) != 0)
        request->flags |= PAGEBOX_SPAWN_CLOSE_FDS;
    if (attributes->__terminal != 0)
        request->flags |= PAGEBOX_SPAWN_FOREGROUND;
    request->group = attributes->__group;
    return 0;
}

/* Of the ignored signals, those in `set` are no longer ignored; returns which. Nothing else runs meanwhile. */
static uint32_t stop_ignoring(const posix_spawnattr_t *attributes) {
    if (attributes == NULL || (attributes->__flags & POSIX_SPAWN_SETSIGDEF) == 0)
        return 0;
    uint32_t changed = 0, former;
    for (uint32_t signal = 1; signal < _NSIG; ++signal) {
        uint32_t bit = 1U << (signal - 1);
        if ((attributes->__defaults.__bits & bit) == 0 || signal == SIGKILL || signal == SIGSTOP)
            continue;
        if (pagebox_signal_set(signal, PAGEBOX_ASK, &former) == 0 && former == PAGEBOX_SIGNAL_IGNORE &&
            pagebox_signal_set(signal, PAGEBOX_SIGNAL_DEFAULT, &former) == 0)
            changed |= bit;
    }
    return changed;
}

static void ignore_again(uint32_t changed) {
    uint32_t former;
    for (uint32_t signal = 1; signal < _NSIG; ++signal)
        if ((changed & 1U << (signal - 1)) != 0)
            pagebox_signal_set(signal, PAGEBOX_SIGNAL_IGNORE, &former);
}

static int32_t start(struct pagebox_spawn *request, const posix_spawnattr_t *attributes, pid_t *pid) {
    uint32_t child;
    int32_t error;
    do {
        uint32_t changed = stop_ignoring(attributes);
        error = pagebox_proc_spawn(request, &child);
        ignore_again(changed);
        if (pagebox_on_signal != NULL && (error == EINTR || pagebox_signal_word != 0))
            pagebox_on_signal();
    } while (error == EINTR);
    if (error == 0 && pid != NULL)
        *pid = (pid_t)child;
    return error;
}

static int spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const *argv, char *const *env, uint32_t flags) {
    struct text arguments = {0}, environment = {0};
    struct plan plan = {0};
    char here[PATH_MAX + 1];
    const char *directory = actions != NULL && actions->__directory != NULL ? actions->__directory : getcwd(here, sizeof here);
    struct pagebox_spawn request = {.path = path, .path_length = strlen(path), .flags = flags};
    int32_t error = directory == NULL ? errno : spawn_flags(attributes, &request);
    if (error == 0)
        error = pack(argv, &arguments);
    if (error == 0)
        error = pack(env, &environment);
    if (error == 0)
        error = make_plan(&plan, actions);
    if (error == 0) {
        request.arguments = arguments.start;
        request.arguments_length = arguments.length;
        request.environment = environment.start;
        request.environment_length = environment.length;
        request.directory = directory;
        request.directory_length = strlen(directory);
        request.actions = plan.actions;
        request.actions_count = plan.count;
        error = start(&request, attributes, pid);
    }
    drop_plan(&plan);
    free(arguments.start);
    free(environment.start);
    return error;
}

int posix_spawn(pid_t *restrict pid, const char *restrict path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *restrict attributes, char *const *restrict argv, char *const *restrict env) {
    return spawn(pid, path, actions, attributes, argv, env, 0);
}

/* The kernel looks along the child's PATH, POSIX along the caller's; they are one unless the caller makes them differ. */
int posix_spawnp(pid_t *restrict pid, const char *restrict name, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *restrict attributes, char *const *restrict argv, char *const *restrict env) {
    return spawn(pid, name, actions, attributes, argv, env, PAGEBOX_SPAWN_SEARCH);
}

/* --- the shell --- */

static int32_t run_shell(pid_t *pid, const char *command, const posix_spawn_file_actions_t *actions,
                         const posix_spawnattr_t *attributes) {
    char *argv[] = {"sh", "-c", (char *)command, NULL};
    return posix_spawn(pid, "/bin/sh", actions, attributes, argv, environ);
}

int system(const char *command) {
    if (command == NULL)
        return 1;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt, quit;
    sigset_t child = {0}, before;
    sigaddset(&child, SIGCHLD);
    sigaction(SIGINT, &ignore, &interrupt);
    sigaction(SIGQUIT, &ignore, &quit);
    sigprocmask(SIG_BLOCK, &child, &before);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    attributes.__flags = POSIX_SPAWN_SETSIGDEF;
    if (interrupt.sa_handler != SIG_IGN)
        sigaddset(&attributes.__defaults, SIGINT);
    if (quit.sa_handler != SIG_IGN)
        sigaddset(&attributes.__defaults, SIGQUIT);
    pid_t pid;
    int status = NOT_RUN << 8;
    int32_t error = run_shell(&pid, command, NULL, &attributes);
    if (error == 0 && wait_surely(pid, &status) == -1)
        status = -1;
    else if (error == EAGAIN || error == ENOMEM)
        status = answer(error); /* no child was made; else it is a shell that could not run */
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGQUIT, &quit, NULL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return status;
}

struct stream {
    FILE *file;
    pid_t pid;
    struct stream *next;
};

static struct stream *streams;

static FILE *open_stream(struct stream *stream, const char *command, bool reads) {
    int fds[2], ours = reads ? 0 : 1;
    if (pipe2(fds, O_CLOEXEC) != 0)
        return NULL;
    stream->file = fdopen(fds[ours], reads ? "r" : "w");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    int32_t error = stream->file == NULL ? errno : posix_spawn_file_actions_adddup2(&actions, fds[1 - ours], reads ? 1 : 0);
    if (error == 0)
        error = run_shell(&stream->pid, command, &actions, NULL);
    posix_spawn_file_actions_destroy(&actions);
    close(fds[1 - ours]);
    if (error == 0)
        return stream->file;
    if (stream->file == NULL)
        close(fds[ours]);
    else
        fclose(stream->file);
    answer(error);
    return NULL;
}

FILE *popen(const char *command, const char *mode) {
    /* "e" changes nothing: no child gets our end of the pipe. */
    if ((mode[0] != 'r' && mode[0] != 'w') || (mode[1] != '\0' && strcmp(mode + 1, "e") != 0)) {
        answer(EINVAL);
        return NULL;
    }
    struct stream *stream = malloc(sizeof *stream);
    if (stream == NULL)
        return NULL;
    if (open_stream(stream, command, mode[0] == 'r') == NULL) {
        free(stream);
        return NULL;
    }
    stream->next = streams;
    streams = stream;
    return stream->file;
}

int pclose(FILE *file) {
    for (struct stream **place = &streams; *place != NULL; place = &(*place)->next) {
        struct stream *stream = *place;
        if (stream->file != file)
            continue;
        int status = -1;
        *place = stream->next;
        fclose(file);
        pid_t found = wait_surely(stream->pid, &status);
        free(stream);
        return found == -1 ? -1 : status;
    }
    return answer(EINVAL);
}
