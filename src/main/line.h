/* SPDX-License-Identifier: MIT */

/*
 * main/line - channels that documents make to the main process, for all their IPC
 *
 * Thread: main. The page's process is not trusted: src/node/port.c checks the descriptors when the
 * channel is opened, lib/main/document-lines.js what comes over it.
 */
#pragma once

#include "main/value.h"

#include <webkit/webkit.h>

/* Handles the message "main-line" (s token, t frame, b whether it is the main frame) with the four
 * descriptors of a channel: callback('main-line', token, key, frame, isMain), where the key opens
 * it (node/handoff.h). Returns whether it was one. */
gboolean weft_line_receive(WebKitUserMessage *message, struct weft_callback *callback);
