/* SPDX-License-Identifier: MIT */

#include "main/body-stream.h"

#include <string.h>

struct read {
    void *buffer;
    gsize count;
};

struct _WeftBodyStream {
    GInputStream parent;
    const struct weft_body_stream_callbacks *callbacks; /* NULL once forgotten */
    gpointer data;
    GQueue pieces; /* of GBytes */
    gboolean has_ended;
    GError *error; /* how it ended, if not well */
    GTask *reading;
    gulong cancelled;
};

G_DEFINE_FINAL_TYPE(WeftBodyStream, weft_body_stream, G_TYPE_INPUT_STREAM)

/* ---- reading ---- */

/* As much of the first piece as fits. */
static gsize take_some(WeftBodyStream *self, void *buffer, gsize count)
{
    g_autoptr(GBytes) piece = g_queue_pop_head(&self->pieces);
    gsize size;
    const void *memory = g_bytes_get_data(piece, &size);
    gsize taken = MIN(size, count);

    memcpy(buffer, memory, taken);
    if (taken < size)
        g_queue_push_head(&self->pieces, g_bytes_new_from_bytes(piece, taken, size - taken));
    return taken;
}

/* Whether there is an answer to a read now: bytes, the end or an error. */
static bool is_ready(WeftBodyStream *self)
{
    return self->has_ended || !g_queue_is_empty(&self->pieces);
}

/* The bytes, 0 at the end, or -1 with an error. */
static gssize read_now(WeftBodyStream *self, void *buffer, gsize count, GError **error)
{
    if (!g_queue_is_empty(&self->pieces))
        return (gssize)take_some(self, buffer, count);
    if (!self->error)
        return 0;
    if (error)
        *error = g_error_copy(self->error);
    return -1;
}

static gssize read_cb(GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable,
                      GError **error)
{
    WeftBodyStream *self = WEFT_BODY_STREAM(stream);
    if (is_ready(self))
        return read_now(self, buffer, count, error);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "nothing has come yet");
    return -1;
}

static void answer(WeftBodyStream *self, GTask *task)
{
    const struct read *read = g_task_get_task_data(task);
    GError *error = NULL;
    gssize size = read_now(self, read->buffer, read->count, &error);
    if (size < 0)
        g_task_return_error(task, error);
    else
        g_task_return_int(task, size);
}

/* The read that waits, if any; its task is the caller's from here on. */
static GTask *steal_reading(WeftBodyStream *self)
{
    GTask *task = g_steal_pointer(&self->reading);
    if (task && self->cancelled)
        g_signal_handler_disconnect(g_task_get_cancellable(task), self->cancelled);
    self->cancelled = 0;
    return task;
}

static void tell_gone(WeftBodyStream *self)
{
    const struct weft_body_stream_callbacks *callbacks = g_steal_pointer(&self->callbacks);
    if (callbacks)
        callbacks->gone(self->data);
}

static void cancelled_cb(GCancellable *cancellable, gpointer data)
{
    g_autoptr(WeftBodyStream) self = g_object_ref(data);
    g_autoptr(GTask) task = steal_reading(self);
    if (!task)
        return;
    g_task_return_error_if_cancelled(task);
    tell_gone(self);
}

static void read_async(GInputStream *stream, void *buffer, gsize count, int priority,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
    WeftBodyStream *self = WEFT_BODY_STREAM(stream);
    g_autoptr(GTask) task = g_task_new(stream, cancellable, callback, data);
    struct read *read = g_new(struct read, 1);
    *read = (struct read){buffer, count};
    g_task_set_task_data(task, read, g_free);
    g_task_set_priority(task, priority);
    if (is_ready(self)) {
        answer(self, task);
        return;
    }
    if (g_task_return_error_if_cancelled(task))
        return;
    if (cancellable)
        self->cancelled =
            g_signal_connect(cancellable, "cancelled", G_CALLBACK(cancelled_cb), self);
    self->reading = g_steal_pointer(&task);
    if (self->callbacks)
        self->callbacks->wanted(self->data);
}

static gssize read_finish(GInputStream *stream, GAsyncResult *result, GError **error)
{
    return g_task_propagate_int(G_TASK(result), error);
}

/* ---- filling ---- */

static void go_on(WeftBodyStream *self)
{
    if (!is_ready(self))
        return;
    g_autoptr(GTask) task = steal_reading(self);
    if (task)
        answer(self, task);
}

void weft_body_stream_add(WeftBodyStream *self, GBytes *take_bytes)
{
    if (self->has_ended || g_bytes_get_size(take_bytes) == 0)
        g_bytes_unref(take_bytes);
    else
        g_queue_push_tail(&self->pieces, take_bytes);
    go_on(self);
}

void weft_body_stream_end(WeftBodyStream *self, GError *take_error)
{
    if (self->has_ended) {
        g_clear_error(&take_error);
        return;
    }
    self->has_ended = TRUE;
    self->error = take_error;
    go_on(self);
}

void weft_body_stream_forget(WeftBodyStream *self)
{
    self->callbacks = NULL;
}

/* ---- the class ---- */

static void finalize(GObject *object)
{
    WeftBodyStream *self = WEFT_BODY_STREAM(object);
    tell_gone(self);
    g_queue_clear_full(&self->pieces, (GDestroyNotify)g_bytes_unref);
    g_clear_error(&self->error);
    G_OBJECT_CLASS(weft_body_stream_parent_class)->finalize(object);
}

static void weft_body_stream_class_init(WeftBodyStreamClass *class)
{
    G_OBJECT_CLASS(class)->finalize = finalize;
    GInputStreamClass *input = G_INPUT_STREAM_CLASS(class);
    input->read_fn = read_cb;
    input->read_async = read_async;
    input->read_finish = read_finish;
}

static void weft_body_stream_init(WeftBodyStream *self)
{
    g_queue_init(&self->pieces);
}

WeftBodyStream *weft_body_stream_new(const struct weft_body_stream_callbacks *callbacks,
                                     gpointer data)
{
    WeftBodyStream *self = g_object_new(WEFT_TYPE_BODY_STREAM, NULL);
    self->callbacks = callbacks;
    self->data = data;
    return self;
}
