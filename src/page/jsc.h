/* SPDX-License-Identifier: MIT */

/*
 * page/jsc - the few words in which this folder speaks to JavaScriptCore
 *
 * Thread: the web process's main thread, as everything in this folder.
 */
#pragma once

#include <jsc/jsc.h>

/* Sets @object.@name to a native function. @destroy lets go of @data when the function is
 * collected: page script may call it long after its document has ended. */
void weft_jsc_set_function(JSCValue *object, const char *name, GCallback callback, gpointer data,
                           GDestroyNotify destroy, GType return_type, guint parameter_count, ...);

void weft_jsc_set_number(JSCValue *object, const char *name, double number);
void weft_jsc_set_string(JSCValue *object, const char *name, const char *text);

/* @object.@name as a string to be freed, or NULL where it is none. */
char *weft_jsc_get_string(JSCValue *object, const char *name);
gboolean weft_jsc_get_boolean(JSCValue *object, const char *name);

/* A Uint8Array of the page's own with a copy of the bytes. */
JSCValue *weft_jsc_new_bytes(JSCContext *context, const void *bytes, gsize size);

/* A copy of the bytes of a Uint8Array; NULL where @value is none. */
GBytes *weft_jsc_copy_bytes(JSCValue *value);

/* Whether this web process may have ArrayBuffers over memory that is not its engine's: the
 * primitive gigacage is off (GIGACAGE_ENABLED=0 from the start). With it on, trying aborts the
 * process. */
gboolean weft_jsc_allows_foreign_memory(void);

/* Drops the result of a call into our own JavaScript, and logs an exception: that is our mistake.
 */
void weft_jsc_finish_call(JSCContext *context, JSCValue *result);
