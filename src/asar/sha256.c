/* SPDX-License-Identifier: MIT */

#include "asar/sha256.h"

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

/* What the functions are compiled for, whose callers have looked whether the processor has it. */
#define SHA_INSTRUCTIONS __attribute__((target("sha,sse4.1")))
#define INLINE           static inline __attribute__((always_inline)) SHA_INSTRUCTIONS

/* FIPS 180-4, 4.2.2. */
static const uint32_t constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* One of the two messages: the working variables as the instructions have them, and sixteen words
 * of the message schedule. */
struct lane {
    __m128i abef, cdgh;
    __m128i words[4];
};

INLINE void load_state(struct lane *lane, const uint32_t *state)
{
    lane->abef = _mm_set_epi32((int)state[0], (int)state[1], (int)state[4], (int)state[5]);
    lane->cdgh = _mm_set_epi32((int)state[2], (int)state[3], (int)state[6], (int)state[7]);
}

INLINE void store_state(const struct lane *lane, uint32_t *ret_state)
{
    ret_state[0] = (uint32_t)_mm_extract_epi32(lane->abef, 3);
    ret_state[1] = (uint32_t)_mm_extract_epi32(lane->abef, 2);
    ret_state[2] = (uint32_t)_mm_extract_epi32(lane->cdgh, 3);
    ret_state[3] = (uint32_t)_mm_extract_epi32(lane->cdgh, 2);
    ret_state[4] = (uint32_t)_mm_extract_epi32(lane->abef, 1);
    ret_state[5] = (uint32_t)_mm_extract_epi32(lane->abef, 0);
    ret_state[6] = (uint32_t)_mm_extract_epi32(lane->cdgh, 1);
    ret_state[7] = (uint32_t)_mm_extract_epi32(lane->cdgh, 0);
}

/* Sixteen words, of which the message has the first byte first. */
INLINE void load_words(struct lane *lane, const uint8_t *bytes)
{
    const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    for (int i = 0; i < 4; i++)
        lane->words[i] = _mm_shuffle_epi8(
            _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * i)), order);
}

/* Four rounds, number @quarter of sixteen; and while they are needed, the words that come sixteen
 * later. */
INLINE void do_rounds(struct lane *lane, int group, int quarter, bool has_later)
{
    __m128i *words = lane->words;
    const __m128i *four = (const __m128i *)(const void *)&constants[16 * group + 4 * quarter];
    __m128i sum = _mm_add_epi32(words[quarter], _mm_load_si128(four));
    lane->cdgh = _mm_sha256rnds2_epu32(lane->cdgh, lane->abef, sum);
    lane->abef = _mm_sha256rnds2_epu32(lane->abef, lane->cdgh, _mm_shuffle_epi32(sum, 0x0e));
    if (!has_later)
        return;
    __m128i before = words[(quarter + 3) % 4];
    __m128i seventh = _mm_alignr_epi8(before, words[(quarter + 2) % 4], 4);
    __m128i half = _mm_sha256msg1_epu32(words[quarter], words[(quarter + 1) % 4]);
    words[quarter] = _mm_sha256msg2_epu32(_mm_add_epi32(half, seventh), before);
}

INLINE void do_group(struct lane *first, struct lane *second, int group, bool has_later)
{
    do_rounds(first, group, 0, has_later);
    do_rounds(second, group, 0, has_later);
    do_rounds(first, group, 1, has_later);
    do_rounds(second, group, 1, has_later);
    do_rounds(first, group, 2, has_later);
    do_rounds(second, group, 2, has_later);
    do_rounds(first, group, 3, has_later);
    do_rounds(second, group, 3, has_later);
}

INLINE void add_state(struct lane *lane, const struct lane *before)
{
    lane->abef = _mm_add_epi32(lane->abef, before->abef);
    lane->cdgh = _mm_add_epi32(lane->cdgh, before->cdgh);
}

SHA_INSTRUCTIONS static void compress_two(uint32_t *first_state, const uint8_t *first_bytes,
                                          uint32_t *second_state, const uint8_t *second_bytes,
                                          size_t blocks)
{
    struct lane first, second;
    load_state(&first, first_state);
    load_state(&second, second_state);
    for (size_t i = 0; i < blocks; i++) {
        const struct lane first_before = first, second_before = second;
        load_words(&first, first_bytes + i * SHA256_BLOCK_SIZE);
        load_words(&second, second_bytes + i * SHA256_BLOCK_SIZE);
        do_group(&first, &second, 0, true);
        do_group(&first, &second, 1, true);
        do_group(&first, &second, 2, true);
        do_group(&first, &second, 3, false);
        add_state(&first, &first_before);
        add_state(&second, &second_before);
    }
    store_state(&first, first_state);
    store_state(&second, second_state);
}

static bool has_instructions;

/* Intel's manual, CPUID: leaf 7 has the SHA extensions, leaf 1 what is used beside them. Before any
 * thread, and once: a virtual machine asks its host. */
__attribute__((constructor)) static void look_for_instructions(void)
{
    unsigned a, b, c, d;
    has_instructions = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSSE3) && (c & bit_SSE4_1) &&
                       __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

/* Returns how many bytes of each it has added. */
static size_t update_blocks(struct sha256_ctx *first, const uint8_t *first_bytes,
                            struct sha256_ctx *second, const uint8_t *second_bytes, size_t size)
{
    size_t blocks = size / SHA256_BLOCK_SIZE;
    if (blocks == 0 || first->index != 0 || second->index != 0 || !has_instructions)
        return 0;
    compress_two(first->state, first_bytes, second->state, second_bytes, blocks);
    first->count += blocks;
    second->count += blocks;
    return blocks * SHA256_BLOCK_SIZE;
}

#else

static size_t update_blocks(struct sha256_ctx *first, const uint8_t *first_bytes,
                            struct sha256_ctx *second, const uint8_t *second_bytes, size_t size)
{
    return 0;
}

#endif

void weft_sha256_update_two(struct sha256_ctx *first, const void *first_bytes,
                            struct sha256_ctx *second, const void *second_bytes, size_t size)
{
    size_t done = update_blocks(first, first_bytes, second, second_bytes, size);
    sha256_update(first, size - done, (const uint8_t *)first_bytes + done);
    sha256_update(second, size - done, (const uint8_t *)second_bytes + done);
}
