/* SPDX-License-Identifier: MIT */

#include "asar/sha256.h"
#include "base/test.h"

#include <stdlib.h>
#include <string.h>

#define SIZE ((size_t)10000)

static uint8_t *make_bytes(unsigned seed)
{
    uint8_t *bytes = malloc(SIZE);
    CHECK(bytes);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)((i + seed) * 2654435761u >> 13);
    return bytes;
}

/* Adds bytes in two ways: @before of them, then @size at a time with another message, and a few. */
static void check_as_alone(const uint8_t *bytes, const uint8_t *other, size_t before, size_t size)
{
    struct sha256_ctx alone, first, second;
    uint8_t expected[SHA256_DIGEST_SIZE], digest[SHA256_DIGEST_SIZE];
    sha256_init(&first);
    sha256_init(&second);
    sha256_update(&first, before, bytes);
    weft_sha256_update_two(&first, bytes + before, &second, other, size);
    weft_sha256_update_two(&second, other + size, &first, bytes + before + size, 3);

    sha256_init(&alone);
    sha256_update(&alone, before + size + 3, bytes);
    sha256_digest(&alone, sizeof(expected), expected);
    sha256_digest(&first, sizeof(digest), digest);
    CHECK(memcmp(digest, expected, sizeof(digest)) == 0);
    sha256_update(&alone, size + 3, other);
    sha256_digest(&alone, sizeof(expected), expected);
    sha256_digest(&second, sizeof(digest), digest);
    CHECK(memcmp(digest, expected, sizeof(digest)) == 0);
}

TEST(two_messages_have_the_hashes_that_each_has_alone)
{
    uint8_t *bytes = make_bytes(0), *other = make_bytes(77);
    for (size_t size = 0; size < 300; size++)
        check_as_alone(bytes, other, 0, size);
    for (size_t before = 0; before < 130; before++)
        check_as_alone(bytes, other + 1, before, 5 * before + 64);
    check_as_alone(bytes + 1, other, 128, SIZE - 200);
    free(bytes);
    free(other);
}

TEST(two_messages_may_be_given_the_same_bytes)
{
    uint8_t *bytes = make_bytes(3);
    check_as_alone(bytes, bytes, 64, 640);
    free(bytes);
}
