/* SPDX-License-Identifier: MIT */

#include "asar/utf8.h"

/* Bytes of a character by its first byte; 0 where none starts so. */
static size_t length_of(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

int32_t weft_utf8_decode(const char *text, size_t size, size_t *ret_size)
{
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = length_of(bytes[0]);

    *ret_size = 1;
    if (length == 0 || length > size)
        return -1;
    int32_t code = length == 1 ? bytes[0] : bytes[0] & (0x7f >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return -1;
        code = code << 6 | (bytes[i] & 0x3f);
    }
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return -1;
    *ret_size = length;
    return code;
}

bool weft_utf8_is_valid(const char *text, size_t size)
{
    for (size_t at = 0, length; at < size; at += length)
        if (weft_utf8_decode(text + at, size - at, &length) < 0)
            return false;
    return true;
}

/* The order of the bytes is that of the code points. UTF-16 differs from it in one thing: what
 * needs a pair (first byte f0 and up) comes before U+E000 to U+FFFF (first byte ee or ef). */
int weft_utf8_compare_as_utf16(const char *a, const char *b)
{
    const unsigned char *x = (const unsigned char *)a, *y = (const unsigned char *)b;
    while (*x && *x == *y) {
        x++;
        y++;
    }
    if (*x >= 0xf0 && (*y == 0xee || *y == 0xef))
        return -1;
    if (*y >= 0xf0 && (*x == 0xee || *x == 0xef))
        return 1;
    return *x - *y;
}
