/* SPDX-License-Identifier: MIT */

/*
 * What the racy modules do: nothing in it is made for two threads. Two that run it at once in one
 * instance lose counts, and find each other's marks in the buffer.
 */
#pragma once

#include <stdint.h>
#include <string.h>

#define RACY_BUFFER 4096

static volatile uint64_t racy_count;
static unsigned char racy_buffer[RACY_BUFFER];

/* Counts @rounds times, and fills the buffer each thousand times. Returns how often it found
 * something else in it. */
static inline uint32_t racy_work(uint32_t rounds, unsigned char mark)
{
    uint32_t foreign = 0;
    for (uint32_t i = 0; i < rounds; i++) {
        racy_count = racy_count + 1;
        if (i % 1000 != 0)
            continue;
        memset(racy_buffer, mark, RACY_BUFFER);
        __asm__ volatile("" ::: "memory");
        for (int j = 0; j < RACY_BUFFER; j++)
            foreign += racy_buffer[j] != mark;
    }
    return foreign;
}
