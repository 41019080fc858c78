/* SPDX-License-Identifier: MIT */

/*
 * main/view-message - user messages between a view and its page
 *
 * Main process, main thread. The page's process is not trusted: a message of another shape than
 * the table below is refused.
 *
 *   page -> main
 *     console (i level, s, i line, s)      callback('console', level, text, line, source)
 *     dom-ready (s title)                  callback('dom-ready', title)
 *     page-loaded ()                       callback('page-loaded')
 *     window-close ()                      callback('window-close')
 *     window-opening (b begins, s features, s name)
 *                                          callback('window-opening', begins, features, name)
 *     preload-error (ssss)                 callback('preload-error', path, name, message, stack)
 *   main -> page
 *     execute-javascript (t frame id or 0, u world, a(ss) code and URL), reply result (b ok, ay)
 */

#include "main/view.h"

gboolean weft_view_user_message_cb(WebKitWebView *web, WebKitUserMessage *message, gpointer data)
{
    struct weft_view *view = data;
    const char *name = webkit_user_message_get_name(message);
    GVariant *parameters = webkit_user_message_get_parameters(message);
    const char *type = parameters ? g_variant_get_type_string(parameters) : "()";

    if (g_str_equal(name, "dom-ready")) {
        const char *title = NULL;
        if (g_str_equal(type, "(s)"))
            g_variant_get(parameters, "(&s)", &title);
        weft_callback_emit(&view->callback, "dom-ready", "s", title);
        return TRUE;
    }
    if (g_str_equal(name, "page-loaded") || g_str_equal(name, "window-close")) {
        weft_callback_emit(&view->callback, name, "");
        return TRUE;
    }
    if (g_str_equal(name, "window-opening") && g_str_equal(type, "(bss)")) {
        const char *features, *frame_name;
        gboolean begins;
        g_variant_get(parameters, "(b&s&s)", &begins, &features, &frame_name);
        weft_callback_emit(&view->callback, "window-opening", "bss", begins, features, frame_name);
        return TRUE;
    }
    if (g_str_equal(name, "console") && g_str_equal(type, "(isis)")) {
        const char *text, *source;
        int level, line;
        g_variant_get(parameters, "(i&si&s)", &level, &text, &line, &source);
        weft_callback_emit(&view->callback, "console", "isis", level, text, line, source);
        return TRUE;
    }
    if (g_str_equal(name, "preload-error") && g_str_equal(type, "(ssss)")) {
        const char *path, *error, *text, *stack;
        g_variant_get(parameters, "(&s&s&s&s)", &path, &error, &text, &stack);
        weft_callback_emit(&view->callback, "preload-error", "ssss", path, error, text, stack);
        return TRUE;
    }
    return FALSE;
}

static void executed_cb(GObject *web, GAsyncResult *result, gpointer data)
{
    g_autofree struct weft_callback *callback = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(WebKitUserMessage) reply =
        webkit_web_view_send_message_to_page_finish(WEBKIT_WEB_VIEW(web), result, &error);
    GVariant *parameters = reply ? webkit_user_message_get_parameters(reply) : NULL;

    if (parameters && g_variant_is_of_type(parameters, G_VARIANT_TYPE("(bay)"))) {
        gboolean ok;
        g_autoptr(GVariant) bytes = NULL;
        g_variant_get(parameters, "(b@ay)", &ok, &bytes);
        weft_callback_emit(callback, "result", "by", ok, bytes);
    } else {
        weft_callback_emit(callback, "error", "s", error ? error->message : "no reply");
    }
    weft_callback_deinit(callback);
}

/* @value is [code, url, code, url, ...]; NULL with an exception otherwise. */
static GVariant *scripts_from(napi_env env, napi_value value)
{
    g_auto(GStrv) texts = weft_value_to_strv(env, value);
    if (!texts || g_strv_length(texts) % 2 != 0)
        return weft_value_throw(env, "execute: scripts must be a list of codes and URLs"), NULL;
    GVariantBuilder builder;
    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(ss)"));
    for (char **text = texts; *text; text += 2)
        g_variant_builder_add(&builder, "(ss)", text[0], text[1]);
    return g_variant_builder_end(&builder);
}

/* execute(frame id or 0, world, [code, url, ...], callback): callback('result', ok, bytes) or
 * ('error', message), once */
napi_value weft_view_execute_js(napi_env env, napi_callback_info info)
{
    napi_value argv[4];
    double frame;
    int world;
    struct weft_view *view = weft_view_this(env, info, 4, argv);
    if (!view || !weft_value_to_double(env, argv[0], &frame) ||
        !weft_value_to_int(env, argv[1], &world))
        return NULL;
    g_autoptr(GVariant) scripts = scripts_from(env, argv[2]);
    if (!scripts)
        return NULL;
    g_variant_ref_sink(scripts);
    g_autofree struct weft_callback *callback = g_new0(struct weft_callback, 1);
    if (!weft_callback_init(callback, env, argv[3]))
        return NULL;
    WebKitUserMessage *message = webkit_user_message_new(
        "execute-javascript", g_variant_new("(tu@a(ss))", (guint64)frame, (guint32)world, scripts));
    webkit_web_view_send_message_to_page(view->web, message, NULL, executed_cb,
                                         g_steal_pointer(&callback));
    return NULL;
}
