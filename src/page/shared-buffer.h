/* SPDX-License-Identifier: MIT */

/*
 * page/shared-buffer - ArrayBuffers over memory that workers have, too
 *
 * JavaScriptCore's interface has no SharedArrayBuffer over memory of one's own. To the engine these
 * are ArrayBuffers that can't be detached; lib/page/shared-memory.js makes them look as they
 * should.
 */
#pragma once

#include "channel/shared.h"

#include <jsc/jsc.h>

/* An ArrayBuffer over @shared (taken). Only where weft_jsc_allows_foreign_memory. */
JSCValue *weft_shared_buffer_wrap(JSCContext *context, struct weft_shared *shared);

/* A reference to the memory of such an ArrayBuffer; NULL for any other value. */
struct weft_shared *weft_shared_buffer_get(JSCValue *buffer);
