/* SPDX-License-Identifier: MIT */

/*
 * work(rounds, mark): [foreign, count], over test/addons/racy.h, by Node-API. With -DBY_CONSTRUCTOR
 * it registers itself when it is loaded, as modules did before Node.js 12.
 */

#include "racy.h"

#include <node_api.h>

static napi_value work(napi_env env, napi_callback_info info)
{
    size_t count = 2;
    napi_value arguments[2], result, foreign, counted;
    uint32_t rounds, mark;
    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    napi_get_value_uint32(env, arguments[0], &rounds);
    napi_get_value_uint32(env, arguments[1], &mark);
    napi_create_uint32(env, racy_work(rounds, (unsigned char)mark), &foreign);
    napi_create_double(env, (double)racy_count, &counted);
    napi_create_array(env, &result);
    napi_set_element(env, result, 0, foreign);
    napi_set_element(env, result, 1, counted);
    return result;
}

static napi_value init(napi_env env, napi_value exports)
{
    napi_value function;
    napi_create_function(env, "work", NAPI_AUTO_LENGTH, work, NULL, &function);
    napi_set_named_property(env, exports, "work", function);
    return exports;
}

#ifdef BY_CONSTRUCTOR
static napi_module module = {
    .nm_version = 1, .nm_filename = __FILE__, .nm_register_func = init, .nm_modname = "racy"};

__attribute__((constructor)) static void register_module(void)
{
    napi_module_register(&module);
}
#else
NAPI_MODULE_INIT()
{
    return init(env, exports);
}
#endif
