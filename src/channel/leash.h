/* SPDX-License-Identifier: MIT */

/*
 * channel/leash - what the main process and the supervisor of a worker host say to each other
 *
 * Packets on a SOCK_SEQPACKET socket that both have from the host's start; the first byte says what
 * it is. Neither end is a page, but each packet's form is checked all the same.
 */
#pragma once

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

enum weft_leash_type {
    /* Main -> supervisor: struct weft_leash_attach. One descriptor, of a page's socket. */
    WEFT_LEASH_ATTACH = 'A',
    /* Supervisor -> main: a worker has made a channel to the main process. This byte, then JSON
     * text (lib/worker/supervisor.js says of what). Descriptors: those of enum
     * weft_link_descriptor. */
    WEFT_LEASH_LINE = 'L',
    /* Supervisor -> main, from a signal handler (worker/last-words.h): this byte, the signal's
     * number (0: exit()), and the module's path without a zero, empty where there is none. */
    WEFT_LEASH_LAST_WORDS = 'W',
};

/* Bytes before the path of last words. */
#define WEFT_LEASH_LAST_WORDS_HEADER 2

/* Most bytes of a packet: those of a line's JSON above all, which has an address in it. */
#define WEFT_LEASH_PACKET_MAX 65536

struct weft_leash_attach {
    uint8_t type;
    uint8_t zero[3];
    uint32_t page; /* by this number lines of the page's workers name it */
};

static_assert(sizeof(struct weft_leash_attach) == 8, "attach");
