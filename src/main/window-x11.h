/* SPDX-License-Identifier: MIT */

/*
 * main/window-x11 - what GTK 4 leaves to X11: positions, and displays without a window manager
 *
 * Every function does nothing, or says "no", where the display is not X11.
 * Thread: main.
 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

/* Whether GTK's requests (maximise, minimise, full screen) will be answered by somebody. */
bool weft_x11_has_manager(GdkDisplay *display);

/* Moves the frame of a realised window. Returns false where a window cannot choose its place. */
bool weft_x11_move(GtkWindow *window, int x, int y);

/* Position of a realised window on the screen. Returns false where it cannot be known. */
bool weft_x11_get_position(GtkWindow *window, int *ret_x, int *ret_y);

/* The monitor that shows @window, or the first. */
void weft_x11_get_monitor(GtkWindow *window, GdkRectangle *ret_area);

/* Calls @moved_cb(@data) after each change of place of a realised window; returns a handler of the
 * window's display, to disconnect, or 0. */
gulong weft_x11_watch(GtkWindow *window, GCallback xevent_cb, gpointer data);

/* Whether @xevent (of the handler above) says that @window has moved. */
bool weft_x11_is_move(GtkWindow *window, gpointer xevent);
