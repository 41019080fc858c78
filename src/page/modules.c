/* SPDX-License-Identifier: MIT */

#include "page/modules.h"

#include "page/jsc.h"
#include "resources.h"

#define RESOURCE_PREFIX "/weft/"

/* compile(path): the module as a function (exports, require, module, binding, options). */
static JSCValue *compile(const char *path, gpointer data)
{
    JSCContext *context = jsc_context_get_current();
    g_autofree char *resource = g_strconcat(RESOURCE_PREFIX, path, NULL);
    g_autoptr(GBytes) text = g_resource_lookup_data(weft_page_get_resource(), resource, 0, NULL);
    if (!text) {
        jsc_context_throw_printf(context, "weft: there is no built-in module '%s'", path);
        return jsc_value_new_undefined(context);
    }
    /* On one line, so that line numbers are those of the file. */
    g_autofree char *source =
        g_strdup_printf("(function (exports, require, module, binding, options) {%.*s\n})",
                        (int)g_bytes_get_size(text), (const char *)g_bytes_get_data(text, NULL));
    g_autofree char *uri = g_strconcat("weft:", path, NULL);
    return jsc_context_evaluate_with_source_uri(context, source, -1, uri, 1);
}

/* A require() for modules named by relative paths. */
static const char loader[] =
    "(function (compile, entry, binding, options) {"
    "  const cache = { __proto__: null };"
    "  function load(path) {"
    "    if (cache[path]) return cache[path].exports;"
    "    const module = cache[path] = { exports: {} };"
    "    const folder = path.split('/').slice(0, -1);"
    "    const require = (name) => {"
    "      const parts = folder.slice();"
    "      for (const part of name.split('/')) {"
    "        if (part === '..') parts.pop(); else if (part !== '.') parts.push(part);"
    "      }"
    "      return load(parts.join('/') + '.js');"
    "    };"
    "    compile(path)(module.exports, require, module, binding, options);"
    "    return module.exports;"
    "  }"
    "  load('lib/page/' + entry + '.js');"
    "})";

void weft_modules_run(JSCContext *context, const char *entry, JSCValue *binding, JSCValue *options)
{
    g_autoptr(JSCValue) function =
        jsc_context_evaluate_with_source_uri(context, loader, -1, "weft:loader", 1);
    g_autoptr(JSCValue) native = jsc_value_new_function(
        context, "compile", G_CALLBACK(compile), NULL, NULL, JSC_TYPE_VALUE, 1, G_TYPE_STRING);
    /* Packages of npm have a require() of their own: lib/page/node/packages.js. */
    jsc_value_object_set_property(binding, "compile", native);
    weft_jsc_finish_call(context,
                         jsc_value_function_call(function, JSC_TYPE_VALUE, native, G_TYPE_STRING,
                                                 entry, JSC_TYPE_VALUE, binding, JSC_TYPE_VALUE,
                                                 options, G_TYPE_NONE));
}
