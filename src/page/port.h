/* SPDX-License-Identifier: MIT */

/*
 * page/port - the page's end of the channel to one worker
 */
#pragma once

#include "page/host.h"

#include <jsc/jsc.h>

struct weft_port;

/* JavaScript's half of a port (lib/page/worker-port.js) gives
 *
 *   deliver()                 one structured clone: one task. The place of its header in the inbox
 *                             is the number in the inbox's last eight bytes: a call without
 *                             parameters is the cheapest that there is
 *   deliverLarge(buffers, ids, body, offset, size)
 *                             one clone with ArrayBuffers of its own (null where it has none), and
 *                             their segments' numbers for forward(); its bytes are in the
 *                             ArrayBuffer @body, or in the inbox where that is null
 *   report(kind, offset, size) an error or a console message of the worker
 *   exited(why)               the worker has ended; why is '' where that was somebody's wish
 *
 * and gets an object with
 *
 *   host                      number of its host (page/hosts.h)
 *   inbox                     ArrayBuffer; what has come, and a number of eight bytes
 *   setScratch(buffer)        where send() takes its bytes from
 *   send(size)                a structured clone; never blocks
 *   acquire(byteLength)       an ArrayBuffer to fill: the next out-of-band buffer of the next send.
 *                             null where foreign memory is not allowed: use attachCopy
 *   attachCopy(bytes)         the same from a Uint8Array, which is not to be used afterwards
 *   forward(id, byteLength)   the same from a received segment, whose ArrayBuffer is then detached
 *   detachAll()               forgets those
 *   terminate()
 */
struct weft_port_callbacks {
    JSCValue *deliver;
    JSCValue *deliver_large;
    JSCValue *report;
    JSCValue *exited;
};

/* Starts worker @id with options in JSON. Returns the port, which belongs to the caller (end, then
 * unref), and JavaScript's object in @ret_object; or NULL with @ret_error set to negative errno. */
struct weft_port *weft_port_new(struct weft_host *host, guint32 id, const char *json,
                                const struct weft_port_callbacks *callbacks, JSCValue **ret_object,
                                int *ret_error);

/* The worker has ended: delivers what it had sent, then says so to JavaScript. */
void weft_port_exited(struct weft_port *port, const char *why);

/* Stops all at once, without a word to JavaScript: the document has ended. */
void weft_port_end(struct weft_port *port);

void weft_port_unref(struct weft_port *port);
