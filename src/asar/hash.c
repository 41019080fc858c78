/* SPDX-License-Identifier: MIT */

#include "asar/hash.h"

#include "asar/pool.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <nettle/sha2.h>

/* Read at once; stays in a core's cache until it is hashed. */
#define PART_SIZE ((size_t)128 << 10)

_Static_assert(SHA256_DIGEST_SIZE == WEFT_ASAR_HASH_SIZE, "an index keeps SHA-256");

void weft_asar_hash_bytes(const void *bytes, size_t size, uint8_t ret_hash[WEFT_ASAR_HASH_SIZE])
{
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, size, bytes);
    sha256_digest(&context, WEFT_ASAR_HASH_SIZE, ret_hash);
}

static int hash_range(int fd, uint64_t offset, uint64_t size, void *buffer, uint8_t *ret_hash)
{
    struct sha256_ctx context;
    sha256_init(&context);
    while (size > 0) {
        size_t part = size < PART_SIZE ? (size_t)size : PART_SIZE;
        ssize_t n = weft_file_read_up_to(fd, buffer, part, offset);
        if (n < 0)
            return (int)n;
        if ((size_t)n < part)
            return -ESTALE;
        if (weft_asar_is_interrupted())
            return -EINTR;
        sha256_update(&context, part, buffer);
        offset += part;
        size -= part;
    }
    sha256_digest(&context, WEFT_ASAR_HASH_SIZE, ret_hash);
    return 0;
}

int weft_asar_hash_whole(int fd, uint64_t size, uint8_t ret_hash[WEFT_ASAR_HASH_SIZE])
{
    weft_autofree void *buffer = malloc(PART_SIZE);
    return buffer ? hash_range(fd, 0, size, buffer, ret_hash) : -ENOMEM;
}

int weft_asar_hash_blocks(int fd, uint64_t size, uint8_t (*ret_hashes)[WEFT_ASAR_HASH_SIZE])
{
    weft_autofree void *buffer = malloc(PART_SIZE);
    if (!buffer)
        return -ENOMEM;
    uint64_t count = weft_asar_block_count(size, WEFT_ASAR_BLOCK_SIZE);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t start = i * WEFT_ASAR_BLOCK_SIZE, left = size - start;
        uint64_t part = left < WEFT_ASAR_BLOCK_SIZE ? left : WEFT_ASAR_BLOCK_SIZE;
        int r = hash_range(fd, start, part, buffer, ret_hashes[i]);
        if (r < 0)
            return r;
    }
    return 0;
}
