/* SPDX-License-Identifier: MIT */

/*
 * node/napi - the few words in which all bindings speak Node-API
 */
#pragma once

#include <node_api.h>

#include <stdbool.h>
#include <stddef.h>

/* Calls Node-API; on failure makes sure that an exception is pending and returns NULL. */
#define NAPI_TRY(env, call)                                                                        \
    do {                                                                                           \
        if ((call) != napi_ok)                                                                     \
            return weft_napi_failed(env);                                                          \
    } while (0)

/* Leaves the pending exception, or throws one that tells what Node-API said. Returns NULL. */
napi_value weft_napi_failed(napi_env env);

/* Throws an Error for a negative errno: "<what>: <strerror>". Returns NULL. */
napi_value weft_napi_throw_errno(napi_env env, const char *what, int negative_errno);

/* Reads the arguments and the native object of `this` (NULL where none is wanted). Throws and
 * returns false when there are fewer arguments than @count or `this` is something else. */
bool weft_napi_arguments(napi_env env, napi_callback_info info, const napi_type_tag *tag,
                         size_t count, napi_value *ret_arguments, void **ret_native);

/* Calls @function as the loop does: ticks and microtasks run when it returns, and an exception is
 * an uncaught one. @result may be NULL. */
void weft_napi_call(napi_env env, napi_value function, size_t count, const napi_value *arguments);

/* Keeps @callbacks.@name for later calls. */
napi_status weft_napi_take_callback(napi_env env, napi_value callbacks, const char *name,
                                    napi_ref *ret_ref);

/* Sets a method. */
bool weft_napi_method(napi_env env, napi_value object, const char *name, napi_callback callback,
                      void *data);
