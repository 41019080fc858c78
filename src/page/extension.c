/* SPDX-License-Identifier: MIT */

/*
 * libweft-page.so: WebKit loads it into every web process, before any page.
 *
 * In: `window-object-cleared` of each document, messages of the main process. The main process
 * configures each document with a user script in the isolated world "weft", which runs before page
 * script and which pages can't see: weft.configure(token, options).
 */

#include "page/console.h"
#include "page/document.h"
#include "page/execute.h"
#include "page/frames.h"
#include "page/jsc.h"
#include "page/worlds.h"

#include <string.h>
#include <webkit/webkit-web-process-extension.h>

static WebKitWebProcessExtension *extension;
static WebKitScriptWorld *isolated_world;

/* configure(token, json) */
static void js_configure(const char *token, const char *json, WebKitFrame *frame)
{
    struct weft_document *document = weft_document_of_frame(frame);
    /* Preload scripts run in this world. */
    g_autoptr(JSCValue) global = jsc_context_get_global_object(jsc_context_get_current());
    jsc_value_object_delete_property(global, "weft");
    weft_frames_configure(frame, token);
    if (document)
        weft_document_configure(document, token, json);
}

static void main_world_cleared_cb(WebKitScriptWorld *world, WebKitWebPage *page, WebKitFrame *frame,
                                  gpointer data)
{
    weft_execute_begin(frame);
    weft_document_begin(extension, page, frame, isolated_world);
}

static void isolated_world_cleared_cb(WebKitScriptWorld *world, WebKitWebPage *page,
                                      WebKitFrame *frame, gpointer data)
{
    g_autoptr(JSCContext) context = webkit_frame_get_js_context_for_script_world(frame, world);
    g_autoptr(JSCValue) weft = jsc_value_new_object(context, NULL, NULL);
    weft_jsc_set_function(weft, "configure", G_CALLBACK(js_configure), g_object_ref(frame),
                          g_object_unref, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
    weft_jsc_set_number(weft, "page", (double)webkit_web_page_get_id(page));
    jsc_context_set_value(context, "weft", weft);
    weft_frames_begin(extension, page, frame, context);
}

static gboolean message_cb(WebKitWebPage *page, WebKitUserMessage *message, gpointer data)
{
    return weft_execute_receive(page, message);
}

static void document_loaded_cb(WebKitWebPage *page, gpointer data)
{
    /* WebKit tells the main process of the title too late: after the load has finished. */
    G_GNUC_BEGIN_IGNORE_DEPRECATIONS
    WebKitFrame *frame = webkit_web_page_get_main_frame(page);
    G_GNUC_END_IGNORE_DEPRECATIONS
    g_autoptr(JSCContext) context =
        webkit_frame_get_js_context_for_script_world(frame, isolated_world);
    g_autoptr(JSCValue) title = jsc_context_evaluate(context, "document.title", -1);
    g_autofree char *text = jsc_value_to_string(title);
    GVariant *parameters = g_variant_new("(s)", text ? text : "");
    webkit_web_page_send_message_to_view(page, webkit_user_message_new("dom-ready", parameters),
                                         NULL, NULL, NULL);
}

/* Electron's levels. */
static int console_level(WebKitConsoleMessageLevel level)
{
    switch (level) {
    case WEBKIT_CONSOLE_MESSAGE_LEVEL_DEBUG:
        return 0;
    case WEBKIT_CONSOLE_MESSAGE_LEVEL_WARNING:
        return 2;
    case WEBKIT_CONSOLE_MESSAGE_LEVEL_ERROR:
        return 3;
    default:
        return 1;
    }
}

static void console_message_cb(WebKitWebPage *page, WebKitConsoleMessage *message, gpointer data)
{
    const char *source = webkit_console_message_get_source_id(message);
    gboolean is_said =
        webkit_console_message_get_source(message) == WEBKIT_CONSOLE_MESSAGE_SOURCE_CONSOLE_API;
    /* What a worker said is printed by lib/page/worker.js, which has sent it with its own place. An
     * error that nobody caught is the page's own, though a module of ours has thrown it. */
    if (is_said && source && g_str_has_prefix(source, "weft:"))
        return;
    const char *text = weft_console_text();
    weft_console_send(page, console_level(webkit_console_message_get_level(message)),
                      text ? text : webkit_console_message_get_text(message),
                      (int)webkit_console_message_get_line(message), source ? source : "");
}

static void page_created_cb(WebKitWebProcessExtension *self, WebKitWebPage *page, gpointer data)
{
    g_signal_connect(page, "user-message-received", G_CALLBACK(message_cb), NULL);
    g_signal_connect(page, "document-loaded", G_CALLBACK(document_loaded_cb), NULL);
    G_GNUC_BEGIN_IGNORE_DEPRECATIONS
    g_signal_connect(page, "console-message-sent", G_CALLBACK(console_message_cb), NULL);
    G_GNUC_END_IGNORE_DEPRECATIONS
}

/* Without a session bus GTK warns of accessibility on each start, whatever is set against it. */
static void log_cb(const char *domain, GLogLevelFlags level, const char *text, gpointer data)
{
    if (text && strstr(text, "a11y bus"))
        return;
    g_log_default_handler(domain, level, text, data);
}

G_MODULE_EXPORT void webkit_web_process_extension_initialize(WebKitWebProcessExtension *self);

G_MODULE_EXPORT void webkit_web_process_extension_initialize(WebKitWebProcessExtension *self)
{
    extension = self;
    g_log_set_default_handler(log_cb, NULL);
    isolated_world = weft_worlds_get(WEFT_WORLD_ISOLATED);
    g_signal_connect(webkit_script_world_get_default(), "window-object-cleared",
                     G_CALLBACK(main_world_cleared_cb), NULL);
    g_signal_connect(isolated_world, "window-object-cleared", G_CALLBACK(isolated_world_cleared_cb),
                     NULL);
    g_signal_connect(self, "page-created", G_CALLBACK(page_created_cb), NULL);
}
