/* SPDX-License-Identifier: MIT */

/*
 * node/port - Node's end of a channel, in the loop of the thread that opens it
 */
#pragma once

#include <node_api.h>

/* JavaScript: openPort(key, {deliver, deliverLarge, broken, closed, copies}) -> port
 *
 *   deliver(offset, size)   a run of messages in port.inbox, headers included (channel/layout.h)
 *   deliverLarge(buffers, body, offset, size)
 *                           one clone: its bytes are @size bytes at @offset of @body (detached
 *                           after the call), or of port.inbox where that is null; its ArrayBuffers
 *   broken(text)            the other end broke the channel; no more comes
 *   closed()                (may be missing) the other end has gone; what it had sent has come
 *   copies                  true: ArrayBuffers that come are memory of our own, and at most 2 GiB.
 *                           Else they lie in memory that the other end can still change
 *
 *   port.inbox              ArrayBuffer
 *   port.setScratch(buffer) where send() takes its bytes from, until the next setScratch
 *   port.send(kind, size)   sends the first @size bytes of the scratch; never blocks
 *   port.attach(buffer, transfer) the next out-of-band buffer of the next send
 *   port.detachAll()        forgets what was attached
 *   port.holds(buffer)      whether it lies in memory that came through this channel
 *   port.share(buffer)      sends a SharedArrayBuffer's memory for the next message; returns its id
 *                           there, or 0 where the memory is V8's own
 *   port.takeShared(id)     a SharedArrayBuffer over what came with the message that is being read
 *   port.start()            begins to receive
 *   port.stop()             receives no more
 *   port.receiveBlocking(timeoutMs) calls deliver or deliverLarge once, or waits for a while.
 *                           Returns false when the other end has gone, and nothing of it is left
 *   port.drain(timeoutMs)   calls deliver and deliverLarge for what has come, at most so long
 *   port.flush()            waits, for a bounded time, until all is sent
 *   port.unref()            does not keep the thread alive any more
 *   port.close()            ends it; every method does nothing from then on
 */
napi_value weft_port_open(napi_env env, napi_callback_info info);

/* JavaScript: discard(key): closes a channel that nobody will open. */
napi_value weft_port_discard(napi_env env, napi_callback_info info);

/* JavaScript: makeChannel(callbacks) -> port
 *
 * Makes a channel and opens the end that a page has in others. The peer's descriptors wait under
 * port.peerKey (node/handoff.h) for whoever sends or opens them. */
napi_value weft_port_make(napi_env env, napi_callback_info info);
