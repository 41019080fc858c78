/* SPDX-License-Identifier: MIT */

#include "page/realms.h"

#include "page/jsc.h"
#include "page/modules.h"
#include "page/worlds.h"

struct weft_realms {
    gint references;    /* the document's, and one of each native function */
    WebKitFrame *frame; /* NULL once the document has ended */
    GHashTable *found;  /* number of a world -> JSCValue */
};

struct weft_realms *weft_realms_new(WebKitFrame *frame)
{
    struct weft_realms *realms = g_new0(struct weft_realms, 1);
    realms->references = 1;
    realms->frame = frame;
    realms->found = g_hash_table_new_full(NULL, NULL, NULL, g_object_unref);
    return realms;
}

static void realms_unref(gpointer data)
{
    struct weft_realms *realms = data;
    if (--realms->references == 0)
        g_free(realms);
}

static struct weft_realms *realms_ref(struct weft_realms *realms)
{
    realms->references++;
    return realms;
}

void weft_realms_free(struct weft_realms *realms)
{
    realms->frame = NULL;
    g_clear_pointer(&realms->found, g_hash_table_unref);
    realms_unref(realms);
}

/* A world that the app numbers, and where nothing of Weft's was so far. */
static void open_world(struct weft_realms *realms, guint32 number)
{
    WebKitScriptWorld *world = weft_worlds_get(number);
    if (!world)
        return;
    g_autoptr(JSCContext) context =
        webkit_frame_get_js_context_for_script_world(realms->frame, world);
    g_autoptr(JSCValue) binding = jsc_value_new_object(context, NULL, NULL);
    g_autoptr(JSCValue) options = jsc_value_new_object(context, NULL, NULL);
    weft_realms_add_world(realms, binding);
    weft_jsc_set_number(options, "world", number);
    weft_modules_run(context, "bridge-world", binding, options);
}

static void js_offer_realm(double number, JSCValue *realm, struct weft_realms *realms)
{
    if (realms->found)
        g_hash_table_insert(realms->found, GUINT_TO_POINTER((guint32)number), g_object_ref(realm));
}

/* realmOf(number): what can be done to that world, or null where there is none. */
static JSCValue *js_realm_of(double number, struct weft_realms *realms)
{
    JSCContext *context = jsc_context_get_current();
    gpointer key = GUINT_TO_POINTER((guint32)number);
    if (!realms->found)
        return jsc_value_new_null(context);
    if (!g_hash_table_contains(realms->found, key) && (guint32)number != WEFT_WORLD_MAIN)
        open_world(realms, (guint32)number);
    JSCValue *realm = g_hash_table_lookup(realms->found, key);
    return realm ? g_object_ref(realm) : jsc_value_new_null(context);
}

/* evaluate(source, uri): not through eval(), which a page's CSP may forbid. */
static JSCValue *js_evaluate(const char *source, const char *uri, gpointer data)
{
    return jsc_context_evaluate_with_source_uri(jsc_context_get_current(), source, -1, uri, 1);
}

void weft_realms_add_world(struct weft_realms *realms, JSCValue *binding)
{
    weft_jsc_set_function(binding, "offerRealm", G_CALLBACK(js_offer_realm), realms_ref(realms),
                          realms_unref, G_TYPE_NONE, 2, G_TYPE_DOUBLE, JSC_TYPE_VALUE);
    weft_jsc_set_function(binding, "realmOf", G_CALLBACK(js_realm_of), realms_ref(realms),
                          realms_unref, JSC_TYPE_VALUE, 1, G_TYPE_DOUBLE);
    weft_jsc_set_function(binding, "evaluate", G_CALLBACK(js_evaluate), NULL, NULL, JSC_TYPE_VALUE,
                          2, G_TYPE_STRING, G_TYPE_STRING);
}
