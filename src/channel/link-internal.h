/* SPDX-License-Identifier: MIT */

/*
 * channel/link-internal - the state of a link, shared by link.c, link-send.c and link-receive.c
 * only
 */
#pragma once

#include "channel/link.h"
#include "channel/ring.h"
#include "channel/wake.h"

#include <stdlib.h>

/* A message that waits for room in the ring. */
struct weft_queued {
    struct weft_queued *next;
    uint32_t kind;
    uint32_t size;
    uint8_t body[];
};

struct weft_link {
    void *memory; /* WEFT_CHANNEL_SIZE bytes */
    struct weft_ring in;
    struct weft_ring out;
    int bell;
    int peer_bell;
    int socket;
    struct weft_spin spin;
    struct weft_segments *segments;

    /* Sending: messages in order, and the buffers of the next clone. */
    struct weft_queued *queue;
    struct weft_queued **queue_last;
    struct weft_segment_ref *attached;
    size_t attached_count;
    size_t attached_capacity;
    uint32_t unnamed_id; /* last segment in the socket that no message names yet; 0: none */

    /* Receiving: what is left of the last drain, and the buffers of the next clone. */
    size_t inbox_used;
    size_t inbox_size;
    struct weft_incoming *incoming;
    size_t incoming_count;
    bool incoming_taken; /* the receiver has had them */
};

/* What goes over the link's socket with the descriptor of a new segment. */
struct weft_segment_packet {
    uint32_t id;
};

/* Most buffers that one clone may carry: their references are one message. */
#define WEFT_LINK_BUFFERS_MAX (WEFT_MESSAGE_MAX / sizeof(struct weft_segment_ref))

/* Puts an own segment that is back into the pool, telling the peer of those that it frees. */
void weft_link_put_idle(struct weft_link *link, struct weft_segment *segment);
