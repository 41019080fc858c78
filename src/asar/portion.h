/* SPDX-License-Identifier: MIT */

/*
 * asar/portion - what of a pattern lies between two slashes, and whether a name is of that kind
 *
 * Thread: any; a portion does not change. See asar/glob.h for the source.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct weft_portion;

/* @pattern is UTF-8 without slashes. Returns 0, -ENOMEM, or -E2BIG when it is too long or deep. */
int weft_portion_new(const char *pattern, size_t size, struct weft_portion **ret_portion);

void weft_portion_free(struct weft_portion *portion);

/* Whether @name is matched. An empty one, and one that is longer than names can be, is only by
 * itself. */
bool weft_portion_matches(const struct weft_portion *portion, const char *name, size_t size);
