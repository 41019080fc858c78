/* SPDX-License-Identifier: MIT */

/*
 * main/view-capture - a picture of the page, as PNG in memory
 *
 * Main process, main thread. WebKit draws what is visible; a window that was never shown has
 * nothing to draw.
 */

#include "main/view.h"

struct capture {
    struct weft_callback callback;
    GdkRectangle area; /* in CSS pixels; empty: everything */
};

/* The part of @texture inside @area; @scale is device pixels a CSS pixel. */
static GdkTexture *crop(GdkTexture *texture, const GdkRectangle *area, int scale)
{
    GdkRectangle whole = {0, 0, gdk_texture_get_width(texture), gdk_texture_get_height(texture)};
    GdkRectangle wanted = {area->x * scale, area->y * scale, area->width * scale,
                           area->height * scale};
    GdkRectangle part;

    if (area->width <= 0 || area->height <= 0)
        return g_object_ref(texture);
    if (!gdk_rectangle_intersect(&whole, &wanted, &part))
        return NULL;

    gsize stride = (gsize)whole.width * 4;
    g_autofree guchar *pixels = g_malloc_n((gsize)whole.height, stride);
    gdk_texture_download(texture, pixels, stride);
    gsize first = (gsize)part.y * stride + (gsize)part.x * 4;
    gsize size = (gsize)(part.height - 1) * stride + (gsize)part.width * 4;
    g_autoptr(GBytes) bytes = g_bytes_new(pixels + first, size);
    return gdk_memory_texture_new(part.width, part.height, GDK_MEMORY_DEFAULT, bytes, stride);
}

static void emit_image(struct weft_callback *callback, GdkTexture *texture)
{
    napi_handle_scope scope;
    if (napi_open_handle_scope(callback->env, &scope) != napi_ok)
        return;
    g_autoptr(GBytes) png = gdk_texture_save_to_png_bytes(texture);
    napi_value bytes = weft_value_from_gbytes(callback->env, png);
    if (bytes)
        weft_callback_emit(callback, "image", "vii", bytes, gdk_texture_get_width(texture),
                           gdk_texture_get_height(texture));
    napi_close_handle_scope(callback->env, scope);
}

static void captured_cb(GObject *web, GAsyncResult *result, gpointer data)
{
    g_autofree struct capture *capture = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GdkTexture) texture =
        webkit_web_view_get_snapshot_finish(WEBKIT_WEB_VIEW(web), result, &error);
    g_autoptr(GdkTexture) part = NULL;

    if (texture)
        part = crop(texture, &capture->area, gtk_widget_get_scale_factor(GTK_WIDGET(web)));
    if (part)
        emit_image(&capture->callback, part);
    else
        weft_callback_emit(&capture->callback, "error", "s",
                           error ? error->message : "The area is outside of the page");
    weft_callback_deinit(&capture->callback);
}

static bool read_area(napi_env env, napi_value list, GdkRectangle *ret_area)
{
    int numbers[4] = {0};
    bool is_array = false;

    napi_is_array(env, list, &is_array);
    for (uint32_t i = 0; is_array && i < G_N_ELEMENTS(numbers); i++) {
        napi_value element;
        if (!weft_value_ok(env, napi_get_element(env, list, i, &element)) ||
            !weft_value_to_int(env, element, &numbers[i]))
            return false;
    }
    *ret_area = (GdkRectangle){numbers[0], numbers[1], numbers[2], numbers[3]};
    return true;
}

napi_value weft_view_capture_js(napi_env env, napi_callback_info info)
{
    napi_value argv[2];
    struct weft_view *view = weft_view_this(env, info, 2, argv);
    if (!view)
        return NULL;
    g_autofree struct capture *capture = g_new0(struct capture, 1);
    if (!read_area(env, argv[0], &capture->area) ||
        !weft_callback_init(&capture->callback, env, argv[1]))
        return NULL;
    webkit_web_view_get_snapshot(view->web, WEBKIT_SNAPSHOT_REGION_VISIBLE,
                                 WEBKIT_SNAPSHOT_OPTIONS_NONE, NULL, captured_cb,
                                 g_steal_pointer(&capture));
    return NULL;
}
