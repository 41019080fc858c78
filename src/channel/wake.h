/* SPDX-License-Identifier: MIT */

/*
 * channel/wake - doorbells, and how long to look before going to sleep
 *
 * A doorbell is an eventfd that the sleeping end polls. Waking a sleeping core costs tens of
 * microseconds on an idle machine, so an end that has just had a message looks at the ring for a
 * little while before it sleeps. The spin measures itself: it grows while messages arrive within
 * it or soon after, shrinks while they do not, and is off for a while when another thread wants the
 * core.
 */
#pragma once

#include "channel/ring.h"

#include <stdbool.h>
#include <stdint.h>

/* Bounds of one spin, in nanoseconds. */
#define WEFT_SPIN_MAX_NS UINT64_C(50000)
#define WEFT_SPIN_MIN_NS UINT64_C(2000)
/* Spin only this long after the last message. */
#define WEFT_SPIN_RECENT_NS UINT64_C(1000000)
/* A message that comes so soon after a spin that was too short would have been worth a full one:
 * what is more than WEFT_SPIN_MAX_NS is about what it takes to wake a core. */
#define WEFT_SPIN_WORTH_NS UINT64_C(100000)
/* A sched_yield that takes longer than this gave the core to somebody who wanted it. */
#define WEFT_SPIN_CONTENDED_NS UINT64_C(15000)
/* How long the spin stays off after that. */
#define WEFT_SPIN_OFF_NS UINT64_C(20000000)

/* Opens a non-blocking doorbell. Returns 0 or negative errno. */
int weft_bell_open(int *ret_fd);

/* Checks that a descriptor from the peer is an eventfd, and makes it non-blocking: anything else
 * could stop the thread that rings it. Returns 0 or -EBADF. */
int weft_bell_check(int fd);

/* Thread: any. Rings; a full counter is as good as rung. */
void weft_bell_ring(int fd);

/* Thread: the sleeper. Takes all rings at once. */
void weft_bell_clear(int fd);

struct weft_spin {
    uint64_t budget_ns;
    uint64_t last_message_ns;
    uint64_t off_until_ns;
    uint64_t in_vain_ns; /* when the last spin began, if nothing came; else 0 */
};

void weft_spin_init(struct weft_spin *spin);

/* Notes that messages were just handled. */
void weft_spin_active(struct weft_spin *spin);

/* Asks @ready for a message as long as it pays. Returns whether there is one. */
bool weft_spin_wait(struct weft_spin *spin, bool (*ready)(const void *data), const void *data);
