/* SPDX-License-Identifier: MIT */

/*
 * asar/extract - files out of an archive
 *
 * Nothing is written outside the folder that is asked for: names that climb are refused when the
 * archive is opened, folders are made and entered without following a link, and links are made
 * last, and only where they lead to within.
 *
 * Thread: any; starts its own. See asar/pool.h for Ctrl-C.
 */
#pragma once

#include <sys/types.h>

#include "asar/archive.h"
#include "asar/pool.h"

struct weft_asar_extract {
    struct weft_archive *archive; /* opened with WEFT_ARCHIVE_DONT_CHECK: it is done here */
    const char *archive_path;     /* what lies beside it is found by that */
    const char *folder;
    /* Hears of each file that cannot be had; the others are extracted. On the calling thread. */
    void (*missing_cb)(void *data, const char *sentence);
    void *data;
    struct weft_asar_progress *progress; /* in bytes; or NULL */
};

/* Extracts all. A folder that is not there appears when it is complete. @ret_missing has how many
 * files cannot be had.
 * Returns 0, -EINTR, or another negative errno and a sentence in @ret_why. */
int weft_asar_extract(const struct weft_asar_extract *extract, size_t *ret_missing,
                      char ret_why[WEFT_ASAR_WHY_MAX]);

/* Copies the file that @path names, following links, to a new or existing file @output. @archive
 * and errors as above. */
int weft_asar_extract_file(struct weft_archive *archive, const char *archive_path, const char *path,
                           const char *output, char ret_why[WEFT_ASAR_WHY_MAX]);

/* Opens what lies beside the archive for an unpacked file; a link is followed, as when an app reads
 * it. Returns the descriptor or a negative errno. */
int weft_asar_open_beside(const struct weft_asar_index *index, const struct weft_asar_entry *file,
                          const char *archive_path);
