/* SPDX-License-Identifier: MIT */

/*
 * channel/ring - one-way queue of messages in shared memory
 *
 * One producer and one consumer, in any two threads or processes that map the
 * same memory. No locks, no allocation, no globals.
 *
 * Trust:     the other end may be a hostile page. Lengths and cursors read from
 *            shared memory are loaded once, checked, and only then used.
 * Ownership: a ring borrows its memory; the mapping must outlive it.
 */
#pragma once

#include "channel/layout.h"

#include <stdbool.h>

/* One end's view of a ring. The end's own cursor is private: the peer can't move it. */
struct weft_ring {
    struct weft_ring_cursors *shared;
    uint8_t *data;
    uint32_t capacity; /* a power of two */
    uint64_t cursor;   /* producer: head; consumer: tail */
};

/* Results that the direct caller handles; they are never passed on. */
enum {
    WEFT_RING_FULL = 1,
    WEFT_RING_EMPTY,
};

/* Takes the memory of one ring; both ends do this once, before either pushes or pops. */
void weft_ring_init(struct weft_ring *ring, struct weft_ring_cursors *shared, uint8_t *data,
                    uint32_t capacity);

/* Thread: producer. Copies @size bytes in as one message of @kind, or changes nothing.
 * Returns 0, WEFT_RING_FULL, -EMSGSIZE when @size is over WEFT_MESSAGE_MAX, or -EBADMSG when the
 * consumer put its cursor somewhere impossible. */
int weft_ring_push(struct weft_ring *ring, uint32_t kind, const void *body, size_t size);

/* Thread: consumer. Copies whole messages, headers and padding included, to @out, as many as are
 * there and fit in @capacity (a multiple of 8, at least weft_message_span(WEFT_MESSAGE_MAX)), and
 * checks the copy: every header's kind and size is sound afterwards, and the sizes add up to
 * @ret_size. Returns 0, WEFT_RING_EMPTY, or -EBADMSG. */
int weft_ring_drain(struct weft_ring *ring, uint8_t *out, size_t capacity, size_t *ret_size);

/* Thread: consumer. Whether there is something to drain (or a broken cursor to be told of). */
bool weft_ring_ready(const struct weft_ring *ring);

/* Thread: consumer. Says that the doorbell is wanted for the next message. True: sleep, the
 * producer will ring. False: a message came meanwhile, drain instead. */
bool weft_ring_consumer_sleep(struct weft_ring *ring);

/* Thread: consumer. Takes the wish back, after waking for whatever reason. */
void weft_ring_consumer_wake(struct weft_ring *ring);

/* Thread: producer, after a push. Whether the consumer sleeps and must be rung; asks once. */
bool weft_ring_consumer_wants_bell(struct weft_ring *ring);

/* Thread: producer, after WEFT_RING_FULL. Says that a bell is wanted when there is room. True: wait
 * for it. False: room came meanwhile, push again. @size is that of the message that did not fit. */
bool weft_ring_producer_wait(struct weft_ring *ring, size_t size);

/* Thread: producer. Says that a bell is wanted at whatever the consumer does next. The caller looks
 * once more, after this, at what it waits for. */
void weft_ring_producer_wait_any(struct weft_ring *ring);

/* Thread: consumer, after a drain. Whether the producer waits for room and must be rung. */
bool weft_ring_producer_wants_bell(struct weft_ring *ring);
