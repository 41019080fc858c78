/* SPDX-License-Identifier: MIT */

#include "main/value.h"

#include "main/stderr-filter.h"

#include <stdarg.h>
#include <string.h>

#define MAX_EMIT_ARGUMENTS 12

bool weft_value_ok(napi_env env, napi_status status)
{
    if (status == napi_ok)
        return true;

    bool pending = false;
    napi_is_exception_pending(env, &pending);
    if (!pending) {
        const napi_extended_error_info *info = NULL;
        napi_get_last_error_info(env, &info);
        napi_throw_error(env, NULL, info && info->error_message ? info->error_message : "failed");
    }
    return false;
}

napi_value weft_value_throw(napi_env env, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    napi_throw_error(env, NULL, message);
    return NULL;
}

/* ---- out -------------------------------------------------------------------------------- */

napi_value weft_value_from_string(napi_env env, const char *text)
{
    napi_value value;
    if (text)
        NAPI_TRY(env, napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value));
    else
        NAPI_TRY(env, napi_get_null(env, &value));
    return value;
}

napi_value weft_value_from_double(napi_env env, double number)
{
    napi_value value;
    NAPI_TRY(env, napi_create_double(env, number, &value));
    return value;
}

napi_value weft_value_from_bool(napi_env env, bool boolean)
{
    napi_value value;
    NAPI_TRY(env, napi_get_boolean(env, boolean, &value));
    return value;
}

static napi_value copy_bytes(napi_env env, const void *data, size_t size)
{
    napi_value buffer;
    napi_value array;
    void *copy = NULL;

    NAPI_TRY(env, napi_create_arraybuffer(env, size, &copy, &buffer));
    if (size > 0)
        memcpy(copy, data, size);
    NAPI_TRY(env, napi_create_typedarray(env, napi_uint8_array, size, buffer, 0, &array));
    return array;
}

napi_value weft_value_from_variant_bytes(napi_env env, GVariant *bytes)
{
    if (!bytes)
        return weft_value_from_string(env, NULL);
    gsize size = 0;
    const void *data = g_variant_get_fixed_array(bytes, &size, 1);
    return copy_bytes(env, data, size);
}

napi_value weft_value_from_gbytes(napi_env env, GBytes *bytes)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);
    return copy_bytes(env, data, size);
}

/* ---- in --------------------------------------------------------------------------------- */

char *weft_value_to_string(napi_env env, napi_value value)
{
    size_t size = 0;
    NAPI_TRY(env, napi_get_value_string_utf8(env, value, NULL, 0, &size));
    g_autofree char *text = g_malloc(size + 1);
    NAPI_TRY(env, napi_get_value_string_utf8(env, value, text, size + 1, &size));
    return g_steal_pointer(&text);
}

bool weft_value_to_int(napi_env env, napi_value value, int *ret_number)
{
    return weft_value_ok(env, napi_get_value_int32(env, value, ret_number));
}

bool weft_value_to_double(napi_env env, napi_value value, double *ret_number)
{
    return weft_value_ok(env, napi_get_value_double(env, value, ret_number));
}

bool weft_value_to_bool(napi_env env, napi_value value)
{
    bool boolean = false;
    napi_get_value_bool(env, value, &boolean);
    return boolean;
}

GVariant *weft_value_to_variant_bytes(napi_env env, napi_value value)
{
    napi_typedarray_type type;
    size_t size;
    void *data;

    NAPI_TRY(env, napi_get_typedarray_info(env, value, &type, &size, &data, NULL, NULL));
    if (type != napi_uint8_array) {
        napi_throw_type_error(env, NULL, "a Uint8Array is needed");
        return NULL;
    }
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, size, 1);
}

GStrv weft_value_to_strv(napi_env env, napi_value value)
{
    uint32_t length = 0;
    NAPI_TRY(env, napi_get_array_length(env, value, &length));

    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (uint32_t i = 0; i < length; i++) {
        napi_value element;
        NAPI_TRY(env, napi_get_element(env, value, i, &element));
        g_autofree char *text = weft_value_to_string(env, element);
        if (!text)
            return NULL;
        g_strv_builder_add(builder, text);
    }
    return g_strv_builder_end(builder);
}

/* ---- options ---------------------------------------------------------------------------- */

static napi_valuetype get(napi_env env, napi_value object, const char *key, napi_value *ret_value)
{
    napi_valuetype type = napi_undefined;
    if (napi_get_named_property(env, object, key, ret_value) == napi_ok)
        napi_typeof(env, *ret_value, &type);
    return type;
}

char *weft_value_get_string(napi_env env, napi_value object, const char *key)
{
    napi_value value;
    if (get(env, object, key, &value) != napi_string)
        return NULL;
    return weft_value_to_string(env, value);
}

int weft_value_get_int(napi_env env, napi_value object, const char *key, int fallback)
{
    napi_value value;
    if (get(env, object, key, &value) == napi_number)
        napi_get_value_int32(env, value, &fallback);
    return fallback;
}

bool weft_value_get_bool(napi_env env, napi_value object, const char *key, bool fallback)
{
    napi_value value;
    if (get(env, object, key, &value) == napi_boolean)
        napi_get_value_bool(env, value, &fallback);
    return fallback;
}

GStrv weft_value_get_strv(napi_env env, napi_value object, const char *key)
{
    napi_value value;
    bool is_array = false;
    if (get(env, object, key, &value) == napi_object)
        napi_is_array(env, value, &is_array);
    return is_array ? weft_value_to_strv(env, value) : NULL;
}

/* ---- classes ---------------------------------------------------------------------------- */

bool weft_value_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *ret_argv,
                          napi_value *ret_this)
{
    size_t given = count;
    return weft_value_ok(env, napi_get_cb_info(env, info, &given, ret_argv, ret_this, NULL));
}

void weft_value_define_class(napi_env env, napi_value exports, const char *name,
                             napi_callback constructor, const napi_property_descriptor *methods,
                             size_t count)
{
    napi_value class;
    if (!weft_value_ok(env, napi_define_class(env, name, NAPI_AUTO_LENGTH, constructor, NULL, count,
                                              methods, &class)))
        return;
    weft_value_ok(env, napi_set_named_property(env, exports, name, class));
}

bool weft_value_wrap(napi_env env, napi_value self, const napi_type_tag *tag, void *object,
                     napi_finalize finalize, napi_ref *ret_reference)
{
    /* The tag comes first: a second constructor call on one object fails before it can wrap. */
    return weft_value_ok(env, napi_type_tag_object(env, self, tag)) &&
           weft_value_ok(env, napi_wrap(env, self, object, finalize, NULL, ret_reference));
}

void *weft_value_unwrap(napi_env env, napi_value value, const napi_type_tag *tag)
{
    bool matches = false;
    void *object = NULL;

    if (napi_check_object_type_tag(env, value, tag, &matches) != napi_ok || !matches ||
        napi_unwrap(env, value, &object) != napi_ok) {
        napi_throw_type_error(env, NULL, "Illegal invocation");
        return NULL;
    }
    return object;
}

void *weft_value_this(napi_env env, napi_callback_info info, const napi_type_tag *tag, size_t count,
                      napi_value *ret_argv)
{
    napi_value self;
    if (!weft_value_arguments(env, info, count, ret_argv, &self))
        return NULL;
    return weft_value_unwrap(env, self, tag);
}

napi_value weft_value_handle(napi_env env, const napi_type_tag *tag, void *object,
                             napi_finalize finalize)
{
    napi_value value;
    if (!weft_value_ok(env, napi_create_external(env, object, finalize, NULL, &value))) {
        finalize(env, object, NULL);
        return NULL;
    }
    NAPI_TRY(env, napi_type_tag_object(env, value, tag));
    return value;
}

void *weft_value_from_handle(napi_env env, napi_value value, const napi_type_tag *tag)
{
    bool matches = false;
    void *object = NULL;

    if (napi_check_object_type_tag(env, value, tag, &matches) != napi_ok || !matches ||
        napi_get_value_external(env, value, &object) != napi_ok) {
        napi_throw_type_error(env, NULL, "Illegal handle");
        return NULL;
    }
    return object;
}

/* ---- callbacks -------------------------------------------------------------------------- */

bool weft_callback_init(struct weft_callback *callback, napi_env env, napi_value function)
{
    napi_valuetype type = napi_undefined;
    napi_typeof(env, function, &type);
    if (type != napi_function) {
        napi_throw_type_error(env, NULL, "a function is needed");
        return false;
    }
    callback->env = env;
    return weft_value_ok(env, napi_create_reference(env, function, 1, &callback->function));
}

void weft_callback_deinit(struct weft_callback *callback)
{
    if (callback->function)
        napi_delete_reference(callback->env, callback->function);
    callback->function = NULL;
}

static napi_value argument(napi_env env, char letter, va_list *arguments)
{
    switch (letter) {
    case 's':
        return weft_value_from_string(env, va_arg(*arguments, const char *));
    case 'i':
        return weft_value_from_double(env, va_arg(*arguments, int));
    case 'd':
        return weft_value_from_double(env, va_arg(*arguments, double));
    case 'b':
        return weft_value_from_bool(env, va_arg(*arguments, int));
    case 'y':
        return weft_value_from_variant_bytes(env, va_arg(*arguments, GVariant *));
    case 'v':
        return va_arg(*arguments, napi_value);
    default:
        g_assert_not_reached();
    }
}

/* napi_make_callback opens a callback scope: nextTick and promises run when it returns. */
static bool call(struct weft_callback *callback, size_t argc, const napi_value *argv)
{
    napi_env env = callback->env;
    napi_value function;
    napi_value global;
    napi_value result;
    bool returned = false;

    napi_get_reference_value(env, callback->function, &function);
    napi_get_global(env, &global);
    bool was_filtered = weft_stderr_filter_switch(false); /* the app's own stderr is the real one */
    napi_status status = napi_make_callback(env, NULL, global, function, argc, argv, &result);
    if (status == napi_ok) {
        napi_get_value_bool(env, result, &returned);
    } else if (status == napi_pending_exception) {
        napi_value exception;
        napi_get_and_clear_last_exception(env, &exception);
        napi_fatal_exception(env, exception);
    }
    weft_stderr_filter_switch(was_filtered);
    return returned;
}

bool weft_callback_emit(struct weft_callback *callback, const char *name, const char *format, ...)
{
    napi_env env = callback->env; /* the call may free what @callback belongs to */
    napi_handle_scope scope;
    if (!callback->function || napi_open_handle_scope(env, &scope) != napi_ok)
        return false;

    size_t count = strlen(format);
    g_assert(count < MAX_EMIT_ARGUMENTS);
    napi_value argv[MAX_EMIT_ARGUMENTS] = {weft_value_from_string(env, name)};
    bool complete = argv[0] != NULL;
    va_list arguments;
    va_start(arguments, format);
    for (size_t i = 0; i < count; i++) {
        argv[i + 1] = argument(env, format[i], &arguments);
        complete &= argv[i + 1] != NULL;
    }
    va_end(arguments);

    bool returned = complete && call(callback, count + 1, argv);
    napi_close_handle_scope(env, scope);
    return returned;
}
