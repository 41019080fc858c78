/* SPDX-License-Identifier: MIT */

/*
 * The header is before the data and has the hashes of all of it, so each file is read before the
 * first byte can be written. What is small is kept in memory from then on, up to a limit; the rest
 * is read again. A file that changes in between is an error.
 */

#include "asar/writer.h"

#include "asar/hash.h"
#include "asar/header.h"
#include "asar/output.h"
#include "asar/why.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* Contents that are kept from hashing to writing. */
#define KEPT_MAX ((size_t)256 << 20)

/* As the tool says it: numbers from here on were once not safe in the format. */
#define FILE_MAX UINT32_MAX

struct hashing {
    const struct weft_asar_tree *tree;
    struct weft_asar_item **files;
    size_t count;
    pthread_mutex_t mutex; /* guards the next */
    size_t kept;
};

/* ---- hashing ---- */

static bool may_keep(struct hashing *hashing, size_t size)
{
    pthread_mutex_lock(&hashing->mutex);
    bool may = hashing->kept + size <= KEPT_MAX;
    hashing->kept += may ? size : 0;
    pthread_mutex_unlock(&hashing->mutex);
    return may;
}

static int hash_small(struct hashing *hashing, struct weft_asar_item *file, int fd)
{
    bool keep = !file->unpacked && may_keep(hashing, file->size);
    if (!keep)
        return weft_asar_hash_whole(fd, file->size, file->whole);
    file->content = malloc(file->size ? file->size : 1);
    if (!file->content)
        return -ENOMEM;
    ssize_t n = weft_file_read_up_to(fd, file->content, file->size, 0);
    if (n < 0)
        return (int)n;
    if ((size_t)n < file->size)
        return -ESTALE;
    weft_asar_hash_bytes(file->content, file->size, file->whole);
    return 0;
}

static int hash_cb(void *context, size_t number, uint64_t *done)
{
    struct hashing *hashing = context;
    struct weft_asar_item *file = hashing->files[number];
    weft_autofd int fd = weft_asar_tree_open(hashing->tree, file);
    if (fd < 0)
        return fd;
    int r;
    if (file->blocks)
        r = weft_asar_hash_file(fd, file->size, file->whole, file->blocks);
    else
        r = hash_small(hashing, file, fd);
    if (r == 0 && !weft_asar_tree_is_unchanged(file, fd))
        r = -ESTALE;
    *done = file->size;
    return r;
}

/* Makes room for the hashes of blocks where the whole is not the only one. */
static int plan_hashing(const struct weft_asar_tree *tree, struct hashing *hashing, char *why)
{
    hashing->files = calloc(tree->count + 1, sizeof(*hashing->files));
    if (!hashing->files)
        return -ENOMEM;
    for (size_t i = 0; i < tree->count; i++) {
        struct weft_asar_item *item = tree->items[i];
        uint64_t blocks = weft_asar_block_count(item->size, WEFT_ASAR_BLOCK_SIZE);
        if (item->kind != WEFT_ASAR_FILE)
            continue;
        if (item->size > FILE_MAX && !item->unpacked)
            return weft_refuse(why, "%s/%s: file size can not be larger than 4.2GB", tree->folder,
                               item->path);
        item->blocks = blocks > 1 ? calloc(blocks, sizeof(*item->blocks)) : NULL;
        if (blocks > 1 && !item->blocks)
            return -ENOMEM;
        hashing->files[hashing->count++] = item;
    }
    return 0;
}

static int explain(const struct weft_asar_tree *tree, const struct weft_asar_item *file, int error,
                   char *why)
{
    if (error == -EINTR)
        return error;
    if (error == -ESTALE || error == -ELOOP)
        return weft_refuse(why, "'%s/%s' was changed while it was being packed", tree->folder,
                           file->path);
    return weft_why(why, error, "cannot read '%s/%s'", tree->folder, file->path);
}

static int hash_all(const struct weft_asar_tree *tree, struct weft_asar_progress *progress,
                    char *why)
{
    struct hashing hashing = {.tree = tree, .mutex = PTHREAD_MUTEX_INITIALIZER};
    size_t failed;
    int r = plan_hashing(tree, &hashing, why);
    if (r == 0) {
        const struct weft_asar_work work = {hashing.count, hash_cb, &hashing, progress};
        r = weft_asar_pool_run(&work, &failed);
        if (r < 0)
            r = explain(tree, hashing.files[failed], r, why);
    }
    free(hashing.files);
    return r;
}

/* ---- places ---- */

static size_t slot_of(const struct weft_asar_item *file, size_t mask)
{
    size_t slot;
    memcpy(&slot, file->whole, sizeof(slot));
    return slot & mask;
}

/* Files of the same content share one place, which is that of the first. */
static int place_files(const struct weft_asar_tree *tree)
{
    size_t capacity = 64;
    while (capacity < 2 * tree->count)
        capacity *= 2;
    weft_autofree struct weft_asar_item **seen = calloc(capacity, sizeof(*seen));
    if (!seen)
        return -ENOMEM;
    uint64_t end = 0;
    for (size_t i = 0; i < tree->count; i++) {
        struct weft_asar_item *file = tree->items[i];
        if (file->kind != WEFT_ASAR_FILE || file->unpacked)
            continue;
        size_t slot = slot_of(file, capacity - 1);
        while (seen[slot] && memcmp(seen[slot]->whole, file->whole, sizeof(file->whole)) != 0)
            slot = (slot + 1) & (capacity - 1);
        file->is_copy = seen[slot] != NULL;
        file->offset = file->is_copy ? seen[slot]->offset : end;
        if (file->is_copy)
            continue;
        seen[slot] = file;
        end += file->size;
    }
    return 0;
}

/* ---- writing ---- */

/* What is said while it is written; hashing was the first half. */
struct telling {
    struct weft_asar_progress *progress;
    uint64_t done;
};

static void tell(struct telling *telling, uint64_t more)
{
    struct weft_asar_progress *progress = telling->progress;
    telling->done += more;
    if (progress)
        progress->tell_cb(progress->data, telling->done, progress->total);
}

static int copy_file(const struct weft_asar_tree *tree, const struct weft_asar_item *file,
                     struct weft_output *output, char *why)
{
    weft_autofd int fd = weft_asar_tree_open(tree, file);
    if (fd < 0)
        return explain(tree, file, fd, why);
    int r = weft_output_copy(output, fd, file->size, why);
    if (r == -ESTALE || (r == 0 && !weft_asar_tree_is_unchanged(file, fd)))
        return explain(tree, file, -ESTALE, why);
    return r;
}

static int write_archive(const struct weft_asar_tree *tree, struct weft_output *output,
                         struct telling *telling, char *why)
{
    weft_autofree char *header = NULL;
    size_t size;
    int r = weft_asar_header_format(tree, &header, &size);
    if (r == -E2BIG)
        return weft_refuse(why, "'%s' has too many files for one archive", tree->folder);
    if (r == 0)
        r = weft_output_write(output, header, size, why);
    for (size_t i = 0; r == 0 && i < tree->count; i++) {
        const struct weft_asar_item *file = tree->items[i];
        if (file->kind != WEFT_ASAR_FILE || file->unpacked || file->is_copy)
            continue;
        r = file->content ? weft_output_write(output, file->content, file->size, why)
                          : copy_file(tree, file, output, why);
        tell(telling, file->size);
    }
    return r == 0 ? weft_output_flush(output, why) : r;
}

static int write_beside(const struct weft_asar_tree *tree, struct weft_beside *beside,
                        struct telling *telling, char *why)
{
    for (size_t i = 0; i < tree->count; i++) {
        const struct weft_asar_item *item = tree->items[i];
        int r = 0;
        if (!item->unpacked || item->kind == WEFT_ASAR_FOLDER)
            continue;
        if (weft_asar_is_interrupted())
            return -EINTR;
        if (item->kind == WEFT_ASAR_LINK) {
            r = weft_beside_link(beside, item->path, item->text, why);
        } else {
            struct weft_output file;
            r = weft_beside_begin_file(beside, item->path, item->mode, &file, why);
            if (r < 0)
                return r;
            r = copy_file(tree, item, &file, why);
            weft_output_deinit(&file);
            tell(telling, item->size);
        }
        if (r < 0)
            return r;
    }
    return 0;
}

static int write_all(const struct weft_asar_tree *tree, const struct weft_asar_pack *pack,
                     char *why)
{
    WEFT_CLEANUP(weft_output_deinit) struct weft_output output;
    WEFT_CLEANUP(weft_beside_deinit) struct weft_beside beside;
    struct telling telling = {.progress = pack->progress};
    if (pack->progress)
        telling.done = pack->progress->total / 2;
    weft_beside_init(&beside, pack->output);
    int r = weft_output_create(&output, pack->output, why);
    if (r == 0)
        r = write_archive(tree, &output, &telling, why);
    if (r == 0)
        r = write_beside(tree, &beside, &telling, why);
    if (r == 0)
        r = weft_beside_publish(&beside, why);
    return r == 0 ? weft_output_publish(&output, why) : r;
}

/* ---- the whole ---- */

static void free_tree(struct weft_asar_tree **tree)
{
    weft_asar_tree_free(*tree);
}

static void count_bytes(const struct weft_asar_tree *tree, struct weft_asar_progress *progress)
{
    progress->total = 0;
    for (size_t i = 0; i < tree->count; i++)
        if (tree->items[i]->kind == WEFT_ASAR_FILE)
            progress->total += 2 * tree->items[i]->size;
}

static int pack_tree(const struct weft_asar_pack *pack, struct weft_asar_packed *packed, char *why)
{
    WEFT_CLEANUP(free_tree) struct weft_asar_tree *tree = NULL;
    int r = weft_asar_tree_read(pack->folder, pack->exclude_hidden, &tree, why);
    if (r == 0 && pack->ordering)
        r = weft_asar_tree_order(tree, pack->ordering, &packed->named, why);
    if (r == 0)
        r = weft_asar_tree_unpack(tree, pack->unpack, pack->unpack_dir, why);
    if (r < 0)
        return r;
    packed->count = tree->count;
    if (pack->progress)
        count_bytes(tree, pack->progress);
    r = hash_all(tree, pack->progress, why);
    if (r == 0)
        r = place_files(tree);
    return r == 0 ? write_all(tree, pack, why) : r;
}

int weft_asar_pack(const struct weft_asar_pack *pack, struct weft_asar_packed *ret_packed,
                   char ret_why[WEFT_ASAR_WHY_MAX])
{
    struct weft_asar_packed packed = {0};
    snprintf(ret_why, WEFT_ASAR_WHY_MAX, "out of memory"); /* for who has no better words */
    int r = pack_tree(pack, &packed, ret_why);
    if (r == 0)
        *ret_packed = packed;
    return r;
}
