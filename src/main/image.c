/* SPDX-License-Identifier: MIT */

/*
 * main/image - pictures that the app has, for nativeImage
 *
 * Main process, main thread. In: the bytes of a file, whose kind GDK finds out. Out: the picture as
 * PNG and its size.
 */

#include "main/image.h"

#include <gtk/gtk.h>

static bool set_element(napi_env env, napi_value list, uint32_t index, napi_value value)
{
    return value && weft_value_ok(env, napi_set_element(env, list, index, value));
}

napi_value weft_image_decode_js(napi_env env, napi_callback_info info)
{
    napi_value argv[1], list;
    if (!weft_value_arguments(env, info, 1, argv, NULL))
        return NULL;
    g_autoptr(GVariant) variant = weft_value_to_variant_bytes(env, argv[0]);
    if (!variant)
        return NULL;
    g_autoptr(GBytes) bytes = g_variant_get_data_as_bytes(variant);
    g_autoptr(GdkTexture) texture = gdk_texture_new_from_bytes(bytes, NULL);
    if (!texture)
        return weft_value_from_string(env, NULL);

    g_autoptr(GBytes) png = gdk_texture_save_to_png_bytes(texture);
    if (!weft_value_ok(env, napi_create_array_with_length(env, 3, &list)) ||
        !set_element(env, list, 0, weft_value_from_gbytes(env, png)) ||
        !set_element(env, list, 1, weft_value_from_double(env, gdk_texture_get_width(texture))) ||
        !set_element(env, list, 2, weft_value_from_double(env, gdk_texture_get_height(texture))))
        return NULL;
    return list;
}
