/* SPDX-License-Identifier: MIT */

/*
 * main/body-stream - a GInputStream that is filled piece by piece
 *
 * WebKit reads the body of a response of one of the app's protocols from it. Who fills it is asked
 * for more whenever nothing is left, so that no more than one piece waits.
 *
 * Thread: main.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

#define WEFT_TYPE_BODY_STREAM (weft_body_stream_get_type())
G_DECLARE_FINAL_TYPE(WeftBodyStream, weft_body_stream, WEFT, BODY_STREAM, GInputStream)

/* Called with what weft_body_stream_new() was given. */
struct weft_body_stream_callbacks {
    void (*wanted)(gpointer data); /* the reader waits, and nothing is there */
    void (*gone)(gpointer data);   /* the reader will read no more; the last call */
};

WeftBodyStream *weft_body_stream_new(const struct weft_body_stream_callbacks *callbacks,
                                     gpointer data);

/* Takes @bytes, also on failure. */
void weft_body_stream_add(WeftBodyStream *stream, GBytes *take_bytes);

/* Nothing more comes: the end, or the error @take_error. */
void weft_body_stream_end(WeftBodyStream *stream, GError *take_error);

/* Calls no callback any more. */
void weft_body_stream_forget(WeftBodyStream *stream);
