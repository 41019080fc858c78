/* SPDX-License-Identifier: MIT */

/*
 * asar/index - what is in an archive: its header, as a compact table
 *
 * The header is JSON that anybody may have written. It is parsed once, strictly, and checked
 * against the size of the archive; then nothing of it is looked at again. The table never changes,
 * so any number of threads may read it.
 *
 * Entries lie in the order of the header, a folder before what it holds; the first is the root.
 * Those of a folder can be had sorted by name.
 *
 * Thread: any. Source of the format: docs/api/asar.md.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest sentence about an archive, terminator included. */
#define WEFT_ASAR_WHY_MAX 512

/* Folders in folders; the kernel's longest path has not more. */
#define WEFT_ASAR_DEPTH_MAX 2048

/* Links that one look-up follows, as the kernel does. */
#define WEFT_ASAR_LINKS_MAX 40

#define WEFT_ASAR_HASH_SIZE 32

enum weft_asar_kind {
    WEFT_ASAR_FOLDER,
    WEFT_ASAR_FILE,
    WEFT_ASAR_LINK,
};

struct weft_asar_entry {
    uint64_t size;      /* of a file, in bytes */
    uint64_t offset;    /* of a packed file: from where the data starts, in bytes */
    uint32_t parent;    /* the folder; the root is in itself */
    uint32_t name;      /* use weft_asar_name */
    uint32_t first;     /* of a folder: its first child; of a link: its target; else unused */
    uint32_t count;     /* of a folder: its children */
    uint32_t integrity; /* one more than the place in the list of hashes; 0 for none */
    uint16_t name_size; /* in bytes */
    uint8_t kind;       /* enum weft_asar_kind */
    bool unpacked : 1;
    bool executable : 1;
};

/* SHA-256 of a file and of each of its blocks. */
struct weft_asar_integrity {
    uint32_t block_size; /* in bytes; never 0 */
    uint32_t block_count;
    const uint8_t *whole;  /* WEFT_ASAR_HASH_SIZE bytes */
    const uint8_t *blocks; /* as many for each block */
};

struct weft_asar_index;

/* Parses the @size bytes of a header's JSON. Packed files must lie within @data_size bytes.
 * Returns 0, -ENOMEM, or -EBADMSG and a clause in @ret_why that names the entry. */
int weft_asar_index_parse(const void *json, size_t size, uint64_t data_size,
                          struct weft_asar_index **ret_index, char ret_why[WEFT_ASAR_WHY_MAX]);

/* The same of @size bytes in a file, from @start on; a negative errno when they can't be read. */
int weft_asar_index_read(int fd, uint64_t start, size_t size, uint64_t data_size,
                         struct weft_asar_index **ret_index, char ret_why[WEFT_ASAR_WHY_MAX]);

void weft_asar_index_free(struct weft_asar_index *index);

uint32_t weft_asar_index_count(const struct weft_asar_index *index);

/* The entry at @place, which must be below the count. Borrowed from the index. */
const struct weft_asar_entry *weft_asar_index_entry(const struct weft_asar_index *index,
                                                    uint32_t place);

/* The place of an entry of this index. */
uint32_t weft_asar_index_place(const struct weft_asar_index *index,
                               const struct weft_asar_entry *entry);

/* Its name, of name_size bytes and a terminator; "" of the root. */
const char *weft_asar_index_name(const struct weft_asar_index *index,
                                 const struct weft_asar_entry *entry);

/* Where a link leads: a path from the root of the archive. */
const char *weft_asar_index_target(const struct weft_asar_index *index,
                                   const struct weft_asar_entry *link);

/* The child number @place of a folder, in the order of the names' bytes. */
const struct weft_asar_entry *weft_asar_index_child(const struct weft_asar_index *index,
                                                    const struct weft_asar_entry *folder,
                                                    uint32_t place);

/* Fills @ret_integrity. Returns false where the entry has none. */
bool weft_asar_index_integrity(const struct weft_asar_index *index,
                               const struct weft_asar_entry *entry,
                               struct weft_asar_integrity *ret_integrity);

/* Hashes of all files and blocks together, and the place among them of one that an integrity has.
 */
size_t weft_asar_index_hash_count(const struct weft_asar_index *index);
size_t weft_asar_index_hash_place(const struct weft_asar_index *index, const uint8_t *hash);

/* Finds what @path names, from the root; "" is the root, and slashes may be doubled or trail. Links
 * on the way are followed, a link at its end only with @follow. `.` and `..` are names like others,
 * so they are not found: callers resolve them first.
 * Returns 0, -ENOENT, -ENOTDIR or -ELOOP. */
int weft_asar_index_find(const struct weft_asar_index *index, const char *path, bool follow,
                         const struct weft_asar_entry **ret_entry);

/* Writes the path of an entry from the root, without a leading slash, to @out. As snprintf, returns
 * how long it is. */
size_t weft_asar_index_path(const struct weft_asar_index *index,
                            const struct weft_asar_entry *entry, char *out, size_t size);
