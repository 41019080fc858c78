/* SPDX-License-Identifier: MIT */

/*
 * channel/test-peer - a page that does as it likes, and the worker's end that must stand it
 *
 * The page's end is bare: its ring, its socket, its bells, and all of the shared memory. Used by
 * the tests and by the fuzzers.
 */
#pragma once

#include "channel/link.h"
#include "channel/ring.h"

struct weft_test_peer {
    struct weft_channel_layout *layout;
    struct weft_ring out; /* page -> worker; what the tests push */
    struct weft_ring in;
    int bell_page;
    int bell_worker;
    int socket;
    struct weft_link *link; /* the worker's end */
    uint8_t *inbox;
};

/* What a page that behaves would send to the worker's end, as in weft_link_create. */
void weft_test_peer_init(struct weft_test_peer *peer, int ret_descriptors[WEFT_LINK_DESCRIPTORS]);

/* A peer with the worker's end open. Aborts when the machine does not let it. */
void weft_test_peer_open(struct weft_test_peer *peer);

void weft_test_peer_close(struct weft_test_peer *peer);

/* A sealed memfd as a page makes one for a segment. */
int weft_test_make_segment(uint64_t size);

/* Announces a new segment of @size bytes with its descriptor. Returns what weft_socket_send does.
 */
int weft_test_peer_announce(struct weft_test_peer *peer, uint32_t id, uint64_t size);

/* Pushes a message that names segment @id. */
int weft_test_peer_name(struct weft_test_peer *peer, uint32_t kind, uint32_t id, uint32_t owner,
                        uint64_t size);

/* Pushes a RELEASE, FORGET or SEGMENTS. */
int weft_test_peer_note(struct weft_test_peer *peer, uint32_t kind, uint32_t id);

/* The worker's weft_link_receive. */
int weft_test_peer_receive(struct weft_test_peer *peer, struct weft_link_event *ret_event);

/* Returns what the event holds, as a receiver does. */
void weft_test_return_event(const struct weft_link_event *event);
