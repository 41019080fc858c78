/* SPDX-License-Identifier: MIT */

#include "node/napi.h"

#include <stdio.h>
#include <string.h>

napi_value weft_napi_failed(napi_env env)
{
    const napi_extended_error_info *error = NULL;
    napi_get_last_error_info(env, &error);
    char text[160];
    snprintf(text, sizeof(text), "weft: Node-API: %s",
             error && error->error_message ? error->error_message : "unknown error");
    bool pending = false;
    if (napi_is_exception_pending(env, &pending) == napi_ok && !pending)
        napi_throw_error(env, NULL, text);
    return NULL;
}

napi_value weft_napi_throw_errno(napi_env env, const char *what, int negative_errno)
{
    char text[160];
    snprintf(text, sizeof(text), "%s: %s", what, strerror(-negative_errno));
    napi_throw_error(env, NULL, text);
    return NULL;
}

bool weft_napi_arguments(napi_env env, napi_callback_info info, const napi_type_tag *tag,
                         size_t count, napi_value *ret_arguments, void **ret_native)
{
    size_t given = count;
    napi_value self;
    if (napi_get_cb_info(env, info, &given, ret_arguments, &self, NULL) != napi_ok) {
        weft_napi_failed(env);
        return false;
    }
    if (given < count) {
        napi_throw_type_error(env, NULL, "weft: too few arguments for a native method");
        return false;
    }
    if (!tag)
        return true;
    bool matches = false;
    if (napi_check_object_type_tag(env, self, tag, &matches) != napi_ok || !matches ||
        napi_unwrap(env, self, ret_native) != napi_ok) {
        napi_throw_type_error(env, NULL, "weft: a native method was called on another object");
        return false;
    }
    return true;
}

void weft_napi_call(napi_env env, napi_value function, size_t count, const napi_value *arguments)
{
    napi_value global, result;
    if (napi_get_global(env, &global) != napi_ok)
        return;
    napi_status status = napi_make_callback(env, NULL, global, function, count, arguments, &result);
    if (status != napi_pending_exception)
        return; /* done, or the thread is being ended */
    napi_value exception;
    if (napi_get_and_clear_last_exception(env, &exception) == napi_ok)
        napi_fatal_exception(env, exception);
}

napi_status weft_napi_take_callback(napi_env env, napi_value callbacks, const char *name,
                                    napi_ref *ret_ref)
{
    napi_value function;
    napi_status status = napi_get_named_property(env, callbacks, name, &function);
    return status == napi_ok ? napi_create_reference(env, function, 1, ret_ref) : status;
}

bool weft_napi_method(napi_env env, napi_value object, const char *name, napi_callback callback,
                      void *data)
{
    napi_value function;
    return napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, data, &function) ==
               napi_ok &&
           napi_set_named_property(env, object, name, function) == napi_ok;
}
