/* SPDX-License-Identifier: MIT */

/*
 * A native module that does not stand it when its worker ends in the midst of a call, as most do
 * not: a call of Node-API that fails ends the process. With -DINIT_MS=n its init takes that long.
 */

#include <node_api.h>

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#ifndef INIT_MS
#define INIT_MS 0
#endif

#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) != napi_ok)                                                                     \
            napi_fatal_error("endings.c", NAPI_AUTO_LENGTH, #call, NAPI_AUTO_LENGTH);              \
    } while (0)

static void pause_ms(int32_t ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&time, NULL);
}

/* Calls back; throws as node-addon-api does when that fails, which must not fail. */
static void call_back(napi_env env, napi_ref reference)
{
    napi_value function, self, result;
    MUST(napi_get_reference_value(env, reference, &function));
    MUST(napi_get_global(env, &self));
    if (napi_call_function(env, self, function, 0, NULL, &result) != napi_ok)
        MUST(napi_throw_error(env, NULL, "the callback has failed"));
}

static void read_arguments(napi_env env, napi_callback_info info, int32_t *ret_ms,
                           napi_value *ret_function)
{
    size_t count = 2;
    napi_value arguments[2];
    MUST(napi_get_cb_info(env, info, &count, arguments, NULL, NULL));
    MUST(napi_get_value_int32(env, arguments[0], ret_ms));
    *ret_function = arguments[1];
}

/* block(ms, callback): takes that long, then calls back, which must not fail. */
static napi_value block(napi_env env, napi_callback_info info)
{
    int32_t ms;
    napi_value function, self, result;
    read_arguments(env, info, &ms, &function);
    pause_ms(ms);
    MUST(napi_get_global(env, &self));
    MUST(napi_call_function(env, self, function, 0, NULL, &result));
    return NULL;
}

/* wait(ms): takes that long. */
static napi_value wait_for(napi_env env, napi_callback_info info)
{
    int32_t ms;
    napi_value function;
    read_arguments(env, info, &ms, &function);
    pause_ms(ms);
    return NULL;
}

/* ---- work in the pool ---- */

struct work {
    napi_async_work handle;
    napi_ref callback;
    int32_t ms;
};

static void execute(napi_env env, void *data)
{
    struct work *work = data;
    pause_ms(work->ms);
}

static void complete(napi_env env, napi_status status, void *data)
{
    struct work *work = data;
    napi_handle_scope scope;
    MUST(napi_open_handle_scope(env, &scope));
    call_back(env, work->callback);
    napi_delete_async_work(env, work->handle);
    napi_close_handle_scope(env, scope);
    free(work);
}

/* later(ms, callback): the same in the pool. */
static napi_value later(napi_env env, napi_callback_info info)
{
    struct work *work = calloc(1, sizeof(*work));
    napi_value function, name;
    read_arguments(env, info, &work->ms, &function);
    MUST(napi_create_reference(env, function, 1, &work->callback));
    MUST(napi_create_string_utf8(env, "later", NAPI_AUTO_LENGTH, &name));
    MUST(napi_create_async_work(env, NULL, name, execute, complete, work, &work->handle));
    MUST(napi_queue_async_work(env, work->handle));
    return NULL;
}

/* ---- a thread-safe function ---- */

static void *ticker(void *data)
{
    napi_threadsafe_function function = data;
    while (napi_call_threadsafe_function(function, NULL, napi_tsfn_nonblocking) != napi_closing)
        pause_ms(1);
    return NULL;
}

/* ticks(callback): a thread of ours calls it every millisecond, and lets go of it when it must. */
static napi_value ticks(napi_env env, napi_callback_info info)
{
    size_t count = 1;
    napi_value callback, name;
    napi_threadsafe_function function;
    pthread_t thread;
    MUST(napi_get_cb_info(env, info, &count, &callback, NULL, NULL));
    MUST(napi_create_string_utf8(env, "ticks", NAPI_AUTO_LENGTH, &name));
    MUST(napi_create_threadsafe_function(env, callback, NULL, name, 0, 1, NULL, NULL, NULL, NULL,
                                         &function));
    pthread_create(&thread, NULL, ticker, function);
    pthread_detach(thread);
    return NULL;
}

NAPI_MODULE_INIT()
{
    static const struct {
        const char *name;
        napi_callback call;
    } functions[] = {{"block", block}, {"wait", wait_for}, {"later", later}, {"ticks", ticks}};
    napi_value script, result;
    pause_ms(INIT_MS);
    /* JavaScript that must not fail, as the init of many has. */
    MUST(napi_create_string_utf8(env, "({}).toString()", NAPI_AUTO_LENGTH, &script));
    MUST(napi_run_script(env, script, &result));
    for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
        napi_value function;
        MUST(napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].call, NULL,
                                  &function));
        MUST(napi_set_named_property(env, exports, functions[i].name, function));
    }
    return exports;
}
