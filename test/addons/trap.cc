/* SPDX-License-Identifier: MIT */

/*
 * Modules with one trap of native modules each, chosen by a macro; add() counts in the place that
 * the trap is about.
 *
 *   UNIQUE       a static variable of a template, which the loader has once a process
 *   GLOBAL       an exported variable, which RTLD_GLOBAL would bind to the first one's
 *   STATIC_TLS   256 bytes of the block that all threads have from their start
 *   TSD          a destructor that is called when the thread ends
 *   THREAD       a thread that does not end
 *   SIGNAL       a handler of SIGUSR2
 *   SIBLING      a library in its own folder (test/addons/sibling.c)
 *   THROWS       an init that throws
 *   LOOP         a pipe that is watched on the default loop, and never closed; counts if that is the
 *                loop of the caller's environment
 *   OWN_INIT     its init, looked up by name as modules do that unpack another one; counts if it is
 *                its own
 */

#include <node_api.h>

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
#include <uv.h>

#if defined(UNIQUE)
template <class T> struct Tally {
    static int value;
};
template <class T> int Tally<T>::value;
#define TALLY Tally<int>::value
#elif defined(GLOBAL)
extern "C" int weft_test_tally;
int weft_test_tally;
#define TALLY weft_test_tally
#elif defined(STATIC_TLS)
__attribute__((tls_model("initial-exec"))) static thread_local int tally[64];
#define TALLY tally[63]
#elif defined(SIBLING)
extern "C" int *sibling_tally(void);
#define TALLY *sibling_tally()
#else
static int tally;
#define TALLY tally
#endif

[[maybe_unused]] static void WatchPipe()
{
    int ends[2];
    uv_poll_t *poll = new uv_poll_t;
    if (pipe(ends) == 0 && uv_poll_init(uv_default_loop(), poll, ends[0]) == 0)
        uv_poll_start(poll, UV_READABLE, [](uv_poll_t *, int, int) {});
}

[[maybe_unused]] static bool FindsOwnInit()
{
    Dl_info init, own;
    return dladdr(dlsym(RTLD_DEFAULT, "napi_register_module_v1"), &init) && dladdr(&TALLY, &own) &&
           init.dli_fbase == own.dli_fbase;
}

static napi_value Add(napi_env env, napi_callback_info)
{
    napi_value value;
#if defined(LOOP)
    WatchPipe();
    uv_loop_t *own;
    napi_get_uv_event_loop(env, &own);
    if (own != uv_default_loop())
        TALLY -= 100;
#elif defined(OWN_INIT)
    if (!FindsOwnInit())
        TALLY -= 100;
#endif
    napi_create_int32(env, ++TALLY, &value);
    return value;
}

[[maybe_unused]] static void OnThreadEnd(void *place)
{
    ++*static_cast<int *>(place);
}

[[maybe_unused]] static void *RunForEver(void *)
{
    for (;;)
        pause();
}

[[maybe_unused]] static void OnSignal(int)
{
    ++TALLY;
}

static void SetTrap([[maybe_unused]] napi_env env)
{
#if defined(TSD)
    pthread_key_t key;
    pthread_key_create(&key, OnThreadEnd);
    pthread_setspecific(key, &TALLY);
#elif defined(THREAD)
    pthread_t thread;
    pthread_create(&thread, nullptr, RunForEver, nullptr);
    pthread_detach(thread);
#elif defined(SIGNAL)
    signal(SIGUSR2, OnSignal);
#elif defined(THROWS)
    napi_throw_error(env, nullptr, "thrown by init");
#endif
}

NAPI_MODULE_INIT()
{
    napi_value function;
    napi_create_function(env, "add", NAPI_AUTO_LENGTH, Add, nullptr, &function);
    napi_set_named_property(env, exports, "add", function);
    SetTrap(env);
    return exports;
}
