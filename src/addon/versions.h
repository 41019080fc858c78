/* SPDX-License-Identifier: MIT */

/*
 * addon/versions - the versions of symbols that a shared object needs, and that it defines
 *
 * As "GLIBCXX_3.4.31" of libstdc++.so.6: an older library lacks it, and the loader refuses.
 *
 * Thread: any.
 * Source: the Linux Standard Base, "Symbol Versioning".
 */
#pragma once

#include <stdbool.h>

#include "addon/elf.h"

/* Told of a library and a version that is needed of it. Anything but 0 ends the list. */
typedef int (*weft_versions_cb)(void *data, const char *library, const char *version);

/* Calls @cb for each version that the loader insists on. Returns 0, what @cb returned, or -ELIBBAD
 * where the list leaves the file. */
int weft_versions_list(const struct weft_elf *elf, weft_versions_cb cb, void *data);

/* Whether a library defines @version. */
bool weft_versions_has(const struct weft_elf *elf, const char *version);
