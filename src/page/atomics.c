/* SPDX-License-Identifier: MIT */

#include "page/atomics.h"

#include "channel/control.h"
#include "page/jsc.h"
#include "page/shared-buffer.h"

#include <errno.h>

struct weft_atomics {
    gint references;          /* the document's, and one of each native function */
    struct weft_hosts *hosts; /* NULL once ended */
    JSCValue *woken;
    JSCValue *line_ended;
};

static struct weft_atomics *atomics_ref(struct weft_atomics *atomics)
{
    atomics->references++;
    return atomics;
}

static void atomics_unref(gpointer data)
{
    struct weft_atomics *atomics = data;
    if (--atomics->references == 0)
        g_free(atomics);
}

static void woken_cb(gpointer data, guint32 number, guint32 id, guint32 result)
{
    struct weft_atomics *atomics = data;
    if (!atomics->woken)
        return;
    JSCContext *context = jsc_value_get_context(atomics->woken);
    weft_jsc_finish_call(context,
                         jsc_value_function_call(atomics->woken, G_TYPE_UINT, number, G_TYPE_UINT,
                                                 id, G_TYPE_UINT, result, G_TYPE_NONE));
}

static void line_ended_cb(gpointer data, guint32 number)
{
    struct weft_atomics *atomics = data;
    if (!atomics->line_ended)
        return;
    JSCContext *context = jsc_value_get_context(atomics->line_ended);
    weft_jsc_finish_call(
        context, jsc_value_function_call(atomics->line_ended, G_TYPE_UINT, number, G_TYPE_NONE));
}

struct weft_atomics *weft_atomics_new(struct weft_hosts *hosts)
{
    struct weft_atomics *atomics = g_new0(struct weft_atomics, 1);
    atomics->references = 1;
    atomics->hosts = hosts;
    weft_hosts_set_waiter(hosts, woken_cb, line_ended_cb, atomics);
    return atomics;
}

void weft_atomics_end(struct weft_atomics *atomics)
{
    if (!atomics)
        return;
    weft_hosts_set_waiter(atomics->hosts, NULL, NULL, NULL);
    atomics->hosts = NULL;
    g_clear_object(&atomics->woken);
    g_clear_object(&atomics->line_ended);
    atomics_unref(atomics);
}

/* ---- what JavaScript calls ---- */

static JSCValue *js_create(double size, struct weft_atomics *atomics)
{
    JSCContext *context = jsc_context_get_current();
    struct weft_shared *shared;
    if (!atomics->hosts || !weft_jsc_allows_foreign_memory() || size > WEFT_SHARED_SIZE_MAX ||
        weft_shared_create((guint64)size, &shared) < 0)
        return jsc_value_new_null(context);
    return weft_shared_buffer_wrap(context, shared);
}

static JSCValue *js_alias(JSCValue *buffer)
{
    JSCContext *context = jsc_context_get_current();
    struct weft_shared *shared = weft_shared_buffer_get(buffer);
    return shared ? weft_shared_buffer_wrap(context, shared) : jsc_value_new_null(context);
}

static double js_number(JSCValue *buffer)
{
    struct weft_shared *shared = weft_shared_buffer_get(buffer);
    double number = shared ? (double)shared->number : 0;
    weft_shared_unref(shared);
    return number;
}

static guint js_notify(JSCValue *buffer, double offset, double count, struct weft_atomics *atomics)
{
    struct weft_shared *shared = atomics->hosts ? weft_shared_buffer_get(buffer) : NULL;
    if (!shared)
        return 0;
    struct weft_control_notify notify = {
        .offset = (guint64)offset,
        .count = count < G_MAXUINT32 ? (guint32)count : G_MAXUINT32,
    };
    guint32 woken = weft_hosts_notify(atomics->hosts, &notify, shared->fd);
    weft_shared_unref(shared);
    return woken;
}

/* Tells what became of it: a number of enum weft_control_waited. */
static guint32 ask_to_wait(struct weft_host *host, const struct weft_shared *shared,
                           const struct weft_control_wait *wait, guint32 *ret_id)
{
    guint32 result;
    int r =
        weft_host_ask(host, WEFT_CONTROL_WAIT, wait, sizeof(*wait), shared->fd, ret_id, &result);
    /* Late is not never: it will be answered, or the line will end. */
    if (r == -ETIMEDOUT || r == -EPIPE)
        return WEFT_CONTROL_WAIT_OK;
    return r == 0 ? result : WEFT_CONTROL_WAIT_REFUSED;
}

static JSCValue *js_wait(guint number, JSCValue *buffer, double offset, guint size,
                         const char *value, double timeout, gboolean anyway,
                         struct weft_atomics *atomics)
{
    JSCContext *context = jsc_context_get_current();
    struct weft_host *host = atomics->hosts ? weft_hosts_get(atomics->hosts, number) : NULL;
    struct weft_shared *shared = host ? weft_shared_buffer_get(buffer) : NULL;
    if (!shared)
        return jsc_value_new_null(context);
    struct weft_control_wait wait = {
        .offset = (guint64)offset,
        .value = g_ascii_strtoll(value, NULL, 10),
        .timeout_ms = timeout,
        .memory = shared->size,
        .size = size,
        .anyway = anyway,
    };
    guint32 id = 0;
    guint32 result = ask_to_wait(host, shared, &wait, &id);
    weft_shared_unref(shared);
    g_autoptr(GPtrArray) pair = g_ptr_array_new_with_free_func(g_object_unref);
    g_ptr_array_add(pair, jsc_value_new_number(context, result));
    g_ptr_array_add(pair, jsc_value_new_number(context, id));
    return jsc_value_new_array_from_garray(context, pair);
}

static void js_on_atomics(JSCValue *woken, JSCValue *line_ended, struct weft_atomics *atomics)
{
    if (!atomics->hosts)
        return;
    g_set_object(&atomics->woken, woken);
    g_set_object(&atomics->line_ended, line_ended);
}

void weft_atomics_install(struct weft_atomics *atomics, JSCValue *binding)
{
#define FUNCTION(name, callback, type, ...)                                                        \
    weft_jsc_set_function(binding, name, G_CALLBACK(callback), atomics_ref(atomics),               \
                          atomics_unref, type, __VA_ARGS__)
    FUNCTION("createShared", js_create, JSC_TYPE_VALUE, 1, G_TYPE_DOUBLE);
    FUNCTION("notify", js_notify, G_TYPE_UINT, 3, JSC_TYPE_VALUE, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
    FUNCTION("wait", js_wait, JSC_TYPE_VALUE, 7, G_TYPE_UINT, JSC_TYPE_VALUE, G_TYPE_DOUBLE,
             G_TYPE_UINT, G_TYPE_STRING, G_TYPE_DOUBLE, G_TYPE_BOOLEAN);
    FUNCTION("onAtomics", js_on_atomics, G_TYPE_NONE, 2, JSC_TYPE_VALUE, JSC_TYPE_VALUE);
#undef FUNCTION
    weft_jsc_set_function(binding, "aliasShared", G_CALLBACK(js_alias), NULL, NULL, JSC_TYPE_VALUE,
                          1, JSC_TYPE_VALUE);
    weft_jsc_set_function(binding, "sharedNumber", G_CALLBACK(js_number), NULL, NULL, G_TYPE_DOUBLE,
                          1, JSC_TYPE_VALUE);
    weft_jsc_set_number(binding, "WAIT_OK", WEFT_CONTROL_WAIT_OK);
    weft_jsc_set_number(binding, "WAIT_NOT_EQUAL", WEFT_CONTROL_WAIT_NOT_EQUAL);
    weft_jsc_set_number(binding, "WAIT_TIMED_OUT", WEFT_CONTROL_WAIT_TIMED_OUT);
    weft_jsc_set_number(binding, "WAITS_MAX", WEFT_CONTROL_WAITS_MAX);
}
