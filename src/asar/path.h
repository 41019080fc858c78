/* SPDX-License-Identifier: MIT */

/* asar/path - paths as texts. Thread: any. */
#pragma once

#include <stdbool.h>

/* Leaves out `.`, doubled and trailing slashes, and `..` with the name before it, in place. What
 * `..` does not find a name for stays at the start, or is dropped behind a leading slash. Nothing
 * at all becomes ".". */
void weft_path_normalize(char *path);

/* What @path is from within @folder, "" for itself; NULL when it is not in it. Both are absolute
 * and normalized. Borrowed from @path. */
const char *weft_path_within(const char *folder, const char *path);

/* The way from the folder that @from lies in to @to, both from the same root and normalized:
 * "a/b/link", "a/x" give "../x". To be freed; NULL without memory. */
char *weft_path_relative(const char *from, const char *to);
