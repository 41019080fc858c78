/* SPDX-License-Identifier: MIT */

/*
 * main/view-events - WebKit's signals, as calls of the view's callback
 *
 * Main process, main thread. callback(event, ...):
 *   'load-started' | 'load-redirected' | 'load-committed' | 'load-finished', uri, HTTP status
 *   'load-failed', uri, error domain, error code, message   ('load-finished' follows)
 *   'uri', uri · 'title', title
 *   'responsive', whether the page answers
 *   'terminated', 'crashed' | 'oom' | 'killed'
 *   'close'               the page asked to be closed, or tryClose() found no objection
 *   'before-unload'       -> true: leave the page; else it stays
 *   'window-open', uri, frame name, type · 'opened' · 'navigating' · 'will-show' · 'save': see
 *   view-open.c
 *   'context-menu' · 'fullscreen', entered · 'inspector', is open
 *   'ipc-send', 'ipc-invoke', 'console', 'dom-ready': see view-message.c
 */

#include "main/view.h"

/* The HTTP status of what has come; 0 for what has none, such as a file. */
static int status_of(WebKitWebView *web)
{
    WebKitWebResource *resource = webkit_web_view_get_main_resource(web);
    WebKitURIResponse *response = resource ? webkit_web_resource_get_response(resource) : NULL;
    return response ? (int)webkit_uri_response_get_status_code(response) : 0;
}

static void load_changed_cb(WebKitWebView *web, WebKitLoadEvent event, gpointer data)
{
    static const char *const names[] = {
        [WEBKIT_LOAD_STARTED] = "load-started",
        [WEBKIT_LOAD_REDIRECTED] = "load-redirected",
        [WEBKIT_LOAD_COMMITTED] = "load-committed",
        [WEBKIT_LOAD_FINISHED] = "load-finished",
    };
    struct weft_view *view = data;
    int status = event == WEBKIT_LOAD_COMMITTED ? status_of(web) : 0;
    weft_callback_emit(&view->callback, names[event], "si", webkit_web_view_get_uri(web), status);
}

/* Returns TRUE: WebKit's own error page would become an entry of the history. */
static gboolean load_failed_cb(WebKitWebView *web, WebKitLoadEvent event, const char *uri,
                               GError *error, gpointer data)
{
    struct weft_view *view = data;
    weft_callback_emit(&view->callback, "load-failed", "ssis", uri,
                       g_quark_to_string(error->domain), error->code, error->message);
    return TRUE;
}

static gboolean load_failed_tls_cb(WebKitWebView *web, const char *uri,
                                   GTlsCertificate *certificate, GTlsCertificateFlags flags,
                                   gpointer data)
{
    struct weft_view *view = data;
    weft_callback_emit(&view->callback, "load-failed", "ssis", uri, "tls", (int)flags,
                       "The certificate is not valid");
    return TRUE;
}

static void uri_cb(WebKitWebView *web, GParamSpec *property, gpointer data)
{
    struct weft_view *view = data;
    weft_callback_emit(&view->callback, "uri", "s", webkit_web_view_get_uri(web));
}

static void title_cb(WebKitWebView *web, GParamSpec *property, gpointer data)
{
    struct weft_view *view = data;
    weft_callback_emit(&view->callback, "title", "s", webkit_web_view_get_title(web));
}

static void terminated_cb(WebKitWebView *web, WebKitWebProcessTerminationReason reason,
                          gpointer data)
{
    struct weft_view *view = data;
    const char *name = reason == WEBKIT_WEB_PROCESS_EXCEEDED_MEMORY_LIMIT ? "oom"
                       : reason == WEBKIT_WEB_PROCESS_TERMINATED_BY_API   ? "killed"
                                                                          : "crashed";
    weft_callback_emit(&view->callback, "terminated", "s", name);
}

static void responsive_cb(WebKitWebView *web, GParamSpec *property, gpointer data)
{
    struct weft_view *view = data;
    weft_callback_emit(&view->callback, "responsive", "b",
                       webkit_web_view_get_is_web_process_responsive(web));
}

static void close_cb(WebKitWebView *web, gpointer data)
{
    struct weft_view *view = data;
    weft_callback_emit(&view->callback, "close", "");
}

/* Electron asks nobody: a beforeunload handler that objects keeps the page, unless the app says
 * otherwise. WebKit would show a dialog. */
static gboolean script_dialog_cb(WebKitWebView *web, WebKitScriptDialog *dialog, gpointer data)
{
    struct weft_view *view = data;
    if (webkit_script_dialog_get_dialog_type(dialog) != WEBKIT_SCRIPT_DIALOG_BEFORE_UNLOAD_CONFIRM)
        return FALSE;
    bool leave = weft_callback_emit(&view->callback, "before-unload", "");
    webkit_script_dialog_confirm_set_confirmed(dialog, leave);
    return TRUE;
}

/* Electron shows no menu by itself. */
static gboolean context_menu_cb(WebKitWebView *web, WebKitContextMenu *menu,
                                WebKitHitTestResult *hit, gpointer data)
{
    struct weft_view *view = data;
    weft_callback_emit(&view->callback, "context-menu", "ss",
                       webkit_hit_test_result_get_link_uri(hit),
                       webkit_hit_test_result_get_image_uri(hit));
    return TRUE;
}

static gboolean enter_fullscreen_cb(WebKitWebView *web, gpointer data)
{
    struct weft_view *view = data;
    weft_callback_emit(&view->callback, "fullscreen", "b", TRUE);
    return FALSE;
}

static gboolean leave_fullscreen_cb(WebKitWebView *web, gpointer data)
{
    struct weft_view *view = data;
    weft_callback_emit(&view->callback, "fullscreen", "b", FALSE);
    return FALSE;
}

static void set_inspector_open(struct weft_view *view, bool is_open)
{
    if (view->is_inspector_open == is_open)
        return;
    view->is_inspector_open = is_open;
    weft_callback_emit(&view->callback, "inspector", "b", is_open);
}

static gboolean inspector_shown_cb(WebKitWebInspector *inspector, gpointer data)
{
    set_inspector_open(data, true);
    return FALSE;
}

static void inspector_closed_cb(WebKitWebInspector *inspector, gpointer data)
{
    set_inspector_open(data, false);
}

void weft_view_connect(struct weft_view *view)
{
    const struct {
        const char *signal;
        GCallback callback;
    } handlers[] = {
        {"load-changed", G_CALLBACK(load_changed_cb)},
        {"load-failed", G_CALLBACK(load_failed_cb)},
        {"load-failed-with-tls-errors", G_CALLBACK(load_failed_tls_cb)},
        {"notify::uri", G_CALLBACK(uri_cb)},
        {"notify::title", G_CALLBACK(title_cb)},
        {"notify::is-web-process-responsive", G_CALLBACK(responsive_cb)},
        {"web-process-terminated", G_CALLBACK(terminated_cb)},
        {"close", G_CALLBACK(close_cb)},
        {"script-dialog", G_CALLBACK(script_dialog_cb)},
        {"create", G_CALLBACK(weft_view_create_cb)},
        {"ready-to-show", G_CALLBACK(weft_view_ready_to_show_cb)},
        {"decide-policy", G_CALLBACK(weft_view_decide_policy_cb)},
        {"context-menu", G_CALLBACK(context_menu_cb)},
        {"enter-fullscreen", G_CALLBACK(enter_fullscreen_cb)},
        {"leave-fullscreen", G_CALLBACK(leave_fullscreen_cb)},
        {"user-message-received", G_CALLBACK(weft_view_user_message_cb)},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(handlers); i++)
        g_signal_connect(view->web, handlers[i].signal, handlers[i].callback, view);

    WebKitWebInspector *inspector = webkit_web_view_get_inspector(view->web);
    g_signal_connect(inspector, "attach", G_CALLBACK(inspector_shown_cb), view);
    g_signal_connect(inspector, "open-window", G_CALLBACK(inspector_shown_cb), view);
    g_signal_connect(inspector, "closed", G_CALLBACK(inspector_closed_cb), view);
}

void weft_view_disconnect(struct weft_view *view)
{
    WebKitWebInspector *inspector = webkit_web_view_get_inspector(view->web);
    g_signal_handlers_disconnect_by_data(inspector, view);
    g_signal_handlers_disconnect_by_data(view->web, view);
}
