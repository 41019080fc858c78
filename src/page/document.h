/* SPDX-License-Identifier: MIT */

/*
 * page/document - what Weft has in one document of a window's main frame
 *
 * A document begins when WebKit clears the window object, is configured by the main process's user
 * script before any page script runs, and ends when the next one begins.
 */
#pragma once

#include <jsc/jsc.h>
#include <webkit/webkit-web-process-extension.h>

struct weft_document;

/* Begins the document that @frame, the main frame of @page, now shows; ends the one before. */
void weft_document_begin(WebKitWebProcessExtension *extension, WebKitWebPage *page,
                         WebKitFrame *frame, WebKitScriptWorld *isolated_world);

/* The page's present document, or NULL. */
struct weft_document *weft_document_of(WebKitWebPage *page);

/* Applies what the main process says of this window; only the first call of a document counts.
 * @options is an object of the isolated world (lib/main/page-options.js). */
void weft_document_configure(struct weft_document *document, JSCValue *options);

/* A message of the main process. Returns whether it was known. */
gboolean weft_document_receive(struct weft_document *document, WebKitUserMessage *message);
