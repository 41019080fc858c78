/* SPDX-License-Identifier: MIT */

/*
 * Runs in the web process, on its main thread. Page script writes clones into a scratch ArrayBuffer
 * of its own, and send() copies them into shared memory; what the other end sends is copied into
 * the inbox, an ArrayBuffer of the page's own too, and JavaScript is called once a message, so that
 * each is a task with its microtasks. Both buffers are pinned while C has their address.
 *
 * JavaScript may wait for a message in the midst of handling another one: what is left of a run is
 * the port's own to know, so that the wait goes on with it, and the order is kept. Messages that
 * came meanwhile and were not what it waited for are with JavaScript (lib/page/channel-port.js),
 * and are older than all that is here.
 *
 * A port is referenced by its document and by each of its native functions: page script may keep
 * those after the other end or the document has ended, and then they do nothing.
 */

#include "page/port.h"

#include "channel/layout.h"
#include "page/jsc.h"
#include "page/pump.h"
#include "page/shared-buffer.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* How long a document that ends waits for the main process to take its last messages. */
#define FLUSH_TIMEOUT_MS 200

struct weft_port {
    struct weft_pumped pumped; /* first: the pump gives it back */
    gint references;
    gint calls;             /* of JavaScript that have not come back */
    struct weft_host *host; /* of a worker's port */
    guint32 id;
    guint hangup_source; /* of a port without a host */
    guint64 run_at;      /* what is left of the run in the inbox */
    guint64 run_end;
    gboolean has_kept; /* JavaScript has messages that wait for their turn */
    JSCContext *context;
    struct {
        JSCValue *deliver;
        JSCValue *deliver_large;
        JSCValue *report;
        JSCValue *exited;
        JSCValue *kept;
    } callbacks;         /* of JavaScript: port.h */
    JSCValue *undefined; /* held, so that the results of calls need no object of their own */
    JSCValue *inbox;
    guint8 *inbox_memory;
    JSCValue *scratch;
    guint8 *scratch_memory;
    gsize scratch_size;
};

static gboolean is_open(const struct weft_port *port)
{
    return port->pumped.link != NULL;
}

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
    g_clear_object(&port->callbacks.kept);
    g_clear_object(&port->undefined);
    g_clear_object(&port->inbox);
    g_clear_object(&port->scratch);
    g_clear_object(&port->context);
}

void weft_port_end(struct weft_port *port)
{
    if (!is_open(port))
        return;
    if (port->hangup_source) /* of the main process: what it was sent last is not lost */
        weft_link_flush_blocking(port->pumped.link, FLUSH_TIMEOUT_MS);
    port->host = NULL;
    g_clear_handle_id(&port->hangup_source, g_source_remove);
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
    if (--port->calls == 0 && !is_open(port))
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

/* Whether messages wait that are older than those in the ring. */
static void tell_pump(struct weft_port *port)
{
    port->pumped.waits = port->has_kept || port->run_at < port->run_end;
}

/* One call a message: when it returns, the engine runs microtasks. */
static void deliver_next(struct weft_port *port)
{
    struct weft_message_header header;
    memcpy(&header, port->inbox_memory + port->run_at, sizeof(header));
    memcpy(port->inbox_memory + WEFT_LINK_INBOX_SIZE, &port->run_at, sizeof(port->run_at));
    port->run_at += weft_message_span(header.size);
    tell_pump(port);
    weft_jsc_finish_call(port->context, jsc_value_function_callv(port->callbacks.deliver, 0, NULL));
}

/* Delivers what is older than all that is in the ring. */
static void deliver_waiting(struct weft_port *port)
{
    while (is_open(port) && port->pumped.waits) {
        if (port->has_kept)
            weft_jsc_finish_call(port->context,
                                 jsc_value_function_callv(port->callbacks.kept, 0, NULL));
        else
            deliver_next(port);
    }
}

static void handle_event(struct weft_port *port, const struct weft_link_event *event)
{
    switch (event->kind) {
    case WEFT_MESSAGE_DATA:
        if (event->buffer_count == 0) {
            port->run_at = event->offset;
            port->run_end = event->offset + event->size;
            tell_pump(port);
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

/* Receives and delivers one run. Returns 0, WEFT_LINK_EMPTY or negative errno. */
static int receive_run(struct weft_port *port)
{
    struct weft_link_event event;
    deliver_waiting(port);
    if (!is_open(port))
        return WEFT_LINK_EMPTY;
    int r = weft_link_receive(port->pumped.link, port->inbox_memory, &event);
    if (r == 0) {
        handle_event(port, &event);
        deliver_waiting(port);
    }
    return r;
}

static gboolean receive_cb(struct weft_pumped *pumped)
{
    struct weft_port *port = (struct weft_port *)pumped;
    enter_call(port);
    int r = receive_run(port);
    if (r < 0) {
        if (port->host)
            weft_host_terminate(port->host, port->id);
        weft_port_exited(port, r == -EBADMSG ? "The worker broke its channel" : g_strerror(-r));
    }
    gboolean more = r == 0 && is_open(port);
    leave_call(port);
    return more;
}

void weft_port_exited(struct weft_port *port, const char *why)
{
    enter_call(port);
    while (is_open(port) && receive_run(port) == 0)
        continue;
    if (is_open(port)) {
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
    if (!is_open(port))
        return;
    g_set_object(&port->scratch, buffer);
    port->scratch_memory = jsc_value_array_buffer_get_data(buffer, &port->scratch_size);
}

static void js_send(guint size, struct weft_port *port)
{
    if (!is_open(port) || size > port->scratch_size)
        return;
    int r = weft_link_send_data(port->pumped.link, port->scratch_memory, size);
    if (r < 0)
        throw_errno("cannot send a message", r);
}

static int attach_new(struct weft_port *port, gsize size, struct weft_segment **ret_segment)
{
    int r = weft_link_acquire(port->pumped.link, size, ret_segment);
    return r < 0 ? r : weft_link_attach(port->pumped.link, *ret_segment, size);
}

static JSCValue *js_acquire(double size, struct weft_port *port)
{
    JSCContext *context = jsc_context_get_current();
    if (!is_open(port) || !weft_jsc_allows_foreign_memory())
        return jsc_value_new_null(context);
    struct weft_segment *segment;
    int r = attach_new(port, (gsize)size, &segment);
    if (r < 0) {
        throw_errno("cannot send an ArrayBuffer", r);
        return jsc_value_new_null(context);
    }
    /* Borrowed for the copy that follows; nobody keeps it. */
    return jsc_value_new_array_buffer(context, segment->memory, (gsize)size, NULL, NULL);
}

static void js_attach_copy(JSCValue *bytes, struct weft_port *port)
{
    if (!is_open(port))
        return;
    gsize size;
    const void *memory = jsc_value_typed_array_get_data(bytes, &size);
    struct weft_segment *segment;
    int r = attach_new(port, size, &segment);
    if (r < 0)
        throw_errno("cannot send an ArrayBuffer", r);
    else
        memcpy(segment->memory, memory, size);
}

static void js_forward(double id, double size, struct weft_port *port)
{
    if (!is_open(port))
        return;
    struct weft_segment *segment =
        weft_link_find(port->pumped.link, (guint32)(id < 0 ? -id : id), id < 0);
    int r = segment ? weft_link_attach(port->pumped.link, segment, (guint64)size) : -EINVAL;
    if (r < 0)
        throw_errno("cannot send an ArrayBuffer", r);
}

static void js_detach_all(struct weft_port *port)
{
    if (is_open(port))
        weft_link_detach_all(port->pumped.link);
}

/* share(buffer) -> the id of its memory in the next message; 0 where that is the engine's own */
static guint js_share(JSCValue *buffer, struct weft_port *port)
{
    guint32 id = 0;
    struct weft_shared *shared = is_open(port) ? weft_shared_buffer_get(buffer) : NULL;
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
    if (!is_open(port) || !weft_jsc_allows_foreign_memory() ||
        weft_link_take_shared(port->pumped.link, id, &shared) < 0)
        return jsc_value_new_null(context);
    return weft_shared_buffer_wrap(context, shared);
}

static void js_terminate(struct weft_port *port)
{
    if (!is_open(port))
        return;
    if (port->host)
        weft_host_terminate(port->host, port->id);
    weft_port_end(port);
}

static void js_set_kept(gboolean has_kept, struct weft_port *port)
{
    port->has_kept = has_kept;
    tell_pump(port);
}

/* Hands over one message, which may be one of a run that has begun. */
static int receive_one(struct weft_port *port)
{
    if (port->run_at < port->run_end) {
        deliver_next(port);
        return 0;
    }
    struct weft_link_event event;
    int r = weft_link_receive(port->pumped.link, port->inbox_memory, &event);
    if (r == 0)
        handle_event(port, &event);
    if (is_open(port) && r == 0 && port->run_at < port->run_end)
        deliver_next(port);
    return r;
}

/* Waits until there is something to receive, the other end has gone, or the time is over. Returns
 * whether the other end is there. */
static gboolean wait_for_bell(struct weft_link *link, int timeout_ms)
{
    struct pollfd polled[] = {{.fd = weft_link_bell(link), .events = POLLIN},
                              {.fd = weft_link_socket(link)}};
    gboolean has_gone = FALSE;
    if (!weft_link_spin(link) && weft_link_sleep(link)) {
        if (poll(polled, G_N_ELEMENTS(polled), timeout_ms) > 0 && (polled[0].revents & POLLIN))
            weft_link_clear_bell(link);
        has_gone = (polled[1].revents & POLLHUP) && !weft_link_ready(link);
    }
    weft_link_wake(link);
    return !has_gone;
}

/* receiveBlocking(timeoutMs): for a script that waits. Hands over one message, or waits for one, at
 * most so long. Returns whether more may come. */
static gboolean js_receive_blocking(int timeout_ms, struct weft_port *port)
{
    if (!is_open(port))
        return FALSE;
    enter_call(port);
    weft_link_flush(port->pumped.link);
    int r = receive_one(port);
    gboolean is_there = r >= 0 && is_open(port);
    if (r == WEFT_LINK_EMPTY)
        is_there = wait_for_bell(port->pumped.link, timeout_ms);
    leave_call(port);
    return is_there;
}

/* ---- making one ---- */

JSCValue *weft_port_object(struct weft_port *port)
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
    FUNCTION("setKept", js_set_kept, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
    FUNCTION("receiveBlocking", js_receive_blocking, G_TYPE_BOOLEAN, 1, G_TYPE_INT);
#undef FUNCTION
    jsc_value_object_set_property(object, "inbox", port->inbox);
    if (port->host)
        weft_jsc_set_number(object, "host", weft_host_number(port->host));
    return object;
}

static JSCValue *get_function(JSCValue *callbacks, const char *name)
{
    return jsc_value_object_get_property(callbacks, name);
}

static void take_callbacks(struct weft_port *port, JSCValue *callbacks)
{
    port->context = g_object_ref(jsc_value_get_context(callbacks));
    port->callbacks.deliver = get_function(callbacks, "deliver");
    port->callbacks.deliver_large = get_function(callbacks, "deliverLarge");
    port->callbacks.report = get_function(callbacks, "report");
    port->callbacks.exited = get_function(callbacks, "exited");
    port->callbacks.kept = get_function(callbacks, "kept");
}

int weft_port_new(JSCValue *callbacks, struct weft_port **ret_port,
                  int ret_peer[WEFT_LINK_DESCRIPTORS])
{
    struct weft_link *link;
    int r = weft_link_create(&link, ret_peer);
    if (r < 0)
        return r;
    struct weft_port *port = g_new0(struct weft_port, 1);
    port->references = 1;
    port->pumped.link = link;
    port->pumped.receive = receive_cb;
    take_callbacks(port, callbacks);
    port->undefined = jsc_value_new_undefined(port->context);
    gsize size;
    g_autoptr(JSCValue) bytes = jsc_value_new_typed_array(port->context, JSC_TYPED_ARRAY_UINT8,
                                                          WEFT_LINK_INBOX_SIZE + sizeof(guint64));
    port->inbox = jsc_value_typed_array_get_buffer(bytes);
    port->inbox_memory = jsc_value_array_buffer_get_data(port->inbox, &size);
    weft_pump_add(&port->pumped);
    *ret_port = port;
    return 0;
}

void weft_port_set_worker(struct weft_port *port, struct weft_host *host, guint32 id)
{
    port->host = host;
    port->id = id;
}

static gboolean hangup_cb(gint fd, GIOCondition condition, gpointer data)
{
    struct weft_port *port = data;
    port->hangup_source = 0;
    weft_port_exited(port, "");
    return G_SOURCE_REMOVE;
}

void weft_port_watch_peer(struct weft_port *port)
{
    port->hangup_source =
        g_unix_fd_add(weft_link_socket(port->pumped.link), G_IO_HUP, hangup_cb, port);
}
