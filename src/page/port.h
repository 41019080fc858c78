/* SPDX-License-Identifier: MIT */

/*
 * page/port - the page's end of a channel, to a worker or to the main process
 */
#pragma once

#include "page/host.h"

#include <jsc/jsc.h>

struct weft_port;

/* JavaScript's half of a port (lib/page/channel-port.js) gives an object of functions
 *
 *   deliver()                 one structured clone: one task. The place of its header in the inbox
 *                             is the number in the inbox's last eight bytes: a call without
 *                             parameters is the cheapest that there is
 *   deliverLarge(buffers, ids, body, offset, size)
 *                             one clone with ArrayBuffers of its own (null where it has none), and
 *                             their segments' numbers for forward(); its bytes are in the
 *                             ArrayBuffer @body, or in the inbox where that is null
 *   report(kind, offset, size) an error or a console message of the worker
 *   exited(why)               the other end has gone; why is '' where that was somebody's wish
 *   kept()                    after setKept(true): deliver the first of what was kept, one task
 *
 * and gets an object with
 *
 *   host                      number of a worker's host (page/hosts.h)
 *   inbox                     ArrayBuffer; what has come, and a number of eight bytes
 *   setScratch(buffer)        where send() takes its bytes from
 *   send(size)                a structured clone; never blocks
 *   acquire(byteLength)       an ArrayBuffer to fill: the next out-of-band buffer of the next send.
 *                             null where foreign memory is not allowed: use attachCopy
 *   attachCopy(bytes)         the same from a Uint8Array, which is not to be used afterwards
 *   forward(id, byteLength)   the same from a received segment, whose ArrayBuffer is then detached
 *   detachAll()               forgets those
 *   share(buffer), takeShared(id)  memory of SharedArrayBuffers
 *   receiveBlocking(timeoutMs) delivers one message, or waits for one; false when none will come
 *   setKept(hasKept)          whether messages wait in JavaScript, older than those to be received
 *   terminate()               ends the worker, and the port
 */

/* Makes a channel with the functions of @callbacks. The port belongs to the caller (end, then
 * unref), as the other end's descriptors do. Returns 0 or negative errno. */
int weft_port_new(JSCValue *callbacks, struct weft_port **ret_port,
                  int ret_peer[WEFT_LINK_DESCRIPTORS]);

/* The other end is worker @id of @host, which is told when the port ends. Before its object is
 * made.
 */
void weft_port_set_worker(struct weft_port *port, struct weft_host *host, guint32 id);

/* The other end's death is told by nobody else: it counts as an exit. */
void weft_port_watch_peer(struct weft_port *port);

/* The object for JavaScript; the caller's. */
JSCValue *weft_port_object(struct weft_port *port);

/* The worker has ended: delivers what it had sent, then says so to JavaScript. */
void weft_port_exited(struct weft_port *port, const char *why);

/* Stops all at once, without a word to JavaScript: the document has ended. */
void weft_port_end(struct weft_port *port);

void weft_port_unref(struct weft_port *port);
