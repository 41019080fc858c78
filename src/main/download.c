/* SPDX-License-Identifier: MIT */

#include "main/download.h"

#include "main/context.h"
#include "main/view.h"

#include <libsoup/soup.h>

struct download {
    WebKitDownload *webkit;
    struct weft_callback *callback;
    int number;
    bool is_told;
    bool is_cancelled;
    char *failure; /* or NULL */
};

/* By number. WebKit's own reference ends with the download. */
static GHashTable *downloads;
static int last_number;

static struct download *find_download(int number)
{
    return downloads ? g_hash_table_lookup(downloads, GINT_TO_POINTER(number)) : NULL;
}

static void free_download(gpointer data)
{
    struct download *download = data;
    g_signal_handlers_disconnect_by_data(download->webkit, download);
    g_object_unref(download->webkit);
    g_free(download->failure);
    g_free(download);
}

/* ---- what is told ---- */

static void set_text(napi_env env, napi_value facts, const char *name, const char *text)
{
    napi_set_named_property(env, facts, name, weft_value_from_string(env, text));
}

static void set_header(napi_env env, napi_value facts, const char *name,
                       SoupMessageHeaders *headers, const char *header)
{
    set_text(env, facts, name, headers ? soup_message_headers_get_one(headers, header) : NULL);
}

/* {filename, pageId, urls, mimeType, totalBytes, contentDisposition, etag, lastModified}; @filename
 * is NULL when there was no response. Page 0 is none. */
static napi_value facts_of(napi_env env, struct download *download, const char *filename)
{
    napi_value facts, urls;
    WebKitWebView *web = webkit_download_get_web_view(download->webkit);
    WebKitURIRequest *request = webkit_download_get_request(download->webkit);
    WebKitURIResponse *response = webkit_download_get_response(download->webkit);
    SoupMessageHeaders *headers = response ? webkit_uri_response_get_http_headers(response) : NULL;
    NAPI_TRY(env, napi_create_object(env, &facts));
    NAPI_TRY(env, napi_create_array(env, &urls));
    const char *asked = request ? webkit_uri_request_get_uri(request) : NULL;
    const char *final = response ? webkit_uri_response_get_uri(response) : NULL;
    if (asked)
        napi_set_element(env, urls, 0, weft_value_from_string(env, asked));
    if (final && g_strcmp0(asked, final) != 0)
        napi_set_element(env, urls, asked ? 1 : 0, weft_value_from_string(env, final));
    napi_set_named_property(env, facts, "urls", urls);
    napi_set_named_property(
        env, facts, "pageId",
        weft_value_from_double(env, web ? (double)webkit_web_view_get_page_id(web) : 0));
    napi_set_named_property(
        env, facts, "totalBytes",
        weft_value_from_double(
            env, response ? (double)webkit_uri_response_get_content_length(response) : 0));
    set_text(env, facts, "filename", filename);
    set_text(env, facts, "mimeType", response ? webkit_uri_response_get_mime_type(response) : NULL);
    set_header(env, facts, "contentDisposition", headers, "Content-Disposition");
    set_header(env, facts, "etag", headers, "ETag");
    set_header(env, facts, "lastModified", headers, "Last-Modified");
    return facts;
}

static void tell(struct download *download, const char *filename)
{
    napi_env env = download->callback->env;
    napi_handle_scope scope;
    if (download->is_told || napi_open_handle_scope(env, &scope) != napi_ok)
        return;
    download->is_told = true;
    napi_value facts = facts_of(env, download, filename);
    if (facts)
        weft_callback_emit(download->callback, "download", "iv", download->number, facts);
    napi_close_handle_scope(env, scope);
}

/* ---- WebKit's signals ---- */

/* TRUE: the destination comes later. */
static gboolean decide_destination_cb(WebKitDownload *webkit, const char *suggested, gpointer data)
{
    tell(data, suggested);
    return TRUE;
}

static void received_data_cb(WebKitDownload *webkit, guint64 size, gpointer data)
{
    struct download *download = data;
    double received = (double)webkit_download_get_received_data_length(webkit);
    if (download->is_told)
        weft_callback_emit(download->callback, "download-progress", "id", download->number,
                           received);
}

static void failed_cb(WebKitDownload *webkit, GError *error, gpointer data)
{
    struct download *download = data;
    download->is_cancelled =
        g_error_matches(error, WEBKIT_DOWNLOAD_ERROR, WEBKIT_DOWNLOAD_ERROR_CANCELLED_BY_USER);
    g_free(download->failure);
    download->failure = g_strdup(error->message);
}

static void finished_cb(WebKitDownload *webkit, gpointer data)
{
    struct download *download = data;
    int number = download->number;
    double received = (double)webkit_download_get_received_data_length(webkit);
    tell(download, NULL);
    if (find_download(number)) /* the app may have run a loop of its own meanwhile */
        weft_callback_emit(download->callback, "download-finished", "ids", number, received,
                           download->is_cancelled ? "cancelled" : download->failure);
    g_hash_table_remove(downloads, GINT_TO_POINTER(number));
}

static void download_started_cb(WebKitNetworkSession *session, WebKitDownload *webkit,
                                gpointer data)
{
    const struct {
        const char *signal;
        GCallback callback;
    } handlers[] = {
        {"decide-destination", G_CALLBACK(decide_destination_cb)},
        {"received-data", G_CALLBACK(received_data_cb)},
        {"failed", G_CALLBACK(failed_cb)},
        {"finished", G_CALLBACK(finished_cb)},
    };
    struct download *download = g_new0(struct download, 1);
    download->webkit = g_object_ref(webkit);
    download->callback = data;
    download->number = ++last_number;
    if (!downloads)
        downloads = g_hash_table_new_full(NULL, NULL, NULL, free_download);
    g_hash_table_insert(downloads, GINT_TO_POINTER(download->number), download);
    for (size_t i = 0; i < G_N_ELEMENTS(handlers); i++)
        g_signal_connect(webkit, handlers[i].signal, handlers[i].callback, download);
}

void weft_download_watch(WebKitNetworkSession *session, struct weft_callback *callback)
{
    g_signal_connect(session, "download-started", G_CALLBACK(download_started_cb), callback);
}

/* ---- what JavaScript calls ---- */

napi_value weft_download_start_js(napi_env env, napi_callback_info info)
{
    napi_value argv[2];
    napi_valuetype type;
    if (!weft_value_arguments(env, info, 2, argv, NULL))
        return NULL;
    NAPI_TRY(env, napi_typeof(env, argv[0], &type));
    g_autofree char *uri = weft_value_to_string(env, argv[1]);
    if (!uri)
        return NULL;
    struct weft_view *view = type == napi_object ? weft_view_unwrap(env, argv[0]) : NULL;
    if (type == napi_object && !view)
        return NULL;
    if (!weft_context_session())
        return weft_value_throw(env, "openContext() comes first");
    /* The download is the session's signal's: this is a second reference. */
    g_autoptr(WebKitDownload) download =
        view ? webkit_web_view_download_uri(view->web, uri)
             : webkit_network_session_download_uri(weft_context_session(), uri);
    return NULL;
}

/* The download of the number that is the first of @count arguments; NULL when it is over. */
static struct download *download_from(napi_env env, napi_callback_info info, size_t count,
                                      napi_value *ret_argv)
{
    int number;
    bool is_number = weft_value_arguments(env, info, count, ret_argv, NULL) &&
                     weft_value_to_int(env, ret_argv[0], &number);
    return is_number ? find_download(number) : NULL;
}

napi_value weft_download_save_js(napi_env env, napi_callback_info info)
{
    napi_value argv[2];
    struct download *download = download_from(env, info, 2, argv);
    g_autofree char *path = download ? weft_value_to_string(env, argv[1]) : NULL;
    if (!path)
        return NULL;
    webkit_download_set_allow_overwrite(download->webkit, TRUE);
    webkit_download_set_destination(download->webkit, path);
    return NULL;
}

napi_value weft_download_cancel_js(napi_env env, napi_callback_info info)
{
    napi_value argv[1];
    struct download *download = download_from(env, info, 1, argv);
    if (download)
        webkit_download_cancel(download->webkit);
    return NULL;
}
