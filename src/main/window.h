/* SPDX-License-Identifier: MIT */

/*
 * main/window - a GTK window as a class for JavaScript
 *
 * Thread: main.
 */
#pragma once

#include <gtk/gtk.h>
#include <node_api.h>

/* Defines class Window: new Window({title, width, height, minWidth, minHeight, resizable, frame},
 * view, callback); see the table of methods in window.c. callback(event, ...):
 *   'close-request'                        the user wants it closed; nothing happens by itself
 *   'visible', shown · 'active', focused · 'size', width, height · 'position', x, y
 *   'state', minimised, maximised, full screen */
void weft_window_define(napi_env env, napi_value exports);

/* GTK's window behind @value, borrowed; NULL, without an exception, when there is none any more. */
GtkWindow *weft_window_gtk(napi_env env, napi_value value);
