/* SPDX-License-Identifier: MIT */

#include "page/ipc.h"

#include "page/jsc.h"

struct weft_ipc {
    gint references; /* the document's, one of each native function and of each pending answer */
    WebKitWebPage *page;  /* NULL once the document has ended */
    GPtrArray *listeners; /* JSCValue, one a world */
};

struct weft_ipc *weft_ipc_new(WebKitWebPage *page)
{
    struct weft_ipc *ipc = g_new0(struct weft_ipc, 1);
    ipc->references = 1;
    ipc->page = page;
    ipc->listeners = g_ptr_array_new_with_free_func(g_object_unref);
    return ipc;
}

static struct weft_ipc *ipc_ref(struct weft_ipc *ipc)
{
    ipc->references++;
    return ipc;
}

static void ipc_unref(gpointer data)
{
    struct weft_ipc *ipc = data;
    if (--ipc->references == 0)
        g_free(ipc);
}

void weft_ipc_free(struct weft_ipc *ipc)
{
    ipc->page = NULL;
    g_clear_pointer(&ipc->listeners, g_ptr_array_unref);
    ipc_unref(ipc);
}

static GVariant *bytes_variant(GBytes *bytes)
{
    return g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}

static JSCValue *variant_bytes(JSCContext *context, GVariant *variant)
{
    gsize size;
    const void *bytes = g_variant_get_fixed_array(variant, &size, 1);
    return weft_jsc_new_bytes(context, bytes, size);
}

/* ---- page -> main ---- */

static WebKitUserMessage *new_call(const char *name, const char *channel, JSCValue *payload)
{
    g_autoptr(GBytes) bytes = weft_jsc_copy_bytes(payload);
    if (!bytes)
        return NULL;
    return webkit_user_message_new(name, g_variant_new("(s@ay)", channel, bytes_variant(bytes)));
}

static void js_send(const char *channel, JSCValue *payload, struct weft_ipc *ipc)
{
    WebKitUserMessage *message = ipc->page ? new_call("ipc-send", channel, payload) : NULL;
    if (message)
        webkit_web_page_send_message_to_view(ipc->page, message, NULL, NULL, NULL);
}

/* The main process has answered, or is gone. */
static void invoke_done_cb(GObject *page, GAsyncResult *result, gpointer data)
{
    g_autoptr(JSCValue) settle = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(WebKitUserMessage) reply =
        webkit_web_page_send_message_to_view_finish(WEBKIT_WEB_PAGE(page), result, &error);
    JSCContext *context = jsc_value_get_context(settle);
    GVariant *parameters = reply ? webkit_user_message_get_parameters(reply) : NULL;
    if (!parameters || !g_variant_is_of_type(parameters, G_VARIANT_TYPE("(bay)")))
        return; /* the document or the main process has ended: the promise stays pending */

    gboolean ok;
    g_autoptr(GVariant) payload = NULL;
    g_variant_get(parameters, "(b@ay)", &ok, &payload);
    g_autoptr(JSCValue) bytes = variant_bytes(context, payload);
    weft_jsc_finish_call(context, jsc_value_function_call(settle, G_TYPE_BOOLEAN, ok,
                                                          JSC_TYPE_VALUE, bytes, G_TYPE_NONE));
}

static void js_invoke(const char *channel, JSCValue *payload, JSCValue *settle,
                      struct weft_ipc *ipc)
{
    WebKitUserMessage *message = ipc->page ? new_call("ipc-invoke", channel, payload) : NULL;
    if (message)
        webkit_web_page_send_message_to_view(ipc->page, message, NULL, invoke_done_cb,
                                             g_object_ref(settle));
}

static void js_on_message(JSCValue *listener, struct weft_ipc *ipc)
{
    if (ipc->listeners)
        g_ptr_array_add(ipc->listeners, g_object_ref(listener));
}

void weft_ipc_add_world(struct weft_ipc *ipc, JSCValue *binding)
{
#define FUNCTION(name, callback, ...)                                                              \
    weft_jsc_set_function(binding, name, G_CALLBACK(callback), ipc_ref(ipc), ipc_unref,            \
                          G_TYPE_NONE, __VA_ARGS__)
    FUNCTION("ipcSend", js_send, 2, G_TYPE_STRING, JSC_TYPE_VALUE);
    FUNCTION("ipcInvoke", js_invoke, 3, G_TYPE_STRING, JSC_TYPE_VALUE, JSC_TYPE_VALUE);
    FUNCTION("onIpcMessage", js_on_message, 1, JSC_TYPE_VALUE);
#undef FUNCTION
}

void weft_ipc_send_console(WebKitWebPage *page, int level, const char *text, int line,
                           const char *source)
{
    webkit_web_page_send_message_to_view(
        page,
        webkit_user_message_new("console", g_variant_new("(isis)", level, text, line, source)),
        NULL, NULL, NULL);
}

/* ---- main -> page ---- */

static void receive_message(struct weft_ipc *ipc, GVariant *parameters)
{
    const char *channel;
    g_autoptr(GVariant) payload = NULL;
    g_variant_get(parameters, "(&s@ay)", &channel, &payload);
    /* A listener may end the document. */
    g_autoptr(GPtrArray) listeners = g_ptr_array_ref(ipc->listeners);
    for (guint i = 0; i < listeners->len && ipc->page; i++) {
        JSCContext *context = jsc_value_get_context(listeners->pdata[i]);
        g_autoptr(JSCValue) bytes = variant_bytes(context, payload);
        weft_jsc_finish_call(context,
                             jsc_value_function_call(listeners->pdata[i], G_TYPE_STRING, channel,
                                                     JSC_TYPE_VALUE, bytes, G_TYPE_NONE));
    }
}

gboolean weft_ipc_receive(struct weft_ipc *ipc, WebKitUserMessage *message)
{
    const char *name = webkit_user_message_get_name(message);
    GVariant *parameters = webkit_user_message_get_parameters(message);

    if (g_str_equal(name, "ipc-message") &&
        g_variant_is_of_type(parameters, G_VARIANT_TYPE("(say)"))) {
        receive_message(ipc, parameters);
        return TRUE;
    }
    return FALSE;
}
