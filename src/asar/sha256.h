/* SPDX-License-Identifier: MIT */

/*
 * asar/sha256 - SHA-256 of two messages at a time
 *
 * Each round of SHA-256 needs the one before, so that a core with instructions for it waits half of
 * the time. Two messages in turn take hardly longer than one of them. Libraries have this for short
 * messages only, or not at all; all the rest is Nettle's.
 *
 * Thread: any.
 */
#pragma once

#include <nettle/sha2.h>
#include <stddef.h>

/* Adds @size bytes to each of two messages; both may be given the same bytes. Fast where both have
 * a multiple of 64 bytes so far. */
void weft_sha256_update_two(struct sha256_ctx *first, const void *first_bytes,
                            struct sha256_ctx *second, const void *second_bytes, size_t size);
