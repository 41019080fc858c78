/* SPDX-License-Identifier: MIT */

/*
 * main/stderr-filter - keeps one known line of WebKit's processes off stderr
 *
 * A web process prints a warning for GIGACAGE_ENABLED=0, which we set. It is printed before any
 * code of ours runs there, and WebKit offers no say in its child's stderr. So while WebKit's code
 * runs in this process, and may start one, descriptor 2 is a pipe that we read: what comes out is
 * copied to the real stderr, without that line. While JavaScript runs it is the real one.
 *
 * Thread: main. Another thread that writes meanwhile is only delayed.
 */
#pragma once

#include <stdbool.h>

/* Before the first call into WebKit. Returns 0 or negative errno; without it nothing is filtered.
 */
int weft_stderr_filter_init(void);

/* Switches the filter: on around calls into WebKit, off around calls from there to JavaScript.
 * Returns what it was, to switch back to. */
bool weft_stderr_filter_switch(bool is_on);
