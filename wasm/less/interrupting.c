/* Signals that end the wait for a key: signal() would have the wait go on, and a new window size be seen at the next key. */
#include <signal.h>
#include <stddef.h>

void (*interrupting(int number, void (*handler)(int)))(int) {
    struct sigaction action = {.sa_handler = handler}, former;
    return sigaction(number, &action, &former) == 0 ? former.sa_handler : SIG_ERR;
}
