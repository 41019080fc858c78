/* SPDX-License-Identifier: MIT */

/*
 * asar/builder - an index while it is being made
 *
 * Entries are added in the order of the header; what is wrong with one is said by its path. Nothing
 * of a builder is an index before weft_asar_builder_finish.
 *
 * Thread: any; one at a time.
 */
#pragma once

#include "asar/index-internal.h"

/* A list that grows. */
struct weft_asar_list {
    void *items;
    size_t item_size;
    size_t count;
    size_t capacity;
};

struct weft_asar_builder {
    struct weft_asar_list entries, texts, hashed, hashes;
    char *why; /* WEFT_ASAR_WHY_MAX bytes of the caller's */
};

void weft_asar_builder_init(struct weft_asar_builder *builder, char *why);
void weft_asar_builder_deinit(struct weft_asar_builder *builder);

/* Says that the entry at @place and what @format says: "'path/of/it' has no size".
 * Returns -EBADMSG. */
__attribute__((format(printf, 3, 4))) int
weft_asar_builder_refuse(struct weft_asar_builder *builder, uint32_t place, const char *format,
                         ...);

/* Adds an entry to the folder at @folder. The first is the root; its name is empty.
 * Returns 0, -ENOMEM, or -EBADMSG when @name is none that a file can have. */
int weft_asar_builder_add(struct weft_asar_builder *builder, uint32_t folder, const void *name,
                          size_t size);

/* The entry at @place; good until the next one is added. */
struct weft_asar_entry *weft_asar_builder_entry(struct weft_asar_builder *builder, uint32_t place);

/* The place of the entry that was added last. */
uint32_t weft_asar_builder_last(const struct weft_asar_builder *builder);

/* Makes the entry lead to @target. Returns 0 or -ENOMEM. */
int weft_asar_builder_set_target(struct weft_asar_builder *builder, uint32_t place,
                                 const void *target, size_t size);

/* Gives the entry room for hashes; the next two calls concern the entry that got it last.
 * Returns 0 or -ENOMEM. */
int weft_asar_builder_begin_hashes(struct weft_asar_builder *builder, uint32_t place);

/* What is known of the hashes that were begun last. */
struct weft_asar_hashed *weft_asar_builder_hashed(struct weft_asar_builder *builder);

/* The hash of the whole file; good until the next block is added. */
uint8_t *weft_asar_builder_whole_hash(struct weft_asar_builder *builder);

/* Room for one more block's hash; NULL without memory. */
uint8_t *weft_asar_builder_add_block(struct weft_asar_builder *builder);

/* Moves all into an index. Returns 0, -ENOMEM, or -EBADMSG when a name is twice in one folder. */
int weft_asar_builder_finish(struct weft_asar_builder *builder, struct weft_asar_index **ret_index);
