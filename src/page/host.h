/* SPDX-License-Identifier: MIT */

/*
 * page/host - this page's line to the supervisor of one worker host
 *
 * The page makes the socket pair and asks the main process to give the other end to the host; the
 * main process decides whether this page may have one. A line that ends (the host died, the main
 * process refused) ends all its workers; the next worker opens a new line.
 */
#pragma once

#include "channel/control.h"
#include "channel/link.h"

#include <webkit/webkit-web-process-extension.h>

struct weft_host;

/* Number of the host that all workers of the window share; other numbers are of hosts that belong
 * to one worker. */
#define WEFT_HOST_SHARED 0

/* Most workers of one document with a process of their own at a time: each is some 50 MB. The main
 * process has a limit of its own (lib/main/own-hosts.js), for pages that do as they like. */
#define WEFT_HOST_OWN_MAX 16

/* Worker @id has ended: by its own or the page's wish where @why is "", else because of that. */
typedef void (*weft_host_exited_cb)(gpointer data, guint32 id, const char *why);

/* A wait that was asked for (channel/control.h) has ended with one of enum weft_control_waited. */
typedef void (*weft_host_woken_cb)(gpointer data, guint32 number, guint32 id, guint32 result);

/* The line has ended: no wait on it goes on. */
typedef void (*weft_host_line_ended_cb)(gpointer data, guint32 number);

/* In place of WebKit's id, which is another one in each process. */
#define WEFT_HOST_MAIN_FRAME 0

/* @token names the window to the main process, @frame the frame whose document this is. */
struct weft_host *weft_host_new(WebKitWebProcessExtension *extension, const char *token,
                                guint64 frame, guint32 number, weft_host_exited_cb exited,
                                gpointer data);

guint32 weft_host_number(const struct weft_host *host);

/* Whether there is a line. That of a worker's own host closes when the workers on it have ended. */
gboolean weft_host_is_open(const struct weft_host *host);

/* Closes the line, which ends the workers of it. NULL does nothing. */
void weft_host_free(struct weft_host *host);

/* Asks for worker @id with options in JSON. @descriptors are taken. Never blocks. Returns 0 or
 * negative errno. */
int weft_host_spawn(struct weft_host *host, guint32 id, const char *json,
                    const int descriptors[WEFT_LINK_DESCRIPTORS]);

/* Asks to end worker @id. */
void weft_host_terminate(struct weft_host *host, guint32 id);

/* Who is told of waits. */
void weft_host_set_waiter(struct weft_host *host, weft_host_woken_cb woken,
                          weft_host_line_ended_cb line_ended, gpointer data);

/* Sends a NOTIFY or a WAIT with its body and the memory's descriptor (which stays the caller's),
 * and waits for the answer: the supervisor runs no code of the app's. @ret_id is the number of the
 * wait. Returns 0, -ENOTCONN when there is no line, -EPIPE when it has just ended, -ETIMEDOUT, or
 * another negative errno. */
int weft_host_ask(struct weft_host *host, enum weft_control_type type, gconstpointer body,
                  gsize size, int fd, guint32 *ret_id, guint32 *ret_answer);

/* Tells the main process, by the credentials of a socket, which process shows the window @token: in
 * the sandbox a process does not know its own number outside. */
void weft_host_send_identity(WebKitWebProcessExtension *extension, const char *token);
