/* What bzip2's source takes to be declared. */
#include <unistd.h>
#include <utime.h>
