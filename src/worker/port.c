/* SPDX-License-Identifier: MIT */

/*
 * Runs in a worker thread. Messages come in from the page's shared memory and go out to it; both
 * directions are driven by four libuv handles of the thread's own loop:
 *
 *   prepare  right before the loop would sleep: receives, sends what waits, looks a little longer
 *            (channel/wake.h), and only then says that it wants to be woken
 *   poll     the doorbell
 *   check    takes the wish to be woken back
 *   idle     while there is more to receive than one turn may take, the loop must not sleep
 *
 * A port lives until its environment is cleaned up: then the handles are closed, and the memory is
 * freed in the last close callback, never before. ArrayBuffers over segments may outlive the port.
 */

#include "worker/port.h"

#include "base/cleanup.h"
#include "channel/layout.h"
#include "channel/link.h"
#include "worker/handoff.h"
#include "worker/napi.h"
#include "worker/shared-buffer.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <uv.h>

/* Time that one turn of the loop may take before other handles get theirs, in nanoseconds. */
#define TURN_BUDGET_NS UINT64_C(4000000)
/* How long a thread that ends waits for the page to take its last messages. */
#define FLUSH_TIMEOUT_MS 2000
/* uv_poll, uv_prepare, uv_check, uv_idle. */
#define HANDLE_COUNT 4

struct port {
    napi_env env;
    struct weft_link *link;
    uv_poll_t poll;
    uv_prepare_t prepare;
    uv_check_t check;
    uv_idle_t idle;
    int open_handles;
    bool receiving;
    bool busy; /* the idle handle runs */

    napi_ref deliver;
    napi_ref deliver_large;
    napi_ref broken;
    napi_ref inbox;
    uint8_t *inbox_memory;
    napi_ref scratch;
    uint8_t *scratch_memory;
    size_t scratch_size;
    napi_async_cleanup_hook_handle cleanup;
};

static const napi_type_tag port_tag = {0x8f3a1b5de7c24a10, 0x9be04f7716d2c3aa};

/* ---- receiving ---- */

static void set_busy(struct port *port, bool busy);

/* The page did not follow the protocol, or memory ran out: the channel is over. */
static void channel_broken(struct port *port, int negative_errno)
{
    port->receiving = false;
    set_busy(port, false);
    napi_value broken, text;
    const char *why = negative_errno == -EBADMSG ? "the page broke the channel to its worker"
                                                 : strerror(-negative_errno);
    if (napi_get_reference_value(port->env, port->broken, &broken) == napi_ok &&
        napi_create_string_utf8(port->env, why, NAPI_AUTO_LENGTH, &text) == napi_ok)
        weft_napi_call(port->env, broken, 1, &text);
}

/* Any thread of V8's may free the memory of an ArrayBuffer. */
static void return_segment_cb(napi_env env, void *data, void *hint)
{
    (void)env, (void)data;
    weft_segment_return(hint);
}

/* An ArrayBuffer over the segment, without a copy; it returns the segment when it is freed. */
static napi_status wrap_segment(struct port *port, const struct weft_incoming *incoming,
                                napi_value *ret_buffer)
{
    napi_status status =
        napi_create_external_arraybuffer(port->env, incoming->segment->memory, incoming->size,
                                         return_segment_cb, incoming->segment, ret_buffer);
    if (status != napi_ok)
        weft_segment_return(incoming->segment);
    return status;
}

/* An array of the clone's ArrayBuffers, or undefined. */
static napi_status wrap_buffers(struct port *port, const struct weft_link_event *event,
                                napi_value *ret_array)
{
    if (event->buffer_count == 0)
        return napi_get_undefined(port->env, ret_array);
    napi_status status = napi_create_array_with_length(port->env, event->buffer_count, ret_array);
    for (size_t i = 0; status == napi_ok && i < event->buffer_count; i++) {
        napi_value buffer;
        status = wrap_segment(port, &event->buffers[i], &buffer);
        if (status == napi_ok)
            status = napi_set_element(port->env, *ret_array, (uint32_t)i, buffer);
    }
    return status;
}

/* The clone's bytes, when they came in a segment. Copied before anybody looks at them: the page
 * could change them while they are being decoded. */
static napi_status copy_body(struct port *port, const struct weft_incoming *body,
                             napi_value *ret_buffer)
{
    void *memory;
    napi_status status = napi_create_arraybuffer(port->env, body->size, &memory, ret_buffer);
    if (status == napi_ok)
        memcpy(memory, body->segment->memory, body->size);
    weft_segment_return(body->segment);
    return status;
}

static void deliver_large(struct port *port, const struct weft_link_event *event)
{
    napi_env env = port->env;
    napi_value function, arguments[4];
    uint32_t offset = 0, size = (uint32_t)event->body.size;
    if (!event->body.segment) {
        /* A run of one message starts with its header; JavaScript gets the body. */
        memcpy(&size, port->inbox_memory + event->offset, sizeof(size));
        offset = (uint32_t)(event->offset + sizeof(struct weft_message_header));
    }

    if (wrap_buffers(port, event, &arguments[0]) != napi_ok ||
        (event->body.segment ? copy_body(port, &event->body, &arguments[1])
                             : napi_get_null(env, &arguments[1])) != napi_ok ||
        napi_create_uint32(env, offset, &arguments[2]) != napi_ok ||
        napi_create_uint32(env, size, &arguments[3]) != napi_ok ||
        napi_get_reference_value(env, port->deliver_large, &function) != napi_ok) {
        channel_broken(port, -ENOMEM);
        return;
    }
    weft_napi_call(env, function, 4, arguments);
}

static void deliver_run(struct port *port, const struct weft_link_event *event)
{
    napi_value function, arguments[2];
    if (napi_get_reference_value(port->env, port->deliver, &function) != napi_ok ||
        napi_create_uint32(port->env, (uint32_t)event->offset, &arguments[0]) != napi_ok ||
        napi_create_uint32(port->env, (uint32_t)event->size, &arguments[1]) != napi_ok)
        return;
    weft_napi_call(port->env, function, 2, arguments);
}

static void handle_event(struct port *port, const struct weft_link_event *event)
{
    napi_handle_scope scope;
    if (napi_open_handle_scope(port->env, &scope) != napi_ok)
        return;
    if (event->kind == WEFT_MESSAGE_DATA && event->buffer_count == 0)
        deliver_run(port, event);
    else if (event->kind == WEFT_MESSAGE_DATA || event->kind == WEFT_MESSAGE_DATA_IN_SEGMENT)
        deliver_large(port, event);
    else
        channel_broken(port, -EBADMSG); /* a page sends a worker nothing else */
    napi_close_handle_scope(port->env, scope);
}

/* Returns whether there is more than the turn may take. */
static bool receive_some(struct port *port, uint64_t deadline)
{
    while (port->receiving && uv_hrtime() < deadline) {
        struct weft_link_event event;
        int r = weft_link_receive(port->link, port->inbox_memory, &event);
        if (r == WEFT_LINK_EMPTY)
            return false;
        if (r < 0) {
            napi_handle_scope scope;
            napi_open_handle_scope(port->env, &scope);
            channel_broken(port, r);
            napi_close_handle_scope(port->env, scope);
            return false;
        }
        handle_event(port, &event);
    }
    return port->receiving;
}

/* ---- the loop ---- */

static void idle_cb(uv_idle_t *idle)
{
    (void)idle; /* its being there keeps the loop from sleeping */
}

static void set_busy(struct port *port, bool busy)
{
    if (port->busy == busy)
        return;
    port->busy = busy;
    if (busy)
        uv_idle_start(&port->idle, idle_cb);
    else
        uv_idle_stop(&port->idle);
}

static void prepare_cb(uv_prepare_t *prepare)
{
    struct port *port = prepare->data;
    uint64_t deadline = uv_hrtime() + TURN_BUDGET_NS;
    for (;;) {
        bool more = receive_some(port, deadline);
        weft_link_flush(port->link); /* a page that has gone is the supervisor's to notice */
        set_busy(port, more);
        if (more)
            return;
        /* No looking around while something else keeps the loop awake. (That 0 may also mean that
         * the loop has watchers to register, and will sleep: so the bell is asked for all the
         * same.) */
        if (port->receiving && uv_backend_timeout(prepare->loop) != 0 && weft_link_spin(port->link))
            continue;
        if (weft_link_sleep(port->link) || !port->receiving)
            return;
    }
}

static void poll_cb(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    struct port *port = poll->data;
    weft_link_clear_bell(port->link);
}

static void check_cb(uv_check_t *check)
{
    struct port *port = check->data;
    weft_link_wake(port->link);
}

static void closed_cb(uv_handle_t *handle)
{
    struct port *port = handle->data;
    if (--port->open_handles > 0)
        return;
    weft_link_close(port->link);
    napi_remove_async_cleanup_hook(port->cleanup);
    free(port);
}

/* The environment ends: stop first, free when libuv lets go. */
static void cleanup_cb(napi_async_cleanup_hook_handle handle, void *data)
{
    (void)handle;
    struct port *port = data;
    port->receiving = false;
    uv_close((uv_handle_t *)&port->poll, closed_cb);
    uv_close((uv_handle_t *)&port->prepare, closed_cb);
    uv_close((uv_handle_t *)&port->check, closed_cb);
    uv_close((uv_handle_t *)&port->idle, closed_cb);
}

static int start_handles(struct port *port)
{
    uv_loop_t *loop;
    if (napi_get_uv_event_loop(port->env, &loop) != napi_ok)
        return -EINVAL;
    int r = uv_poll_init(loop, &port->poll, weft_link_bell(port->link));
    if (r < 0)
        return r;
    uv_prepare_init(loop, &port->prepare);
    uv_check_init(loop, &port->check);
    uv_idle_init(loop, &port->idle);
    port->poll.data = port->prepare.data = port->check.data = port->idle.data = port;
    port->open_handles = HANDLE_COUNT;
    uv_unref((uv_handle_t *)&port->prepare);
    uv_unref((uv_handle_t *)&port->check);
    /* Sending needs the loop from the start: it also flushes. */
    uv_prepare_start(&port->prepare, prepare_cb);
    uv_check_start(&port->check, check_cb);
    return uv_poll_start(&port->poll, UV_READABLE, poll_cb);
}

/* ---- what JavaScript calls ---- */

static struct port *this_port(napi_env env, napi_callback_info info, size_t count,
                              napi_value *ret_arguments)
{
    void *port;
    if (!weft_napi_arguments(env, info, &port_tag, count, ret_arguments, &port))
        return NULL;
    return port;
}

static napi_value js_set_scratch(napi_env env, napi_callback_info info)
{
    napi_value argument;
    struct port *port = this_port(env, info, 1, &argument);
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
    struct port *port = this_port(env, info, 2, arguments);
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
    if (r < 0 && r != -EPIPE && r != -EBADMSG) /* without a page there is nobody to tell */
        return weft_napi_throw_errno(env, "weft: cannot send a message to the page", r);
    return NULL;
}

static napi_value js_attach(napi_env env, napi_callback_info info)
{
    napi_value arguments[2];
    struct port *port = this_port(env, info, 2, arguments);
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
        return weft_napi_throw_errno(env, "weft: cannot send an ArrayBuffer to the page", r);
    if (copied)
        memcpy(segment->memory, memory, size);
    return NULL;
}

/* holds(buffer): whether it lies in memory that came through this channel. */
static napi_value js_holds(napi_env env, napi_callback_info info)
{
    napi_value argument, result;
    struct port *port = this_port(env, info, 1, &argument);
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
    struct port *port = this_port(env, info, 0, NULL);
    if (port)
        weft_link_detach_all(port->link);
    return NULL;
}

static napi_value js_share(napi_env env, napi_callback_info info)
{
    napi_value buffer, number;
    struct port *port = this_port(env, info, 1, &buffer);
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
    struct port *port = this_port(env, info, 1, &argument);
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
    struct port *port = this_port(env, info, 0, NULL);
    if (port)
        port->receiving = true;
    return NULL;
}

static napi_value js_stop(napi_env env, napi_callback_info info)
{
    struct port *port = this_port(env, info, 0, NULL);
    if (port) {
        port->receiving = false;
        set_busy(port, false);
    }
    return NULL;
}

/* For a script that waits: hands over what has come, or waits for it, at most so long. */
static napi_value js_receive_blocking(napi_env env, napi_callback_info info)
{
    napi_value argument;
    struct port *port = this_port(env, info, 1, &argument);
    if (!port)
        return NULL;
    int32_t timeout_ms;
    NAPI_TRY(env, napi_get_value_int32(env, argument, &timeout_ms));

    weft_link_flush(port->link);
    struct weft_link_event event;
    int r = weft_link_receive(port->link, port->inbox_memory, &event);
    if (r == 0) {
        handle_event(port, &event);
    } else if (r < 0) {
        channel_broken(port, r);
    } else if (weft_link_sleep(port->link)) {
        struct pollfd bell = {.fd = weft_link_bell(port->link), .events = POLLIN};
        if (poll(&bell, 1, timeout_ms) > 0)
            weft_link_clear_bell(port->link);
        weft_link_wake(port->link);
    }
    return NULL;
}

static napi_value js_flush(napi_env env, napi_callback_info info)
{
    struct port *port = this_port(env, info, 0, NULL);
    if (port)
        weft_link_flush_blocking(port->link, FLUSH_TIMEOUT_MS);
    return NULL;
}

/* ---- opening ---- */

static napi_status make_object(struct port *port, napi_value *ret_object)
{
    napi_env env = port->env;
    napi_value object, inbox;
    void *memory;
    napi_status status = napi_create_arraybuffer(env, WEFT_LINK_INBOX_SIZE, &memory, &inbox);
    if (status == napi_ok)
        status = napi_create_reference(env, inbox, 1, &port->inbox);
    port->inbox_memory = memory;
    if (status == napi_ok)
        status = napi_create_object(env, &object);
    if (status == napi_ok)
        status = napi_type_tag_object(env, object, &port_tag);
    if (status == napi_ok)
        status = napi_wrap(env, object, port, NULL, NULL, NULL);
    if (status == napi_ok)
        status = napi_set_named_property(env, object, "inbox", inbox);
    if (status != napi_ok || !weft_napi_method(env, object, "setScratch", js_set_scratch, NULL) ||
        !weft_napi_method(env, object, "send", js_send, NULL) ||
        !weft_napi_method(env, object, "attach", js_attach, NULL) ||
        !weft_napi_method(env, object, "detachAll", js_detach_all, NULL) ||
        !weft_napi_method(env, object, "holds", js_holds, NULL) ||
        !weft_napi_method(env, object, "share", js_share, NULL) ||
        !weft_napi_method(env, object, "takeShared", js_take_shared, NULL) ||
        !weft_napi_method(env, object, "start", js_start, NULL) ||
        !weft_napi_method(env, object, "stop", js_stop, NULL) ||
        !weft_napi_method(env, object, "receiveBlocking", js_receive_blocking, NULL) ||
        !weft_napi_method(env, object, "flush", js_flush, NULL))
        return status != napi_ok ? status : napi_generic_failure;
    *ret_object = object;
    return napi_ok;
}

static int open_link(uint32_t key, struct weft_link **ret_link)
{
    int descriptors[WEFT_LINK_DESCRIPTORS];
    int r = weft_handoff_take(key, descriptors);
    return r < 0 ? r : weft_link_open(descriptors, ret_link);
}

napi_value weft_port_open(napi_env env, napi_callback_info info)
{
    napi_value arguments[2], object;
    uint32_t key;
    if (!weft_napi_arguments(env, info, NULL, 2, arguments, NULL))
        return NULL;
    NAPI_TRY(env, napi_get_value_uint32(env, arguments[0], &key));

    struct port *port = calloc(1, sizeof(*port));
    if (!port)
        return weft_napi_throw_errno(env, "weft: cannot open the channel to the page", -ENOMEM);
    port->env = env;
    int r = open_link(key, &port->link);
    if (r == 0)
        r = start_handles(port);
    if (r < 0) {
        /* Without handles there is nothing that libuv could still hold. */
        if (port->open_handles == 0) {
            weft_link_close(port->link);
            free(port);
        }
        return weft_napi_throw_errno(env, "weft: cannot open the channel to the page", r);
    }
    NAPI_TRY(env, napi_add_async_cleanup_hook(env, cleanup_cb, port, &port->cleanup));
    NAPI_TRY(env, weft_napi_take_callback(env, arguments[1], "deliver", &port->deliver));
    NAPI_TRY(env, weft_napi_take_callback(env, arguments[1], "deliverLarge", &port->deliver_large));
    NAPI_TRY(env, weft_napi_take_callback(env, arguments[1], "broken", &port->broken));
    NAPI_TRY(env, make_object(port, &object));
    return object;
}
