/* bc as a program of its own: the options, and the memory bc.c asks for. bc.c is toybox's. */
#include "toybox/toys/pending/bc.c"

#include <getopt.h>

struct toy_context toys;
struct bc_globals bc_globals;

static void *enough(void *memory) {
    if (memory) return memory;
    fflush(stdout);
    fprintf(stderr, "%s: not enough memory\n", toys.which->name);
    _exit(1);
}

void *xmalloc(size_t size) {
    return enough(malloc(size ? size : 1));
}

void *xzalloc(size_t size) {
    return enough(calloc(1, size ? size : 1));
}

void *xrealloc(void *memory, size_t size) {
    return enough(realloc(memory, size ? size : 1));
}

char *xstrdup(const char *text) {
    return enough(strdup(text));
}

int stridx(char *text, char byte) {
    char *found = byte ? strchr(text, byte) : 0;
    return found ? found - text : -1;
}

static const char usage[] =
    "Usage: bc [options] [file ...]\n"
    "  -h  --help         print this usage and exit\n"
    "  -i  --interactive  force interactive mode\n"
    "  -l  --mathlib      use the predefined math routines\n"
    "  -q  --quiet        don't print the initial banner\n"
    "  -s  --standard     non-standard bc constructs are errors\n"
    "  -w  --warn         warn about non-standard bc constructs\n"
    "  -v  --version      print version information and exit\n";

static const struct option options[] = {
    {"help", 0, 0, 'h'},     {"interactive", 0, 0, 'i'}, {"mathlib", 0, 0, 'l'}, {"quiet", 0, 0, 'q'},
    {"standard", 0, 0, 's'}, {"warn", 0, 0, 'w'},        {"version", 0, 0, 'v'}, {0, 0, 0, 0},
};

static unsigned flag_of(int letter) {
    switch (letter) {
    case 'i': return FLAG_i;
    case 'l': return FLAG_l;
    case 'q': return FLAG_q;
    case 's': return FLAG_s;
    default: return FLAG_w;
    }
}

static int bc(int count, char **arguments) {
    int letter;
    while ((letter = getopt_long(count, arguments, "hilqswv", options, 0)) != -1) {
        if (letter == 'h' || letter == '?') {
            fputs(usage, letter == 'h' ? stdout : stderr);
            return letter != 'h';
        }
        if (letter == 'v') {
            bc_vm_info();
            return 0;
        }
        toys.optflags |= flag_of(letter);
    }
    toys.optargs = arguments + optind;
    toys.optc = count - optind;
    bc_main();
    return toys.exitval;
}

int main(int count, char **arguments) {
    char *slash = count ? strrchr(arguments[0], '/') : 0;
    struct toy_name name = {slash ? slash + 1 : count ? arguments[0] : "bc"};
    toys.which = &name;
    return bc(count, arguments);
}
