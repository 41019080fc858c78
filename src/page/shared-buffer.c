/* SPDX-License-Identifier: MIT */

#include "page/shared-buffer.h"

JSCValue *weft_shared_buffer_wrap(JSCContext *context, struct weft_shared *shared)
{
    JSCValue *buffer = jsc_value_new_array_buffer(context, shared->memory, shared->size,
                                                  (GDestroyNotify)weft_shared_unref, shared);
    gsize size;
    jsc_value_array_buffer_get_data(buffer, &size); /* pins it: script can't detach it */
    if (weft_shared_are_many())
        g_object_unref(
            jsc_value_new_typed_array(context, JSC_TYPED_ARRAY_UINT8, WEFT_SHARED_PRESSURE));
    return buffer;
}

struct weft_shared *weft_shared_buffer_get(JSCValue *buffer)
{
    gsize size;
    if (!jsc_value_is_array_buffer(buffer))
        return NULL;
    return weft_shared_at(jsc_value_array_buffer_get_data(buffer, &size));
}
