/* What `interrupts.c` and `signals.c` share. */
#ifndef PAGEBOX_INTERRUPTS_H
#define PAGEBOX_INTERRUPTS_H

#include <stdint.h>

/* What came of the signals that were pending. */
enum { PAGEBOX_NO_HANDLER, PAGEBOX_RESTART, PAGEBOX_INTERRUPT };

/* Runs the handlers; NULL until the program catches a signal. */
extern int (*pagebox_on_signal)(void);

/* The kernel keeps this at 1 while a caught signal is pending. */
extern volatile uint32_t pagebox_signal_word;

#endif
