/* SPDX-License-Identifier: MIT */

/*
 * launcher/display - a private virtual display for --headless
 *
 * An Xvfb on a free number, which only those can use who can read its cookie: a file of mode
 * 0600 in a folder of our own below $XDG_RUNTIME_DIR, or /tmp. The server is told to end when we
 * end, however that happens.
 */
#pragma once

#include <sys/types.h>

#include "launcher/scratch.h"
#include "launcher/signals.h"

struct weft_display {
    pid_t server;
    struct weft_scratch scratch;
    char name[16]; /* ":99" */
};

/* Starts a display and waits until it can be used. Returns 0, or the exit code: after one line on
 * stderr that says what to do, or without one when @signals brought a request to end. */
int weft_display_open(struct weft_signals *signals, struct weft_display *ret_display);

/* Ends the server and removes the folder. */
void weft_display_close(struct weft_display *display, struct weft_signals *signals);

/* Makes this process's environment that of a program on @display. */
void weft_display_enter(const struct weft_display *display);
