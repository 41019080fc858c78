/* SPDX-License-Identifier: MIT */

/*
 * asar/hash - SHA-256 of a file and of its blocks, as an archive has them
 *
 * Thread: any.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "asar/index.h"

/* The block size that archives are written with. */
#define WEFT_ASAR_BLOCK_SIZE ((size_t)4 << 20)

/* An empty file has one, of nothing. */
static inline uint64_t weft_asar_block_count(uint64_t size, uint64_t block_size)
{
    return size == 0 ? 1 : (size - 1) / block_size + 1;
}

void weft_asar_hash_bytes(const void *bytes, size_t size, uint8_t ret_hash[WEFT_ASAR_HASH_SIZE]);

/* The hash of the file's first @size bytes. Returns 0, -EINTR, -ESTALE when it has fewer, or
 * another negative errno. */
int weft_asar_hash_whole(int fd, uint64_t size, uint8_t ret_hash[WEFT_ASAR_HASH_SIZE]);

/* And that of each block of WEFT_ASAR_BLOCK_SIZE bytes; @ret_blocks has room for all. As above. */
int weft_asar_hash_file(int fd, uint64_t size, uint8_t ret_whole[WEFT_ASAR_HASH_SIZE],
                        uint8_t (*ret_blocks)[WEFT_ASAR_HASH_SIZE]);
