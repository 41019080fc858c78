/* SPDX-License-Identifier: MIT */

#include "page/document.h"

#include "channel/layout.h"
#include "page/atomics.h"
#include "page/console.h"
#include "page/execute.h"
#include "page/hosts.h"
#include "page/jsc.h"
#include "page/main-line.h"
#include "page/modules.h"
#include "page/port.h"
#include "page/realms.h"

#include <errno.h>
#include <string.h>

struct weft_document {
    gint references; /* the page's, and one of each native function */
    WebKitWebProcessExtension *extension;
    WebKitWebPage *page; /* NULL once ended */
    WebKitFrame *frame;  /* a subframe's document belongs to it, so that has no reference */
    gboolean is_subframe;
    WebKitScriptWorld *isolated_world;
    gboolean configured;
    char *token;                  /* names the window to the main process */
    struct weft_hosts *hosts;     /* NULL where workers are WebKit's */
    struct weft_atomics *atomics; /* NULL as well */
    JSCValue *read_blob;          /* lib/page/read-blob.js, of the isolated world */
    JSCValue *load;               /* lib/page/load.js, of the isolated world */
    struct weft_realms *realms;
    GHashTable *ports; /* id of a worker, or MAIN_LINE -> struct weft_port */
    guint32 last_id;
};

#define DOCUMENT_KEY "weft-document"
/* No worker's id. */
#define MAIN_LINE NULL

static void document_unref(gpointer data)
{
    struct weft_document *document = data;
    if (--document->references == 0)
        g_free(document);
}

static struct weft_document *document_ref(struct weft_document *document)
{
    document->references++;
    return document;
}

static void port_free(gpointer data)
{
    weft_port_end(data);
    weft_port_unref(data);
}

/* Ends all its workers; what page script still holds does nothing from here on. */
static void document_end(gpointer data)
{
    struct weft_document *document = data;
    if (document->page && document->is_subframe)
        g_object_remove_weak_pointer(G_OBJECT(document->page), (gpointer *)&document->page);
    document->page = NULL;
    g_clear_pointer(&document->ports, g_hash_table_unref);
    g_clear_pointer(&document->token, g_free);
    g_clear_pointer(&document->atomics, weft_atomics_end);
    g_clear_pointer(&document->hosts, weft_hosts_free);
    g_clear_object(&document->read_blob);
    g_clear_object(&document->load);
    g_clear_pointer(&document->realms, weft_realms_free);
    if (!document->is_subframe) {
        if (weft_document_of_frame(document->frame) == document)
            g_object_set_data(G_OBJECT(document->frame), DOCUMENT_KEY, NULL);
        g_object_unref(document->frame);
    }
    document->frame = NULL;
    document_unref(document);
}

void weft_document_begin(WebKitWebProcessExtension *extension, WebKitWebPage *page,
                         WebKitFrame *frame, WebKitScriptWorld *isolated_world)
{
    struct weft_document *document = g_new0(struct weft_document, 1);
    document->references = 1;
    document->extension = extension;
    document->page = page;
    document->frame = frame;
    document->is_subframe = !webkit_frame_is_main_frame(frame);
    document->isolated_world = isolated_world;
    document->ports = g_hash_table_new_full(NULL, NULL, NULL, port_free);
    if (document->is_subframe) {
        g_object_add_weak_pointer(G_OBJECT(page), (gpointer *)&document->page);
        g_object_set_data_full(G_OBJECT(frame), DOCUMENT_KEY, document, document_end);
        return;
    }
    g_object_ref(frame);
    g_object_set_data_full(G_OBJECT(page), DOCUMENT_KEY, document, document_end);
    g_object_set_data(G_OBJECT(frame), DOCUMENT_KEY, document);
}

struct weft_document *weft_document_of_frame(WebKitFrame *frame)
{
    return g_object_get_data(G_OBJECT(frame), DOCUMENT_KEY);
}

/* ---- workers ---- */

static void worker_exited_cb(gpointer data, guint32 id, const char *why)
{
    struct weft_document *document = data;
    struct weft_port *port = g_hash_table_lookup(document->ports, GUINT_TO_POINTER(id));
    if (!port)
        return;
    g_hash_table_steal(document->ports, GUINT_TO_POINTER(id));
    weft_port_exited(port, why);
    weft_port_unref(port);
}

/* @place is a host's number, or negative for a new one. */
static struct weft_host *find_host(struct weft_hosts *hosts, int place, int *ret_error)
{
    struct weft_host *host =
        place < 0 ? weft_hosts_add_own(hosts) : weft_hosts_get(hosts, (guint32)place);
    /* One that had a line and has none any more has ended, with the worker that asks. */
    if (host && place > 0 && !weft_host_is_open(host))
        host = NULL;
    if (!host)
        *ret_error = place < 0 ? -EUSERS : -ENOTCONN;
    return host;
}

static const char *describe_error(int error)
{
    switch (error) {
    case -EMFILE:
        return "this page has too many workers";
    case -EUSERS:
        return "this page has " G_STRINGIFY(
            WEFT_HOST_OWN_MAX) " workers with a process of their "
                               "own (weft.process), and may have no more at a time";
    case -EMSGSIZE:
        return "its URL is too long";
    default:
        return g_strerror(-error);
    }
}

/* Makes a channel and starts worker @id with it. Returns 0 or negative errno. */
static int start_worker(struct weft_host *host, guint32 id, const char *json, JSCValue *callbacks,
                        struct weft_port **ret_port)
{
    int descriptors[WEFT_LINK_DESCRIPTORS];
    struct weft_port *port;
    int r = weft_port_new(callbacks, &port, descriptors);
    if (r < 0)
        return r;
    r = weft_host_spawn(host, id, json, descriptors);
    if (r < 0) {
        port_free(port);
        return r;
    }
    weft_port_set_worker(port, host, id);
    *ret_port = port;
    return 0;
}

/* spawn(json, place, callbacks) -> the port's object (page/port.h) */
static JSCValue *js_spawn(const char *json, int place, JSCValue *callbacks,
                          struct weft_document *document)
{
    JSCContext *context = jsc_context_get_current();
    if (!document->page || !document->hosts)
        return jsc_value_new_null(context);
    guint32 id = ++document->last_id;
    int error = 0;
    struct weft_port *port;
    struct weft_host *host = find_host(document->hosts, place, &error);
    if (host)
        error = start_worker(host, id, json, callbacks, &port);
    if (error < 0) {
        jsc_context_throw_printf(context, "Failed to construct 'Worker': %s",
                                 describe_error(error));
        return jsc_value_new_null(context);
    }
    g_hash_table_insert(document->ports, GUINT_TO_POINTER(id), port);
    return weft_port_object(port);
}

/* openMainLine(callbacks) -> the port's object (page/port.h); null where there is one, or can't be
 */
static JSCValue *js_open_main_line(JSCValue *callbacks, struct weft_document *document)
{
    struct weft_port *port;
    if (!document->page || g_hash_table_contains(document->ports, MAIN_LINE) ||
        weft_main_line_open(document->extension, document->frame, document->token, callbacks,
                            &port) < 0)
        return jsc_value_new_null(jsc_context_get_current());
    g_hash_table_insert(document->ports, MAIN_LINE, port);
    return weft_port_object(port);
}

/* consoleMessage(level, text, line, source): a worker's, for the main process. */
static void js_console_message(int level, const char *text, int line, const char *source,
                               struct weft_document *document)
{
    if (document->page)
        weft_console_send(document->page, level, text, line, source);
}

static void js_on_read_blob(JSCValue *function, struct weft_document *document)
{
    if (document->page)
        g_set_object(&document->read_blob, function);
}

static void js_on_load(JSCValue *function, struct weft_document *document)
{
    if (document->page)
        g_set_object(&document->load, function);
}

/* load(url, method, headers, body, done): reads an address with the isolated world's fetch. */
static void js_load(const char *url, const char *method, const char *headers, JSCValue *body,
                    JSCValue *done, struct weft_document *document)
{
    if (!document->load)
        return;
    weft_jsc_finish_call(jsc_value_get_context(document->load),
                         jsc_value_function_call(document->load, G_TYPE_STRING, url, G_TYPE_STRING,
                                                 method, G_TYPE_STRING, headers, JSC_TYPE_VALUE,
                                                 body, JSC_TYPE_VALUE, done, G_TYPE_NONE));
}

/* readBlob(url): the text of a blob of this page, or null. */
static JSCValue *js_read_blob(const char *url, struct weft_document *document)
{
    if (document->read_blob) {
        JSCValue *text =
            jsc_value_function_call(document->read_blob, G_TYPE_STRING, url, G_TYPE_NONE);
        jsc_context_clear_exception(jsc_value_get_context(document->read_blob));
        return text;
    }
    return jsc_value_new_null(jsc_context_get_current());
}

/* preloadFailed(path, name, message, stack) */
static void js_preload_failed(const char *path, const char *name, const char *message,
                              const char *stack, struct weft_document *document)
{
    if (!document->page)
        return;
    GVariant *parameters = g_variant_new("(ssss)", path, name, message, stack);
    webkit_web_page_send_message_to_view(
        document->page, webkit_user_message_new("preload-error", parameters), NULL, NULL, NULL);
}

/* pageLoaded(): the load event is being dispatched. */
static void js_page_loaded(struct weft_document *document)
{
    if (document->page)
        webkit_web_page_send_message_to_view(
            document->page, webkit_user_message_new("page-loaded", NULL), NULL, NULL, NULL);
}

/* openingWindow(begins, features, name): the page is calling window.open(), or has done so. */
static void js_opening_window(gboolean begins, const char *features, const char *name,
                              struct weft_document *document)
{
    if (document->page)
        webkit_web_page_send_message_to_view(
            document->page,
            webkit_user_message_new("window-opening",
                                    g_variant_new("(bss)", begins, features, name)),
            NULL, NULL, NULL);
}

/* closeWindow(): the page has called window.close(). */
static void js_close_window(struct weft_document *document)
{
    if (document->page)
        webkit_web_page_send_message_to_view(
            document->page, webkit_user_message_new("window-close", NULL), NULL, NULL, NULL);
}

/* documentEnded(): a subframe is going away or gets another document. A frame that was taken out of
 * the page may live on for as long as script holds its window; its workers must not. */
static void js_document_ended(struct weft_document *document)
{
    if (document->page && document->is_subframe)
        g_object_set_data(G_OBJECT(document->frame), DOCUMENT_KEY, NULL);
}

static JSCValue *make_binding(struct weft_document *document, JSCContext *context)
{
    JSCValue *binding = jsc_value_new_object(context, NULL, NULL);
    weft_jsc_set_function(binding, "spawn", G_CALLBACK(js_spawn), document_ref(document),
                          document_unref, JSC_TYPE_VALUE, 3, G_TYPE_STRING, G_TYPE_INT,
                          JSC_TYPE_VALUE);
    weft_jsc_set_function(binding, "openMainLine", G_CALLBACK(js_open_main_line),
                          document_ref(document), document_unref, JSC_TYPE_VALUE, 1,
                          JSC_TYPE_VALUE);
    weft_jsc_set_function(binding, "pageLoaded", G_CALLBACK(js_page_loaded), document_ref(document),
                          document_unref, G_TYPE_NONE, 0);
    weft_jsc_set_function(binding, "openingWindow", G_CALLBACK(js_opening_window),
                          document_ref(document), document_unref, G_TYPE_NONE, 3, G_TYPE_BOOLEAN,
                          G_TYPE_STRING, G_TYPE_STRING);
    weft_jsc_set_function(binding, "closeWindow", G_CALLBACK(js_close_window),
                          document_ref(document), document_unref, G_TYPE_NONE, 0);
    weft_jsc_set_function(binding, "preloadFailed", G_CALLBACK(js_preload_failed),
                          document_ref(document), document_unref, G_TYPE_NONE, 4, G_TYPE_STRING,
                          G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
    weft_jsc_set_function(binding, "documentEnded", G_CALLBACK(js_document_ended),
                          document_ref(document), document_unref, G_TYPE_NONE, 0);
    weft_jsc_set_function(binding, "readBlob", G_CALLBACK(js_read_blob), document_ref(document),
                          document_unref, JSC_TYPE_VALUE, 1, G_TYPE_STRING);
    weft_jsc_set_function(binding, "onReadBlob", G_CALLBACK(js_on_read_blob),
                          document_ref(document), document_unref, G_TYPE_NONE, 1, JSC_TYPE_VALUE);
    weft_jsc_set_function(binding, "onLoad", G_CALLBACK(js_on_load), document_ref(document),
                          document_unref, G_TYPE_NONE, 1, JSC_TYPE_VALUE);
    weft_jsc_set_function(binding, "load", G_CALLBACK(js_load), document_ref(document),
                          document_unref, G_TYPE_NONE, 5, G_TYPE_STRING, G_TYPE_STRING,
                          G_TYPE_STRING, JSC_TYPE_VALUE, JSC_TYPE_VALUE);
    weft_jsc_set_function(binding, "consoleMessage", G_CALLBACK(js_console_message),
                          document_ref(document), document_unref, G_TYPE_NONE, 4, G_TYPE_INT,
                          G_TYPE_STRING, G_TYPE_INT, G_TYPE_STRING);
    weft_realms_add_world(document->realms, binding);
    weft_jsc_set_number(binding, "processors", g_get_num_processors());
    if (document->atomics)
        weft_atomics_install(document->atomics, binding);
    weft_jsc_set_number(binding, "ERROR", WEFT_MESSAGE_ERROR);
    weft_jsc_set_number(binding, "CONSOLE", WEFT_MESSAGE_CONSOLE);
    return binding;
}

/* ---- configuration ---- */

/* What our JavaScript of one world is told: an object of its own, so that worlds share nothing. */
static JSCValue *world_options(const char *json, JSCContext *context, gboolean main_world)
{
    JSCValue *options = jsc_value_new_from_json(context, json);
    g_autoptr(JSCValue) is_main = jsc_value_new_boolean(context, main_world);
    jsc_value_object_set_property(options, "mainWorld", is_main);
    return options;
}

static void run_world(struct weft_document *document, JSCContext *context, const char *json,
                      gboolean main_world)
{
    g_autoptr(JSCValue) binding = make_binding(document, context);
    g_autoptr(JSCValue) options = world_options(json, context, main_world);
    if (main_world)
        weft_execute_add_world(document->frame, binding);
    weft_modules_run(context, main_world ? "main-world" : "isolated-world", binding, options);
}

void weft_document_configure(struct weft_document *document, const char *token, const char *json)
{
    g_autoptr(JSCContext) isolated =
        webkit_frame_get_js_context_for_script_world(document->frame, document->isolated_world);
    g_autoptr(JSCValue) options = jsc_value_new_from_json(isolated, json);
    if (document->configured || !options || !jsc_value_is_object(options))
        return;
    document->configured = TRUE;
    document->token = g_strdup(token);
    document->realms = weft_realms_new(document->frame);

    if (!document->is_subframe)
        weft_host_send_identity(document->extension, token);
    if (weft_jsc_get_boolean(options, "nodeIntegrationInWorker") ||
        weft_jsc_get_boolean(options, "nodeInPage") ||
        weft_jsc_get_boolean(options, "nodeInPreload")) {
        guint64 frame =
            document->is_subframe ? webkit_frame_get_id(document->frame) : WEFT_HOST_MAIN_FRAME;
        document->hosts =
            weft_hosts_new(document->extension, token, frame, worker_exited_cb, document);
        document->atomics = weft_atomics_new(document->hosts);
    }

    g_autoptr(JSCContext) main_world = webkit_frame_get_js_context(document->frame);
    run_world(document, main_world, json, TRUE);
    if (!document->is_subframe)
        weft_console_install(main_world);

    g_autoptr(JSCValue) preload = jsc_value_object_get_property(options, "preload");
    gboolean isolated_preload =
        jsc_value_is_object(preload) && weft_jsc_get_boolean(options, "contextIsolation");
    if (isolated_preload)
        weft_console_install(isolated);
    if (document->hosts || isolated_preload)
        run_world(document, isolated, json, FALSE);
}
