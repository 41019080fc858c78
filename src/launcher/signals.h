/* SPDX-License-Identifier: MIT */

/*
 * launcher/signals - signals as something to wait for, not to be interrupted by
 *
 * Open: the end of a child, and every signal that asks a program to end, stay blocked and are
 * read here one by one, so that nothing is cut short half-way through a clean-up.
 */
#pragma once

#include <signal.h>
#include <sys/signalfd.h>

/* Result that the direct caller handles. */
enum {
    WEFT_SIGNALS_TIMEOUT = 1,
};

struct weft_signals {
    sigset_t before; /* what was blocked before, to be given back to a child */
    int fd;          /* readable when a signal waits */
};

/* Returns 0 or negative errno. */
int weft_signals_open(struct weft_signals *ret_signals);
void weft_signals_close(struct weft_signals *signals);

/* For a child between fork and exec: it starts with the signals that we were started with.
 * Thread: signal-safe. */
void weft_signals_restore(const struct weft_signals *signals);

/* Waits for the next signal, at most @timeout_ms (-1: for ever).
 * Returns 0, WEFT_SIGNALS_TIMEOUT, or negative errno. */
int weft_signals_wait(struct weft_signals *signals, int timeout_ms,
                      struct signalfd_siginfo *ret_signal);
