/* SPDX-License-Identifier: MIT */

/*
 * asar/glob - patterns for paths, with the meaning that npm's minimatch gives them
 *
 * `*` and `?` in a name, `**` for any number of folders, `[a-z]` and `[[:alpha:]]`, `{a,b}` and
 * `{1..3}`, `@(a|b)`, `?(a)`, `*(a)`, `+(a)`, `!(a)`, and `!` before it all for "not". No wildcard
 * stands for the dot that a name starts with. What starts with `#` matches nothing.
 *
 * Source: github.com/isaacs/minimatch 11.0. Beyond ASCII, `[:alpha:]` and its like are those of the
 * C library.
 *
 * Thread: any; a pattern does not change.
 */
#pragma once

#include <stdbool.h>

struct weft_glob;

enum weft_glob_options {
    WEFT_GLOB_PLAIN,
    WEFT_GLOB_MATCH_BASE, /* a pattern without slash is for the last name of a path */
};

/* Returns 0, -ENOMEM, -EILSEQ when @pattern is no UTF-8, or -E2BIG when it is too long, too deep,
 * or its braces stand for too many. */
int weft_glob_new(const char *pattern, enum weft_glob_options options, struct weft_glob **ret_glob);

void weft_glob_free(struct weft_glob *glob);

bool weft_glob_matches(const struct weft_glob *glob, const char *path);
