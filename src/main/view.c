/* SPDX-License-Identifier: MIT */

/*
 * main/view - makes, drives and closes WebKit views
 *
 * Main process, main thread. JavaScript calls in; what WebKit says goes out in view-events.c.
 */

#include "main/view.h"

#include "main/context.h"
#include "main/environment.h"
#include "main/stderr-filter.h"

/* The isolated world of the page extension. */
#define WEFT_WORLD "weft"

static const napi_type_tag view_tag = {0x5765667456696577, 0xb7f0a2d1c96e4f53};

static void finalize_cb(napi_env env, void *data, void *hint)
{
    struct weft_view *view = data;
    if (!view->web) /* an open one belongs to GTK until the process ends */
        g_free(view);
}

struct weft_view *weft_view_unwrap(napi_env env, napi_value value)
{
    struct weft_view *view = weft_value_unwrap(env, value, &view_tag);
    if (view && !view->web)
        return weft_value_throw(env, "Object has been destroyed"), NULL;
    return view;
}

struct weft_view *weft_view_this(napi_env env, napi_callback_info info, size_t count,
                                 napi_value *ret_argv)
{
    struct weft_view *view = weft_value_this(env, info, &view_tag, count, ret_argv);
    if (view && !view->web)
        return weft_value_throw(env, "Object has been destroyed"), NULL;
    return view;
}

/* ---- construction ----------------------------------------------------------------------- */

static WebKitSettings *settings_from(napi_env env, napi_value options)
{
    WebKitSettings *settings = webkit_settings_new();
    bool web_security = weft_value_get_bool(env, options, "webSecurity", true);
    bool hardware = weft_value_get_bool(env, options, "hardwareAcceleration", true);

    webkit_settings_set_allow_file_access_from_file_urls(settings, TRUE);
    webkit_settings_set_allow_universal_access_from_file_urls(settings, !web_security);
    webkit_settings_set_disable_web_security(settings, !web_security);
    /* A page in the cache would keep its process (80 to 90 MB) and its workers. */
    webkit_settings_set_enable_page_cache(settings, FALSE);
    webkit_settings_set_enable_developer_extras(
        settings, weft_value_get_bool(env, options, "devTools", true));
    webkit_settings_set_enable_javascript(settings,
                                          weft_value_get_bool(env, options, "javascript", true));
    webkit_settings_set_auto_load_images(settings,
                                         weft_value_get_bool(env, options, "images", true));
    webkit_settings_set_enable_webgl(settings, weft_value_get_bool(env, options, "webgl", true));
    if (!hardware || !weft_environment_has_gpu())
        webkit_settings_set_hardware_acceleration_policy(settings,
                                                         WEBKIT_HARDWARE_ACCELERATION_POLICY_NEVER);

    webkit_settings_set_javascript_can_open_windows_automatically(settings, TRUE);

    g_autofree char *agent = weft_value_get_string(env, options, "userAgent");
    if (agent)
        webkit_settings_set_user_agent(settings, agent);
    return settings;
}

/* Each script is {source, allFrames}. It runs in the extension's own world, which the page cannot
 * see, before any script of each document of the main frame, or of every frame. */
static bool add_scripts(napi_env env, napi_value scripts, WebKitUserContentManager *content)
{
    uint32_t count = 0;
    if (napi_get_array_length(env, scripts, &count) != napi_ok)
        return false;

    for (uint32_t i = 0; i < count; i++) {
        napi_value item;
        if (napi_get_element(env, scripts, i, &item) != napi_ok)
            return false;
        g_autofree char *source = weft_value_get_string(env, item, "source");
        if (!source)
            return false;
        bool all = weft_value_get_bool(env, item, "allFrames", false);
        WebKitUserScript *script = webkit_user_script_new_for_world(
            source,
            all ? WEBKIT_USER_CONTENT_INJECT_ALL_FRAMES : WEBKIT_USER_CONTENT_INJECT_TOP_FRAME,
            WEBKIT_USER_SCRIPT_INJECT_AT_DOCUMENT_START, WEFT_WORLD, NULL, NULL);
        webkit_user_content_manager_add_script(content, script);
        webkit_user_script_unref(script);
    }
    return true;
}

static void set_background(struct weft_view *view, const char *color)
{
    GdkRGBA rgba;
    if (color && gdk_rgba_parse(&rgba, color))
        webkit_web_view_set_background_color(view->web, &rgba);
}

/* The open view in the option `opener`, whose page opens this one; or NULL. */
static struct weft_view *opener_from(napi_env env, napi_value options)
{
    napi_value value;
    napi_valuetype type;
    if (napi_get_named_property(env, options, "opener", &value) != napi_ok ||
        napi_typeof(env, value, &type) != napi_ok || type != napi_object)
        return NULL;
    struct weft_view *opener = weft_value_unwrap(env, value, &view_tag);
    return opener && opener->web ? opener : NULL;
}

/* A related view shares the process, the context and the session of the other one. WebKit 2.50
 * makes its page with the opener's content manager and settings, whatever it is given; the settings
 * can be changed later, the scripts of the two are told apart by lib/main/document-sources.js. */
static WebKitWebView *make_web(struct weft_view *view, WebKitSettings *settings,
                               struct weft_view *opener)
{
    if (opener) {
        g_set_object(&view->content, opener->content);
        WebKitWebView *web = g_object_new(WEBKIT_TYPE_WEB_VIEW, "related-view", opener->web, NULL);
        webkit_web_view_set_settings(web, settings);
        return web;
    }
    return g_object_new(WEBKIT_TYPE_WEB_VIEW, "web-context", weft_context_web(), "network-session",
                        weft_context_session(), "user-content-manager", view->content, "settings",
                        settings, NULL);
}

static void open_view(struct weft_view *view, napi_env env, napi_value options)
{
    g_autoptr(WebKitSettings) settings = settings_from(env, options);
    g_autofree char *background = weft_value_get_string(env, options, "backgroundColor");
    bool was_filtered = weft_stderr_filter_switch(true); /* the first view starts a process */

    view->web = g_object_ref_sink(make_web(view, settings, opener_from(env, options)));
    weft_stderr_filter_switch(was_filtered);
    set_background(view, background);
    weft_view_connect(view);
    napi_reference_ref(env, view->self, NULL);
}

static napi_value construct(napi_env env, napi_callback_info info)
{
    napi_value argv[2];
    napi_value self;
    if (!weft_value_arguments(env, info, 2, argv, &self))
        return NULL;
    if (!weft_context_web())
        return weft_value_throw(env, "openContext() comes first");

    g_autoptr(WebKitUserContentManager) content = webkit_user_content_manager_new();
    napi_value scripts;
    NAPI_TRY(env, napi_get_named_property(env, argv[0], "scripts", &scripts));
    if (!add_scripts(env, scripts, content))
        return weft_value_throw(env, "View: scripts must be a list of {source}");

    struct weft_view *view = g_new0(struct weft_view, 1);
    if (!weft_callback_init(&view->callback, env, argv[1]) ||
        !weft_value_wrap(env, self, &view_tag, view, finalize_cb, &view->self)) {
        weft_callback_deinit(&view->callback);
        g_free(view);
        return NULL;
    }
    view->content = g_steal_pointer(&content);
    open_view(view, env, argv[0]);
    return self;
}

static napi_value close_view(napi_env env, napi_callback_info info)
{
    struct weft_view *view = weft_value_this(env, info, &view_tag, 0, NULL);
    if (!view || !view->web)
        return NULL;
    weft_view_disconnect(view);
    g_clear_object(&view->web);
    g_clear_object(&view->content);
    weft_callback_deinit(&view->callback);
    napi_reference_unref(env, view->self, NULL);
    return NULL;
}

/* getPageId() -> the number by which the web process knows the view's page */
static napi_value get_page_id(napi_env env, napi_callback_info info)
{
    struct weft_view *view = weft_view_this(env, info, 0, NULL);
    return view ? weft_value_from_double(env, (double)webkit_web_view_get_page_id(view->web))
                : NULL;
}

/* setScripts(scripts): for the documents that come, of this view and of those related to it */
static napi_value set_scripts(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    struct weft_view *view = weft_view_this(env, info, 1, argv);
    if (!view)
        return NULL;
    webkit_user_content_manager_remove_all_scripts(view->content);
    if (!add_scripts(env, argv[0], view->content))
        return weft_value_throw(env, "setScripts: scripts must be a list of {source}");
    return NULL;
}

/* ---- navigation ------------------------------------------------------------------------- */

static napi_value load(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    struct weft_view *view = weft_view_this(env, info, 1, argv);
    g_autofree char *uri = view ? weft_value_to_string(env, argv[0]) : NULL;
    if (!uri)
        return NULL;
    bool was_filtered = weft_stderr_filter_switch(true); /* this may start a process */
    webkit_web_view_load_uri(view->web, uri);
    weft_stderr_filter_switch(was_filtered);
    return NULL;
}

static napi_value reload(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    struct weft_view *view = weft_view_this(env, info, 1, argv);
    if (!view)
        return NULL;
    bool was_filtered = weft_stderr_filter_switch(true); /* this starts one after a crash */
    if (weft_value_to_bool(env, argv[0]))
        webkit_web_view_reload_bypass_cache(view->web);
    else
        webkit_web_view_reload(view->web);
    weft_stderr_filter_switch(was_filtered);
    return NULL;
}

static napi_value stop(napi_env env, napi_callback_info info)
{
    struct weft_view *view = weft_view_this(env, info, 0, NULL);
    if (view)
        webkit_web_view_stop_loading(view->web);
    return NULL;
}

/* go(delta) -> whether there is such an entry */
static napi_value go(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    struct weft_view *view = weft_view_this(env, info, 1, argv);
    int delta;
    if (!view || !weft_value_to_int(env, argv[0], &delta))
        return NULL;
    WebKitBackForwardList *list = webkit_web_view_get_back_forward_list(view->web);
    WebKitBackForwardListItem *item = webkit_back_forward_list_get_nth_item(list, delta);
    bool was_filtered = weft_stderr_filter_switch(true);
    if (item)
        webkit_web_view_go_to_back_forward_list_item(view->web, item);
    weft_stderr_filter_switch(was_filtered);
    return weft_value_from_bool(env, item != NULL);
}

/* canGo(delta) -> boolean */
static napi_value can_go(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    struct weft_view *view = weft_view_this(env, info, 1, argv);
    int delta;
    if (!view || !weft_value_to_int(env, argv[0], &delta))
        return NULL;
    WebKitBackForwardList *list = webkit_web_view_get_back_forward_list(view->web);
    return weft_value_from_bool(env, webkit_back_forward_list_get_nth_item(list, delta) != NULL);
}

static napi_value get_uri(napi_env env, napi_callback_info info)
{
    struct weft_view *view = weft_view_this(env, info, 0, NULL);
    return view ? weft_value_from_string(env, webkit_web_view_get_uri(view->web)) : NULL;
}

/* ---- the rest --------------------------------------------------------------------------- */

/* Runs the page's beforeunload handlers; 'close' follows if none objects. */
static napi_value try_close(napi_env env, napi_callback_info info)
{
    struct weft_view *view = weft_view_this(env, info, 0, NULL);
    if (view)
        webkit_web_view_try_close(view->web);
    return NULL;
}

static napi_value terminate(napi_env env, napi_callback_info info)
{
    struct weft_view *view = weft_view_this(env, info, 0, NULL);
    if (view)
        webkit_web_view_terminate_web_process(view->web);
    return NULL;
}

static napi_value focus(napi_env env, napi_callback_info info)
{
    struct weft_view *view = weft_view_this(env, info, 0, NULL);
    if (view)
        gtk_widget_grab_focus(GTK_WIDGET(view->web));
    return NULL;
}

static napi_value set_background_color(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    struct weft_view *view = weft_view_this(env, info, 1, argv);
    g_autofree char *color = view ? weft_value_to_string(env, argv[0]) : NULL;
    if (color)
        set_background(view, color);
    return NULL;
}

static napi_value get_zoom(napi_env env, napi_callback_info info)
{
    struct weft_view *view = weft_view_this(env, info, 0, NULL);
    return view ? weft_value_from_double(env, webkit_web_view_get_zoom_level(view->web)) : NULL;
}

static napi_value set_zoom(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    struct weft_view *view = weft_view_this(env, info, 1, argv);
    double factor;
    if (view && weft_value_to_double(env, argv[0], &factor))
        webkit_web_view_set_zoom_level(view->web, factor);
    return NULL;
}

static napi_value get_user_agent(napi_env env, napi_callback_info info)
{
    struct weft_view *view = weft_view_this(env, info, 0, NULL);
    if (!view)
        return NULL;
    WebKitSettings *settings = webkit_web_view_get_settings(view->web);
    return weft_value_from_string(env, webkit_settings_get_user_agent(settings));
}

static napi_value set_user_agent(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    struct weft_view *view = weft_view_this(env, info, 1, argv);
    g_autofree char *agent = view ? weft_value_to_string(env, argv[0]) : NULL;
    if (agent)
        webkit_settings_set_user_agent(webkit_web_view_get_settings(view->web), agent);
    return NULL;
}

static napi_value get_muted(napi_env env, napi_callback_info info)
{
    struct weft_view *view = weft_view_this(env, info, 0, NULL);
    return view ? weft_value_from_bool(env, webkit_web_view_get_is_muted(view->web)) : NULL;
}

static napi_value set_muted(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    struct weft_view *view = weft_view_this(env, info, 1, argv);
    if (view)
        webkit_web_view_set_is_muted(view->web, weft_value_to_bool(env, argv[0]));
    return NULL;
}

/* edit('Undo' | 'Cut' | ...): one of WebKit's editing commands */
static napi_value edit(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    struct weft_view *view = weft_view_this(env, info, 1, argv);
    g_autofree char *command = view ? weft_value_to_string(env, argv[0]) : NULL;
    if (command)
        webkit_web_view_execute_editing_command(view->web, command);
    return NULL;
}

/* openInspector(detached) */
static napi_value open_inspector(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    struct weft_view *view = weft_view_this(env, info, 1, argv);
    if (!view)
        return NULL;
    WebKitWebInspector *inspector = webkit_web_view_get_inspector(view->web);
    bool was_filtered = weft_stderr_filter_switch(true);
    webkit_web_inspector_show(inspector);
    weft_stderr_filter_switch(was_filtered);
    if (weft_value_to_bool(env, argv[0]))
        webkit_web_inspector_detach(inspector);
    return NULL;
}

static napi_value close_inspector(napi_env env, napi_callback_info info)
{
    struct weft_view *view = weft_view_this(env, info, 0, NULL);
    if (view)
        webkit_web_inspector_close(webkit_web_view_get_inspector(view->web));
    return NULL;
}

static napi_value is_inspector_open(napi_env env, napi_callback_info info)
{
    struct weft_view *view = weft_view_this(env, info, 0, NULL);
    return view ? weft_value_from_bool(env, view->is_inspector_open) : NULL;
}

void weft_view_define(napi_env env, napi_value exports)
{
    const napi_property_descriptor methods[] = {
        {"getPageId", .method = get_page_id},
        {"setScripts", .method = set_scripts},
        {"giveChild", .method = weft_view_give_child_js},
        {"load", .method = load},
        {"reload", .method = reload},
        {"stop", .method = stop},
        {"go", .method = go},
        {"canGo", .method = can_go},
        {"getURI", .method = get_uri},
        {"execute", .method = weft_view_execute_js},
        {"capture", .method = weft_view_capture_js},
        {"openInspector", .method = open_inspector},
        {"closeInspector", .method = close_inspector},
        {"isInspectorOpen", .method = is_inspector_open},
        {"setBackgroundColor", .method = set_background_color},
        {"getZoom", .method = get_zoom},
        {"setZoom", .method = set_zoom},
        {"getUserAgent", .method = get_user_agent},
        {"setUserAgent", .method = set_user_agent},
        {"getMuted", .method = get_muted},
        {"setMuted", .method = set_muted},
        {"edit", .method = edit},
        {"focus", .method = focus},
        {"tryClose", .method = try_close},
        {"terminate", .method = terminate},
        {"close", .method = close_view},
    };
    weft_value_define_class(env, exports, "View", construct, methods, G_N_ELEMENTS(methods));
}
