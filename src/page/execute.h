/* SPDX-License-Identifier: MIT */

/*
 * page/execute - code that the main process has run in a frame: executeJavaScript
 *
 * The value is awaited and cloned by lib/page/execute.js, in the world and the frame of the code:
 * what another origin's code gives is not touched by the page around it. The main frame has that
 * from the start; other frames and worlds when they are first asked.
 */
#pragma once

#include <jsc/jsc.h>
#include <webkit/webkit-web-process-extension.h>

/* A document of @frame begins: what earlier ones had is dropped. */
void weft_execute_begin(WebKitFrame *frame);

/* Gives the binding of the main world of @frame onExecute(handler): see execute.js. */
void weft_execute_add_world(WebKitFrame *frame, JSCValue *binding);

/* Handles "execute-javascript" (t frame id or 0, u world, a(ss) code and URL of each script), whose
 * reply is (b ok, ay). Returns whether it was one; without a reply, the frame is not there. */
gboolean weft_execute_receive(WebKitWebPage *page, WebKitUserMessage *message);
