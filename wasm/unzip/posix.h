/* What Info-ZIP's sources take to be declared, and what WASI does not have. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

/* There is one time zone. */
#define tzset() ((void)0)
#include <sys/time.h>
#define timezone 0L

/* File names in UTF-8 are shown as they are. */
#include <ctype.h>
#undef isprint
#define isprint(c) ((unsigned char)(c) >= 32)
