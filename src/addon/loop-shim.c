/* SPDX-License-Identifier: MIT */

#include "addon/loop-shim.h"

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

static _Thread_local struct uv_loop_s *own_loop;

struct uv_loop_s *weft_event_loop(void)
{
    return own_loop ? own_loop : uv_default_loop();
}

void weft_event_loop_enter(struct uv_loop_s *loop)
{
    own_loop = loop;
}

static void close_poll_cb(uv_handle_t *handle, void *found)
{
    if (uv_handle_get_type(handle) != UV_POLL)
        return;
    *(bool *)found = true;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void weft_event_loop_leave(void)
{
    bool found = false;
    uv_walk(own_loop, close_poll_cb, &found);
    if (found)
        uv_run(own_loop, UV_RUN_NOWAIT); /* a handle is closed at the end of a turn */
    own_loop = NULL;
}
