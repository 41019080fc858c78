/* SPDX-License-Identifier: MIT */

/*
 * page/hosts - the worker hosts of one document
 *
 * Host 0 is the one that all workers of the window share. A worker that asks for a process of its
 * own has another, with the workers that it makes; its line closes when all of those have ended.
 */
#pragma once

#include "page/host.h"

struct weft_hosts;

/* As weft_host_new. */
struct weft_hosts *weft_hosts_new(WebKitWebProcessExtension *extension, const char *token,
                                  guint64 frame, weft_host_exited_cb exited, gpointer data);

/* Closes all lines. NULL does nothing. */
void weft_hosts_free(struct weft_hosts *hosts);

/* The host of that number, or NULL where it has ended. */
struct weft_host *weft_hosts_get(struct weft_hosts *hosts, guint32 number);

/* One for a worker of its own; NULL when this document has WEFT_HOST_OWN_MAX of them. */
struct weft_host *weft_hosts_add_own(struct weft_hosts *hosts);

/* Who is told of waits on all of them. */
void weft_hosts_set_waiter(struct weft_hosts *hosts, weft_host_woken_cb woken,
                           weft_host_line_ended_cb line_ended, gpointer data);

/* Asks one host after the other to wake waiters, until so many are woken as @notify wants. Returns
 * their number. */
guint32 weft_hosts_notify(struct weft_hosts *hosts, const struct weft_control_notify *notify,
                          int fd);
