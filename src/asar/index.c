/* SPDX-License-Identifier: MIT */

#include "asar/index.h"

#include "asar/index-internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void weft_asar_index_free(struct weft_asar_index *index)
{
    if (!index)
        return;
    free(index->entries);
    free(index->children);
    free(index->texts);
    free(index->hashed);
    free(index->hashes);
    free(index);
}

uint32_t weft_asar_index_count(const struct weft_asar_index *index)
{
    return index->entry_count;
}

const struct weft_asar_entry *weft_asar_index_entry(const struct weft_asar_index *index,
                                                    uint32_t place)
{
    return &index->entries[place];
}

uint32_t weft_asar_index_place(const struct weft_asar_index *index,
                               const struct weft_asar_entry *entry)
{
    return (uint32_t)(entry - index->entries);
}

const char *weft_asar_index_name(const struct weft_asar_index *index,
                                 const struct weft_asar_entry *entry)
{
    return index->texts + entry->name;
}

const char *weft_asar_index_target(const struct weft_asar_index *index,
                                   const struct weft_asar_entry *link)
{
    return index->texts + link->first;
}

const struct weft_asar_entry *weft_asar_index_child(const struct weft_asar_index *index,
                                                    const struct weft_asar_entry *folder,
                                                    uint32_t place)
{
    return &index->entries[index->children[folder->first + place]];
}

bool weft_asar_index_integrity(const struct weft_asar_index *index,
                               const struct weft_asar_entry *entry,
                               struct weft_asar_integrity *ret_integrity)
{
    if (entry->integrity == 0)
        return false;
    const struct weft_asar_hashed *hashed = &index->hashed[entry->integrity - 1];
    *ret_integrity = (struct weft_asar_integrity){
        .block_size = hashed->block_size,
        .block_count = hashed->block_count,
        .whole = index->hashes[hashed->first],
        .blocks = index->hashes[hashed->first + 1],
    };
    return true;
}

size_t weft_asar_index_hash_count(const struct weft_asar_index *index)
{
    return index->hash_count;
}

size_t weft_asar_index_hash_place(const struct weft_asar_index *index, const uint8_t *hash)
{
    return (size_t)(hash - index->hashes[0]) / WEFT_ASAR_HASH_SIZE;
}

/* ---- order ---- */

/* As memcmp; a name that another starts with comes first. */
static int compare_names(const char *a, size_t a_size, const char *b, size_t b_size)
{
    int order = memcmp(a, b, a_size < b_size ? a_size : b_size);
    if (order != 0)
        return order;
    return (a_size > b_size) - (a_size < b_size);
}

static int compare_places(const void *a, const void *b, void *data)
{
    const struct weft_asar_index *index = data;
    const struct weft_asar_entry *first = &index->entries[*(const uint32_t *)a];
    const struct weft_asar_entry *second = &index->entries[*(const uint32_t *)b];
    return compare_names(index->texts + first->name, first->name_size, index->texts + second->name,
                         second->name_size);
}

/* Packers write most folders sorted: then nothing is to do. */
static bool is_sorted(const struct weft_asar_index *index, const struct weft_asar_entry *folder)
{
    const uint32_t *children = index->children + folder->first;
    for (uint32_t i = 1; i < folder->count; i++)
        if (compare_places(&children[i - 1], &children[i], (void *)index) >= 0)
            return false;
    return true;
}

static int sort_folder(struct weft_asar_index *index, const struct weft_asar_entry *folder,
                       uint32_t *ret_twice)
{
    if (is_sorted(index, folder))
        return 0;
    uint32_t *children = index->children + folder->first;
    qsort_r(children, folder->count, sizeof(*children), compare_places, index);
    for (uint32_t i = 1; i < folder->count; i++)
        if (compare_places(&children[i - 1], &children[i], index) == 0) {
            *ret_twice = children[i];
            return -EBADMSG;
        }
    return 0;
}

/* Puts the children of each folder together, in the order of the header: a counting sort. */
static void gather_children(struct weft_asar_index *index)
{
    struct weft_asar_entry *entries = index->entries;
    uint32_t next = 0;
    for (uint32_t i = 1; i < index->entry_count; i++)
        entries[entries[i].parent].count++;
    for (uint32_t i = 0; i < index->entry_count; i++)
        if (entries[i].kind == WEFT_ASAR_FOLDER) {
            entries[i].first = next;
            next += entries[i].count;
            entries[i].count = 0;
        }
    for (uint32_t i = 1; i < index->entry_count; i++) {
        struct weft_asar_entry *folder = &entries[entries[i].parent];
        index->children[folder->first + folder->count++] = i;
    }
}

int weft_asar_index_sort(struct weft_asar_index *index, uint32_t *ret_twice)
{
    index->children = malloc(index->entry_count * sizeof(*index->children));
    if (!index->children)
        return -ENOMEM;
    gather_children(index);
    for (uint32_t i = 0; i < index->entry_count; i++) {
        int r = 0;
        if (index->entries[i].kind == WEFT_ASAR_FOLDER)
            r = sort_folder(index, &index->entries[i], ret_twice);
        if (r < 0)
            return r;
    }
    return 0;
}

/* ---- look-up ---- */

static const struct weft_asar_entry *find_child(const struct weft_asar_index *index,
                                                const struct weft_asar_entry *folder,
                                                const char *name, size_t name_size)
{
    uint32_t low = 0, high = folder->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct weft_asar_entry *child = weft_asar_index_child(index, folder, middle);
        int order = compare_names(name, name_size, index->texts + child->name, child->name_size);
        if (order == 0)
            return child;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static int walk(const struct weft_asar_index *index, const char *path, bool follow,
                unsigned int *links_left, const struct weft_asar_entry **ret_entry);

/* @entry, or what it leads to where it is a link. */
static int follow_link(const struct weft_asar_index *index, unsigned int *links_left,
                       const struct weft_asar_entry **entry)
{
    if ((*entry)->kind != WEFT_ASAR_LINK)
        return 0;
    if (*links_left == 0)
        return -ELOOP;
    --*links_left;
    return walk(index, weft_asar_index_target(index, *entry), true, links_left, entry);
}

static int walk(const struct weft_asar_index *index, const char *path, bool follow,
                unsigned int *links_left, const struct weft_asar_entry **ret_entry)
{
    const struct weft_asar_entry *at = &index->entries[0];
    for (;;) {
        path += strspn(path, "/");
        size_t size = strcspn(path, "/");
        if (size == 0)
            break;
        if (at->kind != WEFT_ASAR_FOLDER)
            return -ENOTDIR;
        at = find_child(index, at, path, size);
        if (!at)
            return -ENOENT;
        path += size;
        int r = *path != '\0' || follow ? follow_link(index, links_left, &at) : 0;
        if (r < 0)
            return r;
    }
    *ret_entry = at;
    return 0;
}

int weft_asar_index_find(const struct weft_asar_index *index, const char *path, bool follow,
                         const struct weft_asar_entry **ret_entry)
{
    unsigned int links_left = WEFT_ASAR_LINKS_MAX;
    return walk(index, path, follow, &links_left, ret_entry);
}

/* ---- paths ---- */

size_t weft_asar_index_path(const struct weft_asar_index *index,
                            const struct weft_asar_entry *entry, char *out, size_t size)
{
    size_t length = 0;
    for (const struct weft_asar_entry *at = entry; at != index->entries;
         at = &index->entries[at->parent])
        length += at->name_size + (at == entry ? 0 : 1);

    /* From the end to the start; what does not fit is left out. */
    size_t end = length;
    for (const struct weft_asar_entry *at = entry; at != index->entries;
         at = &index->entries[at->parent]) {
        if (at != entry && --end < size)
            out[end] = '/';
        end -= at->name_size;
        for (size_t i = 0; i < at->name_size && end + i < size; i++)
            out[end + i] = index->texts[at->name + i];
    }
    if (size > 0)
        out[length < size ? length : size - 1] = '\0';
    return length;
}
