/* SPDX-License-Identifier: MIT */

/* asar/header - the start of an archive, from the tree that it will hold. Thread: any. */
#pragma once

#include "asar/tree.h"

/* Writes all that comes before the data: pickles, JSON and padding, as npm's @electron/asar 4 does,
 * to the byte. Files have their offsets and hashes by now. To be freed. Returns 0, -ENOMEM, or
 * -E2BIG when it is longer than the format can say. */
int weft_asar_header_format(const struct weft_asar_tree *tree, char **ret_header, size_t *ret_size);
