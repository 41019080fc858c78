/* SPDX-License-Identifier: MIT */

#include "asar/hash.h"

#include "asar/pool.h"
#include "asar/sha256.h"
#include "base/cleanup.h"
#include "base/file.h"

/* Read at once; stays in a core's cache until it is hashed. */
#define PART_SIZE ((size_t)128 << 10)

_Static_assert(WEFT_ASAR_BLOCK_SIZE % PART_SIZE == 0, "parts end where blocks do");
_Static_assert(SHA256_DIGEST_SIZE == WEFT_ASAR_HASH_SIZE, "an index keeps SHA-256");

void weft_asar_hash_bytes(const void *bytes, size_t size, uint8_t ret_hash[WEFT_ASAR_HASH_SIZE])
{
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, size, bytes);
    sha256_digest(&context, WEFT_ASAR_HASH_SIZE, ret_hash);
}

int weft_asar_hash_whole(int fd, uint64_t size, uint8_t ret_hash[WEFT_ASAR_HASH_SIZE])
{
    return weft_asar_hash_file(fd, size, ret_hash, NULL);
}

/* Reads the next part, of which the file had @left bytes. Returns its size, or a negative errno. */
static ssize_t read_part(int fd, void *buffer, uint64_t offset, uint64_t left)
{
    size_t part = left < PART_SIZE ? (size_t)left : PART_SIZE;
    ssize_t n = weft_file_read_up_to(fd, buffer, part, offset);
    if (n < 0)
        return n;
    if (weft_asar_is_interrupted())
        return -EINTR;
    return (size_t)n < part ? -ESTALE : n;
}

int weft_asar_hash_file(int fd, uint64_t size, uint8_t ret_whole[WEFT_ASAR_HASH_SIZE],
                        uint8_t (*ret_blocks)[WEFT_ASAR_HASH_SIZE])
{
    struct sha256_ctx whole, block;
    weft_autofree void *buffer = malloc(PART_SIZE);
    if (!buffer)
        return -ENOMEM;
    sha256_init(&whole);
    sha256_init(&block);
    for (uint64_t offset = 0; offset < size;) {
        ssize_t n = read_part(fd, buffer, offset, size - offset);
        if (n < 0)
            return (int)n;
        if (ret_blocks)
            weft_sha256_update_two(&whole, buffer, &block, buffer, (size_t)n);
        else
            sha256_update(&whole, (size_t)n, buffer);
        offset += (size_t)n;
        if (ret_blocks && (offset == size || offset % WEFT_ASAR_BLOCK_SIZE == 0))
            sha256_digest(&block, WEFT_ASAR_HASH_SIZE, *ret_blocks++); /* and starts anew */
    }
    sha256_digest(&whole, WEFT_ASAR_HASH_SIZE, ret_whole);
    return 0;
}
