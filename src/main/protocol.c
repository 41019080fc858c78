/* SPDX-License-Identifier: MIT */

/*
 * main/protocol - from WebKit's requests for the app's own schemes to JavaScript and back
 *
 * Main process, main thread. A request's handle is JavaScript's; when it is collected before there
 * was an answer, the request fails, so no page waits for ever.
 */

#include "main/protocol.h"

#include "main/body-stream.h"
#include "main/context.h"
#include "main/value.h"

#include <libsoup/soup.h>
#include <webkit/webkit.h>

static const napi_type_tag request_tag = {0x5765667453636865, 0xa4d1e07b3c925f86};

struct request {
    WebKitURISchemeRequest *webkit; /* NULL once it has its answer */
    WeftBodyStream *body;           /* WebKit's; NULL before the response and when it is gone */
    struct weft_callback callback;
};

/* ---- requests come in ---- */

static GError *failure(int code, const char *message)
{
    return g_error_new_literal(WEBKIT_NETWORK_ERROR, code, message);
}

static void fail(struct request *request, int code, const char *message)
{
    GError *error = failure(code, message);
    if (request->webkit)
        webkit_uri_scheme_request_finish_error(request->webkit, error);
    g_clear_object(&request->webkit);
    if (request->body)
        weft_body_stream_end(request->body, error);
    else
        g_error_free(error);
}

static void finalize_cb(napi_env env, void *data, void *hint)
{
    struct request *request = data;
    if (request->body)
        weft_body_stream_forget(request->body);
    fail(request, WEBKIT_NETWORK_ERROR_FAILED, "The handler gave no response");
    weft_callback_deinit(&request->callback);
    g_free(request);
}

static napi_value headers_of(napi_env env, WebKitURISchemeRequest *webkit)
{
    SoupMessageHeaders *headers = webkit_uri_scheme_request_get_http_headers(webkit);
    SoupMessageHeadersIter iterator;
    const char *name, *value;
    napi_value list;
    uint32_t length = 0;

    NAPI_TRY(env, napi_create_array(env, &list));
    if (!headers)
        return list;
    soup_message_headers_iter_init(&iterator, headers);
    while (soup_message_headers_iter_next(&iterator, &name, &value)) {
        NAPI_TRY(env, napi_set_element(env, list, length++, weft_value_from_string(env, name)));
        NAPI_TRY(env, napi_set_element(env, list, length++, weft_value_from_string(env, value)));
    }
    return list;
}

/* Tells JavaScript of a request whose body, if any, has been read. */
static void emit_request(struct weft_callback *callback, WebKitURISchemeRequest *webkit,
                         GBytes *body)
{
    napi_env env = callback->env;
    napi_handle_scope scope;
    if (napi_open_handle_scope(env, &scope) != napi_ok)
        return;
    struct request *request = g_new0(struct request, 1);
    request->webkit = g_object_ref(webkit);
    napi_value handle = weft_value_handle(env, &request_tag, request, finalize_cb);
    napi_value headers = handle ? headers_of(env, webkit) : NULL;
    napi_value bytes = body ? weft_value_from_gbytes(env, body) : weft_value_from_string(env, NULL);
    if (headers && bytes)
        weft_callback_emit(callback, "request", "vssvv", handle,
                           webkit_uri_scheme_request_get_uri(webkit),
                           webkit_uri_scheme_request_get_http_method(webkit), headers, bytes);
    napi_close_handle_scope(env, scope);
}

struct upload {
    struct weft_callback *callback;
    WebKitURISchemeRequest *webkit;
};

static void body_read_cb(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autofree struct upload *upload = data;
    g_autoptr(WebKitURISchemeRequest) webkit = upload->webkit;
    g_autoptr(GError) error = NULL;

    if (g_output_stream_splice_finish(G_OUTPUT_STREAM(source), result, &error) < 0) {
        webkit_uri_scheme_request_finish_error(webkit, error);
        return;
    }
    g_autoptr(GBytes) body = g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(source));
    emit_request(upload->callback, webkit, body);
}

static void request_cb(WebKitURISchemeRequest *webkit, gpointer data)
{
    GInputStream *body = webkit_uri_scheme_request_get_http_body(webkit);
    if (!body) {
        emit_request(data, webkit, NULL);
        return;
    }
    struct upload *upload = g_new(struct upload, 1);
    *upload = (struct upload){data, g_object_ref(webkit)};
    g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable();
    g_output_stream_splice_async(
        memory, body, G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
        G_PRIORITY_DEFAULT, NULL, body_read_cb, upload);
}

/* ---- responses go out ---- */

static struct request *request_from(napi_env env, napi_value handle)
{
    return weft_value_from_handle(env, handle, &request_tag);
}

static void wanted_cb(gpointer data)
{
    struct request *request = data;
    weft_callback_emit(&request->callback, "wanted", "");
}

static void gone_cb(gpointer data)
{
    struct request *request = data;
    struct weft_callback callback = request->callback;
    request->body = NULL;
    request->callback.function = NULL;
    weft_callback_emit(&callback, "gone", "");
    weft_callback_deinit(&callback); /* it holds what holds the handle */
}

static const struct weft_body_stream_callbacks body_callbacks = {wanted_cb, gone_cb};

static void set_headers(napi_env env, napi_value options, WebKitURISchemeResponse *response)
{
    g_auto(GStrv) list = weft_value_get_strv(env, options, "headers");
    SoupMessageHeaders *headers = soup_message_headers_new(SOUP_MESSAGE_HEADERS_RESPONSE);
    for (char **at = list; at && at[0] && at[1]; at += 2)
        soup_message_headers_append(headers, at[0], at[1]);
    webkit_uri_scheme_response_set_http_headers(response, headers); /* takes them */
}

static napi_value respond(napi_env env, napi_callback_info info)
{
    napi_value argv[3];
    if (!weft_value_arguments(env, info, 3, argv, NULL))
        return NULL;
    struct request *request = request_from(env, argv[0]);
    if (!request)
        return NULL;
    if (!request->webkit)
        return weft_value_throw(env, "The request has its answer already");
    if (!weft_callback_init(&request->callback, env, argv[2]))
        return NULL;

    g_autofree char *reason = weft_value_get_string(env, argv[1], "reason");
    g_autofree char *type = weft_value_get_string(env, argv[1], "type");
    request->body = weft_body_stream_new(&body_callbacks, request);
    g_autoptr(WebKitURISchemeResponse) response = webkit_uri_scheme_response_new(
        G_INPUT_STREAM(request->body), weft_value_get_int(env, argv[1], "length", -1));
    webkit_uri_scheme_response_set_status(
        response, (guint)weft_value_get_int(env, argv[1], "status", SOUP_STATUS_OK), reason);
    if (type)
        webkit_uri_scheme_response_set_content_type(response, type);
    set_headers(env, argv[1], response);
    g_autoptr(WebKitURISchemeRequest) webkit = g_steal_pointer(&request->webkit);
    webkit_uri_scheme_request_finish_with_response(webkit, response);
    g_object_unref(request->body); /* WebKit's alone from here on */
    return NULL;
}

static napi_value write_body(napi_env env, napi_callback_info info)
{
    napi_value argv[2];
    if (!weft_value_arguments(env, info, 2, argv, NULL))
        return NULL;
    struct request *request = request_from(env, argv[0]);
    g_autoptr(GVariant) bytes = request ? weft_value_to_variant_bytes(env, argv[1]) : NULL;
    if (!bytes)
        return NULL;
    g_variant_ref_sink(bytes);
    if (request->body)
        weft_body_stream_add(request->body, g_variant_get_data_as_bytes(bytes));
    return NULL;
}

static napi_value end_body(napi_env env, napi_callback_info info)
{
    napi_value handle;
    if (!weft_value_arguments(env, info, 1, &handle, NULL))
        return NULL;
    struct request *request = request_from(env, handle);
    if (request && request->body)
        weft_body_stream_end(request->body, NULL);
    return NULL;
}

static napi_value fail_request(napi_env env, napi_callback_info info)
{
    napi_value argv[3];
    int code;
    if (!weft_value_arguments(env, info, 3, argv, NULL))
        return NULL;
    struct request *request = request_from(env, argv[0]);
    if (!request || !weft_value_to_int(env, argv[1], &code))
        return NULL;
    g_autofree char *message = weft_value_to_string(env, argv[2]);
    if (message)
        fail(request, code, message);
    return NULL;
}

/* ---- schemes ---- */

static napi_value register_scheme(napi_env env, napi_callback_info info)
{
    napi_value argv[2];
    if (!weft_value_arguments(env, info, 2, argv, NULL))
        return NULL;
    g_autofree char *scheme = weft_value_to_string(env, argv[0]);
    if (!scheme)
        return NULL;
    /* As long as the context, which is for ever. */
    struct weft_callback *callback = g_new0(struct weft_callback, 1);
    if (!weft_callback_init(callback, env, argv[1])) {
        g_free(callback);
        return NULL;
    }
    webkit_web_context_register_uri_scheme(weft_context_web(), scheme, request_cb, callback, NULL);
    return NULL;
}

static napi_value set_privileges(napi_env env, napi_callback_info info)
{
    napi_value argv[2];
    if (!weft_value_arguments(env, info, 2, argv, NULL))
        return NULL;
    g_autofree char *scheme = weft_value_to_string(env, argv[0]);
    if (!scheme)
        return NULL;
    WebKitSecurityManager *manager = webkit_web_context_get_security_manager(weft_context_web());
    if (weft_value_get_bool(env, argv[1], "secure", false))
        webkit_security_manager_register_uri_scheme_as_secure(manager, scheme);
    if (weft_value_get_bool(env, argv[1], "corsEnabled", false))
        webkit_security_manager_register_uri_scheme_as_cors_enabled(manager, scheme);
    return NULL;
}

void weft_protocol_define(napi_env env, napi_value exports)
{
    const napi_property_descriptor functions[] = {
        {"registerScheme", .method = register_scheme, .attributes = napi_enumerable},
        {"setSchemePrivileges", .method = set_privileges, .attributes = napi_enumerable},
        {"schemeRespond", .method = respond, .attributes = napi_enumerable},
        {"schemeWrite", .method = write_body, .attributes = napi_enumerable},
        {"schemeEnd", .method = end_body, .attributes = napi_enumerable},
        {"schemeFail", .method = fail_request, .attributes = napi_enumerable},
    };
    weft_value_ok(env, napi_define_properties(env, exports, G_N_ELEMENTS(functions), functions));
}
