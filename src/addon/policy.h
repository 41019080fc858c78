/* SPDX-License-Identifier: MIT */

/*
 * addon/policy - how a worker loads a module when the app says nothing of it
 *
 * Thread: any.
 */
#pragma once

#include "addon/inspect.h"

enum weft_addon_mode {
    WEFT_ADDON_PRIVATE, /* an instance of its own for each worker; libraries beside it are shared */
    WEFT_ADDON_SHARE,   /* one instance for all workers of a window, as Node does */
    WEFT_ADDON_DEEP,    /* private, with instances of the libraries beside it, too */
    WEFT_ADDON_DENY,    /* not at all */
};

/* "private", "share", "deep" or "deny": what apps write. */
const char *weft_addon_mode_name(enum weft_addon_mode mode);

/* The mode by default, and the reason as a clause for people: "it holds SQLite, whose file locks
 * ...". */
enum weft_addon_mode weft_addon_decide(const struct weft_addon_facts *facts, const char **ret_why);
