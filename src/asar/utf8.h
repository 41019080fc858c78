/* SPDX-License-Identifier: MIT */

/*
 * asar/utf8 - names as JavaScript sees them
 *
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stands for bytes that are no UTF-8. */
#define WEFT_UTF8_REPLACEMENT 0xfffd

/* The code point at @text, of which @size bytes are left (not 0), and how many bytes it has.
 * Returns -1 and one byte where there is none: overlong forms, halves of pairs and numbers too
 * high. */
int32_t weft_utf8_decode(const char *text, size_t size, size_t *ret_size);

bool weft_utf8_is_valid(const char *text, size_t size);

/* Compares as JavaScript's sort() does, by UTF-16 code units. Both must be valid. */
int weft_utf8_compare_as_utf16(const char *a, const char *b);
