/* SPDX-License-Identifier: MIT */

/* A native module that ends its process, in the ways that native modules do. */

#include <node_api.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_nowhere(void)
{
    int *volatile nowhere = (int *)8;
    *nowhere = 1;
}

static napi_value crash_segfault(napi_env env, napi_callback_info info)
{
    write_nowhere();
    return NULL;
}

static napi_value crash_abort(napi_env env, napi_callback_info info)
{
    abort();
}

static napi_value crash_fatal(napi_env env, napi_callback_info info)
{
    napi_fatal_error("crash.c", NAPI_AUTO_LENGTH, "on purpose", NAPI_AUTO_LENGTH);
}

static napi_value crash_illegal(napi_env env, napi_callback_info info)
{
    __builtin_trap();
}

/* As kill() from elsewhere does when the kernel picks this thread. */
static napi_value crash_sent(napi_env env, napi_callback_info info)
{
    siginfo_t sent = {.si_signo = SIGILL, .si_code = SI_QUEUE};
    syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGILL, &sent);
    return NULL;
}

/* Never returns, but compilers must not see that. */
static int overflow(volatile char *above)
{
    volatile char frame[4096];
    frame[0] = above[0];
    return frame[0] == 1 ? 0 : overflow(frame) + frame[1];
}

static napi_value crash_overflow(napi_env env, napi_callback_info info)
{
    napi_value depth;
    char start = 0;
    napi_create_int32(env, overflow(&start), &depth);
    return depth;
}

static napi_value crash_exit(napi_env env, napi_callback_info info)
{
    exit(7);
}

static napi_value crash_quietly(napi_env env, napi_callback_info info)
{
    _exit(8);
}

/* Crashes in a child that it has forked; the process itself goes on. */
static napi_value crash_child(napi_env env, napi_callback_info info)
{
    napi_value signal;
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        abort();
    waitpid(child, &status, 0);
    napi_create_int32(env, WTERMSIG(status), &signal);
    return signal;
}

/* In a thread of libuv's pool, a little later. */
static void execute(napi_env env, void *data)
{
    write_nowhere();
}

static void complete(napi_env env, napi_status status, void *data)
{
}

static napi_value crash_in_pool(napi_env env, napi_callback_info info)
{
    napi_value name;
    napi_async_work work;
    napi_create_string_utf8(env, "crash", NAPI_AUTO_LENGTH, &name);
    napi_create_async_work(env, NULL, name, execute, complete, NULL, &work);
    napi_queue_async_work(env, work);
    return NULL;
}

NAPI_MODULE_INIT()
{
    static const struct {
        const char *name;
        napi_callback call;
    } functions[] = {
        {"segfault", crash_segfault}, {"abort", crash_abort},       {"fatal", crash_fatal},
        {"illegal", crash_illegal},   {"overflow", crash_overflow}, {"exit", crash_exit},
        {"sent", crash_sent},         {"quietly", crash_quietly},   {"inPool", crash_in_pool},
        {"child", crash_child},
    };
    for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
        napi_value function;
        napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].call, NULL,
                             &function);
        napi_set_named_property(env, exports, functions[i].name, function);
    }
    return exports;
}
