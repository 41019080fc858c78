/* SPDX-License-Identifier: MIT */

/*
 * worker/waits - Atomics.notify and Atomics.waitAsync of pages, done in the supervisor's thread
 *
 * V8 keeps one list of waiters for each place in memory, of all threads of the process. A page's
 * waiters stand in it through the supervisor, which waits for them (lib/worker/page-atomics.js).
 *
 * Trust:  packets are well-formed (channel/control.h); that a place is inside of the memory is
 * judged here, before anything is done. Thread: the supervisor's.
 */
#pragma once

#include "channel/control.h"

#include <node_api.h>

/* The waits of one page, oldest first: those end first. Zeroes are none. */
struct weft_waits {
    struct weft_wait *first;
    struct weft_wait *last;
    size_t count;
};

/* Calls @notify(memory, count) for a NOTIFY with the memory's descriptor (which stays the
 * caller's). Returns 0 with the number of woken ones, or -EBADMSG. */
int weft_waits_notify(napi_env env, napi_value notify, const struct weft_control_packet *packet,
                      int fd, uint32_t *ret_woken);

/* Calls @wait(page, id, memory, value, timeout, anyway) for a WAIT with the memory's descriptor
 * (taken). Returns 0 with one of enum weft_control_waited, or -EBADMSG. */
int weft_waits_add(struct weft_waits *waits, napi_env env, napi_value wait, napi_value page,
                   const struct weft_control_packet *packet, int fd, uint32_t *ret_result);

/* A wait has ended: lets go of its memory. An unknown @id does nothing. */
void weft_waits_remove(struct weft_waits *waits, uint32_t id);
