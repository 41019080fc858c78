/* SPDX-License-Identifier: MIT */

/*
 * channel/control - what a page and the supervisor of its worker host say to each other
 *
 * Packets on a SOCK_SEQPACKET socket: one header, then a body whose form the type says. The page is
 * the untrusted end: the supervisor judges each packet with weft_control_parse before it acts.
 */
#pragma once

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* Most bytes of one packet, header included. */
#define WEFT_CONTROL_PACKET_MAX 65536

/* Most workers that one page may have at a time. */
#define WEFT_CONTROL_WORKERS_MAX 1024

enum weft_control_type {
    /* Page -> supervisor: start a worker. Body: JSON text, an object (lib/worker/supervisor.js says
     * of what). Descriptors: those of enum weft_link_descriptor, in that order. */
    WEFT_CONTROL_SPAWN = 1,
    /* Page -> supervisor: end a worker now. No body. */
    WEFT_CONTROL_TERMINATE,
    /* Supervisor -> page: a worker has ended. Body: struct weft_control_exit, then UTF-8 text that
     * says why, empty where it ended by its own or the page's wish. */
    WEFT_CONTROL_EXITED,
};

struct weft_control_header {
    uint32_t type; /* enum weft_control_type */
    uint32_t id;   /* of the worker: chosen by the page, never 0, never used twice */
};

struct weft_control_exit {
    int32_t code;
};

static_assert(sizeof(struct weft_control_header) == 8, "header");

/* A packet that is well-formed; the pointers lead into the bytes that were parsed. */
struct weft_control_packet {
    enum weft_control_type type;
    uint32_t id;
    int32_t exit_code; /* of WEFT_CONTROL_EXITED */
    const char *text;  /* not terminated */
    size_t text_size;
};

/* Thread: any. Judges the @size bytes of a packet that came with @fd_count descriptors.
 * Returns 0 or -EBADMSG. */
int weft_control_parse(const void *bytes, size_t size, size_t fd_count,
                       struct weft_control_packet *ret_packet);

/* Writes a packet to @out (WEFT_CONTROL_PACKET_MAX bytes). @exit_code counts for
 * WEFT_CONTROL_EXITED only. Returns its size, or 0 when the text is too long. */
size_t weft_control_write(enum weft_control_type type, uint32_t id, int32_t exit_code,
                          const char *text, size_t text_size, void *out);
