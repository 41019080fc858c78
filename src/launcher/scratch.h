/* SPDX-License-Identifier: MIT */

/*
 * launcher/scratch - a private folder for the files of one virtual display
 *
 * Below $XDG_RUNTIME_DIR, or /tmp: mode 0700, with the display's cookie in it (mode 0600), which
 * stays locked for as long as we live. A folder whose cookie nobody locks was left by a launcher
 * that was killed, and is removed by the next one.
 */
#pragma once

struct weft_scratch {
    char folder[256];
    char cookie[256 + 16]; /* an Xauthority file that is good for any display number */
    char log[256 + 16];    /* for what the display server says */
    int lock_fd;
};

/* Returns 0 or negative errno. */
int weft_scratch_open(struct weft_scratch *ret_scratch);

/* Removes the folder and what is in it. */
void weft_scratch_close(struct weft_scratch *scratch);
