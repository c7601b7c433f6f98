/*
 * A program that uses what `wasm/shared` adds to wasi-libc, one case at a time: `library spawn`. It is plain POSIX, so that
 * what it must print is recorded from a Linux system (tests/wasm/test_library.py), and its output never holds a number
 * that may differ between two runs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#ifdef __wasi__
#include <pagebox.h>
#endif

static const char *word(int error) {
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {0, "ok"},         {EBADF, "EBADF"},   {ECHILD, "ECHILD"}, {EINTR, "EINTR"},   {EINVAL, "EINVAL"},
        {ENOENT, "ENOENT"}, {EACCES, "EACCES"}, {EPIPE, "EPIPE"},   {EAGAIN, "EAGAIN"}, {ENOTTY, "ENOTTY"},
        {EPERM, "EPERM"},  {ESRCH, "ESRCH"},   {ENOTDIR, "ENOTDIR"}, {ERANGE, "ERANGE"},
    };
    for (size_t n = 0; n < sizeof names / sizeof *names; ++n)
        if (names[n].number == error)
            return names[n].name;
    return strerror(error);
}

static void say(const char *what, int result) { printf("%s: %s\n", what, result == -1 ? word(errno) : "ok"); }

static void say_status(const char *what, int status) {
    if (WIFEXITED(status))
        printf("%s: exited %d\n", what, WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        printf("%s: killed by %d\n", what, WTERMSIG(status));
    else if (WIFSTOPPED(status))
        printf("%s: stopped by %d\n", what, WSTOPSIG(status));
    else if (WIFCONTINUED(status))
        printf("%s: continued\n", what);
}

static pid_t shell(const char *script) {
    char *argv[] = {"sh", "-c", (char *)script, NULL};
    pid_t pid;
    int error = posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ);
    if (error != 0)
        printf("sh: %s\n", word(error));
    return pid;
}

static void wait_for(const char *what, pid_t pid) {
    int status;
    if (waitpid(pid, &status, 0) == pid)
        say_status(what, status);
    else
        printf("%s: %s\n", what, word(errno));
}

static void print_all(int fd) {
    char text[256];
    ssize_t size;
    while ((size = read(fd, text, sizeof text)) > 0)
        fwrite(text, 1, (size_t)size, stdout);
}

/* --- cases --- */

static void spawn_case(void) {
    int fds[2];
    pid_t pid;
    posix_spawn_file_actions_t actions;
    pipe2(fds, O_CLOEXEC);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
    char *argv[] = {"sh", "-c", "echo \"$0 $1 $COLOUR $UNSET.\"; pwd", "", NULL};
    char *arguments[] = {"sh", "-c", argv[2], "name", "one two", NULL};
    char *env[] = {"PATH=/usr/bin:/bin", "COLOUR=red", NULL};
    printf("spawn: %s\n", word(posix_spawnp(&pid, "sh", &actions, NULL, arguments, env)));
    close(fds[1]);
    fflush(stdout);
    chdir("/usr");
    print_all(fds[0]);
    wait_for("sh", pid);
    printf("missing: %s\n", word(posix_spawn(&pid, "/none", NULL, NULL, arguments, env)));
    printf("missing on PATH: %s\n", word(posix_spawnp(&pid, "no-such-program", NULL, NULL, arguments, env)));
    printf("folder: %s\n", word(posix_spawn(&pid, "/usr", NULL, NULL, arguments, env)));
    posix_spawn_file_actions_adddup2(&actions, 99, 1);
    printf("bad descriptor: %s\n", word(posix_spawn(&pid, "/bin/sh", &actions, NULL, arguments, env)));
    posix_spawn_file_actions_destroy(&actions);
    printf("no children: %d", waitpid(-1, NULL, 0));
    printf(" %s\n", word(errno));
}

static void directory_case(void) {
    pid_t pid;
    char *argv[] = {"pwd", NULL};
    chdir("/usr");
    fflush(stdout);
    posix_spawnp(&pid, "pwd", NULL, NULL, argv, environ);
    wait_for("after chdir", pid);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, "/tmp");
    posix_spawn_file_actions_addopen(&actions, 5, "/etc/passwd", O_RDONLY, 0);
    posix_spawn_file_actions_addclose(&actions, 77);
    char *script[] = {"sh", "-c", "pwd; read -r line <&5; echo \"${line%%:*}\"", NULL};
    fflush(stdout);
    posix_spawn(&pid, "/bin/sh", &actions, NULL, script, environ);
    wait_for("with actions", pid);
    posix_spawn_file_actions_destroy(&actions);
}

static void wait_case(void) {
    int status;
    wait_for("exit", shell("exit 7"));
    wait_for("signal", shell("kill -TERM $$"));
    pid_t pid = shell("kill -STOP $$; exit 3");
    waitpid(pid, &status, WUNTRACED);
    say_status("stop", status);
    kill(pid, SIGCONT);
    waitpid(pid, &status, WCONTINUED);
    say_status("cont", status);
    wait_for("end", pid);
    pid = shell("exec sleep 100");
    printf("nothing yet: %d\n", waitpid(pid, &status, WNOHANG));
    kill(pid, SIGKILL);
    wait_for("kill", pid);
    say("gone", kill(pid, 0));
    pid = shell("exit 1");
    printf("any: %d\n", wait(&status) == pid);
}

static void system_case(void) {
    printf("shell: %d\n", system(NULL) != 0);
    fflush(stdout);
    say_status("false", system("exit 5"));
    say_status("killed", system("kill -KILL $$"));
    say_status("missing", system("exec no-such-program 2>/dev/null"));
    struct sigaction now;
    sigaction(SIGINT, NULL, &now);
    printf("INT is the default again: %d\n", now.sa_handler == SIG_DFL);
    say_status("child's INT", system("kill -INT $$"));
}

static void popen_case(void) {
    char line[64];
    FILE *in = popen("echo from; exit 4", "r");
    while (fgets(line, sizeof line, in) != NULL)
        fputs(line, stdout);
    say_status("r", pclose(in));
    fflush(stdout);
    FILE *out = popen("cat; echo end", "w");
    FILE *other = popen("cat >/dev/null", "w");
    fputs("to\n", out);
    say_status("w", pclose(out));
    say_status("other", pclose(other));
    printf("mode: %d", popen("true", "rw") == NULL);
    printf(" %s\n", word(errno));
}

static volatile int caught, caught_signal;

static void catch(int signal) {
    ++caught;
    caught_signal = signal;
}

static void install(int signal, int flags) {
    struct sigaction action = {.sa_flags = flags};
    action.sa_handler = catch;
    sigaction(signal, &action, NULL);
}

static void signal_case(void) {
    printf("first: %d\n", signal(SIGUSR1, catch) == SIG_DFL);
    raise(SIGUSR1);
    printf("caught %d of %d\n", caught, caught_signal);
    printf("former: %d\n", signal(SIGUSR1, SIG_IGN) == catch);
    raise(SIGUSR1);
    printf("ignored: %d\n", caught);
    printf("then: %d\n", signal(SIGUSR1, SIG_DFL) == SIG_IGN);
    printf("kill: %d", signal(SIGKILL, catch) == SIG_ERR);
    printf(" %s\n", word(errno));
    install(SIGUSR2, SA_RESETHAND);
    raise(SIGUSR2);
    struct sigaction now;
    sigaction(SIGUSR2, NULL, &now);
    printf("once: %d %d\n", caught, now.sa_handler == SIG_DFL);
    say("none", kill(getpid(), 0));
    say("unknown", kill(getpid(), 99));
}

static void mask_case(void) {
    sigset_t set, old, pending;
    install(SIGUSR1, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, &old);
    raise(SIGUSR1);
    raise(SIGUSR2);
    sigpending(&pending);
    printf("held: %d %d %d\n", caught, sigismember(&pending, SIGUSR1), sigismember(&pending, SIGUSR2));
    signal(SIGUSR2, SIG_IGN);
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("let go: %d\n", caught);
    sigpending(&pending);
    printf("left: %d\n", sigismember(&pending, SIGUSR1));
    signal(SIGUSR2, SIG_DFL);
    sigprocmask(SIG_BLOCK, &set, NULL);
    alarm(1);
    install(SIGALRM, 0);
    sigsuspend(&old);
    printf("suspended: %s %d\n", word(errno), caught_signal);
    fflush(stdout);
    raise(SIGUSR2);
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("not reached\n");
}

static void alarm_after(long milliseconds) {
    struct itimerval timer = {.it_value = {.tv_usec = milliseconds * 1000}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void interrupt_case(void) {
    int fds[2];
    char byte;
    pipe(fds);
    install(SIGALRM, 0);
    alarm_after(20);
    say("read", (int)read(fds[0], &byte, 1));
    printf("caught %d\n", caught);
    install(SIGALRM, SA_RESTART);
    alarm_after(20);
    pid_t pid = shell("sleep 0.1");
    wait_for("wait", pid);
    printf("caught %d\n", caught);
    alarm_after(20);
    say("poll", poll(&(struct pollfd){.fd = fds[0], .events = POLLIN}, 1, 5000));
    alarm_after(20);
    struct timespec wanted = {.tv_sec = 5}, left = {0};
    say("sleep", nanosleep(&wanted, &left));
    printf("left: %d\n", left.tv_sec == 4);
    alarm_after(20);
    say("pause", pause());
    printf("caught %d\n", caught);
    printf("alarm: %u", alarm(100));
    printf(" %u\n", alarm(0));
    install(SIGCHLD, 0);
    caught = 0;
    wait_for("child", shell("exit 0"));
    printf("CHLD: %d\n", caught);
    struct itimerval often = {.it_value = {.tv_usec = 5000}, .it_interval = {.tv_usec = 5000}};
    caught = 0;
    setitimer(ITIMER_REAL, &often, NULL);
    while (caught < 3)
        pause();
    getitimer(ITIMER_REAL, &often);
    printf("interval: %d\n", (int)often.it_interval.tv_usec);
}

/* Computes and makes no call but the one that lets handlers run; elsewhere they need no leave. */
static void spin_case(void) {
    install(SIGALRM, 0);
    alarm_after(20);
    unsigned turns = 0;
    while (caught == 0) {
        ++turns;
#ifdef __wasi__
        pagebox_deliver();
#endif
    }
    printf("caught %d after more than %d\n", caught_signal, turns > 1000 ? 1000 : (int)turns);
    raise(SIGALRM);
    printf("caught %d\n", caught);
}

static void pipe_case(void) {
    int fds[2];
    char byte = 'x';
    pipe(fds);
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    say("empty", (int)read(fds[0], &byte, 1));
    printf("flags: %d\n", (fcntl(fds[0], F_GETFL) & O_NONBLOCK) != 0);
    struct pollfd both[] = {{.fd = fds[0], .events = POLLIN}, {.fd = fds[1], .events = POLLOUT}};
    int ready = poll(both, 2, 0);
    printf("poll: %d %d %d\n", ready, both[0].revents != 0, both[1].revents == POLLOUT);
    printf("timeout: %d\n", poll(both, 1, 10));
    write(fds[1], &byte, 1);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fds[0], &set);
    struct timeval second = {.tv_sec = 1};
    ready = select(fds[0] + 1, &set, NULL, NULL, &second);
    printf("select: %d %d\n", ready, FD_ISSET(fds[0], &set) != 0);
    signal(SIGPIPE, SIG_IGN);
    close(fds[0]);
    say("broken", (int)write(fds[1], &byte, 1));
    install(SIGPIPE, 0);
    say("broken", (int)write(fds[1], &byte, 1));
    printf("caught %d\n", caught_signal == SIGPIPE);
    fflush(stdout);
    signal(SIGPIPE, SIG_DFL);
    write(fds[1], &byte, 1);
    printf("not reached\n");
}

static void descriptor_case(void) {
    int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    printf("open: %d\n", fcntl(fd, F_GETFD) == FD_CLOEXEC);
    int copy = fcntl(fd, F_DUPFD, 7);
    printf("dup: %d %d\n", copy, fcntl(copy, F_GETFD));
    copy = fcntl(fd, F_DUPFD_CLOEXEC, 7);
    printf("dup: %d %d\n", copy, fcntl(copy, F_GETFD));
    printf("dup2: %d\n", dup2(fd, 9));
    printf("dup2: %d\n", dup2(9, 9));
    say("dup3", dup3(9, 9, 0));
    say("dup2", dup2(99, 10));
    say("dup", fcntl(fd, F_DUPFD, -1));
    char one, two;
    read(fd, &one, 1);
    lseek(9, 0, SEEK_SET);
    read(fd, &two, 1);
    printf("one offset: %d\n", one == two);
    fflush(stdout);
    say_status("open ones", system("for n in 7 8 9; do (eval \": <&$n\") 2>/dev/null && echo $n; done; :"));
    fcntl(9, F_SETFD, FD_CLOEXEC);
    say_status("closed one", system("(: <&9) 2>/dev/null || echo closed"));
    int saved = dup(1);
    dup2(2, 1);
    dup2(saved, 1);
    say("back", 0);
}

static void group_case(void) {
    pid_t pid;
    say("nobody", setpgid(getpid() + 1000, 0));
    say("nobody", killpg(getpid() + 1000, SIGTERM));
    printf("own: %d %d\n", getpgid(0) == getpgrp(), getppid() != getpid());
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    char *argv[] = {"sleep", "100", NULL};
    printf("spawn: %s\n", word(posix_spawnp(&pid, "sleep", NULL, &attributes, argv, environ)));
    say("killpg", killpg(pid, SIGHUP));
    wait_for("group", pid);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigdefault(&attributes, &set);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    char *killed[] = {"sh", "-c", "kill -HUP $$; kill -TERM $$; exit 9", NULL};
    posix_spawn(&pid, "/bin/sh", NULL, &attributes, killed, environ);
    wait_for("default", pid);
    posix_spawn(&pid, "/bin/sh", NULL, NULL, killed, environ);
    wait_for("ignored", pid);
}

static void terminal_case(void) {
    struct termios settings;
    struct winsize size;
    int fd = open("/dev/null", O_RDWR);
    say("tcgetattr", tcgetattr(fd, &settings));
    say("size", ioctl(fd, TIOCGWINSZ, &size));
    say("tcgetpgrp", tcgetpgrp(fd));
    printf("ttyname: %d\n", ttyname(fd) == NULL);
    settings.c_lflag = ICANON | ECHO | ISIG | IEXTEN;
    settings.c_iflag = ICRNL | IXON;
    settings.c_oflag = OPOST | ONLCR;
    cfmakeraw(&settings);
    printf("raw: %x %x %x %d\n", settings.c_lflag, settings.c_iflag, settings.c_oflag, settings.c_cc[VMIN]);
}

static void account_case(void) {
    struct passwd *user = getpwuid(0);
    printf("user: %s %d %s\n", user->pw_name, (int)user->pw_gid, user->pw_dir);
    user = getpwnam("root");
    printf("user: %d\n", (int)user->pw_uid);
    printf("nobody: %d\n", getpwnam("no-such-user") == NULL);
    struct group *group = getgrgid(0);
    printf("group: %s\n", group->gr_name);
    printf("group: %d\n", (int)getgrnam("root")->gr_gid);
    printf("none: %d\n", getgrnam("no-such-group") == NULL);
    struct passwd space, *found;
    char small[4];
    printf("room: %d\n", getpwnam_r("root", &space, small, 0, &found) == ERANGE);
    setpwent();
    user = getpwent();
    printf("list: %s\n", user->pw_name);
    endpwent();
}

static void temporary_case(void) {
    char one[] = "/tmp/a.XXXXXX", two[] = "/tmp/a.XXXXXX", bad[] = "/tmp/XXX", folder[] = "/tmp/d.XXXXXX";
    struct stat file;
    int fd = mkstemp(one);
    close(mkstemp(two));
    printf("different: %d\n", strcmp(one, two) != 0);
    fstat(fd, &file);
    printf("mode: %o\n", (unsigned)file.st_mode);
    unlink(one);
    unlink(two);
    say("template", mkstemp(bad));
    printf("folder: %d\n", mkdtemp(folder) == folder);
    stat(folder, &file);
    printf("mode: %o\n", (unsigned)file.st_mode);
    rmdir(folder);
    mode_t mask = umask(077);
    unsigned set = umask(mask);
    printf("umask: %o %d\n", set, mask != 077);
}

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"spawn", spawn_case},           {"directory", directory_case},   {"wait", wait_case},         {"system", system_case},
    {"popen", popen_case},           {"signal", signal_case},         {"mask", mask_case},         {"interrupt", interrupt_case},
    {"spin", spin_case},
    {"pipe", pipe_case},             {"descriptor", descriptor_case}, {"group", group_case},       {"terminal", terminal_case},
    {"account", account_case},       {"temporary", temporary_case},
};

int main(int argc, char **argv) {
    for (size_t n = 0; n < sizeof cases / sizeof *cases; ++n)
        if (argc == 2 && strcmp(argv[1], cases[n].name) == 0) {
            cases[n].run();
            return 0;
        }
    return 2;
}
