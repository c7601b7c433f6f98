/* What file asks of <unistd.h> for the case that it cannot spawn; it can. */
#include <errno.h>
#include <unistd.h>

pid_t fork(void) {
    errno = ENOSYS;
    return -1;
}
