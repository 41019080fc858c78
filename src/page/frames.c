/* SPDX-License-Identifier: MIT */

#include "page/frames.h"

#include "page/jsc.h"
#include "page/modules.h"

/* The frames below one document of a main frame. */
struct weft_frames {
    gint references; /* the page's, one of each native function, one of a sweep that is due */
    WebKitWebProcessExtension *extension;
    WebKitFrame *main;
    gint32 document;    /* a random number of the main document */
    char *token;        /* NULL until the main document is configured */
    GPtrArray *waiting; /* what is told meanwhile */
    GHashTable *by_id;  /* id -> WebKitFrame, which takes itself out when it goes */
    JSCValue *add;      /* frame-watch.js of the main frame: add(window, id) -> JSON */
    JSCValue *sweep;    /* the same: tells which frames have gone */
    gboolean is_sweep_due;
};

#define FRAMES_KEY "weft-frames"

static void frame_gone_cb(gpointer data, GObject *frame);

static void frames_unref(gpointer data)
{
    struct weft_frames *frames = data;
    if (--frames->references > 0)
        return;
    g_free(frames->token);
    g_free(frames);
}

static struct weft_frames *frames_ref(struct weft_frames *frames)
{
    frames->references++;
    return frames;
}

/* The page, or the main frame's document, has ended. */
static void frames_end(gpointer data)
{
    struct weft_frames *frames = data;
    GHashTableIter iter;
    gpointer frame;
    g_hash_table_iter_init(&iter, frames->by_id);
    while (g_hash_table_iter_next(&iter, NULL, &frame))
        g_object_weak_unref(frame, frame_gone_cb, frames);
    g_clear_pointer(&frames->by_id, g_hash_table_unref);
    g_clear_pointer(&frames->waiting, g_ptr_array_unref);
    g_clear_object(&frames->add);
    g_clear_object(&frames->sweep);
    g_object_set_data(G_OBJECT(frames->main), FRAMES_KEY, NULL);
    g_clear_object(&frames->main);
    frames_unref(frames);
}

static struct weft_frames *frames_new(WebKitWebProcessExtension *extension, WebKitFrame *main_frame)
{
    struct weft_frames *frames = g_new0(struct weft_frames, 1);
    frames->references = 1;
    frames->extension = extension;
    frames->main = g_object_ref(main_frame);
    frames->document = (gint32)g_random_int();
    frames->waiting = g_ptr_array_new_with_free_func(g_free);
    frames->by_id = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return frames;
}

/* ---- to the main process ---- */

static void send(struct weft_frames *frames, const char *json)
{
    WebKitUserMessage *message = webkit_user_message_new(
        "frames", g_variant_new("(sis)", frames->token, frames->document, json));
    webkit_web_process_extension_send_message_to_context(frames->extension, message, NULL, NULL,
                                                         NULL);
}

/* tell(json): of a document of these frames. */
static void js_tell(const char *json, struct weft_frames *frames)
{
    if (frames->main && frames->token)
        send(frames, json);
    else if (frames->main)
        g_ptr_array_add(frames->waiting, g_strdup(json));
}

void weft_frames_configure(WebKitFrame *frame, const char *token)
{
    struct weft_frames *frames = g_object_get_data(G_OBJECT(frame), FRAMES_KEY);
    if (!frames || frames->token)
        return;
    frames->token = g_strdup(token);
    for (guint i = 0; i < frames->waiting->len; i++)
        send(frames, frames->waiting->pdata[i]);
    g_ptr_array_set_size(frames->waiting, 0);
}

/* ---- what is still there ---- */

static gboolean sweep_cb(gpointer data)
{
    struct weft_frames *frames = data;
    frames->is_sweep_due = FALSE;
    if (frames->sweep)
        weft_jsc_finish_call(jsc_value_get_context(frames->sweep),
                             jsc_value_function_call(frames->sweep, G_TYPE_NONE));
    return G_SOURCE_REMOVE;
}

/* A document goes, by a navigation or with its frame: which of the two is to be seen afterwards. */
static void plan_sweep(struct weft_frames *frames)
{
    if (frames->is_sweep_due || !frames->main)
        return;
    frames->is_sweep_due = TRUE;
    g_idle_add_full(G_PRIORITY_DEFAULT, sweep_cb, frames_ref(frames), frames_unref);
}

static void js_left(struct weft_frames *frames)
{
    plan_sweep(frames);
}

static gboolean is_frame(gpointer id, gpointer frame, gpointer gone)
{
    return frame == gone;
}

static void frame_gone_cb(gpointer data, GObject *frame)
{
    struct weft_frames *frames = data;
    g_hash_table_foreach_remove(frames->by_id, is_frame, frame);
    plan_sweep(frames);
}

static void remember(struct weft_frames *frames, WebKitFrame *frame)
{
    guint64 id = webkit_frame_get_id(frame);
    if (frame == frames->main || g_hash_table_contains(frames->by_id, &id))
        return;
    g_hash_table_insert(frames->by_id, g_memdup2(&id, sizeof(id)), frame);
    g_object_weak_ref(G_OBJECT(frame), frame_gone_cb, frames);
}

WebKitFrame *weft_frames_find(WebKitWebPage *page, guint64 id)
{
    struct weft_frames *frames = g_object_get_data(G_OBJECT(page), FRAMES_KEY);
    if (!frames)
        return NULL;
    if (id == 0 || id == webkit_frame_get_id(frames->main))
        return frames->main;
    return g_hash_table_lookup(frames->by_id, &id);
}

/* ---- a document begins ---- */

/* onFrame(add, sweep): how the main frame's world knows the windows of the others. */
static void js_on_frame(JSCValue *add, JSCValue *sweep, struct weft_frames *frames)
{
    if (!frames->main)
        return;
    g_set_object(&frames->add, add);
    g_set_object(&frames->sweep, sweep);
}

/* add(window, id) -> JSON: where it is; text, for nothing else may pass between two frames */
static char *js_add(JSCValue *window, double id, struct weft_frames *frames)
{
    if (!frames->add)
        return g_strdup("{}");
    JSCContext *context = jsc_value_get_context(frames->add);
    g_autoptr(JSCValue) place = jsc_value_function_call(frames->add, JSC_TYPE_VALUE, window,
                                                        G_TYPE_DOUBLE, id, G_TYPE_NONE);
    weft_jsc_finish_call(context, NULL);
    return place && jsc_value_is_string(place) ? jsc_value_to_string(place) : g_strdup("{}");
}

static void run_watch(struct weft_frames *frames, WebKitFrame *frame, JSCContext *context)
{
    g_autoptr(JSCValue) binding = jsc_value_new_object(context, NULL, NULL);
    g_autoptr(JSCValue) options = jsc_value_new_object(context, NULL, NULL);
    weft_jsc_set_function(binding, "tell", G_CALLBACK(js_tell), frames_ref(frames), frames_unref,
                          G_TYPE_NONE, 1, G_TYPE_STRING);
    weft_jsc_set_function(binding, "left", G_CALLBACK(js_left), frames_ref(frames), frames_unref,
                          G_TYPE_NONE, 0);
    weft_jsc_set_function(binding, "add", G_CALLBACK(js_add), frames_ref(frames), frames_unref,
                          G_TYPE_STRING, 2, JSC_TYPE_VALUE, G_TYPE_DOUBLE);
    if (frame == frames->main)
        weft_jsc_set_function(binding, "onFrame", G_CALLBACK(js_on_frame), frames_ref(frames),
                              frames_unref, G_TYPE_NONE, 2, JSC_TYPE_VALUE, JSC_TYPE_VALUE);
    weft_jsc_set_number(options, "id", (double)webkit_frame_get_id(frame));
    g_autoptr(JSCValue) is_main = jsc_value_new_boolean(context, frame == frames->main);
    jsc_value_object_set_property(options, "isMainFrame", is_main);
    weft_modules_run(context, "frame-watch", binding, options);
}

void weft_frames_begin(WebKitWebProcessExtension *extension, WebKitWebPage *page,
                       WebKitFrame *frame, JSCContext *context)
{
    if (webkit_frame_is_main_frame(frame)) {
        g_object_set_data(G_OBJECT(page), FRAMES_KEY, NULL); /* ends those of the document before */
        struct weft_frames *fresh = frames_new(extension, frame);
        g_object_set_data_full(G_OBJECT(page), FRAMES_KEY, fresh, frames_end);
        g_object_set_data(G_OBJECT(frame), FRAMES_KEY, fresh);
    }
    struct weft_frames *frames = g_object_get_data(G_OBJECT(page), FRAMES_KEY);
    if (!frames)
        return;
    remember(frames, frame);
    run_watch(frames, frame, context);
}
