/* SPDX-License-Identifier: MIT */

/*
 * page/atomics - what lib/page/shared-memory.js asks of C for one document
 *
 * Waiters of the page stand in V8's list of the worker host (src/worker/waits.h): to notify and to
 * wait are questions to the supervisor.
 */
#pragma once

#include "page/hosts.h"

#include <jsc/jsc.h>

struct weft_atomics;

/* @hosts are borrowed until weft_atomics_end. */
struct weft_atomics *weft_atomics_new(struct weft_hosts *hosts);

/* Its document has ended: what script still calls does nothing. NULL does nothing. */
void weft_atomics_end(struct weft_atomics *atomics);

/* Sets on @binding, in JavaScript:
 *
 *   createShared(size)    an ArrayBuffer over new shared memory, or null where it can't be had
 *   aliasShared(buffer)   another one over the same memory
 *   sharedNumber(buffer)  the same for all buffers over the same memory
 *   notify(buffer, offset, count)   how many were woken, in all hosts
 *   wait(host, buffer, offset, size, value, timeout, anyway)   [one of WAIT_*, the number of the
 *                         wait] in the host of that number; @value is text: numbers of script do
 * not have 64 bits onAtomics(woken, lineEnded)     woken(host, id, result): a wait has ended;
 * lineEnded(host): all in that host have
 */
void weft_atomics_install(struct weft_atomics *atomics, JSCValue *binding);
