/* SPDX-License-Identifier: MIT */

/*
 * asar/writer - a folder becomes an archive
 *
 * Byte for byte what npm's @electron/asar 4 writes. The archive appears under its name when it is
 * complete, or not at all; so does what lies beside it, in the folder `<archive>.unpacked`.
 *
 * Thread: any; starts its own. See asar/pool.h for Ctrl-C.
 */
#pragma once

#include "asar/pool.h"
#include "asar/tree.h"

struct weft_asar_pack {
    const char *folder;
    const char *output;
    const char *unpack;     /* or NULL: a pattern for files that lie beside */
    const char *unpack_dir; /* or NULL: the same for folders, or what their path starts with */
    const char *ordering;   /* or NULL: a file with a path on each line */
    bool exclude_hidden;
    struct weft_asar_progress *progress; /* in bytes, each counted twice; or NULL */
};

/* What has been packed. */
struct weft_asar_packed {
    size_t count; /* of files, folders and links */
    size_t named; /* of them, those that the ordering names */
};

/* Returns 0, -EINTR, or another negative errno and a sentence in @ret_why. */
int weft_asar_pack(const struct weft_asar_pack *pack, struct weft_asar_packed *ret_packed,
                   char ret_why[WEFT_ASAR_WHY_MAX]);
