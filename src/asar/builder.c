/* SPDX-License-Identifier: MIT */

#include "asar/builder.h"

#include "base/cleanup.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_CAPACITY_MIN 64

/* Bytes of a path or a name in a sentence. */
#define SHOWN_MAX 200

/* Room for @count more items, zeroed, at the end. Returns NULL when there is no memory. */
static void *extend(struct weft_asar_list *list, size_t count)
{
    if (list->count + count > list->capacity) {
        size_t capacity = list->capacity ? list->capacity : LIST_CAPACITY_MIN;
        while (capacity < list->count + count)
            capacity *= 2;
        void *items = realloc(list->items, capacity * list->item_size);
        if (!items)
            return NULL;
        list->items = items;
        list->capacity = capacity;
    }
    void *added = (char *)list->items + list->count * list->item_size;
    memset(added, 0, count * list->item_size);
    list->count += count;
    return added;
}

void weft_asar_builder_init(struct weft_asar_builder *builder, char *why)
{
    *builder = (struct weft_asar_builder){
        .entries.item_size = sizeof(struct weft_asar_entry),
        .texts.item_size = 1,
        .hashed.item_size = sizeof(struct weft_asar_hashed),
        .hashes.item_size = WEFT_ASAR_HASH_SIZE,
        .why = why,
    };
}

void weft_asar_builder_deinit(struct weft_asar_builder *builder)
{
    free(builder->entries.items);
    free(builder->texts.items);
    free(builder->hashed.items);
    free(builder->hashes.items);
}

/* ---- entries ---- */

struct weft_asar_entry *weft_asar_builder_entry(struct weft_asar_builder *builder, uint32_t place)
{
    return (struct weft_asar_entry *)builder->entries.items + place;
}

uint32_t weft_asar_builder_last(const struct weft_asar_builder *builder)
{
    return (uint32_t)builder->entries.count - 1;
}

int weft_asar_builder_refuse(struct weft_asar_builder *builder, uint32_t place, const char *format,
                             ...)
{
    char clause[WEFT_ASAR_WHY_MAX - SHOWN_MAX - sizeof("''... ")], path[SHOWN_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(clause, sizeof(clause), format, arguments);
    va_end(arguments);

    const struct weft_asar_index view = {
        .entries = builder->entries.items,
        .texts = builder->texts.items,
    };
    size_t length = weft_asar_index_path(&view, &view.entries[place], path, sizeof(path));
    const char *more = length >= sizeof(path) ? "..." : "";
    if (length == 0)
        snprintf(builder->why, WEFT_ASAR_WHY_MAX, "its root %s", clause);
    else
        snprintf(builder->why, WEFT_ASAR_WHY_MAX, "'%s%s' %s", path, more, clause);
    return -EBADMSG;
}

/* Keeps a text with its terminator. Returns 0 or -ENOMEM. */
static int keep_text(struct weft_asar_builder *builder, const void *text, size_t size,
                     uint32_t *ret_place)
{
    size_t place = builder->texts.count;
    if (place + size + 1 > UINT32_MAX)
        return -ENOMEM;
    char *kept = extend(&builder->texts, size + 1);
    if (!kept)
        return -ENOMEM;
    memcpy(kept, text, size);
    *ret_place = (uint32_t)place;
    return 0;
}

static bool is_name(const char *name, size_t size)
{
    bool is_dots = (size == 1 || size == 2) && memcmp(name, "..", size) == 0;
    return size > 0 && size <= NAME_MAX && !is_dots && !memchr(name, '/', size) &&
           !memchr(name, '\\', size) && !memchr(name, '\0', size);
}

int weft_asar_builder_add(struct weft_asar_builder *builder, uint32_t folder, const void *name,
                          size_t size)
{
    bool is_root = builder->entries.count == 0;
    if (!is_root && !is_name(name, size))
        return weft_asar_builder_refuse(builder, folder,
                                        "holds '%.*s', which is no name for a file",
                                        (int)(size < SHOWN_MAX ? size : SHOWN_MAX), (char *)name);
    if (builder->entries.count == UINT32_MAX)
        return -ENOMEM;
    uint32_t text;
    int r = keep_text(builder, name, size, &text);
    if (r < 0)
        return r;
    struct weft_asar_entry *entry = extend(&builder->entries, 1);
    if (!entry)
        return -ENOMEM;
    entry->parent = folder;
    entry->name = text;
    entry->name_size = (uint16_t)size;
    return 0;
}

int weft_asar_builder_set_target(struct weft_asar_builder *builder, uint32_t place,
                                 const void *target, size_t size)
{
    uint32_t text;
    int r = keep_text(builder, target, size, &text);
    if (r == 0)
        weft_asar_builder_entry(builder, place)->first = text;
    return r;
}

/* ---- hashes ---- */

int weft_asar_builder_begin_hashes(struct weft_asar_builder *builder, uint32_t place)
{
    if (builder->hashes.count >= UINT32_MAX)
        return -ENOMEM;
    struct weft_asar_hashed *hashed = extend(&builder->hashed, 1);
    if (!hashed || !extend(&builder->hashes, 1))
        return -ENOMEM;
    hashed->first = (uint32_t)builder->hashes.count - 1;
    weft_asar_builder_entry(builder, place)->integrity = (uint32_t)builder->hashed.count;
    return 0;
}

struct weft_asar_hashed *weft_asar_builder_hashed(struct weft_asar_builder *builder)
{
    return (struct weft_asar_hashed *)builder->hashed.items + (builder->hashed.count - 1);
}

uint8_t *weft_asar_builder_whole_hash(struct weft_asar_builder *builder)
{
    uint8_t(*hashes)[WEFT_ASAR_HASH_SIZE] = builder->hashes.items;
    return hashes[weft_asar_builder_hashed(builder)->first];
}

uint8_t *weft_asar_builder_add_block(struct weft_asar_builder *builder)
{
    uint8_t *hash = builder->hashes.count < UINT32_MAX ? extend(&builder->hashes, 1) : NULL;
    if (hash)
        weft_asar_builder_hashed(builder)->block_count++;
    return hash;
}

/* ---- the end ---- */

int weft_asar_builder_finish(struct weft_asar_builder *builder, struct weft_asar_index **ret_index)
{
    struct weft_asar_index *index = calloc(1, sizeof(*index));
    if (!index)
        return -ENOMEM;
    uint32_t twice;
    index->entries = builder->entries.items;
    index->entry_count = (uint32_t)builder->entries.count;
    index->texts = builder->texts.items;
    int r = weft_asar_index_sort(index, &twice);
    if (r == -EBADMSG)
        weft_asar_builder_refuse(builder, twice, "is there twice");
    if (r < 0) {
        free(index->children);
        free(index);
        return r;
    }
    index->hashed = builder->hashed.items;
    index->hashes = builder->hashes.items;
    index->hash_count = (uint32_t)builder->hashes.count;
    builder->entries.items = builder->texts.items = NULL;
    builder->hashed.items = builder->hashes.items = NULL;
    *ret_index = index;
    return 0;
}
