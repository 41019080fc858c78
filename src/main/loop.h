/* SPDX-License-Identifier: MIT */

/*
 * main/loop - GLib's main context driven by Node's libuv loop
 *
 * Thread: main. There is one for the process, and it is never closed: GTK and
 * WebKit use it until the process ends.
 */
#pragma once

#include <uv.h>

/* Starts to serve GLib's default context from @loop. Returns 0, -EBUSY when another thread
 * owns the context, or another negative errno. */
int weft_loop_init(uv_loop_t *loop);

/* Keeps Node alive, or lets it end when nothing else is to be done. Counted. */
void weft_loop_ref(void);
void weft_loop_unref(void);
