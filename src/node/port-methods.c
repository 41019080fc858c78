/* SPDX-License-Identifier: MIT */

/*
 * What JavaScript calls on its end of a channel, in any thread of Node's. In: scratch memory and
 * ArrayBuffers of its own. Out: messages to the other end, which is not trusted.
 */

#include "channel/layout.h"
#include "node/napi.h"
#include "node/port-internal.h"
#include "node/shared-buffer.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

/* How long a thread that ends waits for the other end to take its last messages. */
#define FLUSH_TIMEOUT_MS 2000

static const napi_type_tag port_tag = {0x8f3a1b5de7c24a10, 0x9be04f7716d2c3aa};

/* NULL, too, when it has been closed: there is nothing to do then. */
static struct weft_port *this_port(napi_env env, napi_callback_info info, size_t count,
                                   napi_value *ret_arguments)
{
    void *port;
    if (!weft_napi_arguments(env, info, &port_tag, count, ret_arguments, &port))
        return NULL;
    return ((struct weft_port *)port)->closing ? NULL : port;
}

static napi_value js_set_scratch(napi_env env, napi_callback_info info)
{
    napi_value argument;
    struct weft_port *port = this_port(env, info, 1, &argument);
    if (!port)
        return NULL;
    void *memory;
    size_t size;
    NAPI_TRY(env, napi_get_arraybuffer_info(env, argument, &memory, &size));
    napi_ref previous = port->scratch;
    NAPI_TRY(env, napi_create_reference(env, argument, 1, &port->scratch));
    port->scratch_memory = memory;
    port->scratch_size = size;
    if (previous)
        napi_delete_reference(env, previous);
    return NULL;
}

static napi_value js_send(napi_env env, napi_callback_info info)
{
    napi_value arguments[2];
    struct weft_port *port = this_port(env, info, 2, arguments);
    if (!port)
        return NULL;
    uint32_t kind, size;
    NAPI_TRY(env, napi_get_value_uint32(env, arguments[0], &kind));
    NAPI_TRY(env, napi_get_value_uint32(env, arguments[1], &size));
    if (size > port->scratch_size)
        return weft_napi_throw_errno(env, "weft: send", -EMSGSIZE);

    int r = kind == WEFT_MESSAGE_DATA
                ? weft_link_send_data(port->link, port->scratch_memory, size)
                : weft_link_send(port->link, kind, port->scratch_memory, size);
    if (r < 0 && r != -EPIPE && r != -EBADMSG) /* without the other end there is nobody to tell */
        return weft_napi_throw_errno(env, "weft: cannot send a message", r);
    return NULL;
}

static napi_value js_attach(napi_env env, napi_callback_info info)
{
    napi_value arguments[2];
    struct weft_port *port = this_port(env, info, 2, arguments);
    if (!port)
        return NULL;
    void *memory;
    size_t size;
    bool transfer;
    NAPI_TRY(env, napi_get_arraybuffer_info(env, arguments[0], &memory, &size));
    NAPI_TRY(env, napi_get_value_bool(env, arguments[1], &transfer));

    /* A buffer that already is a segment goes on without a copy; its ArrayBuffer is detached. */
    struct weft_segment *segment = transfer ? weft_link_held_at(port->link, memory) : NULL;
    bool copied = !segment;
    int r = copied ? weft_link_acquire(port->link, size, &segment) : 0;
    if (r == 0)
        r = weft_link_attach(port->link, segment, size);
    if (r < 0)
        return weft_napi_throw_errno(env, "weft: cannot send an ArrayBuffer", r);
    if (copied)
        memcpy(segment->memory, memory, size);
    return NULL;
}

/* holds(buffer): whether it lies in memory that came through this channel. */
static napi_value js_holds(napi_env env, napi_callback_info info)
{
    napi_value argument, result;
    struct weft_port *port = this_port(env, info, 1, &argument);
    if (!port)
        return NULL;
    void *memory;
    size_t size;
    NAPI_TRY(env, napi_get_arraybuffer_info(env, argument, &memory, &size));
    NAPI_TRY(env, napi_get_boolean(env, weft_link_held_at(port->link, memory) != NULL, &result));
    return result;
}

static napi_value js_detach_all(napi_env env, napi_callback_info info)
{
    struct weft_port *port = this_port(env, info, 0, NULL);
    if (port)
        weft_link_detach_all(port->link);
    return NULL;
}

static napi_value js_share(napi_env env, napi_callback_info info)
{
    napi_value buffer, number;
    struct weft_port *port = this_port(env, info, 1, &buffer);
    if (!port)
        return NULL;
    uint32_t id = 0; /* V8's own memory has no number */
    struct weft_shared *shared = weft_shared_buffer_get(env, buffer);
    int r = shared ? weft_link_share(port->link, shared, &id) : 0;
    weft_shared_unref(shared);
    if (r < 0)
        return weft_napi_throw_errno(env, "weft: cannot share a SharedArrayBuffer", r);
    NAPI_TRY(env, napi_create_uint32(env, id, &number));
    return number;
}

static napi_value js_take_shared(napi_env env, napi_callback_info info)
{
    napi_value argument, buffer;
    struct weft_port *port = this_port(env, info, 1, &argument);
    if (!port)
        return NULL;
    uint32_t id;
    NAPI_TRY(env, napi_get_value_uint32(env, argument, &id));
    struct weft_shared *shared;
    int r = weft_link_take_shared(port->link, id, &shared);
    if (r < 0)
        return weft_napi_throw_errno(env, "weft: shared memory has not come", r);
    NAPI_TRY(env, weft_shared_buffer_wrap(env, shared, &buffer));
    return buffer;
}

static napi_value js_start(napi_env env, napi_callback_info info)
{
    struct weft_port *port = this_port(env, info, 0, NULL);
    if (!port)
        return NULL;
    port->receiving = true;
    weft_port_set_busy(port, true);
    return NULL;
}

static napi_value js_stop(napi_env env, napi_callback_info info)
{
    struct weft_port *port = this_port(env, info, 0, NULL);
    if (port) {
        port->receiving = false;
        weft_port_set_busy(port, false);
    }
    return NULL;
}

/* Waits until there is something to receive, the other end has gone, or the time is over. Returns
 * whether the other end is there. */
static bool wait_for_bell(struct weft_port *port, int timeout_ms)
{
    struct pollfd polled[] = {{.fd = weft_link_bell(port->link), .events = POLLIN},
                              {.fd = weft_link_socket(port->link)}};
    bool has_gone = false;
    if (!weft_link_spin(port->link) && weft_link_sleep(port->link)) {
        if (poll(polled, 2, timeout_ms) > 0 && (polled[0].revents & POLLIN))
            weft_link_clear_bell(port->link);
        has_gone = (polled[1].revents & POLLHUP) && !weft_link_ready(port->link);
    }
    weft_link_wake(port->link);
    return !has_gone;
}

/* For a script that waits: hands over what has come, or waits for it, at most so long. */
static napi_value js_receive_blocking(napi_env env, napi_callback_info info)
{
    napi_value argument, result;
    struct weft_port *port = this_port(env, info, 1, &argument);
    bool is_there = false;
    if (port) {
        int32_t timeout_ms;
        NAPI_TRY(env, napi_get_value_int32(env, argument, &timeout_ms));
        weft_link_flush(port->link);
        int r = weft_port_receive_one(port);
        is_there = r == 0 || (r == WEFT_LINK_EMPTY && wait_for_bell(port, timeout_ms));
        weft_port_set_busy(port, true);
    }
    NAPI_TRY(env, napi_get_boolean(env, is_there, &result));
    return result;
}

static napi_value js_flush(napi_env env, napi_callback_info info)
{
    struct weft_port *port = this_port(env, info, 0, NULL);
    if (port)
        weft_link_flush_blocking(port->link, FLUSH_TIMEOUT_MS);
    return NULL;
}

/* Hands over what has come, for a bounded time: the other end may send without an end. */
static napi_value js_drain(napi_env env, napi_callback_info info)
{
    napi_value argument;
    struct weft_port *port = this_port(env, info, 1, &argument);
    uint32_t timeout_ms;
    if (!port)
        return NULL;
    NAPI_TRY(env, napi_get_value_uint32(env, argument, &timeout_ms));
    uint64_t deadline = uv_hrtime() + timeout_ms * UINT64_C(1000000);
    while (port->receiving && uv_hrtime() < deadline)
        if (weft_port_receive_one(port) != 0)
            break;
    weft_port_set_busy(port, true);
    return NULL;
}

static napi_value js_unref(napi_env env, napi_callback_info info)
{
    struct weft_port *port = this_port(env, info, 0, NULL);
    if (port)
        uv_unref((uv_handle_t *)&port->bell);
    return NULL;
}

static napi_value js_close(napi_env env, napi_callback_info info)
{
    struct weft_port *port = this_port(env, info, 0, NULL);
    if (port)
        weft_port_close(port);
    return NULL;
}

static void finalize_cb(napi_env env, void *data, void *hint)
{
    (void)env, (void)hint;
    weft_port_unref(data);
}

napi_status weft_port_add_methods(struct weft_port *port, napi_value object)
{
    static const struct {
        const char *name;
        napi_callback callback;
    } methods[] = {
        {"setScratch", js_set_scratch},
        {"send", js_send},
        {"attach", js_attach},
        {"detachAll", js_detach_all},
        {"holds", js_holds},
        {"share", js_share},
        {"takeShared", js_take_shared},
        {"start", js_start},
        {"stop", js_stop},
        {"receiveBlocking", js_receive_blocking},
        {"flush", js_flush},
        {"drain", js_drain},
        {"unref", js_unref},
        {"close", js_close},
    };
    napi_status status = napi_type_tag_object(port->env, object, &port_tag);
    if (status == napi_ok)
        status = napi_wrap(port->env, object, port, finalize_cb, NULL, NULL);
    if (status != napi_ok)
        return status;
    port->references++;
    for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
        if (!weft_napi_method(port->env, object, methods[i].name, methods[i].callback, NULL))
            return napi_generic_failure;
    return napi_ok;
}
