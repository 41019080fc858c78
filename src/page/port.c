/* SPDX-License-Identifier: MIT */

/*
 * Runs in the web process, on its main thread. Page script writes clones into a scratch ArrayBuffer
 * of its own, and send() copies them into shared memory; what the worker sends is copied into the
 * inbox, an ArrayBuffer of the page's own too, and JavaScript is called once a message, so that
 * each is a task with its microtasks. Both buffers are pinned while C has their address.
 *
 * A port is referenced by its document and by each of its native functions: page script may keep
 * those after the worker or the document has ended, and then they do nothing.
 */

#include "page/port.h"

#include "channel/layout.h"
#include "page/jsc.h"
#include "page/pump.h"
#include "page/shared-buffer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct weft_port {
    struct weft_pumped pumped; /* first: the pump gives it back */
    gint references;
    gint calls;             /* of JavaScript that have not come back */
    struct weft_host *host; /* NULL once ended */
    guint32 id;
    JSCContext *context;
    struct weft_port_callbacks callbacks;
    JSCValue *undefined; /* held, so that the results of calls need no object of their own */
    JSCValue *inbox;
    guint8 *inbox_memory;
    JSCValue *scratch;
    guint8 *scratch_memory;
    gsize scratch_size;
};

static struct weft_port *port_ref(struct weft_port *port)
{
    port->references++;
    return port;
}

void weft_port_unref(struct weft_port *port)
{
    if (--port->references > 0)
        return;
    weft_port_end(port);
    g_free(port);
}

/* JavaScript's functions hold the port, and the port holds them: ending it undoes the knot. */
static void drop_values(struct weft_port *port)
{
    g_clear_object(&port->callbacks.deliver);
    g_clear_object(&port->callbacks.deliver_large);
    g_clear_object(&port->callbacks.report);
    g_clear_object(&port->callbacks.exited);
    g_clear_object(&port->undefined);
    g_clear_object(&port->inbox);
    g_clear_object(&port->scratch);
    g_clear_object(&port->context);
}

void weft_port_end(struct weft_port *port)
{
    if (!port->host)
        return;
    port->host = NULL;
    weft_pump_remove(&port->pumped);
    weft_link_close(port->pumped.link);
    port->pumped.link = NULL;
    if (port->calls == 0)
        drop_values(port);
}

/* While JavaScript runs, it may end the port; what the call still needs stays until it is back. */
static void enter_call(struct weft_port *port)
{
    port->references++;
    port->calls++;
}

static void leave_call(struct weft_port *port)
{
    if (--port->calls == 0 && !port->host)
        drop_values(port);
    weft_port_unref(port);
}

/* ---- receiving ---- */

/* An ArrayBuffer over the segment, or, where the engine forbids that, with a copy of it. */
static JSCValue *wrap_segment(struct weft_port *port, const struct weft_incoming *incoming)
{
    if (weft_jsc_allows_foreign_memory())
        return jsc_value_new_array_buffer(port->context, incoming->segment->memory, incoming->size,
                                          (GDestroyNotify)weft_segment_return, incoming->segment);
    g_autoptr(JSCValue) copy =
        weft_jsc_new_bytes(port->context, incoming->segment->memory, incoming->size);
    weft_segment_return(incoming->segment);
    /* Asking for its address has pinned that one, so script could not transfer it: hand out a copy.
     */
    g_autoptr(JSCValue) pinned = jsc_value_typed_array_get_buffer(copy);
    return jsc_value_object_invoke_method(pinned, "slice", G_TYPE_NONE);
}

/* Sets @ret_buffers and @ret_ids to the clone's ArrayBuffers and the ids of their segments. */
static void wrap_buffers(struct weft_port *port, const struct weft_link_event *event,
                         JSCValue **ret_buffers, JSCValue **ret_ids)
{
    g_autoptr(GPtrArray) buffers = g_ptr_array_new_with_free_func(g_object_unref);
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_object_unref);
    for (size_t i = 0; i < event->buffer_count; i++) {
        const struct weft_segment *segment = event->buffers[i].segment;
        /* Ids of both ends are numbers of their own: the sign tells whose. A copy has none. */
        double id = segment->own ? -(double)segment->id : (double)segment->id;
        if (!weft_jsc_allows_foreign_memory())
            id = 0;
        g_ptr_array_add(ids, jsc_value_new_number(port->context, id));
        g_ptr_array_add(buffers, wrap_segment(port, &event->buffers[i]));
    }
    *ret_buffers = jsc_value_new_array_from_garray(port->context, buffers);
    *ret_ids = jsc_value_new_array_from_garray(port->context, ids);
}

static void deliver_large(struct weft_port *port, const struct weft_link_event *event)
{
    g_autoptr(JSCValue) buffers = NULL;
    g_autoptr(JSCValue) ids = NULL;
    g_autoptr(JSCValue) body = NULL;
    guint offset = 0, size = 0;

    if (event->buffer_count > 0) {
        wrap_buffers(port, event, &buffers, &ids);
    } else {
        buffers = jsc_value_new_null(port->context);
        ids = jsc_value_new_null(port->context);
    }
    if (event->body.segment) {
        size = (guint)event->body.size;
        body = wrap_segment(port, &event->body);
    } else {
        memcpy(&size, port->inbox_memory + event->offset, sizeof(size));
        offset = (guint)(event->offset + sizeof(struct weft_message_header));
        body = jsc_value_new_null(port->context);
    }
    weft_jsc_finish_call(port->context, jsc_value_function_call(
                                            port->callbacks.deliver_large, JSC_TYPE_VALUE, buffers,
                                            JSC_TYPE_VALUE, ids, JSC_TYPE_VALUE, body, G_TYPE_UINT,
                                            offset, G_TYPE_UINT, size, G_TYPE_NONE));
}

/* One call a message: when it returns, the engine runs microtasks. */
static void deliver_run(struct weft_port *port, const struct weft_link_event *event)
{
    guint64 at = event->offset, end = event->offset + event->size;
    while (at < end && port->host) {
        struct weft_message_header header;
        memcpy(&header, port->inbox_memory + at, sizeof(header));
        memcpy(port->inbox_memory + WEFT_LINK_INBOX_SIZE, &at, sizeof(at));
        weft_jsc_finish_call(port->context,
                             jsc_value_function_callv(port->callbacks.deliver, 0, NULL));
        at += weft_message_span(header.size);
    }
}

static void handle_event(struct weft_port *port, const struct weft_link_event *event)
{
    switch (event->kind) {
    case WEFT_MESSAGE_DATA:
        if (event->buffer_count == 0) {
            deliver_run(port, event);
            break;
        }
        /* fall through */
    case WEFT_MESSAGE_DATA_IN_SEGMENT:
        deliver_large(port, event);
        break;
    default:
        weft_jsc_finish_call(port->context,
                             jsc_value_function_call(port->callbacks.report, G_TYPE_UINT,
                                                     event->kind, G_TYPE_UINT, (guint)event->offset,
                                                     G_TYPE_UINT, (guint)event->size, G_TYPE_NONE));
    }
}

static gboolean receive_cb(struct weft_pumped *pumped)
{
    struct weft_port *port = (struct weft_port *)pumped;
    struct weft_link_event event;

    enter_call(port);
    int r = weft_link_receive(pumped->link, port->inbox_memory, &event);
    if (r == 0) {
        handle_event(port, &event);
    } else if (r < 0) {
        weft_host_terminate(port->host, port->id);
        weft_port_exited(port, r == -EBADMSG ? "The worker broke its channel" : g_strerror(-r));
    }
    gboolean more = r == 0 && port->host;
    leave_call(port);
    return more;
}

void weft_port_exited(struct weft_port *port, const char *why)
{
    enter_call(port);
    int r = 0;
    struct weft_link_event event;
    while (port->host && r == 0) {
        r = weft_link_receive(port->pumped.link, port->inbox_memory, &event);
        if (r == 0)
            handle_event(port, &event);
    }
    if (port->host) {
        weft_port_end(port);
        weft_jsc_finish_call(
            port->context,
            jsc_value_function_call(port->callbacks.exited, G_TYPE_STRING, why, G_TYPE_NONE));
    }
    leave_call(port);
}

/* ---- what JavaScript calls ---- */

static void throw_errno(const char *what, int negative_errno)
{
    jsc_context_throw_printf(jsc_context_get_current(), "weft: %s: %s", what,
                             g_strerror(-negative_errno));
}

static void js_set_scratch(JSCValue *buffer, struct weft_port *port)
{
    if (!port->host)
        return;
    g_set_object(&port->scratch, buffer);
    port->scratch_memory = jsc_value_array_buffer_get_data(buffer, &port->scratch_size);
}

static void js_send(guint size, struct weft_port *port)
{
    if (!port->host || size > port->scratch_size)
        return;
    int r = weft_link_send_data(port->pumped.link, port->scratch_memory, size);
    if (r < 0)
        throw_errno("cannot send a message to the worker", r);
}

static int attach_new(struct weft_port *port, gsize size, struct weft_segment **ret_segment)
{
    int r = weft_link_acquire(port->pumped.link, size, ret_segment);
    return r < 0 ? r : weft_link_attach(port->pumped.link, *ret_segment, size);
}

static JSCValue *js_acquire(double size, struct weft_port *port)
{
    JSCContext *context = jsc_context_get_current();
    if (!port->host || !weft_jsc_allows_foreign_memory())
        return jsc_value_new_null(context);
    struct weft_segment *segment;
    int r = attach_new(port, (gsize)size, &segment);
    if (r < 0) {
        throw_errno("cannot send an ArrayBuffer to the worker", r);
        return jsc_value_new_null(context);
    }
    /* Borrowed for the copy that follows; nobody keeps it. */
    return jsc_value_new_array_buffer(context, segment->memory, (gsize)size, NULL, NULL);
}

static void js_attach_copy(JSCValue *bytes, struct weft_port *port)
{
    if (!port->host)
        return;
    gsize size;
    const void *memory = jsc_value_typed_array_get_data(bytes, &size);
    struct weft_segment *segment;
    int r = attach_new(port, size, &segment);
    if (r < 0)
        throw_errno("cannot send an ArrayBuffer to the worker", r);
    else
        memcpy(segment->memory, memory, size);
}

static void js_forward(double id, double size, struct weft_port *port)
{
    if (!port->host)
        return;
    struct weft_segment *segment =
        weft_link_find(port->pumped.link, (guint32)(id < 0 ? -id : id), id < 0);
    int r = segment ? weft_link_attach(port->pumped.link, segment, (guint64)size) : -EINVAL;
    if (r < 0)
        throw_errno("cannot send an ArrayBuffer to the worker", r);
}

static void js_detach_all(struct weft_port *port)
{
    if (port->host)
        weft_link_detach_all(port->pumped.link);
}

/* share(buffer) -> the id of its memory in the next message; 0 where that is the engine's own */
static guint js_share(JSCValue *buffer, struct weft_port *port)
{
    guint32 id = 0;
    struct weft_shared *shared = port->host ? weft_shared_buffer_get(buffer) : NULL;
    int r = shared ? weft_link_share(port->pumped.link, shared, &id) : 0;
    weft_shared_unref(shared);
    if (r < 0)
        throw_errno("cannot share a SharedArrayBuffer", r);
    return id;
}

/* takeShared(id) -> an ArrayBuffer over what came with the message that is being read, or null */
static JSCValue *js_take_shared(guint id, struct weft_port *port)
{
    JSCContext *context = jsc_context_get_current();
    struct weft_shared *shared;
    if (!port->host || !weft_jsc_allows_foreign_memory() ||
        weft_link_take_shared(port->pumped.link, id, &shared) < 0)
        return jsc_value_new_null(context);
    return weft_shared_buffer_wrap(context, shared);
}

static void js_terminate(struct weft_port *port)
{
    if (!port->host)
        return;
    weft_host_terminate(port->host, port->id);
    weft_port_end(port);
}

/* ---- making one ---- */

static JSCValue *make_object(struct weft_port *port)
{
    JSCValue *object = jsc_value_new_object(port->context, NULL, NULL);
    GDestroyNotify unref = (GDestroyNotify)weft_port_unref;
#define FUNCTION(name, callback, type, ...)                                                        \
    weft_jsc_set_function(object, name, G_CALLBACK(callback), port_ref(port), unref, type,         \
                          __VA_ARGS__)
    FUNCTION("setScratch", js_set_scratch, G_TYPE_NONE, 1, JSC_TYPE_VALUE);
    FUNCTION("send", js_send, G_TYPE_NONE, 1, G_TYPE_UINT);
    FUNCTION("acquire", js_acquire, JSC_TYPE_VALUE, 1, G_TYPE_DOUBLE);
    FUNCTION("attachCopy", js_attach_copy, G_TYPE_NONE, 1, JSC_TYPE_VALUE);
    FUNCTION("forward", js_forward, G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
    FUNCTION("detachAll", js_detach_all, G_TYPE_NONE, 0);
    FUNCTION("share", js_share, G_TYPE_UINT, 1, JSC_TYPE_VALUE);
    FUNCTION("takeShared", js_take_shared, JSC_TYPE_VALUE, 1, G_TYPE_UINT);
    FUNCTION("terminate", js_terminate, G_TYPE_NONE, 0);
#undef FUNCTION
    jsc_value_object_set_property(object, "inbox", port->inbox);
    weft_jsc_set_number(object, "host", weft_host_number(port->host));
    return object;
}

struct weft_port *weft_port_new(struct weft_host *host, guint32 id, const char *json,
                                const struct weft_port_callbacks *callbacks, JSCValue **ret_object,
                                int *ret_error)
{
    struct weft_link *link;
    int descriptors[WEFT_LINK_DESCRIPTORS];
    int r = weft_link_create(&link, descriptors);
    if (r == 0) {
        r = weft_host_spawn(host, id, json, descriptors);
        if (r < 0)
            weft_link_close(link);
    }
    if (r < 0) {
        *ret_error = r;
        return NULL;
    }

    struct weft_port *port = g_new0(struct weft_port, 1);
    port->references = 1;
    port->host = host;
    port->id = id;
    port->pumped.link = link;
    port->pumped.receive = receive_cb;
    port->context = g_object_ref(jsc_value_get_context(callbacks->deliver));
    port->callbacks.deliver = g_object_ref(callbacks->deliver);
    port->callbacks.deliver_large = g_object_ref(callbacks->deliver_large);
    port->callbacks.report = g_object_ref(callbacks->report);
    port->callbacks.exited = g_object_ref(callbacks->exited);
    port->undefined = jsc_value_new_undefined(port->context);
    gsize size;
    g_autoptr(JSCValue) bytes = jsc_value_new_typed_array(port->context, JSC_TYPED_ARRAY_UINT8,
                                                          WEFT_LINK_INBOX_SIZE + sizeof(guint64));
    port->inbox = jsc_value_typed_array_get_buffer(bytes);
    port->inbox_memory = jsc_value_array_buffer_get_data(port->inbox, &size);
    weft_pump_add(&port->pumped);
    *ret_object = make_object(port);
    return port;
}
