/* SPDX-License-Identifier: MIT */

/*
 * page/host - this page's line to the supervisor of its window's worker host
 *
 * The page makes the socket pair and asks the main process to give the other end to the host; the
 * main process decides whether this page may have one. A line that ends (the host died, the main
 * process refused) ends all its workers; the next worker opens a new line.
 */
#pragma once

#include "channel/link.h"

#include <webkit/webkit-web-process-extension.h>

struct weft_host;

/* Worker @id has ended: by its own or the page's wish where @why is "", else because of that. */
typedef void (*weft_host_exited_cb)(gpointer data, guint32 id, const char *why);

/* @token names the window to the main process. */
struct weft_host *weft_host_new(WebKitWebProcessExtension *extension, const char *token,
                                weft_host_exited_cb exited, gpointer data);

/* Closes the line, which ends the workers of it. NULL does nothing. */
void weft_host_free(struct weft_host *host);

/* Asks for worker @id with options in JSON. @descriptors are taken. Never blocks. Returns 0 or
 * negative errno. */
int weft_host_spawn(struct weft_host *host, guint32 id, const char *json,
                    const int descriptors[WEFT_LINK_DESCRIPTORS]);

/* Asks to end worker @id. */
void weft_host_terminate(struct weft_host *host, guint32 id);

/* Tells the main process, by the credentials of a socket, which process shows the window @token: in
 * the sandbox a process does not know its own number outside. */
void weft_host_send_identity(WebKitWebProcessExtension *extension, const char *token);
