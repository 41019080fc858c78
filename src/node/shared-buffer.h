/* SPDX-License-Identifier: MIT */

/*
 * node/shared-buffer - SharedArrayBuffers of V8 over memory that pages may have, too
 *
 * Thread: any thread of Node's, with its own env.
 */
#pragma once

#include "channel/shared.h"

#include <node_api.h>

/* A SharedArrayBuffer over @shared (taken, also on failure). V8 lets go of the memory with the last
 * thread that has it. */
napi_status weft_shared_buffer_wrap(napi_env env, struct weft_shared *shared,
                                    napi_value *ret_buffer);

/* A SharedArrayBuffer over @size bytes at @memory, which must outlive every use of it. */
napi_status weft_shared_buffer_borrow(napi_env env, void *memory, size_t size,
                                      napi_value *ret_buffer);

/* A reference to the memory of a SharedArrayBuffer; NULL where that is V8's own. */
struct weft_shared *weft_shared_buffer_get(napi_env env, napi_value buffer);

/* JavaScript: createShared(size) -> SharedArrayBuffer, or undefined where it can't be made */
napi_value weft_shared_buffer_create(napi_env env, napi_callback_info info);
