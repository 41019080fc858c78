/* SPDX-License-Identifier: MIT */

/*
 * main/context - one WebKitWebContext and one WebKitNetworkSession
 *
 * Main process, main thread. Web processes load the page extension from its directory, which the
 * sandbox shows them read-only. What a page process sends to the context arrives here: a message
 * sent to the view would be lost while the page is the provisional one of a process swap.
 */

#include "main/context.h"

#include "base/cleanup.h"
#include "main/descriptor.h"
#include "main/download.h"
#include "main/line.h"
#include "main/stderr-filter.h"
#include "main/value.h"

#include <gio/gunixfdlist.h>
#include <sys/socket.h>

static struct {
    WebKitWebContext *web;
    WebKitNetworkSession *session;
    char *extension_directory;
    struct weft_callback callback;
} context;

/* WebKit has started the process already: what is set here is sent to it, before any page. */
static void initialize_extensions_cb(WebKitWebContext *web, gpointer data)
{
    webkit_web_context_set_web_process_extensions_directory(web, context.extension_directory);
}

/* The process that made the socket pair which @fd belongs to, in our numbers; 0 when unknown. */
static pid_t maker_of(int fd)
{
    struct ucred credentials = {0};
    socklen_t size = sizeof(credentials);
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
        return 0;
    return credentials.pid;
}

/* Takes the one descriptor of @message; -1 when it does not carry exactly one. */
static int take_descriptor(WebKitUserMessage *message)
{
    GUnixFDList *list = webkit_user_message_get_fd_list(message);
    if (!list || g_unix_fd_list_get_length(list) != 1)
        return -1;
    return g_unix_fd_list_get(list, 0, NULL); /* a duplicate, close-on-exec */
}

/* Of the frames of a page: JSON from its isolated world, which is no more trusted than the page. */
static gboolean tell_frames(GVariant *parameters)
{
    const char *token, *json;
    int document;
    if (!parameters || !g_variant_is_of_type(parameters, G_VARIANT_TYPE("(sis)")))
        return FALSE;
    g_variant_get(parameters, "(&si&s)", &token, &document, &json);
    weft_callback_emit(&context.callback, "frames", "sis", token, document, json);
    return TRUE;
}

static gboolean user_message_cb(WebKitWebContext *web, WebKitUserMessage *message, gpointer data)
{
    const char *name = webkit_user_message_get_name(message);
    GVariant *parameters = webkit_user_message_get_parameters(message);
    napi_env env = context.callback.env;
    napi_handle_scope scope;

    if (g_str_equal(name, "frames"))
        return tell_frames(parameters);
    if (g_str_equal(name, "main-line"))
        return weft_line_receive(message, &context.callback);
    if (!g_str_equal(name, "attach-host") && !g_str_equal(name, "attach-own-host") &&
        !g_str_equal(name, "page-process"))
        return FALSE;
    weft_autofd int fd = take_descriptor(message);
    if (fd < 0 || !parameters || !g_variant_is_of_type(parameters, G_VARIANT_TYPE("(st)")))
        return FALSE;

    const char *token;
    guint64 frame;
    g_variant_get(parameters, "(&st)", &token, &frame);
    if (napi_open_handle_scope(env, &scope) != napi_ok)
        return FALSE;
    int pid = maker_of(fd);
    napi_value descriptor = weft_descriptor_new(env, weft_steal_fd(&fd));
    if (descriptor)
        weft_callback_emit(&context.callback, name, "svid", token, descriptor, pid, (double)frame);
    napi_close_handle_scope(env, scope);
    return TRUE;
}

static void open_session(napi_env env, napi_value options)
{
    g_autofree char *data = weft_value_get_string(env, options, "dataDirectory");
    g_autofree char *cache = weft_value_get_string(env, options, "cacheDirectory");

    context.session = webkit_network_session_new(data, cache);
    weft_download_watch(context.session, &context.callback);
    if (!data)
        return;
    g_autofree char *cookies = g_build_filename(data, "cookies.sqlite", NULL);
    webkit_cookie_manager_set_persistent_storage(
        webkit_network_session_get_cookie_manager(context.session), cookies,
        WEBKIT_COOKIE_PERSISTENT_STORAGE_SQLITE);
}

/* What pages may read with their own hands: media, which WebKit plays in the web process itself. */
static void show_paths(napi_env env, napi_value options)
{
    g_auto(GStrv) paths = weft_value_get_strv(env, options, "readablePaths");
    for (char **path = paths; path && *path; path++)
        if (g_file_test(*path, G_FILE_TEST_EXISTS))
            webkit_web_context_add_path_to_sandbox(context.web, *path, TRUE);
}

napi_value weft_context_open_js(napi_env env, napi_callback_info info)
{
    napi_value argv[2];
    if (!weft_value_arguments(env, info, 2, argv, NULL))
        return NULL;
    if (context.web)
        return weft_value_throw(env, "The context is open");

    g_autofree char *directory = weft_value_get_string(env, argv[0], "extensionDirectory");
    if (!directory)
        return weft_value_throw(env, "openContext: extensionDirectory is missing");
    if (!weft_callback_init(&context.callback, env, argv[1]))
        return NULL;

    bool was_filtered = weft_stderr_filter_switch(true); /* the first use of WebKit */
    open_session(env, argv[0]);
    context.extension_directory = g_steal_pointer(&directory);
    context.web = webkit_web_context_new();
    weft_stderr_filter_switch(was_filtered);
    webkit_web_context_add_path_to_sandbox(context.web, context.extension_directory, TRUE);
    show_paths(env, argv[0]);
    g_signal_connect(context.web, "initialize-web-process-extensions",
                     G_CALLBACK(initialize_extensions_cb), NULL);
    g_signal_connect(context.web, "user-message-received", G_CALLBACK(user_message_cb), NULL);
    return NULL;
}

WebKitWebContext *weft_context_web(void)
{
    return context.web;
}

WebKitNetworkSession *weft_context_session(void)
{
    return context.session;
}
