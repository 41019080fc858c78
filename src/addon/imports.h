/* SPDX-License-Identifier: MIT */

/*
 * addon/imports - the table of imports of a loaded module
 */
#pragma once

#include <link.h>

/* Thread: any. Lets a module that is loaded as it is call what addon/throw-shim.h and
 * addon/loop-shim.h have, instead of Node's own. Once or several times, it is the same. */
void weft_imports_divert(const struct link_map *map);
