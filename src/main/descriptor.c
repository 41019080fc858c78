/* SPDX-License-Identifier: MIT */

#include "main/descriptor.h"

#include "base/cleanup.h"
#include "main/value.h"

#include <glib.h>

static const napi_type_tag descriptor_tag = {0x5765667444657363, 0x9b1f6c0e4a7d4b21};

struct descriptor {
    int fd;
};

static void finalize_cb(napi_env env, void *data, void *hint)
{
    struct descriptor *descriptor = data;
    weft_close_fd(&descriptor->fd);
    g_free(descriptor);
}

napi_value weft_descriptor_new(napi_env env, int take_fd)
{
    struct descriptor *descriptor = g_new0(struct descriptor, 1);
    descriptor->fd = take_fd;
    return weft_value_handle(env, &descriptor_tag, descriptor, finalize_cb);
}

int weft_descriptor_borrow(napi_env env, napi_value value)
{
    struct descriptor *descriptor = weft_value_from_handle(env, value, &descriptor_tag);
    if (!descriptor)
        return -1;
    if (descriptor->fd < 0)
        weft_value_throw(env, "The descriptor is closed");
    return descriptor->fd;
}

void weft_descriptor_release(napi_env env, napi_value value)
{
    struct descriptor *descriptor = weft_value_from_handle(env, value, &descriptor_tag);
    if (descriptor)
        weft_close_fd(&descriptor->fd);
}

napi_value weft_descriptor_close_js(napi_env env, napi_callback_info info)
{
    napi_value handle;
    if (weft_value_arguments(env, info, 1, &handle, NULL))
        weft_descriptor_release(env, handle);
    return NULL;
}
