/* SPDX-License-Identifier: MIT */

/*
 * node/port-internal - what port.c (the loop, a port's life) and port-methods.c (what JavaScript
 * calls) share
 */
#pragma once

#include "channel/link.h"

#include <node_api.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct weft_port {
    napi_env env;
    int references; /* the JavaScript object's, and the handles' */
    struct weft_link *link;
    uv_poll_t bell;
    uv_poll_t socket; /* tells that the other end has gone */
    uv_prepare_t prepare;
    uv_check_t check;
    uv_idle_t idle;
    int open_handles;
    bool receiving;
    bool busy;    /* the idle handle runs */
    bool closing; /* nothing may be asked of the link any more */
    bool peer_gone;
    bool copies; /* buffers that come are copied: the other end may change a segment's bytes */

    napi_ref deliver;
    napi_ref deliver_large;
    napi_ref broken;
    napi_ref closed;
    napi_ref inbox;
    uint8_t *inbox_memory;
    napi_ref scratch;
    uint8_t *scratch_memory;
    size_t scratch_size;
    napi_async_cleanup_hook_handle cleanup;
};

/* Gives @object the methods of port.h; it holds a reference to @port from then on. */
napi_status weft_port_add_methods(struct weft_port *port, napi_value object);

void weft_port_unref(struct weft_port *port);

/* Hands one run of messages to JavaScript. Returns 0, WEFT_LINK_EMPTY, or -1 when the channel is
 * over, which JavaScript has been told. */
int weft_port_receive_one(struct weft_port *port);

/* The loop must not sleep before the next prepare phase: there is more to receive, or the bell may
 * not be asked for. It is asked for in the prepare phase, where another port's script may run later
 * that opens this one, or receives from it. */
void weft_port_set_busy(struct weft_port *port, bool busy);

/* Nothing more is delivered or sent; the memory goes when libuv lets go of it. */
void weft_port_close(struct weft_port *port);
