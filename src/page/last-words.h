/* SPDX-License-Identifier: MIT */

/*
 * page/last-words - how a page tells that the process of its workers has ended
 */
#pragma once

#include <glib.h>

/* What the process said when it ended (channel/control.h). */
struct weft_last_words {
    gboolean heard;
    int signal;   /* 0: exit() */
    char *module; /* path, "" for none; NULL while nothing was heard */
};

/* The text of the `error` events; NULL-safe for @words. @is_own: it was the process of one worker.
 * Free it with g_free. */
char *weft_last_words_describe(const struct weft_last_words *words, gboolean is_own);

void weft_last_words_clear(struct weft_last_words *words);
