/* What every terminal here understands: xterm's sequences. A terminal called "dumb" or without a name gets none. */
#include "termcap.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *text;
} strings[] = {
    {"cm", "\33[%i%d;%dH"}, {"ho", "\33[H"}, {"cl", "\33[H\33[2J"}, {"ce", "\33[K"}, {"cd", "\33[J"}, {"al", "\33[L"},
    {"sr", "\33M"}, {"bc", "\b"}, {"le", "\b"}, {"so", "\33[7m"}, {"se", "\33[27m"}, {"us", "\33[4m"}, {"ue", "\33[24m"},
    {"md", "\33[1m"}, {"me", "\33[0m"}, {"mb", "\33[5m"}, {"ti", "\33[?1049h"}, {"te", "\33[?1049l"}, {"ks", "\33[?1h\33="},
    {"ke", "\33[?1l\33>"}, {"ku", "\33OA"}, {"kd", "\33OB"}, {"kr", "\33OC"}, {"kl", "\33OD"}, {"kh", "\33OH"}, {"@7", "\33OF"},
    {"kP", "\33[5~"}, {"kN", "\33[6~"}, {"kD", "\33[3~"}, {"kb", "\177"}, {"k1", "\33OP"}, {"ll", ""}};

short ospeed;
char PC, *BC, *UP;

static int able;

int tgetent(char *buffer, const char *name) {
    (void)buffer;
    able = name && *name && strcmp(name, "dumb") != 0;
    return 1;
}

int tgetflag(const char *name) { return able && (strcmp(name, "am") == 0 || strcmp(name, "xn") == 0); }

int tgetnum(const char *name) {
    const char *variable = strcmp(name, "co") == 0 ? "COLUMNS" : strcmp(name, "li") == 0 ? "LINES" : NULL;
    const char *value = variable ? getenv(variable) : NULL;
    if (value && atoi(value) > 0)
        return atoi(value);
    return !variable ? -1 : *variable == 'C' ? 80 : 24;
}

char *tgetstr(const char *name, char **area) {
    if (!able)
        return NULL;
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        if (strcmp(strings[i].name, name) == 0 && *strings[i].text) {
            char *where = *area;
            strcpy(where, strings[i].text);
            *area += strlen(where) + 1;
            return where;
        }
    return NULL;
}

char *tgoto(const char *pattern, int column, int line) {
    static char out[32];
    (void)pattern;
    snprintf(out, sizeof out, "\33[%d;%dH", line + 1, column + 1);
    return out;
}

int tputs(const char *text, int lines, int (*put)(int)) {
    (void)lines;
    for (; text && *text; text++)
        put((unsigned char)*text);
    return 0;
}
