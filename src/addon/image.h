/* SPDX-License-Identifier: MIT */

/*
 * addon/image - what is looked at of a .node file, in memory of our own
 *
 * Read, not mapped: whoever cuts a mapped file short, as an installer does that writes it anew,
 * would kill the process that looks at it (SIGBUS). Machine code and long texts are most of a big
 * file; they are left out, their place is zeroes and costs no memory.
 *
 * Thread: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct weft_image {
    int fd; /* -1: the bytes came from elsewhere */
    uint8_t *bytes;
    size_t size;
    bool is_whole; /* nothing was left out */
};

/* Opens a regular file of at most WEFT_IMAGE_MAX bytes.
 * Returns 0 or negative errno: -EISDIR, -EFBIG, -ENODEV for what is neither file nor folder. */
int weft_image_open(const char *path, struct weft_image *ret_image);

/* Reads what was left out, too. Returns 0 or negative errno. */
int weft_image_complete(struct weft_image *image);

/* Searches @size bytes at @offset of the file, also where they were left out, for @words as
 * weft_search does (addon/search.h); adds what occurs to @found.
 * Returns 0 or negative errno. */
int weft_image_search(const struct weft_image *image, uint64_t offset, uint64_t size,
                      const char *const words[], size_t count, uint32_t *found);

/* Of an open image, or of one that was never opened but set to WEFT_IMAGE_NONE. */
void weft_image_close(struct weft_image *image);

#define WEFT_IMAGE_NONE                                                                            \
    {                                                                                              \
        .fd = -1                                                                                   \
    }

/* Far more than any native module has: a sparse file or a device would be read for ever. */
#define WEFT_IMAGE_MAX (UINT64_C(1) << 30)
