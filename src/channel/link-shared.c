/* SPDX-License-Identifier: MIT */

/*
 * Shared memory over a link: a descriptor over the socket, then a message in the ring that tells
 * the peer to take it, then the clone that names it. Each post sends the descriptor anew; what is
 * in flight is the kernel's to keep and to free, so neither end counts for the other.
 */

#include "base/cleanup.h"
#include "base/socket.h"
#include "channel/link-internal.h"

#include <errno.h>
#include <string.h>

int weft_link_send_shared(struct weft_link *link, struct weft_queued *queued)
{
    if (!queued->shared)
        return 0;
    struct weft_shared_packet packet = {.size = queued->shared->size};
    memcpy(&packet.id, queued->body, sizeof(packet.id));
    for (int attempt = 0;; attempt++) {
        int r = weft_socket_send(link->socket, &packet, sizeof(packet), &queued->shared->fd, 1);
        if (r == 0)
            break;
        if (r != WEFT_SOCKET_AGAIN)
            return r == WEFT_SOCKET_CLOSED ? -EPIPE : r;
        /* All that fills the socket has been named by messages: the peer takes it, and rings then.
         */
        if (attempt > 0)
            return WEFT_LINK_AGAIN;
        weft_ring_producer_wait_any(&link->out);
    }
    weft_shared_unref(queued->shared);
    queued->shared = NULL;
    return 0;
}

static void drop_first(struct weft_link *link)
{
    struct weft_incoming_shared *first = link->shared;
    link->shared = first->next;
    if (!link->shared)
        link->shared_last = &link->shared;
    link->shared_count--;
    weft_shared_unref(first->shared);
    free(first);
}

void weft_link_drop_shared(struct weft_link *link)
{
    while (link->shared)
        drop_first(link);
}

int weft_link_add_shared(struct weft_link *link, const struct weft_shared_packet *packet, int fd)
{
    weft_autofd int taken = fd;
    if (packet->zero != 0 || packet->id != link->shared_received_id + 1)
        return -EBADMSG;
    struct weft_shared *shared;
    int r = weft_shared_open(weft_steal_fd(&taken), packet->size, &shared);
    if (r == -EBADMSG)
        return r;
    link->shared_received_id = packet->id;
    if (r < 0)
        return 0; /* there is no room for it: the clone that names it will not find it */

    struct weft_incoming_shared *incoming = malloc(sizeof(*incoming));
    if (!incoming) {
        weft_shared_unref(shared);
        return -ENOMEM;
    }
    *incoming = (struct weft_incoming_shared){.shared = shared, .id = packet->id};
    *link->shared_last = incoming;
    link->shared_last = &incoming->next;
    if (++link->shared_count > WEFT_LINK_SHARED_MAX)
        drop_first(link);
    return 0;
}

int weft_link_take_shared(struct weft_link *link, uint32_t id, struct weft_shared **ret_shared)
{
    /* Clones are read in the order in which they were sent, so older ones will not be named. */
    while (link->shared && link->shared->id < id)
        drop_first(link);
    if (!link->shared || link->shared->id != id)
        return -ENOENT;
    *ret_shared = weft_shared_ref(link->shared->shared);
    drop_first(link);
    return 0;
}
