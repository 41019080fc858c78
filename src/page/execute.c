/* SPDX-License-Identifier: MIT */

#include "page/execute.h"

#include "page/frames.h"
#include "page/jsc.h"
#include "page/modules.h"
#include "page/worlds.h"

#define MESSAGE_TYPE "(tua(ss))"

/* The handlers of a frame's document: world -> JSCValue. */
#define HANDLERS_KEY "weft-execute"

/* Handlers hold on to their world, and their world to this table. */
static void handlers_end(gpointer data)
{
    g_hash_table_remove_all(data);
    g_hash_table_unref(data);
}

static GHashTable *handlers_of(WebKitFrame *frame)
{
    GHashTable *handlers = g_object_get_data(G_OBJECT(frame), HANDLERS_KEY);
    if (!handlers) {
        handlers = g_hash_table_new_full(NULL, NULL, NULL, g_object_unref);
        g_object_set_data_full(G_OBJECT(frame), HANDLERS_KEY, handlers, handlers_end);
    }
    return handlers;
}

void weft_execute_begin(WebKitFrame *frame)
{
    g_object_set_data(G_OBJECT(frame), HANDLERS_KEY, NULL);
}

/* ---- handlers ---- */

/* Where a handler goes: a function of a world whose document has gone changes nothing. */
struct place {
    GHashTable *handlers;
    guint32 world;
};

static void place_free(gpointer data)
{
    struct place *place = data;
    g_hash_table_unref(place->handlers);
    g_free(place);
}

/* onExecute(handler) */
static void js_on_execute(JSCValue *handler, struct place *place)
{
    g_hash_table_insert(place->handlers, GUINT_TO_POINTER(place->world), g_object_ref(handler));
}

static void add_world(WebKitFrame *frame, guint32 world, JSCValue *binding)
{
    struct place *place = g_new0(struct place, 1);
    place->handlers = g_hash_table_ref(handlers_of(frame));
    place->world = world;
    weft_jsc_set_function(binding, "onExecute", G_CALLBACK(js_on_execute), place, place_free,
                          G_TYPE_NONE, 1, JSC_TYPE_VALUE);
}

void weft_execute_add_world(WebKitFrame *frame, JSCValue *binding)
{
    add_world(frame, WEFT_WORLD_MAIN, binding);
}

static JSCValue *find_handler(WebKitFrame *frame, guint32 world, JSCContext *context)
{
    gpointer key = GUINT_TO_POINTER(world);
    JSCValue *known = g_hash_table_lookup(handlers_of(frame), key);
    if (known)
        return known;
    g_autoptr(JSCValue) binding = jsc_value_new_object(context, NULL, NULL);
    g_autoptr(JSCValue) options = jsc_value_new_object(context, NULL, NULL);
    add_world(frame, world, binding);
    weft_modules_run(context, "execute-world", binding, options);
    return g_hash_table_lookup(handlers_of(frame), key);
}

/* ---- scripts ---- */

/* settle(ok, bytes): the answer. */
static void js_settle(gboolean ok, JSCValue *payload, WebKitUserMessage *message)
{
    g_autoptr(GBytes) bytes = weft_jsc_copy_bytes(payload);
    if (!bytes)
        return;
    GVariant *array = g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
    webkit_user_message_send_reply(
        message, webkit_user_message_new("result", g_variant_new("(b@ay)", ok, array)));
}

/* What was thrown, as the handler is told; NULL where nothing was. */
static JSCValue *take_exception(JSCContext *context)
{
    JSCException *exception = jsc_context_get_exception(context);
    if (!exception)
        return NULL;
    JSCValue *thrown = jsc_value_new_object(context, NULL, NULL);
    const char *name = jsc_exception_get_name(exception);
    weft_jsc_set_string(thrown, "name", name ? name : "Error");
    weft_jsc_set_string(thrown, "message", jsc_exception_get_message(exception));
    jsc_context_clear_exception(context);
    return thrown;
}

/* Runs all scripts, up to one that throws; not through eval(), which a page's CSP may forbid. The
 * value is the first one's, as in Electron. */
static JSCValue *run(JSCContext *context, GVariant *scripts, JSCValue **ret_thrown)
{
    g_autoptr(JSCValue) first = NULL;
    gsize count = g_variant_n_children(scripts);
    *ret_thrown = NULL;
    for (gsize i = 0; i < count && !*ret_thrown; i++) {
        const char *code, *uri;
        g_variant_get_child(scripts, i, "(&s&s)", &code, &uri);
        g_autoptr(JSCValue) value =
            jsc_context_evaluate_with_source_uri(context, code, -1, *uri ? uri : NULL, 1);
        *ret_thrown = take_exception(context);
        if (i == 0)
            first = g_steal_pointer(&value);
    }
    return first ? g_steal_pointer(&first) : jsc_value_new_undefined(context);
}

static void execute(WebKitFrame *frame, guint32 number, GVariant *scripts,
                    WebKitUserMessage *message)
{
    WebKitScriptWorld *world = weft_worlds_get(number);
    if (!world)
        return;
    g_autoptr(JSCContext) context = webkit_frame_get_js_context_for_script_world(frame, world);
    JSCValue *known = find_handler(frame, number, context);
    if (!known)
        return;
    g_autoptr(JSCValue) handler = g_object_ref(known); /* the code may end the document */
    g_autoptr(JSCValue) exception = NULL;
    g_autoptr(JSCValue) value = run(context, scripts, &exception);
    g_autoptr(JSCValue) thrown =
        exception ? g_steal_pointer(&exception) : jsc_value_new_null(context);
    g_autoptr(JSCValue) settle =
        jsc_value_new_function(context, "settle", G_CALLBACK(js_settle), g_object_ref(message),
                               g_object_unref, G_TYPE_NONE, 2, G_TYPE_BOOLEAN, JSC_TYPE_VALUE);
    weft_jsc_finish_call(context,
                         jsc_value_function_call(handler, JSC_TYPE_VALUE, value, JSC_TYPE_VALUE,
                                                 thrown, JSC_TYPE_VALUE, settle, G_TYPE_NONE));
}

gboolean weft_execute_receive(WebKitWebPage *page, WebKitUserMessage *message)
{
    GVariant *parameters = webkit_user_message_get_parameters(message);
    if (!g_str_equal(webkit_user_message_get_name(message), "execute-javascript") || !parameters ||
        !g_variant_is_of_type(parameters, G_VARIANT_TYPE(MESSAGE_TYPE)))
        return FALSE;

    guint64 id;
    guint32 world;
    g_autoptr(GVariant) scripts = NULL;
    g_variant_get(parameters, "(tu@a(ss))", &id, &world, &scripts);
    WebKitFrame *frame = weft_frames_find(page, id);
    if (frame)
        execute(frame, world, scripts, message);
    return TRUE;
}
