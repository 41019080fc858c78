/* SPDX-License-Identifier: MIT */

/*
 * Messages are drained into the inbox, private memory, and checked there by the ring; here their
 * bodies are judged. Whatever does not follow the protocol is -EBADMSG, and the link is over.
 */

#include "base/cleanup.h"
#include "base/descriptors.h"
#include "base/socket.h"
#include "channel/link-internal.h"

#include <errno.h>
#include <string.h>

static int drain(struct weft_link *link, uint8_t *inbox)
{
    link->inbox_used = link->inbox_size = 0;
    int r = weft_ring_drain(&link->in, inbox, WEFT_LINK_INBOX_SIZE, &link->inbox_size);
    if (r == WEFT_RING_EMPTY)
        return WEFT_LINK_EMPTY;
    if (r < 0)
        return r;
    weft_spin_active(&link->spin);
    if (weft_ring_producer_wants_bell(&link->in))
        weft_bell_ring(link->peer_bell);
    return 0;
}

/* What comes over the socket. */
union packet {
    struct weft_segment_packet segment;
    struct weft_shared_packet shared;
};

/* Takes one packet in. Returns 0 or negative errno. */
static int receive_descriptor(struct weft_link *link)
{
    union packet packet = {0};
    int fds[WEFT_SOCKET_MAX_FDS];
    size_t size, fd_count;
    int r = weft_socket_receive(link->socket, &packet, sizeof(packet), &size, fds, &fd_count);
    if (r != 0)
        return -EBADMSG; /* the message came before its descriptor */
    if (fd_count == 1 && size == sizeof(packet.segment)) {
        struct weft_segment *segment;
        r = weft_segments_add_peer(link->segments, packet.segment.id, fds[0], &segment);
    } else if (fd_count == 1 && size == sizeof(packet.shared)) {
        r = weft_link_add_shared(link, &packet.shared, fds[0]);
    } else {
        weft_descriptors_close(fds, fd_count);
        return -EBADMSG;
    }
    if (r == 0 && weft_ring_producer_wants_bell(&link->in))
        weft_bell_ring(link->peer_bell); /* it may have waited for room in the socket */
    return r;
}

/* Reads descriptors until that of segment @id has come. */
static int receive_segment(struct weft_link *link, uint32_t id, struct weft_segment **ret_segment)
{
    struct weft_segment *segment;
    do {
        int r = receive_descriptor(link);
        if (r < 0)
            return r;
        segment = weft_segments_find(link->segments, id, false);
    } while (!segment);
    *ret_segment = segment;
    return 0;
}

/* Resolves a reference, and holds its segment for the receiver. */
static int take_ref(struct weft_link *link, const uint8_t *bytes, struct weft_incoming *ret)
{
    struct weft_segment_ref ref;
    memcpy(&ref, bytes, sizeof(ref));
    /* As the sender sees it: ours, come home. */
    bool own = ref.owner == WEFT_SEGMENT_OWNER_RECEIVER;
    if (!own && ref.owner != WEFT_SEGMENT_OWNER_SENDER)
        return -EBADMSG;

    struct weft_segment *segment = weft_segments_find(link->segments, ref.id, own);
    if (!segment) {
        int r = own ? -EBADMSG : receive_segment(link, ref.id, &segment);
        if (r < 0)
            return r;
    }
    if (segment->here || ref.size > segment->capacity)
        return -EBADMSG; /* what is here already is not the peer's to send */
    weft_segment_come(segment);
    ret->segment = segment;
    ret->size = ref.size;
    return 0;
}

static int take_buffers(struct weft_link *link, const uint8_t *body, size_t size)
{
    size_t count = size / sizeof(struct weft_segment_ref);
    if (count == 0 || count * sizeof(struct weft_segment_ref) != size || link->incoming_count > 0)
        return -EBADMSG;
    struct weft_incoming *incoming = realloc(link->incoming, count * sizeof(*incoming));
    if (!incoming)
        return -ENOMEM;
    link->incoming = incoming;
    link->incoming_taken = false;
    for (size_t i = 0; i < count; i++) {
        int r = take_ref(link, body + i * sizeof(struct weft_segment_ref), &incoming[i]);
        if (r < 0) {
            while (i-- > 0)
                weft_segment_return(incoming[i].segment);
            return r;
        }
    }
    link->incoming_count = count;
    return 0;
}

/* The peer is done with a segment of ours. */
static int take_release(struct weft_link *link, uint32_t id)
{
    struct weft_segment *segment = weft_segments_find(link->segments, id, true);
    if (!segment || segment->here)
        return -EBADMSG;
    if (weft_segment_come_back(segment))
        weft_link_put_idle(link, segment);
    return 0;
}

/* The socket is full with descriptors of a message that is still to come. */
static int take_segments(struct weft_link *link, uint32_t id)
{
    struct weft_segment *segment = weft_segments_find(link->segments, id, false);
    return segment ? -EBADMSG : receive_segment(link, id, &segment);
}

/* Shared memory has been sent, for the next clone. */
static int take_shared(struct weft_link *link, uint32_t id)
{
    if (id != link->shared_named_id + 1)
        return -EBADMSG;
    link->shared_named_id = id;
    while (link->shared_received_id < id) {
        int r = receive_descriptor(link);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Handles a message that is the channel's own. Returns 0, or 1 when it is for the receiver. */
static int handle_own(struct weft_link *link, const struct weft_message_header *header,
                      const uint8_t *body)
{
    uint32_t id;
    switch (header->kind) {
    case WEFT_MESSAGE_BUFFERS:
        return take_buffers(link, body, header->size);
    case WEFT_MESSAGE_RELEASE:
    case WEFT_MESSAGE_FORGET:
    case WEFT_MESSAGE_SEGMENTS:
    case WEFT_MESSAGE_SHARED:
        break;
    default:
        return 1;
    }
    if (header->size != sizeof(id))
        return -EBADMSG;
    memcpy(&id, body, sizeof(id));
    if (header->kind == WEFT_MESSAGE_RELEASE)
        return take_release(link, id);
    if (header->kind == WEFT_MESSAGE_FORGET)
        return weft_segments_forget_peer(link->segments, id);
    if (header->kind == WEFT_MESSAGE_SHARED)
        return take_shared(link, id);
    return take_segments(link, id);
}

/* The plain clones that stand in a row from @at: they are handled together. */
static size_t run_of_data(const struct weft_link *link, const uint8_t *inbox, size_t at)
{
    size_t end = at;
    while (end < link->inbox_size) {
        struct weft_message_header header;
        memcpy(&header, inbox + end, sizeof(header));
        if (header.kind != WEFT_MESSAGE_DATA)
            break;
        end += weft_message_span(header.size);
    }
    return end - at;
}

/* Fills in an event for the message at @at; returns the bytes of the inbox that it covers, or
 * negative errno. */
static ssize_t describe(struct weft_link *link, const uint8_t *inbox, size_t at,
                        const struct weft_message_header *header, struct weft_link_event *event)
{
    size_t span = weft_message_span(header->size);
    *event = (struct weft_link_event){
        .kind = header->kind,
        .offset = at + sizeof(*header),
        .size = header->size,
    };
    if (header->kind == WEFT_MESSAGE_DATA_IN_SEGMENT) {
        if (header->size != sizeof(struct weft_segment_ref))
            return -EBADMSG;
        int r = take_ref(link, inbox + at + sizeof(*header), &event->body);
        if (r < 0)
            return r;
        if (event->body.size > WEFT_CLONE_MAX) {
            weft_segment_return(event->body.segment);
            return -EBADMSG;
        }
    }
    if (header->kind == WEFT_MESSAGE_DATA) {
        event->offset = at;
        event->size = link->incoming_count > 0 ? span : run_of_data(link, inbox, at);
        span = event->size;
    }
    if (link->incoming_count > 0) {
        if (header->kind != WEFT_MESSAGE_DATA && header->kind != WEFT_MESSAGE_DATA_IN_SEGMENT)
            return -EBADMSG; /* buffers belong to the clone right after them */
        event->buffers = link->incoming;
        event->buffer_count = link->incoming_count;
        link->incoming_taken = true;
    }
    return (ssize_t)span;
}

/* Most of the channel's own messages in a row: the peer has no more segments that it could release,
 * forget, announce or send. One that goes on and on would keep this thread in here. */
#define OWN_IN_A_ROW_MAX (4 * WEFT_SEGMENT_COUNT_MAX)

int weft_link_receive(struct weft_link *link, uint8_t *inbox, struct weft_link_event *ret_event)
{
    size_t own_in_a_row = 0;
    if (link->incoming_taken) {
        link->incoming_count = 0;
        link->incoming_taken = false;
    }
    for (;;) {
        if (link->inbox_used == link->inbox_size) {
            int r = drain(link, inbox);
            if (r != 0)
                return r;
        }
        struct weft_message_header header;
        size_t at = link->inbox_used;
        memcpy(&header, inbox + at, sizeof(header));

        int r = handle_own(link, &header, inbox + at + sizeof(header));
        if (r < 0)
            return r;
        if (r == 0) {
            link->inbox_used += weft_message_span(header.size);
            if (++own_in_a_row > OWN_IN_A_ROW_MAX)
                return -EBADMSG;
            continue;
        }
        struct weft_link_event event;
        ssize_t span = describe(link, inbox, at, &header, &event);
        if (span < 0)
            return (int)span;
        link->inbox_used += (size_t)span;
        *ret_event = event;
        return 0;
    }
}
