/* SPDX-License-Identifier: MIT */

/*
 * asar/archive - an archive that is open
 *
 * It keeps the descriptor of the file that it was opened from: a new file of the same name does not
 * disturb who reads the old one. Nothing of the file is mapped, so that one which is cut short
 * while it is in use gives an error, not a SIGBUS.
 *
 * Where the header has hashes, each block of a file is checked when it is first read.
 *
 * Thread: any; an archive does not change once it is open. No call waits for another.
 */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "asar/index.h"

struct weft_archive;

enum weft_archive_check {
    WEFT_ARCHIVE_CHECK,      /* what has a hash */
    WEFT_ARCHIVE_DONT_CHECK, /* nothing */
};

/* Opens the archive at @path.
 * Returns 0, -EBADMSG and a clause in @ret_why when it is none, or another negative errno of the
 * file. */
int weft_archive_open(const char *path, enum weft_archive_check check,
                      struct weft_archive **ret_archive, char ret_why[WEFT_ASAR_WHY_MAX]);

void weft_archive_close(struct weft_archive *archive);

/* What is in it. Borrowed from the archive. */
const struct weft_asar_index *weft_archive_index(const struct weft_archive *archive);

/* The file itself, as it was when it was opened. Borrowed. */
const struct stat *weft_archive_stat(const struct weft_archive *archive);

/* Reads at most @size bytes at @offset of a packed file.
 * Returns how many: fewer only at its end. -EIO when a block is not what its hash says (its number
 * is in @ret_block, which may be NULL) or the archive has been cut short; other negative errnos of
 * the file. */
ssize_t weft_archive_read(struct weft_archive *archive, const struct weft_asar_entry *file,
                          void *out, size_t size, uint64_t offset, uint32_t *ret_block);

/* Whether such a read would compare hashes: then nobody else may write to its memory meanwhile. */
bool weft_archive_will_compare(const struct weft_archive *archive,
                               const struct weft_asar_entry *file, size_t size, uint64_t offset);

/* Compares what has not been compared of a packed file. Returns 0, or errors as a read. */
int weft_archive_compare(struct weft_archive *archive, const struct weft_asar_entry *file,
                         uint32_t *ret_block);

/* Where a packed file starts in the archive, in bytes. */
uint64_t weft_archive_offset(const struct weft_archive *archive,
                             const struct weft_asar_entry *file);
