/* SPDX-License-Identifier: MIT */

/*
 * Layout of the file, all numbers little-endian: two pickles of Chromium's, then the files' bytes.
 *
 *      0  u32  4, the size of the first pickle's payload
 *      4  u32  H, the size of the second pickle
 *      8  u32  H - 4, the size of its payload
 *     12  u32  L, the size of the JSON
 *     16  L bytes of JSON, then 0 to 3 zero bytes
 *    8+H  data
 */

#include "asar/archive.h"

#include "base/cleanup.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX_SIZE 16
/* Where the second pickle starts. */
#define PICKLE_START 8

struct weft_archive {
    int fd;
    enum weft_archive_check check;
    struct stat stat;
    uint64_t data_start;
    struct weft_asar_index *index;
    /* For each hash of a block: whether it has been compared. Set once, by any thread; who reads an
     * old value compares again. */
    _Atomic(uint8_t) *compared;
};

/* ---- opening ---- */

/* Reads @size bytes at @offset. Returns 0, or -EIO when the file ends before. */
static int read_all(int fd, void *out, size_t size, uint64_t offset)
{
    char *at = out;
    while (size > 0) {
        ssize_t n = pread(fd, at, size, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            return -EIO;
        at += n;
        size -= (size_t)n;
        offset += (uint64_t)n;
    }
    return 0;
}

static int refuse(char *why, const char *clause)
{
    snprintf(why, WEFT_ASAR_WHY_MAX, "%s", clause);
    return -EBADMSG;
}

/* The four numbers before the JSON. */
static int read_prefix(struct weft_archive *archive, uint32_t *ret_json_size, char *why)
{
    uint32_t numbers[PREFIX_SIZE / sizeof(uint32_t)];
    uint64_t size = (uint64_t)archive->stat.st_size;
    if (size < PREFIX_SIZE)
        return refuse(why, size == 0 ? "it is empty" : "it is shorter than a header");
    int r = read_all(archive->fd, numbers, sizeof(numbers), 0);
    if (r < 0)
        return r;
    uint32_t first = le32toh(numbers[0]), pickle = le32toh(numbers[1]);
    uint32_t payload = le32toh(numbers[2]), json = le32toh(numbers[3]);
    if (first != 4 || pickle < 8 || payload != pickle - 4 || json > pickle - 8)
        return refuse(why, "it does not start as an asar archive does");
    if (pickle > size - PICKLE_START)
        return refuse(why, "its header ends behind the end of the file: it is truncated");
    archive->data_start = PICKLE_START + (uint64_t)pickle;
    *ret_json_size = json;
    return 0;
}

static int read_index(struct weft_archive *archive, char *why)
{
    uint32_t size;
    int r = read_prefix(archive, &size, why);
    if (r < 0)
        return r;
    weft_autofree char *json = malloc(size ? size : 1);
    if (!json)
        return -ENOMEM;
    r = read_all(archive->fd, json, size, PREFIX_SIZE);
    if (r < 0)
        return r;
    return weft_asar_index_parse(json, size, (uint64_t)archive->stat.st_size - archive->data_start,
                                 &archive->index, why);
}

static void close_archive(struct weft_archive **archive)
{
    weft_archive_close(*archive);
}

int weft_archive_open(const char *path, enum weft_archive_check check,
                      struct weft_archive **ret_archive, char ret_why[WEFT_ASAR_WHY_MAX])
{
    WEFT_CLEANUP(close_archive)
    struct weft_archive *archive = calloc(1, sizeof(*archive));
    if (!archive)
        return -ENOMEM;
    archive->check = check;
    archive->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (archive->fd < 0 || fstat(archive->fd, &archive->stat) < 0)
        return -errno;
    if (!S_ISREG(archive->stat.st_mode))
        return S_ISDIR(archive->stat.st_mode) ? -EISDIR : refuse(ret_why, "it is no regular file");
    int r = read_index(archive, ret_why);
    if (r < 0)
        return r;
    archive->compared = calloc(weft_asar_index_hash_count(archive->index) + 1, 1);
    if (!archive->compared)
        return -ENOMEM;
    *ret_archive = weft_steal_ptr(&archive);
    return 0;
}

void weft_archive_close(struct weft_archive *archive)
{
    if (!archive)
        return;
    weft_close_fd(&archive->fd);
    weft_asar_index_free(archive->index);
    free(archive->compared);
    free(archive);
}

const struct weft_asar_index *weft_archive_index(const struct weft_archive *archive)
{
    return archive->index;
}

const struct stat *weft_archive_stat(const struct weft_archive *archive)
{
    return &archive->stat;
}

uint64_t weft_archive_offset(const struct weft_archive *archive, const struct weft_asar_entry *file)
{
    return archive->data_start + file->offset;
}

/* ---- reading ---- */

/* Bytes of a file that are checked together. */
struct block {
    uint32_t number;
    uint64_t start; /* in the file, in bytes */
    size_t size;
    const uint8_t *hash;
    _Atomic(uint8_t) *compared;
};

static struct block block_at(const struct weft_archive *archive, const struct weft_asar_entry *file,
                             const struct weft_asar_integrity *integrity, uint64_t offset)
{
    uint64_t number = offset / integrity->block_size;
    uint64_t start = number * integrity->block_size;
    uint64_t left = file->size - start;
    const uint8_t *hash = integrity->blocks + number * WEFT_ASAR_HASH_SIZE;
    return (struct block){
        .number = (uint32_t)number,
        .start = start,
        .size = left < integrity->block_size ? (size_t)left : integrity->block_size,
        .hash = hash,
        .compared = &archive->compared[weft_asar_index_hash_place(archive->index, hash)],
    };
}

static bool is_as_hashed(const void *bytes, const struct block *block)
{
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&context);
    sha256_update(&context, block->size, bytes);
    sha256_digest(&context, sizeof(digest), digest);
    if (memcmp(digest, block->hash, sizeof(digest)) != 0)
        return false;
    atomic_store_explicit(block->compared, 1, memory_order_relaxed);
    return true;
}

/* Reads @size bytes at @offset, which lie in one block that has not been compared yet. */
static int read_checked(struct weft_archive *archive, const struct weft_asar_entry *file,
                        const struct block *block, char *out, size_t size, uint64_t offset)
{
    uint64_t start = weft_archive_offset(archive, file);
    bool is_whole = offset == block->start && size == block->size;
    weft_autofree char *copy = NULL;
    char *bytes = out;
    if (!is_whole)
        bytes = copy = malloc(block->size);
    if (!bytes)
        return -ENOMEM;
    int r = read_all(archive->fd, bytes, block->size, start + block->start);
    if (r < 0)
        return r;
    if (!is_as_hashed(bytes, block))
        return -EIO;
    if (!is_whole)
        memcpy(out, bytes + (offset - block->start), size);
    return 0;
}

/* Reads what of @size bytes at @offset lies in the first block. Returns how many bytes. */
static ssize_t read_in_block(struct weft_archive *archive, const struct weft_asar_entry *file,
                             const struct weft_asar_integrity *integrity, char *out, size_t size,
                             uint64_t offset, uint32_t *ret_block)
{
    struct block block = block_at(archive, file, integrity, offset);
    uint64_t left = block.start + block.size - offset;
    size_t part = size < left ? size : (size_t)left;
    int r;
    if (atomic_load_explicit(block.compared, memory_order_relaxed))
        r = read_all(archive->fd, out, part, weft_archive_offset(archive, file) + offset);
    else
        r = read_checked(archive, file, &block, out, part, offset);
    if (r == -EIO && ret_block)
        *ret_block = block.number;
    return r < 0 ? r : (ssize_t)part;
}

ssize_t weft_archive_read(struct weft_archive *archive, const struct weft_asar_entry *file,
                          void *out, size_t size, uint64_t offset, uint32_t *ret_block)
{
    struct weft_asar_integrity integrity;
    if (offset >= file->size)
        return 0;
    if (size > file->size - offset)
        size = (size_t)(file->size - offset);
    if (archive->check == WEFT_ARCHIVE_DONT_CHECK ||
        !weft_asar_index_integrity(archive->index, file, &integrity)) {
        int r = read_all(archive->fd, out, size, weft_archive_offset(archive, file) + offset);
        return r < 0 ? r : (ssize_t)size;
    }
    for (size_t done = 0; done < size;) {
        ssize_t n = read_in_block(archive, file, &integrity, (char *)out + done, size - done,
                                  offset + done, ret_block);
        if (n < 0)
            return n;
        done += (size_t)n;
    }
    return (ssize_t)size;
}
