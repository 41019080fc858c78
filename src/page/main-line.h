/* SPDX-License-Identifier: MIT */

/*
 * page/main-line - a document's channel to the main process, for all its IPC
 *
 * The page makes it and sends the other end's descriptors with the token of its window; messages
 * may be sent at once. The main process is trusted.
 */
#pragma once

#include "page/port.h"

#include <webkit/webkit-web-process-extension.h>

/* Opens the line of @frame's document. @callbacks as in page/port.h. The port belongs to the caller
 * (end, then unref). Returns 0 or negative errno. */
int weft_main_line_open(WebKitWebProcessExtension *extension, WebKitFrame *frame, const char *token,
                        JSCValue *callbacks, struct weft_port **ret_port);
