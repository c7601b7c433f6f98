
/* What the host has and WASI does not. */
#undef HAVE_FILENO
#define HAVE_FILENO 1
#undef HAVE_TERMIO_H
#undef HAVE_SIGSETMASK
#undef HAVE_SETTTY
#undef HAVE_TTYNAME
#define HAVE_TTYNAME 0
#undef HAVE_PROCFS
#define HAVE_PROCFS 0
#undef HAVE_SYS_STREAM_H
#undef HAVE_SYS_PTEM_H
#undef HAVE_TERMCAP_H
#define HAVE_TERMCAP_H 1
#undef HAVE_NCURSES_TERMCAP_H
#undef HAVE_NCURSESW_TERMCAP_H
#undef MUST_DEFINE_OSPEED
#define MUST_DEFINE_OSPEED 0
#undef LESSTEST
#undef HAVE__SETJMP

/* interrupting.c */
void (*interrupting(int, void (*)(int)))(int);
