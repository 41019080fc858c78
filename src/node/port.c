/* SPDX-License-Identifier: MIT */

/*
 * Runs in any thread of Node's. Messages come in from memory that is shared with the other end and
 * go out to it; both directions are driven by five libuv handles of the thread's own loop:
 *
 *   prepare  right before the loop would sleep: receives, sends what waits, looks a little longer
 *            (channel/wake.h), and only then says that it wants to be woken
 *   bell     the doorbell
 *   check    takes the wish to be woken back
 *   idle     while there is more to receive than one turn may take, the loop must not sleep
 *   socket   the other end has gone: what it had sent is still delivered
 *
 * A port lives until it is closed or its environment is cleaned up: then the handles are closed,
 * and the link is freed in the last close callback, never before. ArrayBuffers over segments may
 * outlive the port, and so may its JavaScript object, which does nothing then.
 */

#include "node/port.h"

#include "channel/layout.h"
#include "node/handoff.h"
#include "node/napi.h"
#include "node/port-internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Time that one turn of the loop may take before other handles get theirs, in nanoseconds. */
#define TURN_BUDGET_NS UINT64_C(4000000)
/* Most bytes of one buffer or clone that a port which copies takes. */
#define COPY_MAX (UINT64_C(2) << 30)

/* ---- receiving ---- */

static void call(struct weft_port *port, napi_ref callback, size_t count,
                 const napi_value *arguments)
{
    napi_value function;
    if (callback && napi_get_reference_value(port->env, callback, &function) == napi_ok)
        weft_napi_call(port->env, function, count, arguments);
}

/* The other end did not follow the protocol, or memory ran out: the channel is over. */
static void channel_broken(struct weft_port *port, int negative_errno)
{
    port->receiving = false;
    weft_port_set_busy(port, false);
    napi_value text;
    const char *why =
        negative_errno == -EBADMSG ? "the other end broke the channel" : strerror(-negative_errno);
    if (napi_create_string_utf8(port->env, why, NAPI_AUTO_LENGTH, &text) == napi_ok)
        call(port, port->broken, 1, &text);
}

/* Any thread of V8's may free the memory of an ArrayBuffer. */
static void return_segment_cb(napi_env env, void *data, void *hint)
{
    (void)env, (void)data;
    weft_segment_return(hint);
}

static void free_cb(napi_env env, void *data, void *hint)
{
    (void)env, (void)hint;
    free(data);
}

/* An ArrayBuffer with a copy of what the other end could still change. Memory that cannot be had is
 * an error; V8's own way to allocate would end the process. */
static napi_status copy_segment(struct weft_port *port, const struct weft_incoming *incoming,
                                napi_value *ret_buffer)
{
    napi_status status = napi_generic_failure;
    bool fits = !port->copies || incoming->size <= COPY_MAX;
    void *memory = fits ? malloc(incoming->size) : NULL;
    if (memory) {
        memcpy(memory, incoming->segment->memory, incoming->size);
        status = napi_create_external_arraybuffer(port->env, memory, incoming->size, free_cb, NULL,
                                                  ret_buffer);
        if (status != napi_ok)
            free(memory);
    }
    weft_segment_return(incoming->segment);
    return status;
}

/* An ArrayBuffer over the segment, without a copy; it returns the segment when it is freed. */
static napi_status wrap_segment(struct weft_port *port, const struct weft_incoming *incoming,
                                napi_value *ret_buffer)
{
    if (port->copies)
        return copy_segment(port, incoming, ret_buffer);
    napi_status status =
        napi_create_external_arraybuffer(port->env, incoming->segment->memory, incoming->size,
                                         return_segment_cb, incoming->segment, ret_buffer);
    if (status != napi_ok)
        weft_segment_return(incoming->segment);
    return status;
}

/* An array of the clone's ArrayBuffers, or undefined. */
static napi_status wrap_buffers(struct weft_port *port, const struct weft_link_event *event,
                                napi_value *ret_array)
{
    if (event->buffer_count == 0)
        return napi_get_undefined(port->env, ret_array);
    napi_status status = napi_create_array_with_length(port->env, event->buffer_count, ret_array);
    for (size_t i = 0; i < event->buffer_count; i++) {
        napi_value buffer;
        if (status != napi_ok) {
            weft_segment_return(event->buffers[i].segment);
            continue;
        }
        status = wrap_segment(port, &event->buffers[i], &buffer);
        if (status == napi_ok)
            status = napi_set_element(port->env, *ret_array, (uint32_t)i, buffer);
    }
    return status;
}

static void deliver_large(struct weft_port *port, const struct weft_link_event *event)
{
    napi_env env = port->env;
    napi_value arguments[4];
    uint32_t offset = 0, size = (uint32_t)event->body.size;
    if (!event->body.segment) {
        /* A run of one message starts with its header; JavaScript gets the body. */
        memcpy(&size, port->inbox_memory + event->offset, sizeof(size));
        offset = (uint32_t)(event->offset + sizeof(struct weft_message_header));
    }

    napi_status status = wrap_buffers(port, event, &arguments[0]);
    /* The clone's bytes are copied before anybody looks at them: they could change meanwhile. */
    napi_status body = event->body.segment ? copy_segment(port, &event->body, &arguments[1])
                                           : napi_get_null(env, &arguments[1]);
    if (status != napi_ok || body != napi_ok ||
        napi_create_uint32(env, offset, &arguments[2]) != napi_ok ||
        napi_create_uint32(env, size, &arguments[3]) != napi_ok) {
        channel_broken(port, -ENOMEM);
        return;
    }
    call(port, port->deliver_large, 4, arguments);
}

static void deliver_run(struct weft_port *port, const struct weft_link_event *event)
{
    napi_value arguments[2];
    if (napi_create_uint32(port->env, (uint32_t)event->offset, &arguments[0]) == napi_ok &&
        napi_create_uint32(port->env, (uint32_t)event->size, &arguments[1]) == napi_ok)
        call(port, port->deliver, 2, arguments);
}

int weft_port_receive_one(struct weft_port *port)
{
    struct weft_link_event event;
    int r = weft_link_receive(port->link, port->inbox_memory, &event);
    if (r == WEFT_LINK_EMPTY)
        return r;
    napi_handle_scope scope;
    if (napi_open_handle_scope(port->env, &scope) != napi_ok)
        return -1;
    if (r < 0)
        channel_broken(port, r);
    else if (event.kind == WEFT_MESSAGE_DATA && event.buffer_count == 0)
        deliver_run(port, &event);
    else if (event.kind == WEFT_MESSAGE_DATA || event.kind == WEFT_MESSAGE_DATA_IN_SEGMENT)
        deliver_large(port, &event);
    else
        channel_broken(port, -EBADMSG); /* nobody sends Node anything else */
    napi_close_handle_scope(port->env, scope);
    return r < 0 ? -1 : 0;
}

/* Returns whether there is more than the turn may take. */
static bool receive_some(struct weft_port *port, uint64_t deadline)
{
    while (port->receiving && uv_hrtime() < deadline)
        if (weft_port_receive_one(port) != 0)
            return false;
    return port->receiving;
}

/* ---- the loop ---- */

static void idle_cb(uv_idle_t *idle)
{
    (void)idle; /* its being there keeps the loop from sleeping */
}

void weft_port_set_busy(struct weft_port *port, bool busy)
{
    if (port->busy == busy || port->closing)
        return;
    port->busy = busy;
    if (busy)
        uv_idle_start(&port->idle, idle_cb);
    else
        uv_idle_stop(&port->idle);
}

/* All that the other end had sent has been delivered. */
static void tell_closed(struct weft_port *port)
{
    napi_handle_scope scope;
    port->peer_gone = false;
    if (napi_open_handle_scope(port->env, &scope) != napi_ok)
        return;
    call(port, port->closed, 0, NULL);
    napi_close_handle_scope(port->env, scope);
}

static void prepare_cb(uv_prepare_t *prepare)
{
    struct weft_port *port = prepare->data;
    uint64_t deadline = uv_hrtime() + TURN_BUDGET_NS;
    for (;;) {
        bool more = receive_some(port, deadline);
        if (port->closing)
            return;
        weft_link_flush(port->link); /* one that cannot be sent to any more has gone, or will */
        weft_port_set_busy(port, more);
        if (more)
            return;
        if (port->peer_gone) {
            tell_closed(port);
            return;
        }
        /* No looking around while something else keeps the loop awake. (That 0 may also mean that
         * the loop has watchers to register, and will sleep: so the bell is asked for all the
         * same.) */
        if (port->receiving && uv_backend_timeout(prepare->loop) != 0 && weft_link_spin(port->link))
            continue;
        if (weft_link_sleep(port->link) || !port->receiving)
            return;
    }
}

static void bell_cb(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    struct weft_port *port = poll->data;
    weft_link_clear_bell(port->link);
}

static void socket_cb(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    struct weft_port *port = poll->data;
    uv_poll_stop(poll);
    port->peer_gone = true; /* the next turn looks for its last messages */
    weft_port_set_busy(port, true);
}

static void check_cb(uv_check_t *check)
{
    struct weft_port *port = check->data;
    weft_link_wake(port->link);
}

/* ---- its life ---- */

void weft_port_unref(struct weft_port *port)
{
    if (--port->references == 0)
        free(port);
}

static void drop_references(struct weft_port *port)
{
    napi_ref references[] = {port->deliver, port->deliver_large, port->broken,
                             port->closed,  port->inbox,         port->scratch};
    for (size_t i = 0; i < sizeof(references) / sizeof(*references); i++)
        if (references[i])
            napi_delete_reference(port->env, references[i]);
}

static void closed_cb(uv_handle_t *handle)
{
    struct weft_port *port = handle->data;
    if (--port->open_handles > 0)
        return;
    weft_link_close(port->link);
    port->link = NULL;
    drop_references(port);
    if (port->cleanup)
        napi_remove_async_cleanup_hook(port->cleanup);
    weft_port_unref(port);
}

void weft_port_close(struct weft_port *port)
{
    if (port->closing)
        return;
    weft_port_set_busy(port, false);
    port->closing = true;
    port->receiving = false;
    uv_handle_t *handles[] = {(uv_handle_t *)&port->bell, (uv_handle_t *)&port->socket,
                              (uv_handle_t *)&port->prepare, (uv_handle_t *)&port->check,
                              (uv_handle_t *)&port->idle};
    for (size_t i = 0; i < sizeof(handles) / sizeof(*handles); i++)
        uv_close(handles[i], closed_cb);
}

/* The environment ends: stop first, free when libuv lets go. */
static void cleanup_cb(napi_async_cleanup_hook_handle handle, void *data)
{
    (void)handle;
    weft_port_close(data);
}

/* A poll handle that was begun counts, whatever comes after: only a closed one may be freed. */
static int init_poll(struct weft_port *port, uv_loop_t *loop, uv_poll_t *poll, int fd)
{
    int r = uv_poll_init(loop, poll, fd);
    if (r == 0)
        port->open_handles++;
    return r;
}

static int start_handles(struct weft_port *port)
{
    uv_loop_t *loop;
    if (napi_get_uv_event_loop(port->env, &loop) != napi_ok)
        return -EINVAL;
    int r = init_poll(port, loop, &port->bell, weft_link_bell(port->link));
    if (r == 0)
        r = init_poll(port, loop, &port->socket, weft_link_socket(port->link));
    if (r < 0)
        return r;
    uv_prepare_init(loop, &port->prepare);
    uv_check_init(loop, &port->check);
    uv_idle_init(loop, &port->idle);
    port->open_handles += 3;
    port->bell.data = port->socket.data = port->prepare.data = port->check.data = port->idle.data =
        port;
    uv_unref((uv_handle_t *)&port->prepare);
    uv_unref((uv_handle_t *)&port->check);
    uv_unref((uv_handle_t *)&port->socket);
    /* Sending needs the loop from the start: it also flushes. */
    uv_prepare_start(&port->prepare, prepare_cb);
    uv_check_start(&port->check, check_cb);
    uv_poll_start(&port->socket, UV_DISCONNECT, socket_cb);
    return uv_poll_start(&port->bell, UV_READABLE, bell_cb);
}

static napi_status make_object(struct weft_port *port, napi_value *ret_object)
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
        status = napi_set_named_property(env, object, "inbox", inbox);
    if (status == napi_ok)
        status = weft_port_add_methods(port, object);
    if (status == napi_ok)
        *ret_object = object;
    return status;
}

/* @callbacks.@name, where there is one. */
static napi_status take_optional(napi_env env, napi_value callbacks, const char *name,
                                 napi_ref *ret_ref)
{
    bool has = false;
    napi_status status = napi_has_named_property(env, callbacks, name, &has);
    return status == napi_ok && has ? weft_napi_take_callback(env, callbacks, name, ret_ref)
                                    : status;
}

static napi_status read_callbacks(struct weft_port *port, napi_value callbacks)
{
    napi_env env = port->env;
    napi_value copies;
    napi_status status = weft_napi_take_callback(env, callbacks, "deliver", &port->deliver);
    if (status == napi_ok)
        status = weft_napi_take_callback(env, callbacks, "deliverLarge", &port->deliver_large);
    if (status == napi_ok)
        status = weft_napi_take_callback(env, callbacks, "broken", &port->broken);
    if (status == napi_ok)
        status = take_optional(env, callbacks, "closed", &port->closed);
    if (status == napi_ok && napi_get_named_property(env, callbacks, "copies", &copies) == napi_ok)
        napi_get_value_bool(env, copies, &port->copies); /* where it is one */
    return status;
}

/* Ends what was begun: without handles there is nothing that libuv could still hold. */
static void abandon(struct weft_port *port)
{
    port->closing = true;
    if (port->open_handles > 0) {
        uv_close((uv_handle_t *)&port->bell, closed_cb);
        return;
    }
    weft_link_close(port->link);
    weft_port_unref(port);
}

/* A port over @link (taken, also on failure). */
static napi_value new_port(napi_env env, struct weft_link *link, napi_value callbacks)
{
    napi_value object;
    struct weft_port *port = calloc(1, sizeof(*port));
    if (!port) {
        weft_link_close(link);
        return weft_napi_throw_errno(env, "weft: cannot open a channel", -ENOMEM);
    }
    port->env = env;
    port->link = link;
    port->references = 1;
    int r = start_handles(port);
    if (r < 0) {
        abandon(port);
        return weft_napi_throw_errno(env, "weft: cannot open a channel", r);
    }
    if (napi_add_async_cleanup_hook(env, cleanup_cb, port, &port->cleanup) == napi_ok &&
        read_callbacks(port, callbacks) == napi_ok && make_object(port, &object) == napi_ok)
        return object;
    weft_port_close(port);
    return weft_napi_failed(env);
}

napi_value weft_port_open(napi_env env, napi_callback_info info)
{
    napi_value arguments[2];
    uint32_t key;
    int descriptors[WEFT_LINK_DESCRIPTORS];
    struct weft_link *link;
    if (!weft_napi_arguments(env, info, NULL, 2, arguments, NULL))
        return NULL;
    NAPI_TRY(env, napi_get_value_uint32(env, arguments[0], &key));
    int r = weft_handoff_take(key, descriptors);
    if (r == 0)
        r = weft_link_open(descriptors, &link);
    if (r < 0)
        return weft_napi_throw_errno(env, "weft: cannot open a channel", r);
    return new_port(env, link, arguments[1]);
}

napi_value weft_port_make(napi_env env, napi_callback_info info)
{
    napi_value callbacks, object, peer_key;
    struct weft_link *link;
    int peer[WEFT_LINK_DESCRIPTORS];
    uint32_t key;
    if (!weft_napi_arguments(env, info, NULL, 1, &callbacks, NULL))
        return NULL;
    int r = weft_link_create(&link, peer);
    if (r < 0)
        return weft_napi_throw_errno(env, "weft: cannot make a channel", r);
    r = weft_handoff_put(peer, &key);
    if (r < 0) {
        weft_link_close(link);
        return weft_napi_throw_errno(env, "weft: cannot make a channel", r);
    }
    object = new_port(env, link, callbacks);
    if (!object) {
        weft_handoff_discard(key);
        return NULL;
    }
    NAPI_TRY(env, napi_create_uint32(env, key, &peer_key));
    NAPI_TRY(env, napi_set_named_property(env, object, "peerKey", peer_key));
    return object;
}

napi_value weft_port_discard(napi_env env, napi_callback_info info)
{
    napi_value argument;
    uint32_t key;
    if (!weft_napi_arguments(env, info, NULL, 1, &argument, NULL))
        return NULL;
    NAPI_TRY(env, napi_get_value_uint32(env, argument, &key));
    weft_handoff_discard(key);
    return NULL;
}
