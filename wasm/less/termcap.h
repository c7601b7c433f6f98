/* The terminal, in termcap's terms. */
int tgetent(char *buffer, const char *name);
int tgetflag(const char *name);
int tgetnum(const char *name);
char *tgetstr(const char *name, char **area);
char *tgoto(const char *pattern, int column, int line);
int tputs(const char *text, int lines, int (*put)(int));
extern short ospeed;
extern char PC, *BC, *UP;
