/*
 * Signals. The kernel only notes that a caught signal has arrived; here the handlers run, at safe points.
 *
 * The kernel knows no mask. A signal that is blocked is one that the kernel is told to note, whatever its action is, and
 * that is held back here until it is blocked no more.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>
#include <wasi/api.h>

#include "interrupts.h"
#include "pagebox.h"

static struct sigaction actions[_NSIG]; /* of the caught ones; the kernel knows of the others */
static sigset_t blocked, held;

static int answer(int32_t error) {
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

static uint32_t bit(int signal) { return 1U << (signal - 1); }

static bool is_signal(int signal) { return signal > 0 && signal < _NSIG; }

_Noreturn void __SIG_IGN(int signal) {
    (void)signal;
    __builtin_trap(); /* only its address means something */
}

_Noreturn void __SIG_ERR(int signal) {
    (void)signal;
    __builtin_trap();
}

/* --- handlers --- */

static void run_handler(int signal) {
    struct sigaction action = actions[signal];
    sigset_t before = blocked;
    blocked.__bits |= action.sa_mask.__bits;
    if ((action.sa_flags & SA_NODEFER) == 0)
        blocked.__bits |= bit(signal);
    if ((action.sa_flags & SA_RESETHAND) != 0) {
        uint32_t former;
        actions[signal].sa_handler = SIG_DFL;
        pagebox_signal_set((uint32_t)signal, PAGEBOX_SIGNAL_DEFAULT, &former);
    }
    if ((action.sa_flags & SA_SIGINFO) != 0) {
        siginfo_t info = {.si_signo = signal};
        action.sa_sigaction(signal, &info, NULL);
    } else {
        action.sa_handler(signal);
    }
    blocked = before;
}

/* A signal that was blocked while its action was the default: the kernel decides now. */
static void act_by_default(int signal) {
    uint32_t former, ids[4];
    pagebox_signal_set((uint32_t)signal, PAGEBOX_SIGNAL_DEFAULT, &former);
    if (pagebox_proc_ids(ids) == 0)
        pagebox_proc_kill((int32_t)ids[0], (uint32_t)signal);
}

static void collect(void) {
    uint32_t signal;
    while (pagebox_signal_take(&signal) == 0 && signal != 0)
        held.__bits |= bit((int)signal);
}

static int deliver(int *count) {
    int verdict = PAGEBOX_NO_HANDLER, saved = errno;
    uint32_t due;
    for (collect(); (due = held.__bits & ~blocked.__bits) != 0; collect()) {
        int signal = __builtin_ctz(due) + 1;
        held.__bits &= ~bit(signal);
        if (actions[signal].sa_handler == SIG_DFL) {
            act_by_default(signal);
            continue;
        }
        if ((actions[signal].sa_flags & SA_RESTART) == 0)
            verdict = PAGEBOX_INTERRUPT;
        else if (verdict == PAGEBOX_NO_HANDLER)
            verdict = PAGEBOX_RESTART;
        run_handler(signal);
        ++*count;
    }
    errno = saved;
    return verdict;
}

static int deliver_any(void) {
    int count = 0;
    return deliver(&count);
}

int pagebox_deliver(void) {
    int count = 0;
    if (pagebox_signal_word != 0 || (held.__bits & ~blocked.__bits) != 0)
        deliver(&count);
    return count;
}

static int32_t start_catching(void) {
    pagebox_on_signal = deliver_any;
    return pagebox_signal_flag(&pagebox_signal_word);
}

/* --- actions --- */

static int32_t disposition_of(const struct sigaction *action) {
    if (action->sa_handler == SIG_DFL)
        return PAGEBOX_SIGNAL_DEFAULT;
    return action->sa_handler == SIG_IGN ? PAGEBOX_SIGNAL_IGNORE : PAGEBOX_SIGNAL_CATCH;
}

int sigaction(int signal, const struct sigaction *restrict new, struct sigaction *restrict old) {
    if (!is_signal(signal))
        return answer(EINVAL);
    int32_t wanted = new == NULL ? PAGEBOX_ASK : disposition_of(new);
    struct sigaction before = actions[signal];
    uint32_t former;
    if (wanted == PAGEBOX_SIGNAL_DEFAULT && (blocked.__bits & bit(signal)) != 0)
        wanted = PAGEBOX_SIGNAL_CATCH;
    if (wanted == PAGEBOX_SIGNAL_CATCH && answer(start_catching()) != 0)
        return -1;
    if (answer(pagebox_signal_set((uint32_t)signal, wanted, &former)) != 0)
        return -1;
    if (former != PAGEBOX_SIGNAL_CATCH)
        before = (struct sigaction){.sa_handler = former == PAGEBOX_SIGNAL_IGNORE ? SIG_IGN : SIG_DFL};
    if (new != NULL)
        actions[signal] = *new;
    if (wanted == PAGEBOX_SIGNAL_IGNORE)
        held.__bits &= ~bit(signal);
    if (old != NULL)
        *old = before;
    return 0;
}

void (*signal(int number, void (*handler)(int)))(int) {
    struct sigaction new = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;
    return sigaction(number, &new, &old) == 0 ? old.sa_handler : SIG_ERR;
}

int siginterrupt(int signal, int interrupts) {
    struct sigaction action;
    if (sigaction(signal, NULL, &action) != 0)
        return -1;
    action.sa_flags = interrupts ? action.sa_flags & ~SA_RESTART : action.sa_flags | SA_RESTART;
    return sigaction(signal, &action, NULL);
}

/* --- sending --- */

int kill(pid_t pid, int signal) {
    int error = answer(pagebox_proc_kill(pid, (uint32_t)signal));
    if (error == 0)
        pagebox_deliver();
    return error;
}

int killpg(pid_t group, int signal) { return group < 0 ? answer(EINVAL) : kill(-group, signal); }

int raise(int signal) { return kill(getpid(), signal); }

/* --- sets and the mask --- */

int sigemptyset(sigset_t *set) {
    set->__bits = 0;
    return 0;
}

int sigfillset(sigset_t *set) {
    set->__bits = 0x7fffffff;
    return 0;
}

int sigaddset(sigset_t *set, int signal) {
    if (!is_signal(signal))
        return answer(EINVAL);
    set->__bits |= bit(signal);
    return 0;
}

int sigdelset(sigset_t *set, int signal) {
    if (!is_signal(signal))
        return answer(EINVAL);
    set->__bits &= ~bit(signal);
    return 0;
}

int sigismember(const sigset_t *set, int signal) {
    return is_signal(signal) ? (set->__bits & bit(signal)) != 0 : answer(EINVAL);
}

/* The kernel notes what is blocked and would act by default, and acts again when it is not. */
static int32_t change_mask(sigset_t mask) {
    mask.__bits &= ~(bit(SIGKILL) | bit(SIGSTOP));
    uint32_t changed = mask.__bits ^ blocked.__bits;
    blocked = mask;
    for (int signal = 1; changed >> (signal - 1) != 0 && signal < _NSIG; ++signal) {
        uint32_t former;
        if ((changed & bit(signal)) == 0 || actions[signal].sa_handler != SIG_DFL)
            continue;
        int32_t error = pagebox_signal_set((uint32_t)signal, PAGEBOX_ASK, &former);
        if (error == 0 && former == PAGEBOX_SIGNAL_IGNORE)
            continue; /* ignored since the program started */
        bool is_blocked = (mask.__bits & bit(signal)) != 0;
        if (is_blocked)
            error = start_catching();
        collect(); /* what has arrived is not to be lost by the change */
        if (error == 0)
            error = pagebox_signal_set(
                (uint32_t)signal, is_blocked ? PAGEBOX_SIGNAL_CATCH : PAGEBOX_SIGNAL_DEFAULT, &former);
        if (error != 0)
            return error;
    }
    return 0;
}

int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict old) {
    sigset_t before = blocked, wanted = blocked;
    if (set != NULL && how == SIG_BLOCK)
        wanted.__bits |= set->__bits;
    else if (set != NULL && how == SIG_UNBLOCK)
        wanted.__bits &= ~set->__bits;
    else if (set != NULL && how == SIG_SETMASK)
        wanted = *set;
    else if (set != NULL)
        return EINVAL;
    int32_t error = change_mask(wanted);
    if (error == 0 && old != NULL)
        *old = before;
    pagebox_deliver();
    return error;
}

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old) {
    return answer(pthread_sigmask(how, set, old));
}

int sigpending(sigset_t *set) {
    collect();
    *set = held;
    return 0;
}

/* Waits until a handler has run. */
static int wait_for_handler(void) {
    __wasi_subscription_t forever = {.u.tag = __WASI_EVENTTYPE_CLOCK};
    forever.u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
    forever.u.u.clock.timeout = INT64_MAX;
    __wasi_event_t event;
    __wasi_size_t count;
    __wasi_errno_t error;
    do
        error = __wasi_poll_oneoff(&forever, &event, 1, &count);
    while (error == 0);
    return answer(error);
}

int pause(void) { return wait_for_handler(); }

int sigsuspend(const sigset_t *mask) {
    sigset_t before = blocked;
    int32_t error = change_mask(*mask);
    if (error == 0 && pagebox_deliver() == 0)
        wait_for_handler();
    change_mask(before);
    return answer(error != 0 ? error : EINTR);
}

/* --- the alarm clock --- */

static uint64_t nanoseconds(struct timeval time) {
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_usec * 1000;
}

static struct timeval time_of(uint64_t nanoseconds) {
    uint64_t microseconds = (nanoseconds + 999) / 1000;
    return (struct timeval){.tv_sec = (time_t)(microseconds / 1000000), .tv_usec = (suseconds_t)(microseconds % 1000000)};
}

static bool is_time(struct timeval time) { return time.tv_sec >= 0 && time.tv_usec >= 0 && time.tv_usec < 1000000; }

static struct timeval interval; /* the kernel does not tell it */

int setitimer(int which, const struct itimerval *restrict new, struct itimerval *restrict old) {
    uint64_t left;
    if (which != ITIMER_REAL || !is_time(new->it_value) || !is_time(new->it_interval))
        return answer(EINVAL);
    int error = answer(pagebox_signal_timer(nanoseconds(new->it_value), nanoseconds(new->it_interval), &left));
    if (error == 0 && old != NULL)
        *old = (struct itimerval){.it_interval = interval, .it_value = time_of(left)};
    if (error == 0)
        interval = new->it_interval;
    return error;
}

int getitimer(int which, struct itimerval *now) {
    static const struct itimerval none;
    struct itimerval ignored;
    /* Asking is setting it anew: nothing else runs between the two calls. */
    return setitimer(which, &none, now) == 0 ? setitimer(which, now, &ignored) : -1;
}

unsigned alarm(unsigned seconds) {
    struct itimerval new = {.it_value.tv_sec = (time_t)seconds}, old;
    if (setitimer(ITIMER_REAL, &new, &old) != 0)
        return 0;
    return (unsigned)old.it_value.tv_sec + (old.it_value.tv_usec > 0);
}
