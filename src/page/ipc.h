/* SPDX-License-Identifier: MIT */

/*
 * page/ipc - messages between the app's main process and the worlds of one document
 *
 * Payloads are structured clones in bytes; JavaScript encodes and decodes them.
 */
#pragma once

#include <jsc/jsc.h>
#include <webkit/webkit-web-process-extension.h>

struct weft_ipc;

struct weft_ipc *weft_ipc_new(WebKitWebPage *page);

/* The document has ended: answers that are still out are lost, as the page that asked is. */
void weft_ipc_free(struct weft_ipc *ipc);

/* Gives a world's binding the functions
 *   ipcSend(channel, bytes)
 *   ipcInvoke(channel, bytes, settle)   settle(ok, bytes) is called once
 *   onIpcMessage(listener)              listener(channel, bytes)
 */
void weft_ipc_add_world(struct weft_ipc *ipc, JSCValue *binding);

/* Handles "ipc-message". Returns whether it was one. */
gboolean weft_ipc_receive(struct weft_ipc *ipc, WebKitUserMessage *message);

/* A console message for `console-message` and --enable-logging. Levels are Electron's: 0 verbose,
 * 1 info, 2 warning, 3 error. */
void weft_ipc_send_console(WebKitWebPage *page, int level, const char *text, int line,
                           const char *source);
