/* SPDX-License-Identifier: MIT */

/*
 * main/module - weft-main.node: what lib/main calls
 *
 * Main process, main thread. Loaded once, by lib/main/init.js, before the app's main script.
 */

#include "main/context.h"
#include "main/descriptor.h"
#include "main/download.h"
#include "main/environment.h"
#include "main/host.h"
#include "main/image.h"
#include "main/loop.h"
#include "main/protocol.h"
#include "main/sandbox.h"
#include "main/save-dialog.h"
#include "main/stderr-filter.h"
#include "main/value.h"
#include "main/view.h"
#include "main/window.h"
#include "node/port.h"

#include <gtk/gtk.h>
#include <string.h>
#include <webkit/webkit.h>

/* prepareEnvironment(vfsDirectory, checksArchives) */
static napi_value prepare_environment(napi_env env, napi_callback_info info)
{
    napi_value arguments[2];
    bool checks_archives = true;
    if (!weft_value_arguments(env, info, 2, arguments, NULL))
        return NULL;
    g_autofree char *vfs_directory = weft_value_to_string(env, arguments[0]);
    if (!vfs_directory || napi_get_value_bool(env, arguments[1], &checks_archives) != napi_ok)
        return NULL;
    weft_environment_prepare(vfs_directory, checks_archives);
    int r = weft_stderr_filter_init();
    if (r < 0)
        return weft_value_throw(env, "pipe: %s", g_strerror(-r));
    return NULL;
}

/* probeSandbox() -> null, or what bubblewrap said */
static napi_value probe_sandbox(napi_env env, napi_callback_info info)
{
    g_autofree char *said = weft_sandbox_probe();
    return weft_value_from_string(env, said);
}

static napi_value disable_sandbox(napi_env env, napi_callback_info info)
{
    weft_sandbox_disable();
    return NULL;
}

/* openDisplay(name) -> whether there is one; @name is the windows' class on X11 */
static napi_value open_display(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    if (!weft_value_arguments(env, info, 1, argv, NULL))
        return NULL;
    g_autofree char *name = weft_value_to_string(env, argv[0]);
    if (!name)
        return NULL;
    g_set_prgname(name);
    return weft_value_from_bool(env, gtk_init_check());
}

/* startLoop(): GLib runs from now on, and Node stays alive until stopLoop() */
static napi_value start_loop(napi_env env, napi_callback_info info)
{
    uv_loop_t *uv;
    NAPI_TRY(env, napi_get_uv_event_loop(env, &uv));
    int r = weft_loop_init(uv);
    if (r < 0)
        return weft_value_throw(env, "GLib's main loop: %s", g_strerror(-r));
    weft_loop_ref();
    return NULL;
}

/* defaultUserAgent() -> WebKit's own */
static napi_value default_user_agent(napi_env env, napi_callback_info info)
{
    bool was_filtered = weft_stderr_filter_switch(true); /* this may be the first use of WebKit */
    g_autoptr(WebKitSettings) settings = webkit_settings_new();
    weft_stderr_filter_switch(was_filtered);
    return weft_value_from_string(env, webkit_settings_get_user_agent(settings));
}

/* webkitVersion() -> '2.50.6', of the library that runs */
static napi_value webkit_version(napi_env env, napi_callback_info info)
{
    g_autofree char *version =
        g_strdup_printf("%u.%u.%u", webkit_get_major_version(), webkit_get_minor_version(),
                        webkit_get_micro_version());
    return weft_value_from_string(env, version);
}

/* specialDirectory('desktop' | ...) -> path, or null */
static napi_value special_directory(napi_env env, napi_callback_info info)
{
    static const struct {
        const char *name;
        GUserDirectory directory;
    } table[] = {
        {"desktop", G_USER_DIRECTORY_DESKTOP},    {"documents", G_USER_DIRECTORY_DOCUMENTS},
        {"downloads", G_USER_DIRECTORY_DOWNLOAD}, {"music", G_USER_DIRECTORY_MUSIC},
        {"pictures", G_USER_DIRECTORY_PICTURES},  {"videos", G_USER_DIRECTORY_VIDEOS},
    };
    napi_value argv[1];
    if (!weft_value_arguments(env, info, 1, argv, NULL))
        return NULL;
    g_autofree char *name = weft_value_to_string(env, argv[0]);
    if (!name)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        if (strcmp(table[i].name, name) == 0)
            return weft_value_from_string(env, g_get_user_special_dir(table[i].directory));
    return weft_value_from_string(env, NULL);
}

NAPI_MODULE_INIT()
{
    const napi_property_descriptor functions[] = {
        {"prepareEnvironment", .method = prepare_environment, .attributes = napi_enumerable},
        {"probeSandbox", .method = probe_sandbox, .attributes = napi_enumerable},
        {"disableSandbox", .method = disable_sandbox, .attributes = napi_enumerable},
        {"openDisplay", .method = open_display, .attributes = napi_enumerable},
        {"startLoop", .method = start_loop, .attributes = napi_enumerable},
        {"specialDirectory", .method = special_directory, .attributes = napi_enumerable},
        {"defaultUserAgent", .method = default_user_agent, .attributes = napi_enumerable},
        {"webkitVersion", .method = webkit_version, .attributes = napi_enumerable},
        {"openContext", .method = weft_context_open_js, .attributes = napi_enumerable},
        {"decodeImage", .method = weft_image_decode_js, .attributes = napi_enumerable},
        {"closeDescriptor", .method = weft_descriptor_close_js, .attributes = napi_enumerable},
        {"startDownload", .method = weft_download_start_js, .attributes = napi_enumerable},
        {"saveDownload", .method = weft_download_save_js, .attributes = napi_enumerable},
        {"cancelDownload", .method = weft_download_cancel_js, .attributes = napi_enumerable},
        {"askWhereToSave", .method = weft_save_dialog_ask_js, .attributes = napi_enumerable},
        {"openPort", .method = weft_port_open, .attributes = napi_enumerable},
        {"discard", .method = weft_port_discard, .attributes = napi_enumerable},
    };
    NAPI_TRY(env, napi_define_properties(env, exports, G_N_ELEMENTS(functions), functions));
    weft_view_define(env, exports);
    weft_window_define(env, exports);
    weft_host_define(env, exports);
    weft_protocol_define(env, exports);
    return exports;
}
