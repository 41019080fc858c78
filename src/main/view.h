/* SPDX-License-Identifier: MIT */

/*
 * main/view - a WebKit view as a class for JavaScript
 *
 * Thread: main. The view is the page's: its window borrows the widget.
 */
#pragma once

#include "main/value.h"

#include <webkit/webkit.h>

struct weft_view {
    WebKitWebView *web; /* NULL once closed */
    WebKitUserContentManager *content;
    struct weft_callback callback;
    napi_ref self;           /* strong while the view is open */
    struct weft_view *child; /* view-open.c: borrowed, while 'window-open' is emitted */
    bool is_inspector_open;
};

/* Defines class View: see the table of methods in view.c and the events in view-events.c. */
void weft_view_define(napi_env env, napi_value exports);

/* The view behind `this`, open, with @count arguments read; NULL with an exception otherwise. */
struct weft_view *weft_view_this(napi_env env, napi_callback_info info, size_t count,
                                 napi_value *ret_argv);

/* The view behind @value, open; NULL with an exception otherwise. */
struct weft_view *weft_view_unwrap(napi_env env, napi_value value);

/* view-events.c: from WebKit's signals to the view's callback. */
void weft_view_connect(struct weft_view *view);
void weft_view_disconnect(struct weft_view *view);

/* view-message.c: user messages from and to the page. */
gboolean weft_view_user_message_cb(WebKitWebView *web, WebKitUserMessage *message, gpointer data);
napi_value weft_view_execute_js(napi_env env, napi_callback_info info);

/* view-open.c: windows that the page opens, and navigations that it begins. */
GtkWidget *weft_view_create_cb(WebKitWebView *web, WebKitNavigationAction *action, gpointer data);
gboolean weft_view_decide_policy_cb(WebKitWebView *web, WebKitPolicyDecision *decision,
                                    WebKitPolicyDecisionType type, gpointer data);
void weft_view_ready_to_show_cb(WebKitWebView *web, gpointer data);

/* JavaScript: view.giveChild(view): the answer to 'window-open', made with the option `opener`. */
napi_value weft_view_give_child_js(napi_env env, napi_callback_info info);

/* view-capture.c: JavaScript: view.capture([x, y, width, height] or null, callback); the callback
 * is called once, with ('image', png bytes, width, height) or ('error', message). */
napi_value weft_view_capture_js(napi_env env, napi_callback_info info);
