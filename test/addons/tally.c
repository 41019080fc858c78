/* SPDX-License-Identifier: MIT */

/*
 * A module that shows which of its instances one has: add() counts in a static variable, so workers
 * with instances of their own each count from 1. address() is where it lies.
 */

#include <node_api.h>
#include <stdint.h>

static int tally;

static napi_value add(napi_env env, napi_callback_info info)
{
    (void)info;
    napi_value value;
    napi_create_int32(env, ++tally, &value);
    return value;
}

static napi_value address(napi_env env, napi_callback_info info)
{
    (void)info;
    napi_value value;
    napi_create_double(env, (double)(uintptr_t)&tally, &value);
    return value;
}

NAPI_MODULE_INIT()
{
    napi_value function;
    napi_create_function(env, "add", NAPI_AUTO_LENGTH, add, NULL, &function);
    napi_set_named_property(env, exports, "add", function);
    napi_create_function(env, "address", NAPI_AUTO_LENGTH, address, NULL, &function);
    napi_set_named_property(env, exports, "address", function);
    return exports;
}
