/* SPDX-License-Identifier: MIT */

/*
 * addon/search - finds which of several words occur in bytes, in one pass
 *
 * Thread: any.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Shortest word, in bytes: the pass takes steps of nearly this length. */
#define WEFT_SEARCH_MIN 12
/* Longest word: what must be kept of bytes that come in pieces is one less. */
#define WEFT_SEARCH_MAX 32

/* Returns a bit for each of @count words (32 at most) that occurs in @bytes. */
uint32_t weft_search(const void *bytes, size_t size, const char *const words[], size_t count);
