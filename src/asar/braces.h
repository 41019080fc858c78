/* SPDX-License-Identifier: MIT */

/*
 * asar/braces - `{a,b}` and `{1..3}` in patterns, as Bash and npm's brace-expansion have them
 *
 * Thread: any.
 */
#pragma once

#include <stddef.h>

/* Patterns that one may become. */
#define WEFT_BRACES_MAX 100000

struct weft_strings {
    char **items;
    size_t count;
    size_t capacity;
};

void weft_strings_deinit(struct weft_strings *strings);

/* What @pattern, which is UTF-8, stands for. Escaped braces, commas and dots lose their backslash
 * where there is a group of braces, as they do there.
 * Returns 0, -ENOMEM, or -E2BIG when they are more than WEFT_BRACES_MAX. */
int weft_braces_expand(const char *pattern, struct weft_strings *ret_strings);
