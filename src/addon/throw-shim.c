/* SPDX-License-Identifier: MIT */

#include "addon/throw-shim.h"

/* What a throw says when nothing can be thrown any more, or something has been. */
static napi_status forgive(napi_status status)
{
    bool is_end =
        status == napi_pending_exception || status == napi_cannot_run_js || status == napi_closing;
    return is_end ? napi_ok : status;
}

napi_status weft_throw(napi_env env, napi_value error)
{
    return forgive(napi_throw(env, error));
}

napi_status weft_throw_error(napi_env env, const char *code, const char *message)
{
    return forgive(napi_throw_error(env, code, message));
}

napi_status weft_throw_type_error(napi_env env, const char *code, const char *message)
{
    return forgive(napi_throw_type_error(env, code, message));
}

napi_status weft_throw_range_error(napi_env env, const char *code, const char *message)
{
    return forgive(napi_throw_range_error(env, code, message));
}
