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
    struct weft_shared *shared; /* its descriptor goes first; NULL: there is none, or it has gone */
    uint32_t kind;
    uint32_t size;
    uint8_t body[];
};

/* Shared memory that has come, for the clone that names it. */
struct weft_incoming_shared {
    struct weft_incoming_shared *next;
    struct weft_shared *shared;
    uint32_t id;
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
    uint32_t shared_id;  /* of the latest shared memory */

    /* Receiving: what is left of the last drain, and the buffers of the next clone. */
    size_t inbox_used;
    size_t inbox_size;
    struct weft_incoming *incoming;
    size_t incoming_count;
    bool incoming_taken;                 /* the receiver has had them */
    struct weft_incoming_shared *shared; /* in the order in which they came */
    struct weft_incoming_shared **shared_last;
    size_t shared_count;
    uint32_t shared_received_id; /* the latest one that was in the socket */
    uint32_t shared_named_id;    /* the latest one that a message has named */
};

/* What goes over the link's socket with the descriptor of a new segment. */
struct weft_segment_packet {
    uint32_t id;
};

/* What goes with that of shared memory: the size tells them apart. */
struct weft_shared_packet {
    uint64_t size; /* of the memory, in bytes */
    uint32_t id;   /* 1, 2, 3 ... on each link */
    uint32_t zero;
};

/* Most shared memories that wait for the clone that names them. Beyond it the oldest is let go of:
 * its clone was never sent, or nobody read it. */
#define WEFT_LINK_SHARED_MAX 4096

/* Most buffers that one clone may carry: their references are one message. */
#define WEFT_LINK_BUFFERS_MAX (WEFT_MESSAGE_MAX / sizeof(struct weft_segment_ref))

/* Puts an own segment that is back into the pool, telling the peer of those that it frees. */
void weft_link_put_idle(struct weft_link *link, struct weft_segment *segment);

/* Sends the descriptor of a queued message, where it has one. Returns 0, WEFT_LINK_AGAIN with the
 * bell asked for, or negative errno. */
int weft_link_send_shared(struct weft_link *link, struct weft_queued *queued);

/* Shared memory was in the socket; @fd is taken. Returns 0, -EBADMSG or -ENOMEM. */
int weft_link_add_shared(struct weft_link *link, const struct weft_shared_packet *packet, int fd);

/* Lets go of all that nobody has taken. */
void weft_link_drop_shared(struct weft_link *link);
