/* SPDX-License-Identifier: MIT */

/*
 * worker/port - the worker's end of its channel, in the worker thread's own loop
 */
#pragma once

#include <node_api.h>

/* JavaScript: openPort(key, {deliver, deliverLarge, broken}) -> port
 *
 *   deliver(offset, size)   a run of messages in port.inbox, headers included (channel/layout.h)
 *   deliverLarge(buffers, body, offset, size)
 *                           one clone: its bytes are @size bytes at @offset of @body (detached
 * after the call), or of port.inbox where that is null; its ArrayBuffers broken(text) the page
 * broke the channel; no more comes
 *
 *   port.inbox              ArrayBuffer
 *   port.setScratch(buffer) where send() takes its bytes from, until the next setScratch
 *   port.send(kind, size)   sends the first @size bytes of the scratch; never blocks
 *   port.attach(buffer, transfer) the next out-of-band buffer of the next send
 *   port.detachAll()        forgets what was attached
 *   port.share(buffer)      sends a SharedArrayBuffer's memory for the next message; returns its id
 *                           there, or 0 where the memory is V8's own
 *   port.takeShared(id)     a SharedArrayBuffer over what came with the message that is being read
 *   port.start()            begins to receive
 *   port.stop()             receives no more
 *   port.receiveBlocking(timeoutMs) calls deliver or deliverLarge once, or waits for a while
 *   port.flush()            waits, for a bounded time, until all is sent
 */
napi_value weft_port_open(napi_env env, napi_callback_info info);
