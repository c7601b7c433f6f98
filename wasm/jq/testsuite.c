/* `jq --run-tests` runs jq's own tests in threads, which do not belong into the program. */
#include "jv.h"
#include <stdio.h>

int jq_testsuite(jv libraries, int verbose, int argc, char *argv[]) {
    (void)verbose, (void)argc, (void)argv;
    jv_free(libraries);
    fputs("jq: error: --run-tests is not part of this build\n", stderr);
    return 2;
}
