/* SPDX-License-Identifier: MIT */

/*
 * addon/loop-shim - the event loop that a module means by "the default one"
 *
 * The trap: a module that asks for uv_default_loop() gets the loop of the process's first thread,
 * in every worker. What it starts there from a worker is a race with that thread, and what comes of
 * it runs on that thread, with values of the worker's: the process aborts, or the answer never
 * comes. Here it gets the loop of its own worker. Such modules were written when Node had one loop.
 *
 * Imported by private copies, and put into modules that are loaded as they are, like those of
 * addon/throw-shim.h.
 */
#pragma once

#define WEFT_EXPORTED __attribute__((visibility("default")))

struct uv_loop_s;

/* Thread: any. That of the calling worker; of other threads, the process's. */
WEFT_EXPORTED struct uv_loop_s *weft_event_loop(void);

/* Thread: any. From here on the calling thread has this loop. */
WEFT_EXPORTED void weft_event_loop_enter(struct uv_loop_s *loop);

/* Thread: the same, when all else of its environment is cleaned up. Closes what modules have left
 * open: who thinks that there is one loop for ever need not close, but Node aborts the process when
 * a worker's loop has handles left. Only those of uv_poll: of these Node has none by then. */
WEFT_EXPORTED void weft_event_loop_leave(void);
