/* SPDX-License-Identifier: MIT */

/* The header of an archive, and a path that is looked up in it. The first byte of the input is the
 * length of the path, which comes next; the rest is the header's JSON. */

#include "asar/index.h"
#include "input.h"

#include <errno.h>
#include <limits.h>

#define DATA_SIZE (UINT64_C(1) << 20)

/* Entries that are looked at; all, but for inputs that are large. */
#define ENTRIES_MAX 256

static void check_file(const struct weft_asar_index *index, const struct weft_asar_entry *file)
{
    struct weft_asar_integrity integrity;
    if (!file->unpacked) {
        promised(file->offset <= DATA_SIZE);
        promised(file->size <= DATA_SIZE - file->offset);
    }
    if (!weft_asar_index_integrity(index, file, &integrity))
        return;
    uint64_t blocks = file->size / integrity.block_size + (file->size % integrity.block_size != 0);
    promised(integrity.block_count >= (blocks ? blocks : 1));
    for (uint32_t i = 0; i < integrity.block_count; i++)
        promised(weft_asar_index_hash_place(index, integrity.blocks + i * WEFT_ASAR_HASH_SIZE) <
                 weft_asar_index_hash_count(index));
}

/* Names are ascending, and their folder is that which they are in. */
static void check_folder(const struct weft_asar_index *index, const struct weft_asar_entry *folder)
{
    const char *last = NULL;
    for (uint32_t i = 0; i < folder->count && i < ENTRIES_MAX; i++) {
        const struct weft_asar_entry *child = weft_asar_index_child(index, folder, i);
        const char *name = weft_asar_index_name(index, child);
        promised(weft_asar_index_entry(index, child->parent) == folder);
        promised(strlen(name) == child->name_size && !strchr(name, '/'));
        promised(!last || strcmp(last, name) < 0);
        last = name;
    }
}

/* What has a path is found by it. */
static void check_path(const struct weft_asar_index *index, const struct weft_asar_entry *entry)
{
    static char path[WEFT_ASAR_DEPTH_MAX * (NAME_MAX + 1)];
    const struct weft_asar_entry *found = NULL;
    promised(weft_asar_index_path(index, entry, path, sizeof(path)) < sizeof(path));
    promised(weft_asar_index_find(index, path, false, &found) == 0);
    promised(found == entry);
}

static void check_entries(const struct weft_asar_index *index)
{
    uint32_t count = weft_asar_index_count(index);
    for (uint32_t i = 0; i < count && i < ENTRIES_MAX; i++) {
        const struct weft_asar_entry *entry = weft_asar_index_entry(index, i);
        promised(entry->parent < count && (i == 0 || entry->parent < i));
        if (entry->kind == WEFT_ASAR_FILE)
            check_file(index, entry);
        else if (entry->kind == WEFT_ASAR_FOLDER)
            check_folder(index, entry);
        else
            promised(weft_asar_index_target(index, entry)[0] != '\0');
        check_path(index, entry);
    }
}

static void look_up(const struct weft_asar_index *index, const char *path)
{
    const struct weft_asar_entry *entry = NULL;
    int r = weft_asar_index_find(index, path, true, &entry);
    promised(r == 0 || r == -ENOENT || r == -ENOTDIR || r == -ELOOP);
    promised((r == 0) == (entry != NULL));
    promised(r != 0 || entry->kind != WEFT_ASAR_LINK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {.at = data, .left = size};
    char path[UINT8_MAX + 1] = "", why[WEFT_ASAR_WHY_MAX] = "";
    input_copy(&input, path, input_u8(&input));
    /* In a block of its own: what is read past its end is seen. */
    size_t json_size = input.left;
    uint8_t *json = malloc(json_size ? json_size : 1);
    promised(json != NULL);
    input_copy(&input, json, json_size);

    struct weft_asar_index *index = NULL;
    int r = weft_asar_index_parse(json, json_size, DATA_SIZE, &index, why);
    promised(r == 0 || r == -EBADMSG);
    promised((r == 0) == (index != NULL));
    promised(r == 0 || (why[0] != '\0' && memchr(why, '\0', sizeof(why))));
    if (r == 0) {
        check_entries(index);
        look_up(index, path);
    }
    weft_asar_index_free(index);
    free(json);
    return 0;
}
