/* SPDX-License-Identifier: MIT */

/*
 * page/frames - the frames of a page, and what the main process is told of them
 *
 * Every frame's document runs lib/page/frame-watch.js in the isolated world, which page script
 * can't see. What it says goes to the main process, under the token of the window, as JSON:
 * messages to the view would be lost while the page is the provisional one of a process swap.
 */
#pragma once

#include <jsc/jsc.h>
#include <webkit/webkit-web-process-extension.h>

/* A document of @frame begins in the isolated world's @context. One of the main frame starts over.
 */
void weft_frames_begin(WebKitWebProcessExtension *extension, WebKitWebPage *page,
                       WebKitFrame *frame, JSCContext *context);

/* The main frame's document may tell the main process now, which knows the window by @token.
 * Nothing happens for other frames. */
void weft_frames_configure(WebKitFrame *frame, const char *token);

/* The frame of @page with that id, 0 being the main one; NULL where there is none any more. */
WebKitFrame *weft_frames_find(WebKitWebPage *page, guint64 id);
