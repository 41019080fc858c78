/* SPDX-License-Identifier: MIT */

/*
 * asar/cache - the archives that this process has open, by path
 *
 * An archive is opened when a path first leads into it, and stays open: a new file of the same name
 * does not disturb a running app. What cannot be opened is tried again the next time.
 *
 * Thread: any. Only opening takes a lock.
 */
#pragma once

#include "asar/archive.h"

/* Archives that one process can have open. */
#define WEFT_ARCHIVES_MAX 1024

/* Results that the direct caller handles. */
enum {
    WEFT_CACHE_PLAIN = 1,   /* the path leads into no archive */
    WEFT_CACHE_INVALID = 2, /* it leads into a file that is called as an archive is, and is none */
};

struct weft_located {
    struct weft_archive *archive; /* borrowed; never closed */
    uint32_t id;                  /* for weft_cache_archive */
    size_t archive_length;        /* so many bytes of the path are the archive's own */
    const char *inner;            /* the rest, without the slash; part of the path */
};

/* Whether hashes are compared, for archives that are opened from here on. */
void weft_cache_set_check(enum weft_archive_check check);

/* Splits an absolute path without `.` and `..` at its deepest component that is called *.asar, in
 * any case, and is no folder.
 * Returns 0; a condition, with a clause in @ret_why for WEFT_CACHE_INVALID (archive_length is set
 * then, too); or -ENOMEM, -ENFILE. */
int weft_cache_locate(const char *path, struct weft_located *ret_located,
                      char ret_why[WEFT_ASAR_WHY_MAX]);

/* The archive of an id that weft_cache_locate gave; NULL for any other number. */
struct weft_archive *weft_cache_archive(uint32_t id);
