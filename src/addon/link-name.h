/* SPDX-License-Identifier: MIT */

/*
 * addon/link-name - what the loader calls a loaded object
 *
 * The name in the link map is what dladdr, backtraces, debuggers and core files show, and the first
 * that the loader compares when a library is needed.
 *
 * Thread: any.
 */
#pragma once

#include <link.h>

/* Calls an object @name, which is copied. Returns 0 or -ENOMEM. */
int weft_link_name_set(struct link_map *map, const char *name);
