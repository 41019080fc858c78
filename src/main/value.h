/* SPDX-License-Identifier: MIT */

/*
 * main/value - JavaScript values in and out, classes and callbacks, for the binding
 *
 * A function that returns NULL or false has left a JavaScript exception pending, unless it says
 * otherwise. Thread: main.
 */
#pragma once

#include <gio/gio.h>
#include <node_api.h>
#include <stdbool.h>

/* Leaves the pending exception, or makes one, and returns NULL. */
#define NAPI_TRY(env, call)                                                                        \
    do {                                                                                           \
        if (!weft_value_ok((env), (call)))                                                         \
            return NULL;                                                                           \
    } while (0)

/* Whether @status is napi_ok; if not, an exception is pending. */
bool weft_value_ok(napi_env env, napi_status status);

/* Throws an Error with a printf message; returns NULL, for `return weft_value_throw(...)`. */
napi_value weft_value_throw(napi_env env, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Out to JavaScript. A NULL string is null. Bytes are copied from a GVariant of type `ay`. */
napi_value weft_value_from_string(napi_env env, const char *text);
napi_value weft_value_from_double(napi_env env, double number);
napi_value weft_value_from_bool(napi_env env, bool value);
napi_value weft_value_from_variant_bytes(napi_env env, GVariant *bytes);
napi_value weft_value_from_gbytes(napi_env env, GBytes *bytes);

/* In from JavaScript. Strings are the caller's (g_free). The variant is floating. */
char *weft_value_to_string(napi_env env, napi_value value);
bool weft_value_to_int(napi_env env, napi_value value, int *ret_number);
bool weft_value_to_double(napi_env env, napi_value value, double *ret_number);
bool weft_value_to_bool(napi_env env, napi_value value);
GVariant *weft_value_to_variant_bytes(napi_env env, napi_value value);
GStrv weft_value_to_strv(napi_env env, napi_value value);

/* Properties of an options object; absent or of another type is NULL or @fallback, no exception. */
char *weft_value_get_string(napi_env env, napi_value object, const char *key);
int weft_value_get_int(napi_env env, napi_value object, const char *key, int fallback);
bool weft_value_get_bool(napi_env env, napi_value object, const char *key, bool fallback);
GStrv weft_value_get_strv(napi_env env, napi_value object, const char *key);

/* Reads exactly @count arguments (absent ones are undefined) and `this`. */
bool weft_value_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *ret_argv,
                          napi_value *ret_this);

/* Makes a class of C objects. Methods that are called on anything else throw. */
void weft_value_define_class(napi_env env, napi_value exports, const char *name,
                             napi_callback constructor, const napi_property_descriptor *methods,
                             size_t count);

/* Ties @object to @self as an instance tagged @tag. */
bool weft_value_wrap(napi_env env, napi_value self, const napi_type_tag *tag, void *object,
                     napi_finalize finalize, napi_ref *ret_reference);

/* The object behind `this`, with @count arguments read. */
void *weft_value_this(napi_env env, napi_callback_info info, const napi_type_tag *tag, size_t count,
                      napi_value *ret_argv);

/* The object behind @value. */
void *weft_value_unwrap(napi_env env, napi_value value, const napi_type_tag *tag);

/* An opaque handle for JavaScript to pass back; @finalize frees @object. */
napi_value weft_value_handle(napi_env env, const napi_type_tag *tag, void *object,
                             napi_finalize finalize);

/* The object in a handle. */
void *weft_value_from_handle(napi_env env, napi_value value, const napi_type_tag *tag);

/* A JavaScript function that C calls from GLib's or libuv's callbacks. */
struct weft_callback {
    napi_env env;
    napi_ref function;
};

bool weft_callback_init(struct weft_callback *callback, napi_env env, napi_value function);
void weft_callback_deinit(struct weft_callback *callback);

/* Calls the function with @name and one argument for each letter of @format:
 *   s const char * or NULL · i int · d double · b int as boolean · y GVariant `ay` or NULL ·
 *   v napi_value made in the caller's handle scope
 * Promises and nextTick run before it returns, unless JavaScript called us. An exception becomes
 * an uncaughtException. Returns true when the function returned true. Leaves no exception. */
bool weft_callback_emit(struct weft_callback *callback, const char *name, const char *format, ...);
