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

#include "asar/pool.h"
#include "asar/sha256.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX_SIZE 16
/* Where the second pickle starts. */
#define PICKLE_START 8

/* Read and hashed at once, so that it stays in a core's cache in between. */
#define PART_SIZE ((size_t)128 << 10)

/* Blocks that are compared at a time, two on each core, where they are large enough to be worth a
 * thread and small enough to be read before anybody asks for them. */
#define TOGETHER_MAX   4
#define TOGETHER_LEAST ((uint32_t)256 << 10)
#define TOGETHER_MOST  ((uint32_t)8 << 20)

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
    int r = weft_file_read_all(archive->fd, numbers, sizeof(numbers), 0);
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
    return weft_asar_index_read(archive->fd, PREFIX_SIZE, size,
                                (uint64_t)archive->stat.st_size - archive->data_start,
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
    archive->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO is not waited for */
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

/* What a caller wants of a file: bytes from @offset on. */
struct wanted {
    char *out;
    size_t size;
    uint64_t offset;
};

/* Blocks that are compared at a time. */
struct checking {
    const struct weft_archive *archive;
    uint64_t file_start;
    const struct wanted *wanted;
    size_t count;
    struct block blocks[TOGETHER_MAX];
    int results[TOGETHER_MAX];
};

/* Reads a part of a file: what is wanted of it goes to its place, and all of it is at *ret_bytes,
 * there or in @scratch. */
static int read_part(const struct checking *checking, uint64_t at, size_t size, char *scratch,
                     const char **ret_bytes)
{
    const struct wanted *wanted = checking->wanted;
    uint64_t end = at + size, wanted_end = wanted->offset + wanted->size;
    uint64_t from = at > wanted->offset ? at : wanted->offset;
    uint64_t to = end < wanted_end ? end : wanted_end;
    bool is_inside = from == at && to == end;
    char *bytes = is_inside ? wanted->out + (at - wanted->offset) : scratch;
    int r = weft_file_read_all(checking->archive->fd, bytes, size, checking->file_start + at);
    if (r == 0 && !is_inside && from < to)
        memcpy(wanted->out + (from - wanted->offset), bytes + (from - at), (size_t)(to - from));
    *ret_bytes = bytes;
    return r;
}

/* A block on its way through its hash. */
struct lane {
    const struct block *block;
    struct sha256_ctx context;
    char *scratch;
    const char *bytes; /* the part that has been read last */
    size_t size;       /* of it; 0 at the end, and when it could not be read */
    int error;
};

static int start_lane(struct lane *lane, const struct block *block)
{
    *lane = (struct lane){.block = block};
    lane->scratch = malloc(block->size < PART_SIZE ? block->size + 1 : PART_SIZE);
    sha256_init(&lane->context);
    return lane->scratch ? 0 : -ENOMEM;
}

/* Reads the part of a block that comes after @done bytes. */
static void read_lane(struct lane *lane, const struct checking *checking, size_t done)
{
    size_t left = done < lane->block->size ? lane->block->size - done : 0;
    lane->size = left < PART_SIZE ? left : PART_SIZE;
    if (lane->error == 0 && lane->size > 0)
        lane->error =
            read_part(checking, lane->block->start + done, lane->size, lane->scratch, &lane->bytes);
    if (lane->error < 0)
        lane->size = 0;
}

/* -EIO when the block is another than its hash says. */
static int end_lane(struct lane *lane)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    free(lane->scratch);
    if (lane->error < 0)
        return lane->error;
    sha256_digest(&lane->context, sizeof(digest), digest);
    if (memcmp(digest, lane->block->hash, sizeof(digest)) != 0)
        return -EIO;
    atomic_store_explicit(lane->block->compared, 1, memory_order_relaxed);
    return 0;
}

static void hash_lane(struct lane *lane, size_t from)
{
    if (lane->size > from)
        sha256_update(&lane->context, lane->size - from, (const uint8_t *)lane->bytes + from);
}

/* Reads and hashes one block or two, of which some, all or nothing is wanted. */
static void check_blocks(struct checking *checking, size_t first, size_t count)
{
    struct lane lanes[2] = {0};
    for (size_t i = 0; i < count; i++)
        lanes[i].error = start_lane(&lanes[i], &checking->blocks[first + i]);
    for (size_t done = 0;; done += PART_SIZE) {
        for (size_t i = 0; i < count; i++)
            read_lane(&lanes[i], checking, done);
        size_t both = lanes[0].size < lanes[1].size ? lanes[0].size : lanes[1].size;
        if (lanes[0].size == 0 && lanes[1].size == 0)
            break;
        if (both > 0)
            weft_sha256_update_two(&lanes[0].context, lanes[0].bytes, &lanes[1].context,
                                   lanes[1].bytes, both);
        hash_lane(&lanes[0], both);
        hash_lane(&lanes[1], both);
    }
    for (size_t i = 0; i < count; i++)
        checking->results[first + i] = end_lane(&lanes[i]);
}

static int check_cb(void *context, size_t task, uint64_t *done)
{
    struct checking *checking = context;
    size_t first = 2 * task, left = checking->count - first;
    check_blocks(checking, first, left < 2 ? left : 2);
    return 0;
}

static bool is_compared(const struct block *block)
{
    return atomic_load_explicit(block->compared, memory_order_relaxed);
}

/* Collects the block at @offset, and those behind it as long as they have not been compared either:
 * the wanted ones, and more when the file is being read from one end to the other. */
static void collect(struct checking *checking, const struct weft_asar_entry *file,
                    const struct weft_asar_integrity *integrity, uint64_t offset)
{
    const struct weft_archive *archive = checking->archive;
    uint64_t wanted_end = checking->wanted->offset + checking->wanted->size;
    struct block block = block_at(archive, file, integrity, offset);
    bool goes_on = false;
    checking->blocks[checking->count++] = block;
    if (integrity->block_size < TOGETHER_LEAST || integrity->block_size > TOGETHER_MOST)
        return;
    if (block.start > 0) {
        struct block before = block_at(archive, file, integrity, block.start - 1);
        goes_on = is_compared(&before);
    }
    while (checking->count < TOGETHER_MAX) {
        uint64_t next = block.start + block.size;
        if (next >= file->size || (next >= wanted_end && !goes_on))
            break;
        block = block_at(archive, file, integrity, next);
        if (is_compared(&block))
            break;
        checking->blocks[checking->count++] = block;
    }
    size_t most = checking->count > 1 ? 2 * weft_asar_pool_cores() : 1;
    if (checking->count > most)
        checking->count = most;
}

static void check_all(struct checking *checking)
{
    const struct weft_asar_work work = {(checking->count + 1) / 2, check_cb, checking,
                                        .ignores_signals = true};
    if (checking->count <= 2)
        check_blocks(checking, 0, checking->count);
    else
        weft_asar_pool_run(&work, NULL);
}

/* Reads what is wanted of the block at @offset, and of others that follow it. Returns how many
 * bytes. */
static ssize_t read_checked(struct weft_archive *archive, const struct weft_asar_entry *file,
                            const struct weft_asar_integrity *integrity,
                            const struct wanted *wanted, uint64_t offset, uint32_t *ret_block)
{
    struct checking checking = {
        .archive = archive,
        .file_start = weft_archive_offset(archive, file),
        .wanted = wanted,
    };
    uint64_t end = offset, wanted_end = wanted->offset + wanted->size;
    collect(&checking, file, integrity, offset);
    check_all(&checking);
    for (size_t i = 0; i < checking.count && end < wanted_end; i++) {
        const struct block *block = &checking.blocks[i];
        if (checking.results[i] < 0) {
            if (checking.results[i] == -EIO && ret_block)
                *ret_block = block->number;
            return checking.results[i];
        }
        end = block->start + block->size;
    }
    return (ssize_t)((end < wanted_end ? end : wanted_end) - offset);
}

/* Reads what is wanted of the block at @offset, or of more. Returns how many bytes. */
static ssize_t read_blocks(struct weft_archive *archive, const struct weft_asar_entry *file,
                           const struct weft_asar_integrity *integrity, const struct wanted *wanted,
                           uint64_t offset, uint32_t *ret_block)
{
    struct block block = block_at(archive, file, integrity, offset);
    if (!is_compared(&block))
        return read_checked(archive, file, integrity, wanted, offset, ret_block);
    uint64_t left = block.start + block.size - offset;
    uint64_t asked = wanted->offset + wanted->size - offset;
    size_t part = asked < left ? (size_t)asked : (size_t)left;
    int r = weft_file_read_all(archive->fd, wanted->out + (offset - wanted->offset), part,
                               weft_archive_offset(archive, file) + offset);
    if (r == -EIO && ret_block)
        *ret_block = block.number;
    return r < 0 ? r : (ssize_t)part;
}

/* The hashes that bytes of a file are to be compared with, if they are. */
static bool find_hashes(const struct weft_archive *archive, const struct weft_asar_entry *file,
                        struct weft_asar_integrity *ret_integrity)
{
    return archive->check != WEFT_ARCHIVE_DONT_CHECK &&
           weft_asar_index_integrity(archive->index, file, ret_integrity);
}

/* The first block of a part of a file that has not been compared. Returns false when all have. */
static bool find_uncompared(const struct weft_archive *archive, const struct weft_asar_entry *file,
                            const struct weft_asar_integrity *integrity, uint64_t offset,
                            uint64_t end, struct block *ret_block)
{
    while (offset < end) {
        struct block block = block_at(archive, file, integrity, offset);
        if (!is_compared(&block)) {
            *ret_block = block;
            return true;
        }
        offset = block.start + block.size;
    }
    return false;
}

bool weft_archive_will_compare(const struct weft_archive *archive,
                               const struct weft_asar_entry *file, size_t size, uint64_t offset)
{
    struct weft_asar_integrity integrity;
    struct block block;
    if (offset >= file->size)
        return false;
    uint64_t end = size < file->size - offset ? offset + size : file->size;
    return find_hashes(archive, file, &integrity) &&
           find_uncompared(archive, file, &integrity, offset, end, &block);
}

int weft_archive_compare(struct weft_archive *archive, const struct weft_asar_entry *file,
                         uint32_t *ret_block)
{
    struct weft_asar_integrity integrity;
    struct block block = {.size = 0};
    if (!find_hashes(archive, file, &integrity))
        return 0;
    while (
        find_uncompared(archive, file, &integrity, block.start + block.size, file->size, &block)) {
        const struct wanted wanted = {NULL, 0, block.start};
        struct checking checking = {
            .archive = archive,
            .file_start = weft_archive_offset(archive, file),
            .wanted = &wanted,
        };
        collect(&checking, file, &integrity, block.start);
        check_all(&checking);
        if (checking.results[0] < 0) {
            if (checking.results[0] == -EIO && ret_block)
                *ret_block = block.number;
            return checking.results[0];
        }
    }
    return 0;
}

ssize_t weft_archive_read(struct weft_archive *archive, const struct weft_asar_entry *file,
                          void *out, size_t size, uint64_t offset, uint32_t *ret_block)
{
    struct weft_asar_integrity integrity;
    if (offset >= file->size)
        return 0;
    if (size > file->size - offset)
        size = (size_t)(file->size - offset);
    if (!find_hashes(archive, file, &integrity)) {
        int r =
            weft_file_read_all(archive->fd, out, size, weft_archive_offset(archive, file) + offset);
        return r < 0 ? r : (ssize_t)size;
    }
    const struct wanted wanted = {out, size, offset};
    for (size_t done = 0; done < size;) {
        ssize_t n = read_blocks(archive, file, &integrity, &wanted, offset + done, ret_block);
        if (n < 0) {
            memset(out, 0, size); /* nobody gets bytes that are not what they should be */
            return n;
        }
        done += (size_t)n;
    }
    return (ssize_t)size;
}
