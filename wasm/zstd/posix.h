/* What zstd's source takes to be declared. */
#include <sys/stat.h>
#include <unistd.h>
