/* SPDX-License-Identifier: MIT */

#include "page/console.h"

#include <string.h>

/* The text of the call that is on its way; only the main thread's. */
static char *text;

static char *join(GPtrArray *arguments)
{
    GString *joined = g_string_new(NULL);
    for (guint i = 0; i < arguments->len; i++) {
        JSCContext *context = jsc_value_get_context(arguments->pdata[i]);
        g_autofree char *part = jsc_value_to_string(arguments->pdata[i]);
        jsc_context_clear_exception(context); /* a toString() of the page's may throw */
        if (i > 0)
            g_string_append_c(joined, ' ');
        g_string_append(joined, part ? part : "");
    }
    return g_string_free(joined, FALSE);
}

/* Stands for one method of `console`; @real is WebKit's. */
static void js_method(GPtrArray *arguments, JSCValue *real)
{
    char *outer = text; /* a toString() or a getter may log */
    text = join(arguments);
    JSCValue *result =
        jsc_value_function_callv(real, arguments->len, (JSCValue **)arguments->pdata);
    g_clear_object(&result);
    g_free(text);
    text = outer;
}

void weft_console_install(JSCContext *context)
{
    static const char *const names[] = {"debug", "error", "info", "log", "trace", "warn"};
    g_autoptr(JSCValue) console = jsc_context_get_value(context, "console");
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        JSCValue *real = jsc_value_object_get_property(console, names[i]);
        g_autoptr(JSCValue) method = jsc_value_new_function_variadic(
            context, names[i], G_CALLBACK(js_method), real, g_object_unref, G_TYPE_NONE);
        jsc_value_object_set_property(console, names[i], method);
    }
}

const char *weft_console_text(void)
{
    return text;
}

void weft_console_send(WebKitWebPage *page, int level, const char *message, int line,
                       const char *source)
{
    webkit_web_page_send_message_to_view(
        page,
        webkit_user_message_new("console", g_variant_new("(isis)", level, message, line, source)),
        NULL, NULL, NULL);
}
