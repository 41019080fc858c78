/* SPDX-License-Identifier: MIT */

#include "main/window-x11.h"

#include <gdk/x11/gdkx.h>

G_GNUC_BEGIN_IGNORE_DEPRECATIONS

/* The surface of a realised window on X11, or NULL. */
static GdkSurface *surface_of(GtkWindow *window)
{
    GdkSurface *surface = gtk_native_get_surface(GTK_NATIVE(window));
    return surface && GDK_IS_X11_SURFACE(surface) ? surface : NULL;
}

bool weft_x11_has_manager(GdkDisplay *display)
{
    if (!GDK_IS_X11_DISPLAY(display))
        return true;
    GdkX11Screen *screen = gdk_x11_display_get_screen(display);
    return gdk_x11_screen_supports_net_wm_hint(screen, "_NET_WM_STATE_MAXIMIZED_VERT");
}

bool weft_x11_move(GtkWindow *window, int x, int y)
{
    GdkSurface *surface = surface_of(window);
    if (!surface)
        return false;
    int scale = gdk_surface_get_scale_factor(surface);
    XMoveWindow(gdk_x11_display_get_xdisplay(gdk_surface_get_display(surface)),
                gdk_x11_surface_get_xid(surface), x * scale, y * scale);
    return true;
}

bool weft_x11_get_position(GtkWindow *window, int *ret_x, int *ret_y)
{
    GdkSurface *surface = surface_of(window);
    if (!surface)
        return false;
    GdkDisplay *display = gdk_surface_get_display(surface);
    Display *x11 = gdk_x11_display_get_xdisplay(display);
    int scale = gdk_surface_get_scale_factor(surface);
    int x = 0;
    int y = 0;
    Window child;

    gdk_x11_display_error_trap_push(display);
    XTranslateCoordinates(x11, gdk_x11_surface_get_xid(surface), DefaultRootWindow(x11), 0, 0, &x,
                          &y, &child);
    if (gdk_x11_display_error_trap_pop(display))
        return false;
    *ret_x = x / scale;
    *ret_y = y / scale;
    return true;
}

void weft_x11_get_monitor(GtkWindow *window, GdkRectangle *ret_area)
{
    GdkDisplay *display = gtk_widget_get_display(GTK_WIDGET(window));
    GdkSurface *surface = gtk_native_get_surface(GTK_NATIVE(window));
    g_autoptr(GdkMonitor) monitor = NULL;

    if (surface)
        monitor = gdk_display_get_monitor_at_surface(display, surface);
    if (monitor)
        g_object_ref(monitor);
    else
        monitor = g_list_model_get_item(gdk_display_get_monitors(display), 0);
    if (monitor)
        gdk_monitor_get_geometry(monitor, ret_area);
}

gulong weft_x11_watch(GtkWindow *window, GCallback xevent_cb, gpointer data)
{
    GdkSurface *surface = surface_of(window);
    return surface ? g_signal_connect(gdk_surface_get_display(surface), "xevent", xevent_cb, data)
                   : 0;
}

bool weft_x11_is_move(GtkWindow *window, gpointer xevent)
{
    GdkSurface *surface = surface_of(window);
    XEvent *event = xevent;
    return surface && event->type == ConfigureNotify &&
           event->xconfigure.window == gdk_x11_surface_get_xid(surface);
}

G_GNUC_END_IGNORE_DEPRECATIONS
