/* SPDX-License-Identifier: MIT */

/*
 * addon/known - what has been found out about a file, kept
 *
 * Many workers load the same few files, and a look into a large one takes longer than its load.
 *
 * Thread: any.
 */
#pragma once

#include "addon/file-id.h"
#include "addon/inspect.h"

/* As weft_addon_inspect_file, of the file that is open as @fd. */
int weft_known_inspect(int fd, unsigned node_abi, struct weft_addon_facts *ret_facts,
                       char ret_why[WEFT_ELF_WHY_MAX]);
