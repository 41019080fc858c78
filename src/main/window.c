/* SPDX-License-Identifier: MIT */

/*
 * main/window - makes, drives and closes GTK windows
 *
 * Main process, main thread. A display without a window manager (a virtual one, for tests and
 * headless runs) answers no request to maximise, minimise or fill the screen: there we do it.
 */

#include "main/window.h"

#include "main/value.h"
#include "main/view.h"
#include "main/window-x11.h"

static const napi_type_tag window_tag = {0x5765667457696e64, 0xc25e9a70b4d81f36};

enum {
    STATE_MINIMIZED = GDK_TOPLEVEL_STATE_MINIMIZED,
    STATE_MAXIMIZED = GDK_TOPLEVEL_STATE_MAXIMIZED,
    STATE_FULLSCREEN = GDK_TOPLEVEL_STATE_FULLSCREEN,
    STATE_ALL = STATE_MINIMIZED | STATE_MAXIMIZED | STATE_FULLSCREEN,
};

struct window {
    GtkWindow *gtk; /* NULL once destroyed */
    struct weft_callback callback;
    napi_ref self; /* strong while the window is there */

    bool has_manager;
    int state;             /* STATE_ flags last told to JavaScript */
    GdkRectangle restored; /* where it was before we maximised it ourselves */
    GdkRectangle placed;   /* what was last told to JavaScript */

    bool has_position; /* move it there when it is first shown */
    int x, y;
    int min_width, min_height;
    gulong xevent_handler;
    guint layout_source;
};

static void finalize_cb(napi_env env, void *data, void *hint)
{
    struct window *window = data;
    if (!window->gtk) /* an open one belongs to GTK until the process ends */
        g_free(window);
}

static struct window *this_window(napi_env env, napi_callback_info info, size_t count,
                                  napi_value *ret_argv)
{
    struct window *window = weft_value_this(env, info, &window_tag, count, ret_argv);
    if (window && !window->gtk)
        return weft_value_throw(env, "Object has been destroyed"), NULL;
    return window;
}

GtkWindow *weft_window_gtk(napi_env env, napi_value value)
{
    napi_value ignored;
    struct window *window = weft_value_unwrap(env, value, &window_tag);
    if (!window)
        napi_get_and_clear_last_exception(env, &ignored);
    return window ? window->gtk : NULL;
}

/* ---- what GTK says ---------------------------------------------------------------------- */

static void emit_position(struct window *window)
{
    int x, y;
    if (!weft_x11_get_position(window->gtk, &x, &y) ||
        (x == window->placed.x && y == window->placed.y))
        return;
    window->placed.x = x;
    window->placed.y = y;
    weft_callback_emit(&window->callback, "position", "ii", x, y);
}

static void emit_state(struct window *window, int state)
{
    if (state == window->state)
        return;
    window->state = state;
    weft_callback_emit(&window->callback, "state", "bbb", (state & STATE_MINIMIZED) != 0,
                       (state & STATE_MAXIMIZED) != 0, (state & STATE_FULLSCREEN) != 0);
}

static gboolean close_request_cb(GtkWindow *gtk, gpointer data)
{
    struct window *window = data;
    weft_callback_emit(&window->callback, "close-request", "");
    return TRUE;
}

/* GTK allocates the widgets after the surface has its size. */
static gboolean layout_idle_cb(gpointer data)
{
    struct window *window = data;
    int width = gtk_widget_get_width(GTK_WIDGET(window->gtk));
    int height = gtk_widget_get_height(GTK_WIDGET(window->gtk));

    window->layout_source = 0;
    if (width > 0 && height > 0 &&
        (width != window->placed.width || height != window->placed.height)) {
        window->placed.width = width;
        window->placed.height = height;
        weft_callback_emit(&window->callback, "size", "ii", width, height);
    }
    return G_SOURCE_REMOVE;
}

static void layout_cb(GdkSurface *surface, int width, int height, gpointer data)
{
    struct window *window = data;
    if (!window->layout_source)
        window->layout_source =
            g_idle_add_full(GDK_PRIORITY_REDRAW + 1, layout_idle_cb, window, NULL);
}

static void surface_state_cb(GdkSurface *surface, GParamSpec *property, gpointer data)
{
    struct window *window = data;
    if (window->has_manager)
        emit_state(window, (int)gdk_toplevel_get_state(GDK_TOPLEVEL(surface)) & STATE_ALL);
}

static gboolean xevent_cb(GdkDisplay *display, gpointer xevent, gpointer data)
{
    struct window *window = data;
    if (weft_x11_is_move(window->gtk, xevent))
        emit_position(window);
    return FALSE;
}

static void realize_cb(GtkWidget *widget, gpointer data)
{
    struct window *window = data;
    GdkSurface *surface = gtk_native_get_surface(GTK_NATIVE(widget));
    g_signal_connect(surface, "layout", G_CALLBACK(layout_cb), window);
    g_signal_connect(surface, "notify::state", G_CALLBACK(surface_state_cb), window);
    if (!window->xevent_handler)
        window->xevent_handler = weft_x11_watch(window->gtk, G_CALLBACK(xevent_cb), window);
}

static void map_cb(GtkWidget *widget, gpointer data)
{
    struct window *window = data;
    if (window->has_position)
        weft_x11_move(window->gtk, window->x, window->y);
    window->has_position = false;
    weft_callback_emit(&window->callback, "visible", "b", TRUE);
}

static void unmap_cb(GtkWidget *widget, gpointer data)
{
    struct window *window = data;
    weft_callback_emit(&window->callback, "visible", "b", FALSE);
}

static void active_cb(GtkWindow *gtk, GParamSpec *property, gpointer data)
{
    struct window *window = data;
    weft_callback_emit(&window->callback, "active", "b", gtk_window_is_active(gtk));
}

/* ---- construction ----------------------------------------------------------------------- */

/* A window that the user may not resize takes its child's natural size, so that is set then. */
static void apply_size(struct window *window, int width, int height)
{
    GtkWidget *child = gtk_window_get_child(window->gtk);
    if (gtk_window_get_resizable(window->gtk))
        gtk_widget_set_size_request(child, window->min_width, window->min_height);
    else
        gtk_widget_set_size_request(child, width, height);
    gtk_window_set_default_size(window->gtk, width, height);
}

static void connect_signals(struct window *window)
{
    g_signal_connect(window->gtk, "close-request", G_CALLBACK(close_request_cb), window);
    g_signal_connect(window->gtk, "realize", G_CALLBACK(realize_cb), window);
    g_signal_connect(window->gtk, "map", G_CALLBACK(map_cb), window);
    g_signal_connect(window->gtk, "unmap", G_CALLBACK(unmap_cb), window);
    g_signal_connect(window->gtk, "notify::is-active", G_CALLBACK(active_cb), window);
}

static void open_window(struct window *window, napi_env env, napi_value options,
                        struct weft_view *view)
{
    g_autofree char *title = weft_value_get_string(env, options, "title");

    window->gtk = GTK_WINDOW(g_object_ref(gtk_window_new()));
    window->has_manager = weft_x11_has_manager(gtk_widget_get_display(GTK_WIDGET(window->gtk)));
    window->min_width = weft_value_get_int(env, options, "minWidth", -1);
    window->min_height = weft_value_get_int(env, options, "minHeight", -1);
    gtk_window_set_title(window->gtk, title ? title : "");
    gtk_window_set_decorated(window->gtk, weft_value_get_bool(env, options, "frame", true));
    gtk_window_set_resizable(window->gtk, weft_value_get_bool(env, options, "resizable", true));
    gtk_window_set_child(window->gtk, GTK_WIDGET(view->web));
    apply_size(window, weft_value_get_int(env, options, "width", 800),
               weft_value_get_int(env, options, "height", 600));
    connect_signals(window);
    napi_reference_ref(env, window->self, NULL);
}

static napi_value construct(napi_env env, napi_callback_info info)
{
    napi_value argv[3];
    napi_value self;
    if (!weft_value_arguments(env, info, 3, argv, &self))
        return NULL;
    struct weft_view *view = weft_view_unwrap(env, argv[1]);
    if (!view)
        return NULL;

    struct window *window = g_new0(struct window, 1);
    if (!weft_callback_init(&window->callback, env, argv[2]) ||
        !weft_value_wrap(env, self, &window_tag, window, finalize_cb, &window->self)) {
        weft_callback_deinit(&window->callback);
        g_free(window);
        return NULL;
    }
    open_window(window, env, argv[0], view);
    return self;
}

static napi_value destroy(napi_env env, napi_callback_info info)
{
    struct window *window = weft_value_this(env, info, &window_tag, 0, NULL);
    if (!window || !window->gtk)
        return NULL;

    GdkSurface *surface = gtk_native_get_surface(GTK_NATIVE(window->gtk));
    GdkDisplay *display = gtk_widget_get_display(GTK_WIDGET(window->gtk));
    g_signal_handlers_disconnect_by_data(window->gtk, window);
    if (surface)
        g_signal_handlers_disconnect_by_data(surface, window);
    if (window->xevent_handler)
        g_signal_handler_disconnect(display, window->xevent_handler);
    g_clear_handle_id(&window->layout_source, g_source_remove);

    gtk_window_destroy(window->gtk);
    g_clear_object(&window->gtk);
    weft_callback_deinit(&window->callback);
    napi_reference_unref(env, window->self, NULL);
    return NULL;
}

/* ---- showing, size and place ------------------------------------------------------------ */

/* show(activate) */
static napi_value show(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    struct window *window = this_window(env, info, 1, argv);
    if (!window)
        return NULL;
    if (weft_value_to_bool(env, argv[0]))
        gtk_window_present(window->gtk);
    else
        gtk_widget_set_visible(GTK_WIDGET(window->gtk), TRUE);
    return NULL;
}

static napi_value hide(napi_env env, napi_callback_info info)
{
    struct window *window = this_window(env, info, 0, NULL);
    if (window)
        gtk_widget_set_visible(GTK_WIDGET(window->gtk), FALSE);
    return NULL;
}

static napi_value set_title(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    struct window *window = this_window(env, info, 1, argv);
    g_autofree char *title = window ? weft_value_to_string(env, argv[0]) : NULL;
    if (title)
        gtk_window_set_title(window->gtk, title);
    return NULL;
}

static bool two_ints(napi_env env, const napi_value *argv, int *ret_a, int *ret_b)
{
    return weft_value_to_int(env, argv[0], ret_a) && weft_value_to_int(env, argv[1], ret_b);
}

static napi_value set_size(napi_env env, napi_callback_info info)
{
    napi_value argv[2];
    struct window *window = this_window(env, info, 2, argv);
    int width, height;
    if (window && two_ints(env, argv, &width, &height))
        apply_size(window, width, height);
    return NULL;
}

static napi_value set_minimum_size(napi_env env, napi_callback_info info)
{
    napi_value argv[2];
    struct window *window = this_window(env, info, 2, argv);
    int width, height;
    if (!window || !two_ints(env, argv, &width, &height))
        return NULL;
    window->min_width = width > 0 ? width : -1;
    window->min_height = height > 0 ? height : -1;
    if (gtk_window_get_resizable(window->gtk))
        gtk_widget_set_size_request(gtk_window_get_child(window->gtk), window->min_width,
                                    window->min_height);
    return NULL;
}

/* setPosition(x, y) -> false where windows cannot choose their place (Wayland) */
static napi_value set_position(napi_env env, napi_callback_info info)
{
    napi_value argv[2];
    struct window *window = this_window(env, info, 2, argv);
    if (!window || !two_ints(env, argv, &window->x, &window->y))
        return NULL;
    bool is_shown = gtk_widget_get_mapped(GTK_WIDGET(window->gtk));
    window->has_position = !is_shown;
    return weft_value_from_bool(env, !is_shown || weft_x11_move(window->gtk, window->x, window->y));
}

/* getMonitor() -> [x, y, width, height] of the monitor that shows it */
static napi_value get_monitor(napi_env env, napi_callback_info info)
{
    struct window *window = this_window(env, info, 0, NULL);
    GdkRectangle area = {0};
    napi_value list;
    if (!window)
        return NULL;
    weft_x11_get_monitor(window->gtk, &area);
    NAPI_TRY(env, napi_create_array_with_length(env, 4, &list));
    const int numbers[] = {area.x, area.y, area.width, area.height};
    for (uint32_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        NAPI_TRY(env, napi_set_element(env, list, i, weft_value_from_double(env, numbers[i])));
    return list;
}

static napi_value set_resizable(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    struct window *window = this_window(env, info, 1, argv);
    if (!window)
        return NULL;
    int width = gtk_widget_get_width(GTK_WIDGET(window->gtk));
    int height = gtk_widget_get_height(GTK_WIDGET(window->gtk));
    gtk_window_set_resizable(window->gtk, weft_value_to_bool(env, argv[0]));
    if (width > 0 && height > 0)
        apply_size(window, width, height);
    return NULL;
}

/* ---- states ----------------------------------------------------------------------------- */

static void fill_monitor(struct window *window)
{
    GdkRectangle area = {0};
    if (!(window->state & (STATE_MAXIMIZED | STATE_FULLSCREEN)))
        window->restored = window->placed;
    weft_x11_get_monitor(window->gtk, &area);
    gtk_window_set_default_size(window->gtk, area.width, area.height);
    weft_x11_move(window->gtk, area.x, area.y);
}

static void put_back(struct window *window)
{
    gtk_window_set_default_size(window->gtk, window->restored.width, window->restored.height);
    weft_x11_move(window->gtk, window->restored.x, window->restored.y);
}

/* JavaScript calls the window minimised while it is unmapped and mapped, so that it can tell this
 * from hide() and show(). */
static void emulate_minimized(struct window *window, int state, bool on)
{
    if (!on)
        gtk_widget_set_visible(GTK_WIDGET(window->gtk), TRUE);
    emit_state(window, state);
    if (on && window->gtk) /* a listener may have destroyed it */
        gtk_widget_set_visible(GTK_WIDGET(window->gtk), FALSE);
}

/* Does what a window manager would, when there is none. */
static void emulate(struct window *window, int flag, bool on)
{
    int before = window->state;
    int after = on ? before | flag : before & ~flag;
    int filling = STATE_MAXIMIZED | STATE_FULLSCREEN;

    if (after == before)
        return;
    if (flag == STATE_MINIMIZED) {
        emulate_minimized(window, after, on);
        return;
    }
    if (on)
        fill_monitor(window);
    else if (!(after & filling))
        put_back(window);
    emit_state(window, after);
}

static void set_state(struct window *window, int flag, bool on)
{
    if (!window->has_manager)
        emulate(window, flag, on);
    else if (flag == STATE_MINIMIZED)
        (on ? gtk_window_minimize : gtk_window_unminimize)(window->gtk);
    else if (flag == STATE_MAXIMIZED)
        (on ? gtk_window_maximize : gtk_window_unmaximize)(window->gtk);
    else
        (on ? gtk_window_fullscreen : gtk_window_unfullscreen)(window->gtk);
}

static napi_value set_state_js(napi_env env, napi_callback_info info, int flag)
{
    napi_value argv[1];
    struct window *window = this_window(env, info, 1, argv);
    if (window)
        set_state(window, flag, weft_value_to_bool(env, argv[0]));
    return NULL;
}

static napi_value set_minimized(napi_env env, napi_callback_info info)
{
    return set_state_js(env, info, STATE_MINIMIZED);
}

static napi_value set_maximized(napi_env env, napi_callback_info info)
{
    return set_state_js(env, info, STATE_MAXIMIZED);
}

static napi_value set_fullscreen(napi_env env, napi_callback_info info)
{
    return set_state_js(env, info, STATE_FULLSCREEN);
}

void weft_window_define(napi_env env, napi_value exports)
{
    const napi_property_descriptor methods[] = {
        {"show", .method = show},
        {"hide", .method = hide},
        {"setTitle", .method = set_title},
        {"setSize", .method = set_size},
        {"setMinimumSize", .method = set_minimum_size},
        {"setPosition", .method = set_position},
        {"getMonitor", .method = get_monitor},
        {"setResizable", .method = set_resizable},
        {"setMinimized", .method = set_minimized},
        {"setMaximized", .method = set_maximized},
        {"setFullScreen", .method = set_fullscreen},
        {"destroy", .method = destroy},
    };
    weft_value_define_class(env, exports, "Window", construct, methods, G_N_ELEMENTS(methods));
}
