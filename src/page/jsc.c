/* SPDX-License-Identifier: MIT */

#include "page/jsc.h"

#include <stdarg.h>
#include <string.h>

/* Most parameters that one of our native functions has. */
#define PARAMETERS_MAX 7

void weft_jsc_set_function(JSCValue *object, const char *name, GCallback callback, gpointer data,
                           GDestroyNotify destroy, GType return_type, guint parameter_count, ...)
{
    GType types[PARAMETERS_MAX];
    va_list list;
    g_assert(parameter_count <= PARAMETERS_MAX);
    va_start(list, parameter_count);
    for (guint i = 0; i < parameter_count; i++)
        types[i] = va_arg(list, GType);
    va_end(list);
    g_autoptr(JSCValue) function =
        jsc_value_new_functionv(jsc_value_get_context(object), name, callback, data, destroy,
                                return_type, parameter_count, types);
    jsc_value_object_set_property(object, name, function);
}

void weft_jsc_set_number(JSCValue *object, const char *name, double number)
{
    g_autoptr(JSCValue) value = jsc_value_new_number(jsc_value_get_context(object), number);
    jsc_value_object_set_property(object, name, value);
}

void weft_jsc_set_string(JSCValue *object, const char *name, const char *text)
{
    g_autoptr(JSCValue) value = jsc_value_new_string(jsc_value_get_context(object), text);
    jsc_value_object_set_property(object, name, value);
}

char *weft_jsc_get_string(JSCValue *object, const char *name)
{
    g_autoptr(JSCValue) value = jsc_value_object_get_property(object, name);
    return value && jsc_value_is_string(value) ? jsc_value_to_string(value) : NULL;
}

gboolean weft_jsc_get_boolean(JSCValue *object, const char *name)
{
    g_autoptr(JSCValue) value = jsc_value_object_get_property(object, name);
    return value && jsc_value_is_boolean(value) && jsc_value_to_boolean(value);
}

JSCValue *weft_jsc_new_bytes(JSCContext *context, const void *bytes, gsize size)
{
    JSCValue *array = jsc_value_new_typed_array(context, JSC_TYPED_ARRAY_UINT8, size);
    gsize length;
    void *memory = jsc_value_typed_array_get_data(array, &length);
    if (memory && size > 0)
        memcpy(memory, bytes, size);
    return array;
}

GBytes *weft_jsc_copy_bytes(JSCValue *value)
{
    if (!jsc_value_is_typed_array(value) ||
        jsc_value_typed_array_get_type(value) != JSC_TYPED_ARRAY_UINT8)
        return NULL;
    gsize size;
    const void *memory = jsc_value_typed_array_get_data(value, &size);
    return g_bytes_new(memory, size);
}

gboolean weft_jsc_allows_foreign_memory(void)
{
    /* The engine reads this once, when it starts; the environment is that of the spawn. */
    static int allowed = -1;
    if (allowed < 0)
        allowed = g_strcmp0(g_getenv("GIGACAGE_ENABLED"), "0") == 0;
    return allowed;
}

void weft_jsc_finish_call(JSCContext *context, JSCValue *result)
{
    JSCException *exception = jsc_context_get_exception(context);
    if (exception) {
        g_autofree char *report = jsc_exception_report(exception);
        g_warning("weft: %s", report);
        jsc_context_clear_exception(context);
    }
    g_clear_object(&result);
}
