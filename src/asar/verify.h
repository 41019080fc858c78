/* SPDX-License-Identifier: MIT */

/*
 * asar/verify - whether an archive is what its hashes say, with what lies beside it
 *
 * Thread: any; starts its own. See asar/pool.h for Ctrl-C.
 */
#pragma once

#include "asar/archive.h"
#include "asar/pool.h"

struct weft_asar_verify {
    struct weft_archive *archive; /* opened with WEFT_ARCHIVE_DONT_CHECK */
    const char *archive_path;     /* what lies beside it is found by that */
    /* Hears of each file and block that differs, in the archive's order. On the calling thread. */
    void (*differs_cb)(void *data, const char *sentence);
    void *data;
    struct weft_asar_progress *progress; /* in bytes; or NULL */
};

struct weft_asar_verified {
    size_t files;    /* that have a hash, or differ without one */
    size_t unhashed; /* without a hash; those that lie beside have their size */
    size_t differ;   /* files that are not what they should be, or not there */
};

/* Returns 0 whatever differs, -EINTR, or -ENOMEM. */
int weft_asar_verify(const struct weft_asar_verify *verify,
                     struct weft_asar_verified *ret_verified);
