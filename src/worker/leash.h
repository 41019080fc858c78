/* SPDX-License-Identifier: MIT */

/*
 * worker/leash - the supervisor's socket to the main process
 *
 * The leash lives as long as the process does.
 *
 * Thread: the supervisor's.
 */
#pragma once

#include "channel/link.h"

#include <stdint.h>
#include <uv.h>

/* The leash is the first descriptor after standard error (src/main/host.c). */
#define WEFT_LEASH_FD 3

struct weft_leash_events {
    /* The socket of a page, which is taken; main knows the page by @number. */
    void (*attach)(uint32_t number, int fd);
    /* The main process has gone, or wants this one to go. */
    void (*ended)(void);
};

/* Begins to read. @events must live on. Returns 0 or negative errno. */
int weft_leash_start(uv_loop_t *loop, const struct weft_leash_events *events);

/* Gives the main process its end of a channel that a worker has made; @json says which worker.
 * @descriptors are taken. Never blocks: what the main process has no time for waits. Whatever fails
 * closes the channel, which its worker notices. */
void weft_leash_send_line(const char *json, size_t size,
                          const int descriptors[WEFT_LINK_DESCRIPTORS]);
