/* SPDX-License-Identifier: MIT */

/*
 * channel/link - one end of the channel between a page and one of its workers
 *
 * Two rings, two doorbells, the segments, and a socket that carries the descriptors of new
 * segments. The page makes the channel; the worker receives its descriptors and checks them.
 * Sending never blocks and never loses a message: what does not fit in the ring waits in a private
 * queue.
 *
 * A descriptor of a segment is sent before the message that names it, so the receiver of the
 * message finds it in the socket.
 *
 * Thread: the owner's, one; but for weft_segment_return.
 */
#pragma once

#include "channel/segment.h"
#include "channel/shared.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct weft_link;

enum weft_link_end {
    WEFT_LINK_PAGE,
    WEFT_LINK_WORKER,
};

/* The descriptors of a channel as they travel to the worker's end, in this order. */
enum weft_link_descriptor {
    WEFT_LINK_MEMORY,
    WEFT_LINK_BELL_PAGE,
    WEFT_LINK_BELL_WORKER,
    WEFT_LINK_SOCKET, /* the worker's end of it */
    WEFT_LINK_DESCRIPTORS,
};

/* Results that the direct caller handles; they are never passed on. */
enum {
    WEFT_LINK_EMPTY = 1,
    WEFT_LINK_AGAIN, /* not everything could be sent yet */
};

/* Memory that the link drains messages into before anybody looks at them: at least this long. */
#define WEFT_LINK_INBOX_SIZE ((size_t)131072)

/* Makes a channel. @ret_peer has the other end's descriptors, which the caller sends and closes. */
int weft_link_create(struct weft_link **ret_link, int ret_peer[WEFT_LINK_DESCRIPTORS]);

/* Opens the worker's end from descriptors (taken, also on failure) that a page sent. Returns 0,
 * -EBADMSG when they are not what a page of ours sends, or another negative errno. */
int weft_link_open(const int descriptors[WEFT_LINK_DESCRIPTORS], struct weft_link **ret_link);

/* Frees everything but segments that are still held. NULL does nothing. */
void weft_link_close(struct weft_link *link);

/* The doorbell to poll for reading. Stays the link's. */
int weft_link_bell(const struct weft_link *link);

/* The socket, to poll for the other end's death only (POLLHUP). Stays the link's. */
int weft_link_socket(const struct weft_link *link);

/* ---- sending ---- */

/* Sends a small message (at most WEFT_MESSAGE_MAX bytes). Returns 0 or negative errno: -EMSGSIZE,
 * -ENOMEM, or -EBADMSG when the peer broke the channel. */
int weft_link_send(struct weft_link *link, uint32_t kind, const void *body, size_t size);

/* Sends a structured clone of any size, with the buffers attached since the last one. Returns 0, or
 * negative errno: then the caller detaches them. */
int weft_link_send_data(struct weft_link *link, const void *bytes, size_t size);

/* Takes a segment to be filled and attached. */
int weft_link_acquire(struct weft_link *link, uint64_t size, struct weft_segment **ret_segment);

/* The segment that an ArrayBuffer of ours at @memory holds; NULL when that is no segment. */
struct weft_segment *weft_link_held_at(struct weft_link *link, const void *memory);

/* A segment by its number, of our pool or the peer's; NULL when we do not hold it. */
struct weft_segment *weft_link_find(struct weft_link *link, uint32_t id, bool own);

/* Attaches the first @size bytes of @segment as the next buffer of the next structured clone. It
 * was acquired, or is held by an ArrayBuffer of ours that the caller detaches after the send. */
int weft_link_attach(struct weft_link *link, struct weft_segment *segment, uint64_t size);

/* Forgets what was attached: the clone failed. Acquired segments go back to the pool. */
void weft_link_detach_all(struct weft_link *link);

/* Sends shared memory: the next structured clone may name it by @ret_id. Returns 0 or negative
 * errno.
 */
int weft_link_share(struct weft_link *link, struct weft_shared *shared, uint32_t *ret_id);

/* Sends what waits: queued messages, releases. Returns 0, WEFT_LINK_AGAIN (the bell will ring), or
 * negative errno. */
int weft_link_flush(struct weft_link *link);

/* Blocks until all is sent, the peer is gone or @timeout_ms are over: for the end of a thread. */
void weft_link_flush_blocking(struct weft_link *link, int timeout_ms);

/* ---- receiving ---- */

struct weft_incoming {
    struct weft_segment *segment; /* held for the receiver, who returns it */
    uint64_t size;
};

/* One run of messages to handle together. */
struct weft_link_event {
    uint32_t kind;
    /* WEFT_MESSAGE_DATA: a run of whole messages in the inbox, headers included. Other kinds: the
     * body of one message. */
    size_t offset;
    size_t size;
    /* The clone is in a segment instead of the inbox (its segment is NULL otherwise). */
    struct weft_incoming body;
    /* Buffers of the one clone; borrowed until the next call. Valid for a run of one message. */
    const struct weft_incoming *buffers;
    size_t buffer_count;
};

/* Takes the next run. @inbox is the same WEFT_LINK_INBOX_SIZE bytes at each call. Returns 0,
 * WEFT_LINK_EMPTY, -EBADMSG when the peer broke the channel, or -ENOMEM; the link is over then. */
int weft_link_receive(struct weft_link *link, uint8_t *inbox, struct weft_link_event *ret_event);

/* The shared memory that the clone which has just come names by @id, with a reference for the
 * caller. What was sent before it is let go of. Returns 0, -ENOENT where there is none (the peer
 * lied, or it could not be mapped). */
int weft_link_take_shared(struct weft_link *link, uint32_t id, struct weft_shared **ret_shared);

/* Whether something is there to receive. */
bool weft_link_ready(const struct weft_link *link);

/* Looks a little while for a message (channel/wake.h). */
bool weft_link_spin(struct weft_link *link);

/* Before and after polling the bell: see weft_ring_consumer_sleep. False, too, while what was
 * drained has not all been received. */
bool weft_link_sleep(struct weft_link *link);
void weft_link_wake(struct weft_link *link);

/* Clears the bell after poll said that it was rung. */
void weft_link_clear_bell(struct weft_link *link);
