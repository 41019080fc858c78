/* SPDX-License-Identifier: MIT */

#include "addon/binding.h"

#include "addon/imports.h"
#include "addon/inspect.h"
#include "addon/instance.h"
#include "addon/known.h"
#include "addon/loop-shim.h"
#include "addon/policy.h"
#include "addon/threads.h"
#include "addon/throw-shim.h"
#include "base/cleanup.h"
#include "node/napi.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* ---- values ---- */

static napi_status set_text(napi_env env, napi_value object, const char *name, const char *text)
{
    napi_value value;
    napi_status status = napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
    return status == napi_ok ? napi_set_named_property(env, object, name, value) : status;
}

static napi_status set_number(napi_env env, napi_value object, const char *name, double number)
{
    napi_value value;
    napi_status status = napi_create_double(env, number, &value);
    return status == napi_ok ? napi_set_named_property(env, object, name, value) : status;
}

static napi_status set_bool(napi_env env, napi_value object, const char *name, bool boolean)
{
    napi_value value;
    napi_status status = napi_get_boolean(env, boolean, &value);
    return status == napi_ok ? napi_set_named_property(env, object, name, value) : status;
}

/* The absolute path that is the first of up to @count arguments. */
static bool get_path(napi_env env, napi_callback_info info, size_t count, napi_value *ret_arguments,
                     char ret_path[PATH_MAX])
{
    size_t given = count, size;
    if (napi_get_cb_info(env, info, &given, ret_arguments, NULL, NULL) != napi_ok ||
        napi_get_value_string_utf8(env, ret_arguments[0], ret_path, PATH_MAX, &size) != napi_ok ||
        ret_path[0] != '/') {
        weft_napi_failed(env);
        return false;
    }
    return true;
}

/* Node's NODE_MODULE_VERSION. */
static unsigned get_abi(napi_env env)
{
    napi_value global, process, versions, modules;
    char text[16] = "";
    size_t size;
    if (napi_get_global(env, &global) == napi_ok &&
        napi_get_named_property(env, global, "process", &process) == napi_ok &&
        napi_get_named_property(env, process, "versions", &versions) == napi_ok &&
        napi_get_named_property(env, versions, "modules", &modules) == napi_ok)
        napi_get_value_string_utf8(env, modules, text, sizeof(text), &size);
    return (unsigned)strtoul(text, NULL, 10);
}

/* ---- inspect ---- */

static const char *kind_name(enum weft_addon_kind kind)
{
    switch (kind) {
    case WEFT_ADDON_NAPI_SYMBOL:
        return "napi-symbol";
    case WEFT_ADDON_NAPI_CONSTRUCTOR:
        return "napi-constructor";
    case WEFT_ADDON_V8_SYMBOL:
        return "v8-symbol";
    case WEFT_ADDON_V8_CONSTRUCTOR:
        return "v8-constructor";
    }
    return "";
}

static const char *database_name(enum weft_addon_database database)
{
    switch (database) {
    case WEFT_ADDON_SQLITE:
        return "sqlite";
    case WEFT_ADDON_LMDB:
        return "lmdb";
    case WEFT_ADDON_LEVELDB:
        return "leveldb";
    case WEFT_ADDON_ROCKSDB:
        return "rocksdb";
    case WEFT_ADDON_NO_DATABASE:
        break;
    }
    return NULL;
}

static napi_value make_facts(napi_env env, const struct weft_addon_facts *facts)
{
    const char *why;
    enum weft_addon_mode mode = weft_addon_decide(facts, &why);
    const char *database = database_name(facts->database);
    napi_value object, null;
    NAPI_TRY(env, napi_create_object(env, &object));
    NAPI_TRY(env, napi_get_null(env, &null));
    NAPI_TRY(env, database ? set_text(env, object, "database", database)
                           : napi_set_named_property(env, object, "database", null));
    NAPI_TRY(env, set_text(env, object, "kind", kind_name(facts->kind)));
    NAPI_TRY(env, set_text(env, object, "mode", weft_addon_mode_name(mode)));
    NAPI_TRY(env, set_text(env, object, "why", why));
    NAPI_TRY(env, set_number(env, object, "uniqueSymbols", facts->unique_symbols));
    NAPI_TRY(env, set_number(env, object, "tlsSize", (double)facts->tls_size));
    NAPI_TRY(env, set_number(env, object, "writableSize", (double)facts->writable_size));
    NAPI_TRY(env, set_bool(env, object, "usesV8", facts->uses_v8));
    NAPI_TRY(env, set_bool(env, object, "staticTLS", facts->static_tls));
    NAPI_TRY(env, set_bool(env, object, "noDelete", facts->no_delete));
    NAPI_TRY(env, set_bool(env, object, "startsThreads", facts->starts_threads));
    return object;
}

/* inspect(path): facts about a good file, { error } about another */
static napi_value js_inspect(napi_env env, napi_callback_info info)
{
    napi_value path_value, object;
    char path[PATH_MAX], why[WEFT_ELF_WHY_MAX] = "";
    struct weft_addon_facts facts;
    if (!get_path(env, info, 1, &path_value, path))
        return NULL;
    weft_autofd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int r = fd < 0 ? weft_elf_refuse(why, -errno, "it can't be read: %s", strerror(errno))
                   : weft_known_inspect(fd, get_abi(env), &facts, why);
    if (r == 0)
        return make_facts(env, &facts);
    NAPI_TRY(env, napi_create_object(env, &object));
    NAPI_TRY(env, set_text(env, object, "error", why));
    return object;
}

/* ---- private instances ---- */

static void environment_gone_cb(void *data)
{
    weft_instance_environment_gone((uint32_t)(uintptr_t)data);
}

/* prepare(path, isDeep): { token, path, isReused }, or { error } with `isImpossible`, where only a
 * private instance is, or `isForNode`, whose own load has the words for it */
static napi_value js_prepare(napi_env env, napi_callback_info info)
{
    napi_value arguments[2], object;
    char path[PATH_MAX], why[WEFT_ELF_WHY_MAX] = "";
    bool is_deep;
    struct weft_instance_load load;
    if (!get_path(env, info, 2, arguments, path))
        return NULL;
    NAPI_TRY(env, napi_get_value_bool(env, arguments[1], &is_deep));
    NAPI_TRY(env, napi_create_object(env, &object));
    int r = weft_instance_prepare(path, get_abi(env), is_deep, &load, why);
    if (r != 0) {
        NAPI_TRY(env, set_text(env, object, "error", why));
        NAPI_TRY(env, set_bool(env, object, "isForNode", r == WEFT_INSTANCE_NO_EXEC));
        NAPI_TRY(env, set_bool(env, object, "isImpossible", r == WEFT_INSTANCE_IMPOSSIBLE));
        return object;
    }
    /* Before the module adds hooks of its own: the last that is added runs first, and when ours
     * runs the module shall have cleaned up. */
    void *token = (void *)(uintptr_t)load.token;
    NAPI_TRY(env, napi_add_env_cleanup_hook(env, environment_gone_cb, token));
    NAPI_TRY(env, set_number(env, object, "token", load.token));
    NAPI_TRY(env, set_text(env, object, "path", load.path));
    NAPI_TRY(env, set_bool(env, object, "isReused", load.is_reused));
    return object;
}

/* settle(token): whether it has been loaded */
static napi_value js_settle(napi_env env, napi_callback_info info)
{
    size_t count = 1;
    napi_value argument, result;
    uint32_t token;
    bool wants_throws = false;
    NAPI_TRY(env, napi_get_cb_info(env, info, &count, &argument, NULL, NULL));
    NAPI_TRY(env, napi_get_value_uint32(env, argument, &token));
    const struct link_map *map = weft_instance_settle(token, &wants_throws);
    if (map && wants_throws)
        weft_imports_divert(map);
    NAPI_TRY(env, napi_get_boolean(env, map != NULL, &result));
    return result;
}

/* share(path, stays): of a module that Node has loaded as it is. One that registers itself when it
 * is loaded must be unloaded with its last worker, or the next could not load it. */
static napi_value js_share(napi_env env, napi_callback_info info)
{
    napi_value arguments[2];
    char path[PATH_MAX];
    bool stays;
    struct link_map *map = NULL;
    if (!get_path(env, info, 2, arguments, path))
        return NULL;
    NAPI_TRY(env, napi_get_value_bool(env, arguments[1], &stays));
    void *handle = dlopen(path, RTLD_LAZY | RTLD_NOLOAD | (stays ? RTLD_NODELETE : 0));
    if (!handle)
        return NULL;
    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0)
        weft_imports_divert(map);
    dlclose(handle);
    return NULL;
}

/* reap(): unloads what is over; { live, pooled, stuck, waiting, unloaded, mayChange } */
static napi_value js_reap(napi_env env, napi_callback_info info)
{
    (void)info;
    napi_value object;
    struct weft_instance_counts counts;
    weft_instance_reap(&counts);
    NAPI_TRY(env, napi_create_object(env, &object));
    NAPI_TRY(env, set_number(env, object, "live", counts.live));
    NAPI_TRY(env, set_number(env, object, "pooled", counts.pooled));
    NAPI_TRY(env, set_number(env, object, "stuck", counts.stuck));
    NAPI_TRY(env, set_number(env, object, "waiting", counts.waiting));
    NAPI_TRY(env, set_number(env, object, "unloaded", counts.unloaded));
    NAPI_TRY(env, set_bool(env, object, "mayChange", counts.may_change));
    return object;
}

/* ---- */

static void leave_cb(void *data)
{
    (void)data;
    weft_event_loop_leave();
    weft_threads_leave();
}

static void keep(void *function, int flags)
{
    Dl_info own;
    if (dladdr(function, &own))
        dlopen(own.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE | flags);
}

/* This module; and the shims, which private copies import by name. */
static void stay_for_good(void)
{
    keep((void *)stay_for_good, 0);
    keep((void *)weft_throw, RTLD_GLOBAL);
}

bool weft_addon_define(napi_env env, napi_value exports)
{
    static const napi_property_descriptor methods[] = {
        {.utf8name = "inspect", .method = js_inspect, .attributes = napi_enumerable},
        {.utf8name = "prepare", .method = js_prepare, .attributes = napi_enumerable},
        {.utf8name = "settle", .method = js_settle, .attributes = napi_enumerable},
        {.utf8name = "share", .method = js_share, .attributes = napi_enumerable},
        {.utf8name = "reap", .method = js_reap, .attributes = napi_enumerable},
    };
    napi_value object;
    struct uv_loop_s *loop;
    stay_for_good();
    if (napi_get_uv_event_loop(env, &loop) != napi_ok ||
        napi_create_object(env, &object) != napi_ok ||
        napi_define_properties(env, object, sizeof(methods) / sizeof(*methods), methods) !=
            napi_ok ||
        napi_set_named_property(env, exports, "nativeModules", object) != napi_ok ||
        napi_add_env_cleanup_hook(env, leave_cb, NULL) != napi_ok) {
        weft_napi_failed(env);
        return false;
    }
    weft_event_loop_enter(loop);
    weft_threads_enter();
    return true;
}
