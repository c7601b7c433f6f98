
/* What the host has and WASI does not. There is no fork, and compressed files are read by programs that are spawned. */
#undef HAVE_MMAP
#undef HAVE_SYS_MMAN_H
#undef HAVE_SYS_SYSMACROS_H
#undef MAJOR_IN_SYSMACROS
#undef HAVE_VFORK
#undef HAVE_WORKING_FORK
#undef HAVE_WORKING_VFORK
/* compress.c declares nothing by itself; fork.c */
int fork(void);
