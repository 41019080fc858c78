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
    /* Page -> supervisor: Atomics.notify on shared memory. Body: struct weft_control_notify. One
     * descriptor: the memory's, which proves that the page has it. */
    WEFT_CONTROL_NOTIFY,
    /* Page -> supervisor: Atomics.waitAsync. Body: struct weft_control_wait. One descriptor. */
    WEFT_CONTROL_WAIT,
    /* Supervisor -> page, at once: what became of a NOTIFY (how many were woken) or a WAIT (enum
     * weft_control_waited). Body: uint32_t. */
    WEFT_CONTROL_ANSWER,
    /* Supervisor -> page: a wait has ended. Body: uint32_t, WEFT_CONTROL_WAIT_OK or
     * WEFT_CONTROL_WAIT_TIMED_OUT. */
    WEFT_CONTROL_WOKEN,
    /* Supervisor -> page, from a signal handler: the process ends now, by a crash. The id is 0.
     * Body: struct weft_control_exit with the number of the signal, 0 where native code has called
     * exit(); then the path of the native module that did it, empty where none is to be seen. */
    WEFT_CONTROL_CRASHED,
    WEFT_CONTROL_TYPE_END,
};

struct weft_control_header {
    uint32_t type; /* enum weft_control_type */
    /* Of the worker: chosen by the page, never 0, never used twice. Of a NOTIFY or a WAIT, and of
     * what the supervisor says to it: a number of its own, also chosen by the page. 0 for CRASHED,
     * which is about all workers. */
    uint32_t id;
};

struct weft_control_notify {
    uint64_t offset; /* in bytes; a multiple of 4 */
    uint32_t count;  /* UINT32_MAX: all */
    uint32_t zero;
};

struct weft_control_wait {
    uint64_t offset;   /* in bytes; a multiple of the element's size */
    int64_t value;     /* that must be there */
    double timeout_ms; /* infinite for none; never NaN or negative */
    uint64_t memory;   /* size of the memory, in bytes */
    uint32_t size;     /* of the element: 4 or 8 bytes */
    uint32_t
        anyway; /* 1: whatever is there, the page had waited before it shared the memory; else 0 */
};

enum weft_control_waited {
    WEFT_CONTROL_WAIT_OK,        /* it waits; WOKEN follows. In WOKEN: it was woken */
    WEFT_CONTROL_WAIT_NOT_EQUAL, /* another value is there */
    WEFT_CONTROL_WAIT_TIMED_OUT,
    WEFT_CONTROL_WAIT_REFUSED, /* the page has too many waits, or the host no memory */
};

/* Most waits that one page may have at a time. */
#define WEFT_CONTROL_WAITS_MAX 16384

struct weft_control_exit {
    int32_t code;
};

/* Longest path of a module in WEFT_CONTROL_CRASHED, and highest number of a signal. */
#define WEFT_CONTROL_MODULE_MAX 4096
#define WEFT_CONTROL_SIGNAL_MAX 64

static_assert(sizeof(struct weft_control_header) == 8, "header");
static_assert(sizeof(struct weft_control_notify) == 16, "notify");
static_assert(sizeof(struct weft_control_wait) == 40, "wait");

/* A packet that is well-formed; the pointers lead into the bytes that were parsed. */
struct weft_control_packet {
    enum weft_control_type type;
    uint32_t id;
    int32_t exit_code; /* of WEFT_CONTROL_EXITED; of WEFT_CONTROL_CRASHED the signal */
    /* The text, or, of other types, the body; not terminated, not aligned. */
    const char *text;
    size_t text_size;
    struct weft_control_notify notify; /* of WEFT_CONTROL_NOTIFY */
    struct weft_control_wait wait;     /* of WEFT_CONTROL_WAIT */
    uint32_t result;                   /* of WEFT_CONTROL_ANSWER and WEFT_CONTROL_WOKEN */
};

/* Thread: any. Judges the @size bytes of a packet that came with @fd_count descriptors.
 * Returns 0 or -EBADMSG. */
int weft_control_parse(const void *bytes, size_t size, size_t fd_count,
                       struct weft_control_packet *ret_packet);

/* Writes a packet with the text or the body @text to @out (WEFT_CONTROL_PACKET_MAX bytes).
 * @exit_code counts for WEFT_CONTROL_EXITED and WEFT_CONTROL_CRASHED only. Signal-safe. Returns its
 * size, or 0 when the text is too long. */
size_t weft_control_write(enum weft_control_type type, uint32_t id, int32_t exit_code,
                          const char *text, size_t text_size, void *out);
