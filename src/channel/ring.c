/* SPDX-License-Identifier: MIT */

#include "channel/ring.h"

#include <errno.h>
#include <string.h>

void weft_ring_init(struct weft_ring *ring, struct weft_ring_cursors *shared, uint8_t *data,
                    uint32_t capacity)
{
    *ring = (struct weft_ring){.shared = shared, .data = data, .capacity = capacity};
}

/* Copies into the ring at a cursor, around its end if need be. */
static void copy_in(struct weft_ring *ring, uint64_t cursor, const void *from, size_t size)
{
    size_t at = cursor & (ring->capacity - 1);
    size_t first = ring->capacity - at < size ? ring->capacity - at : size;
    memcpy(ring->data + at, from, first);
    memcpy(ring->data, (const uint8_t *)from + first, size - first);
}

static void copy_out(const struct weft_ring *ring, uint64_t cursor, uint8_t *to, size_t size)
{
    size_t at = cursor & (ring->capacity - 1);
    size_t first = ring->capacity - at < size ? ring->capacity - at : size;
    memcpy(to, ring->data + at, first);
    memcpy(to + first, ring->data, size - first);
}

/* Sets @ret_room to the bytes free behind our head. The tail is the consumer's word for it. */
static int producer_room(const struct weft_ring *ring, size_t *ret_room)
{
    /* Pairs with the release store of tail in weft_ring_drain: what it had read may be overwritten.
     */
    uint64_t tail = atomic_load_explicit(&ring->shared->tail, memory_order_acquire);
    uint64_t used = ring->cursor - tail;
    if (used > ring->capacity || (tail & 7) != 0)
        return -EBADMSG;
    *ret_room = ring->capacity - used;
    return 0;
}

int weft_ring_push(struct weft_ring *ring, uint32_t kind, const void *body, size_t size)
{
    if (size > WEFT_MESSAGE_MAX)
        return -EMSGSIZE;

    size_t room;
    int r = producer_room(ring, &room);
    if (r < 0)
        return r;
    size_t span = weft_message_span(size);
    if (span > room)
        return WEFT_RING_FULL;

    struct weft_message_header header = {.size = (uint32_t)size, .kind = kind};
    copy_in(ring, ring->cursor, &header, sizeof(header));
    if (size > 0)
        copy_in(ring, ring->cursor + sizeof(header), body, size);
    ring->cursor += span;
    /* Pairs with the acquire load of head in weft_ring_drain: the bytes are there before it moves.
     */
    atomic_store_explicit(&ring->shared->head, ring->cursor, memory_order_release);
    return 0;
}

/* Checks the messages in private memory. Returns how many bytes of whole messages there are, or 0
 * when the first one is broken. */
static size_t whole_messages(const uint8_t *bytes, size_t size)
{
    size_t at = 0;
    while (size - at >= sizeof(struct weft_message_header)) {
        struct weft_message_header header;
        memcpy(&header, bytes + at, sizeof(header));
        if (header.size > WEFT_MESSAGE_MAX || header.kind == 0 ||
            header.kind >= WEFT_MESSAGE_KIND_END)
            return 0;
        size_t span = weft_message_span(header.size);
        if (span > size - at)
            break; /* cut by the end of the private buffer: comes with the next drain */
        at += span;
    }
    return at;
}

int weft_ring_drain(struct weft_ring *ring, uint8_t *out, size_t capacity, size_t *ret_size)
{
    /* Pairs with the release store of head in weft_ring_push. */
    uint64_t head = atomic_load_explicit(&ring->shared->head, memory_order_acquire);
    uint64_t available = head - ring->cursor;
    if (available == 0)
        return WEFT_RING_EMPTY;
    if (available > ring->capacity || (available & 7) != 0)
        return -EBADMSG;

    size_t size = available < capacity ? (size_t)available : capacity;
    copy_out(ring, ring->cursor, out, size); /* the page may write on: judge the copy only */
    /* For the compiler: what was copied is read from the copy, never from the ring once more. */
    atomic_signal_fence(memory_order_seq_cst);
    size_t whole = whole_messages(out, size);
    if (whole == 0 || (whole < size && size == available))
        return -EBADMSG; /* the last message reaches past the head */

    ring->cursor += whole;
    /* Pairs with the acquire load of tail in producer_room. */
    atomic_store_explicit(&ring->shared->tail, ring->cursor, memory_order_release);
    *ret_size = whole;
    return 0;
}

bool weft_ring_ready(const struct weft_ring *ring)
{
    /* Relaxed: only a hint; weft_ring_drain loads again with acquire. */
    return atomic_load_explicit(&ring->shared->head, memory_order_relaxed) != ring->cursor;
}

/*
 * Sleeping and waiting use Dekker's pattern: each side stores its own word, then loads the other's,
 * with a full fence between, so at least one of them sees the other and no wake-up is lost.
 */

bool weft_ring_consumer_sleep(struct weft_ring *ring)
{
    atomic_store_explicit(&ring->shared->consumer_sleeps, 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst); /* pairs with the fence in .._consumer_wants_bell */
    if (!weft_ring_ready(ring))
        return true;
    weft_ring_consumer_wake(ring);
    return false;
}

void weft_ring_consumer_wake(struct weft_ring *ring)
{
    atomic_store_explicit(&ring->shared->consumer_sleeps, 0, memory_order_relaxed);
}

bool weft_ring_consumer_wants_bell(struct weft_ring *ring)
{
    /* Head before sleeps; pairs with the fence in .._consumer_sleep. */
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load_explicit(&ring->shared->consumer_sleeps, memory_order_relaxed) == 0)
        return false;
    return atomic_exchange_explicit(&ring->shared->consumer_sleeps, 0, memory_order_relaxed) != 0;
}

void weft_ring_producer_wait_any(struct weft_ring *ring)
{
    atomic_store_explicit(&ring->shared->producer_waits, 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst); /* pairs with the fence in .._producer_wants_bell */
}

bool weft_ring_producer_wait(struct weft_ring *ring, size_t size)
{
    weft_ring_producer_wait_any(ring);
    size_t room;
    if (producer_room(ring, &room) == 0 && room < weft_message_span(size))
        return true;
    atomic_store_explicit(&ring->shared->producer_waits, 0, memory_order_relaxed);
    return false;
}

bool weft_ring_producer_wants_bell(struct weft_ring *ring)
{
    atomic_thread_fence(memory_order_seq_cst); /* tail before waits; pairs with .._producer_wait */
    if (atomic_load_explicit(&ring->shared->producer_waits, memory_order_relaxed) == 0)
        return false;
    return atomic_exchange_explicit(&ring->shared->producer_waits, 0, memory_order_relaxed) != 0;
}
