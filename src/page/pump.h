/* SPDX-License-Identifier: MIT */

/*
 * page/pump - the one event source that drives all channels of this web process
 *
 * One source, so that the short look before sleeping (channel/wake.h) is one look at all rings, not
 * one after the other. WebKit's main loop calls it between its own work.
 */
#pragma once

#include "channel/link.h"

#include <glib.h>

/* Something with a link. Embedded in its owner (page/port.c), which removes it before it is freed;
 * a removal from within @receive is fine. */
struct weft_pumped {
    struct weft_link *link;
    /* Handles one run of messages. Returns FALSE when there is none (or no more is wanted). */
    gboolean (*receive)(struct weft_pumped *pumped);
    gboolean waits; /* something is older than what the link has: @receive is to be called */
    gpointer tag;
};

void weft_pump_add(struct weft_pumped *pumped);
void weft_pump_remove(struct weft_pumped *pumped);
