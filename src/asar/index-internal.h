/* SPDX-License-Identifier: MIT */

/* asar/index-internal - the table itself, for who fills it (parse.c) and who reads it (index.c) */
#pragma once

#include "asar/index.h"

/* Of one file: its blocks' hashes start at the hash number @first, after that of the whole. */
struct weft_asar_hashed {
    uint32_t first;
    uint32_t block_count;
    uint32_t block_size;
};

struct weft_asar_index {
    struct weft_asar_entry *entries;
    uint32_t *children; /* places of entries, those of a folder together */
    char *texts;        /* names and targets, each with its terminator */
    struct weft_asar_hashed *hashed;
    uint8_t (*hashes)[WEFT_ASAR_HASH_SIZE];
    uint32_t entry_count;
    uint32_t hash_count;
};

/* Sorts each folder's children by name, once all entries are there.
 * Returns 0, -ENOMEM, or -EBADMSG and an entry that is there twice in @ret_twice. */
int weft_asar_index_sort(struct weft_asar_index *index, uint32_t *ret_twice);
