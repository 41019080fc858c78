/* SPDX-License-Identifier: MIT */

#include "node/shared-buffer.h"

#include "node/napi.h"

#ifndef NODE_API_EXPERIMENTAL_HAS_CREATE_EXTERNAL_SHAREDARRAYBUFFER
/* Node 26 has it; its headers show it only to modules that want all that is experimental, and those
 * get other rules for finalizers as well. */
typedef void(NAPI_CDECL *node_api_noenv_finalize)(void *data, void *hint);
NAPI_EXTERN napi_status NAPI_CDECL node_api_create_external_sharedarraybuffer(
    napi_env env, void *external_data, size_t byte_length, node_api_noenv_finalize finalize_cb,
    void *finalize_hint, napi_value *result);
#endif

/* Any thread of V8's may free the memory of a SharedArrayBuffer. */
static void unref_cb(void *data, void *hint)
{
    (void)data;
    weft_shared_unref(hint);
}

static void borrowed_cb(void *data, void *hint)
{
    (void)data, (void)hint;
}

napi_status weft_shared_buffer_wrap(napi_env env, struct weft_shared *shared,
                                    napi_value *ret_buffer)
{
    napi_status status = node_api_create_external_sharedarraybuffer(
        env, shared->memory, shared->size, unref_cb, shared, ret_buffer);
    if (status != napi_ok) {
        weft_shared_unref(shared);
        return status;
    }
    napi_value pressure;
    void *bytes;
    return weft_shared_are_many()
               ? napi_create_arraybuffer(env, WEFT_SHARED_PRESSURE, &bytes, &pressure)
               : napi_ok;
}

napi_status weft_shared_buffer_borrow(napi_env env, void *memory, size_t size,
                                      napi_value *ret_buffer)
{
    return node_api_create_external_sharedarraybuffer(env, memory, size, borrowed_cb, NULL,
                                                      ret_buffer);
}

struct weft_shared *weft_shared_buffer_get(napi_env env, napi_value buffer)
{
    void *memory;
    size_t size;
    if (napi_get_arraybuffer_info(env, buffer, &memory, &size) != napi_ok)
        return NULL;
    return weft_shared_at(memory);
}

napi_value weft_shared_buffer_create(napi_env env, napi_callback_info info)
{
    napi_value argument, buffer;
    double size;
    if (!weft_napi_arguments(env, info, NULL, 1, &argument, NULL))
        return NULL;
    NAPI_TRY(env, napi_get_value_double(env, argument, &size));
    struct weft_shared *shared;
    if (!(size >= 0 && size <= (double)WEFT_SHARED_SIZE_MAX) ||
        weft_shared_create((uint64_t)size, &shared) < 0)
        return NULL;
    NAPI_TRY(env, weft_shared_buffer_wrap(env, shared, &buffer));
    return buffer;
}
