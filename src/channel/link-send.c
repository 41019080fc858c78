/* SPDX-License-Identifier: MIT */

#include "base/cleanup.h"
#include "base/socket.h"
#include "channel/link-internal.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

/* @shared (NULL for none) is sent with it: the queue has a reference of its own. */
static int enqueue(struct weft_link *link, uint32_t kind, const void *body, size_t size,
                   struct weft_shared *shared)
{
    struct weft_queued *queued = malloc(sizeof(*queued) + size);
    if (!queued)
        return -ENOMEM;
    queued->next = NULL;
    queued->shared = shared ? weft_shared_ref(shared) : NULL;
    queued->kind = kind;
    queued->size = (uint32_t)size;
    if (size > 0)
        memcpy(queued->body, body, size);
    *link->queue_last = queued;
    link->queue_last = &queued->next;
    return 0;
}

/* Sends the descriptors of the segments in @refs that the peer has not had yet. */
static int announce(struct weft_link *link, const void *refs, size_t size)
{
    for (size_t at = 0; at + sizeof(struct weft_segment_ref) <= size;
         at += sizeof(struct weft_segment_ref)) {
        struct weft_segment_ref ref;
        memcpy(&ref, (const uint8_t *)refs + at, sizeof(ref));
        if (ref.owner != WEFT_SEGMENT_OWNER_SENDER)
            continue;
        struct weft_segment *segment = weft_segments_find(link->segments, ref.id, true);
        if (!segment || segment->announced)
            continue;
        struct weft_segment_packet packet = {.id = segment->id};
        int r = weft_socket_send(link->socket, &packet, sizeof(packet), &segment->fd, 1);
        if (r == WEFT_SOCKET_AGAIN)
            return WEFT_LINK_AGAIN;
        if (r != 0)
            return r == WEFT_SOCKET_CLOSED ? -EPIPE : r;
        segment->announced = true;
        link->unnamed_id = segment->id;
        weft_close_fd(&segment->fd);
    }
    return 0;
}

static bool names_segments(uint32_t kind)
{
    return kind == WEFT_MESSAGE_BUFFERS || kind == WEFT_MESSAGE_DATA_IN_SEGMENT;
}

/* Pushes one message. Returns 0, WEFT_LINK_AGAIN with the bell asked for, or negative errno. */
static int push_in_ring(struct weft_link *link, uint32_t kind, const void *body, size_t size)
{
    for (;;) {
        int r = weft_ring_push(&link->out, kind, body, size);
        if (r == 0)
            link->unnamed_id = 0; /* it names the segments, or the message before did */
        if (r != WEFT_RING_FULL)
            return r;
        if (weft_ring_producer_wait(&link->out, size))
            return WEFT_LINK_AGAIN;
    }
}

static void ring_peer(struct weft_link *link)
{
    if (weft_ring_consumer_wants_bell(&link->out))
        weft_bell_ring(link->peer_bell);
}

/* As announce, also for more segments than the socket holds. Returns 0, WEFT_LINK_AGAIN with the
 * bell asked for, or negative errno. */
static int announce_all(struct weft_link *link, const void *refs, size_t size)
{
    int r = announce(link, refs, size);
    while (r == WEFT_LINK_AGAIN) {
        /* The peer takes descriptors when a message names them, and rings then (link-receive.c). */
        if (link->unnamed_id != 0) {
            r = push_in_ring(link, WEFT_MESSAGE_SEGMENTS, &link->unnamed_id,
                             sizeof(link->unnamed_id));
            if (r != 0)
                return r;
            ring_peer(link);
        }
        weft_ring_producer_wait_any(&link->out);
        r = announce(link, refs, size);
        if (r == WEFT_LINK_AGAIN && link->unnamed_id == 0)
            return r;
    }
    return r;
}

/* Sends one message. Returns 0, WEFT_LINK_AGAIN with the bell asked for, or negative errno. */
static int push(struct weft_link *link, uint32_t kind, const void *body, size_t size)
{
    int r = names_segments(kind) ? announce_all(link, body, size) : 0;
    return r == 0 ? push_in_ring(link, kind, body, size) : r;
}

int weft_link_send(struct weft_link *link, uint32_t kind, const void *body, size_t size)
{
    if (size > WEFT_MESSAGE_MAX)
        return -EMSGSIZE;
    if (link->queue)
        return enqueue(link, kind, body, size, NULL); /* order is kept */
    int r = push(link, kind, body, size);
    if (r < 0)
        return r;
    if (r == WEFT_LINK_AGAIN)
        return enqueue(link, kind, body, size, NULL);
    ring_peer(link);
    return 0;
}

static int send_in_segment(struct weft_link *link, struct weft_segment *segment, const void *bytes,
                           size_t size)
{
    memcpy(segment->memory, bytes, size);
    weft_segment_go(segment);
    struct weft_segment_ref ref = {
        .id = segment->id,
        .owner = WEFT_SEGMENT_OWNER_SENDER,
        .size = size,
    };
    return weft_link_send(link, WEFT_MESSAGE_DATA_IN_SEGMENT, &ref, sizeof(ref));
}

/* What is attached is the peer's from now on. */
static void hand_over_attached(struct weft_link *link)
{
    for (size_t i = 0; i < link->attached_count; i++) {
        bool own = link->attached[i].owner == WEFT_SEGMENT_OWNER_SENDER;
        weft_segment_go(weft_segments_find(link->segments, link->attached[i].id, own));
    }
    link->attached_count = 0;
}

int weft_link_send_data(struct weft_link *link, const void *bytes, size_t size)
{
    /* First what can fail: buffers that were sent belong to the clone that must follow. */
    struct weft_segment *segment = NULL;
    if (size > WEFT_CLONE_MAX)
        return -EMSGSIZE;
    if (size > WEFT_MESSAGE_MAX) {
        int r = weft_link_acquire(link, size, &segment);
        if (r < 0)
            return r;
    }
    if (link->attached_count > 0) {
        int r = weft_link_send(link, WEFT_MESSAGE_BUFFERS, link->attached,
                               link->attached_count * sizeof(*link->attached));
        if (r < 0) {
            if (segment)
                weft_link_put_idle(link, segment);
            return r;
        }
        hand_over_attached(link);
    }
    if (segment)
        return send_in_segment(link, segment, bytes, size);
    return weft_link_send(link, WEFT_MESSAGE_DATA, bytes, size);
}

int weft_link_acquire(struct weft_link *link, uint64_t size, struct weft_segment **ret_segment)
{
    return weft_segments_acquire(link->segments, size, ret_segment);
}

struct weft_segment *weft_link_held_at(struct weft_link *link, const void *memory)
{
    return weft_segments_held_at(link->segments, memory);
}

struct weft_segment *weft_link_find(struct weft_link *link, uint32_t id, bool own)
{
    struct weft_segment *segment = weft_segments_find(link->segments, id, own);
    return segment && segment->here && weft_segment_is_held(segment) ? segment : NULL;
}

int weft_link_attach(struct weft_link *link, struct weft_segment *segment, uint64_t size)
{
    if (link->attached_count == WEFT_LINK_BUFFERS_MAX)
        return -EMSGSIZE;
    if (link->attached_count == link->attached_capacity) {
        size_t capacity = link->attached_capacity ? link->attached_capacity * 2 : 8;
        void *larger = realloc(link->attached, capacity * sizeof(*link->attached));
        if (!larger)
            return -ENOMEM;
        link->attached = larger;
        link->attached_capacity = capacity;
    }
    link->attached[link->attached_count++] = (struct weft_segment_ref){
        .id = segment->id,
        .owner = segment->own ? WEFT_SEGMENT_OWNER_SENDER : WEFT_SEGMENT_OWNER_RECEIVER,
        .size = size,
    };
    return 0;
}

/* Called for each segment that the pool frees. */
static void forget_cb(void *data, const struct weft_segment *segment)
{
    struct weft_link *link = data;
    if (segment->announced)
        weft_link_send(link, WEFT_MESSAGE_FORGET, &segment->id, sizeof(segment->id));
}

void weft_link_put_idle(struct weft_link *link, struct weft_segment *segment)
{
    weft_segments_put_idle(link->segments, segment, forget_cb, link);
}

void weft_link_detach_all(struct weft_link *link)
{
    for (size_t i = 0; i < link->attached_count; i++) {
        struct weft_segment_ref ref = link->attached[i];
        bool own = ref.owner == WEFT_SEGMENT_OWNER_SENDER;
        struct weft_segment *segment = weft_segments_find(link->segments, ref.id, own);
        if (segment && own && !weft_segment_is_held(segment))
            weft_link_put_idle(link, segment);
    }
    link->attached_count = 0;
}

/* Tells the peer of its segments that we are done with, and takes our own back. */
static int send_returned(struct weft_link *link)
{
    struct weft_segment *segment;
    while ((segment = weft_segments_next_returned(link->segments))) {
        if (segment->own) {
            weft_link_put_idle(link, segment);
            continue;
        }
        weft_segment_go(segment);
        int r = weft_link_send(link, WEFT_MESSAGE_RELEASE, &segment->id, sizeof(segment->id));
        if (r < 0)
            return r;
    }
    return 0;
}

static int send_queue(struct weft_link *link)
{
    int r = 0;
    while (link->queue) {
        struct weft_queued *first = link->queue;
        r = weft_link_send_shared(link, first);
        if (r == 0)
            r = push(link, first->kind, first->body, first->size);
        if (r != 0)
            break;
        link->queue = first->next;
        if (!link->queue)
            link->queue_last = &link->queue;
        free(first);
    }
    ring_peer(link);
    return r;
}

int weft_link_share(struct weft_link *link, struct weft_shared *shared, uint32_t *ret_id)
{
    uint32_t id = link->shared_id + 1;
    bool waits = link->queue != NULL;
    int r = enqueue(link, WEFT_MESSAGE_SHARED, &id, sizeof(id), shared);
    if (r < 0)
        return r;
    link->shared_id = id;
    *ret_id = id;
    /* Of a peer that has gone or broke the link, the clone that follows tells. */
    if (!waits)
        send_queue(link);
    return 0;
}

int weft_link_flush(struct weft_link *link)
{
    int r = send_returned(link);
    if (r < 0 || !link->queue)
        return r;
    return send_queue(link);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void weft_link_flush_blocking(struct weft_link *link, int timeout_ms)
{
    int64_t deadline = now_ms() + timeout_ms;
    while (weft_link_flush(link) == WEFT_LINK_AGAIN) {
        int64_t left = deadline - now_ms();
        if (left <= 0)
            return;
        /* The socket tells when the peer has gone: then nobody will ever make room. */
        struct pollfd polled[2] = {
            {.fd = link->bell, .events = POLLIN},
            {.fd = link->socket, .events = POLLRDHUP},
        };
        poll(polled, 2, (int)left);
        if (polled[1].revents & (POLLHUP | POLLRDHUP | POLLERR))
            return;
        weft_bell_clear(link->bell);
    }
}
