/* SPDX-License-Identifier: MIT */

/*
 * fuzz/input - reads a fuzzer's bytes as a script
 *
 * Past its end there are only zeroes: each input is a whole script.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What libFuzzer, or fuzz/replay, calls with each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const uint8_t *at;
    size_t left;
};

static inline void input_copy(struct input *input, void *out, size_t size)
{
    size_t there = size < input->left ? size : input->left;
    memset(out, 0, size);
    memcpy(out, input->at, there);
    input->at += there;
    input->left -= there;
}

static inline uint8_t input_u8(struct input *input)
{
    uint8_t value;
    input_copy(input, &value, sizeof(value));
    return value;
}

static inline uint16_t input_u16(struct input *input)
{
    uint16_t value;
    input_copy(input, &value, sizeof(value));
    return value;
}

static inline uint32_t input_u32(struct input *input)
{
    uint32_t value;
    input_copy(input, &value, sizeof(value));
    return value;
}

static inline uint64_t input_u64(struct input *input)
{
    uint64_t value;
    input_copy(input, &value, sizeof(value));
    return value;
}

/* A promise that the code under test makes in its header. */
static inline void promised(bool kept)
{
    if (!kept)
        abort();
}
