/* SPDX-License-Identifier: MIT */

/*
 * page/document - what Weft has in one document of a frame
 *
 * A document begins when WebKit clears the window object, is configured by the main process's user
 * script before any page script runs, and ends when the next one begins. One of a subframe is
 * configured only where such frames may have workers with Node, and has nothing else.
 */
#pragma once

#include <jsc/jsc.h>
#include <webkit/webkit-web-process-extension.h>

struct weft_document;

/* Begins the document that @frame of @page now shows; ends the one before. */
void weft_document_begin(WebKitWebProcessExtension *extension, WebKitWebPage *page,
                         WebKitFrame *frame, WebKitScriptWorld *isolated_world);

/* The present document of any frame, or NULL. */
struct weft_document *weft_document_of_frame(WebKitFrame *frame);

/* Applies what the main process says of this document; only the first call of a document counts.
 * @token names the window to the main process and is told to no JavaScript; @json is an object with
 * the options of lib/main/preferences.js, which each world gets a copy of. */
void weft_document_configure(struct weft_document *document, const char *token, const char *json);
