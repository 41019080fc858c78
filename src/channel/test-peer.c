/* SPDX-License-Identifier: MIT */

#include "channel/test-peer.h"

#include "base/socket.h"
#include "channel/wake.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void must(bool done, const char *what)
{
    if (done)
        return;
    perror(what);
    abort();
}

void weft_test_peer_init(struct weft_test_peer *peer, int ret_descriptors[WEFT_LINK_DESCRIPTORS])
{
    int sockets[2];
    int memory = memfd_create("weft-peer-channel", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    must(memory >= 0 && ftruncate(memory, (off_t)WEFT_CHANNEL_SIZE) == 0, "memfd");
    must(fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0, "seal");
    must(weft_socket_pair(sockets) == 0, "socket");
    must(weft_bell_open(&peer->bell_page) == 0 && weft_bell_open(&peer->bell_worker) == 0, "bell");

    peer->layout = mmap(NULL, WEFT_CHANNEL_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    must(peer->layout != MAP_FAILED, "mmap");
    peer->layout->magic = WEFT_CHANNEL_MAGIC;
    peer->layout->version = WEFT_CHANNEL_VERSION;
    peer->layout->capacity = WEFT_RING_CAPACITY;
    uint8_t *data = peer->layout->data;
    weft_ring_init(&peer->out, &peer->layout->to_worker, data, WEFT_RING_CAPACITY);
    weft_ring_init(&peer->in, &peer->layout->to_page, data + WEFT_RING_CAPACITY,
                   WEFT_RING_CAPACITY);
    peer->socket = sockets[0];
    peer->link = NULL;
    peer->inbox = malloc(WEFT_LINK_INBOX_SIZE);
    must(peer->inbox != NULL, "inbox");

    ret_descriptors[WEFT_LINK_MEMORY] = memory;
    ret_descriptors[WEFT_LINK_BELL_PAGE] = fcntl(peer->bell_page, F_DUPFD_CLOEXEC, 0);
    ret_descriptors[WEFT_LINK_BELL_WORKER] = fcntl(peer->bell_worker, F_DUPFD_CLOEXEC, 0);
    ret_descriptors[WEFT_LINK_SOCKET] = sockets[1];
}

void weft_test_peer_open(struct weft_test_peer *peer)
{
    int descriptors[WEFT_LINK_DESCRIPTORS];
    weft_test_peer_init(peer, descriptors);
    must(weft_link_open(descriptors, &peer->link) == 0, "weft_link_open");
}

void weft_test_peer_close(struct weft_test_peer *peer)
{
    weft_link_close(peer->link);
    munmap(peer->layout, WEFT_CHANNEL_SIZE);
    close(peer->bell_page);
    close(peer->bell_worker);
    close(peer->socket);
    free(peer->inbox);
}

int weft_test_make_segment(uint64_t size)
{
    int fd = memfd_create("weft-peer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    must(fd >= 0 && ftruncate(fd, (off_t)size) == 0, "memfd");
    must(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) == 0, "seal");
    return fd;
}

int weft_test_peer_announce(struct weft_test_peer *peer, uint32_t id, uint64_t size)
{
    int fd = weft_test_make_segment(size);
    int r = weft_socket_send(peer->socket, &id, sizeof(id), &fd, 1);
    close(fd);
    return r;
}

int weft_test_peer_name(struct weft_test_peer *peer, uint32_t kind, uint32_t id, uint32_t owner,
                        uint64_t size)
{
    struct weft_segment_ref ref = {.id = id, .owner = owner, .size = size};
    return weft_ring_push(&peer->out, kind, &ref, sizeof(ref));
}

int weft_test_peer_note(struct weft_test_peer *peer, uint32_t kind, uint32_t id)
{
    return weft_ring_push(&peer->out, kind, &id, sizeof(id));
}

int weft_test_peer_receive(struct weft_test_peer *peer, struct weft_link_event *ret_event)
{
    return weft_link_receive(peer->link, peer->inbox, ret_event);
}

void weft_test_return_event(const struct weft_link_event *event)
{
    if (event->body.segment)
        weft_segment_return(event->body.segment);
    for (size_t i = 0; i < event->buffer_count; i++)
        weft_segment_return(event->buffers[i].segment);
}
