/* SPDX-License-Identifier: MIT */

/*
 * main/image - pictures that the app has, for nativeImage
 */
#pragma once

#include "main/value.h"

/* decodeImage(bytes) -> [png, width, height], or null for what is no PNG, JPEG or TIFF. In pixels.
 */
napi_value weft_image_decode_js(napi_env env, napi_callback_info info);
