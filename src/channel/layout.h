/* SPDX-License-Identifier: MIT */

/*
 * channel/layout - the bytes that a page and its worker share
 *
 * This file is the only definition of shared memory. One channel is one memfd:
 *
 *     offset            size    what
 *     0                 64      identity: magic, version, capacity
 *     64                256     cursors of the ring page -> worker
 *     320               256     cursors of the ring worker -> page
 *     576               448     unused, keeps the data on a 1 KiB boundary
 *     1024              C       bytes of the ring page -> worker
 *     1024 + C          C       bytes of the ring worker -> page
 *
 * Every cursor that one end writes and the other reads has a cache line of its own. The page is the
 * untrusted end: what is read from here is loaded once, checked, and only then used
 * (channel/ring.c).
 */
#pragma once

#include <assert.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define WEFT_CHANNEL_MAGIC   UINT32_C(0x74666577) /* "weft" */
#define WEFT_CHANNEL_VERSION UINT32_C(1)

/* Bytes of one ring: a power of two. Each worker costs twice this once it has talked a lot. */
#define WEFT_RING_CAPACITY UINT32_C(262144)

/* The largest message that travels in a ring; longer ones travel in a segment (channel/segment.h).
 */
#define WEFT_MESSAGE_MAX UINT32_C(65536)

#define WEFT_CACHE_LINE 64

/* Cursors count bytes since the channel began and never wrap; position = cursor % capacity. */
struct weft_ring_cursors {
    _Atomic uint64_t head; /* written by the producer: end of what may be read */
    char pad_head[WEFT_CACHE_LINE - 8];
    _Atomic uint64_t tail; /* written by the consumer: end of what has been read */
    char pad_tail[WEFT_CACHE_LINE - 8];
    _Atomic uint32_t consumer_sleeps; /* 1: ring the consumer's doorbell after the next message */
    char pad_sleeps[WEFT_CACHE_LINE - 4];
    _Atomic uint32_t producer_waits; /* 1: ring the producer's doorbell when room was made */
    char pad_waits[WEFT_CACHE_LINE - 4];
};

struct weft_channel_layout {
    uint32_t magic;
    uint32_t version;
    uint32_t capacity;
    char pad_identity[WEFT_CACHE_LINE - 12];
    struct weft_ring_cursors to_worker;
    struct weft_ring_cursors to_page;
    char pad_data[448];
    uint8_t data[]; /* 2 * capacity bytes */
};

/* The most bytes of one structured clone, its out-of-band buffers aside. */
#define WEFT_CLONE_MAX UINT32_MAX

/* Stands before each message in a ring; a message starts at a multiple of 8. */
struct weft_message_header {
    uint32_t size; /* of the body, in bytes, without the padding to a multiple of 8 */
    uint32_t kind; /* enum weft_message_kind */
};

/* JavaScript gets these numbers from the bindings, so each name exists once. */
enum weft_message_kind {
    WEFT_MESSAGE_DATA = 1,        /* a structured clone */
    WEFT_MESSAGE_DATA_IN_SEGMENT, /* struct weft_segment_ref: the clone's bytes are in there */
    WEFT_MESSAGE_BUFFERS,         /* struct weft_segment_ref[]: ArrayBuffers of the next clone */
    WEFT_MESSAGE_RELEASE,  /* uint32_t: the sender is done with that segment of the receiver's */
    WEFT_MESSAGE_FORGET,   /* uint32_t: the sender has freed that segment of its own: unmap it */
    WEFT_MESSAGE_SEGMENTS, /* uint32_t: the socket is full up to that new segment: take them in */
    WEFT_MESSAGE_ERROR,    /* worker -> page: an uncaught error, for the `error` event */
    WEFT_MESSAGE_CONSOLE,  /* worker -> page: a console message */
    WEFT_MESSAGE_SHARED,   /* uint32_t: take the memory of that number from the socket */
    WEFT_MESSAGE_KIND_END,
};

/* Names bytes in a segment. */
struct weft_segment_ref {
    uint32_t id;
    uint32_t owner; /* enum weft_segment_owner, as the sender sees it */
    uint64_t size;
};

enum weft_segment_owner {
    WEFT_SEGMENT_OWNER_SENDER = 0, /* of the sender's pool: the receiver releases it */
    WEFT_SEGMENT_OWNER_RECEIVER,   /* of the receiver's own pool: it comes home */
};

static_assert(sizeof(struct weft_message_header) == 8, "header");
static_assert(sizeof(struct weft_segment_ref) == 16, "segment reference");
static_assert(sizeof(struct weft_ring_cursors) == 256, "cursors");
static_assert(offsetof(struct weft_ring_cursors, tail) == 64, "tail has its own line");
static_assert(offsetof(struct weft_ring_cursors, consumer_sleeps) == 128, "own line");
static_assert(offsetof(struct weft_ring_cursors, producer_waits) == 192, "own line");
static_assert(offsetof(struct weft_channel_layout, to_worker) == 64, "first ring's cursors");
static_assert(offsetof(struct weft_channel_layout, to_page) == 320, "second ring's cursors");
static_assert(offsetof(struct weft_channel_layout, data) == 1024, "data");
static_assert((WEFT_RING_CAPACITY & (WEFT_RING_CAPACITY - 1)) == 0, "a power of two");
static_assert(WEFT_MESSAGE_MAX <= WEFT_RING_CAPACITY / 4, "several messages fit");

/* Bytes of one whole channel. */
#define WEFT_CHANNEL_SIZE (sizeof(struct weft_channel_layout) + 2 * (size_t)WEFT_RING_CAPACITY)

/* Bytes that a body of @size takes in a ring, its header and padding included. */
static inline size_t weft_message_span(size_t size)
{
    return sizeof(struct weft_message_header) + ((size + 7) & ~(size_t)7);
}
