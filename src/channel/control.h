/* SPDX-License-Identifier: MIT */

/*
 * channel/control - what a page and the supervisor of its worker host say to each other
 *
 * Packets on a SOCK_SEQPACKET socket: one header, then a body whose form the type says. The page is
 * the untrusted end: the supervisor checks type, size, id and descriptors of each packet.
 */
#pragma once

#include <assert.h>
#include <stdint.h>

/* Most bytes of one packet, header included. */
#define WEFT_CONTROL_PACKET_MAX 65536

/* Most workers that one page may have at a time. */
#define WEFT_CONTROL_WORKERS_MAX 1024

enum weft_control_type {
    /* Page -> supervisor: start worker @id. Body: JSON text {url, name, type, ...} (lib/worker/
     * options.js). Descriptors: enum weft_link_descriptor. */
    WEFT_CONTROL_SPAWN = 1,
    /* Page -> supervisor: end worker @id now. No body. */
    WEFT_CONTROL_TERMINATE,
    /* Supervisor -> page: worker @id has ended. Body: struct weft_control_exit. */
    WEFT_CONTROL_EXITED,
};

struct weft_control_header {
    uint32_t type; /* enum weft_control_type */
    uint32_t id;   /* of the worker, chosen by the page, never 0, not used twice */
};

struct weft_control_exit {
    int32_t code;
};

static_assert(sizeof(struct weft_control_header) == 8, "header");
